"""Values brought to mean 0 and variance 1 over some dimensions, in few passes and few new arrays.

Every pass keeps the order in memory of its input, and the sums run through it in that order, too.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Dims = tuple[int, ...]


def _sum(x: np.ndarray, dims: Dims) -> np.ndarray:
    return np.asarray(np.add.reduce(x, axis=dims, keepdims=True))


def _dot(x: np.ndarray, y: np.ndarray, dims: Dims) -> np.ndarray:
    """``(x * y).sum(dims, keepdims=True)`` without the product in between."""
    axes = list(range(x.ndim))
    result = np.einsum(x, axes, y, axes, [i for i in axes if i not in dims])
    return np.asarray(result).reshape([1 if i in dims else s for i, s in enumerate(x.shape)])


def _size(shape: tuple[int, ...], dims: Dims) -> int:
    return math.prod(shape[d] for d in dims)


def _to(sums: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Added up further, to `shape` of as many dimensions."""
    return _sum(sums, tuple(d for d, s in enumerate(shape) if s == 1 and sums.shape[d] != 1))


def normalized(
    x: np.ndarray, weight: np.ndarray | None, bias: np.ndarray | None, dims: Dims, eps: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """``(x - mean) / sqrt(variance + eps) * weight + bias``, and the mean, the variance, and the root's reciprocal.

    weight, bias : with as many dimensions as x
    """
    n = _size(x.shape, dims)
    mean = _sum(x, dims) / x.dtype.type(n)
    y = np.subtract(x, mean)
    variance = _dot(y, y, dims) / x.dtype.type(n)
    inverse = 1 / np.sqrt(variance + x.dtype.type(eps))
    if weight is None:
        y *= inverse
    elif all(weight.shape[d] == 1 for d in dims):
        y *= inverse * weight
    else:
        y *= inverse
        y *= weight
    if bias is not None:
        y += bias
    return y, mean, variance, inverse


def normalized_slopes(
    g: Any, x: np.ndarray, weight: np.ndarray | None, mean: np.ndarray, inverse: np.ndarray, dims: Dims, shape: Dims
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients of the input, and of weight and bias, which have `shape`."""
    centered = x - mean
    n = x.dtype.type(_size(x.shape, dims))
    if all(shape[d] == 1 for d in dims):
        total, dot = _sum(g, dims), _dot(g, centered, dims)
        weight_slope, bias_slope = _to(dot * inverse, shape), _to(total, shape)
        scale = inverse if weight is None else inverse * weight
    else:
        over = tuple(d for d, s in enumerate(shape) if s == 1)
        weight_slope, bias_slope = _dot(g, centered * inverse, over), _sum(g, over)
        g = g if weight is None else g * weight
        total, dot = _sum(g, dims), _dot(g, centered, dims)
        scale = inverse
    slope = centered  # and nothing but: the gradient is made in its place
    slope *= dot * inverse * inverse / n
    np.subtract(g, slope, out=slope)
    slope -= total / n
    slope *= scale
    return slope, weight_slope, bias_slope
