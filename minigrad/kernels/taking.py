"""Elements and slices at arrays of numbers, whatever the order in which an array lies in memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.kernels.parallel import in_slices
from minigrad.kernels.summation import total

__all__ = ["in_a_row", "memory_order", "numbers_of", "put_back", "taken"]

RUN_NUMBERS = 1 << 12  # elements per run: for fewer, NumPy's `take` is as quick
LONG = 64  # elements of a run that are side by side in memory: likewise
COST = 4  # how many times as long as a copy it takes to look elements up
FEW = 8  # elements per place: for fewer, it takes too long to look for runs


def memory_order(x: np.ndarray) -> list[int]:
    """Return the dimensions from the one of the longest steps in memory to that of the shortest."""
    return sorted(range(x.ndim), key=lambda d: -abs(x.strides[d]))


def _runs(places: np.ndarray, size: int, elements: int) -> list[tuple[slice, slice]] | None:
    """Return where there are runs of one step in `places`, and these places; None if they are short or out of range.

    A border around an image is two or three such runs; copying slices takes a fifth of the time of a `take`. A run of
    one place that repeats is a slice of length 1.
    """
    most = elements // RUN_NUMBERS
    if not most or elements < FEW * len(places) or not len(places):
        return None
    steps = np.diff(places)
    changes = np.flatnonzero(steps[1:] != steps[:-1]) + 1
    if len(changes) >= most or places.min() < 0 or places.max() >= size:
        return None
    runs, start = [], 0
    for stop in [*(changes + 1).tolist(), len(places)]:
        if start == stop:
            break
        first, last = int(places[start]), int(places[stop - 1])
        step = (last - first) // max(stop - start - 1, 1)
        end = last + (1 if step >= 0 else -1)
        runs.append((slice(start, stop), slice(first, None if end < 0 else end, step or 1)))
        start = stop
    return runs


def taken(x: np.ndarray, places: np.ndarray, axis: int) -> np.ndarray:
    """Return ``x.take(places, axis)``, which would first copy all that does not lie in C order."""
    if x.flags.c_contiguous and axis == 0:
        return x.take(places, axis=axis)
    order = memory_order(x)
    lying, along, flat = x.transpose(order), order.index(axis), places.reshape(-1)
    runs = _runs(flat, x.shape[axis], x.size // max(x.shape[axis], 1) * len(flat))
    if runs is None or len(flat) * math.prod(lying.shape[along + 1 :]) < LONG * len(runs):
        found = _by_table(lying, flat, along)
    else:
        found = np.empty((*lying.shape[:along], len(flat), *lying.shape[along + 1 :]), x.dtype)
        for there, here in runs:
            found[_along(along, there)] = lying[_along(along, here)]
    found = found.transpose(np.argsort(order))
    return found if places.ndim == 1 else found.reshape(*x.shape[:axis], *places.shape, *x.shape[axis + 1 :])


def _by_table(x: np.ndarray, places: np.ndarray, axis: int) -> np.ndarray:
    if not axis or not places.size or places.min() < -x.shape[axis] or places.max() >= x.shape[axis]:
        return x.take(places, axis=axis)
    found = np.empty((*x.shape[:axis], len(places), *x.shape[axis + 1 :]), x.dtype)

    def take(part: slice) -> None:
        x[part].take(places, axis=axis, out=found[part], mode="wrap")  # it takes longer to raise

    in_slices(take, len(x), found.size * COST)
    return found


def put_back(values: np.ndarray, places: np.ndarray, count: int, axis: int) -> np.ndarray | None:
    """Return `count` slices along `axis` to which those of `values` are added at `places`: few runs, else None."""
    if (runs := _runs(places, count, values.size)) is None:
        return None
    whole = np.empty((*values.shape[:axis], count, *values.shape[axis + 1 :]), values.dtype)
    there, here = max(runs, key=lambda run: run[0].stop - run[0].start)
    if here.step == 1 and there.stop - there.start == here.stop - here.start:
        runs.remove((there, here))
        whole[_along(axis, here)] = values[_along(axis, there)]  # the longest is written, not added to zeros
    else:
        here = slice(0, 0)
    whole[_along(axis, slice(here.start))] = 0
    whole[_along(axis, slice(here.stop, None))] = 0
    for there, here in runs:
        part, more = whole[_along(axis, here)], values[_along(axis, there)]
        part += more if part.shape == more.shape else total(more, (axis,), True)
    return whole


def _along(axis: int, part: slice) -> tuple[slice, ...]:
    return (*[slice(None)] * axis, part)


def in_a_row(x: np.ndarray, key: tuple[Any, ...]) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the elements of `x` as a row, a view, and the numbers in it of those that `key` names.

    NumPy looks up numbers in a third of the time of ``x[key]``. None if `x` has gaps, or `key` a slice, a mask or an
    index out of range.
    """
    if len(key) != x.ndim or any(isinstance(k, slice) or k.dtype == bool for k in key):
        return None
    order = memory_order(x)
    x = x.transpose(order)
    numbers = numbers_of([key[d] for d in order], x.shape) if x.flags.c_contiguous else None
    return None if numbers is None else (x.reshape(-1), numbers)


def numbers_of(places: Sequence[np.ndarray], sizes: Sequence[int]) -> np.ndarray | None:
    """Return the places as numbers of elements in C order, or None if they are not in range or not of one shape."""
    try:
        np.broadcast_shapes(*[place.shape for place in places])
    except ValueError:
        return None
    numbers: Any = 0
    for place, size in zip(places, sizes, strict=True):
        if place.size:
            low = place.min()
            if low < -size or place.max() >= size:
                return None
            place = np.where(place < 0, place + size, place) if low < 0 else place
        numbers = numbers * size + place
    return np.asarray(numbers)
