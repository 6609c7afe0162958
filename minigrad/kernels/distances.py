"""Distances of all pairs of rows, in blocks: memory for the distances, and no more differences than fit the cache."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from minigrad.kernels.errstate import silent
from minigrad.kernels.norms import length
from minigrad.kernels.products import matmul

__all__ = ["distances", "slopes"]

BLOCK_NUMBERS = 1 << 16  # numbers
PRODUCT_NUMBERS = 1 << 18  # numbers that one product computes
CANCELLED = {np.dtype(np.float32): 1e-8, np.dtype(np.float64): 1e-4}  # of the squares: below, their sum loses too much
SQUARES = 1e-30, 1e30  # of distances: within, they are numbers of float32 with all their digits

Slope = Callable[[Any, Any, Any], Any]


def _blocks(rows: int, columns: int, depth: int, size: int = BLOCK_NUMBERS) -> Iterator[tuple[slice, slice]]:
    """Yield parts of a table of `rows` x `columns`, of about `size` numbers where each place holds `depth`."""
    wide = min(columns, max(1, size // max(depth, 1)))
    tall = max(1, size // max(wide * depth, 1))
    for top in range(0, rows, tall):
        for left in range(0, columns, max(wide, 1)):
            yield slice(top, top + tall), slice(left, left + wide)


@silent
def distances(a: np.ndarray, b: np.ndarray, p: float, by_products: bool) -> np.ndarray:
    """Return the p-norms of ``a[n, i] - b[n, j]`` for all rows i and j; for p = 2 by matrix products if wanted."""
    y = np.empty((len(a), a.shape[1], b.shape[1]), a.dtype)
    if p == 2 and by_products:
        _by_products(a, b, y)
        return y
    for n in range(len(a)):
        for rows, columns in _blocks(y.shape[1], y.shape[2], a.shape[2]):
            if math.isinf(p):  # NumPy finds the greatest element of columns in a third of the time
                y[n, rows, columns] = length(a[n].T[:, rows, None] - b[n].T[:, None, columns], p, (0,), False)
            else:
                y[n, rows, columns] = length(a[n, rows, None] - b[n, None, columns], p, (2,), False)
    return y


def _by_products(a: np.ndarray, b: np.ndarray, y: np.ndarray) -> None:
    """Compute ``|a|^2 + |b|^2 - 2 a b`` in float64, as one product of rows that have two columns more.

    The few pairs so close that this cancels are done one by one.
    """
    middle = np.nan_to_num(b.mean(axis=1, keepdims=True, dtype=np.float64), posinf=0, neginf=0)
    exact_a, exact_b = a - middle, b - middle
    squares_a, squares_b = (np.einsum("nij,nij->ni", x, x)[..., None] for x in (exact_a, exact_b))
    left = np.concatenate([-2 * exact_a, squares_a, np.ones_like(squares_a)], axis=2)
    right = np.concatenate([exact_b, np.ones_like(squares_b), squares_b], axis=2).swapaxes(1, 2)
    many = max(1, PRODUCT_NUMBERS // max(y[0].size, 1))  # tables at once
    for n in range(0, len(a), many):
        tables = slice(n, n + many)
        for rows, _ in _blocks(a.shape[1], 1, b.shape[1], PRODUCT_NUMBERS):
            here, there = squares_a[tables, rows], squares_b[tables].swapaxes(1, 2)
            square, part = matmul(left[tables, rows], right[tables]), y[tables, rows]
            least = square.min(initial=np.inf)
            if least > SQUARES[0] and square.max(initial=0) < SQUARES[1]:
                part[...] = square  # the roots of float32 take a third of the time of those of float64
                np.sqrt(part, out=part)
            else:
                np.sqrt(square, out=part, casting="same_kind")
            if not least > CANCELLED[a.dtype] * (here.max(initial=0) + there.max(initial=0)):
                close = ~(square > CANCELLED[a.dtype] * (here + there))  # where something is no number, too
                _one_by_one(a[tables, rows], b[tables], close, part)


def _one_by_one(a: np.ndarray, b: np.ndarray, close: np.ndarray, y: np.ndarray) -> None:
    """Compute the distances of those pairs that are close."""
    places = np.nonzero(close)
    step = max(1, BLOCK_NUMBERS // max(a.shape[2], 1))
    for start in range(0, len(places[0]), step):
        n, i, j = (place[start : start + step] for place in places)
        y[n, i, j] = length(a[n, i] - b[n, j], 2, (1,), False)


@silent
def slopes(
    g: np.ndarray, y: np.ndarray, a: np.ndarray, b: np.ndarray, p: float, slope: Slope
) -> tuple[np.ndarray, np.ndarray]:
    """Return the gradients of `a` and `b`, in float64; ``slope(g, y, difference)`` is that of a norm."""
    ga, gb = np.zeros(a.shape, np.float64), np.zeros(b.shape, np.float64)
    if p == 2:
        ones = [np.ones_like(x[..., :1]) for x in (a, b)]
        a, b = (np.concatenate([x, one], axis=2, dtype=np.float64) for x, one in zip((a, b), ones, strict=True))
    many = max(1, PRODUCT_NUMBERS // max(y[:1].size, 1)) if p == 2 else 1  # tables at once
    depth, size = (1, PRODUCT_NUMBERS) if p == 2 else (a.shape[2], BLOCK_NUMBERS)
    blocks = [*_blocks(a.shape[1], b.shape[1], depth, size)]
    for n, (rows, columns) in itertools.product(range(0, len(a), many), blocks):
        tables = slice(n, n + many)
        here, there, place = (tables, rows), (tables, columns), (tables, rows, columns)
        if p == 2:  # each row of `a` is pulled to each of `b` with a force of this size
            force = y[place].astype(np.float64)  # 1 / 1e-40 is no number in float32
            np.divide(g[place], force, out=force)
            force[y[place] == 0] = 0
            ga[here] += _pulled(a[here], b[there], force)
            gb[there] += _pulled(b[there], a[here], force.swapaxes(1, 2))
        else:
            pulls = slope(g[place], y[place], a[here][:, :, None] - b[there][:, None])
            ga[here] += pulls.sum(axis=2)
            gb[there] -= pulls.sum(axis=1)
    return ga, gb


def _pulled(a: np.ndarray, b: np.ndarray, force: np.ndarray) -> np.ndarray:
    """Return the sums of ``force[i, j] * (a[i] - b[j])`` over j; `a` and `b` have a column of ones behind."""
    product = matmul(force, b)
    return np.asarray(a[..., :-1] * product[..., -1:] - product[..., :-1])
