"""LU decomposition with row exchanges, of batches of matrices at once: LAPACK's is not in NumPy."""

from __future__ import annotations

import math

import numpy as np


def lu(A: np.ndarray, pivot: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return L below the diagonal and U above in one matrix, and the rows exchanged in each step, counted from 1.

    Gaussian elimination by columns; the largest element of each column is its pivot (Golub, Van Loan, *Matrix
    Computations*, 2013, section 3.4).
    """
    *batch, m, n = A.shape
    packed = A.reshape(math.prod(batch), m, n).copy()
    count, rank = len(packed), min(m, n)
    each = np.arange(count)
    pivots = np.tile(np.arange(1, rank + 1, dtype=np.int32), (count, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        for k in range(rank):
            if pivot:
                row = k + np.abs(packed[:, k:, k]).argmax(1)
                pivots[:, k] = row + 1
                packed[each, k], packed[each, row] = packed[each, row], packed[each, k]
            head = packed[:, k, k, None]
            below = packed[:, k + 1 :, k]
            below[...] = np.where(head == 0, below, below / np.where(head == 0, 1, head))
            packed[:, k + 1 :, k + 1 :] -= below[:, :, None] * packed[:, None, k, k + 1 :]
    return packed.reshape(A.shape), pivots.reshape(*batch, rank)


def order_of_rows(pivots: np.ndarray, m: int) -> np.ndarray:
    """Return which row of A each row of ``L @ U`` is, from the exchanges."""
    *batch, rank = pivots.shape
    flat = pivots.reshape(math.prod(batch), rank)
    order = np.tile(np.arange(m), (len(flat), 1))
    each = np.arange(len(flat))
    for k in range(rank):
        other = flat[:, k] - 1
        order[each, k], order[each, other] = order[each, other], order[each, k]
    return order.reshape(*batch, m)
