"""Pooling over windows of the last axes: maximum, average, adaptive; each with its adjoint.

Everything is done by strided slices of whole arrays, one for each element of the kernel, and keeps the
memory order of its input. Padding is never materialised: a slice covers those windows only in which its
element of the kernel meets the input.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from minigrad.kernels.blocks import by_parts
from minigrad.kernels.parallel import by_slices
from minigrad.kernels.relu import zeroed
from minigrad.kernels.summation import single, total
from minigrad.kernels.taking import taken
from minigrad.kernels.windows import batch_first, taps_along

__all__ = [
    "Window",
    "pool_window",
    "max_pool",
    "max_pool_winners",
    "winner_indices",
    "scatter_winners",
    "gather_winners",
    "avg_pool",
    "avg_pool_adjoint",
    "adaptive_avg_pool",
    "adaptive_avg_pool_adjoint",
    "adaptive_max_indices",
]

SHORT_BIN = 8  # elements: adding up slices is quicker than NumPy's mean of so few


class Window(NamedTuple):
    """The places of the windows: one number per pooled axis. `out` counts them, `padding` is on both sides."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    out: tuple[int, ...]


@lru_cache(maxsize=256)
def pool_window(
    size: tuple[int, ...],
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    padding: tuple[int, ...],
    dilation: tuple[int, ...],
    ceil_mode: bool,
) -> Window:
    """Count the windows; ceil_mode adds one that hangs over the end, unless it starts behind the input."""
    out = []
    for n, k, s, p, d in zip(size, kernel, stride, padding, dilation, strict=True):
        rest = n + 2 * p - d * (k - 1) - 1
        count = (-(-rest // s) if ceil_mode else rest // s) + 1
        out.append(count - 1 if ceil_mode and (count - 1) * s >= n + p else count)
    return Window(kernel, stride, padding, dilation, tuple(out))


@lru_cache(maxsize=256)
def _slots(size: tuple[int, ...], window: Window) -> list[tuple[int, tuple[Any, ...], tuple[Any, ...]]]:
    """List (slot, windows, inputs) for all axes together; slots count the kernel's elements in row-major order."""
    axes = [taps_along(n, *axis) for n, axis in zip(size, zip(*window, strict=True), strict=True)]
    return [
        (
            int(np.ravel_multi_index([u for u, _, _ in steps], window.kernel)),
            (..., *[box for _, box, _ in steps]),
            (..., *[source for _, _, source in steps]),
        )
        for steps in itertools.product(*axes)
    ]


def _tiles(n: int, kernel: int, stride: int, padding: int, dilation: int, out: int) -> bool:
    """Say whether each input lies in exactly one window."""
    return kernel == stride and padding == 0 and dilation == 1 and out * kernel == n


def _all_tiles(shape: tuple[int, ...], window: Window) -> bool:
    """Say whether each element lies in exactly one window."""
    size = shape[-len(window.out) :]
    return all(_tiles(n, *axis) for n, axis in zip(size, zip(*window, strict=True), strict=True))


def _axes(x: np.ndarray, window: Window) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield (axis, that axis's numbers) for the pooled axes of x."""
    return zip(range(x.ndim - len(window.out), x.ndim), zip(*window, strict=True), strict=True)


def _at(x: np.ndarray, axis: int, place: slice) -> np.ndarray:
    return x[(slice(None),) * axis + (place,)]


@lru_cache(maxsize=256)
def _folds(shape: tuple[int, ...], window: Window) -> list[tuple[tuple[int, ...], bool, list[Any]]]:
    """List (shape of the result, whether each element meets all windows, (windows, inputs) of each) for the axes."""
    folds = []
    for axis, numbers in enumerate(zip(*window, strict=True), len(shape) - len(window.out)):
        if numbers[:3] == (1, 1, 0):
            continue
        before, out = (slice(None),) * axis, numbers[-1]
        steps = [((*before, box), (*before, inputs)) for _, box, inputs in taps_along(shape[axis], *numbers)]
        shape = (*shape[:axis], out, *shape[axis + 1 :])
        folds.append((shape, len(steps) > 1 and all(box[-1] == slice(0, out) for box, _ in steps), steps))
    return folds


def _fold(combine: np.ufunc, x: np.ndarray, window: Window, start: float) -> np.ndarray:
    """Combine the elements of each window, one axis after the other."""
    source = x
    for shape, whole, steps in _folds(x.shape, window):
        if whole:
            (_, first), (_, second), *steps = steps
            y = combine(x[first], x[second])
        else:
            y = np.empty_like(x, shape=shape)
            y.fill(start)
        for box, inputs in steps:
            part = y[box]
            combine(part, x[inputs], out=part)
        x = y
    return x.copy(order="K") if x is source else x


def _lowest(dtype: np.dtype) -> float:
    return -math.inf if dtype.kind == "f" else int(np.iinfo(dtype).min)


def max_pool(x: np.ndarray, window: Window) -> np.ndarray:
    """Return the maximum of each window; NaN if there is one in it."""
    return _fold(np.maximum, x, window, _lowest(x.dtype))


def max_pool_winners(x: np.ndarray, window: Window) -> tuple[np.ndarray, np.ndarray]:
    """Return the maxima and which element of the kernel each came from: the first maximum, else the last NaN.

    Winners are counted within the window, in row-major order, as uint8 where they fit: an eighth of the
    memory of int64 indices, and quick to compare.
    """
    y = np.empty_like(x, shape=(*x.shape[: x.ndim - len(window.out)], *window.out))
    winners = np.empty_like(y, dtype=np.min_scalar_type(math.prod(window.kernel)))
    # where windows overlap each element is read several times: in parts that stay in the cache
    each = by_slices if _all_tiles(x.shape, window) else by_parts
    each(lambda at: _compete(x[at], window, y[at], winners[at]), x, range(x.ndim - len(window.out)))
    return y, winners


def _compete(x: np.ndarray, window: Window, y: np.ndarray, winners: np.ndarray) -> None:
    """Put the maxima into `y` and their numbers into `winners`."""
    size = x.shape[-len(window.out) :]
    slots = _slots(size, window)
    mask = np.empty_like(y, dtype=bool)
    if max(window.padding):
        y.fill(_lowest(x.dtype))
        winners[...] = _first_slots(size, window)
    else:
        y[...] = x[slots[0][2]]
        winners.fill(0)
        slots = slots[1:]
    for slot, box, source in slots:
        part, best, better = x[source], y[box], mask[box]
        np.greater(part, best, out=better)
        np.maximum(best, part, out=best)
        later = np.multiply(better.view(np.uint8), slot, dtype=winners.dtype)
        np.maximum(winners[box], later, out=winners[box])  # a later slot has the larger number
    if np.isnan(y).any():
        for slot, box, source in _slots(size, window):
            winners[box][np.isnan(x[source])] = slot


def _first_slots(size: tuple[int, ...], window: Window) -> np.ndarray:
    """Return each window's first slot that meets the input."""
    first = np.zeros((), np.int64)
    for kernel, stride, padding, dilation, out in zip(*window, strict=True):
        skipped = np.maximum(padding - stride * np.arange(out), 0)
        first = first[..., None] * kernel + -(-skipped // dilation)
    return first


def winner_indices(winners: np.ndarray, size: tuple[int, ...], window: Window) -> np.ndarray:
    """Return the winners' places in the flattened plane as int64, which is how PyTorch counts them."""
    origin, offset = np.zeros((), np.int64), np.zeros((), np.int64)
    for n, (kernel, stride, padding, dilation, out) in zip(size, zip(*window, strict=True), strict=True):
        origin = origin[..., None] * n + (stride * np.arange(out) - padding)
        offset = offset[..., None] * n + dilation * np.arange(kernel)
    places: np.ndarray = offset.ravel()[winners] + origin
    return places


def scatter_winners(g: np.ndarray, winners: np.ndarray, size: tuple[int, ...], window: Window) -> np.ndarray:
    """Add each window's value to the place of its winner, in zeros of the pooled `size`."""
    shape = (*g.shape[: g.ndim - len(size)], *size)
    tiles = _all_tiles(shape, window)
    x = np.empty_like(g, shape=shape) if tiles else np.zeros_like(g, shape=shape)

    def scatter(at: tuple[Any, ...]) -> None:
        values, numbers, places = g[at], winners[at], x[at]
        for slot, box, source in _slots(size, window):
            lost = numbers[box] != slot
            if tiles:
                zeroed(values[box], lost, places[source])
            else:
                places[source] += zeroed(values[box], lost)

    (by_slices if tiles else by_parts)(scatter, x, range(x.ndim - len(size)))
    return x


def gather_winners(x: np.ndarray, winners: np.ndarray, window: Window) -> np.ndarray:
    """Take each window's value at the place of its winner: the adjoint of scatter_winners."""
    size = x.shape[-len(window.out) :]
    y = np.zeros_like(x, shape=winners.shape)
    for slot, box, source in _slots(size, window):
        y[box] += zeroed(x[source], winners[box] != slot)
    return y


@lru_cache(maxsize=256)
def _divisor(size: tuple[int, ...], window: Window, count_include_pad: bool, dtype: np.dtype) -> float | np.ndarray:
    """Return by how much the sum of each window is divided: padding may count, what hangs over never does."""
    counts: np.ndarray = np.ones(())
    for n, (kernel, stride, padding, _, out) in zip(size, zip(*window, strict=True), strict=True):
        start = stride * np.arange(out) - padding
        first, last = (start, n + padding) if count_include_pad else (np.maximum(start, 0), n)
        counts = counts[..., None] * (np.minimum(start + kernel, last) - first)
    full = math.prod(window.kernel)
    return float(full) if (counts == full).all() else counts.astype(dtype)


def avg_pool(x: np.ndarray, window: Window, count_include_pad: bool = True, divisor: float | None = None) -> np.ndarray:
    """Return the mean of each window."""
    y = _fold(np.add, single(x), window, 0)
    y /= divisor or _divisor(x.shape[-len(window.out) :], window, count_include_pad, y.dtype)
    return y.astype(x.dtype, copy=False)


def avg_pool_adjoint(
    g: np.ndarray, size: tuple[int, ...], window: Window, count_include_pad: bool = True, divisor: float | None = None
) -> np.ndarray:
    """Spread each value evenly over its window, in zeros of the pooled `size`."""
    g = g / (divisor or _divisor(size, window, count_include_pad, g.dtype))
    for (axis, numbers), n in reversed(list(zip(_axes(g, window), size, strict=True))):
        if numbers[:3] == (1, 1, 0):
            continue
        kernel, stride, _, dilation, _ = numbers
        shape = (*g.shape[:axis], n, *g.shape[axis + 1 :])
        x = np.empty_like(g, shape=shape) if _tiles(n, *numbers) else np.zeros_like(g, shape=shape)
        for _, box, source in taps_along(n, *numbers):
            if stride > dilation * (kernel - 1):
                _at(x, axis, source)[...] = _at(g, axis, box)
            else:
                _at(x, axis, source)[...] += _at(g, axis, box)
        g = x
    return g


def _adaptive_bins(n: int, out: int) -> list[slice]:
    """Return the inputs of each output: from floor(i * n / out) to ceil((i + 1) * n / out)."""
    return [slice(i * n // out, -(-(i + 1) * n // out)) for i in range(out)]


def adaptive_avg_pool(x: np.ndarray, out: Sequence[int]) -> np.ndarray:
    """Average the last axes down (or up) to `out` bins each."""
    size = x.shape[-len(out) :]
    lengths = tuple(n // max(count, 1) for n, count in zip(size, out, strict=True))
    if tuple(n * count for n, count in zip(lengths, out, strict=True)) == size and 0 < max(lengths) <= SHORT_BIN:
        nothing = (0,) * len(out)
        return avg_pool(x, Window(lengths, lengths, nothing, (1,) * len(out), tuple(out)))
    dtype, x = x.dtype, single(x)
    if set(out) == {1} and x.size:
        return np.asarray(total(x, tuple(range(x.ndim - len(out), x.ndim)), True) / math.prod(size), dtype)
    for axis, count in enumerate(out, x.ndim - len(out)):
        y = np.empty_like(x, shape=(*x.shape[:axis], count, *x.shape[axis + 1 :]))
        for i, bin in enumerate(_adaptive_bins(x.shape[axis], count)):
            _at(x, axis, bin).mean(axis, keepdims=True, out=_at(y, axis, slice(i, i + 1)))
        x = y
    return x.astype(dtype, copy=False)


def adaptive_avg_pool_adjoint(g: np.ndarray, size: Sequence[int]) -> np.ndarray:
    """Spread each value evenly over its bin: each input takes from the first bin that it is in, then from the next."""
    count: int = math.prod(size)
    if set(g.shape[g.ndim - len(size) :]) == {1} and count:
        return _spread(g / np.asarray(count, g.dtype), size)
    for axis, n in enumerate(size, g.ndim - len(size)):
        starts, stops = (
            np.array([(b.start, b.stop) for b in _adaptive_bins(n, g.shape[axis])], np.int64).reshape(-1, 2).T
        )
        if not g.size or not n:
            g = np.zeros_like(g, shape=(*g.shape[:axis], n, *g.shape[axis + 1 :]))
            continue
        g = g / (stops - starts).astype(g.dtype).reshape(-1, *[1] * (g.ndim - 1 - axis))
        first = np.searchsorted(stops, np.arange(n), "right")
        counts = np.searchsorted(starts, np.arange(n), "right") - first
        x = taken(g, first, axis)
        for further in range(1, counts.max()):
            (shared,) = np.nonzero(counts > further)
            part: tuple[Any, ...] = (*[slice(None)] * axis, shared)
            x[part] += taken(g, first[shared] + further, axis)
        g = x
    return g


def _spread(g: np.ndarray, size: Sequence[int]) -> np.ndarray:
    """Repeat the one value of each plane, in the order in which convolutions leave their images if `g` has it."""
    lead = g.shape[: g.ndim - len(size)]
    inner = len(lead) == 2 and g.strides[0] < g.strides[1]
    x = batch_first(np.empty((lead[1], *size, lead[0]), g.dtype)) if inner else np.empty((*lead, *size), g.dtype)
    x[...] = g
    return x


def adaptive_max_indices(x: np.ndarray, out: Sequence[int]) -> np.ndarray:
    """Return the place of each bin's first maximum (else last NaN) in the flattened plane, as int64.

    The last axis comes first: then the first row of several with the same maximum is the one to take.
    """
    if not math.prod(out):
        return np.zeros((*x.shape[: -len(out)], *out), np.int64)
    unknown, step = bool(np.isnan(x).any()), 1
    if set(out) == {1} and not unknown and x.size:
        flat = x.reshape(*x.shape[: -len(out)], -1)
        return np.asarray(flat.argmax(-1)).reshape(*flat.shape[:-1], *out)
    places = np.zeros((1,) * x.ndim, np.int64)
    for axis, count in zip(range(x.ndim - 1, x.ndim - 1 - len(out), -1), reversed(out), strict=True):
        places = np.broadcast_to(places, x.shape)
        best = np.empty_like(x, shape=(*x.shape[:axis], count, *x.shape[axis + 1 :]))
        found = np.empty_like(best, np.int64)
        for i, bin in enumerate(_adaptive_bins(x.shape[axis], count)):
            greatest, where = (_at(y, axis, slice(i, i + 1)) for y in (best, found))
            for j in range(bin.start, bin.stop):
                value, place = (_at(y, axis, slice(j, j + 1)) for y in (x, places))
                better = value > greatest if j > bin.start else np.True_
                if unknown:
                    better = better | np.isnan(value)
                np.copyto(greatest, value, where=better)
                np.copyto(where, place + j * step, where=better)
        x, places, step = best, found, step * x.shape[axis]
    return places
