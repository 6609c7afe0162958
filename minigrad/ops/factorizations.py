"""Factorizations for solving many systems: LU, and orthogonal matrices as products of reflections."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.kernels import lu as kernel
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.decompositions import raw
from minigrad.ops.diagonals import tril, triu
from minigrad.ops.gathering import take_along_dim
from minigrad.ops.joining import cat
from minigrad.ops.linalg import matmul
from minigrad.ops.primitives.summation import expand
from minigrad.ops.shape import adjoint
from minigrad.ops.solving import LinAlgError, check_matrix, numpy_errors, solve_triangular

__all__ = [
    "geqrf", "householder_product", "lu", "lu_factor", "lu_factor_ex", "lu_solve", "lu_unpack", "ormqr",
]  # fmt: skip


class LU(NamedTuple):
    """The result of `linalg.lu`."""

    P: Tensor
    L: Tensor
    U: Tensor


class LUFactor(NamedTuple):
    """The result of `linalg.lu_factor`."""

    LU: Tensor
    pivots: Tensor


class LUFactorEx(NamedTuple):
    """The result of `linalg.lu_factor_ex`."""

    LU: Tensor
    pivots: Tensor
    info: Tensor


class GEQRF(NamedTuple):
    """The result of `geqrf`."""

    a: Tensor
    tau: Tensor


# ---- LU --------------------------------------------------------------------------------------------------------------


def _permuted(A: Any, order: np.ndarray, back: bool) -> Any:
    """Return the rows of `A` in this order, or put back from it."""
    rows = np.argsort(order, axis=-1) if back else order
    shape = np.broadcast_shapes(rows.shape[:-1], tuple(A.shape[:-2]))
    rows = np.broadcast_to(rows[..., None], (*shape, rows.shape[-1], A.shape[-1]))
    return take_along_dim(expand(A, (*shape, *A.shape[-2:])), rows, -2)


def _halves(packed: Any) -> tuple[Any, Any]:
    """Return L, with ones on its diagonal, and U."""
    *_, m, n = packed.shape
    k = min(m, n)
    L = tril(packed[..., :k], -1) + np.eye(m, k, dtype=raw(packed).dtype)
    return L, triu(packed[..., :k, :])


def _lu_rule(g: Any, y: Any, order: np.ndarray) -> Any:
    """Differentiate the packed factors: with k = min(m, n), the first k rows and columns are a square problem."""
    *_, m, n = y.shape
    k = min(m, n)
    L, U = _halves(y)
    gL, gU = tril(g[..., :k], -1), triu(g[..., :k, :])
    L1, U1 = L[..., :k, :], U[..., :, :k]
    low, high = matmul(adjoint(L1), gL[..., :k, :]), matmul(gU[..., :, :k], adjoint(U1))
    if n > k:
        low = low - matmul(gU[..., :, k:], adjoint(U[..., :, k:]))
    if m > k:
        high = high - matmul(adjoint(L[..., k:, :]), gL[..., k:, :])
    inner = solve_triangular(adjoint(L1), tril(low, -1) + triu(high), upper=True, unitriangular=True)
    slope = adjoint(solve_triangular(U1, adjoint(inner), upper=True))
    if n > k:
        right = solve_triangular(adjoint(L1), gU[..., :, k:], upper=True, unitriangular=True)
        slope = cat([slope, right], -1)
    if m > k:
        slope = cat([slope, adjoint(solve_triangular(U1, adjoint(gL[..., k:, :]), upper=True))], -2)
    return _permuted(slope, order, back=True)


@operation(A=_lu_rule)
def _packed_lu(A: Operand, packed: np.ndarray, order: np.ndarray) -> Operand:
    return packed.copy()


def _factored(name: str, A: Any, pivot: bool) -> tuple[Any, np.ndarray, np.ndarray]:
    """Return the packed factors, the exchanges, and the order of the rows."""
    m = check_matrix(name, A)[-2]
    packed, pivots = kernel.lu(raw(A), pivot)
    order = kernel.order_of_rows(pivots, m)
    return _packed_lu(A, packed, order), pivots, order


@rounded_once
def lu_factor_ex(A: Operand, *, pivot: bool = True, check_errors: bool = False) -> LUFactorEx:
    r"""Return the factors of ``A = P @ L @ U`` in one matrix, the exchanges of rows, and where a pivot is 0.

    Parameters
    ----------
    A : Tensor of shape (\*, m, n)
    pivot : bool, default True
        Exchange rows; without, small pivots make the result inexact.
    check_errors : bool, default False
        Raise if a pivot is 0.

    Returns
    -------
    named tuple (LU, pivots, info)
        pivots are int32, counted from 1; info is 0, or which pivot is 0.

    Raises
    ------
    LinAlgError
        If a pivot is 0, and `check_errors`.

    Examples
    --------
    >>> mg.linalg.lu_factor_ex(mg.tensor([[1.0, 2.0], [4.0, 4.0]])).LU
    tensor([[4.0000, 4.0000],
            [0.2500, 1.0000]])
    """
    packed, pivots, _ = _factored("lu_factor", A, pivot)
    zero = np.diagonal(raw(packed), axis1=-2, axis2=-1) == 0
    info = np.where(zero.any(-1), zero.argmax(-1) + 1 if zero.shape[-1] else 0, 0).astype(np.int32)
    if check_errors and info.any():
        raise LinAlgError(
            f"linalg.lu_factor: pivot {info.max()} is 0: the matrix of shape {tuple(A.shape)} is singular"
        )
    return LUFactorEx(packed, Tensor._wrap(pivots), Tensor._wrap(np.asarray(info)))


def lu_factor(A: Operand, *, pivot: bool = True) -> LUFactor:
    """Return the factors of ``A = P @ L @ U`` in one matrix, and the exchanges of rows, for `lu_solve`.

    Examples
    --------
    >>> mg.linalg.lu_factor(mg.tensor([[1.0, 2.0], [4.0, 4.0]])).pivots
    tensor([2, 2], dtype=int32)
    """
    return LUFactor(*lu_factor_ex(A, pivot=pivot)[:2])


def _permutation(order: np.ndarray, dtype: Any) -> Tensor:
    """Return P, whose product with ``L @ U`` has the rows of A."""
    return Tensor._wrap(np.eye(order.shape[-1], dtype=dtype)[order].swapaxes(-1, -2).copy())


@rounded_once
def lu(A: Operand, *, pivot: bool = True) -> LU:
    r"""Return the permutation P, and L and U with ``A = P @ L @ U``; P has no elements without `pivot`.

    Parameters
    ----------
    A : Tensor of shape (\*, m, n)

    Examples
    --------
    >>> P, L, U = mg.linalg.lu(mg.tensor([[1.0, 2.0], [4.0, 4.0]]))
    >>> P @ L @ U
    tensor([[1., 2.],
            [4., 4.]])
    """
    packed, _, order = _factored("lu", A, pivot)
    dtype = raw(packed).dtype
    return LU(_permutation(order, dtype) if pivot else Tensor._wrap(np.empty(0, dtype)), *_halves(packed))


@rounded_once
def lu_unpack(LU_data: Operand, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True) -> LU:
    """Return P, L and U out of what `lu_factor` gives; empty tensors for what is not unpacked.

    Raises
    ------
    RuntimeError
        If the pivots are not int32.

    Examples
    --------
    >>> mg.lu_unpack(*mg.linalg.lu_factor(mg.tensor([[1.0, 2.0], [4.0, 4.0]]))).P
    tensor([[0., 1.],
            [1., 0.]])
    """
    dtype = raw(LU_data).dtype
    if unpack_pivots and raw(LU_pivots).dtype != np.int32:
        raise RuntimeError(f"lu_unpack: expected pivots of int32, as lu_factor gives them, got {LU_pivots.dtype}")
    nothing = Tensor._wrap(np.empty(0, dtype))
    P = _permutation(kernel.order_of_rows(raw(LU_pivots), LU_data.shape[-2]), dtype) if unpack_pivots else nothing
    L, U = _halves(LU_data) if unpack_data else (nothing, nothing)
    return LU(P, L, U)


@rounded_once
def lu_solve(LU: Operand, pivots: Tensor, B: Operand, *, left: bool = True, adjoint: bool = False) -> Tensor:
    r"""Return the X with ``A @ X = B``, given what `lu_factor` made of A; ``X @ A = B`` if `left` is False.

    Parameters
    ----------
    LU, pivots : from `lu_factor`
    B : Tensor of shape (\*, n, k)
    adjoint : bool, default False
        Solve with the transpose of A.

    Raises
    ------
    RuntimeError
        If the shapes do not match.

    Examples
    --------
    >>> mg.linalg.lu_solve(*mg.linalg.lu_factor(mg.tensor([[0.0, 2.0], [4.0, 0.0]])), mg.tensor([[2.0], [4.0]]))
    tensor([[1.],
            [1.]])
    """
    n = check_matrix("lu_solve", LU, square=True)[-1]
    if len(B.shape) < 2 or B.shape[-2 if left else -1] != n:
        raise RuntimeError(f"linalg.lu_solve: expected B with {n} rows, as LU has, got shape {tuple(B.shape)}")
    if raw(pivots).dtype != np.int32 or tuple(pivots.shape) != tuple(LU.shape[:-1]):
        raise RuntimeError(
            f"linalg.lu_solve: expected int32 pivots of shape {tuple(LU.shape[:-1])}, got {pivots.dtype}"
        )
    if raw(B).dtype != raw(LU).dtype:
        raise RuntimeError(f"linalg.lu_solve: expected operands of one dtype, got {LU.dtype} and {B.dtype}")
    if not left:
        return flipped(lu_solve(LU, pivots, flipped(B), adjoint=not adjoint))
    L, U = _halves(LU)
    order = kernel.order_of_rows(raw(pivots), n)
    if adjoint:
        half = solve_triangular(flipped(U), B, upper=False)
        return _permuted(solve_triangular(flipped(L), half, upper=True, unitriangular=True), order, back=True)
    half = solve_triangular(L, _permuted(B, order, back=False), upper=False, unitriangular=True)
    return solve_triangular(U, half, upper=True)


flipped = adjoint  # `lu_solve` has a parameter of that name


@method("lu", only=True)
def old_lu(A: Operand, pivot: bool = True, get_infos: bool = False) -> tuple[Tensor, ...]:
    """Return `linalg.lu_factor`, with `get_infos` also where a pivot is 0: PyTorch's old name."""
    found = lu_factor_ex(A, pivot=pivot)
    return tuple(found) if get_infos else tuple(found[:2])


