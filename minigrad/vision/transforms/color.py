"""Changes of colours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.core.generator import Generator, get_generator
from minigrad.core.tensor import Tensor
from minigrad.vision.transforms.arguments import INTEGER, NUMBER, Range, around, restored
from minigrad.vision.transforms.transform import Transform

__all__ = ["ColorJitter", "Grayscale"]

_Change = Callable[[np.ndarray, np.ndarray], np.ndarray]
_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601


def _planes(name: str, images: np.ndarray) -> np.ndarray:
    """Return (N, H, W, C) as floats (C, N, H, W): one colour at a time, so that NumPy's innermost loop is long."""
    if images.shape[3] not in (1, 3):
        raise ValueError(f"{name}: expected images of 1 or 3 channels, got {images.shape[3]}")
    dtype = np.float32 if images.dtype == np.uint8 else images.dtype
    return np.array(images.transpose(3, 0, 1, 2), dtype, order="C")


def _grey(planes: np.ndarray) -> np.ndarray:
    """Return the brightness (N, H, W) of (C, N, H, W)."""
    if len(planes) == 1:
        return planes[0]
    red, green, blue = (planes.dtype.type(part) for part in _LUMA)
    return planes[0] * red + planes[1] * green + planes[2] * blue


class Grayscale(Transform):
    """Images without colour: 0.299 red + 0.587 green + 0.114 blue.

    Parameters
    ----------
    num_output_channels : {1, 3}, default 1
        With 3 the same is in all of them.

    Raises
    ------
    ValueError
        If it is another number; when called, if there are other than 1 or 3 channels.

    Examples
    --------
    >>> from minigrad.vision.transforms import Grayscale
    >>> Grayscale()(mg.tensor([[[1.0]], [[0.0]], [[0.5]]]))
    tensor([[[0.3560]]])
    """

    def __init__(self, num_output_channels: int = 1) -> None:
        super().__init__()
        if not isinstance(num_output_channels, INTEGER) or num_output_channels not in (1, 3):
            raise ValueError(f"Grayscale: expected num_output_channels of 1 or 3, got {num_output_channels!r}")
        self.num_output_channels = num_output_channels

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        grey = restored(_grey(_planes("Grayscale", images)), images.dtype)[..., None]
        return grey if self.num_output_channels == 1 else np.repeat(grey, 3, axis=3)


class ColorJitter(Transform):
    """Change brightness, contrast, saturation and hue of each image by random amounts, in random order.

    Parameters
    ----------
    brightness, contrast, saturation : float or (float, float), default 0
        The range of the factor; a number b means from max(0, 1 - b) to 1 + b.
    hue : float or (float, float), default 0
        The range of the turn on the colour circle, within -0.5 to 0.5; a number means so much to either side.
    generator : Generator, optional

    Raises
    ------
    ValueError
        If a range is not one or out of bounds; when called, if there are other than 1 or 3 channels.

    Notes
    -----
    A factor f makes of x, clipped to the range of images: f x for brightness; f x + (1 - f) m for contrast, where m is
    the mean brightness of the image, and for saturation, where m is the brightness of the pixel. Hue is that of HSV
    (A. R. Smith, Color gamut transform pairs, 1978). Grey images have neither saturation nor hue to change. The order
    is the same for all images of a batch.

    Examples
    --------
    >>> from minigrad.vision.transforms import ColorJitter
    >>> ColorJitter(hue=(0.5, 0.5))(mg.tensor([[[1.0]], [[0.25]], [[0.0]]])).flatten()
    tensor([0.0000, 0.7500, 1.0000])
    """

    def __init__(
        self,
        brightness: float | Range = 0,
        contrast: float | Range = 0,
        saturation: float | Range = 0,
        hue: float | Range = 0,
        generator: Generator | None = None,
    ) -> None:
        super().__init__(generator)
        self.brightness = self._factors("brightness", brightness)
        self.contrast = self._factors("contrast", contrast)
        self.saturation = self._factors("saturation", saturation)
        self.hue = around("ColorJitter", "hue", hue)
        if self.hue[0] < -0.5 or self.hue[1] > 0.5:
            raise ValueError(f"ColorJitter: expected hue within -0.5 to 0.5, got {hue!r}")

    @staticmethod
    def get_params(
        brightness: Range | None, contrast: Range | None, saturation: Range | None, hue: Range | None
    ) -> tuple[Tensor, float | None, float | None, float | None, float | None]:
        """Return a random order of the four changes, and a random amount from each range; None for None."""
        rng = get_generator(None).rng
        b, c, s, h = (None if r is None else float(rng.uniform(*r)) for r in (brightness, contrast, saturation, hue))
        return Tensor._wrap(rng.permutation(4)), b, c, s, h

    @staticmethod
    def _factors(argument: str, value: Any) -> Range:
        low, high = around("ColorJitter", argument, value, centre=1.0)
        if not isinstance(value, NUMBER) and low < 0:
            raise ValueError(f"ColorJitter: expected {argument} not below 0, got {value!r}")
        return max(low, 0.0), high

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        x = _planes("ColorJitter", images)
        top = 255.0 if images.dtype == np.uint8 else 1.0
        changes: list[tuple[_Change, Range, float]] = [
            (_brighten, self.brightness, 1.0),
            (_contrast, self.contrast, 1.0),
            (_saturate, self.saturation, 1.0),
            (_turn_hue, self.hue, 0.0),
        ]
        for number in rng.permutation(4 if len(x) == 3 else 2):
            change, (low, high), neutral = changes[number]
            if (low, high) != (neutral, neutral):
                amounts = rng.uniform(low, high, (len(images), 1, 1)).astype(x.dtype)
                x = np.clip(change(x, amounts), 0, top)
        return restored(x.transpose(1, 2, 3, 0), images.dtype)


def _brighten(x: np.ndarray, factor: np.ndarray) -> np.ndarray:
    return x * factor


def _contrast(x: np.ndarray, factor: np.ndarray) -> np.ndarray:
    mean = _grey(x).mean((1, 2), keepdims=True)
    return mean + factor * (x - mean)


def _saturate(x: np.ndarray, factor: np.ndarray) -> np.ndarray:
    grey = _grey(x)
    return grey + factor * (x - grey)


def _turn_hue(x: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Turn the hue h, in sixths of the circle: red is at 0, green at 2, blue at 4.

    A colour at distance d from h has the greatest value up to d = 1, falls linearly to the least at d = 2, and stays.
    """
    red, green, blue = x
    most = x.max(0)
    spread = most - x.min(0)
    divisor = np.where(spread > 0, spread, 1)
    hue = np.where(
        most == red, (green - blue) / divisor,
        np.where(most == green, 2 + (blue - red) / divisor, 4 + (red - green) / divisor),
    )  # fmt: skip
    hue += 6 * part
    y = np.empty_like(x)
    for channel in range(3):
        distance = hue - 2 * channel
        distance = np.abs(distance - 6 * np.rint(distance / 6))
        y[channel] = most - spread * np.clip(distance - 1, 0, 1)
    return y
