"""Colours and levels of images changed by amounts that the caller decides, for `functional`."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.vision.transforms import tones
from minigrad.vision.transforms.arguments import NUMBER
from minigrad.vision.transforms.color import ColorJitter, Grayscale
from minigrad.vision.transforms.transform import applied, on_images

__all__ = [
    "adjust_brightness",
    "adjust_contrast",
    "adjust_gamma",
    "adjust_hue",
    "adjust_saturation",
    "adjust_sharpness",
    "autocontrast",
    "equalize",
    "invert",
    "posterize",
    "rgb_to_grayscale",
    "solarize",
    "to_grayscale",
]


def _jittered(name: str, img: Any, which: str, argument: str, value: float) -> Any:
    if not isinstance(value, NUMBER):
        raise TypeError(f"{name}: expected a number as {argument}, got {value!r}")
    return applied(name, img, ColorJitter, **{which: (value, value)})


def adjust_brightness(img: Any, brightness_factor: float) -> Any:
    """Return images times a factor not below 0."""
    return _jittered("adjust_brightness", img, "brightness", "brightness_factor", brightness_factor)


def adjust_contrast(img: Any, contrast_factor: float) -> Any:
    """Return images nearer to their mean brightness (below 1) or farther from it (above)."""
    return _jittered("adjust_contrast", img, "contrast", "contrast_factor", contrast_factor)


def adjust_saturation(img: Any, saturation_factor: float) -> Any:
    """Return images nearer to grey (below 1) or farther from it (above)."""
    return _jittered("adjust_saturation", img, "saturation", "saturation_factor", saturation_factor)


def adjust_hue(img: Any, hue_factor: float) -> Any:
    """Return images whose colours are turned by a part, -0.5 to 0.5, of the colour circle.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.adjust_hue(mg.tensor([[[1.0]], [[0.25]], [[0.0]]]), 0.5).flatten()
    tensor([0.0000, 0.7500, 1.0000])
    >>> half = functional.adjust_brightness(mg.ones(3, 1, 1), 0.5)
    >>> more = functional.adjust_contrast(functional.adjust_saturation(half, 2.0), 2.0)
    >>> more.flatten()
    tensor([0.5000, 0.5000, 0.5000])
    """
    return _jittered("adjust_hue", img, "hue", "hue_factor", hue_factor)


def adjust_gamma(img: Any, gamma: float, gain: float = 1) -> Any:
    """Return ``gain * x**gamma``, x from 0 to 1 and so the result.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.adjust_gamma(mg.tensor([[[0.5, 1.0]]]), 2.0)
    tensor([[[0.2500, 1.0000]]])
    """
    gamma = tones.factor("adjust_gamma", "gamma", gamma)
    top = 255.0

    def change(x: np.ndarray) -> np.ndarray:
        unit = x.astype(np.float32) / np.float32(top) if x.dtype == np.uint8 else x
        y = np.clip(gain * unit**gamma, 0, 1)
        return np.minimum(y * 255.999, 255).astype(np.uint8) if x.dtype == np.uint8 else y.astype(x.dtype)

    return on_images("adjust_gamma", change, img)


def adjust_sharpness(img: Any, sharpness_factor: float) -> Any:
    """Return images blurred a little (factor 0), as they are (1), or sharper (above 1)."""
    amount = tones.factor("adjust_sharpness", "sharpness_factor", sharpness_factor)
    return on_images("adjust_sharpness", lambda x: tones.sharpened(x, amount), img)


def rgb_to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """Return the brightness of images, in one channel or in three that are alike."""
    return applied("rgb_to_grayscale", img, Grayscale, num_output_channels)


def to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """Return the brightness of images, in one channel or in three that are alike.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.to_grayscale(np.zeros((4, 4, 3), np.uint8)).shape
    (4, 4, 1)
    """
    return applied("to_grayscale", img, Grayscale, num_output_channels)


def invert(img: Any) -> Any:
    """Return 255 - x, or 1 - x for floats."""
    return on_images("invert", tones.inverted, img)


def posterize(img: Any, bits: int) -> Any:
    """Return uint8 images of which the first `bits` of each number are left."""
    bits = tones.level_bits("posterize", bits)
    return on_images("posterize", lambda x: tones.posterized("posterize", x, bits), img)


def solarize(img: Any, threshold: float) -> Any:
    """Return images inverted where they are at or above `threshold`."""
    return on_images("solarize", lambda x: tones.solarized("solarize", x, threshold), img)


def autocontrast(img: Any) -> Any:
    """Return images each channel of which goes from the least value to the greatest."""
    return on_images("autocontrast", tones.stretched, img)


def equalize(img: Any) -> Any:
    """Return uint8 images each channel of which has all levels alike often, as far as that goes.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> x = np.array([[10, 200]], np.uint8)
    >>> [getattr(functional, name)(x).tolist() for name in ("invert", "autocontrast", "equalize")]
    [[[245, 55]], [[0, 255]], [[10, 200]]]
    >>> functional.posterize(x, 1).tolist(), functional.solarize(x, 128).tolist()
    ([[0, 128]], [[10, 55]])
    """
    return on_images("equalize", lambda x: tones.equalized("equalize", x), img)
