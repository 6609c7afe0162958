"""The forms that arguments of transforms may have, numbers or ranges; and how results become uint8 again."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

__all__ = ["InterpolationMode"]

Fill = float | Sequence[float]
Range = tuple[float, float]
INTEGER = (int, np.integer)
NUMBER = (int, float, np.integer, np.floating)


class InterpolationMode(enum.Enum):
    """Ways to make pixels between pixels, of the nearest one or of several. Names work as well: ``"bilinear"``.

    All of them resize; what turns, shears or bends images knows the nearest pixel and "bilinear", which takes four.

    Examples
    --------
    >>> from minigrad.vision.transforms import InterpolationMode, RandomRotation
    >>> RandomRotation(10, InterpolationMode.BILINEAR).interpolation == RandomRotation(10, "bilinear").interpolation
    True
    """

    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    BOX = "box"
    HAMMING = "hamming"
    LANCZOS = "lanczos"

    def __str__(self) -> str:
        return str(self.value)


_NEAREST_OR_BILINEAR = (InterpolationMode.NEAREST, InterpolationMode.NEAREST_EXACT, InterpolationMode.BILINEAR)
_OF_PILLOW = ("nearest", "lanczos", "bilinear", "bicubic", "box", "hamming")  # by the numbers that Pillow gives them


def interpolation_mode(
    name: str, mode: str | int | InterpolationMode, known: Iterable[InterpolationMode] = _NEAREST_OR_BILINEAR
) -> InterpolationMode:
    """Return the mode of this name, or of Pillow's number for it, if it is one of `known`."""
    value: Any = mode
    if isinstance(mode, INTEGER) and not isinstance(mode, bool) and 0 <= mode < len(_OF_PILLOW):
        value = _OF_PILLOW[int(mode)]
    try:
        found = InterpolationMode(value)
    except ValueError:
        found = None
    if found is None or found not in known:
        names = " or ".join(repr(m.value) for m in known if m is not InterpolationMode.NEAREST_EXACT)
        raise ValueError(f"{name}: expected interpolation {names}, got {mode!r}")
    return InterpolationMode.NEAREST if found is InterpolationMode.NEAREST_EXACT else found


def numbers(name: str, argument: str, value: Any, *counts: int) -> tuple[float, ...]:
    """Return a sequence of this many finite numbers as a tuple."""
    wanted = f"{name}: expected {argument} of {' or '.join(map(str, counts))} numbers, got {value!r}"
    if isinstance(value, (str, bytes)) or not isinstance(value, (Sequence, np.ndarray)):
        raise TypeError(wanted)
    if len(value) not in counts or not all(isinstance(v, NUMBER) and np.isfinite(v) for v in value):
        raise ValueError(wanted)
    return tuple(value)


def interval(name: str, argument: str, value: Any) -> Range:
    """Return (low, high), in this order."""
    low, high = numbers(name, argument, value, 2)
    if low > high:
        raise ValueError(f"{name}: expected {argument} as (low, high), got {value!r}")
    return low, high


def around(name: str, argument: str, value: Any, centre: float = 0.0) -> Range:
    """Return what a number not below 0 means, so much to either side of `centre`; or (low, high) as it is."""
    if not isinstance(value, NUMBER):
        return interval(name, argument, value)
    if not 0 <= value < np.inf:
        raise ValueError(f"{name}: expected {argument} not below 0, or (low, high), got {value!r}")
    return centre - float(value), centre + float(value)


def pair(name: str, argument: str, value: Any) -> tuple[int, int]:
    """Return two positive integers, the same twice if one is given."""
    both = (value, value) if isinstance(value, INTEGER) else numbers(name, argument, value, 1, 2)
    if not all(isinstance(n, INTEGER) and n > 0 for n in both):
        raise ValueError(f"{name}: expected {argument} as one or two positive integers, got {value!r}")
    return int(both[0]), int(both[-1])


def probability(name: str, p: float) -> float:
    if not (isinstance(p, NUMBER) and 0 <= p <= 1):
        raise ValueError(f"{name}: expected a probability p from 0 to 1, got {p!r}")
    return float(p)


def constants(name: str, argument: str, value: Any) -> Any:
    """Return `value`, if it is a number or several, of which an image's channels will each want one."""
    values = np.asarray(value)
    if values.dtype.kind not in "buif":
        raise TypeError(f"{name}: expected {argument} of numbers, got {value!r}")
    if values.ndim > 1 or not values.size:
        raise ValueError(f"{name}: expected {argument} as one number, or one per channel, got {value!r}")
    return value


def by_channel(name: str, argument: str, value: Any, images: np.ndarray) -> np.ndarray:
    """Return a number, or one for each channel of images (N, H, W, C), as an array of their dtype that broadcasts."""
    values, channels = np.asarray(constants(name, argument, value)), images.shape[3]
    if values.shape not in ((), (1,), (channels,)):
        raise ValueError(f"{name}: expected {argument} as one number, or {channels}, one per channel, got {value!r}")
    return restored(values, images.dtype)


def restored(x: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Return floats as images of `dtype`: for uint8 rounded and clipped."""
    if dtype == np.uint8 and x.dtype != dtype:
        x = np.clip(np.rint(x), 0, 255)
    return x.astype(dtype, copy=False)
