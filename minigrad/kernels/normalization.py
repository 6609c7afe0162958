"""Values brought to mean 0 and variance 1 over some dimensions, in few passes and few new arrays.

Every pass keeps the order in memory of its input, and the sums run through it in that order, too.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.kernels.blocks import by_parts
from minigrad.kernels.buffering import onto, row_by_row
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


@row_by_row("dims")
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
        onto(np.multiply, y, weight)
    if bias is not None:
        onto(np.add, y, bias)
    return mean, variance, inverse


def normalized_slopes(
    g: Any, x: np.ndarray, weight: np.ndarray | None, mean: np.ndarray, inverse: np.ndarray, dims: Dims, shape: Dims
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients of the input, and of weight and bias, which have `shape`."""
    if x.dtype == np.float16:
        slopes = normalized_slopes(single(g), single(x), single(weight), mean, inverse, dims, shape)
        return slopes[0].astype(x.dtype), slopes[1].astype(x.dtype), slopes[2].astype(x.dtype)
    slope = np.empty_like(x)
    rule = _slopes if any(shape[d] == 1 for d in dims) else _slopes_with_weights_inside
    found: dict[tuple[int, int], tuple[np.ndarray, np.ndarray]] = {}  # by axis and place, for weight and bias

    def compute(at: tuple[Any, ...]) -> None:
        own = tuple(1 if s == 1 else n for s, n in zip(shape, x[at].shape, strict=True))
        place = 0 if at[-1] is ... else at[-1].start
        parts = _part(weight, at), mean[at], inverse[at]
        found[len(at) - 1, place] = rule(x[at], g[at], *parts, dims, own, slope[at])

    by_parts(compute, x, [d for d in range(x.ndim) if d not in dims])
    places = sorted(found)
    axis = places[0][0]
    by_weight, by_bias = (_to(np.concatenate([found[place][i] for place in places], axis), shape) for i in range(2))
    return slope, by_weight.astype(x.dtype, copy=False), by_bias.astype(x.dtype, copy=False)


@row_by_row("dims")
def _slopes(
    x: np.ndarray, g: Any, weight: np.ndarray | None, mean: np.ndarray, inverse: np.ndarray, dims: Dims, shape: Dims,
    slope: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Compute the same, with the first of them put into `slope`, where a weight belongs to many numbers of a mean."""
    centered = np.subtract(x, mean, out=slope)
    n = _size(x.shape, dims)
    same = tuple(d for d in dims if shape[d] == 1)
    total, dot = sums(g, same), sums(g, same, centered)
    slopes = _to(dot * inverse, shape), _to(total, shape)
    if same == dims:
        scale = inverse if weight is None else inverse * weight
    else:
        scale, g = inverse, g if weight is None else g * weight
        total, dot = (_to(part if weight is None else part * weight, inverse.shape) for part in (total, dot))
    slope *= (dot * inverse * inverse / n).astype(x.dtype)
    np.subtract(g, slope, out=slope)
    slope -= (total / n).astype(x.dtype)
    slope *= scale.astype(x.dtype, copy=False)
    return slopes


@row_by_row("dims")
def _slopes_with_weights_inside(
    x: np.ndarray, g: Any, weight: np.ndarray | None, mean: np.ndarray, inverse: np.ndarray, dims: Dims, shape: Dims,
    slope: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Compute the same where each number of a mean has a weight of its own."""
    centered = np.subtract(x, mean, out=slope)
    scaled = np.asarray(g * inverse)
    over = tuple(d for d, s in enumerate(shape) if s == 1)
    slopes = sums(scaled, over, centered), sums(g, over)
    if weight is not None:
        onto(np.multiply, scaled, weight)
    total, dot = sums(scaled, dims), sums(scaled, dims, centered)
    n = _size(x.shape, dims)
    slope *= (dot * inverse * inverse / n).astype(x.dtype)
    np.subtract(scaled, slope, out=slope)
    slope -= (total / n).astype(x.dtype)
    return slopes
