"""Systems of equations, inverses, determinants, powers of matrices.

Gradients: M. Giles, "An extended collection of matrix derivative results", 2008.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.as_array import constant
from minigrad.core.tensor import Tensor
from minigrad.graph.grad_mode import mode
from minigrad.kernels import determinants as kernel
from minigrad.kernels import triangles
from minigrad.kernels.blas import hold_blas
from minigrad.kernels.errstate import silent
from minigrad.ops.casting import clone
from minigrad.ops.declare.declaration import shared_rule
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.diagonals import tril, triu
from minigrad.ops.linalg import matmul
from minigrad.ops.primitives.casting import zeros_as
from minigrad.ops.primitives.diagonal import diagonal
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.primitives.summation import sum_over, sum_to
from minigrad.ops.selection import where
from minigrad.ops.shape import adjoint

__all__ = ["solve", "solve_triangular", "cholesky_solve", "inv", "det", "slogdet", "logdet", "matrix_power"]


class SlogDet(NamedTuple):
    """The result of `slogdet`."""

    sign: Tensor
    logabsdet: Tensor


class LinAlgError(RuntimeError):
    """A matrix is singular, or not positive definite, or a decomposition does not converge."""


def numpy_errors(function: Callable[..., Any], name: str = "") -> Callable[..., Any]:
    """Compute NumPy's linear algebra with one thread of BLAS; errors name the operation."""
    name = name or function.__name__.strip("_")

    @functools.wraps(function)
    def call(*args: Any) -> Any:
        try:
            return hold_blas(function, *args)
        except np.linalg.LinAlgError as error:
            A, *rest = args
            at = _first_failing(np.linalg.inv, A) if name == "solve" else _first_failing(function, A, *rest)
            raise LinAlgError(f"linalg.{name}: {error} ({at}of shape {A.shape})") from None

    return call


def _first_failing(function: Callable[..., Any], A: np.ndarray, *rest: Any) -> str:
    """Return which matrix it is for which ``function(matrix, *rest)`` fails."""
    if A.ndim == 2 or any(isinstance(r, np.ndarray) for r in rest):
        return "matrix "
    at = next((at for at in np.ndindex(A.shape[:-2]) if not exists(function, A[at], *rest)), ())
    return f"matrix {at[0] if len(at) == 1 else at} in a batch " if at else "matrix "


def exists(decompose: Callable[..., Any], *args: Any) -> bool:
    """Return whether NumPy finds ``decompose(*args)``."""
    try:
        decompose(*args)
    except np.linalg.LinAlgError:
        return False
    return True


def check_matrix(name: str, A: Any, square: bool = False) -> tuple[int, ...]:
    """Return the shape of `A`; raise unless it is a matrix (or a batch of them) of floats."""
    shape = tuple(A.shape)
    if len(shape) < 2 or square and shape[-1] != shape[-2]:
        raise RuntimeError(f"linalg.{name}: expected {'square ' * square}matrices, (*, n, m), got shape {shape}")
    if A.dtype.kind != "f":
        raise RuntimeError(f"linalg.{name}: expected a floating dtype, got {A.dtype}; convert with .float()")
    return shape


# ---- equations -------------------------------------------------------------------------------------------------------


@shared_rule
def _solve_rule(
    g: Any, y: Any, A: Any, A_shape: tuple[int, ...], B_shape: tuple[int, ...], inverse: np.ndarray | None
) -> tuple[Any, Any]:
    slope = _solve(adjoint(A), g, None if inverse is None or isinstance(g, Tensor) else inverse.swapaxes(-1, -2))
    return sum_to(-matmul(slope, adjoint(y)), A_shape), sum_to(slope, B_shape)


@operation(name="solve", A=_solve_rule, B=_solve_rule, holds=("inverse",))
@numpy_errors
def _solve(A: Operand, B: Operand, inverse: np.ndarray | None = None) -> Operand:
    """Return the solution; `inverse`: see `_inverse_for`."""
    if inverse is None:
        return np.linalg.solve(A, B)
    return (inverse @ B.astype(inverse.dtype)).astype(A.dtype)


def _inverse_for(A: Any, B: Any) -> np.ndarray | None:
    """Return the inverse in float64 where there will be a gradient, and many right sides; else None.

    It takes about as long as the solution then, and the gradient needs no second factorization. In float32 nothing is
    left of the errors of an inverse.
    """
    recorded = mode.enabled and any(isinstance(t, Tensor) and t.requires_grad for t in (A, B))
    if not recorded or A.dtype == np.float64 or 2 * B.shape[-1] < A.shape[-1]:
        return None
    inverse: np.ndarray = numpy_errors(np.linalg.inv, "solve")(constant(A).astype(np.float64))
    return inverse


