"""Running sums, products and extremes along one dimension.

NumPy's own ``accumulate`` waits at every number for the one before it. Here a step is taken for many rows at once, and
sums are short products with a triangle of ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from minigrad.kernels.blas import hold_blas
from minigrad.kernels.blocks import by_parts, order_in_memory
from minigrad.kernels.errstate import silent

__all__ = ["accumulated", "running_extreme", "running_sum"]

MIN_ROWS = 256  # rows: the call of a step takes as long as `accumulate` does for so many numbers
MIN_NUMBERS = 1 << 12  # of an array that is cut into runs
RUN_NUMBERS = 16  # numbers of a run, which are added in float32
MIN_NEIGHBOURS = 16  # of each number, in the dimensions behind: products with fewer columns take long

_LOWER = np.tri(RUN_NUMBERS, dtype=np.float32)
_UPPER = np.ascontiguousarray(_LOWER.T)  # twice as fast a factor as the transposed view


def accumulated(ufunc: Any, x: np.ndarray, dim: int, dtype: Any, reverse: bool = False) -> np.ndarray:
    """``ufunc.accumulate(x, dim)`` computed in `dtype`, in the dtype of `x`; in reverse, from the last to the first."""
    length = x.shape[dim]
    if x.size < MIN_ROWS * length or length < 2:
        x = np.flip(x, dim) if reverse else x
        y: np.ndarray = ufunc.accumulate(x, axis=dim, dtype=dtype).astype(x.dtype, copy=False)
        return np.flip(y, dim) if reverse else y
    moved = np.moveaxis(x, dim, 0)
    steps = np.array(moved, dtype, order="C")
    rows = steps.reshape(length, -1)
    for before, now in pairwise(rows[::-1] if reverse else rows):
        ufunc(before, now, out=now)
    y = np.empty_like(x)
    np.copyto(np.moveaxis(y, dim, 0), steps, casting="unsafe")
    return y


@silent
def running_sum(x: np.ndarray, dim: int, reverse: bool = False) -> np.ndarray:
    """Return the sum of each number and all before it, in reverse all after it, in the dtype of `x`.

    Numbers in float32 are added up in short runs, and the sums of the runs in float64.
    """
    if x.dtype == np.float32 and x.size >= MIN_NUMBERS and x.shape[dim] >= 2 * RUN_NUMBERS:
        order = order_in_memory(x)
        dense = np.ascontiguousarray(x.transpose(order))
        place = order.index(dim)
        before, after = math.prod(dense.shape[:place]), math.prod(dense.shape[place + 1 :])
        if after == 1 or after >= MIN_NEIGHBOURS:
            y = _by_runs(dense.reshape(before, x.shape[dim], after), reverse)
            if y is not None:
                return np.asarray(y.reshape(dense.shape).transpose([order.index(d) for d in range(x.ndim)]))
    return accumulated(np.add, x, dim, np.float64 if x.dtype.kind == "f" else x.dtype, reverse)


def _by_runs(x: np.ndarray, reverse: bool) -> np.ndarray | None:
    """Add up along the second of three dimensions; None if a sum is infinite or nan, which products spread."""
    y = np.empty_like(x)
    spread = []

    def compute(at: tuple[Any, ...]) -> None:
        if not _add_up(x[at], y[at], reverse):
            spread.append(at)

    hold_blas(by_parts, compute, x, (0,))
    return None if spread else y


def _add_up(x: np.ndarray, y: np.ndarray, reverse: bool) -> bool:
    """Put the sums into `y`, and return whether all are finite."""
    length = x.shape[1]
    whole = length // RUN_NUMBERS * RUN_NUMBERS
    inside = slice(length - whole, None) if reverse else slice(whole)
    left = slice(length - whole) if reverse else slice(whole, None)
    runs, sums = (a[:, inside].reshape(len(x), -1, RUN_NUMBERS, x.shape[2]) for a in (x, y))
    if x.shape[2] == 1:
        np.matmul(runs[..., 0], _LOWER if reverse else _UPPER, out=sums[..., 0])
    else:
        np.matmul(_UPPER if reverse else _LOWER, runs, out=sums)
    if reverse:
        sums = sums[:, ::-1]
    totals = np.add.accumulate(sums[:, :, 0 if reverse else -1], axis=1, dtype=np.float64)
    offsets = totals.astype(x.dtype)
    if not np.isfinite(offsets).all():
        return False
    flat = y[:, inside][:, :-RUN_NUMBERS] if reverse else y[:, inside][:, RUN_NUMBERS:]
    given = offsets[:, -2::-1] if reverse else offsets[:, :-1]
    flat += np.repeat(given, RUN_NUMBERS, axis=1)  # faster than to broadcast to rows as short as runs
    if whole < length:
        y[:, left] = accumulated(np.add, x[:, left], 1, np.float64, reverse)
        y[:, left] += offsets[:, -1:]
    return True


def running_extreme(
    x: np.ndarray, dim: int, extreme: Any, reaches: Callable[..., Any]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the largest or smallest so far and its place: the last among ties, and from the first nan on the last nan.

    extreme, reaches : ``np.maximum, np.greater_equal``, or ``np.minimum, np.less_equal``
    """
    y = accumulated(extreme, x, dim, x.dtype)
    found = reaches(x, y)
    if x.dtype.kind == "f":
        found |= np.isnan(x)
    length = x.shape[dim]
    found = np.moveaxis(found, dim, -1)
    at = np.flatnonzero(found)  # each holds until the next; the first of a row is one of them
    place = np.empty_like(x, np.int64)
    np.moveaxis(place, dim, -1)[...] = np.repeat(at % max(length, 1), np.diff(at, append=x.size)).reshape(found.shape)
    return y, place
