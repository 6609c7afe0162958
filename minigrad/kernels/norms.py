"""Norms of vectors, right whenever the norm is a finite number, even if powers of the elements are not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.kernels.summation import single, sums

__all__ = ["length"]

Dims = tuple[int, ...]


def length(x: np.ndarray, p: float, dims: Dims, keepdim: bool) -> np.ndarray:
    """``sum(|x| ** p) ** (1 / p)`` over `dims`: for 0 how many are not 0, for inf and -inf the largest and smallest."""
    if not dims:  # each element is a vector of its own
        return np.asarray(x != 0, x.dtype) if p == 0 else np.abs(x)
    if p == 0:
        return np.asarray(np.not_equal(x, 0).sum(axis=dims, keepdims=keepdim, dtype=np.float64), x.dtype)
    if math.isinf(p):
        reduce: Any = np.maximum.reduce if p > 0 else np.minimum.reduce
        return np.asarray(reduce(np.abs(x), axis=dims, keepdims=keepdim))
    x, dtype = single(x), x.dtype
    total = _powers(x, p, dims)
    y = np.asarray(np.sqrt(total) if p == 2 else np.power(total, 1 / p))
    if p != 1:
        limits = np.finfo(x.dtype)
        # below, subnormal powers may have mattered; above, one of them or their sum overflows
        low = math.prod(x.shape[d] for d in dims) * float(limits.tiny / limits.eps)
        with_care = ~((total >= low) & (total <= limits.max) & (y <= limits.max))
        if with_care.any():
            vectors = np.moveaxis(x, dims, range(-len(dims), 0))[with_care]
            y[with_care] = _scaled(vectors.reshape(len(vectors), -1), p)
    y = y.astype(dtype, copy=False)
    return y.reshape([1 if d in dims else n for d, n in enumerate(x.shape)]) if keepdim else y


def _powers(x: np.ndarray, p: float, dims: Dims) -> np.ndarray:
    if p == 2:
        return sums(x, dims, x, keepdim=False)
    size = np.abs(x)
    return sums(size if p == 1 else np.power(size, p), dims, None, keepdim=False)


def _scaled(rows: np.ndarray, p: float) -> np.ndarray:
    """Compute the same of rows divided by what matters most: their largest element, or for p < 0 their smallest."""
    size = np.abs(rows).astype(np.float64)
    if not rows.shape[1]:
        return np.zeros(len(rows))
    unit = np.asarray((np.maximum if p > 0 else np.minimum).reduce(size, axis=1))
    usable = (unit > 0) & np.isfinite(unit)
    size /= np.where(usable, unit, 1)[:, None]
    y = np.power(np.power(size, p).sum(axis=1), 1 / p)
    return np.where(usable, y * unit, np.where(np.isnan(size).any(axis=1), np.nan, unit))