@method("lu_solve", only=True)
def old_lu_solve(b: Operand, LU_data: Operand, LU_pivots: Tensor) -> Tensor:
    """Return ``linalg.lu_solve(LU_data, LU_pivots, b)``: PyTorch's old order."""
    return lu_solve(LU_data, LU_pivots, b)


# ---- products of reflections -----------------------------------------------------------------------------------------


@operation("A")
@numpy_errors
def _raw_qr(A: Operand) -> Operand:
    h, tau = np.linalg.qr(A, mode="raw")
    padded = np.zeros((*h.shape[:-2], h.shape[-1] + 1, h.shape[-2]), A.dtype)
    padded[..., :-1, :] = h.swapaxes(-1, -2)
    padded[..., -1, : tau.shape[-1]] = tau
    return padded


@method()
@rounded_once
def geqrf(input: Operand) -> GEQRF:
    r"""Return R above the diagonal and the vectors of reflections below it, and their factors: LAPACK's ``geqrf``.

    Parameters
    ----------
    input : Tensor of shape (\*, m, n)

    Examples
    --------
    >>> a, tau = mg.geqrf(mg.tensor([[3.0], [4.0]]))
    >>> a[0, 0].abs()
    tensor(5.)
    """
    *_, m, n = check_matrix("geqrf", input)
    both = _raw_qr(input)
    return GEQRF(both[..., :m, :], both[..., m, : min(m, n)])


