"""Sums of many numbers that don't drift."""

from __future__ import annotations

import numpy as np

RUN = 128


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
