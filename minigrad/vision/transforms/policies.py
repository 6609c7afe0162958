"""Changes of images chosen at random from a list: RandAugment, TrivialAugmentWide."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.core.generator import Generator, get_generator
from minigrad.vision.transforms import functional as F
from minigrad.vision.transforms.arguments import INTEGER, Fill, InterpolationMode, constants, interpolation_mode
from minigrad.vision.transforms.transform import ImageModule, check_generator

__all__ = ["RandAugment", "TrivialAugmentWide"]

_Settings = dict[str, Any]  # interpolation and fill
_Change = Callable[[Any, float, _Settings], Any]


def _shear(img: Any, along_x: float, along_y: float, settings: _Settings) -> Any:
    angles = [math.degrees(math.atan(slope)) for slope in (along_x, along_y)]
    return F.affine(img, 0, (0, 0), 1.0, angles, center=(0, 0), **settings)


def _move(img: Any, right: float, down: float, settings: _Settings) -> Any:
    return F.affine(img, 0, (int(right), int(down)), 1.0, (0, 0), **settings)


Limit = float | tuple[int, float]
_RIGHT, _DOWN = (2, 150 / 331), (1, 150 / 331)  # RandAugment's authors moved images of 331 pixels by up to 150
_FACTOR = (0, 0.9), (0, 0.99), (0, 0.9)

# By name: the change; its least and greatest amount for RandAugment and AutoAugment, for TrivialAugmentWide, and for
# AugMix, where (1, part) is a part of the height and (2, part) of the width; whether either sign is drawn.
_CHANGES: dict[str, tuple[_Change, tuple[tuple[float, Limit], ...], bool]] = {
    "Identity": (lambda img, m, s: img, ((0, 0),) * 3, False),
    "ShearX": (lambda img, m, s: _shear(img, m, 0, s), ((0, 0.3), (0, 0.99), (0, 0.3)), True),
    "ShearY": (lambda img, m, s: _shear(img, 0, m, s), ((0, 0.3), (0, 0.99), (0, 0.3)), True),
    "TranslateX": (lambda img, m, s: _move(img, m, 0, s), ((0, _RIGHT), (0, 32), (0, (2, 1 / 3))), True),
    "TranslateY": (lambda img, m, s: _move(img, 0, m, s), ((0, _DOWN), (0, 32), (0, (1, 1 / 3))), True),
    "Rotate": (lambda img, m, s: F.rotate(img, m, **s), ((0, 30), (0, 135), (0, 30)), True),
    "Brightness": (lambda img, m, s: F.adjust_brightness(img, 1 + m), _FACTOR, True),
    "Color": (lambda img, m, s: F.adjust_saturation(img, 1 + m), _FACTOR, True),
    "Contrast": (lambda img, m, s: F.adjust_contrast(img, 1 + m), _FACTOR, True),
    "Sharpness": (lambda img, m, s: F.adjust_sharpness(img, 1 + m), _FACTOR, True),
    "Posterize": (lambda img, m, s: F.posterize(img, round(m)), ((8, 4), (8, 2), (4, 0)), False),
    "Solarize": (lambda img, m, s: F.solarize(img, m), ((255, 0),) * 3, False),
    "AutoContrast": (lambda img, m, s: F.autocontrast(img), ((0, 0),) * 3, False),
    "Equalize": (lambda img, m, s: F.equalize(img), ((0, 0),) * 3, False),
    "Invert": (lambda img, m, s: F.invert(img), ((0, 0),) * 3, False),
}
FOURTEEN = [name for name in _CHANGES if name != "Invert"]
NARROW, WIDE, MIXED = range(3)  # which amounts


class Policy(ImageModule):
    batched = False  # each image has changes of its own

    def __init__(self, interpolation: Any, fill: Fill | None, generator: Generator | None, **counts: int) -> None:
        super().__init__()
        name = type(self).__name__
        check_generator(name, generator)
        for argument, value in counts.items():
            if not isinstance(value, INTEGER) or isinstance(value, bool) or value < 0:
                raise ValueError(f"{name}: expected {argument} as an integer not below 0, got {value!r}")
        self.interpolation = interpolation_mode(name, interpolation)
        self.fill, self.generator = 0 if fill is None else constants(name, "fill", fill), generator

    def _changed(self, images: Any, change: str, part: float, amounts: int, rng: np.random.Generator) -> Any:
        """Return images changed by an amount at this part of the way from the least to the greatest."""
        function, limits, signed = _CHANGES[change]
        low, high = limits[amounts]
        far = F.get_dimensions(images)[high[0]] * high[1] if isinstance(high, tuple) else high
        amount = low + part * (far - low)
        if signed and rng.integers(2):
            amount = -amount
        return function(images, amount, {"interpolation": self.interpolation, "fill": self.fill})

    def __repr__(self) -> str:
        shown = [f"{name}={value}" for name, value in self._shown().items()]
        return f"{type(self).__name__}({', '.join(shown)})"


class RandAugment(Policy):
    """Make `num_ops` changes of uint8 images, drawn from fourteen, all of the same magnitude.

    Parameters
    ----------
    num_ops : int, default 2
    magnitude : int, default 9
        From 0 to `num_magnitude_bins` - 1, the greatest.
    num_magnitude_bins : int, default 31
    interpolation : "nearest" (default), "bilinear" or InterpolationMode
    fill : float or sequence of one per channel, optional
        What comes in from outside of the image; 0 where omitted.
    generator : Generator, optional

    Raises
    ------
    ValueError
        If a number is below 0, or `magnitude` not below `num_magnitude_bins`.

    Notes
    -----
    E. D. Cubuk et al., RandAugment: Practical Automated Data Augmentation with a Reduced Search Space, 2019.

    Examples
    --------
    >>> from minigrad.vision.transforms import RandAugment
    >>> RandAugment()(np.zeros((32, 32, 3), np.uint8)).shape
    (32, 32, 3)
    """

    def __init__(
        self,
        num_ops: int = 2,
        magnitude: int = 9,
        num_magnitude_bins: int = 31,
        interpolation: str | InterpolationMode = InterpolationMode.NEAREST,
        fill: Fill | None = None,
        generator: Generator | None = None,
    ) -> None:
        counts = {"num_ops": num_ops, "magnitude": magnitude, "num_magnitude_bins": num_magnitude_bins}
        super().__init__(interpolation, fill, generator, **counts)
        if not magnitude < num_magnitude_bins:
            raise ValueError(
                f"RandAugment: expected magnitude below num_magnitude_bins, got {magnitude} and {num_magnitude_bins}"
            )
        self.num_ops, self.magnitude, self.num_magnitude_bins = num_ops, magnitude, num_magnitude_bins

    def __call__(self, images: Any) -> Any:
        rng = get_generator(self.generator).rng
        part = self.magnitude / max(self.num_magnitude_bins - 1, 1)
        for change in rng.choice(FOURTEEN, self.num_ops):
            images = self._changed(images, change, part, NARROW, rng)
        return images


class TrivialAugmentWide(Policy):
    """Make one change of uint8 images, drawn from fourteen, of a magnitude that is drawn as well.

    Parameters
    ----------
    num_magnitude_bins : int, default 31
        How many magnitudes there are.
    interpolation : "nearest" (default), "bilinear" or InterpolationMode
    fill : float or sequence of one per channel, optional
        What comes in from outside of the image; 0 where omitted.
    generator : Generator, optional

    Raises
    ------
    ValueError
        If `num_magnitude_bins` is not above 0.

    Notes
    -----
    S. G. Müller, F. Hutter, TrivialAugment: Tuning-free Yet State-of-the-Art Data Augmentation, 2021.

    Examples
    --------
    >>> from minigrad.vision.transforms import TrivialAugmentWide
    >>> TrivialAugmentWide()(np.zeros((32, 32, 3), np.uint8)).shape
    (32, 32, 3)
    """

    def __init__(
        self,
        num_magnitude_bins: int = 31,
        interpolation: str | InterpolationMode = InterpolationMode.NEAREST,
        fill: Fill | None = None,
        generator: Generator | None = None,
    ) -> None:
        super().__init__(interpolation, fill, generator, num_magnitude_bins=num_magnitude_bins)
        if num_magnitude_bins < 1:
            raise ValueError(f"TrivialAugmentWide: expected num_magnitude_bins above 0, got {num_magnitude_bins}")
        self.num_magnitude_bins = num_magnitude_bins

    def __call__(self, images: Any) -> Any:
        rng = get_generator(self.generator).rng
        part = int(rng.integers(self.num_magnitude_bins)) / max(self.num_magnitude_bins - 1, 1)
        return self._changed(images, str(rng.choice(FOURTEEN)), part, WIDE, rng)