def _reflections(A: Any, tau: Any) -> list[tuple[Any, Any]]:
    """Return the vector, as a column, and the factor of each reflection."""
    *_, m, _ = A.shape
    vectors = tril(A, -1) + np.eye(m, A.shape[-1], dtype=raw(A).dtype)
    return [(vectors[..., :, i : i + 1], tau[..., i, None, None]) for i in range(tau.shape[-1])]


def _check_reflections(name: str, A: Any, tau: Any) -> None:
    *batch, m, n = check_matrix(name, A)
    if tuple(tau.shape[:-1]) != tuple(batch) or tau.shape[-1] > n:
        raise RuntimeError(f"{name}: expected tau of shape (*, k), k up to {n}, for A of shape {tuple(A.shape)}")
    if m < n:
        raise RuntimeError(f"{name}: expected at least as many rows as columns, got shape {tuple(A.shape)}")
    if raw(tau).dtype != raw(A).dtype:
        raise RuntimeError(f"{name}: expected tau of {A.dtype}, as A, got {tau.dtype}")


@rounded_once
def householder_product(A: Operand, tau: Operand) -> Tensor:
    r"""Return the first n columns of the product of the reflections ``1 - tau[i] v v.T``, v being below column i.

    Parameters
    ----------
    A : Tensor of shape (\*, m, n), m >= n
        As `geqrf` gives it: v has 1 on the diagonal, and what stands above it counts as 0.
    tau : Tensor of shape (\*, k)

    Raises
    ------
    RuntimeError
        If the shapes do not match.

    Examples
    --------
    >>> Q = mg.linalg.householder_product(*mg.geqrf(mg.tensor([[3.0], [4.0]])))
    >>> (Q * Q).sum()
    tensor(1.)
    """
    _check_reflections("householder_product", A, tau)
    *_, m, n = A.shape
    Q: Any = np.broadcast_to(np.eye(m, n, dtype=raw(A).dtype), tuple(A.shape))
    for vector, factor in reversed(_reflections(A, tau)):
        Q = Q - factor * matmul(vector, matmul(adjoint(vector), Q))
    return Q if tau.shape[-1] or not isinstance(A, Tensor) else Q + A * 0


