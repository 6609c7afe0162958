"""Images seen from the side, and images that waver."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.generator import Generator, get_generator
from minigrad.vision.transforms.arguments import (
    NUMBER,
    Fill,
    InterpolationMode,
    constants,
    interpolation_mode,
    numbers,
    probability,
)
from minigrad.vision.transforms.blur import blurred
from minigrad.vision.transforms.resampling import pixels_at
from minigrad.vision.transforms.transform import Transform

__all__ = ["ElasticTransform", "RandomPerspective"]

_KERNEL_BY_SIGMA = 8  # pixels of the blur's kernel for each of its standard deviation


def in_perspective(
    images: np.ndarray, start: np.ndarray, end: np.ndarray, fill: Fill, mode: InterpolationMode
) -> np.ndarray:
    """Return images (N, H, W, C) of which the corners `start`, four (x, y), have come to `end`; (N, 4, 2) both."""
    count, height, width, _ = images.shape
    maps = np.array([_homography(e, s) for s, e in zip(start, end, strict=True)]).reshape(count, 9)[:, :, None, None]
    x, y = np.arange(width) + 0.5, (np.arange(height) + 0.5)[:, None]
    depth = maps[:, 6] * x + maps[:, 7] * y + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        rows = (maps[:, 3] * x + maps[:, 4] * y + maps[:, 5]) / depth + 0.5
        columns = (maps[:, 0] * x + maps[:, 1] * y + maps[:, 2]) / depth + 0.5
    rows, columns = (np.nan_to_num(place.astype(np.float32)) for place in (rows, columns))
    return pixels_at(images, rows, columns, fill, mode)


def _homography(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return the nine numbers, the last of them 1, that take four points to four others."""
    rows = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    return np.append(np.linalg.lstsq(np.array(rows, float), target.astype(float).ravel(), rcond=None)[0], 1.0)


def displaced(images: np.ndarray, displacement: np.ndarray, fill: Fill, mode: InterpolationMode) -> np.ndarray:
    """Return images whose pixels come from elsewhere: (N, H, W, 2) to the right and down, in halves of the image."""
    height, width = images.shape[1:3]
    columns = displacement[..., 0] * (width / 2) + np.arange(1, width + 1)
    rows = displacement[..., 1] * (height / 2) + np.arange(1, height + 1)[:, None]
    shape = images.shape[:3]
    rows, columns = (np.broadcast_to(place, shape).astype(np.float32) for place in (rows, columns))
    return pixels_at(images, rows, columns, fill, mode)


class RandomPerspective(Transform):
    """Move each corner of each image inwards at random, with probability `p`.

    Parameters
    ----------
    distortion_scale : float, 0 to 1, default 0.5
        How far: up to this part of half of the image.
    p : float, default 0.5
    interpolation : "bilinear" (default), "nearest" or InterpolationMode
    fill : float or sequence of one per channel, default 0
        What comes in from outside of the image.
    generator : Generator, optional

    Raises
    ------
    ValueError
        If `distortion_scale` or `p` is not from 0 to 1.

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomPerspective
    >>> RandomPerspective(0.3, p=1)(np.full((8, 16, 16, 3), 255, np.uint8)).shape
    (8, 16, 16, 3)
    """

    def __init__(
        self,
        distortion_scale: float = 0.5,
        p: float = 0.5,
        interpolation: str | InterpolationMode = InterpolationMode.BILINEAR,
        fill: Fill = 0,
        generator: Generator | None = None,
    ) -> None:
        super().__init__(generator)
        if not (isinstance(distortion_scale, NUMBER) and 0 <= distortion_scale <= 1):
            raise ValueError(f"RandomPerspective: expected distortion_scale from 0 to 1, got {distortion_scale!r}")
        self.distortion_scale, self.p = distortion_scale, probability("RandomPerspective", p)
        self.interpolation = interpolation_mode("RandomPerspective", interpolation)
        self.fill = constants("RandomPerspective", "fill", fill)

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        chosen = rng.random(len(images)) < self.p
        start, end = _corners(len(images), images.shape[2], images.shape[1], self.distortion_scale, rng)
        if not chosen.any():
            return images
        y = images.copy()
        y[chosen] = in_perspective(images[chosen], start[chosen], end[chosen], self.fill, self.interpolation)
        return y

    @staticmethod
    def get_params(width: int, height: int, distortion_scale: float) -> tuple[list[list[int]], list[list[int]]]:
        """Return the corners and where they go, such as `functional.perspective` takes."""
        start, end = _corners(1, width, height, distortion_scale, get_generator(None).rng)
        return start[0].tolist(), end[0].tolist()


def _corners(
    count: int, width: int, height: int, distortion_scale: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return the four corners (x, y) of each image, and random places further inwards."""
    far = np.array([int(distortion_scale * (width // 2)), int(distortion_scale * (height // 2))])
    inwards = rng.integers(0, far + 1, (count, 4, 2)) * [[1, 1], [-1, 1], [-1, -1], [1, -1]]
    corners = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]])
    start = np.broadcast_to(corners, inwards.shape)
    return start, start + inwards


class ElasticTransform(Transform):
    """Move the pixels of each image by smooth random fields.

    Parameters
    ----------
    alpha : float or (float, float), default 50.0
        How far, along x and along y.
    sigma : float or (float, float), default 5.0
        How smooth: the standard deviation of the blur of the noise, in pixels.
    interpolation : "bilinear" (default), "nearest" or InterpolationMode
    fill : float or sequence of one per channel, default 0
    generator : Generator, optional

    Notes
    -----
    P. Simard et al., Best Practices for Convolutional Neural Networks, 2003.

    Examples
    --------
    >>> from minigrad.vision.transforms import ElasticTransform
    >>> ElasticTransform(20.0, 2.0)(mg.rand(3, 28, 28)).shape
    Size([3, 28, 28])
    """

    def __init__(
        self,
        alpha: float | Sequence[float] = 50.0,
        sigma: float | Sequence[float] = 5.0,
        interpolation: str | InterpolationMode = InterpolationMode.BILINEAR,
        fill: Fill = 0,
        generator: Generator | None = None,
    ) -> None:
        super().__init__(generator)
        self.alpha, self.sigma = self._two("alpha", alpha), self._two("sigma", sigma)
        if min(self.sigma) < 0:
            raise ValueError(f"ElasticTransform: expected sigma not below 0, got {sigma!r}")
        self.interpolation = interpolation_mode("ElasticTransform", interpolation)
        self.fill = constants("ElasticTransform", "fill", fill)

    @staticmethod
    def _two(argument: str, value: Any) -> tuple[float, float]:
        values = numbers("ElasticTransform", argument, [value] if isinstance(value, NUMBER) else value, 1, 2)
        return float(values[0]), float(values[-1])

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        count, height, width, _ = images.shape
        fields = []
        for alpha, sigma, length in zip(self.alpha, self.sigma, (width, height), strict=True):
            noise = rng.uniform(-1, 1, (count, height, width, 1)).astype(np.float32)
            if sigma > 0:
                most = 2 * min(height, width) - 1  # the border that is mirrored is smaller than the image
                size = min(math.floor(_KERNEL_BY_SIGMA * sigma) // 2 * 2 + 1, most)
                noise = blurred(noise, (size, size), (np.full((count, 1), sigma),) * 2)
            fields.append(noise * (alpha / length))
        return displaced(images, np.concatenate(fields, 3), self.fill, self.interpolation)
