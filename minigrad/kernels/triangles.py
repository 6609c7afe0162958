"""Systems of equations with a triangular matrix: LAPACK's substitution is not in NumPy."""

from __future__ import annotations

import numpy as np

__all__ = ["solve_triangle"]

SMALL = 32  # rows: for fewer, NumPy's general solution is as quick


def solve_triangle(A: np.ndarray, B: np.ndarray, upper: bool) -> np.ndarray:
    """Return the X with ``A @ X = B``, computed in float64, as NumPy does; `A` is zero outside of its triangle.

    One half of the unknowns after the other, so that nearly all the work is in matrix products.
    """
    exact = np.asarray(_by_halves(A.astype(np.float64, copy=False), B.astype(np.float64, copy=False), upper))
    return exact.astype(A.dtype, copy=False)


def _by_halves(A: np.ndarray, B: np.ndarray, upper: bool) -> np.ndarray:
    n = A.shape[-1]
    if n <= SMALL:
        return np.linalg.solve(A, B)
    halves = slice(n // 2), slice(n // 2, n)
    first, second = reversed(halves) if upper else halves
    x1 = _by_halves(A[..., first, first], B[..., first, :], upper)
    x2 = _by_halves(A[..., second, second], B[..., second, :] - A[..., second, first] @ x1, upper)
    return np.concatenate([x2, x1] if upper else [x1, x2], axis=-2)