method("orgqr", only=True)(householder_product)


@method()
@rounded_once
def ormqr(input: Operand, tau: Operand, other: Operand, left: bool = True, transpose: bool = False) -> Tensor:
    """Return the product of the reflections that `geqrf` gives with `other`; from the right if `left` is False.

    Raises
    ------
    RuntimeError
        If the shapes do not match.

    Examples
    --------
    >>> x = mg.tensor([[3.0], [4.0]])
    >>> mg.ormqr(*mg.geqrf(x), x, transpose=True).abs().round()
    tensor([[5.],
            [0.]])
    """
    m = check_matrix("ormqr", input)[-2]
    if len(other.shape) < 2 or other.shape[-2 if left else -1] != m:
        raise RuntimeError(f"ormqr: expected other with {m} rows (columns from the right), got {tuple(other.shape)}")
    if tau.shape[-1] > input.shape[-1] or tuple(tau.shape[:-1]) != tuple(input.shape[:-2]):
        raise RuntimeError(f"ormqr: tau of shape {tuple(tau.shape)} does not match {tuple(input.shape)}")
    if not left:
        return adjoint(ormqr(input, tau, adjoint(other), transpose=not transpose))
    steps = _reflections(input, tau)
    for vector, factor in steps if transpose else reversed(steps):
        other = other - factor * matmul(vector, matmul(adjoint(vector), other))
    return other
