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
from minigrad.ops.solving import SlogDet

from minigrad.ops.solving import LinAlgError as LinAlgError
def cholesky(A: TensorLike, *, upper: _bool = False, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the lower triangular L with ``A = L @ L.T``, or with `upper` the transposed one."""
def cross(input: TensorLike, other: TensorLike, *, dim: _int = -1, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int = -1) -> Tensor:
    """Return the cross product of the vectors of length 3 in dimension `dim`, by default the last."""
def det(A: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the determinant."""
def eigh(A: TensorLike, UPLO: _str = 'L', *, out: Tensor | tuple[Tensor, ...] | None = None) -> Eigh:
    """Return the eigenvalues of symmetric matrices, from small to large, and eigenvectors of length 1 as columns."""
def eigvalsh(A: TensorLike, UPLO: _str = 'L', *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the eigenvalues of symmetric matrices, from small to large."""
def inv(A: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the inverse matrix; `solve` is quicker and more exact where it is multiplied with something."""
def lstsq(A: TensorLike, B: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> LstSq:
    """Return the X of least squares of ``A @ X - B``, and among several the smallest."""
def matmul(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the matrix product, ``input @ other``."""
def matrix_norm(A: TensorLike, ord: _float | _str = 'fro', dim: Sequence[_int] = (-2, -1), keepdim: _bool = False, *, dtype: DTypeLike | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: Sequence[_int] = (-2, -1), keepdims: _bool = False) -> Tensor:
    """Return the norm of the matrices that the two dimensions `dim` hold."""
def matrix_power(A: TensorLike, n: _int, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the product of `n` times the matrix; of its inverse for negative `n`."""
def matrix_rank(A: TensorLike, *, atol: _float | None = None, rtol: _float | None = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the number of singular values above `rtol` times the largest, and above `atol`."""
def norm(A: TensorLike, ord: _float | _str | None = None, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return the norm of a vector or matrix."""
def pinv(A: TensorLike, rtol: _float | None = None, *, atol: _float | None = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the pseudo-inverse (Moore, 1920; Penrose, 1955)."""
def qr(A: TensorLike, mode: _str = 'reduced', *, out: Tensor | tuple[Tensor, ...] | None = None) -> QR:
    """Return Q with orthonormal columns and the upper triangular R, with ``A = Q @ R``."""
def slogdet(A: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> SlogDet:
    """Return the sign of the determinant, and the logarithm of its absolute value."""
def solve(A: TensorLike, B: TensorLike, *, left: _bool = True, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the X with ``A @ X = B``, or with ``X @ A = B`` if `left` is False."""
def solve_triangular(A: TensorLike, B: TensorLike, *, upper: _bool, left: _bool = True, unitriangular: _bool = False, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """`solve` with the upper or lower triangle of `A` alone, with ones on the diagonal if `unitriangular`."""
def svd(A: TensorLike, full_matrices: _bool = True, *, out: Tensor | tuple[Tensor, ...] | None = None) -> SVD:
    """Return U and V with orthonormal columns, and S >= 0, from large to small: ``A = U @ diag(S) @ V.T``."""
def svdvals(A: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the singular values, from large to small."""
def vector_norm(x: TensorLike, ord: _float = 2, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """``sum(|x| ** ord) ** (1 / ord)``: the length of all elements, or over the dimensions `dim`."""
