"""Several parts of an image at once: its corners and its middle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minigrad.vision.transforms.arguments import pair
from minigrad.vision.transforms.functional import five_crop, ten_crop
from minigrad.vision.transforms.transform import ImageModule

__all__ = ["FiveCrop", "TenCrop"]


class FiveCrop(ImageModule):
    """The four corners and the middle of images, as a tuple of five.

    Parameters
    ----------
    size : int or (int, int)
        (height, width) of each.

    Raises
    ------
    ValueError
        If `size` is not positive; when called, if it is larger than the image.

    Examples
    --------
    >>> from minigrad.vision.transforms import Compose, FiveCrop, Lambda, ToTensor
    >>> crops = Compose([FiveCrop(2), Lambda(lambda crops: mg.stack([ToTensor()(crop) for crop in crops]))])
    >>> crops(np.zeros((4, 4, 3), np.uint8)).shape
    Size([5, 3, 2, 2])
    """

    batched = False

    def __init__(self, size: int | Sequence[int]) -> None:
        super().__init__()
        self.size = pair(type(self).__name__, "size", size)

    def __call__(self, images: Any) -> tuple[Any, ...]:
        return five_crop(images, self.size)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size})"


class TenCrop(FiveCrop):
    """The four corners and the middle of images, and those of their mirror images, as a tuple of ten.

    Parameters
    ----------
    size : int or (int, int)
    vertical_flip : bool, default False
        Mirror top and bottom, instead of left and right.

    Examples
    --------
    >>> from minigrad.vision.transforms import TenCrop
    >>> len(TenCrop(2)(np.zeros((4, 4), np.uint8)))
    10
    """

    def __init__(self, size: int | Sequence[int], vertical_flip: bool = False) -> None:
        super().__init__(size)
        self.vertical_flip = vertical_flip

    def __call__(self, images: Any) -> tuple[Any, ...]:
        return ten_crop(images, self.size, self.vertical_flip)

    def __repr__(self) -> str:
        return f"TenCrop(size={self.size}, vertical_flip={self.vertical_flip})"
