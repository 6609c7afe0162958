"""Turned, moved, scaled and sheared images."""

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
    Range,
    around,
    constants,
    interpolation_mode,
    interval,
    numbers,
)
from minigrad.vision.transforms.resampling import affine
from minigrad.vision.transforms.transform import Transform

__all__ = ["RandomAffine", "RandomRotation"]


def affine_sources(
    angle: np.ndarray, shift: np.ndarray, scale: np.ndarray, shear: np.ndarray, centre: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return matrices and offsets for `affine` that undo q = c + t + R(angle) K(shear) scale (p - c) (degrees).

    `shear` (2, N) is along x and along y; `shift` (N, 2), and `centre` (2,) from that of the image, are (row, column).
    """
    turn, (slant_x, slant_y) = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    cos, sin = np.cos(turn) / scale, np.sin(turn) / scale
    # the inverse of R first, then of the shear along y, which changes y, then of that along x
    y_of_x, y_of_y = slant_y * cos - sin, slant_y * sin + cos
    x_of_x, x_of_y = cos + slant_x * y_of_x, sin + slant_x * y_of_y
    inverse = np.array([[y_of_y, y_of_x], [x_of_y, x_of_x]]).transpose(2, 0, 1)
    return inverse, centre[:, None] - inverse @ (centre + shift)[:, :, None]


def from_middle(name: str, center: Sequence[float] | None, images: np.ndarray) -> np.ndarray:
    """Return `center`, (x, y) from the upper left corner, as (row, column) from the middle of the images."""
    if center is None:
        return np.zeros(2)
    x, y = numbers(name, "center", center, 2)
    return np.array([y - images.shape[1] / 2, x - images.shape[2] / 2])


class RandomRotation(Transform):
    """Turn each image by a random angle.

    Parameters
    ----------
    degrees : float or (float, float)
        The range of angles, counter-clockwise; a number means so much to either side.
    interpolation : "nearest" (default), "bilinear" or InterpolationMode
    expand : bool, default False
        Whether the result is as large as it takes to hold all of the turned image, instead of as large as the image.
        It then takes one image at a time.
    center : (float, float), optional
        What stays in place, (x, y) from the upper left corner; the middle of the image where omitted.
    fill : float or sequence of one per channel, default 0
        What comes in from outside of the image.
    generator : Generator, optional

    Raises
    ------
    ValueError
        If `degrees` is below 0 or not a range.

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomRotation
    >>> RandomRotation((90, 90))(np.array([[1, 2], [3, 4]], np.uint8))
    array([[2, 4],
           [1, 3]], dtype=uint8)
    """

    def __init__(
        self,
        degrees: float | Range,
        interpolation: str | InterpolationMode = InterpolationMode.NEAREST,
        expand: bool = False,
        center: Sequence[float] | None = None,
        fill: Fill = 0,
        generator: Generator | None = None,
    ) -> None:
        super().__init__(generator)
        self.degrees = around("RandomRotation", "degrees", degrees)
        self.interpolation = interpolation_mode("RandomRotation", interpolation)
        self.expand = expand
        self.center = None if center is None else numbers("RandomRotation", "center", center, 2)
        self.fill = constants("RandomRotation", "fill", fill)
        if expand:
            self.batched = False

    @staticmethod
    def get_params(degrees: Sequence[float]) -> float:
        """Return a random angle from a range."""
        return float(get_generator(None).rng.uniform(degrees[0], degrees[1]))

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        count, height, width, _ = images.shape
        angle: np.ndarray = -np.asarray(rng.uniform(*self.degrees, count))
        if self.expand:
            if count != 1:
                raise ValueError(
                    f"RandomRotation: with expand=True each image has a size of its own: expected one image, "
                    f"got {count}; transform them one by one"
                )
            height, width = _expanded(height, width, np.deg2rad(angle[0]))
        centre = from_middle("RandomRotation", self.center, images)
        sources = affine_sources(angle, np.zeros((count, 2)), np.ones(count), np.zeros((2, count)), centre)
        return affine(images, *sources, self.fill, self.interpolation, (height, width))


def _expanded(height: int, width: int, turn: float) -> tuple[int, int]:
    """Return how many rows and columns of pixels the turned image touches, its middle where it was."""
    cos, sin = abs(math.cos(turn)), abs(math.sin(turn))
    if cos < 1e-9:  # at right angles move the middle, as otherwise all pixels could fall between others
        return width, height

    def touched(length: int, turned: float) -> int:
        return math.ceil((length + turned) / 2 - 1e-4) - math.floor((length - turned) / 2 + 1e-4)

    return touched(height, cos * height + sin * width), touched(width, cos * width + sin * height)


class RandomAffine(Transform):
    """Turn, shear, scale and move each image by random amounts.

    Parameters
    ----------
    degrees : float or (float, float)
        The range of angles, clockwise; a number means so much to either side.
    translate : (float, float), optional
        The greatest shifts to either side, as parts of the width and of the height. Shifts are whole pixels.
    scale : (float, float), optional
        The range of the factor that magnifies.
    shear : float, (float, float) or four floats, optional
        The range of angles in degrees that upright lines lean by, a number for so much to either side; and two more
        for lines that lie.
    interpolation : "nearest" (default), "bilinear" or InterpolationMode
    fill : float or sequence of one per channel, default 0
        What comes in from outside of the image.
    center : (float, float), optional
        What stays in place but for the shift, (x, y) from the upper left corner; the middle where omitted.
    generator : Generator, optional

    Raises
    ------
    ValueError
        If a range is not one, a part is not from 0 to 1, or a factor is not positive.

    Notes
    -----
    With x to the right and y downwards a pixel at p comes to c + t + R K s (p - c), where R turns by the angle a, and
    K = ((1, 0), (-tan v, 1)) ((1, -tan u), (0, 1)) shears by u along x and then by v along y. All amounts are uniform.

    The `shear_range` and `zoom_range` 0.2 of Keras's ImageDataGenerator are ``shear=0.2`` and ``scale=(0.8, 1.2)``,
    but for this: there width and height are scaled each by a factor of its own, and 0.2 is an angle in degrees, which
    does nothing; until the end of 2017 it was in radians, so that ``shear=11.5`` is what older recipes mean.

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomAffine
    >>> distort = RandomAffine(10, translate=(0.1, 0.1), scale=(0.9, 1.1), shear=5, interpolation="bilinear")
    >>> distort(mg.ones(32, 1, 28, 28)).shape
    Size([32, 1, 28, 28])
    """

    def __init__(
        self,
        degrees: float | Range,
        translate: Range | None = None,
        scale: Range | None = None,
        shear: float | Sequence[float] | None = None,
        interpolation: str | InterpolationMode = InterpolationMode.NEAREST,
        fill: Fill = 0,
        center: Sequence[float] | None = None,
        generator: Generator | None = None,
    ) -> None:
        super().__init__(generator)
        self.degrees = around("RandomAffine", "degrees", degrees)
        self.translate = None if translate is None else numbers("RandomAffine", "translate", translate, 2)
        if not all(0 <= part <= 1 for part in self.translate or ()):
            raise ValueError(f"RandomAffine: expected translate as parts from 0 to 1, got {translate!r}")
        self.scale = None if scale is None else interval("RandomAffine", "scale", scale)
        if self.scale and self.scale[0] <= 0:
            raise ValueError(f"RandomAffine: expected positive factors as scale, got {scale!r}")
        self.shear = None if shear is None else self._shears(shear)
        self.interpolation = interpolation_mode("RandomAffine", interpolation)
        self.fill = constants("RandomAffine", "fill", fill)
        self.center = None if center is None else numbers("RandomAffine", "center", center, 2)

    @staticmethod
    def get_params(
        degrees: Sequence[float],
        translate: Sequence[float] | None,
        scale_ranges: Sequence[float] | None,
        shears: Sequence[float] | None,
        img_size: Sequence[int],
    ) -> tuple[float, tuple[int, int], float, tuple[float, float]]:
        """Return a random angle, shift, factor and shear, such as `functional.affine` takes.

        Parameters
        ----------
        degrees, scale_ranges : (float, float)
        translate : (float, float), optional
            The greatest shifts to either side, as parts of the width and of the height.
        shears : two or four floats, optional
            The range along x, and that along y.
        img_size : (width, height)
        """
        uniform = get_generator(None).rng.uniform
        far = [part * length for part, length in zip(translate or (0.0, 0.0), img_size, strict=True)]
        right, down = (round(uniform(-most, most)) for most in far)
        slants = [*(shears or (0.0, 0.0)), 0.0, 0.0]
        shear = float(uniform(slants[0], slants[1])), float(uniform(slants[2], slants[3]))
        least, most = scale_ranges or (1.0, 1.0)
        return float(uniform(degrees[0], degrees[1])), (right, down), float(uniform(least, most)), shear

    @staticmethod
    def _shears(shear: Any) -> tuple[Range, Range]:
        """Return the ranges along x and along y."""
        if isinstance(shear, NUMBER):
            return around("RandomAffine", "shear", shear), (0.0, 0.0)
        values = numbers("RandomAffine", "shear", shear, 2, 4)
        x, y = (interval("RandomAffine", "shear", part) for part in (values[:2], values[2:] or (0.0, 0.0)))
        return x, y

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        count, height, width, _ = images.shape
        right, down = self.translate or (0, 0)
        ranges = [
            self.degrees,
            self.scale or (1, 1),
            *(self.shear or ((0, 0), (0, 0))),
            (-down * height, down * height),
            (-right * width, right * width),
        ]
        low, high = np.array(ranges).T[:, :, None]
        amounts = rng.uniform(low, high, (6, count))
        angle, scale, shear, shift = amounts[0], amounts[1], amounts[2:4], np.rint(amounts[4:]).T
        centre = from_middle("RandomAffine", self.center, images)
        return affine(images, *affine_sources(angle, shift, scale, shear, centre), self.fill, self.interpolation)