@shared_rule
def _triangle_rule(
    g: Any, y: Any, A: Any, A_shape: tuple[int, ...], B_shape: tuple[int, ...], upper: bool
) -> tuple[Any, Any]:
    slope = solve_triangle(adjoint(A), g, not upper)
    return sum_to(-matmul(slope, adjoint(y)), A_shape), sum_to(slope, B_shape)


@operation(name="solve_triangular", A=_triangle_rule, B=_triangle_rule)
@numpy_errors
def solve_triangle(A: Operand, B: Operand, upper: bool) -> Operand:
    """Return the solution for a matrix with zeros below the diagonal, or above it if not `upper`."""
    return triangles.solve_triangle(A, B, upper)


@rounded_once
def solve(A: Operand, B: Operand, *, left: bool = True) -> Tensor:
    r"""Return the X with ``A @ X = B``, or with ``X @ A = B`` if `left` is False.

    Parameters
    ----------
    A : Tensor of shape (\*, n, n)
    B : Tensor of shape (\*, n, k), or (n,), or (\*, n) where `A` has the batch dimensions (\*)

    Raises
    ------
    LinAlgError
        If `A` is singular.
    RuntimeError
        If shapes or dtypes do not fit; or if `left` is False and `B` would be taken for vectors.

    Examples
    --------
    >>> mg.linalg.solve(mg.tensor([[2.0, 0.0], [0.0, 4.0]]), mg.tensor([2.0, 2.0]))
    tensor([1.0000, 0.5000])
    """
    return _solution(A, B, left)


def _solution(A: Any, B: Any, left: bool, upper: bool | None = None) -> Any:
    """Compute `solve`, where `upper` says which triangle of `A` is not zero, if one is."""
    name = "solve" if upper is None else "solve_triangular"
    a, b = check_matrix(name, A, square=True), tuple(B.shape)
    vector = upper is None and (len(b) == 1 or len(b) == len(a) - 1 and b == a[:-1])
    if vector and not left:
        raise RuntimeError(
            f"linalg.{name}: expected matrices as B where left is False, got shape {b}; vectors would be the rows of "
            "B.unsqueeze(-2)"
        )
    if len(b) < 2 and not vector:
        raise RuntimeError(f"linalg.{name}: expected matrices as B, got shape {b}; add a dimension with .unsqueeze(-1)")
    if b[-1 if vector or not left else -2] != a[-1]:
        sides = "rows" if left else "columns"
        raise RuntimeError(f"linalg.{name}: expected {a[-1]} {sides} in B for A of shape {a}, got shape {b}")
    if A.dtype != B.dtype:
        raise RuntimeError(f"linalg.{name}: expected operands of one dtype, got {A.dtype} and {B.dtype}")
    if not left:
        return adjoint(_of_matrices(adjoint(A), adjoint(B), None if upper is None else not upper))
    x = _of_matrices(A, reshape(B, (*b, 1)) if vector else B, upper)
    return reshape(x, x.shape[:-1]) if vector else x


def _of_matrices(A: Any, B: Any, upper: bool | None) -> Any:
    return _solve(A, B, _inverse_for(A, B)) if upper is None else solve_triangle(A, B, upper)


