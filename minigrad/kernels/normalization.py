"""Values brought to mean 0 and variance 1 over some dimensions, in few passes and few new arrays.

Every pass keeps the order in memory of its input, and the sums run through it in that order, too.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.kernels.blocks import by_parts
from minigrad.kernels.buffering import row_by_row
from minigrad.kernels.summation import single, sums

Dims = tuple[int, ...]


def _size(shape: tuple[int, ...], dims: Dims) -> int:
    return math.prod(shape[d] for d in dims)


def _to(parts: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Sum further, to `shape` of as many dimensions."""
    return sums(parts, tuple(d for d, s in enumerate(shape) if s == 1 and parts.shape[d] != 1))


def _part(x: np.ndarray | None, at: tuple[Any, ...]) -> Any:
    """Return what broadcasts to the part of an array at this place."""
    if x is None:
        return None
    return x[tuple(slice(None) if n == 1 else place for n, place in zip(x.shape, at, strict=False))]


def normalized(
    x: np.ndarray, weight: np.ndarray | None, bias: np.ndarray | None, dims: Dims, eps: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """``(x - mean) / sqrt(variance + eps) * weight + bias``, and the mean, the variance, and the root's reciprocal.

    weight, bias : with as many dimensions as x
    """
    if x.dtype == np.float16:
        y, mean, variance, inverse = normalized(single(x), single(weight), single(bias), dims, eps)
        return y.astype(x.dtype), mean, variance, inverse
    y = np.empty_like(x)
    shape = [1 if d in dims else n for d, n in enumerate(x.shape)]
    mean, variance, inverse = (np.empty(shape, x.dtype) for _ in range(3))

    def compute(at: tuple[Any, ...]) -> None:
        part = _normalize(x[at], _part(weight, at), _part(bias, at), dims, eps, y[at])
        mean[at], variance[at], inverse[at] = part

    by_parts(compute, x, [d for d in range(x.ndim) if d not in dims])
    return y, mean, variance, inverse


@row_by_row
def _normalize(
    x: np.ndarray, weight: np.ndarray | None, bias: np.ndarray | None, dims: Dims, eps: float, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Put the result into `y`, and return mean, variance, and the root's reciprocal."""
    n = _size(x.shape, dims)
    mean = (sums(x, dims) / n).astype(x.dtype)
    np.subtract(x, mean, out=y)
    variance = sums(y, dims, y) / n
    inverse = 1 / np.sqrt(variance + eps)
    if weight is None:
        y *= inverse.astype(x.dtype)
    elif all(weight.shape[d] == 1 for d in dims):
        y *= (inverse * weight).astype(x.dtype)
    else:
        y *= inverse.astype(x.dtype)
        y *= weight
    if bias is not None:
        y += bias
    return mean, variance, inverse


def normalized_slopes(
    g: Any, x: np.ndarray, weight: np.ndarray | None, mean: np.ndarray, inverse: np.ndarray, dims: Dims, shape: Dims
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients of the input, and of weight and bias, which have `shape`."""
    if x.dtype == np.float16:
        slopes = normalized_slopes(single(g), single(x), single(weight), mean, inverse, dims, shape)
        return slopes[0].astype(x.dtype), slopes[1].astype(x.dtype), slopes[2].astype(x.dtype)
    if any(shape[d] != 1 for d in dims):  # every part would add to all of weight and bias
        slope = np.empty_like(x)
        return slope, *_slopes(g, x, weight, mean, inverse, dims, shape, slope)
    slope = np.empty_like(x)
    weight_slope, bias_slope = (np.empty(shape, x.dtype) for _ in range(2))

    def compute(at: tuple[Any, ...]) -> None:
        own = tuple(1 if s == 1 else n for s, n in zip(shape, x[at].shape, strict=True))
        parts = _part(weight, at), mean[at], inverse[at]
        weight_slope[at], bias_slope[at] = _slopes(g[at], x[at], *parts, dims, own, slope[at])

    by_parts(compute, x, [d for d in range(x.ndim) if d not in dims and shape[d] != 1])
    return slope, weight_slope, bias_slope


@row_by_row
def _slopes(
    g: Any, x: np.ndarray, weight: np.ndarray | None, mean: np.ndarray, inverse: np.ndarray, dims: Dims, shape: Dims,
    slope: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Compute the same, with the first of them put into `slope`."""
    centered = np.subtract(x, mean, out=slope)
    n = _size(x.shape, dims)
    if all(shape[d] == 1 for d in dims):
        total, dot = sums(g, dims), sums(g, dims, centered)
        weight_slope, bias_slope = _to(dot * inverse, shape), _to(total, shape)
        scale = inverse if weight is None else inverse * weight
    else:
        over = tuple(d for d, s in enumerate(shape) if s == 1)
        weight_slope, bias_slope = sums(g, over, centered * inverse), sums(g, over)
        g = g if weight is None else g * weight
        total, dot = sums(g, dims), sums(g, dims, centered)
        scale = inverse
    slope *= (dot * inverse * inverse / n).astype(x.dtype)
    np.subtract(g, slope, out=slope)
    slope -= (total / n).astype(x.dtype)
    slope *= scale.astype(x.dtype, copy=False)
    return weight_slope.astype(x.dtype, copy=False), bias_slope.astype(x.dtype, copy=False)
