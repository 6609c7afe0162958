"""Changes of images, one at a time or whole batches at once: torchvision.transforms' names.

An array plays the part of an image and has its channels, at most 4, last: (H, W), (H, W, C), or a batch
(N, H, W, C). A Tensor has its channels first: (C, H, W), or a batch (N, C, H, W). An image of Pillow's works where
Pillow is installed. Every transform takes all of them and gives back the kind and the dtype that it was given, uint8
from 0 to 255 or floats from 0 to 1; only what is named so makes another kind. :mod:`.functional` has the same changes
by amounts that the caller decides.

In a batch each image is changed by random amounts of its own, drawn at once. The source of randomness is `generator`,
or else the default generator of the thread, which in a :class:`~minigrad.utils.data.DataLoader` is the batch's own.
Nothing is recorded for gradients, and what a transform is given stays as it is.
"""

from minigrad.vision.transforms import functional
from minigrad.vision.transforms.arguments import InterpolationMode
from minigrad.vision.transforms.auto_augment import AugMix, AutoAugment, AutoAugmentPolicy
from minigrad.vision.transforms.bending import ElasticTransform, RandomPerspective
from minigrad.vision.transforms.blur import GaussianBlur
from minigrad.vision.transforms.choosing import RandomApply, RandomChoice, RandomOrder
from minigrad.vision.transforms.color import ColorJitter, Grayscale
from minigrad.vision.transforms.conversion import (
    ConvertImageDtype,
    LinearTransformation,
    Normalize,
    PILToTensor,
    ToPILImage,
    ToTensor,
)
from minigrad.vision.transforms.cropping import CenterCrop, Pad, RandomCrop
from minigrad.vision.transforms.erasing import RandomErasing
from minigrad.vision.transforms.flipping import RandomHorizontalFlip, RandomVerticalFlip
from minigrad.vision.transforms.geometry import RandomAffine, RandomRotation
from minigrad.vision.transforms.policies import RandAugment, TrivialAugmentWide
from minigrad.vision.transforms.resampling import affine, resize
from minigrad.vision.transforms.resized_crops import RandomGrayscale, RandomResizedCrop
from minigrad.vision.transforms.resizing import Resize
from minigrad.vision.transforms.several import FiveCrop, TenCrop
from minigrad.vision.transforms.tones import (
    RandomAdjustSharpness,
    RandomAutocontrast,
    RandomEqualize,
    RandomInvert,
    RandomPosterize,
    RandomSolarize,
)
from minigrad.vision.transforms.transform import Compose, Lambda, Transform

__all__ = [
    "AugMix", "AutoAugment", "AutoAugmentPolicy", "CenterCrop", "ColorJitter", "Compose", "ConvertImageDtype",
    "ElasticTransform", "FiveCrop", "GaussianBlur", "Grayscale", "InterpolationMode", "Lambda",
    "LinearTransformation", "Normalize", "PILToTensor", "Pad", "RandAugment", "RandomAdjustSharpness",
    "RandomAffine", "RandomApply", "RandomAutocontrast", "RandomChoice", "RandomCrop", "RandomEqualize",
    "RandomErasing", "RandomGrayscale", "RandomHorizontalFlip", "RandomInvert", "RandomOrder", "RandomPerspective",
    "RandomPosterize", "RandomResizedCrop", "RandomRotation", "RandomSolarize", "RandomVerticalFlip", "Resize",
    "TenCrop", "ToPILImage", "ToTensor", "Transform", "TrivialAugmentWide", "affine", "functional", "resize",
]  # fmt: skip
