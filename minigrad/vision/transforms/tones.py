"""Other tones for the same picture: inverted, with fewer levels, with all levels used, sharper."""

from __future__ import annotations

import numpy as np

from minigrad.core.generator import Generator
from minigrad.vision.transforms.arguments import INTEGER, NUMBER, probability, restored
from minigrad.vision.transforms.transform import Transform

__all__ = [
    "RandomAdjustSharpness", "RandomAutocontrast", "RandomEqualize", "RandomInvert", "RandomPosterize",
    "RandomSolarize",
]  # fmt: skip


def inverted(images: np.ndarray) -> np.ndarray:
    return (np.uint8(255) if images.dtype == np.uint8 else images.dtype.type(1)) - images


def posterized(name: str, images: np.ndarray, bits: int) -> np.ndarray:
    """Return uint8 images of which the first `bits` of each number are left."""
    if images.dtype != np.uint8:
        raise TypeError(f"{name}: expected uint8 images, whose bits are levels, got {images.dtype}")
    return images & np.uint8(256 - (1 << (8 - bits)))


def solarized(name: str, images: np.ndarray, threshold: float) -> np.ndarray:
    if threshold > (255 if images.dtype == np.uint8 else 1):
        raise TypeError(f"{name}: expected a threshold up to the largest value of {images.dtype}, got {threshold!r}")
    return np.where(images >= threshold, inverted(images), images)


def stretched(images: np.ndarray) -> np.ndarray:
    """Return images of which each channel goes from the least value to the greatest; as they are where it is flat."""
    top = 255 if images.dtype == np.uint8 else 1
    x = images.astype(np.float64) if top == 255 else images
    low, high = x.min((1, 2), keepdims=True), x.max((1, 2), keepdims=True)
    flat = low == high
    scale = top / np.where(flat, 1, high - low)
    y = np.where(flat, x, x * scale - low * scale)  # in the order in which Pillow rounds, and cut off as there
    return y.astype(images.dtype)


