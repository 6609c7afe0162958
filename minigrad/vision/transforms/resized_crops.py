"""Parts of images of random size and shape, brought to one size; and colours left out at random."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.generator import Generator, get_generator
from minigrad.vision.transforms.arguments import InterpolationMode, interpolation_mode, interval, pair, probability
from minigrad.vision.transforms.color import Grayscale
from minigrad.vision.transforms.resizing import Resize
from minigrad.vision.transforms.transform import Transform, get_dimensions

__all__ = ["RandomGrayscale", "RandomResizedCrop"]

ATTEMPTS = 10  # at a part that fits into the image


class RandomResizedCrop(Transform):
    """A part of each image, anywhere in it and of random size and shape, brought to one size.

    Parameters
    ----------
    size : int or (int, int)
        (height, width) of the result.
    scale : (float, float), default (0.08, 1.0)
        The part's share of the image's pixels.
    ratio : (float, float), default (3/4, 4/3)
        The part's width by its height; its logarithm is drawn uniformly.
    interpolation : "bilinear" (default), "nearest" or another InterpolationMode
    antialias : bool, default True
    generator : Generator, optional

    Notes
    -----
    Where ten parts in a row do not fit, it is the middle of the image, of the nearest shape allowed. The augmentation
    of C. Szegedy et al., Going Deeper with Convolutions, 2015.

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomResizedCrop
    >>> RandomResizedCrop(24)(np.zeros((8, 60, 40, 3), np.uint8)).shape
    (8, 24, 24, 3)
    """

    def __init__(
        self,
        size: int | Sequence[int],
        scale: Sequence[float] = (0.08, 1.0),
        ratio: Sequence[float] = (3 / 4, 4 / 3),
        interpolation: str | InterpolationMode = InterpolationMode.BILINEAR,
        antialias: bool = True,
        generator: Generator | None = None,
    ) -> None:
        super().__init__(generator)
        self.size = pair("RandomResizedCrop", "size", size)
        self.scale = interval("RandomResizedCrop", "scale", scale)
        self.ratio = interval("RandomResizedCrop", "ratio", ratio)
        for name, (low, high) in (("scale", self.scale), ("ratio", self.ratio)):
            if not 0 < low <= high:
                raise ValueError(f"RandomResizedCrop: expected {name} above 0, got {(low, high)}")
        self.interpolation = interpolation_mode("RandomResizedCrop", interpolation, InterpolationMode)
        self.antialias = antialias

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        resize = Resize(self.size, self.interpolation, antialias=self.antialias)
        y = np.empty((len(images), *self.size, images.shape[3]), images.dtype)
        for i, image in enumerate(images):
            top, left, height, width = _part(image.shape[0], image.shape[1], self.scale, self.ratio, rng)
            y[i] = resize.transform(image[None, top : top + height, left : left + width], rng)[0]
        return y

    @staticmethod
    def get_params(img: Any, scale: Sequence[float], ratio: Sequence[float]) -> tuple[int, int, int, int]:
        """Return the top, left, height and width of a random part, such as `functional.resized_crop` takes."""
        _, height, width = get_dimensions(img)
        return _part(height, width, scale, ratio, get_generator(None).rng)


def _part(
    height: int, width: int, scale: Sequence[float], ratio: Sequence[float], rng: np.random.Generator
) -> tuple[int, int, int, int]:
    """Return the top, left, height and width of a part."""
    for _ in range(ATTEMPTS):
        area = height * width * rng.uniform(scale[0], scale[1])
        shape = math.exp(rng.uniform(math.log(ratio[0]), math.log(ratio[1])))
        w, h = round(math.sqrt(area * shape)), round(math.sqrt(area / shape))
        if 0 < w <= width and 0 < h <= height:
            return int(rng.integers(height - h + 1)), int(rng.integers(width - w + 1)), h, w
    shape = min(max(width / height, ratio[0]), ratio[1])
    w, h = max(1, min(width, round(height * shape))), max(1, min(height, round(width / shape)))
    return (height - h) // 2, (width - w) // 2, h, w


class RandomGrayscale(Transform):
    """Take the colours out of each image with probability `p`; it keeps its channels.

    Parameters
    ----------
    p : float, default 0.1
    generator : Generator, optional

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomGrayscale
    >>> RandomGrayscale(p=1)(np.array([[[255, 0, 0]]], np.uint8))
    array([[[76, 76, 76]]], dtype=uint8)
    """

    def __init__(self, p: float = 0.1, generator: Generator | None = None) -> None:
        super().__init__(generator)
        self.p = probability("RandomGrayscale", p)

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        chosen = rng.random(len(images)) < self.p
        if not chosen.any() or images.shape[3] == 1:
            return images
        y = images.copy()
        y[chosen] = Grayscale(3).transform(images[chosen], rng)
        return y
