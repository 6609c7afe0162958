"""Functions of `functional` as transforms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.dtypes import as_dtype
from minigrad.core.generator import Generator
from minigrad.core.tensor import Tensor
from minigrad.vision.transforms import functional
from minigrad.vision.transforms.arguments import INTEGER, NUMBER, pair, probability
from minigrad.vision.transforms.transform import Transform

__all__ = [
    "ConvertImageDtype", "FiveCrop", "PILToTensor", "RandomAutocontrast", "RandomEqualize", "RandomInvert",
    "RandomPosterize", "RandomSolarize", "TenCrop", "ToPILImage",
]  # fmt: skip

_MODES = "1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "LA"  # of Pillow


class PILToTensor:
    """An image with channels last as a Tensor of the same numbers with channels first.

    Examples
    --------
    >>> from minigrad.vision.transforms import PILToTensor
    >>> PILToTensor()(np.array([[0, 255]], np.uint8)).tolist()
    [[[0, 255]]]
    """

    def __call__(self, pic: Any) -> Tensor:
        return functional.pil_to_tensor(pic)

    def __repr__(self) -> str:
        return "PILToTensor()"


class ToPILImage:
    """A Tensor (C, H, W) or an array (H, W, C) as an image of Pillow.

    Parameters
    ----------
    mode : str, optional
        Of the image, as Pillow names it.

    Examples
    --------
    >>> from minigrad.vision.transforms import ToPILImage
    >>> ToPILImage()(mg.zeros(1, 4, 6)).mode
    'L'
    """

    def __init__(self, mode: str | None = None) -> None:
        if mode is not None and (not isinstance(mode, str) or mode not in _MODES):
            raise ValueError(f"ToPILImage: expected a mode of {', '.join(_MODES)}, got {mode!r}")
        self.mode = mode

    def __call__(self, pic: Any) -> Any:
        return functional.to_pil_image(pic, self.mode)

    def __repr__(self) -> str:
        return f"ToPILImage({'' if self.mode is None else f'mode={self.mode}'})"


class ConvertImageDtype:
    """A Tensor of another dtype, brought to its range.

    Examples
    --------
    >>> from minigrad.vision.transforms import ConvertImageDtype
    >>> ConvertImageDtype(mg.float32)(mg.tensor([0, 255], dtype=mg.uint8))
    tensor([0., 1.])
    """

    def __init__(self, dtype: Any) -> None:
        try:
            wanted = as_dtype(dtype)
        except TypeError as error:
            raise TypeError(f"ConvertImageDtype: expected a dtype, got {dtype!r}") from error
        if wanted.kind not in "iuf":
            raise TypeError(f"ConvertImageDtype: expected a dtype of numbers, got {dtype}")
        self.dtype = dtype

    def __call__(self, image: Any) -> Any:
        return functional.convert_image_dtype(image, self.dtype)

    def __repr__(self) -> str:
        return f"ConvertImageDtype({self.dtype})"


class FiveCrop:
    """The four corners of an image and its middle, as a tuple.

    Parameters
    ----------
    size : int or (int, int)
        (height, width) of each.

    Examples
    --------
    >>> from minigrad.vision.transforms import Compose, FiveCrop, Lambda
    >>> five = Compose([FiveCrop(4), Lambda(lambda parts: mg.stack(parts))])
    >>> five(mg.zeros(3, 8, 8)).shape
    Size([5, 3, 4, 4])
    """

    def __init__(self, size: int | Sequence[int]) -> None:
        self.size = pair(type(self).__name__, "size", size)

    def __call__(self, img: Any) -> tuple[Any, ...]:
        return functional.five_crop(img, self.size)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size})"


class TenCrop(FiveCrop):
    """The parts of `FiveCrop`, and those of the mirrored image.

    Examples
    --------
    >>> from minigrad.vision.transforms import TenCrop
    >>> len(TenCrop(4)(mg.zeros(3, 8, 8)))
    10
    """

    def __init__(self, size: int | Sequence[int], vertical_flip: bool = False) -> None:
        super().__init__(size)
        self.vertical_flip = vertical_flip

    def __call__(self, img: Any) -> tuple[Any, ...]:
        return functional.ten_crop(img, self.size, self.vertical_flip)


class _RandomChange(Transform):
    """A change of each image with probability `p`."""

    def __init__(self, p: float = 0.5, generator: Generator | None = None) -> None:
        super().__init__(generator)
        self.p = probability(type(self).__name__, p)

    def _changed(self, images: np.ndarray) -> Any:
        raise NotImplementedError

    def apply(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        chosen = rng.random(len(images)) < self.p
        if not chosen.any():
            return images
        y = images.copy()
        y[chosen] = self._changed(images[chosen])
        return y


class RandomInvert(_RandomChange):
    """The negative of each image with probability `p`.

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomInvert
    >>> RandomInvert(p=1)(mg.tensor([[[0.25, 1.0]]]))
    tensor([[[0.7500, 0.0000]]])
    """

    def _changed(self, images: np.ndarray) -> Any:
        return functional.invert(images)


class RandomAutocontrast(_RandomChange):
    """Stretch every channel of each image over the whole range with probability `p`.

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomAutocontrast
    >>> RandomAutocontrast(p=1)(mg.tensor([[[0.25, 0.5, 0.75]]]))
    tensor([[[0.0000, 0.5000, 1.0000]]])
    """

    def _changed(self, images: np.ndarray) -> Any:
        return functional.autocontrast(images)


class RandomEqualize(_RandomChange):
    """Give every channel of each image each level about as often, with probability `p`.

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomEqualize
    >>> RandomEqualize(p=1)(np.zeros((2, 2, 3), np.uint8)).shape
    (2, 2, 3)
    """

    def _changed(self, images: np.ndarray) -> Any:
        return functional.equalize(images)


class RandomSolarize(_RandomChange):
    """Invert the values from `threshold` on of each image with probability `p`.

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomSolarize
    >>> RandomSolarize(0.5, p=1)(mg.tensor([[[0.25, 0.75]]]))
    tensor([[[0.2500, 0.2500]]])
    """

    def __init__(self, threshold: float, p: float = 0.5, generator: Generator | None = None) -> None:
        super().__init__(p, generator)
        if not isinstance(threshold, NUMBER):
            raise TypeError(f"RandomSolarize: expected a number as threshold, got {threshold!r}")
        self.threshold = threshold

    def _changed(self, images: np.ndarray) -> Any:
        return functional.solarize(images, self.threshold)


class RandomPosterize(_RandomChange):
    """Keep the highest `bits` of 8 bits of each image with probability `p`.

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomPosterize
    >>> RandomPosterize(1, p=1)(np.array([[100, 200]], np.uint8))
    array([[  0, 128]], dtype=uint8)
    """

    def __init__(self, bits: int, p: float = 0.5, generator: Generator | None = None) -> None:
        super().__init__(p, generator)
        if not isinstance(bits, INTEGER) or isinstance(bits, bool) or not 0 <= bits <= 8:
            raise ValueError(f"RandomPosterize: expected bits from 0 to 8, got {bits!r}")
        self.bits = bits

    def _changed(self, images: np.ndarray) -> Any:
        return functional.posterize(images, self.bits)
