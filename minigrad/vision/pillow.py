"""Images of the package Pillow, which need not be installed."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

_AS_RGB = ("P", "CMYK", "YCbCr", "HSV", "LAB")  # palettes and other colours than red, green and blue


def pillow() -> tuple[Any, Any]:
    """Return the modules ``PIL.Image`` and ``PIL.ImageOps``."""
    try:
        from PIL import Image, ImageOps
    except ImportError as error:
        raise ImportError("image files need Pillow: pip install pillow") from error
    return Image, ImageOps


def of_pillow(value: Any) -> bool:
    """Return whether it is an image of Pillow's, without importing what only a user of it has imported."""
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(value, module.Image)


def pixels_of(name: str, image: Any) -> np.ndarray:
    """Return an image of Pillow's as an array (H, W) or (H, W, C): bits and palettes unfolded."""
    converted = image.convert("L" if image.mode == "1" else "RGB") if image.mode in ("1", *_AS_RGB) else image
    pixels = np.asarray(converted)
    if pixels.dtype != np.uint8 and pixels.dtype.kind != "f":
        raise TypeError(f'{name}: expected an image of 8 bits per colour, got mode "{image.mode}"; use .convert("RGB")')
    return pixels


def as_pillow(pixels: np.ndarray) -> Any:
    """Return an array (H, W) or (H, W, C) as an image of Pillow's; one channel is grey."""
    one = pixels.ndim == 3 and pixels.shape[2] == 1
    return pillow()[0].fromarray(np.ascontiguousarray(pixels[..., 0] if one else pixels))