@rounded_once
def solve_triangular(A: Operand, B: Operand, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Tensor:
    """`solve` with the upper or lower triangle of `A` alone, with ones on the diagonal if `unitriangular`.

    A zero on the diagonal makes unknowns inf or nan, and is no error.

    Examples
    --------
    >>> A = mg.tensor([[2.0, 9.0], [4.0, 1.0]])
    >>> mg.linalg.solve_triangular(A, mg.tensor([[2.0], [5.0]]), upper=False)
    tensor([[1.],
            [1.]])
    """
    n = check_matrix("solve_triangular", A, square=True)[-1]
    triangle = (triu if upper else tril)(A, int(unitriangular) * (1 if upper else -1))
    return _solution(triangle + np.eye(n, dtype=A.dtype) if unitriangular else triangle, B, left, upper)


@method()
@rounded_once
def cholesky_solve(B: Operand, L: Operand, upper: bool = False) -> Tensor:
    """Return the X with ``A @ X = B``, given the factor `L` of `A`: ``L @ L.T``, or ``L.T @ L`` if `upper`.

    Examples
    --------
    >>> mg.cholesky_solve(mg.tensor([[8.0]]), mg.tensor([[2.0]]))
    tensor([[2.]])
    """
    first, second = (adjoint(L), L) if upper else (L, adjoint(L))
    return solve_triangular(second, solve_triangular(first, B, upper=False), upper=True)


@operation(A=lambda g, y: -matmul(adjoint(y), matmul(g, adjoint(y))))
@numpy_errors
def _inv(A: Operand) -> Operand:
    return np.linalg.inv(A)


@operation(A=lambda g, y: -matmul(adjoint(y), matmul(g, adjoint(y))))
@numpy_errors
@silent
def _inv_or_inf(A: Operand) -> Operand:
    """Return the inverse; of singular matrices its limit: inf, with the signs that the cofactors have."""
    return kernel.inverse_or_inf(A)


def inv(A: Operand) -> Tensor:
    """Return the inverse matrix; `solve` is quicker and more exact where it is multiplied with something.

    Raises
    ------
    LinAlgError
        If `A` is singular.

    Examples
    --------
    >>> mg.linalg.inv(mg.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    check_matrix("inv", A, square=True)
    return _inv(A)


method("inverse", only=True)(inv)


# ---- determinants ----------------------------------------------------------------------------------------------------


def _as_factor(g: Any) -> Any:
    return reshape(g, (*g.shape, 1, 1))


@operation(A=lambda g, A: _as_factor(g) * _cofactors(A))
@numpy_errors
@silent
def _det(A: Operand) -> Operand:
    return np.asarray(np.linalg.det(A))


@operation(A=lambda g, A: _cofactor_slope(g, A))
@numpy_errors
def _cofactors(A: Operand) -> Operand:
    """Return the gradient of the determinant, of singular matrices too: ``det(A) * inv(A).mT``, if that exists."""
    return kernel.cofactors(A)


def _third_derivative(g: Any, input: Any, A: Any) -> Any:
    """Return the third derivative of the determinant, applied to `g` and `input`, by the inverse, which must exist."""
    if A.shape[-1] <= 2:
        return zeros_as(A)
    det, inverse = _as_factor(_det(A)), _inv(A)
    first, second = matmul(inverse, g), matmul(inverse, input)
    traces = [_as_factor(sum_over(diagonal(x, 0, x.ndim - 2, x.ndim - 1), (x.ndim - 2,), False)) for x in (
        first, second, matmul(first, second))]  # fmt: skip
    once, twice = matmul(first, inverse), matmul(second, inverse)
    inner = (traces[0] * traces[1] - traces[2]) * inverse - traces[1] * once - traces[0] * twice
    return det * adjoint(inner + matmul(first, twice) + matmul(second, once))


@operation(input=lambda g, A: _cofactor_slope(g, A), A=_third_derivative)
@numpy_errors
def _cofactor_slope(input: Operand, A: Operand) -> Operand:
    """Return the second derivative of the determinant, which is symmetric, applied to `input`."""
    return kernel.cofactor_slope(input, A)


@numpy_errors
@silent
def _slogdet(A: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    sign, size = np.linalg.slogdet(A)
    return np.asarray(sign), np.asarray(size)


@operation(A=lambda g, A: _as_factor(g) * adjoint(_inv_or_inf(A)))
def _logabsdet(A: Operand, found: np.ndarray) -> Operand:
    return found.copy()


@operation(A=lambda g, A: zeros_as(A))
def _sign_of_det(A: Operand, found: np.ndarray) -> Operand:
    return found.copy()


@method()
def det(A: Operand) -> Tensor:
    """Return the determinant.

    Examples
    --------
    >>> mg.linalg.det(mg.tensor([[0.0, 2.0], [3.0, 5.0]]))
    tensor(-6.)
    """
    check_matrix("det", A, square=True)
    return _det(A)


@method()
@rounded_once
def slogdet(A: Operand) -> SlogDet:
    """Return the sign of the determinant, and the logarithm of its absolute value.

    Examples
    --------
    >>> mg.linalg.slogdet(mg.tensor([[-1.0]]))
    SlogDet(sign=tensor(-1.), logabsdet=tensor(0.))
    """
    check_matrix("slogdet", A, square=True)
    sign, size = _slogdet(constant(A))  # once for both
    return SlogDet(_sign_of_det(A, sign), _logabsdet(A, size))


@method()
@rounded_once
def logdet(A: Operand) -> Tensor:
    """Return the logarithm of the determinant: NaN where that is negative.

    Examples
    --------
    >>> mg.logdet(mg.eye(3))
    tensor(0.)
    """
    sign, size = slogdet(A)
    return where(sign < 0, np.nan, size)


@method()
@rounded_once
def matrix_power(A: Operand, n: int) -> Tensor:
    """Return the product of `n` times the matrix; of its inverse for negative `n`.

    Examples
    --------
    >>> mg.linalg.matrix_power(mg.tensor([[1.0, 1.0], [0.0, 1.0]]), 3)
    tensor([[1., 3.],
            [0., 1.]])
    """
    shape = check_matrix("matrix_power", A, square=True)
    if (n := as_int("matrix_power", "n", n)) < 0:
        return matrix_power(inv(A), -n)
    if n == 0:
        return A * 0 + np.eye(shape[-1], dtype=A.dtype)
    half = matrix_power(A, n // 2) if n > 1 else None
    square = clone(A) if half is None else matmul(half, half)
    return square if half is None or n % 2 == 0 else matmul(square, A)
