"""Looking up by arrays of indices, and adding up at them.

A key is what NumPy takes in brackets, here a tuple of full slices, arrays of integers and masks.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Key = tuple[Any, ...]
FEW_ROWS = 2  # rows of the result per added row: if there are more, only rows that get any are summed


def look_up(x: np.ndarray, key: Key) -> np.ndarray:
    """Return a copy of ``x[key]``."""
    arrays = [axis for axis, k in enumerate(key) if not isinstance(k, slice)]
    if len(arrays) == 1 and key[arrays[0]].dtype != bool:
        taken: np.ndarray = x.take(key[arrays[0]], axis=arrays[0])  # the same, faster
        return taken
    return x[key]


def add_up(values: np.ndarray, shape: tuple[int, ...], key: Key) -> np.ndarray:
    """Return zeros of `shape` to which `values`, shaped like ``zeros[key]``, are added at `key`, with repetitions.

    The indexed dimensions are moved to the front and merged, so that all kinds of keys become one list of rows;
    a row that occurs once is a plain assignment.
    """
    whole = np.zeros(shape, values.dtype)
    if not values.size:
        return whole
    if all(isinstance(k, slice) or k.dtype == bool for k in key):  # a mask names no element twice
        whole[key] = values
        return whole
    dims, places = _indexed(key)
    sizes = [shape[d] for d in dims]
    flat = np.ravel_multi_index(np.broadcast_arrays(*places), sizes, mode="wrap")
    first = 0 if _separated(key) else dims[0]  # where the indexed dimensions are in `values`
    front = tuple(range(first, first + flat.ndim))
    rows = values.transpose(*front, *[d for d in range(values.ndim) if d not in front]).reshape(flat.size, -1)
    flat, (count, width) = flat.reshape(-1), (math.prod(sizes), rows.shape[1])
    if width > 1 and _distinct(flat, count):
        sums = np.zeros((count, width), values.dtype)
        sums[flat] = rows
    elif FEW_ROWS * flat.size < count:
        found, flat = np.unique(flat, return_inverse=True)
        sums = np.zeros((count, width), values.dtype)
        sums[found] = _added(rows, flat.reshape(-1), len(found))
    else:
        sums = _added(rows, flat, count)
    rest = [d for d in range(len(shape)) if d not in dims]
    order = [*dims, *rest]
    return sums.reshape([shape[d] for d in order]).transpose([order.index(d) for d in range(len(shape))])


def _added(rows: np.ndarray, flat: np.ndarray, count: int) -> np.ndarray:
    """Return `count` rows, to which `rows` are added at the numbers `flat`, as often as they say."""
    width = rows.shape[1]
    where = flat if width == 1 else (flat[:, None] * width + np.arange(width)).reshape(-1)
    if rows.dtype.kind == "f":  # in float64
        sums = np.bincount(where, rows.reshape(-1), count * width).astype(rows.dtype)
    else:
        sums = np.zeros(count * width, rows.dtype)
        np.add.at(sums, where, rows.reshape(-1))  # fast in one dimension only
    return sums.reshape(count, width)


def _indexed(key: Key) -> tuple[list[int], list[np.ndarray]]:
    """Return the dimensions that `key` indexes, and the indices: masks become the places where they are true."""
    dims: list[int] = []
    places: list[np.ndarray] = []
    dim = 0
    for k in key:
        found = () if isinstance(k, slice) else k.nonzero() if k.dtype == bool else (k,)
        dims += range(dim, dim + len(found))
        places += found
        dim += max(len(found), 1)
    return dims, places


def _separated(key: Key) -> bool:
    """Return whether there is a slice between two arrays: NumPy then puts the indexed dimensions first."""
    arrays = [i for i, k in enumerate(key) if not isinstance(k, slice)]
    return arrays[-1] - arrays[0] >= len(arrays)


def _distinct(indices: np.ndarray, count: int) -> bool:
    seen = np.zeros(count, bool)
    seen[indices] = True
    return bool(np.count_nonzero(seen) == indices.size)


def overwritten(shape: tuple[int, ...], key: Key) -> np.ndarray | None:
    """Return which elements of ``x[key]`` are lost in ``x[key] = v`` because `key` repeats their place."""
    if all(isinstance(k, slice) or k.dtype == bool for k in key):
        return None
    last = np.zeros(shape, np.int64)
    order = last[key]
    order[...] = np.arange(order.size).reshape(order.shape)
    last[key] = order
    lost = last[key] != order
    return lost if lost.any() else None
