"""Sums over one dimension with the weights of a matrix that is mostly zeros: images made larger or smaller."""

from __future__ import annotations

import math

import numpy as np

from minigrad.kernels.products import matmul
from minigrad.kernels.taking import memory_order

__all__ = ["mix"]


def mix(x: np.ndarray, matrix: np.ndarray, dim: int) -> np.ndarray:
    """Return ``sum over i of x[..., i, ...] * matrix[i, j]``, with j in the place of i.

    A product with a matrix is quicker than taking the few elements that count, as long as it is small. What is not
    finite would reach all elements by zeros: then only those that count are taken.
    """
    order = memory_order(x)
    lying, axis = x.transpose(order), order.index(dim)
    lead, trail = lying.shape[:axis], lying.shape[axis + 1 :]
    rows = lying.reshape(math.prod(lead), len(matrix), math.prod(trail))
    if not np.isfinite(x).all():
        y = np.zeros((len(rows), matrix.shape[1], rows.shape[2]), x.dtype)
        for i, j in zip(*np.nonzero(matrix), strict=True):
            y[:, j] += rows[:, i] * matrix[i, j]
    elif trail:
        y = matmul(np.ascontiguousarray(matrix.T), rows)
    else:
        y = matmul(rows[..., 0], matrix)
    return y.reshape(*lead, matrix.shape[1], *trail).transpose(np.argsort(order))
