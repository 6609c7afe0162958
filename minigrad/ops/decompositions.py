"""Matrices as products of simpler ones.

Gradients: J. Townsend, "Differentiating the singular value decomposition", 2016; S. Walter and L. Lehmann,
"Algorithmic differentiation of linear algebra functions", 2010. A function with several results computes them as one
array, so that a gradient can flow to each.
"""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple

import numpy as np

from minigrad import return_types
from minigrad.core.tensor import Tensor
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.diagonals import diag_embed, tril
from minigrad.ops.joining import cat
from minigrad.ops.linalg import matmul
from minigrad.ops.primitives.diagonal import diagonal
from minigrad.ops.selection import where
from minigrad.ops.shape import adjoint
from minigrad.ops.solving import check_matrix, numpy_errors, solve_triangle

__all__ = ["cholesky", "qr", "eigh", "eigvalsh", "svd", "svdvals", "pinv", "lstsq", "matrix_rank"]


class QR(NamedTuple):
    """The result of `qr`."""

    Q: Tensor
    R: Tensor


class Eigh(NamedTuple):
    """The result of `eigh`."""

    eigenvalues: Tensor
    eigenvectors: Tensor


class SVD(NamedTuple):
    """The result of `svd`."""

    U: Tensor
    S: Tensor
    Vh: Tensor


class LstSq(NamedTuple):
    """The result of `lstsq`."""

    solution: Tensor
    residuals: Tensor
    rank: Tensor
    singular_values: Tensor


def _cholesky_rule(g: Any, y: Any) -> Any:
    inner = tril(matmul(adjoint(y), g))
    inner = inner - diag_embed(diagonal(inner, 0, inner.ndim - 2, inner.ndim - 1)) / 2
    inverse = solve_triangle(y, np.eye(y.shape[-1], dtype=y.dtype), False)
    half = matmul(matmul(adjoint(inverse), inner), inverse)
    return (half + adjoint(half)) / 2


@operation(A=_cholesky_rule)
@numpy_errors
def _cholesky(A: Operand) -> Operand:
    return np.linalg.cholesky(A)


@rounded_once
def cholesky(A: Operand, *, upper: bool = False) -> Tensor:
    r"""Return the lower triangular L with ``A = L @ L.T``, or with `upper` the transposed one.

    Parameters
    ----------
    A : Tensor of shape (\*, n, n)
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


@method("cholesky", only=True)
def old_cholesky(input: Operand, upper: bool = False) -> Tensor:
    """Return `linalg.cholesky`, `upper` or not: PyTorch's old function."""
    return cholesky(input, upper=upper)


def _qr_rule(g: Any, y: Any, A_shape: tuple[int, ...]) -> Any:
    m = A_shape[-2]
    (q, r), (gq, gr) = ((t[..., :m, :], t[..., m:, :]) for t in (y, g))
    size = np.abs(np.einsum("...ii->...i", raw(r)))
    short = size.min(-1, initial=np.inf) <= m * np.finfo(size.dtype).eps * size.max(-1, initial=0)
    r = where(short[..., None, None], math.nan, r)  # columns that depend on others have no direction of their own
    inner = matmul(r, adjoint(gr)) - matmul(adjoint(gq), q)
    both = tril(inner) + adjoint(tril(inner, -1))
    return adjoint(solve_triangle(r, adjoint(gq + matmul(q, both)), True))


@operation(A=_qr_rule)
@numpy_errors
def _qr(A: Operand) -> Operand:
    """Return Q above R, of a matrix with no more columns than rows."""
    return np.concatenate(np.linalg.qr(A), axis=-2)


@operation("A")
@numpy_errors
def _only_r(A: Operand) -> Operand:
    return np.linalg.qr(A, mode="r")


@operation("A")
@numpy_errors
def _complete_qr(A: Operand, which: int) -> Operand:
    return np.asarray(np.linalg.qr(A, mode="complete")[which])


@method("qr", only=True)
def old_qr(A: Operand, some: bool = True) -> QR:
    """Return `linalg.qr`: complete, unless `some`."""
    return qr(A, "reduced" if some else "complete")


