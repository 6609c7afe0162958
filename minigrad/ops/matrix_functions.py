"""Functions of matrices: the exponential, products of many, systems of tensors, condition."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.tensor import Tensor
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.decompositions import raw, svdvals
from minigrad.ops.diagonals import diagonal as diagonal_of
from minigrad.ops.joining import cat
from minigrad.ops.linalg import matmul
from minigrad.ops.norms import matrix_norm
from minigrad.ops.primitives.dims import one_dim
from minigrad.ops.primitives.shape import permute, reshape
from minigrad.ops.shape import adjoint
from minigrad.ops.solving import (
    check_matrix,
    cholesky_solve,
    inv,
    numpy_errors,
    solve,
    solve_triangular,
)

__all__ = [
    "cholesky_inverse", "cond", "diagonal", "matrix_exp", "multi_dot", "tensorinv", "tensorsolve", "triangular_solve",
    "vander", "vecdot",
]  # fmt: skip


# ---- the exponential -------------------------------------------------------------------------------------------------

# Coefficients of the numerator of the Pade approximant of order 13, and the norm up to which it is exact in float64
# (N. Higham, "The scaling and squaring method for the matrix exponential revisited", 2005).
_PADE = [math.factorial(26 - k) * math.factorial(13) // (math.factorial(k) * math.factorial(13 - k)) for k in range(14)]
_LIMIT = 5.37


def _exp_rule(g: Any, A: Any) -> Any:
    """Return the derivative at the transpose in direction `g`: a block of the exponential of a larger matrix."""
    n, back = A.shape[-1], adjoint(A)
    zero = back * 0
    both = cat([cat([back, g], -1), cat([zero, back], -1)], -2)
    return _matrix_exp(both)[..., :n, n:]


@operation(A=_exp_rule)
@numpy_errors
def _matrix_exp(A: Operand) -> Operand:
    X = A.astype(np.float64)
    size = np.abs(X).sum(-2).max(initial=0.0)
    if not np.isfinite(size):
        return np.full_like(A, np.nan)
    halvings = max(0, math.ceil(math.log2(size / _LIMIT))) if size else 0
    X = X / 2.0**halvings
    powers = [np.broadcast_to(np.eye(A.shape[-1]), X.shape)]
    for _ in range(13):
        powers.append(powers[-1] @ X)
    scale = float(_PADE[0])
    even, odd = (sum(p * (c / scale) for p, c in zip(powers[i::2], _PADE[i::2], strict=True)) for i in (0, 1))
    y = np.linalg.solve(even - odd, even + odd)
    for _ in range(halvings):
        y = y @ y
    return np.asarray(y, A.dtype)


@method()
@rounded_once
def matrix_exp(A: Operand) -> Tensor:
    r"""Return the exponential of square matrices, ``1 + A + A @ A / 2 + ...``, by scaling and squaring (Higham, 2005).

    Parameters
    ----------
    A : Tensor of shape (\*, n, n)

    Examples
    --------
    >>> mg.linalg.matrix_exp(mg.tensor([[0.0, 1.0], [0.0, 0.0]]))
    tensor([[1., 1.],
            [0., 1.]])
    """
    check_matrix("matrix_exp", A, square=True)
    return _matrix_exp(A)


# ---- products --------------------------------------------------------------------------------------------------------


@rounded_once
def multi_dot(tensors: Sequence[Operand]) -> Tensor:
    """Return the product of two or more matrices, in the order of multiplication that takes the fewest steps.

    Parameters
    ----------
    tensors : matrices; the first and the last may be vectors

    Raises
    ------
    RuntimeError
        If there are fewer than two, or a shape does not match.

    Examples
    --------
    >>> mg.linalg.multi_dot([mg.ones(2), mg.ones(2, 3), mg.ones(3)])
    tensor(6.)
    """
    if not isinstance(tensors, (list, tuple)) or len(tensors) < 2:
        raise RuntimeError("linalg.multi_dot: expected a list of at least two tensors")
    parts = list(tensors)
    for i, t in enumerate(parts):
        if len(t.shape) != 2 and not (len(t.shape) == 1 and i in (0, len(parts) - 1)):
            raise RuntimeError(f"linalg.multi_dot: expected a matrix as tensor {i}, got shape {tuple(t.shape)}")
        if raw(t).dtype != raw(parts[0]).dtype:
            raise RuntimeError(f"linalg.multi_dot: expected one dtype, got {parts[0].dtype} and {t.dtype}")
    row, column = len(parts[0].shape) == 1, len(parts[-1].shape) == 1
    if row:
        parts[0] = reshape(parts[0], (1, parts[0].shape[0]))
    if column:
        parts[-1] = reshape(parts[-1], (parts[-1].shape[0], 1))
    for a, b in zip(parts, parts[1:], strict=False):
        if a.shape[1] != b.shape[0]:
            raise RuntimeError(f"linalg.multi_dot: shapes {tuple(a.shape)} and {tuple(b.shape)} cannot be multiplied")
    product = _product(parts, _best_cuts([p.shape[0] for p in parts] + [parts[-1].shape[1]]), 0, len(parts) - 1)
    shape = tuple(n for n, gone in zip(product.shape, (row, column), strict=True) if not gone)
    return reshape(product, shape) if row or column else product


def _best_cuts(lengths: list[int]) -> dict[tuple[int, int], int]:
    """Return after which factor to cut each chain of them, by dynamic programming (Cormen et al., section 15.2)."""
    count = len(lengths) - 1
    cost, cuts = {(i, i): 0 for i in range(count)}, {}
    for span in range(1, count):
        for i in range(count - span):
            j = i + span
            steps = [cost[i, k] + cost[k + 1, j] + lengths[i] * lengths[k + 1] * lengths[j + 1] for k in range(i, j)]
            cost[i, j] = min(steps)
            cuts[i, j] = i + steps.index(min(steps))
    return cuts


def _product(parts: list[Any], cuts: dict[tuple[int, int], int], i: int, j: int) -> Any:
    if i == j:
        return parts[i]
    k = cuts[i, j]
    return matmul(_product(parts, cuts, i, k), _product(parts, cuts, k + 1, j))


@rounded_once
def vecdot(x: Operand, y: Operand, *, dim: int = -1) -> Tensor:
    """Return the sums of products of two tensors over the dimension `dim`.

    Raises
    ------
    RuntimeError
        If their dtypes differ.

    Examples
    --------
    >>> mg.linalg.vecdot(mg.tensor([[1.0, 2.0]]), mg.tensor([[3.0, 4.0]]))
    tensor([11.])
    """
    if raw(x).dtype != raw(y).dtype:
        raise RuntimeError(f"linalg.vecdot: expected one dtype, got {x.dtype} and {y.dtype}")
    return (x * y).sum(dim)


@rounded_once
def vander(x: Operand, N: int | None = None) -> Tensor:
    r"""Return the powers 0 to N - 1 of each element, in a new last dimension: Vandermonde's matrix.

    Parameters
    ----------
    x : Tensor of shape (\*, n)
    N : int, optional
        By default n.

    Raises
    ------
    RuntimeError
        If N is not above 1, or `x` is 0-dim.

    Examples
    --------
    >>> mg.linalg.vander(mg.tensor([2.0, 3.0]), N=3)
    tensor([[1., 2., 4.],
            [1., 3., 9.]])
    """
    count = x.shape[-1] if N is None and x.shape else as_int("linalg.vander", "N", 2 if N is None else N)
    x = x if x.shape else reshape(x, (1,))
    if count <= 1 and N is not None:
        raise RuntimeError(f"linalg.vander: expected N above 1, got {N}")
    return reshape(x, (*x.shape, 1)) ** np.arange(count)


def old_vander(x: Operand, N: int | None = None, increasing: bool = False) -> Tensor:
    """Return the powers of each element of a vector, N - 1 to 0, or 0 to N - 1 if `increasing`.

    Raises
    ------
    RuntimeError
        If `x` is no vector, or `N` is negative.

    Examples
    --------
    >>> mg.vander(mg.tensor([2, 3]), 3)
    tensor([[4, 2, 1],
            [9, 3, 1]])
    """
    if len(x.shape) != 1:
        raise RuntimeError(f"vander: expected a vector, got shape {tuple(x.shape)}")
    count = x.shape[0] if N is None else as_int("vander", "N", N)
    if count < 0:
        raise RuntimeError(f"vander: expected N of 0 or more, got {N}")
    powers = np.arange(count)
    return reshape(x, (x.shape[0], 1)) ** (powers if increasing else powers[::-1])


# ---- systems ---------------------------------------------------------------------------------------------------------


@rounded_once
def tensorinv(A: Operand, ind: int = 2) -> Tensor:
    """Return the inverse of `A` seen as a matrix from its last dimensions to its first `ind`.

    Raises
    ------
    RuntimeError
        If `ind` is not positive, or the matrix is not square.

    Examples
    --------
    >>> mg.linalg.tensorinv(mg.eye(4).reshape(2, 2, 2, 2)).shape
    Size([2, 2, 2, 2])
    """
    if (ind := as_int("linalg.tensorinv", "ind", ind)) <= 0:
        raise RuntimeError(f"linalg.tensorinv: expected a positive ind, got {ind}")
    first, last = tuple(A.shape[:ind]), tuple(A.shape[ind:])
    if math.prod(first) != math.prod(last):
        raise RuntimeError(f"linalg.tensorinv: {first} and {last} hold different numbers of elements")
    return reshape(inv(reshape(A, (math.prod(first), math.prod(last)))), (*last, *first))


@rounded_once
def tensorsolve(A: Operand, B: Operand, dims: Sequence[int] | None = None) -> Tensor:
    """Return the X with ``tensordot(A, X, X.ndim) = B``.

    Parameters
    ----------
    dims : sequence of ints, optional
        Dimensions of `A` to move to its end first.

    Raises
    ------
    RuntimeError
        If the numbers of elements do not match.

    Examples
    --------
    >>> mg.linalg.tensorsolve(mg.eye(4).reshape(2, 2, 4), mg.ones(2, 2))
    tensor([1., 1., 1., 1.])
    """
    if dims is not None:
        moved = [one_dim("linalg.tensorsolve", d, len(A.shape)) for d in dims]
        A = permute(A, (*[d for d in range(len(A.shape)) if d not in moved], *moved))
    shape = tuple(A.shape[len(B.shape) :])
    if math.prod(shape) != math.prod(B.shape):
        raise RuntimeError(f"linalg.tensorsolve: A of shape {tuple(A.shape)} does not match B of {tuple(B.shape)}")
    count = math.prod(shape)
    return reshape(solve(reshape(A, (count, count)), reshape(B, (count,))), shape)


class TriangularSolve(NamedTuple):
    """The result of `triangular_solve`."""

    solution: Tensor
    cloned_coefficient: Tensor


@method()
@rounded_once
def triangular_solve(
    b: Operand, A: Operand, upper: bool = True, transpose: bool = False, unitriangular: bool = False
) -> TriangularSolve:
    """Return the X with ``A @ X = b`` for a triangle of `A`, or of its transpose, and A: an old name.

    Raises
    ------
    RuntimeError
        If `b` has not as many rows as `A`.

    Examples
    --------
    >>> mg.triangular_solve(mg.tensor([[2.0]]), mg.tensor([[4.0]])).solution
    tensor([[0.5000]])
    """
    check_matrix("triangular_solve", A, square=True)
    if len(b.shape) < 2 or b.shape[-2] != A.shape[-1]:
        raise RuntimeError(f"triangular_solve: expected b with {A.shape[-1]} rows, got shape {tuple(b.shape)}")
    given = (adjoint(A), not upper) if transpose else (A, upper)
    return TriangularSolve(solve_triangular(given[0], b, upper=given[1], unitriangular=unitriangular), A)


@method()
@rounded_once
def cholesky_inverse(L: Operand, upper: bool = False) -> Tensor:
    """Return the inverse of ``L @ L.T``, or of ``L.T @ L`` if `upper`.

    Examples
    --------
    >>> mg.cholesky_inverse(mg.tensor([[2.0]]))
    tensor([[0.2500]])
    """
    shape = check_matrix("cholesky_inverse", L, square=True)
    one = np.broadcast_to(np.eye(shape[-1], dtype=raw(L).dtype), shape)
    return cholesky_solve(one, L, upper)


@rounded_once
def cond(A: Operand, p: float | str | None = None) -> Tensor:
    """Return the condition number: the norm of the matrix times that of its inverse; by default of order 2.

    Raises
    ------
    RuntimeError
        If the matrix has no elements, or `p` is not 2 or -2 and it is not square.

    Examples
    --------
    >>> mg.linalg.cond(mg.tensor([[2.0, 0.0], [0.0, 0.5]]))
    tensor(4.)
    """
    if p in (None, 2, -2):
        check_matrix("cond", A)
        s = svdvals(A)
        if not s.shape[-1]:
            raise RuntimeError(f"linalg.cond: a matrix without elements has no condition, got shape {tuple(A.shape)}")
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    check_matrix("cond", A, square=True)
    from minigrad.ops.reporting import inv_ex  # which few need

    inverse, info = inv_ex(A)
    found = matrix_norm(A, p, (-2, -1)) * matrix_norm(inverse, p, (-2, -1))
    return found.masked_fill(info != 0, math.inf) if raw(info).any() else found


def diagonal(A: Operand, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Return the diagonals of matrices: a view.

    Examples
    --------
    >>> mg.linalg.diagonal(mg.tensor([[[1, 2], [3, 4]]]))
    tensor([[1, 4]])
    """
    return diagonal_of(A, offset, dim1, dim2)
