"""Image data sets: Digits, which comes with the package; MNIST and its kin, CIFAR10, CIFAR100; folders of files.

Two differences from torchvision. No PIL images are made: without a `transform` a sample is what a network wants, a
float32 Tensor of shape (C, H, W) with values in [0, 1], and a batch of such samples is made by one fancy index. A
`transform` is given the image as it is stored, a uint8 array of shape (H, W) or (H, W, C). And a transform with an
attribute ``batched = True``, as nearly all in ``minigrad.vision.transforms`` have it, is given the images of a batch at
once, as one array of shape (N, H, W, C). A `target_transform` is given the class, an int.
"""

from minigrad.vision.datasets.cifar import CIFAR10, CIFAR100
from minigrad.vision.datasets.digits import Digits
from minigrad.vision.datasets.folder import DatasetFolder, ImageFolder
from minigrad.vision.datasets.mnist import EMNIST, KMNIST, MNIST, FashionMNIST
from minigrad.vision.datasets.vision import FakeData, VisionDataset

__all__ = [
    "CIFAR10", "CIFAR100", "DatasetFolder", "Digits", "EMNIST", "FakeData", "FashionMNIST", "ImageFolder", "KMNIST",
    "MNIST", "VisionDataset",
]  # fmt: skip
