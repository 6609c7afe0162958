"""NumPy's buffer, and what to do about it.

Where an operand of a NumPy function is broadcast, such as a mean that is subtracted from each row, NumPy fills a
buffer of 8192 elements with as many copies of it as fit, and then computes. With a buffer too small for two rows it
goes through row by row instead: rows of 256 to 4096 elements take a third to two thirds of the time, and shorter ones
take longer.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

__all__ = ["add_rows", "row_by_row", "times_rows"]

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
            length = _row_length(x.shape, x.strides, dims)
            if length < LONG_ROW:
                return function(x, *args, **options)
            before = np.setbufsize(min(MAX_BUFFER, (2 * length - 1) // STEP * STEP))
            try:
                return function(x, *args, **options)
            finally:
                np.setbufsize(before)

        return call  # type: ignore[return-value]  # functools.wraps keeps the signature at run time only

    return decorate


@functools.lru_cache(maxsize=256)
def _row_length(shape: tuple[int, ...], strides: tuple[int, ...], dims: tuple[int, ...]) -> int:
    """Return how many neighbours in memory meet the same number, or each the next one."""
    length, repeated = 1, None
    for d in sorted(range(len(shape)), key=lambda d: abs(strides[d])):
        if shape[d] > 1:
            if repeated not in (None, d in dims):
                break
            length, repeated = length * shape[d], d in dims
    return length


@row_by_row("row")
def add_rows(y: np.ndarray, row: np.ndarray) -> None:
    """Add what broadcasts to `y`, in place."""
    y += row


@row_by_row("factor")
def times_rows(x: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Return ``x * factor`` of what broadcasts to `x`."""
    y: np.ndarray = x * factor
    return y
