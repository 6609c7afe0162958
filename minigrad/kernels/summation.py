"""Sums of many numbers that don't drift.

Added one to another, the roundings of a million numbers in float32 can cost 1% of their sum. Here numbers are added in
float32 for a short run only; the sums of the runs are added in float64.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from minigrad.kernels.blas import hold_blas

__all__ = ["single", "sums", "total", "variance"]

MAX_ADDED_IN_FLOAT64 = 1 << 14  # numbers: for this few, float64 costs nothing
CHAIN_NUMBERS = 16  # numbers of a run, which are added one after the other, ...
RUN_NUMBERS = 256  # ... unless they are neighbours in memory, which add up in many lanes, ...
DOT_NUMBERS = 512  # ... and products of neighbours in more
ROWS = 32  # of a run of rows, which BLAS adds up some at a time
MIN_ROW = 4  # numbers side by side, from which on BLAS adds rows faster than einsum, ...
MIN_DENSE = 128  # ... and multiplies them

Dims = tuple[int, ...]
_add: Any = np.add.reduce


def single(x: Any) -> Any:
    """Return `x`, in float32 if it is in float16, whose sums and squares soon overflow."""
    return x.astype(np.float32) if x is not None and x.dtype == np.float16 else x


class _Plan(NamedTuple):
    """A way to sum arrays over some axes: join axes, cut one of them into runs, sum each run, then add the sums.

    order, shape : the axes from the outermost in memory to the innermost, and the lengths with neighbours joined; no
        order if the array is like that
    dims : the axes of `shape` that are summed
    axis, length : the axis of `shape` that is cut, and how many of its elements fill whole runs: the last are left
    cut : `shape` without those, as cut
    add, run : the function that sums runs, and the axes of `cut` that are a run
    rest : the axes of the sums of runs, over which they are added up
    kept, back : the lengths that the result has, in the order of memory, and where each of its axes is there
    """

    order: Dims
    shape: Dims
    dims: Dims
    axis: int
    length: int
    cut: Dims
    add: Callable[[list[np.ndarray], Dims], Any]
    run: Dims
    rest: Dims
    kept: Dims
    back: Dims


def sums(x: np.ndarray, dims: Dims, y: np.ndarray | None = None, keepdim: bool = True) -> np.ndarray:
    """``x.sum(dims)`` of floating numbers, or ``(x * y).sum(dims)`` with `y` of the shape of `x`.

    The result is in float64, except where each sum of a large array is one short run: then in float32, unless `x` is in
    float64. No product of large arrays is made in between.
    """
    if x.size <= MAX_ADDED_IN_FLOAT64 or all([x.shape[d] == 1 for d in dims]):
        product = x if y is None else single(x) * single(y)
        return np.asarray(_add(product, axis=dims, keepdims=keepdim, dtype=np.float64))
    arrays = [single(x)] if y is None else [single(x), single(y)]
    dims = tuple([d % x.ndim for d in dims])
    plan = _plan(x.shape, tuple([a.strides for a in arrays]), arrays[0].itemsize, dims)
    if plan.order:
        arrays = [a.transpose(plan.order).reshape(plan.shape) for a in arrays]
    whole = arrays
    if plan.cut != plan.shape:
        whole = [a[_from_to(plan.axis, 0, plan.length)].reshape(plan.cut) for a in arrays]
    result = np.asarray(plan.add(whole, plan.run))
    if plan.rest:
        result = np.asarray(_add(result, axis=plan.rest, dtype=np.float64))
    if plan.length < plan.shape[plan.axis]:
        left = [a[_from_to(plan.axis, plan.length, None)] for a in arrays]
        result += sums(left[0], plan.dims, None if y is None else left[1], keepdim=False)
    if plan.order:
        result = result.reshape(plan.kept).transpose(plan.back)
    return result.reshape([1 if d in dims else n for d, n in enumerate(x.shape)]) if keepdim else result


def _from_to(axis: int, start: int, end: int | None) -> tuple[slice, ...]:
    return (slice(None),) * axis + (slice(start, end),)


def _by_einsum(arrays: list[np.ndarray], run: Dims) -> Any:
    axes = range(arrays[0].ndim)
    return np.einsum(*[part for a in arrays for part in (a, axes)], [i for i in axes if i not in run])


def _by_rows(arrays: list[np.ndarray], run: Dims) -> Any:
    return hold_blas(np.matmul, np.ones(arrays[0].shape[-2], arrays[0].dtype), arrays[0])


def _by_dots(arrays: list[np.ndarray], run: Dims) -> Any:
    return np.vecdot(*arrays)


@lru_cache(maxsize=256)
def _plan(shape: Dims, strides: tuple[Dims, ...], itemsize: int, dims: Dims) -> _Plan:
    """Return how to sum so that runs are as long as allowed; nothing is cut if all is one run."""
    order = sorted(range(len(shape)), key=lambda d: (shape[d] != 1, -abs(strides[0][d])))
    groups: list[list[int]] = []  # of axes that are joined
    for d in order[shape.count(1) :]:
        last = groups[-1][-1] if groups else d
        if groups and (last in dims) == (d in dims) and all(s[last] == shape[d] * s[d] for s in strides):
            groups[-1].append(d)
        else:
            groups.append([d])
    joined = tuple(math.prod(shape[d] for d in group) for group in groups)
    reduced = tuple(a for a, group in enumerate(groups) if group[0] in dims)
    kept = [d for d in order if d not in dims]
    dense = all(s[groups[-1][-1]] == itemsize for s in strides)
    rows = dense and len(strides) == 1 and joined[-1] >= MIN_ROW and reduced[-1] == len(joined) - 2
    near = dense and (RUN_NUMBERS, DOT_NUMBERS)[len(strides) - 1]
    axis, run_length, inside = _run(joined, reduced, near, ROWS if rows else CHAIN_NUMBERS)
    if rows and inside:
        rows, (axis, run_length, inside) = False, _run(joined, reduced, near, CHAIN_NUMBERS)
    length = joined[axis] // run_length * run_length
    parts = () if run_length == joined[axis] else (length // run_length,)
    cut = (*joined[:axis], *parts, run_length, *joined[axis + 1 :])
    run = tuple(a + (a >= axis) * len(parts) for a in (axis, *inside))
    left = [a - (a > axis) * len(parts) for a in range(len(cut)) if a not in run]  # by the sums of runs
    rest = tuple(n for n, a in enumerate(left) if a in reduced)
    add = _by_rows if rows else _by_einsum
    if dense and run == (len(cut) - 1,) and len(strides) == 2 and cut[-1] >= MIN_DENSE:
        add = _by_dots
    as_it_is = joined == shape and order == sorted(order)
    return _Plan(
        () if as_it_is else tuple(order), joined, reduced, axis, length, cut, add, run, rest,
        kept=tuple(shape[d] for d in kept), back=tuple(kept.index(d) for d in sorted(kept)),
    )  # fmt: skip


def _run(shape: Dims, dims: Dims, dense: int, chain: int) -> tuple[int, int, list[int]]:
    """Return the axis that is cut, how many of its elements a run has, and the axes that lie in a run as a whole.

    dense : of how many neighbours a run may consist
    chain : of how many others
    """
    inside: list[int] = []
    neighbours = others = 1
    for axis in reversed(dims):
        near = dense and axis == len(shape) - 1
        room = dense if near else max(1, min(chain // others, RUN_NUMBERS // (neighbours * others)))
        if shape[axis] > room or axis == dims[0]:
            break
        inside.append(axis)
        if near:
            neighbours = shape[axis]
        else:
            others *= shape[axis]
    room = min(room, shape[axis])
    return axis, next((n for n in range(room, 3 * room // 4, -1) if shape[axis] % n == 0), room), inside


def total(x: np.ndarray, dim: Dims, keepdim: bool = False, divisor: float = 1) -> np.ndarray:
    """``x.sum(dim) / divisor``, in the dtype of `x`: with a divisor, no sum on the way to it overflows.

    Integers wrap around and bools saturate; both are not divided.
    """
    if x.dtype.kind != "f":
        return np.asarray(_add(x, dim, x.dtype, None, keepdim))
    result = _add(x, dim, np.float64, None, keepdim) if x.size <= MAX_ADDED_IN_FLOAT64 else sums(x, dim, None, keepdim)
    return np.asarray(result if divisor == 1 else result / divisor, x.dtype)


def variance(x: np.ndarray, dim: Dims, keepdim: bool, divisor: float) -> np.ndarray:
    """Return the squares of ``x - x.mean(dim)``, summed over `dim` and divided, in float64."""
    mean = _add(x, axis=dim, keepdims=True, dtype=np.float64) / math.prod(x.shape[d] for d in dim)
    centered = np.asarray(x - mean)
    np.square(centered, out=centered)
    return total(centered, dim, keepdim, divisor)