@rounded_once
def qr(A: Operand, mode: str = "reduced") -> QR:
    r"""Return Q with orthonormal columns and the upper triangular R, with ``A = Q @ R``.

    Parameters
    ----------
    A : Tensor of shape (\*, m, n)
    mode : {'reduced', 'complete', 'r'}
        Q with k columns; square, and R of the shape of `A`; or no Q, an empty tensor. k is the smaller of m and n.

    Returns
    -------
    named tuple (Q, R) of shapes (\*, m, k) and (\*, k, n)
        With "complete" there is a gradient where m <= n only, with "r" none.

    Raises
    ------
    ValueError
        If `mode` is another.

    Examples
    --------
    >>> Q, R = mg.linalg.qr(mg.tensor([[3.0, 1.0], [4.0, 1.0]]))
    >>> mg.allclose(Q @ R, mg.tensor([[3.0, 1.0], [4.0, 1.0]]), atol=1e-5)
    True
    """
    *_, m, n = check_matrix("qr", A)
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(f"linalg.qr: expected mode 'reduced', 'complete' or 'r', got {mode!r}")
    if mode == "r":
        return QR(Tensor._wrap(np.empty(0, raw(A).dtype)), _only_r(A))
    if mode == "complete" and m > n:
        return QR(_complete_qr(A, 0), _complete_qr(A, 1))
    both = _qr(A[..., : min(m, n)])
    q, r = both[..., :m, :], both[..., m:, :]
    return QR(q, r if m >= n else cat([r, matmul(adjoint(q), A[..., m:])], -1))


def raw(t: Any) -> np.ndarray:
    """Return the array of a Tensor."""
    return t._data if isinstance(t, Tensor) else np.asarray(t)


def _where_finite(A: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """Return the `parts` of the matrices, and nan for those that hold inf or nan, of which LAPACK may make anything."""
    return np.where(np.isfinite(A).all(axis=(-2, -1), keepdims=True), parts, np.nan).astype(A.dtype, copy=False)


def _over_gaps(x: Any, values: Any) -> Any:
    """``x[i, j] / (values[j] - values[i])``, and 0 on the diagonal.

    Equal values have no vectors of their own: any turn among these does as well. How a function of the vectors and
    values goes on from there cannot be told from its gradient for one choice of them, so that nan is the only answer.
    """
    v = raw(values)
    size = np.maximum(np.abs(v)[..., None, :], np.abs(v)[..., :, None])
    equal = np.abs(v[..., None, :] - v[..., :, None]) <= 8 * v.shape[-1] * np.finfo(v.dtype).eps * size
    diagonal = np.eye(v.shape[-1], dtype=bool)
    gaps = where(diagonal, 1.0, values[..., None, :] - values[..., :, None])
    return where(diagonal, 0.0, where(equal & (raw(x) != 0), math.nan, x / gaps))


def _eigh_rule(g: Any, y: Any) -> Any:
    (w, v), (gw, gv) = ((t[..., 0, :], t[..., 1:, :]) for t in (y, g))
    turn = matmul(adjoint(v), gv)
    inner = _over_gaps((turn - adjoint(turn)) / 2, w) + diag_embed(gw)
    return matmul(v, matmul(inner, adjoint(v)))


def _half(A: np.ndarray, UPLO: str) -> np.ndarray:
    """Return the triangle that is looked at."""
    return np.tril(A) if UPLO == "L" else np.triu(A)


@operation(A=_eigh_rule)
@numpy_errors
def _eigh(A: Operand, UPLO: Literal["L", "U"]) -> Operand:
    """Return the eigenvalues above the eigenvectors."""
    w, v = np.linalg.eigh(A, UPLO)
    return _where_finite(_half(A, UPLO), np.concatenate([w[..., None, :], v], axis=-2))


def _eigvalsh_rule(g: Any, A: Any, UPLO: Literal["L", "U"], known: np.ndarray | None) -> Any:
    both = _eigh(A, UPLO) if known is None or isinstance(g, Tensor) else known
    v = both[..., 1:, :]
    return matmul(v * g[..., None, :], adjoint(v))


@operation(A=_eigvalsh_rule)
@numpy_errors
def _eigvalsh(A: Operand, UPLO: Literal["L", "U"], known: np.ndarray | None = None) -> Operand:
    """Return the eigenvalues alone: their gradient exists where several are equal. `known`: from `_eigh`."""
    if known is not None:
        return known[..., 0, :].copy()
    values = np.linalg.eigvalsh(A, UPLO)
    return np.asarray(_where_finite(_half(A, UPLO), values[..., None])[..., 0])


def _triangle(A: Any, UPLO: str) -> Literal["L", "U"]:
    """Check which triangle to use."""
    check_matrix("eigh", A, square=True)
    if not isinstance(UPLO, str) or UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"linalg.eigh: expected UPLO 'L' or 'U', got {UPLO!r}")
    return "L" if UPLO.upper() == "L" else "U"


