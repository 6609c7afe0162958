"""Softmax and its logarithm along dimensions, with their slopes, in one new array each and parts that fit the cache."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.kernels.blocks import by_parts
from minigrad.kernels.buffering import row_by_row
from minigrad.kernels.summation import sums, total

__all__ = ["log_softmax", "log_softmax_slope", "softmax", "softmax_slope"]

Dims = tuple[int, ...]
LARGEST, LEAST_SUM = 60.0, 1e-3  # exp of the first, and sums of many of those, are far from float32's largest number


def _by_parts(fill: Callable[..., None], x: np.ndarray, other: np.ndarray | None, dim: Dims) -> np.ndarray:
    """Return an array like `x` into parts of which, its first argument, `fill` puts what it makes of the others."""
    y = np.empty_like(x)

    def compute(at: tuple[Any, ...]) -> None:
        fill(y[at], x[at], *(() if other is None else (other[at],)), dim)

    by_parts(compute, x, [d for d in range(x.ndim) if d not in dim])
    return y


def shifted(y: np.ndarray, x: np.ndarray, dim: Dims) -> None:
    """Put into `y` what the exponentials of do not overflow: `x` less its maximum over `dim`."""
    np.subtract(x, np.maximum.reduce(x, axis=dim, keepdims=True, initial=-np.inf), out=y)


def softmax(x: np.ndarray, dim: Dims, empty: float = np.nan) -> np.ndarray:
    """``exp(x) / exp(x).sum(dim)``, and `empty` where all of a row is -inf."""
    return _by_parts(functools.partial(_softmax, empty=empty), x, None, dim)


@row_by_row
def _softmax(y: np.ndarray, x: np.ndarray, dim: Dims, empty: float) -> None:
    """Put the softmax of `x` into `y`.

    To subtract the maximum of each row first keeps exponentials in range. Where they are in range anyway, which one
    look at the largest of all numbers and one at the least sum show, two passes and a rounding are saved.
    """
    if x.size and x.max() <= LARGEST:
        np.exp(x, out=y)
        parts = sums(y, dim)
        if parts.min() >= LEAST_SUM:
            y *= (1 / parts).astype(y.dtype, copy=False)  # as exact as a division, and faster
            return
    shifted(y, x, dim)
    np.exp(y, out=y)
    y *= (1 / sums(y, dim)).astype(y.dtype, copy=False)
    if not np.isnan(empty):
        np.copyto(y, empty, where=np.maximum.reduce(x, axis=dim, keepdims=True, initial=-np.inf) == -np.inf)


def softmax_slope(g: np.ndarray, y: np.ndarray, dim: Dims) -> np.ndarray:
    """``(g - (g * y).sum(dim)) * y``."""
    return _by_parts(_softmax_slope, y, g, dim)


@row_by_row
def _softmax_slope(slope: np.ndarray, y: np.ndarray, g: np.ndarray, dim: Dims) -> None:
    np.subtract(g, sums(g, dim, y).astype(y.dtype, copy=False), out=slope)
    slope *= y


def log_softmax(x: np.ndarray, dim: Dims) -> np.ndarray:
    """``log(softmax(x, dim))``."""
    return _by_parts(_log_softmax, x, None, dim)


@row_by_row
def _log_softmax(y: np.ndarray, x: np.ndarray, dim: Dims) -> None:
    shifted(y, x, dim)
    y -= np.log(total(np.exp(y), dim, True))


def log_softmax_slope(g: np.ndarray, y: np.ndarray, dim: Dims) -> np.ndarray:
    """``g - exp(y) * g.sum(dim)``."""
    return _by_parts(_log_softmax_slope, y, g, dim)


@row_by_row
def _log_softmax_slope(slope: np.ndarray, y: np.ndarray, g: np.ndarray, dim: Dims) -> None:
    np.exp(y, out=slope)
    slope *= total(g, dim, True)
    np.subtract(g, slope, out=slope)
