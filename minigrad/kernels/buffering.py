"""NumPy's buffer, and what to do about it.

Where an operand of a NumPy function is broadcast, such as a mean that is subtracted from each row, NumPy fills a
buffer of 8192 elements with as many copies of it as fit, and then computes. With a buffer too small for two rows it
goes through row by row instead: for rows of 512 elements and more that is up to ten times as fast, and for shorter
ones slower.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

__all__ = ["add_rows", "row_by_row"]

BUFFER_ELEMENTS = 1008  # elements, a multiple of 16: less than two rows of 512
MIN_ELEMENTS = 1 << 14  # of an array: below, to change the buffer takes longer than it saves

F = TypeVar("F", bound=Callable[..., Any])


def row_by_row(function: F) -> F:
    """Make `function`, whose first argument is an array, broadcast without NumPy's buffer if that is large."""

    @functools.wraps(function)
    def call(first: Any, *args: Any, **options: Any) -> Any:
        if np.size(first) < MIN_ELEMENTS:
            return function(first, *args, **options)
        before = np.setbufsize(BUFFER_ELEMENTS)
        try:
            return function(first, *args, **options)
        finally:
            np.setbufsize(before)

    return call  # type: ignore[return-value]  # functools.wraps keeps the signature at run time only


@row_by_row
def add_rows(y: np.ndarray, row: np.ndarray) -> None:
    """Add what broadcasts to `y`, in place."""
    y += row
