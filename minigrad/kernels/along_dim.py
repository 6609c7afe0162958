"""Elements along one dimension at an array of indices, and the adjoint: values added up where they came from.

An index has as many dimensions as its array and is not longer in the others. It was checked: nothing is out of range.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.kernels.buffering import row_by_row
from minigrad.kernels.indexing import FEW, add_one_by_one, add_slices
from minigrad.kernels.parallel import in_slices
from minigrad.kernels.taking import COST, memory_order, taken

__all__ = ["added_along", "line_of", "taken_along"]

BLOCK_NUMBERS = 1 << 17  # of elements that are looked up
BLOCK_SUMS = 1 << 16  # sums in float64, which fit the second-level cache
NEIGHBOURS = 16  # elements side by side in memory that a block has at least: a line of the cache


def line_of(index: np.ndarray, dim: int, shape: Sequence[int]) -> np.ndarray | None:
    """Return one line of an index that repeats it everywhere, so that it names whole slices; else None."""
    if any(d != dim and (index.shape[d] != n or (n != 1 and index.strides[d])) for d, n in enumerate(shape)):
        return None
    line: np.ndarray = index[*[slice(None) if d == dim else 0 for d in range(index.ndim)]]
    return line


def taken_along(x: np.ndarray, index: np.ndarray, dim: int) -> np.ndarray:
    """Return ``x[index[i, j, k], j, k]`` for `dim` 0, and so on for the others.

    NumPy looks up one number per element in a third of the time that it takes for an index per dimension.
    """
    if not index.size:
        return np.empty(index.shape, x.dtype)
    if (line := line_of(index, dim, x.shape)) is not None:
        return taken(x, line, dim)
    row = x.transpose(memory_order(x))
    if not row.flags.c_contiguous:
        return np.asarray(np.take_along_axis(x[_as_long(index, dim)], index, dim))
    flat, steps, y = row.reshape(-1), [stride // x.itemsize for stride in x.strides], np.empty(index.shape, x.dtype)
    tall = max(1, BLOCK_NUMBERS * len(index) // index.size)

    def take(slab: slice) -> None:
        for top in range(slab.start, slab.stop, tall):
            part = slice(top, min(top + tall, slab.stop))
            base = flat[top * steps[0] :] if dim else flat
            base.take(_numbers(index[part], dim, steps), out=y[part], mode="wrap")  # it takes longer to raise

    in_slices(take, len(index), index.size * COST)
    return y


def _as_long(index: np.ndarray, dim: int) -> tuple[slice, ...]:
    """Return the key of the part of an array that is as long as `index` in all dimensions but `dim`."""
    return tuple(slice(None) if d == dim else slice(n) for d, n in enumerate(index.shape))


def _numbers(index: np.ndarray, dim: int, steps: Sequence[int]) -> np.ndarray:
    """Return which elements `index` names, in a row where a dimension's neighbours are so many `steps` apart."""
    others: Any = 0
    for d, n in enumerate(index.shape):
        if d != dim and n > 1:
            others = others + (np.arange(n) * steps[d]).reshape(-1, *[1] * (index.ndim - 1 - d))
    index = index if steps[dim] == 1 else index * steps[dim]
    return _sum(index, others) if isinstance(others, np.ndarray) else index


@row_by_row("others")
def _sum(index: np.ndarray, others: np.ndarray) -> np.ndarray:
    numbers: np.ndarray = index + others
    return numbers


def added_along(values: np.ndarray, shape: tuple[int, ...], index: np.ndarray, dim: int) -> np.ndarray:
    """Return zeros of `shape` to which `values` are added where `taken_along` takes them from."""
    if not index.size:
        return np.zeros(shape, values.dtype)
    if (line := line_of(index, dim, shape)) is not None:
        return add_slices(values, line, shape[dim], dim)
    order = memory_order(values)
    axis = order.index(dim)
    sums = _in_blocks(values.transpose(order), index.transpose(order), axis, shape[dim])
    sums = sums.transpose([order.index(d) for d in range(len(order))])
    if sums.shape == shape:
        return sums
    whole = np.zeros(shape, values.dtype)
    whole[_as_long(index, dim)] = sums
    return whole


def _in_blocks(values: np.ndarray, index: np.ndarray, axis: int, count: int) -> np.ndarray:
    """Return the sums at `count` places along `axis`, a part of the other dimensions after the other."""
    before, behind = values.shape[:axis], values.shape[axis + 1 :]
    sides = math.prod(before), values.shape[axis], math.prod(behind)
    values, index = values.reshape(sides), index.reshape(sides)
    sums = np.empty((sides[0], count, sides[2]), values.dtype)
    most = sums.size if values.size * FEW < sums.size else BLOCK_SUMS  # of few, only the sums that are named are made
    wide = max(1, min(sides[2], max(NEIGHBOURS, most // max(count, 1))))
    tall = max(1, most // max(count * wide, 1))
    for top in range(0, sides[0], tall):
        for left in range(0, sides[2], wide):
            block = slice(top, top + tall), slice(None), slice(left, left + wide)
            places, part = index[block], sums[block]
            numbers = _numbers(places, 1, (count * places.shape[2], places.shape[2], 1))
            part[...] = add_one_by_one(values[block].reshape(-1), numbers.reshape(-1), part.size).reshape(part.shape)
    return sums.reshape(*before, count, *behind)
