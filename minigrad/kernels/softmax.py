"""The exponentials of numbers by their sum."""

from __future__ import annotations

import numpy as np

from minigrad.kernels.summation import total

__all__ = ["softmax"]

LARGEST, LEAST_SUM = 60.0, 1e-3  # exp of the first, and sums of many of those, are far from float32's largest number
BLOCK = 1 << 17  # elements: half a megabyte of float32 stays in the cache between one pass and the next


def softmax(x: np.ndarray, dim: tuple[int, ...], empty: float = np.nan) -> np.ndarray:
    """Return the softmax of `x` over `dim`, a new array, and `empty` where all of a row is -inf."""
    y = np.empty_like(x)
    if x.size > 2 * BLOCK and dim == (x.ndim - 1,) and x.flags.c_contiguous and y.flags.c_contiguous:
        rows, results = x.reshape(-1, x.shape[-1]), y.reshape(-1, x.shape[-1])
        step = max(1, BLOCK // x.shape[-1])
        for start in range(0, len(rows), step):
            _softmax(rows[start : start + step], (1,), results[start : start + step], empty)
    elif x.size:
        _softmax(x, dim, y, empty)
    return y


def _softmax(x: np.ndarray, dim: tuple[int, ...], y: np.ndarray, empty: float) -> None:
    """Write the softmax of `x` to `y`.

    To subtract the maximum of each row first keeps exponentials in range. Where they are in range anyway, which one
    look at the largest of all numbers and one at the least sum show, two passes and a rounding are saved.
    """
    if x.max() <= LARGEST:
        np.exp(x, out=y)
        sums = total(y, dim, True)
        if sums.min() >= LEAST_SUM:
            y /= sums
            return
    most = np.maximum.reduce(x, axis=dim, keepdims=True)
    nothing = most == -np.inf
    np.subtract(x, most, out=y)
    np.exp(y, out=y)
    y /= total(y, dim, True)
    if nothing.any():
        np.copyto(y, empty, where=nothing)
