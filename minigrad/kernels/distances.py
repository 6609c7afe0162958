"""Distances of all pairs of rows, in blocks: memory for the distances, and no more differences than fit the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from minigrad.kernels.errstate import silent
from minigrad.kernels.norms import length
from minigrad.kernels.products import matmul

__all__ = ["distances", "slopes"]

BLOCK_NUMBERS = 1 << 18  # numbers
CANCELLED = {np.dtype(np.float32): 1e-8, np.dtype(np.float64): 1e-4}  # of the squares: below, their sum loses too much

Slope = Callable[[Any, Any, Any], Any]


def _blocks(rows: int, columns: int, depth: int) -> Iterator[tuple[slice, slice]]:
    """Yield parts of a table of `rows` x `columns`, of about `BLOCK_NUMBERS` numbers where each place holds `depth`."""
    wide = min(columns, max(1, BLOCK_NUMBERS // max(depth, 1)))
    tall = max(1, BLOCK_NUMBERS // max(wide * depth, 1))
    for top in range(0, rows, tall):
        for left in range(0, columns, max(wide, 1)):
            yield slice(top, top + tall), slice(left, left + wide)


@silent
def distances(a: np.ndarray, b: np.ndarray, p: float, by_products: bool) -> np.ndarray:
    """Return the p-norms of ``a[i] - b[j]`` for all rows i and j; for p = 2 by matrix products if wanted."""
    y = np.empty((len(a), len(b)), a.dtype)
    if p == 2 and by_products:
        _by_products(a, b, y)
    else:
        for rows, columns in _blocks(len(a), len(b), a.shape[1]):
            y[rows, columns] = length(a[rows, None] - b[None, columns], p, (2,), False)
    return y


def _by_products(a: np.ndarray, b: np.ndarray, y: np.ndarray) -> None:
    """Compute ``|a|^2 + |b|^2 - 2 a b`` in float64; the few pairs so close that this cancels are done one by one."""
    middle = np.nan_to_num(b.mean(axis=0, dtype=np.float64), posinf=0, neginf=0)
    exact_a, exact_b = a - middle, b - middle
    squares_a, squares_b = (np.einsum("ij,ij->i", x, x) for x in (exact_a, exact_b))
    for rows, _ in _blocks(len(a), 1, len(b)):
        together = squares_a[rows, None] + squares_b
        square = together - 2 * matmul(exact_a[rows], exact_b.T)
        close = np.nonzero(~(square > CANCELLED[a.dtype] * together))  # where something is no number, too
        block = y[rows]
        block[...] = np.sqrt(square)
        step = max(1, BLOCK_NUMBERS // max(a.shape[1], 1))
        for start in range(0, len(close[0]), step):
            i, j = (places[start : start + step] for places in close)
            block[i, j] = length(a[rows][i] - b[j], 2, (1,), False)


@silent
def slopes(
    g: np.ndarray, y: np.ndarray, a: np.ndarray, b: np.ndarray, p: float, slope: Slope
) -> tuple[np.ndarray, np.ndarray]:
    """Return the gradients of `a` and `b` for distances `y`; ``slope(g, y, difference)`` is that of a norm."""
    exact = a.dtype if p != 2 else np.float64
    ga, gb = np.zeros(a.shape, np.float64), np.zeros(b.shape, np.float64)
    a, b = a.astype(exact, copy=False), b.astype(exact, copy=False)
    for rows, columns in _blocks(len(a), len(b), 1 if p == 2 else a.shape[1]):
        if p == 2:  # each row of `a` is pulled to each of `b` with a force of this size
            force = np.where(y[rows, columns] == 0, 0, g[rows, columns] / y[rows, columns].astype(exact))
            ga[rows] += a[rows] * force.sum(axis=1)[:, None] - matmul(force, b[columns])
            gb[columns] += b[columns] * force.sum(axis=0)[:, None] - matmul(force.T, a[rows])
        else:
            pulls = slope(g[rows, columns], y[rows, columns], a[rows, None] - b[None, columns])
            ga[rows] += pulls.sum(axis=1)
            gb[columns] -= pulls.sum(axis=0)
    return ga, gb
