"""Lengths of vectors, and norms of matrices that need no singular values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.autograd.method import method
from minigrad.autograd.operation import Operand, operation
from minigrad.dtypes import DType
from minigrad.kernels.silence import silent
from minigrad.kernels.summation import sums
from minigrad.ops.broadcasting import sum
from minigrad.ops.conversion import cast
from minigrad.ops.elementwise import abs, sign
from minigrad.ops.extrema import _amax, _amin, amax, amin, not_empty
from minigrad.ops.reduction import Dim, Dims, floating, kept, numpy_names
from minigrad.ops.selection import where
from minigrad.ops.shape import all_dims

__all__ = ["norm", "vector_norm", "matrix_norm"]


def _norm_rule(g: Any, y: Any, input: Any, input_shape: tuple[int, ...], p: float, dim: Dims, keepdim: bool) -> Any:
    """``sign(x) * (|x| / y) ** (p - 1)``, and 0 where x is 0 or the norm is."""
    g, y = kept(g, input_shape, dim, keepdim), kept(y, input_shape, dim, keepdim)
    nothing = y == 0
    length = where(nothing, 1.0, y)
    if p == 2:
        return where(nothing, 0.0, g / length) * input
    size = abs(where(input == 0, 1.0, input))
    return where(nothing, 0.0, g) * sign(input) * (size / length) ** (p - 1)


@operation(input=_norm_rule)
@silent
def _norm(input: Operand, p: float, dim: Dims, keepdim: bool) -> Operand:
    """``sum(|x| ** p) ** (1 / p)``."""
    if p == 2:
        y = np.sqrt(sums(input, dim, input, keepdim))
    else:
        sizes = np.abs(input, dtype=np.float32 if input.dtype == np.float16 else input.dtype)
        y = np.power(sums(np.power(sizes, p), dim, None, keepdim), 1 / p)
    return y.astype(input.dtype, copy=False)


@numpy_names
def vector_norm(
    x: Operand, ord: float = 2, dim: Dim = None, keepdim: bool = False, *, dtype: DType | None = None
) -> Any:
    """``sum(|x| ** ord) ** (1 / ord)``: the length of all elements, or over the dimensions `dim`.

    Parameters
    ----------
    ord : number
        inf gives the largest absolute value, -inf the smallest, and 0 how many elements are not 0.

    Raises
    ------
    RuntimeError
        If the elements are integers or bools.

    Examples
    --------
    >>> mg.linalg.vector_norm(mg.tensor([3.0, -4.0])), mg.linalg.vector_norm(mg.tensor([3.0, -4.0]), 1)
    (tensor(5.), tensor(7.))
    """
    x = floating("vector_norm", x, dtype)
    dims = all_dims("vector_norm", dim, len(x.shape))
    if ord == 0:
        return sum(cast(x != 0, x.dtype), dims, keepdim)
    if ord == 1:
        return sum(abs(x), dims, keepdim)
    if math.isinf(ord):
        not_empty("vector_norm", x.shape, dims, given=dim is not None)
        return (_amax if ord > 0 else _amin)(abs(x), dims, keepdim)
    return _norm(x, ord, dims, keepdim)


@numpy_names
def matrix_norm(
    A: Operand,
    ord: float | str = "fro",
    dim: Sequence[int] = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: DType | None = None,
) -> Any:
    """The norm of the matrices that the two dimensions `dim` hold.

    Parameters
    ----------
    ord : {'fro', 1, -1, inf, -inf}
        The root of the sum of squares; the largest or smallest column of absolute sums (1, -1) or row (inf, -inf).

    Examples
    --------
    >>> mg.linalg.matrix_norm(mg.tensor([[1.0, 2.0], [3.0, 4.0]]), ord=1)
    tensor(6.)
    """
    A = floating("matrix_norm", A, dtype)
    if len(A.shape) < 2:
        raise RuntimeError(f"matrix_norm: expected at least 2 dimensions, got shape {tuple(A.shape)}")
    dims = all_dims("matrix_norm", tuple(dim), len(A.shape))
    if len(dims) != 2:
        raise RuntimeError(f"matrix_norm: expected two dimensions as dim, got {dim}")
    if ord == "fro":
        return _norm(A, 2, dims, keepdim)
    if ord not in (1, -1, math.inf, -math.inf):
        raise RuntimeError(f"matrix_norm: expected ord 'fro', 1, -1, inf or -inf, got {ord!r}; no others are computed")
    rows, columns = dims if math.fabs(float(ord)) == 1 else dims[::-1]
    sums = sum(abs(A), rows, True)
    y = (amax if float(ord) > 0 else amin)(sums, columns, True)
    return y if keepdim else y.squeeze(dims)


@method()
@numpy_names
def norm(
    input: Operand,
    p: float | str | None = "fro",
    dim: Dim = None,
    keepdim: bool = False,
    *,
    dtype: DType | None = None,
) -> Any:
    """The p-norm of all elements, or over the dimensions `dim`; its gradient at 0 is 0.

    Parameters
    ----------
    p : number or 'fro'
        As for `linalg.vector_norm`; 'fro' is 2.

    Examples
    --------
    >>> mg.norm(mg.tensor([[3.0, 4.0], [0.0, 0.0]]), dim=1)
    tensor([5., 0.])
    """
    if isinstance(p, str) and p != "fro":
        raise RuntimeError(f"norm: expected a number or 'fro' as p, got {p!r}; singular values are not computed")
    return vector_norm(input, 2 if p is None or isinstance(p, str) else p, dim, keepdim, dtype=dtype)
