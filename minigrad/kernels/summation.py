"""Sums of many numbers that don't drift."""

from __future__ import annotations

import numpy as np

from minigrad.kernels.products import matmul

RUN = 128
FEW = 8  # rows


def total(x: np.ndarray, dim: tuple[int, ...], keepdim: bool) -> np.ndarray:
    """``x.sum(dim)``, the roundings of which don't pile up over long dimensions.

    NumPy adds up pairwise only along the dimension that is contiguous in memory. Over another one, each number is
    added to a single running sum: with a million of them in float32, 1% can be lost.
    """
    if x.size > RUN * RUN and x.dtype == np.float32 and len(dim) < x.ndim:
        for d in dim:
            while x.shape[d] > 2 * RUN and abs(x.strides[d]) > x.itemsize:
                x = _runs(x, d)
    return x.sum(axis=dim, keepdims=keepdim)


def _runs(x: np.ndarray, d: int) -> np.ndarray:
    """`x` with each `RUN` neighbours along `d` added up."""
    x = np.moveaxis(x, d, 0)
    count = len(x) // RUN
    sums = x[: count * RUN].reshape(count, RUN, *x.shape[1:]).sum(axis=1)
    sums[-1] += x[count * RUN :].sum(axis=0)
    return np.moveaxis(sums, 0, d)


def column_sums(x: np.ndarray) -> np.ndarray:
    """``x.sum(0)`` of a matrix: its halves are added up while there are more than a few rows, which are multiplied.

    A product alone, the quickest of sums, would add one row to another.
    """
    while len(x) > FEW:
        half = len(x) // 2
        sums = x[:half] + x[half : 2 * half]
        if len(x) % 2:
            sums[0] += x[-1]
        x = sums
    ones = np.empty(len(x), x.dtype)
    ones.fill(1)
    return matmul(ones, x)
