"""Softmax and its logarithm along dimensions, with their slopes, in one new array each and parts that fit the cache."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.kernels.blocks import by_parts
from minigrad.kernels.buffering import row_by_row
from minigrad.kernels.summation import sums, total

__all__ = ["log_softmax", "log_softmax_slope", "logsumexp", "softmax", "softmax_and_logs", "softmax_slope"]

Dims = tuple[int, ...]
FEW = 1 << 12  # elements
LARGEST, LEAST_SUM = 60.0, 1e-3  # exp of the first, and sums of many of those, are far from float32's largest number


def _by_parts(fill: Callable[..., object], x: np.ndarray, other: np.ndarray | None, dim: Dims) -> np.ndarray:
    """Return an array like `x` into parts of which, its first argument, `fill` puts what it makes of the others."""
    y = np.empty_like(x)

    def compute(at: tuple[Any, ...]) -> None:
        fill(y[at], x[at], *(() if other is None else (other[at],)), dim)

    by_parts(compute, x, [d for d in range(x.ndim) if d not in dim])
    return y


def _shifted(y: np.ndarray, x: np.ndarray, dim: Dims) -> np.ndarray:
    """Put into `y` what the exponentials of do not overflow: `x` less its maximum over `dim`, which is returned."""
    top = np.maximum.reduce(x, axis=dim, keepdims=True, initial=-np.inf)
    np.subtract(x, top, out=y)
    return np.asarray(top)


def _powers(y: np.ndarray, x: np.ndarray, dim: Dims) -> tuple[np.ndarray, Any]:
    """Put ``exp(x - top)`` into `y`, and return its sums over `dim` and top.

    Top is the maximum of each row, so that exponentials stay in range. Where they do so anyway, which one look at the
    largest of all numbers and one at the least sum show, it is 0: two passes and a rounding are saved.
    """
    if x.size and np.maximum.reduce(x, axis=None) <= LARGEST:
        np.exp(x, out=y)
        parts = sums(y, dim)
        if np.minimum.reduce(parts, axis=None) >= LEAST_SUM:
            return parts, x.dtype.type(0)
    top = _shifted(y, x, dim)
    np.exp(y, out=y)
    return sums(y, dim), top


def softmax(x: np.ndarray, dim: Dims, empty: float = np.nan) -> np.ndarray:
    """``exp(x) / exp(x).sum(dim)``, and `empty` where all of a row is -inf."""
    return _by_parts(functools.partial(_softmax, empty=empty), x, None, dim)


@row_by_row("dim")
def _softmax(y: np.ndarray, x: np.ndarray, dim: Dims, empty: float = np.nan) -> tuple[np.ndarray, Any]:
    """Put the softmax of `x` into `y`, and return what `_powers` does."""
    parts, top = _powers(y, x, dim)
    y *= (1 / parts).astype(y.dtype, copy=False)  # as exact as a division, and faster
    if not math.isnan(empty) and np.ndim(top):
        np.copyto(y, empty, where=top == -np.inf)
    return parts, top


def softmax_and_logs(x: np.ndarray, dim: Dims) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the softmax, and with `dim` kept ``log(exp(x - top).sum(dim))`` and top: 0, or the maximum of the row."""
    y = np.empty_like(x)
    if x.size <= FEW:  # all that takes time is the number of calls
        top = _shifted(y, x, dim)
        np.exp(y, out=y)
        parts = np.add.reduce(y, axis=dim, keepdims=True)
        y /= parts
        return y, np.log(parts), top
    logs, tops = _one_for_each_row(x, dim), _one_for_each_row(x, dim)

    def compute(at: tuple[Any, ...]) -> None:
        parts, tops[at] = _softmax(y[at], x[at], dim)
        np.log(parts, out=logs[at])

    by_parts(compute, x, [d for d in range(x.ndim) if d not in dim])
    return y, logs, tops


def logsumexp(x: np.ndarray, dim: Dims) -> np.ndarray:
    """Return ``log(exp(x).sum(dim))`` with `dim` kept, in float64."""
    logs = _one_for_each_row(x, dim)

    @row_by_row("logs")
    def fill(x: np.ndarray, logs: np.ndarray) -> None:
        parts, top = _powers(np.empty_like(x), x, dim)
        np.add(np.log(parts), top, out=logs)
        np.copyto(logs, top, where=np.isinf(top))

    by_parts(lambda at: fill(x[at], logs[at]), x, [d for d in range(x.ndim) if d not in dim])
    return logs


def _one_for_each_row(x: np.ndarray, dim: Dims) -> np.ndarray:
    return np.empty([1 if d in dim else n for d, n in enumerate(x.shape)])


def softmax_slope(g: np.ndarray, y: np.ndarray, dim: Dims) -> np.ndarray:
    """``(g - (g * y).sum(dim)) * y``."""
    return _by_parts(_softmax_slope, y, g, dim)


@row_by_row("dim")
def _softmax_slope(slope: np.ndarray, y: np.ndarray, g: np.ndarray, dim: Dims) -> None:
    np.subtract(g, sums(g, dim, y).astype(y.dtype, copy=False), out=slope)
    slope *= y


def log_softmax(x: np.ndarray, dim: Dims) -> np.ndarray:
    """``log(softmax(x, dim))``."""
    return _by_parts(_log_softmax, x, None, dim)


@row_by_row("dim")
def _log_softmax(y: np.ndarray, x: np.ndarray, dim: Dims) -> None:
    _shifted(y, x, dim)
    y -= np.log(total(np.exp(y), dim, True))


def log_softmax_slope(g: np.ndarray, y: np.ndarray, dim: Dims) -> np.ndarray:
    """``g - exp(y) * g.sum(dim)``."""
    return _by_parts(_log_softmax_slope, y, g, dim)


@row_by_row("dim")
def _log_softmax_slope(slope: np.ndarray, y: np.ndarray, g: np.ndarray, dim: Dims) -> None:
    np.exp(y, out=slope)
    slope *= total(g, dim, True)
    np.subtract(g, slope, out=slope)