@rounded_once
def eigh(A: Operand, UPLO: str = "L") -> Eigh:
    r"""Return the eigenvalues of symmetric matrices, from small to large, and eigenvectors of length 1 as columns.

    Parameters
    ----------
    A : Tensor of shape (\*, n, n)
        Symmetric; only the lower triangle is looked at (with ``UPLO="U"`` the upper one). The gradient of vectors
        whose eigenvalues are equal is nan: these vectors are not determined.

    Examples
    --------
    >>> mg.linalg.eigh(mg.tensor([[2.0, 0.0], [0.0, 1.0]])).eigenvalues
    tensor([1., 2.])
    """
    triangle = _triangle(A, UPLO)
    both = _eigh(A, triangle)
    return Eigh(_eigvalsh(A, triangle, raw(both)), both[..., 1:, :])


@rounded_once
def eigvalsh(A: Operand, UPLO: str = "L") -> Tensor:
    """Return the eigenvalues of symmetric matrices, from small to large.

    Examples
    --------
    >>> mg.linalg.eigvalsh(mg.tensor([[2.0, 0.0], [0.0, 1.0]]))
    tensor([1., 2.])
    """
    return _eigvalsh(A, _triangle(A, UPLO))


def _svd_rule(g: Any, y: Any, A_shape: tuple[int, ...]) -> Any:
    """Differentiate `svd`: common turns of U and V need distinct values, opposite turns a sum that is not 0."""
    m = A_shape[-2]
    (u, s, v), (gu, gs, gv) = ((t[..., :m, :], t[..., m, :], t[..., m + 1 :, :]) for t in (y, g))
    turn_u, turn_v = matmul(adjoint(u), gu), matmul(adjoint(v), gv)
    skew_u, skew_v = turn_u - adjoint(turn_u), turn_v - adjoint(turn_v)
    diagonal = np.eye(s.shape[-1], dtype=bool)
    sums = where(diagonal, 1.0, s[..., None, :] + s[..., :, None])
    inner = (_over_gaps(skew_u + skew_v, s) + where(diagonal, 0.0, (skew_u - skew_v) / sums)) / 2
    slope = matmul(matmul(u, inner + diag_embed(gs)), adjoint(v))
    if A_shape[-2] > A_shape[-1]:  # out of the space of U
        slope = slope + matmul((gu - matmul(u, turn_u)) / s[..., None, :], adjoint(v))
    if A_shape[-2] < A_shape[-1]:
        slope = slope + matmul(u, adjoint((gv - matmul(v, turn_v)) / s[..., None, :]))
    return slope


@operation(A=_svd_rule)
@numpy_errors
def _svd(A: Operand) -> Operand:
    """Return U above S above V."""
    u, s, vh = np.linalg.svd(A, full_matrices=False)
    return _where_finite(A, np.concatenate([u, s[..., None, :], vh.swapaxes(-1, -2)], axis=-2))


def _svdvals_rule(g: Any, A: Any, A_shape: tuple[int, ...], known: np.ndarray | None) -> Any:
    m = A_shape[-2]
    packed = _svd(A) if known is None or isinstance(g, Tensor) else known
    return matmul(packed[..., :m, :] * g[..., None, :], adjoint(packed[..., m + 1 :, :]))


