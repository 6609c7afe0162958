"""Matrices as products of simpler ones.

Gradients: J. Townsend, "Differentiating the singular value decomposition", 2016; S. Walter and L. Lehmann,
"Algorithmic differentiation of linear algebra functions", 2010. A function with several results computes them as one
array, so that a gradient can flow to each.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigrad.autograd.method import method
from minigrad.autograd.operation import Operand, operation
from minigrad.ops.diagonals import _diagonal, diag_embed, tril
from minigrad.ops.joining import cat
from minigrad.ops.linalg import matmul
from minigrad.ops.selection import where
from minigrad.ops.shape import adjoint
from minigrad.ops.solving import _solve, check_matrix, numpy_errors

__all__ = ["cholesky", "qr", "eigh", "eigvalsh", "svd", "svdvals", "pinv", "lstsq", "matrix_rank"]


class QR(NamedTuple):
    """What `qr` returns."""

    Q: Any
    R: Any


class Eigh(NamedTuple):
    """What `eigh` returns."""

    eigenvalues: Any
    eigenvectors: Any


class SVD(NamedTuple):
    """What `svd` returns."""

    U: Any
    S: Any
    Vh: Any


class LstSq(NamedTuple):
    """What `lstsq` returns."""

    solution: Any
    residuals: Any
    rank: Any
    singular_values: Any


def _cholesky_rule(g: Any, y: Any) -> Any:
    inner = tril(matmul(adjoint(y), g))
    inner = inner - diag_embed(_diagonal(inner, 0, inner.ndim - 2, inner.ndim - 1)) / 2
    back = adjoint(y)
    half = _solve(back, adjoint(_solve(back, inner)))
    return (half + adjoint(half)) / 2


@operation(A=_cholesky_rule)
@numpy_errors
def _cholesky(A: Operand) -> Operand:
    return np.linalg.cholesky(A)


@method()
def cholesky(A: Operand, *, upper: bool = False) -> Any:
    """The lower triangular L with ``A = L @ L.T``, or with `upper` the transposed one.

    Parameters
    ----------
    A : Tensor of shape (\\*, n, n)
        Symmetric and positive definite; only the lower triangle is looked at.

    Raises
    ------
    LinAlgError
        If `A` is not positive definite.

    Examples
    --------
    >>> mg.linalg.cholesky(mg.tensor([[4.0, 2.0], [2.0, 2.0]]))
    tensor([[2., 0.],
            [1., 1.]])
    """
    check_matrix("cholesky", A, square=True)
    L = _cholesky(A)
    return adjoint(L) if upper else L


def _qr_rule(g: Any, y: Any, A_shape: tuple[int, ...]) -> Any:
    m = A_shape[-2]
    (q, r), (gq, gr) = ((t[..., :m, :], t[..., m:, :]) for t in (y, g))
    inner = matmul(r, adjoint(gr)) - matmul(adjoint(gq), q)
    both = tril(inner) + adjoint(tril(inner, -1))
    return adjoint(_solve(r, adjoint(gq + matmul(q, both))))


@operation(A=_qr_rule)
@numpy_errors
def _qr(A: Operand) -> Operand:
    """Q above R, of a matrix with no more columns than rows."""
    return np.concatenate(np.linalg.qr(A), axis=-2)


def qr(A: Operand, mode: str = "reduced") -> QR:
    """Q with orthonormal columns and the upper triangular R, with ``A = Q @ R``.

    Parameters
    ----------
    A : Tensor of shape (\\*, m, n)
    mode : {'reduced'}

    Returns
    -------
    named tuple (Q, R) of shapes (\\*, m, k) and (\\*, k, n), k being the smaller of m and n

    Examples
    --------
    >>> Q, R = mg.linalg.qr(mg.tensor([[3.0, 1.0], [4.0, 1.0]]))
    >>> mg.allclose(Q @ R, mg.tensor([[3.0, 1.0], [4.0, 1.0]]), atol=1e-5)
    True
    """
    *_, m, n = check_matrix("qr", A)
    if mode != "reduced":
        raise ValueError(f"linalg.qr: expected mode 'reduced', got {mode!r}; others are not supported")
    both = _qr(A[..., : min(m, n)])
    q, r = both[..., :m, :], both[..., m:, :]
    return QR(q, r if m >= n else cat([r, matmul(adjoint(q), A[..., m:])], -1))


def _one_over(gap: Any) -> Any:
    """1 / gap, and 0 where there is none: equal values have no vectors of their own."""
    same = gap == 0
    return where(same, 0.0, 1 / where(same, 1.0, gap))


def _eigh_rule(g: Any, y: Any) -> Any:
    (w, v), (gw, gv) = ((t[..., 0, :], t[..., 1:, :]) for t in (y, g))
    inner = _one_over(w[..., None, :] - w[..., :, None]) * matmul(adjoint(v), gv) + diag_embed(gw)
    return matmul(v, matmul(inner, adjoint(v)))


@operation(A=_eigh_rule)
@numpy_errors
def _eigh(A: Operand, UPLO: str) -> Operand:
    """The eigenvalues above the eigenvectors."""
    w, v = np.linalg.eigh(A, "L" if UPLO == "L" else "U")
    return np.concatenate([w[..., None, :], v], axis=-2)


def eigh(A: Operand, UPLO: str = "L") -> Eigh:
    """The eigenvalues of symmetric matrices, from small to large, and eigenvectors of length 1 as columns.

    Parameters
    ----------
    A : Tensor of shape (\\*, n, n)
        Symmetric; only the lower triangle is looked at (with ``UPLO="U"`` the upper one).

    Examples
    --------
    >>> mg.linalg.eigh(mg.tensor([[2.0, 0.0], [0.0, 1.0]])).eigenvalues
    tensor([1., 2.])
    """
    check_matrix("eigh", A, square=True)
    if UPLO not in ("L", "U"):
        raise RuntimeError(f"linalg.eigh: expected UPLO 'L' or 'U', got {UPLO!r}")
    both = _eigh(A, UPLO)
    return Eigh(both[..., 0, :], both[..., 1:, :])


def eigvalsh(A: Operand, UPLO: str = "L") -> Any:
    """The eigenvalues of symmetric matrices, from small to large.

    Examples
    --------
    >>> mg.linalg.eigvalsh(mg.tensor([[2.0, 0.0], [0.0, 1.0]]))
    tensor([1., 2.])
    """
    return eigh(A, UPLO).eigenvalues


def _svd_rule(g: Any, y: Any, A_shape: tuple[int, ...]) -> Any:
    m = A_shape[-2]
    (u, s, v), (gu, gs, gv) = ((t[..., :m, :], t[..., m, :], t[..., m + 1 :, :]) for t in (y, g))
    square = s * s
    gaps = _one_over(square[..., None, :] - square[..., :, None])
    across, inverse = s[..., None, :], _one_over(s)[..., None, :]
    turn_u, turn_v = matmul(adjoint(u), gu), matmul(adjoint(v), gv)
    inner = gaps * (turn_u - adjoint(turn_u)) * across + adjoint(across) * (gaps * (turn_v - adjoint(turn_v)))
    outside_u = (gu - matmul(u, turn_u)) * inverse
    outside_v = (gv - matmul(v, turn_v)) * inverse
    return matmul(matmul(u, inner + diag_embed(gs)) + outside_u, adjoint(v)) + matmul(u, adjoint(outside_v))


@operation(A=_svd_rule)
@numpy_errors
def _svd(A: Operand) -> Operand:
    """U above S above V."""
    u, s, vh = np.linalg.svd(A, full_matrices=False)
    return np.concatenate([u, s[..., None, :], vh.swapaxes(-1, -2)], axis=-2)


@operation("A")
@numpy_errors
def _full_svd(A: Operand, which: int) -> Operand:
    return np.linalg.svd(A)[which]


def svd(A: Operand, full_matrices: bool = True) -> SVD:
    """U and V with orthonormal columns, and S not negative, from large to small: ``A = U @ diag(S) @ V.T``.

    Parameters
    ----------
    A : Tensor of shape (\\*, m, n)
    full_matrices : bool, default True
        U and V square. They have no gradient then; without, U and V have as many columns as S has elements.

    Returns
    -------
    named tuple (U, S, Vh), Vh being the transpose of V

    Examples
    --------
    >>> mg.linalg.svd(mg.tensor([[0.0, 3.0], [1.0, 0.0]])).S
    tensor([3., 1.])
    """
    *_, m, n = check_matrix("svd", A)
    packed = _svd(A)
    u, s, v = packed[..., :m, :], packed[..., m, :], packed[..., m + 1 :, :]
    return SVD(_full_svd(A, 0), s, _full_svd(A, 2)) if full_matrices and m != n else SVD(u, s, adjoint(v))


def svdvals(A: Operand) -> Any:
    """The singular values, from large to small.

    Examples
    --------
    >>> mg.linalg.svdvals(mg.tensor([[0.0, 3.0], [1.0, 0.0]]))
    tensor([3., 1.])
    """
    return svd(A, full_matrices=False).S


# ---- made of these ---------------------------------------------------------------------------------------------------


def _threshold(A: Any, s: Any, rtol: float | None) -> Any:
    """The singular value from which on it counts as none."""
    rtol = max(A.shape[-2:]) * float(np.finfo(A.dtype).eps) if rtol is None else rtol
    return s[..., :1] * rtol


def pinv(A: Operand, rtol: float | None = None) -> Any:
    """The pseudo-inverse (Moore, 1920; Penrose, 1955), singular values below `rtol` times the largest being none.

    Examples
    --------
    >>> mg.linalg.pinv(mg.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """
    u, s, vh = svd(A, full_matrices=False)
    counts = s > _threshold(A, s, rtol)
    inverse = where(counts, 1 / where(counts, s, 1.0), 0.0)
    return matmul(adjoint(vh) * inverse[..., None, :], adjoint(u))


def matrix_rank(A: Operand, *, rtol: float | None = None) -> Any:
    """The number of singular values above `rtol` times the largest.

    Examples
    --------
    >>> mg.linalg.matrix_rank(mg.ones(3, 3))
    tensor(1)
    """
    s = svdvals(A)
    return (s > _threshold(A, s, rtol)).sum(-1)


def lstsq(A: Operand, B: Operand) -> LstSq:
    """The X of least squares of ``A @ X - B``, and among several the smallest.

    Parameters
    ----------
    A : Tensor of shape (\\*, m, n)
    B : Tensor of shape (\\*, m, k)

    Returns
    -------
    named tuple (solution, residuals, rank, singular_values)
        The sums of squares that are left, for a matrix of full rank that has more rows than columns, else nothing.

    Examples
    --------
    >>> mg.linalg.lstsq(mg.tensor([[1.0], [1.0]]), mg.tensor([[1.0], [3.0]])).solution
    tensor([[2.0000]])
    """
    *_, m, n = check_matrix("lstsq", A)
    if len(B.shape) < 2 or B.shape[-2] != m:
        raise RuntimeError(f"linalg.lstsq: expected B of shape (*, {m}, k), got {tuple(B.shape)}")
    solution, rank = matmul(pinv(A), B), matrix_rank(A)
    left = matmul(A, solution) - B
    full = m > n and bool((rank == n).all())
    return LstSq(solution, (left * left).sum(-2) if full else left.reshape(-1)[:0], rank, left.reshape(-1)[:0])
