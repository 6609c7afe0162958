"""Sums of many numbers that don't drift.

Added one to another, the roundings of a million numbers in float32 can cost 1% of their sum. Here numbers are added in
float32 for a short run only; the sums of the runs are added in float64.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

__all__ = ["single", "sums", "total", "variance"]

MAX_ADDED_IN_FLOAT64 = 1 << 12  # numbers: for this few, float64 costs nothing
CHAIN_NUMBERS = 16  # numbers of a run, which are added one after the other, ...
FEW_NEIGHBOURS, RUN_NUMBERS = 64, 512  # ... unless they are neighbours in memory, which add up in many lanes
MIN_RUNS = 16  # the least number of runs, so that their rounding errors average out

Dims = tuple[int, ...]
_add: Any = np.add.reduce


def single(x: Any) -> Any:
    """Return `x`, in float32 if it is in float16, whose sums and squares soon overflow."""
    return x.astype(np.float32) if x is not None and x.dtype == np.float16 else x


class _Cut(NamedTuple):
    """A way to sum over some dimensions: cut one of them into runs, sum each run, then add the sums.

    dim, length : the dimension that is cut, and how many of its elements are a multiple of the runs: the last are left
    shape : of the array as cut, without those
    kept : its dimensions that the sums of runs have
    rest : dimensions of the sums of runs, over which they are added up
    """

    dim: int
    length: int
    shape: Dims
    kept: list[int]
    rest: Dims


def sums(x: np.ndarray, dims: Dims, y: np.ndarray | None = None, keepdim: bool = True) -> np.ndarray:
    """``x.sum(dims)`` of floating numbers, or ``(x * y).sum(dims)`` with `y` of the shape of `x`.

    The result is in float64, except where each sum of a large array is one short run: then in float32, unless `x` is in
    float64. No product of large arrays is made in between.
    """
    if x.size <= MAX_ADDED_IN_FLOAT64 or not dims:  # over no dimensions, einsum would give `x` itself
        product = x if y is None else single(x) * single(y)
        return np.asarray(_add(product, axis=dims, keepdims=keepdim, dtype=np.float64))
    x, y, dims = single(x), single(y), tuple(d % x.ndim for d in dims)
    cut = _cut(x.shape, x.strides, x.itemsize, dims)
    operands: list[np.ndarray | list[int]] = []
    for array in (x,) if y is None else (x, y):
        if cut.length < array.shape[cut.dim]:
            array = array[(slice(None),) * cut.dim + (slice(cut.length),)]
        operands += [array.reshape(cut.shape), list(range(len(cut.shape)))]
    result = np.asarray(np.einsum(*operands, cut.kept))
    if cut.rest:
        result = np.asarray(_add(result, axis=cut.rest, dtype=np.float64))
    if cut.length < x.shape[cut.dim]:
        place = (slice(None),) * cut.dim + (slice(cut.length, None),)
        result += sums(x[place], dims, None if y is None else y[place], keepdim=False)
    return result.reshape([1 if d in dims else n for d, n in enumerate(x.shape)]) if keepdim else result


@lru_cache(maxsize=256)
def _cut(shape: Dims, strides: Dims, itemsize: int, dims: Dims) -> _Cut:
    """Return where to cut an array so that runs are as long as allowed; nowhere if all is one run."""
    inside: list[int] = []  # the dimensions of a run, from the innermost in memory
    neighbours = others = 1
    longest = min(RUN_NUMBERS, max(FEW_NEIGHBOURS, math.prod(shape[d] for d in dims) // MIN_RUNS))
    for d in sorted(dims, key=lambda d: abs(strides[d])):
        near = others == 1 and strides[d] == itemsize * neighbours
        room = max(1, longest // neighbours if near else min(CHAIN_NUMBERS // others, longest // (neighbours * others)))
        if shape[d] > room:
            break
        inside.append(d)
        if near:
            neighbours *= shape[d]
        else:
            others *= shape[d]
    else:
        return _Cut(0, shape[0], shape, [i for i in range(len(shape)) if i not in dims], ())
    length = shape[d] // room * room
    new = (*shape[:d], length // room, room, *shape[d + 1 :])
    run = [i + (i > d) for i in inside] + [d + 1]
    kept = [i for i in range(len(new)) if i not in run]
    rest = tuple(n for n, i in enumerate(kept) if i - (i > d) in dims)
    return _Cut(d, length, new, kept, rest)


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