@operation(A=_svdvals_rule)
@numpy_errors
def _svdvals(A: Operand, known: np.ndarray | None = None) -> Operand:
    """Return the singular values alone: their gradient exists where some are equal. `known`: see `svd`."""
    return np.linalg.svd(A, compute_uv=False) if known is None else known[..., A.shape[-2], :].copy()


@operation("Q")
@numpy_errors
def _complement(Q: Operand) -> Operand:
    """Return orthonormal columns that make those of `Q` a basis: any will do, so that they have no gradient."""
    return np.linalg.qr(Q, "complete")[0][..., Q.shape[-1] :]


def _square(Q: Any) -> Any:
    return Q if Q.shape[-2] == Q.shape[-1] else cat([Q, _complement(Q)], -1)


@rounded_once
def svd(A: Operand, full_matrices: bool = True) -> SVD:
    r"""Return U and V with orthonormal columns, and S >= 0, from large to small: ``A = U @ diag(S) @ V.T``.

    Parameters
    ----------
    A : Tensor of shape (\*, m, n)
    full_matrices : bool, default True
        U and V square; the columns beyond those that S has elements have no gradient. Without, they are left out.

    Returns
    -------
    named tuple (U, S, Vh), Vh being the transpose of V
        The gradient of U and V is nan where singular values are equal: their vectors are not determined then. That of
        S alone exists, see `svdvals`.

    Examples
    --------
    >>> mg.linalg.svd(mg.tensor([[0.0, 3.0], [1.0, 0.0]])).S
    tensor([3., 1.])
    """
    *_, m, _ = check_matrix("svd", A)
    packed = _svd(A)
    u, s, v = packed[..., :m, :], _svdvals(A, raw(packed)), packed[..., m + 1 :, :]
    if full_matrices:
        u, v = _square(u), _square(v)
    return SVD(u, s, adjoint(v))


@method("svd", only=True)
def old_svd(input: Operand, some: bool = True, compute_uv: bool = True) -> return_types.svd:
    """Return U, S and V, not transposed, as PyTorch's old function does; without `compute_uv` zeros for U and V."""
    *_, m, n = check_matrix("svd", input)
    if not compute_uv:
        zero = [np.zeros((*input.shape[:-2], k, k), raw(input).dtype) for k in (m, n)]
        return return_types.svd(Tensor._wrap(zero[0]), svdvals(input), Tensor._wrap(zero[1]))
    u, s, vh = svd(input, full_matrices=not some)
    return return_types.svd(u, s, adjoint(vh))


@rounded_once
def svdvals(A: Operand) -> Tensor:
    """Return the singular values, from large to small.

    Examples
    --------
    >>> mg.linalg.svdvals(mg.tensor([[0.0, 3.0], [1.0, 0.0]]))
    tensor([3., 1.])
    """
    check_matrix("svdvals", A)
    return _svdvals(A)


# ---- made of these ---------------------------------------------------------------------------------------------------


def _threshold(A: Any, s: Any, atol: Any, rtol: Any) -> Any:
    """Return the singular value from which on it counts as none."""
    if rtol is None:
        least = max(A.shape[-2:]) * float(np.finfo(raw(s).dtype).eps)
        rtol = least if atol is None else np.where(np.asarray(atol) > 0, 0.0, least)
    return np.maximum(raw(s).max(-1, initial=0, keepdims=True) * rtol, 0.0 if atol is None else atol)


def _pinv_rule(g: Any, y: Any, A: Any) -> Any:
    """Differentiate at constant rank (Golub, Pereyra, 1973)."""
    back, ya = adjoint(y), adjoint(g)
    left = ya - matmul(A, matmul(y, ya))  # what is outside of the columns of A, and of its rows
    right = ya - matmul(matmul(ya, y), A)
    return matmul(matmul(left, y), back) + matmul(back, matmul(y, right)) - matmul(back, matmul(g, back))


@operation(A=_pinv_rule)
@numpy_errors
def _pinv(A: Operand, atol: float | None, rtol: float | None) -> Operand:
    u, s, vh = np.linalg.svd(A, full_matrices=False)
    counts = s > _threshold(A, s, atol, rtol)
    inverse = np.where(counts, 1 / np.where(counts, s, 1), 0)
    return np.matmul(vh.swapaxes(-1, -2) * inverse[..., None, :], u.swapaxes(-1, -2))


