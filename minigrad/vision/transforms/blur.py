"""GaussianBlur."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from minigrad.core.generator import Generator, get_generator
from minigrad.vision.transforms.arguments import NUMBER, Range, interval, pair, restored
from minigrad.vision.transforms.transform import Transform

__all__ = ["GaussianBlur"]


class GaussianBlur(Transform):
    """Blur each image by a Gaussian of random width.

    Parameters
    ----------
    kernel_size : int or (int, int)
        How many pixels across, and how many up and down, count; odd.
    sigma : float or (float, float), default (0.1, 2.0)
        The range of the standard deviation, in pixels, or its value.
    generator : Generator, optional

    Raises
    ------
    ValueError
        If a kernel size is even or sigma not positive; when called, if half of the kernel is as large as the image.

    Notes
    -----
    The kernel is exp(-(u^2 + v^2) / (2 sigma^2)), made to sum to 1. Beyond its edges the image is mirrored.

    Examples
    --------
    >>> from minigrad.vision.transforms import GaussianBlur
    >>> GaussianBlur((3, 1), sigma=1.0)(np.array([[0, 0, 100, 0, 0]], np.uint8))
    array([[ 0, 27, 45, 27,  0]], dtype=uint8)
    """

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        sigma: float | Range = (0.1, 2.0),
        generator: Generator | None = None,
    ) -> None:
        super().__init__(generator)
        self.kernel_size = pair("GaussianBlur", "kernel_size", kernel_size)
        if not all(size % 2 for size in self.kernel_size):
            raise ValueError(f"GaussianBlur: expected an odd kernel_size, got {kernel_size!r}")
        self.sigma = interval("GaussianBlur", "sigma", (sigma, sigma) if isinstance(sigma, NUMBER) else sigma)
        if self.sigma[0] <= 0:
            raise ValueError(f"GaussianBlur: expected a positive sigma, got {sigma!r}")

    @staticmethod
    def get_params(sigma_min: float, sigma_max: float) -> float:
        """Return a random standard deviation from a range."""
        return float(get_generator(None).rng.uniform(sigma_min, sigma_max))

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        sigma = rng.uniform(*self.sigma, (len(images), 1))
        return blurred(images, self.kernel_size, (sigma, sigma))


def blurred(images: np.ndarray, kernel_size: tuple[int, int], sigma: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Return images (N, H, W, C) blurred by Gaussians, both arguments across first and then up and down."""
    x = images.astype(np.float32) if images.dtype == np.uint8 else images
    return restored(_along(_along(x, kernel_size[1], sigma[1], 1), kernel_size[0], sigma[0], 2), images.dtype)


def _along(x: np.ndarray, size: int, sigma: np.ndarray, axis: int) -> np.ndarray:
    """Return the weighted means along an axis of (N, H, W, C)."""
    half, length = size // 2, x.shape[axis]
    if half >= length:
        raise ValueError(f"GaussianBlur: expected images larger than half of a kernel of {size}, got {length} pixels")
    weights = np.exp(-0.5 * (np.arange(-half, half + 1) / sigma) ** 2)
    weights = (weights / weights.sum(1, keepdims=True)).astype(x.dtype)[:, :, None, None, None]
    border = [(0, 0)] * 4
    border[axis] = (half, half)
    framed = np.moveaxis(np.pad(x, border, "reflect"), axis, 0)
    y = weights[:, 0] * np.moveaxis(framed[:length], 0, axis)
    for tap in range(1, size):
        y += weights[:, tap] * np.moveaxis(framed[tap : tap + length], 0, axis)
    return y
