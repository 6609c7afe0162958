"""LU decomposition with row exchanges, of batches of matrices at once: LAPACK's is not in NumPy."""

from __future__ import annotations

import math

import numpy as np

from minigrad.kernels.triangles import solve_triangle

PANEL = 16  # columns that are eliminated one by one


def lu(A: np.ndarray, pivot: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return L below the diagonal and U above in one matrix, and the rows exchanged in each step, counted from 1.

    Gaussian elimination; the largest element of each column is its pivot. One half of the columns after the other, so
    that nearly all the work is in matrix products (Golub, Van Loan, *Matrix Computations*, 2013, sections 3.2, 3.4).
    """
    *batch, m, n = A.shape
    packed = A.reshape(math.prod(batch), m, n).copy()
    pivots = np.tile(np.arange(1, min(m, n) + 1, dtype=np.int32), (len(packed), 1))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        _eliminate(packed, pivots, pivot)
    return packed.reshape(A.shape), pivots.reshape(*batch, min(m, n))


def _eliminate(packed: np.ndarray, pivots: np.ndarray, pivot: bool) -> None:
    """Factor a batch of matrices in place; `pivots` holds for each step its own number, counted from 1."""
    m, n = packed.shape[1:]
    half = min(m, n) // 2
    if min(m, n) <= PANEL:
        _eliminate_one_by_one(packed, pivots, pivot)
        return
    left, right = packed[:, :, :half], packed[:, :, half:]
    _eliminate(left, pivots[:, :half], pivot)
    _exchange(right, pivots[:, :half])
    lower = np.tril(left[:, :half], -1) + np.eye(half, dtype=packed.dtype)
    right[:, :half] = solve_triangle(lower, right[:, :half], upper=False)
    right[:, half:] -= left[:, half:] @ right[:, :half]
    rest = np.arange(1, pivots.shape[1] - half + 1, dtype=np.int32) + np.zeros_like(pivots[:, half:])
    _eliminate(right[:, half:], rest, pivot)
    _exchange(left[:, half:], rest)
    pivots[:, half:] = rest + half


def _exchange(rows: np.ndarray, pivots: np.ndarray) -> None:
    """Exchange row k of each matrix with row ``pivots[k] - 1``, one k after the other."""
    order = order_of_rows(pivots, rows.shape[1])
    rows[...] = np.take_along_axis(rows, order[:, :, None], 1)


def _eliminate_one_by_one(packed: np.ndarray, pivots: np.ndarray, pivot: bool) -> None:
    each = np.arange(len(packed))
    for k in range(min(packed.shape[1:])):
        if pivot:
            row = k + np.abs(packed[:, k:, k]).argmax(1)
            pivots[:, k] = row + 1
            packed[each, k], packed[each, row] = packed[each, row], packed[each, k]
        head = packed[:, k, k, None]
        below = packed[:, k + 1 :, k]
        below[...] = np.where(head == 0, below, below / np.where(head == 0, 1, head))
        packed[:, k + 1 :, k + 1 :] -= below[:, :, None] * packed[:, None, k, k + 1 :]


def order_of_rows(pivots: np.ndarray, m: int) -> np.ndarray:
    """Return which row of A each row of ``L @ U`` is, from the exchanges."""
    *batch, rank = pivots.shape
    orders = np.tile(np.arange(m), (math.prod(batch), 1))
    for number, exchanges in enumerate(pivots.reshape(len(orders), rank).tolist()):
        order = list(range(m))  # exchanged in a list in a twentieth of the time of an array
        for k, other in enumerate(exchanges):
            order[k], order[other - 1] = order[other - 1], order[k]
        orders[number] = order
    return orders.reshape(*batch, m)
