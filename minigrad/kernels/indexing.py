"""Looking up by arrays of indices, and adding up at them.

A key is what NumPy takes in brackets, here a tuple of full slices, arrays of integers and masks.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.kernels.ordering import order as in_order
from minigrad.kernels.segments import reduce_segments
from minigrad.kernels.summation import single
from minigrad.kernels.taking import in_a_row, memory_order, numbers_of, put_back, taken

Key = tuple[Any, ...]
WIDE = 8  # elements: slices of so many are added slice by slice, others element by element
MANY = 1 << 14  # elements: fewer are added one by one before longer slices are in order
BLOCK_NUMBERS = 1 << 16  # elements that are added at once
FEW = 16  # places per element: where there are more, only those that are named are looked at


def look_up(x: np.ndarray, key: Key) -> np.ndarray:
    """Return a copy of ``x[key]``."""
    arrays = [axis for axis, k in enumerate(key) if not isinstance(k, slice)]
    if len(arrays) == 1 and key[arrays[0]].dtype != bool:
        return taken(x, key[arrays[0]], arrays[0])
    row = in_a_row(x, key)
    if row is not None:
        return np.asarray(row[0].take(row[1], mode="wrap"))
    if len(arrays) > 1 and not _separated(key) and all(key[axis].dtype != bool for axis in arrays):
        first, behind = arrays[0], arrays[-1] + 1
        numbers = numbers_of(key[first:behind], x.shape[first:behind])
        if numbers is not None:
            return taken(
                x.reshape(*x.shape[:first], math.prod(x.shape[first:behind]), *x.shape[behind:]), numbers, first
            )
    return np.asarray(x[key])


def write(x: np.ndarray, key: Key, values: Any) -> None:
    """Do ``x[key] = values``; of several at one place the last one counts."""
    row = in_a_row(x, key)
    if row is None:
        x[key] = values
    else:
        row[0][row[1]] = values


def combine(ufunc: np.ufunc, x: np.ndarray, key: Key, values: np.ndarray) -> None:
    """Do ``ufunc.at(x, key, values)``, in a tenth of the time, for `values` of the shape of ``x[key]``."""
    row = in_a_row(x, key)
    arrays = [axis for axis, k in enumerate(key) if not isinstance(k, slice)]
    if row is not None:
        ufunc.at(row[0], row[1].reshape(-1), values.reshape(-1))
    elif len(arrays) == 1 and key[arrays[0]].dtype != bool and key[arrays[0]].ndim == 1 and values.size:
        places, reduced = _reduced(ufunc, values, key[arrays[0]] % x.shape[arrays[0]], arrays[0])
        part = (*key[: arrays[0]], places)
        x[part] = ufunc(x[part], reduced)
    else:
        ufunc.at(x, key, values)


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
    flat = numbers_of(places, sizes)
    if flat is None:
        raise IndexError(f"expected places in an array of shape {tuple(shape)}")
    first = 0 if _separated(key) else dims[0]  # where the indexed dimensions are in `values`
    if (
        len(places) > 1 and first == dims[0] and values.size > MANY and _is_grid(places)
    ):  # one dimension after the other: fewer are added
        for d, place in reversed([*zip(dims, places, strict=True)]):
            values = add_slices(values, np.where(place < 0, place + shape[d], place).reshape(-1), shape[d], d)
        return values
    slices = values.reshape(*values.shape[:first], flat.size, *values.shape[first + flat.ndim :])
    sums = add_slices(slices, flat.reshape(-1), math.prod(sizes), first)
    merged = sums.reshape(*values.shape[:first], *sizes, *values.shape[first + flat.ndim :])
    rest = [d for d in range(len(shape)) if d not in dims]
    have = [*rest[:first], *dims, *rest[first:]]
    return merged.transpose([have.index(d) for d in range(len(shape))])


def add_slices(values: np.ndarray, places: np.ndarray, count: int, axis: int) -> np.ndarray:
    """Return `count` slices along `axis`, to which those of `values` are added at these places."""
    order = memory_order(values)
    values, axis, back = values.transpose(order), order.index(axis), np.argsort(order)
    if (runs := put_back(values, places, count, axis)) is not None:
        return runs.transpose(back)
    if values.size > max(MANY, WIDE * len(places)):
        found, sums = _reduced(np.add, single(values), places, axis)
        sums = sums.astype(values.dtype, copy=False)
        if len(found) == count:
            return sums.transpose(back)
        whole = np.zeros((*values.shape[:axis], count, *values.shape[axis + 1 :]), values.dtype)
        lead: Key = (slice(None),) * axis
        whole[*lead, found] = sums
        return whole.transpose(back)
    rows = np.moveaxis(values, axis, 0)
    size = math.prod(rows.shape[1:])
    numbers = places if size == 1 else (places[:, None] * size + np.arange(size)).reshape(-1)
    sums = add_one_by_one(rows.reshape(-1), numbers, count * size).astype(values.dtype, copy=False)
    return np.moveaxis(sums.reshape(count, *rows.shape[1:]), 0, axis).transpose(back)


def _reduced(ufunc: np.ufunc, values: np.ndarray, places: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the different ones of `places`, and for each the slices of `values` along `axis` there, reduced."""
    order = in_order(places, 0)
    places = places[order]
    starts = np.concatenate([[0], np.flatnonzero(places[1:] != places[:-1]) + 1, [len(places)]])
    return places[starts[:-1]], reduce_segments(ufunc, values, starts, 0, order, axis)


def add_one_by_one(values: np.ndarray, numbers: np.ndarray, count: int) -> np.ndarray:
    """Return `count` sums, of many floats in float64; in blocks: NumPy is quick where there is nothing to convert."""
    if len(values) * FEW < count:
        whole = np.zeros(count, values.dtype)
        if len(values):
            found, totals = _reduced(np.add, single(values), numbers, 0)
            whole[found] = totals
        return whole
    sums = np.zeros(count, np.float64 if values.dtype.kind == "f" else values.dtype)
    for start in range(0, len(values), BLOCK_NUMBERS):
        block = slice(start, start + BLOCK_NUMBERS)
        np.add.at(sums, numbers[block], values[block].astype(sums.dtype, copy=False))
    return sums


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


def _is_grid(places: list[np.ndarray]) -> bool:
    """Return whether each of the arrays has a dimension of the result of its own."""
    behind = range(len(places) - 1, -1, -1)
    return all(p.ndim > n and p.size == p.shape[-1 - n] for p, n in zip(places, behind, strict=True)) and max(
        p.ndim for p in places
    ) == len(places)


def _separated(key: Key) -> bool:
    """Return whether there is a slice between two arrays: NumPy then puts the indexed dimensions first."""
    arrays = [i for i, k in enumerate(key) if not isinstance(k, slice)]
    return arrays[-1] - arrays[0] >= len(arrays)


def overwritten(shape: tuple[int, ...], key: Key) -> np.ndarray | None:
    """Return which elements of ``x[key]`` are lost in ``x[key] = v`` because `key` repeats their place."""
    if all(isinstance(k, slice) or k.dtype == bool for k in key):
        return None
    last = np.zeros(shape, np.int64)
    order = look_up(last, key)
    order[...] = np.arange(order.size).reshape(order.shape)
    write(last, key, order)
    lost = look_up(last, key) != order
    return lost if lost.any() else None
