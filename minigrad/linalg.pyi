"""Written by scripts/stubs.py out of the declarations; do not edit."""

from builtins import bool as _bool
from builtins import float as _float
from builtins import int as _int
from builtins import str as _str
from collections.abc import Sequence
from minigrad.core.dtypes import DTypeLike
from minigrad.core.tensor import Tensor
from minigrad.core.tensor import TensorLike
from minigrad.ops.decompositions import Eigh
from minigrad.ops.decompositions import LstSq
from minigrad.ops.decompositions import QR
from minigrad.ops.decompositions import SVD
from minigrad.ops.factorizations import LU
from minigrad.ops.factorizations import LUFactor
from minigrad.ops.factorizations import LUFactorEx
from minigrad.ops.reporting import CholeskyEx
from minigrad.ops.reporting import InvEx
from minigrad.ops.reporting import SolveEx
from minigrad.ops.solving import SlogDet
from typing import Any

from minigrad.ops.solving import LinAlgError as LinAlgError
def cholesky(A: TensorLike, *, upper: _bool = False, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the lower triangular L with ``A = L @ L.T``, or with `upper` the transposed one."""
def cholesky_ex(A: TensorLike, *, upper: _bool = False, check_errors: _bool = False, out: Tensor | tuple[Tensor, ...] | None = None) -> CholeskyEx:
    """Return `cholesky` and a report in place of an error: 0, or the size of the smallest leading part without one."""
def cond(A: TensorLike, p: _float | _str | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the condition number: the norm of the matrix times that of its inverse; by default of order 2."""
def cross(input: TensorLike, other: TensorLike, *, dim: _int = -1, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int = -1) -> Tensor:
    """Return the cross product of the vectors of length 3 in dimension `dim`, by default the last."""
def det(A: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the determinant."""
def diagonal(A: TensorLike, *, offset: _int = 0, dim1: _int = -2, dim2: _int = -1, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the diagonals of matrices: a view."""
def eigh(A: TensorLike, UPLO: _str = 'L', *, out: Tensor | tuple[Tensor, ...] | None = None) -> Eigh:
    """Return the eigenvalues of symmetric matrices, from small to large, and eigenvectors of length 1 as columns."""
def eigvalsh(A: TensorLike, UPLO: _str = 'L', *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the eigenvalues of symmetric matrices, from small to large."""
def householder_product(A: TensorLike, tau: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the first n columns of the product of the reflections ``1 - tau[i] v v.T``, v being below column i."""
def inv(A: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the inverse matrix; `solve` is quicker and more exact where it is multiplied with something."""
def inv_ex(A: TensorLike, *, check_errors: _bool = False, out: Tensor | tuple[Tensor, ...] | None = None) -> InvEx:
    """Return `inv` and a report in place of an error: 0, or which pivot is the first that is 0, counted from 1."""
def lstsq(A: TensorLike, B: TensorLike, rcond: _float | None = None, *, driver: _str | None = None, out: Tensor | tuple[Tensor, ...] | None = None) -> LstSq:
    """Return the X of least squares of ``A @ X - B``, and among several the smallest."""
def lu(A: TensorLike, *, pivot: _bool = True, out: Tensor | tuple[Tensor, ...] | None = None) -> LU:
    """Return the permutation P, and L and U with ``A = P @ L @ U``; P has no elements without `pivot`."""
def lu_factor(A: TensorLike, *, pivot: _bool = True, out: Tensor | tuple[Tensor, ...] | None = None) -> LUFactor:
    """Return the factors of ``A = P @ L @ U`` in one matrix, and the exchanges of rows, for `lu_solve`."""
def lu_factor_ex(A: TensorLike, *, pivot: _bool = True, check_errors: _bool = False, out: Tensor | tuple[Tensor, ...] | None = None) -> LUFactorEx:
    """Return the factors of ``A = P @ L @ U`` in one matrix, the exchanges of rows, and where a pivot is 0."""
def lu_solve(LU: TensorLike, pivots: Tensor, B: TensorLike, *, left: _bool = True, adjoint: _bool = False, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the X with ``A @ X = B``, given what `lu_factor` made of A; ``X @ A = B`` if `left` is False."""
def matmul(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the matrix product, ``input @ other``."""
def matrix_exp(A: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the exponential of square matrices, ``1 + A + A @ A / 2 + ...``, by scaling and squaring (Higham, 2005)."""
def matrix_norm(A: TensorLike, ord: _float | _str = 'fro', dim: Sequence[_int] = (-2, -1), keepdim: _bool = False, *, dtype: DTypeLike | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: Sequence[_int] = (-2, -1), keepdims: _bool = False) -> Tensor:
    """Return the norm of the matrices that the two dimensions `dim` hold."""
def matrix_power(A: TensorLike, n: _int, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the product of `n` times the matrix; of its inverse for negative `n`."""
def matrix_rank(A: TensorLike, tol: Any = None, hermitian: _bool = False, *, atol: Any = None, rtol: Any = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the number of singular values above `rtol` times the largest, and above `atol`, or `tol`, an older name."""
def multi_dot(tensors: Sequence[TensorLike], *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the product of two or more matrices, in the order of multiplication that takes the fewest steps."""
def norm(A: TensorLike, ord: _float | _str | None = None, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return the norm of a vector or matrix."""
def pinv(A: TensorLike, rtol: Any = None, hermitian: _bool = False, *, atol: Any = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the pseudo-inverse (Moore, 1920; Penrose, 1955)."""
def qr(A: TensorLike, mode: _str = 'reduced', *, out: Tensor | tuple[Tensor, ...] | None = None) -> QR:
    """Return Q with orthonormal columns and the upper triangular R, with ``A = Q @ R``."""
def slogdet(A: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> SlogDet:
    """Return the sign of the determinant, and the logarithm of its absolute value."""
def solve(A: TensorLike, B: TensorLike, *, left: _bool = True, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the X with ``A @ X = B``, or with ``X @ A = B`` if `left` is False."""
def solve_ex(A: TensorLike, B: TensorLike, *, left: _bool = True, check_errors: _bool = False, out: Tensor | tuple[Tensor, ...] | None = None) -> SolveEx:
    """Return `solve` and a report in place of an error: 0, or which pivot is the first that is 0, counted from 1."""
def solve_triangular(A: TensorLike, B: TensorLike, *, upper: _bool, left: _bool = True, unitriangular: _bool = False, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """`solve` with the upper or lower triangle of `A` alone, with ones on the diagonal if `unitriangular`."""
def svd(A: TensorLike, full_matrices: _bool = True, *, out: Tensor | tuple[Tensor, ...] | None = None) -> SVD:
    """Return U and V with orthonormal columns, and S >= 0, from large to small: ``A = U @ diag(S) @ V.T``."""
def svdvals(A: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the singular values, from large to small."""
def tensorinv(A: TensorLike, ind: _int = 2, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the inverse of `A` seen as a matrix from its last dimensions to its first `ind`."""
def tensorsolve(A: TensorLike, B: TensorLike, dims: Sequence[_int] | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the X with ``tensordot(A, X, X.ndim) = B``."""
def vander(x: TensorLike, N: _int | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the powers 0 to N - 1 of each element, in a new last dimension: Vandermonde's matrix."""
def vecdot(x: TensorLike, y: TensorLike, *, dim: _int = -1, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int = -1) -> Tensor:
    """Return the sums of products of two tensors over the dimension `dim`."""
def vector_norm(x: TensorLike, ord: _float = 2, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """``sum(|x| ** ord) ** (1 / ord)``: the length of all elements, or over the dimensions `dim`."""
