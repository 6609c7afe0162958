"""The order of elements: each becomes one integer, its value above and its place below, and integers are sorted.

NumPy sorts integers with the vector instructions of the processor, in a tenth of the time that a stable ``argsort`` of
floats takes. Each integer is there once, so ties keep their order.
"""

from __future__ import annotations

import math

import numpy as np

__all__ = ["first", "order"]

PLACE_BITS = 32
PLACES = (1 << PLACE_BITS) - 1
BLOCK_NUMBERS = 1 << 15  # numbers whose keys stay in the cache until they are sorted


def order(x: np.ndarray, dim: int, descending: bool = False) -> np.ndarray:
    """Return the places of the elements along `dim` in order; ties stay in theirs, and nan counts as the largest."""
    return first(x, dim, 0, x.shape[dim], descending)


def first(x: np.ndarray, dim: int, start: int, stop: int, descending: bool = False) -> np.ndarray:
    """Return the places of rank `start` to `stop`, the latter excluded: a part of `order`, without the whole."""
    rows = np.moveaxis(x, dim, -1)
    *lead, n = rows.shape
    places = np.empty((math.prod(lead), stop - start), np.int64)
    rows = rows.reshape(len(places), n)
    low = _lowest(x)
    step = max(1, BLOCK_NUMBERS // max(n, 1))
    for top in range(0, len(places), step):
        block = rows[top : top + step]
        places[top : top + step] = (
            _stable(block, start, stop, descending)
            if low is None
            else _by_keys(_keys(block, low, descending), start, stop)
        )
    return np.moveaxis(places.reshape(*lead, stop - start), -1, dim)


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