def equalized(name: str, images: np.ndarray) -> np.ndarray:
    """Return uint8 images of which each channel has all levels alike often, as far as that goes."""
    if images.dtype != np.uint8:
        raise TypeError(f"{name}: expected uint8 images, whose levels can be counted, got {images.dtype}")
    y = images.copy()
    for image in y:
        for c in range(image.shape[2]):
            counts = np.bincount(image[..., c].ravel(), minlength=256)
            step = (counts.sum() - counts[np.flatnonzero(counts)[-1]]) // 255
            if step:
                below = np.cumsum(counts) - counts
                image[..., c] = np.minimum((below + step // 2) // step, 255)[image[..., c]]
    return y


def sharpened(images: np.ndarray, factor: float) -> np.ndarray:
    """Return ``factor * x + (1 - factor) * s``, where s is x smoothed by ((1, 1, 1), (1, 5, 1), (1, 1, 1)) / 13.

    Pixels at the border stay as they are.
    """
    if min(images.shape[1:3]) <= 2:
        return images
    x = images.astype(np.float32) if images.dtype == np.uint8 else images
    inner = 4 * x[:, 1:-1, 1:-1]
    for i in range(3):
        for j in range(3):
            inner = inner + x[:, i : x.shape[1] - 2 + i, j : x.shape[2] - 2 + j]
    smooth = x.copy()
    smooth[:, 1:-1, 1:-1] = restored(inner / 13, images.dtype)
    return restored(
        np.clip(factor * x + (1 - factor) * smooth, 0, 255 if images.dtype == np.uint8 else 1), images.dtype
    )


class _RandomTone(Transform):
    """A change of each image with probability `p`."""

    def __init__(self, p: float = 0.5, generator: Generator | None = None) -> None:
        super().__init__(generator)
        self.p = probability(type(self).__name__, p)

    def _change(self, images: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        chosen = rng.random(len(images)) < self.p
        if not chosen.any():
            return images
        y = images.copy()
        y[chosen] = self._change(images[chosen])
        return y


class RandomInvert(_RandomTone):
    """Invert each image with probability `p`: 255 - x, or 1 - x.

    Parameters
    ----------
    p : float, default 0.5
    generator : Generator, optional

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomInvert
    >>> RandomInvert(p=1)(np.array([[0, 200]], np.uint8))
    array([[255,  55]], dtype=uint8)
    """

    def _change(self, images: np.ndarray) -> np.ndarray:
        return inverted(images)


class RandomAutocontrast(_RandomTone):
    """Stretch each channel of each image over all levels with probability `p`; parameters as of `RandomInvert`.

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomAutocontrast
    >>> RandomAutocontrast(p=1)(np.array([[100, 110, 120]], np.uint8))
    array([[  0, 127, 255]], dtype=uint8)
    """

    def _change(self, images: np.ndarray) -> np.ndarray:
        return stretched(images)


class RandomEqualize(_RandomTone):
    """Make the levels of each channel of each uint8 image alike frequent with probability `p`, as of `RandomInvert`.

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomEqualize
    >>> narrow = np.arange(120, 130, dtype=np.uint8).repeat(100).reshape(20, 50)
    >>> np.ptp(narrow), np.ptp(RandomEqualize(p=1)(narrow))
    (np.uint8(9), np.uint8(255))
    """

    def _change(self, images: np.ndarray) -> np.ndarray:
        return equalized("RandomEqualize", images)


class RandomPosterize(_RandomTone):
    """Leave `bits` bits of each number of each uint8 image, with probability `p`.

    Parameters
    ----------
    bits : int, 0 to 8
    p : float, default 0.5
    generator : Generator, optional

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomPosterize
    >>> RandomPosterize(2, p=1)(np.array([[63, 64, 255]], np.uint8))
    array([[  0,  64, 192]], dtype=uint8)
    """

    def __init__(self, bits: int, p: float = 0.5, generator: Generator | None = None) -> None:
        super().__init__(p, generator)
        self.bits = level_bits("RandomPosterize", bits)

    def _change(self, images: np.ndarray) -> np.ndarray:
        return posterized("RandomPosterize", images, self.bits)


def level_bits(name: str, bits: int) -> int:
    if not isinstance(bits, INTEGER) or not 0 <= bits <= 8:
        raise ValueError(f"{name}: expected bits from 0 to 8, got {bits!r}")
    return int(bits)


class RandomSolarize(_RandomTone):
    """Invert what is at or above `threshold` in each image, with probability `p`.

    Parameters
    ----------
    threshold : float
    p : float, default 0.5
    generator : Generator, optional

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomSolarize
    >>> RandomSolarize(128, p=1)(np.array([[100, 200]], np.uint8))
    array([[100,  55]], dtype=uint8)
    """

    def __init__(self, threshold: float, p: float = 0.5, generator: Generator | None = None) -> None:
        super().__init__(p, generator)
        if not isinstance(threshold, NUMBER):
            raise TypeError(f"RandomSolarize: expected a number as threshold, got {threshold!r}")
        self.threshold = threshold

    def _change(self, images: np.ndarray) -> np.ndarray:
        return solarized("RandomSolarize", images, self.threshold)


class RandomAdjustSharpness(_RandomTone):
    """Blur each image a little (factor 0), or make it sharper (above 1), with probability `p`.

    Parameters
    ----------
    sharpness_factor : float, not below 0
    p : float, default 0.5
    generator : Generator, optional

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomAdjustSharpness
    >>> RandomAdjustSharpness(0, p=1)(np.array([[0, 0, 0], [0, 130, 0], [0, 0, 0]], np.uint8))[1]
    array([ 0, 50,  0], dtype=uint8)
    """

    def __init__(self, sharpness_factor: float, p: float = 0.5, generator: Generator | None = None) -> None:
        super().__init__(p, generator)
        self.sharpness_factor = factor("RandomAdjustSharpness", "sharpness_factor", sharpness_factor)

    def _change(self, images: np.ndarray) -> np.ndarray:
        return sharpened(images, self.sharpness_factor)


def factor(name: str, argument: str, value: float) -> float:
    """Return a finite number not below 0."""
    if not isinstance(value, NUMBER):
        raise TypeError(f"{name}: expected a number as {argument}, got {value!r}")
    if not 0 <= value < np.inf:
        raise ValueError(f"{name}: expected {argument} not below 0, got {value!r}")
    return float(value)
