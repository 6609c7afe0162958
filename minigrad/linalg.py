"""Linear algebra by `torch.linalg`'s names."""

from __future__ import annotations

from minigrad.core.absent import explained
from minigrad.core.dtypes import DType
from minigrad.core.tensor import Tensor
from minigrad.lazy_names import lazy_names
from minigrad.ops import linalg as products
from minigrad.ops.declare.naming import publish, published
from minigrad.ops.declare.operation import Operand
from minigrad.ops.decompositions import cholesky, eigh, eigvalsh, lstsq, matrix_rank, pinv, qr, svd, svdvals
from minigrad.ops.linalg import matmul
from minigrad.ops.norms import matrix_norm, vector_norm
from minigrad.ops.reduction import Dim
from minigrad.ops.solving import LinAlgError, det, inv, matrix_power, slogdet, solve, solve_triangular

__all__ = [
    "LinAlgError", "cholesky", "cross", "det", "eigh", "eigvalsh", "inv", "lstsq", "matmul", "matrix_norm",
    "matrix_power", "matrix_rank", "norm", "pinv", "qr", "slogdet", "solve", "solve_triangular", "svd", "svdvals",
    "vector_norm",
]  # fmt: skip


def cross(input: Operand, other: Operand, *, dim: int = -1) -> Tensor:
    """Return the cross product of the vectors of length 3 in dimension `dim`, by default the last.

    Examples
    --------
    >>> mg.linalg.cross(mg.eye(3), mg.eye(3)[[1, 2, 0]])
    tensor([[0., 0., 1.],
            [1., 0., 0.],
            [0., 1., 0.]])
    """
    return products.cross(input, other, dim)


def norm(
    A: Operand,
    ord: float | str | None = None,
    dim: Dim = None,
    keepdim: bool = False,
    *,
    dtype: DType | None = None,
) -> Tensor:
    """Return the norm of a vector or matrix.

    Parameters
    ----------
    ord : optional
        Without it the root of the sum of squares, over `dim` or all elements. With it that of a vector (one dimension)
        or a matrix (two), see `vector_norm` and `matrix_norm`.
    dim : one dimension for vectors, two for matrices
        Needed with `ord` if the tensor has more than two.

    Raises
    ------
    RuntimeError
        If `ord` is given, `dim` is not, and there are more than 2 dimensions.

    Examples
    --------
    >>> A = mg.tensor([[1.0, -2.0], [2.0, 4.0]])
    >>> mg.linalg.norm(A), mg.linalg.norm(A, ord=1)
    (tensor(5.), tensor(6.))
    """
    if ord is None:
        return vector_norm(A, 2, dim, keepdim, dtype=dtype)
    ndim = len(A.shape)
    dims = tuple(range(ndim)) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    if len(dims) == 1 and not isinstance(ord, str):
        return vector_norm(A, ord, dims, keepdim, dtype=dtype)
    if dim is None and ndim > 2:
        raise RuntimeError(f"linalg.norm: with ord expected at most 2 dimensions, got shape {tuple(A.shape)}; pass dim")
    return matrix_norm(A, ord, dims, keepdim, dtype=dtype)


publish(globals())

_HOMES = {
    "ops.factorizations": "householder_product lu lu_factor lu_factor_ex lu_solve",
    "ops.matrix_functions": "cond diagonal matrix_exp multi_dot tensorinv tensorsolve vander vecdot",
    "ops.reporting": "cholesky_ex inv_ex solve_ex",
}
_lazy = lazy_names("minigrad", globals(), _HOMES, "", published)
__all__ += _lazy.names
__dir__ = _lazy.dir
_COMPLEX = "its results are complex, and tensors are real here; use numpy.linalg on x.numpy()"
_ABSENT = dict.fromkeys(("eig", "eigvals"), _COMPLEX)
_ABSENT |= dict.fromkeys(("ldl_factor", "ldl_factor_ex", "ldl_solve"), "NumPy does not offer it; see lu_factor")


def __getattr__(name: str) -> object:
    if name in _ABSENT:
        raise explained("minigrad.linalg", name, _ABSENT[name])
    return _lazy.getattr(name)
