"""Parts of images, and images with a border."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.generator import Generator, get_generator
from minigrad.vision.transforms.arguments import INTEGER, Fill, by_channel, constants, numbers, pair
from minigrad.vision.transforms.transform import Transform, get_dimensions

__all__ = ["CenterCrop", "Pad", "RandomCrop"]

Border = tuple[int, int, int, int]  # left, top, right, bottom
_MODES = ("constant", "edge", "reflect", "symmetric")


def _border(name: str, padding: Any) -> Border:
    values = (padding,) if isinstance(padding, INTEGER) else numbers(name, "padding", padding, 1, 2, 4)
    if not all(isinstance(n, INTEGER) and n >= 0 for n in values):
        raise ValueError(f"{name}: expected padding of integers not below 0, got {padding!r}")
    left, top, right, bottom = (int(n) for n in (tuple(values) * 4)[:4])
    return left, top, right, bottom


def _mode(name: str, padding_mode: str) -> str:
    if not isinstance(padding_mode, str) or padding_mode not in _MODES:
        raise ValueError(f"{name}: expected a padding_mode of {', '.join(_MODES)}, got {padding_mode!r}")
    return padding_mode


def _padded(name: str, x: np.ndarray, border: Border, fill: Fill, mode: str) -> np.ndarray:
    left, top, right, bottom = border
    if not any(border):
        return x
    if mode != "constant":
        return np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)), mode)  # type: ignore[call-overload]
    count, height, width, channels = x.shape
    padded = np.empty_like(x, shape=(count, height + top + bottom, width + left + right, channels))
    padded[...] = by_channel(name, "fill", fill, x)
    padded[:, top : top + height, left : left + width] = x
    return padded


class Pad(Transform):
    """Add a border.

    Parameters
    ----------
    padding : int, (int, int) or (int, int, int, int)
        For all sides; for left and right, top and bottom; for left, top, right, bottom.
    fill : float or sequence of one per channel, default 0
        The border's value in the mode "constant".
    padding_mode : {"constant", "edge", "reflect", "symmetric"}
        Otherwise its pixels repeat the outermost one, or mirror the image without or with it.

    Examples
    --------
    >>> from minigrad.vision.transforms import Pad
    >>> Pad((1, 0), padding_mode="edge")(np.array([[1, 2]], np.uint8))
    array([[1, 1, 2, 2]], dtype=uint8)
    """

    def __init__(self, padding: int | Sequence[int], fill: Fill = 0, padding_mode: str = "constant") -> None:
        super().__init__()
        self._border = _border("Pad", padding)
        self.padding, self.fill = padding, constants("Pad", "fill", fill)
        self.padding_mode = _mode("Pad", padding_mode)

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return _padded("Pad", images, self._border, self.fill, self.padding_mode)


class CenterCrop(Transform):
    """The middle of images; around smaller ones there will be zeros.

    Parameters
    ----------
    size : int or (int, int)
        (height, width) of the part.

    Examples
    --------
    >>> from minigrad.vision.transforms import CenterCrop
    >>> CenterCrop((1, 2))(np.arange(12, dtype=np.uint8).reshape(3, 4))
    array([[5, 6]], dtype=uint8)
    """

    def __init__(self, size: int | Sequence[int]) -> None:
        super().__init__()
        self.size = pair("CenterCrop", "size", size)

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        height, width = self.size
        lack, gap = max(height - images.shape[1], 0), max(width - images.shape[2], 0)
        x = _padded("CenterCrop", images, (gap // 2, lack // 2, (gap + 1) // 2, (lack + 1) // 2), 0, "constant")
        top, left = round((x.shape[1] - height) / 2), round((x.shape[2] - width) / 2)
        return x[:, top : top + height, left : left + width]


class RandomCrop(Transform):
    """A part of each image, anywhere in it.

    Parameters
    ----------
    size : int or (int, int)
        (height, width) of the part.
    padding : int, (int, int) or (int, int, int, int), optional
        A border that is added first, as :class:`Pad`'s.
    pad_if_needed : bool, default False
        Whether to add to smaller images what they lack, on both sides, instead of raising.
    fill : float or sequence of one per channel, default 0
    padding_mode : {"constant", "edge", "reflect", "symmetric"}
    generator : Generator, optional

    Raises
    ------
    ValueError
        When called, if the part is larger than the image.

    Notes
    -----
    With a border of 4 and flips, the usual augmentation of CIFAR-10: C.-Y. Lee et al., Deeply-Supervised Nets, 2015.

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomCrop
    >>> crop = RandomCrop(32, padding=4)
    >>> crop(np.zeros((128, 32, 32, 3), np.uint8)).shape, crop(mg.zeros(3, 32, 32)).shape
    ((128, 32, 32, 3), Size([3, 32, 32]))
    """

    def __init__(
        self,
        size: int | Sequence[int],
        padding: int | Sequence[int] | None = None,
        pad_if_needed: bool = False,
        fill: Fill = 0,
        padding_mode: str = "constant",
        generator: Generator | None = None,
    ) -> None:
        super().__init__(generator)
        self._border = _border("RandomCrop", 0 if padding is None else padding)
        self.size, self.padding, self.pad_if_needed = pair("RandomCrop", "size", size), padding, pad_if_needed
        self.fill = constants("RandomCrop", "fill", fill)
        self.padding_mode = _mode("RandomCrop", padding_mode)

    @staticmethod
    def get_params(img: Any, output_size: Sequence[int]) -> tuple[int, int, int, int]:
        """Return the top, left, height and width of a random part, such as `functional.crop` takes.

        Examples
        --------
        >>> from minigrad.vision.transforms import RandomCrop, functional
        >>> functional.crop(mg.zeros(3, 9, 9), *RandomCrop.get_params(mg.zeros(3, 9, 9), (4, 5))).shape
        Size([3, 4, 5])
        """
        height, width = output_size
        down, right = (whole - part for whole, part in zip(get_dimensions(img)[1:], output_size, strict=True))
        if down < 0 or right < 0:
            raise ValueError(f"RandomCrop.get_params: expected an image of at least {height}x{width}")
        rng = get_generator(None).rng
        return int(rng.integers(down + 1)), int(rng.integers(right + 1)), height, width

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        height, width = self.size
        x = _padded("RandomCrop", images, self._border, self.fill, self.padding_mode)
        if self.pad_if_needed:
            lack, gap = max(height - x.shape[1], 0), max(width - x.shape[2], 0)
            x = _padded("RandomCrop", x, (gap, lack, gap, lack), self.fill, self.padding_mode)
        down, right = x.shape[1] - height, x.shape[2] - width
        if down < 0 or right < 0:
            raise ValueError(
                f"RandomCrop: expected images of at least {height}x{width}, got {x.shape[1]}x{x.shape[2]} "
                f"with padding {self.padding}; add padding, or pad_if_needed=True"
            )
        tops, lefts = rng.integers(0, down + 1, len(x)), rng.integers(0, right + 1, len(x))
        parts = np.lib.stride_tricks.sliding_window_view(x, self.size, (1, 2))  # (N, tops, lefts, C, height, width)
        return parts[np.arange(len(x)), tops, lefts].transpose(0, 2, 3, 1)
