"""Changes of images, one at a time or whole batches at once: torchvision.transforms' names, on arrays and Tensors.

An array plays the part of a PIL image and has its channels, at most 4, last: (H, W), (H, W, C), or a batch
(N, H, W, C). A Tensor has its channels first: (C, H, W), or a batch (N, C, H, W). Every transform takes both and gives
back the kind and the dtype that it was given, uint8 from 0 to 255 or floats from 0 to 1; only :class:`ToTensor` makes
a Tensor of an array.

In a batch each image is changed by random amounts of its own, drawn at once. The source of randomness is `generator`,
or else the default generator of the thread, which in a :class:`~minigrad.utils.data.DataLoader` is the batch's own.
Nothing is recorded for gradients, and what a transform is given stays as it is.
"""

from minigrad.vision.transforms.arguments import InterpolationMode
from minigrad.vision.transforms.blur import GaussianBlur
from minigrad.vision.transforms.choosing import RandomApply, RandomChoice, RandomOrder
from minigrad.vision.transforms.color import ColorJitter, Grayscale
from minigrad.vision.transforms.conversion import Normalize, ToTensor
from minigrad.vision.transforms.cropping import CenterCrop, Pad, RandomCrop
from minigrad.vision.transforms.erasing import RandomErasing
from minigrad.vision.transforms.flipping import RandomHorizontalFlip, RandomVerticalFlip
from minigrad.vision.transforms.geometry import RandomAffine, RandomRotation
from minigrad.vision.transforms.resampling import affine, resize
from minigrad.vision.transforms.resized_crops import RandomGrayscale, RandomResizedCrop
from minigrad.vision.transforms.resizing import Resize
from minigrad.vision.transforms.transform import Compose, Lambda, Transform

__all__ = [
    "CenterCrop", "ColorJitter", "Compose", "GaussianBlur", "Grayscale", "InterpolationMode", "Lambda", "Normalize",
    "Pad", "RandomAffine", "RandomApply", "RandomChoice", "RandomCrop", "RandomErasing", "RandomGrayscale",
    "RandomHorizontalFlip", "RandomOrder", "RandomResizedCrop", "RandomRotation",
    "RandomVerticalFlip", "Resize", "ToTensor", "Transform", "affine", "resize",
]  # fmt: skip
