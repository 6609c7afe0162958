"""Copies of arrays into the order of their indices."""

from __future__ import annotations

import numpy as np

__all__ = ["in_index_order"]

BLOCK_ELEMENTS = 1 << 13  # elements: both sides of a block stay in the first-level cache
MIN_ELEMENTS = 1 << 15  # of arrays for which blocks pay
IMAGES = range(4, 257)  # and how many images these hold


def in_index_order(x: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Return ``np.array(x, dtype, order="C")``.

    An array of images in which the batch lies innermost is copied in blocks: NumPy would go through all of it once for
    each image, which takes up to seven times as long.
    """
    if x.ndim < 2 or x.size < MIN_ELEMENTS or len(x) not in IMAGES or x.flags.c_contiguous:
        return np.array(x, dtype, order="C")
    inner = x.transpose(*range(1, x.ndim), 0)
    if not inner.flags.c_contiguous:
        return np.array(x, dtype, order="C")
    images, places = len(x), x.size // len(x)
    source, copy = inner.reshape(places, images), np.empty((images, places), dtype)
    step = max(1, BLOCK_ELEMENTS // images)
    for start in range(0, places, step):
        copy[:, start : start + step] = source[start : start + step].T
    return copy.reshape(x.shape)
