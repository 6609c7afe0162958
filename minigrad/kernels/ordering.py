"""The order of elements: each becomes one integer, its value above and its place below, and integers are sorted.

NumPy sorts integers with the vector instructions of the processor, in a tenth of the time that a stable ``argsort`` of
floats takes. Each integer is there once, so ties keep their order.
"""

from __future__ import annotations

import math

import numpy as np

from minigrad.kernels.parallel import in_slices

__all__ = ["first", "order"]

PLACE_BITS = 32
PLACES = (1 << PLACE_BITS) - 1
BLOCK_NUMBERS = 1 << 15  # numbers whose keys stay in the cache until they are sorted
COST = 8  # how many times as long as a copy it takes, at least

FEW_NUMBERS = 1 << 13  # fewer are in order before groups of them are made
LEAST_GROUP = 8  # numbers: of smaller groups there are too many to look at
BLOCK_GROUPED = 1 << 18  # numbers that are made into groups at a time: their keys are few


def order(x: np.ndarray, dim: int, descending: bool = False) -> np.ndarray:
    """Return the places of the elements along `dim` in order; ties stay in theirs, and nan counts as the largest."""
    return first(x, dim, 0, x.shape[dim], descending)


def first(x: np.ndarray, dim: int, start: int, stop: int, descending: bool = False) -> np.ndarray:
    """Return the places of rank `start` to `stop` along `dim`, the latter excluded: a part of `order`."""
    rows = np.moveaxis(x, dim, -1)
    *lead, n = rows.shape
    places = np.empty((math.prod(lead), stop - start), np.int64)
    rows = rows.reshape(len(places), n)
    low = _lowest(x)
    root = max(1, math.isqrt(n // max(stop, 1)))  # of groups of so many, the fewest elements are looked at
    group = 1 << root.bit_length() - 1  # halves of halves
    grouped = group >= LEAST_GROUP and x.size >= FEW_NUMBERS
    step = max(1, (BLOCK_GROUPED if grouped else BLOCK_NUMBERS) // max(n, 1))

    def find(part: slice) -> None:
        for top in range(part.start, part.stop, step):
            block = slice(top, min(top + step, part.stop))
            if grouped:
                near = _candidates(rows[block], low, stop, descending, group)
                found = _ranked(np.take_along_axis(rows[block], near, 1), low, start, stop, descending)
                places[block] = np.take_along_axis(near, found, 1)
            else:
                places[block] = _ranked(rows[block], low, start, stop, descending)

    in_slices(find, len(places), x.size * COST)
    return np.moveaxis(places.reshape(*lead, stop - start), -1, dim)


def _candidates(x: np.ndarray, low: int | None, k: int, descending: bool, size: int) -> np.ndarray:
    """Return places of each row among which its first k are: those in the first k groups of `size` neighbours.

    Groups are in the order of their own first elements. Each of the others has k groups before it, and in each of these
    an element that comes before all of its own.
    """
    rows, n = x.shape
    count = n // size
    first = np.maximum if descending else np.fmin  # nan is the largest
    best = x[:, : count * size]
    while best.shape[1] > count:
        best = first(best[:, ::2], best[:, 1::2])
    groups = np.sort(_ranked(best, low, 0, k, descending), axis=1)
    places = (groups[..., None] * size + np.arange(size)).reshape(rows, -1)
    rest = np.broadcast_to(np.arange(count * size, n), (rows, n - count * size))
    return np.concatenate([places, rest], axis=1)


def _ranked(x: np.ndarray, low: int | None, start: int, stop: int, descending: bool) -> np.ndarray:
    """Return the places of rank `start` to `stop` of each row, by looking at all of it."""
    if low is None:
        return _stable(x, start, stop, descending)
    return _by_keys(_keys(x, low, descending), start, stop)


def _lowest(x: np.ndarray) -> int | None:
    """Return what to subtract from integers so that they have 32 bits, 0 for floats, None if there are more bits."""
    if x.itemsize < 8:
        return 0
    if x.dtype.kind != "i" or not x.size:
        return None
    least = int(x.min())
    return least if (int(x.max()) - least).bit_length() < PLACE_BITS else None


def _keys(x: np.ndarray, low: int, descending: bool) -> np.ndarray:
    """Return the integers to sort, along the last dimension."""
    if x.dtype.kind == "f":
        unknown = np.isnan(x)
        x = (x + np.float32(0)).view(np.int32)  # -0 equals 0
        x ^= (x >> 31) & np.int32(0x7FFFFFFF)  # of negative numbers the larger bits are the smaller number
        x[unknown] = np.iinfo(np.int32).max
    keys = x.astype(np.int64)
    if low:
        keys -= low
    if descending:
        np.invert(keys, out=keys)
    keys <<= PLACE_BITS
    keys |= np.arange(x.shape[-1])
    return keys


def _by_keys(keys: np.ndarray, start: int, stop: int) -> np.ndarray:
    if stop < keys.shape[-1]:
        keys.partition(stop - 1, axis=-1)
    if start:
        keys = keys[..., :stop]
        keys.partition(start, axis=-1)
    keys = keys[..., start:stop]
    keys.sort(axis=-1)
    return np.asarray(keys & PLACES)


def _stable(x: np.ndarray, start: int, stop: int, descending: bool) -> np.ndarray:
    places = np.argsort(np.flip(x, -1) if descending else x, axis=-1, kind="stable")
    if descending:
        places = x.shape[-1] - 1 - np.flip(places, -1)
    return np.asarray(places[..., start:stop])
