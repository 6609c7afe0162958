"""NumPy's buffer, and what to do about it.

Where an operand of a NumPy function is broadcast, such as a mean that is subtracted from each row, NumPy fills a
buffer of 8192 elements with as many copies of it as fit, and then computes. With a buffer too small for two rows it
goes through row by row instead. Where all of a row meets one number, rows of 256 to 4096 elements then take a third to
two thirds of the time; shorter ones take longer.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

__all__ = ["add_rows", "broadcast", "row_by_row", "times_rows"]

LONG_ROW = 256  # elements
MAX_BUFFER, STEP = 1008, 16  # elements: sums of a row want no less, and NumPy a multiple of 16
MIN_ELEMENTS = 1 << 14  # of an array: below, to change the buffer takes longer than it saves

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
    return _with_buffer(_size_for(a.shape, a.strides, b.strides, a.itemsize), functools.partial(ufunc, a, b))


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
def _size_for(shape: tuple[int, ...], a: tuple[int, ...], b: tuple[int, ...], itemsize: int) -> int:
    """Return the size for one function of arrays with these strides: it pays where all neighbours meet one number."""
    whole, other = (b, a) if 0 in a else (a, b)
    repeated = tuple([d for d, (s, t) in enumerate(zip(whole, other, strict=False)) if t == 0 != s])
    return _size(shape, whole, repeated) if any(whole[d] == itemsize for d in repeated) else 0


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


@row_by_row("row")
def add_rows(y: np.ndarray, row: np.ndarray) -> None:
    """Add what broadcasts to `y`, in place."""
    y += row


@row_by_row("factor")
def times_rows(x: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Return ``x * factor`` of what broadcasts to `x`."""
    y: np.ndarray = x * factor
    return y
