"""Looking up by arrays of indices, and adding up at them.

A key is what NumPy takes in brackets, here a tuple of full slices, arrays of integers and masks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.kernels.ordering import order as in_order
from minigrad.kernels.segments import reduce_segments
from minigrad.kernels.summation import single

Key = tuple[Any, ...]
WIDE = 8  # elements: slices of so many are added slice by slice, others element by element


def look_up(x: np.ndarray, key: Key) -> np.ndarray:
    """Return a copy of ``x[key]``."""
    arrays = [axis for axis, k in enumerate(key) if not isinstance(k, slice)]
    if any(key[axis].dtype == bool for axis in arrays):
        return np.asarray(x[key])
    if len(arrays) == 1:
        return _taken(x, key[arrays[0]], arrays[0])
    if len(arrays) == x.ndim:
        order = _memory_order(x)
        x, key = x.transpose(order), tuple(key[d] for d in order)
        flat = _flat(key, x.shape) if x.flags.c_contiguous else None
        if flat is not None:
            return x.reshape(-1).take(flat)  # a third of the time of ``x[key]``
    return np.asarray(x[key])


def _taken(x: np.ndarray, places: np.ndarray, axis: int) -> np.ndarray:
    """Return a copy of ``x.take(places, axis)``, which would first copy all that does not lie in C order."""
    if x.flags.c_contiguous or places.ndim != 1:
        return x.take(places, axis=axis)
    order = _memory_order(x)
    return x.transpose(order).take(places, axis=order.index(axis)).transpose(np.argsort(order))


def _memory_order(x: np.ndarray) -> list[int]:
    return sorted(range(x.ndim), key=lambda d: -abs(x.strides[d]))


def add_up(values: np.ndarray, shape: tuple[int, ...], key: Key) -> np.ndarray:
    """Return zeros of `shape` to which `values`, shaped like ``zeros[key]``, are added at `key`, with repetitions.

    The indexed dimensions are merged, so that all kinds of keys become one list of slices to be added.
    """
    if not values.size or all(isinstance(k, slice) or k.dtype == bool for k in key):
        whole = np.zeros(shape, values.dtype)
        if values.size:  # a mask names no element twice
            whole[key] = values
        return whole
    dims, places = _indexed(key)
    sizes = [shape[d] for d in dims]
    flat = np.asarray(_flat(places, sizes))
    first = 0 if _separated(key) else dims[0]  # where the indexed dimensions are in `values`
    slices = values.reshape(*values.shape[:first], flat.size, *values.shape[first + flat.ndim :])
    sums = _added(slices, flat.reshape(-1), math.prod(sizes), first)
    merged = sums.reshape(*values.shape[:first], *sizes, *values.shape[first + flat.ndim :])
    rest = [d for d in range(len(shape)) if d not in dims]
    have = [*rest[:first], *dims, *rest[first:]]
    return merged.transpose([have.index(d) for d in range(len(shape))])


def _flat(places: Sequence[np.ndarray], sizes: Sequence[int]) -> np.ndarray | None:
    """Return the places as numbers of elements in C order, or None if they are not in range or not of one shape."""
    flat: Any = 0
    try:
        np.broadcast_shapes(*[place.shape for place in places])
    except ValueError:
        return None
    for place, size in zip(places, sizes, strict=True):
        if place.size:
            low = place.min()
            if low < -size or place.max() >= size:
                return None
            place = np.where(place < 0, place + size, place) if low < 0 else place
        flat = flat * size + place
    return np.asarray(flat)


def _added(values: np.ndarray, places: np.ndarray, count: int, axis: int) -> np.ndarray:
    """Return `count` slices along `axis`, to which those of `values` are added at these places."""
    width = values.size // len(places)
    if width >= WIDE:
        order = in_order(places, 0)
        places = places[order]
        starts = np.concatenate([[0], np.flatnonzero(places[1:] != places[:-1]) + 1, [len(places)]])
        sums = reduce_segments(np.add, single(values), starts, 0, order, axis).astype(values.dtype, copy=False)
        if len(starts) - 1 == count:
            return sums
        whole = np.zeros((*values.shape[:axis], count, *values.shape[axis + 1 :]), values.dtype)
        whole[*[slice(None)] * axis, places[starts[:-1]]] = sums
        return whole
    rows = np.moveaxis(values, axis, 0)
    where = places if width == 1 else (places[:, None] * width + np.arange(width)).reshape(-1)
    if values.dtype.kind == "f":  # in float64
        sums = np.bincount(where, rows.reshape(-1), count * width).astype(values.dtype)
    else:
        sums = np.zeros(count * width, values.dtype)
        np.add.at(sums, where, rows.reshape(-1))  # fast in one dimension only
    return np.moveaxis(sums.reshape(count, *rows.shape[1:]), 0, axis)


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
