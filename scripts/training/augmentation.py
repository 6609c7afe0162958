"""Random changes of training images: batches of shape (N, C, S, S) in [0, 1] to the same, each image by itself."""

from __future__ import annotations

from collections.abc import Callable

from minigrad import Tensor
from minigrad.vision.transforms import Compose, RandomAffine, RandomCrop, RandomHorizontalFlip

Augmentation = Callable[[Tensor], Tensor]


def none(size: int) -> Augmentation:
    """Return the images as they are."""
    return Compose([])


def distort(size: int) -> Augmentation:
    """Turn, move, scale and shear: for what is drawn on black."""
    return RandomAffine(10, translate=(0.08, 0.08), scale=(0.85, 1.15), shear=10, interpolation="bilinear")


def crop_flip(size: int) -> Augmentation:
    """Move by up to an eighth, mirroring the border; mirror every second image as a whole."""
    return Compose([RandomCrop(size, padding=size // 8, padding_mode="reflect"), RandomHorizontalFlip()])


def zoom_flip(size: int) -> Augmentation:
    """Scale by up to a fifth, shear by up to 0.2 (radians, 11.5 degrees); mirror every second image."""
    affine = RandomAffine(0, scale=(0.8, 1.2), shear=11.5, interpolation="bilinear", fill=0.5)
    return Compose([affine, RandomHorizontalFlip()])


AUGMENTATIONS: dict[str, Callable[[int], Augmentation]] = {
    "none": none,
    "distort": distort,
    "crop-flip": crop_flip,
    "zoom-flip": zoom_flip,
}
"""By name: from the side of the images to the function that changes them."""
