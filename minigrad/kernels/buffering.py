"""NumPy's buffer, and what to do about it.

Where an operand of a NumPy function is broadcast, such as a mean that is subtracted from each row, NumPy fills a
buffer of 8192 elements with as many copies of it as fit, and then computes. With a buffer too small for two rows it
goes through row by row instead. Where all of a row meets one number, rows of 256 to 4096 elements then take a third to
two thirds of the time; shorter ones take longer.

Where each row meets one and the same row, such as the bias of a linear layer, that one is repeated here, to a row too
long for the buffer, and several rows at a time meet it: in half to two thirds of the time.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

__all__ = ["add_rows", "broadcast", "onto", "row_by_row", "times_rows"]

BUFFER = 8192  # elements: NumPy's own
LONG_ROW = 256  # elements
MAX_BUFFER, STEP = 1008, 16  # elements: sums of a row want no less, and NumPy a multiple of 16
MIN_ELEMENTS = 1 << 14  # of an array: below, to change the buffer takes longer than it saves
MIN_TILED = 1 << 18  # elements, if a row has 64 or more

F = TypeVar("F", bound=Callable[..., Any])


def row_by_row(rows: str) -> Callable[[F], F]:
    """Make a function, whose first argument is an array, broadcast without NumPy's buffer if the rows are long.

    Parameters
    ----------
    rows : str
        The name of the argument that says what a row is: the dimensions over which numbers are repeated, or an array
        that is broadcast to the first.
    """

    def decorate(function: F) -> F:
        place = function.__code__.co_varnames.index(rows)

        @functools.wraps(function)
        def call(x: Any, *args: Any, **options: Any) -> Any:
            if np.size(x) < MIN_ELEMENTS:
                return function(x, *args, **options)
            dims = args[place - 1]
            if isinstance(dims, np.ndarray):
                dims = tuple([d for d, n in enumerate((1,) * (x.ndim - dims.ndim) + dims.shape) if n == 1])
            return _with_buffer(_size(x.shape, x.strides, dims), functools.partial(function, x, *args, **options))

        return call  # type: ignore[return-value]  # functools.wraps keeps the signature at run time only

    return decorate


def broadcast(ufunc: np.ufunc, a: np.ndarray, b: Any) -> Any:
    """Return ``ufunc(a, b)`` of arrays of one shape, one of which may have been expanded to it; `b` may be a number."""
    if a.size < MIN_ELEMENTS or not isinstance(b, np.ndarray) or a.strides == b.strides:
        return ufunc(a, b)
    dims, size = _plan(a.shape, a.strides, b.strides, a.itemsize)
    if not dims or a.dtype != b.dtype or a.dtype.kind != "f":
        return _with_buffer(size, functools.partial(ufunc, a, b))
    y = np.empty(a.shape, a.dtype)
    if 0 in a.strides:
        _by_tiles(lambda tile, rows, out: ufunc(tile, rows, out=out), b, a[(0,) * dims], y)
    else:
        _by_tiles(lambda tile, rows, out: ufunc(rows, tile, out=out), a, b[(0,) * dims], y)
    return y


def onto(ufunc: np.ufunc, y: np.ndarray, other: np.ndarray) -> None:
    """Replace `y` by ``ufunc(y, other)``, of what broadcasts to it."""
    if y.size >= MIN_ELEMENTS and _is_repeated_row(y, other):
        _by_tiles(lambda tile, rows, out: ufunc(rows, tile, out=out), y, other, y)
    else:
        ufunc(y, other, out=y)


def _is_repeated_row(y: np.ndarray, other: np.ndarray) -> bool:
    """Return whether each row of `y` meets all of `other`, and tiles pay."""
    if not other.size or not _worth_tiles(y.size // other.size, other.size):
        return False
    own = other.shape[next((d for d, n in enumerate(other.shape) if n != 1), 0) :]
    return own == y.shape[y.ndim - len(own) :] and y.flags.c_contiguous


def _worth_tiles(rows: int, length: int) -> bool:
    """Return whether so many rows of this length are quicker several at a time."""
    return 1 < length <= BUFFER // 2 and rows * max(length, 64) >= MIN_TILED


def _by_tiles(compute: Callable[..., Any], x: np.ndarray, row: np.ndarray, y: np.ndarray) -> None:
    """Call ``compute(tile, rows of x, the same of y)``, the tile being the row, repeated until it fills the buffer."""
    row = row.reshape(-1)
    count = BUFFER // len(row)
    rows, results = x.reshape(-1, len(row)), y.reshape(-1, len(row))
    whole = len(rows) // count * count
    tile = np.empty((count, len(row)), row.dtype)
    tile[...] = row
    compute(tile.reshape(-1), rows[:whole].reshape(-1, tile.size), results[:whole].reshape(-1, tile.size))
    if whole < len(rows):
        compute(row, rows[whole:], results[whole:])


def _with_buffer(size: int, compute: Callable[[], Any]) -> Any:
    """Call ``compute()`` while NumPy's buffer has so many elements, or as many as it has if `size` is 0."""
    if not size:
        return compute()
    before = np.setbufsize(size)
    try:
        return compute()
    finally:
        np.setbufsize(before)


@functools.lru_cache(maxsize=256)
def _plan(shape: tuple[int, ...], a: tuple[int, ...], b: tuple[int, ...], itemsize: int) -> tuple[int, int]:
    """Return over how many leading dimensions a row is repeated, 0 if it is none; else the size of the buffer, or 0.

    Another size than NumPy's own pays where all neighbours meet one number.
    """
    whole, other = (b, a) if 0 in a else (a, b)
    repeated = tuple([d for d, (s, t) in enumerate(zip(whole, other, strict=False)) if t == 0 != s])
    leading, length = len(repeated), math.prod(shape[len(repeated) :])
    in_order = whole == tuple([itemsize * math.prod(shape[d + 1 :]) for d in range(len(shape))])
    if in_order and leading < len(shape) and (*repeated, *other[leading:]) == (*range(leading), *whole[leading:]):
        return (leading, 0) if _worth_tiles(math.prod(shape[:leading]), length) else (0, 0)
    return 0, _size(shape, whole, repeated) if any(whole[d] == itemsize for d in repeated) else 0


@functools.lru_cache(maxsize=256)
def _size(shape: tuple[int, ...], strides: tuple[int, ...], dims: tuple[int, ...]) -> int:
    """Return the size of a buffer that is too small for two rows, or 0 if these are short.

    A row are the neighbours in memory that meet the same number, repeated over `dims`, or each the next one.
    """
    length, repeated = 1, None
    for d in sorted(range(len(shape)), key=lambda d: abs(strides[d])):
        if shape[d] > 1:
            if repeated not in (None, d in dims):
                break
            length, repeated = length * shape[d], d in dims
    return min(MAX_BUFFER, (2 * length - 1) // STEP * STEP) if length >= LONG_ROW else 0


def add_rows(y: np.ndarray, row: np.ndarray) -> None:
    """Add a row to each row of `y`, in place: this one may lie in memory column by column."""
    if y.size < MIN_ELEMENTS or y.flags.c_contiguous:
        onto(np.add, y, row)
    else:
        _add(y, row)


@row_by_row("row")
def _add(y: np.ndarray, row: np.ndarray) -> None:
    y += row


@row_by_row("factor")
def times_rows(x: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Return ``x * factor`` of what broadcasts to `x`."""
    y: np.ndarray = x * factor
    return y
