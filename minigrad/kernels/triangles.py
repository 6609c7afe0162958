"""Systems of equations with a triangular matrix: LAPACK's substitution is not in NumPy."""

from __future__ import annotations

import numpy as np

__all__ = ["solve_triangle"]

SMALL = 32  # rows of a block on the diagonal, which is inverted; for fewer, NumPy's general solution is as quick


def solve_triangle(A: np.ndarray, B: np.ndarray, upper: bool) -> np.ndarray:
    """Return the X with ``A @ X = B``, computed in float64, as NumPy does; `A` is zero outside of its triangle.

    One half of the unknowns after the other, so that nearly all the work is in matrix products. Where the diagonal has
    zeros, unknowns are inf or nan.
    """
    exact, n = A.astype(np.float64, copy=False), A.shape[-1]
    if not np.diagonal(A, 0, -2, -1).all():
        return _row_by_row(exact, B, upper).astype(A.dtype, copy=False)
    if n <= SMALL:
        return np.linalg.solve(exact, B.astype(np.float64, copy=False)).astype(A.dtype, copy=False)
    X = np.empty((*np.broadcast_shapes(A.shape[:-2], B.shape[:-2]), n, B.shape[-1]))
    X[...] = B
    _by_halves(exact, X, np.linalg.inv(_diagonal_blocks(exact)), upper)
    return X.astype(A.dtype, copy=False)


def _row_by_row(A: np.ndarray, B: np.ndarray, upper: bool) -> np.ndarray:
    """Return the solution where there may be none: one unknown after the other, which divides by the diagonal."""
    n = A.shape[-1]
    X = np.empty((*np.broadcast_shapes(A.shape[:-2], B.shape[:-2]), n, B.shape[-1]))
    X[...] = B
    with np.errstate(divide="ignore", invalid="ignore"):
        for i in reversed(range(n)) if upper else range(n):
            X[..., i, :] /= A[..., i, i, None]
            rest = slice(i) if upper else slice(i + 1, n)
            X[..., rest, :] -= A[..., rest, i, None] * X[..., i, None, :]
    return X


def _diagonal_blocks(A: np.ndarray) -> np.ndarray:
    """Return the blocks on the diagonal, (*, number, SMALL, SMALL), the last one filled up with ones there."""
    n = A.shape[-1]
    blocks = np.broadcast_to(np.eye(SMALL), (*A.shape[:-2], -(-n // SMALL), SMALL, SMALL)).copy()
    for number, start in enumerate(range(0, n, SMALL)):
        block = A[..., start : start + SMALL, start : start + SMALL]
        blocks[..., number, : block.shape[-1], : block.shape[-1]] = block
    return blocks


def _by_halves(A: np.ndarray, X: np.ndarray, inverses: np.ndarray, upper: bool) -> None:
    """Replace `X`, the right sides, by the solutions, given the inverses of the blocks on the diagonal."""
    count, n = inverses.shape[-3], A.shape[-1]
    if count == 1:
        X[...] = inverses[..., 0, :n, :n] @ X
        return
    cut = count // 2
    parts = (slice(cut * SMALL), slice(cut)), (slice(cut * SMALL, n), slice(cut, count))
    (first, low), (second, high) = reversed(parts) if upper else parts
    _by_halves(A[..., first, first], X[..., first, :], inverses[..., low, :, :], upper)
    X[..., second, :] -= A[..., second, first] @ X[..., first, :]
    _by_halves(A[..., second, second], X[..., second, :], inverses[..., high, :, :], upper)