@method("pinverse", only=True)
@rounded_once
def pinv(A: Operand, rtol: Any = None, hermitian: bool = False, *, atol: Any = None) -> Tensor:
    """Return the pseudo-inverse (Moore, 1920; Penrose, 1955).

    Singular values up to `rtol` times the largest, or up to `atol`, count as none; both may be tensors, a number per
    matrix. With `hermitian` the lower triangle of symmetric matrices is looked at alone.

    Examples
    --------
    >>> mg.linalg.pinv(mg.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """
    check_matrix("pinv", A, square=hermitian)
    return _pinv(_symmetric(A) if hermitian else A, _limit(atol), _limit(rtol))


def _limit(given: Any) -> Any:
    """Return a threshold, or one per matrix as a column."""
    return None if given is None else raw(given)[..., None] if np.ndim(raw(given)) else float(raw(given))


def _symmetric(A: Any) -> Any:
    return tril(A) + adjoint(tril(A, -1))


def matrix_rank(A: Operand, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Tensor:
    """Return the number of singular values above `rtol` times the largest, and above `atol`, or `tol`, an older name.

    With `hermitian` the lower triangle of symmetric matrices is looked at alone.

    Examples
    --------
    >>> mg.linalg.matrix_rank(mg.ones(3, 3))
    tensor(1)
    """
    if hermitian:
        check_matrix("matrix_rank", A, square=True)
    s = svdvals(_symmetric(A) if hermitian else A)
    return (s > _threshold(A, s, _limit(atol if tol is None else tol), _limit(rtol))).sum(-1)


@rounded_once
def lstsq(A: Operand, B: Operand, rcond: float | None = None, *, driver: str | None = None) -> LstSq:
    r"""Return the X of least squares of ``A @ X - B``, and among several the smallest.

    Parameters
    ----------
    A : Tensor of shape (\*, m, n)
    B : Tensor of shape (\*, m, k), or (\*, m) where `A` has the batch dimensions (\*)
    rcond : float, optional
        Singular values up to this part of the largest count as none.
    driver : {'gelsy', 'gels', 'gelsd', 'gelss'}, optional
        Which routine PyTorch would take; the result here is that of the smallest X in any case.

    Returns
    -------
    named tuple (solution, residuals, rank, singular_values)
        The sums of squares that are left, for a matrix of full rank that has more rows than columns and another driver
        than 'gelsy', the default; else nothing.

    Raises
    ------
    RuntimeError
        If the shape of `B` does not match.

    Examples
    --------
    >>> mg.linalg.lstsq(mg.tensor([[1.0], [1.0]]), mg.tensor([[1.0], [3.0]])).solution
    tensor([[2.0000]])
    """
    *_, m, n = check_matrix("lstsq", A)
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError(f"linalg.lstsq: expected driver 'gels', 'gelsy', 'gelsd' or 'gelss', got {driver!r}")
    if tuple(B.shape) == tuple(A.shape[:-1]) and len(A.shape) == len(B.shape) + 1:
        found = lstsq(A, B.reshape(*B.shape, 1), rcond, driver=driver)
        return LstSq(found.solution.squeeze(-1), *found[1:])
    if len(B.shape) < 2 or B.shape[-2] != m:
        raise RuntimeError(f"linalg.lstsq: expected B of shape (*, {m}, k), got {tuple(B.shape)}")
    if raw(A).dtype != raw(B).dtype:
        raise RuntimeError(f"linalg.lstsq: expected operands of one dtype, got {A.dtype} and {B.dtype}")
    solution, rank = matmul(pinv(A, rcond), B), matrix_rank(A, rtol=rcond)
    left = matmul(A, solution) - B
    full = m > n and bool((rank == n).all()) and driver not in (None, "gelsy")
    nothing = Tensor._wrap(np.empty(0, raw(A).dtype))
    values = svdvals(A) if driver in ("gelsd", "gelss") else nothing
    ranks = rank if driver != "gels" else Tensor._wrap(np.empty(0, np.int64))
    return LstSq(solution, (left * left).sum(-2) if full else nothing, ranks, values)
