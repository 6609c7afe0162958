"""Changes of the values of pixels that need no randomness, and a function as a transform."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.core.generator import Generator
from minigrad.vision.transforms.arguments import INTEGER, restored
from minigrad.vision.transforms.transform import Transform

__all__ = ["adjust_gamma", "autocontrast", "equalize", "invert", "posterize", "solarize"]

unused = Generator()  # transforms with one possible amount draw it from here, and leave the user's generator alone


class Change(Transform):
    """A function of images (N, H, W, C) as a transform, for what it checks and converts."""

    def __init__(self, change: Callable[[np.ndarray], np.ndarray]) -> None:
        super().__init__(unused)
        self.change = change

    def apply(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return self.change(images)


def _in_levels(change: Callable[[np.ndarray], np.ndarray]) -> Change:
    """Return a change of uint8 images as one of all: floats are brought to 256 levels and back."""

    def changed(x: np.ndarray) -> np.ndarray:
        if x.dtype == np.uint8:
            return change(x)
        return np.asarray(change(restored(x * 255, np.dtype(np.uint8))) / x.dtype.type(255))

    return Change(changed)


def _top(x: np.ndarray) -> float:
    return 255.0 if x.dtype == np.uint8 else 1.0


def adjust_gamma(img: Any, gamma: float, gain: float = 1) -> Any:
    """Return ``top * gain * (x / top) ** gamma``, clipped to the range of images, whose greatest value is top."""
    if gamma < 0:
        raise ValueError(f"adjust_gamma: expected a gamma of 0 or more, got {gamma}")

    def change(x: np.ndarray) -> np.ndarray:
        y = np.clip(gain * (x.astype(np.float64) / _top(x)) ** gamma, 0, 1) * _top(x)
        return (np.minimum(y + 1 - 1e-3, 255) if x.dtype == np.uint8 else y).astype(x.dtype)

    return Change(change)(img)


def invert(img: Any) -> Any:
    """Return the negative of an image: ``top - x``."""
    return Change(lambda x: (_top(x) - x).astype(x.dtype))(img)


def solarize(img: Any, threshold: float) -> Any:
    """Return an image with the values from `threshold` on inverted."""
    return Change(lambda x: np.where(x >= threshold, (_top(x) - x).astype(x.dtype), x))(img)


def posterize(img: Any, bits: int) -> Any:
    """Return an image of which only the highest `bits` of 8 bits are kept.

    Raises
    ------
    ValueError
        If `bits` is not an int from 0 to 8.
    """
    if not isinstance(bits, INTEGER) or isinstance(bits, bool) or not 0 <= bits <= 8:
        raise ValueError(f"posterize: expected from 0 to 8 bits, got {bits!r}")
    return _in_levels(lambda x: np.asarray(x & np.uint8(256 - 2 ** (8 - bits) if bits else 0)))(img)


def autocontrast(img: Any) -> Any:
    """Return an image whose every channel is stretched over the whole range."""

    def change(x: np.ndarray) -> np.ndarray:
        low, high = x.min((1, 2), keepdims=True), x.max((1, 2), keepdims=True)
        y = (x.astype(np.float64) - low) * (_top(x) / np.where(high > low, high - low.astype(np.float64), 1))
        return np.where(high > low, np.clip(y, 0, _top(x)).astype(x.dtype), x)

    return Change(change)(img)


def equalize(img: Any) -> Any:
    """Return an image whose every channel has each of 256 levels about as often."""

    def channel(x: np.ndarray) -> np.ndarray:
        counts = np.bincount(x.reshape(-1), minlength=256)
        step = (counts.sum() - counts[np.flatnonzero(counts)[-1]]) // 255
        if step == 0:
            return x
        table = (np.cumsum(counts) + step // 2) // step
        return np.asarray(np.clip(np.concatenate([[0], table[:-1]]), 0, 255).astype(np.uint8)[x])

    def change(x: np.ndarray) -> np.ndarray:
        return np.stack([np.stack([channel(image[..., c]) for c in range(x.shape[3])], -1) for image in x])

    return _in_levels(change)(img)
