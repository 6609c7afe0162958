"""Lengths of vectors, and norms of matrices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.dtypes import DType
from minigrad.core.tensor import Tensor
from minigrad.kernels.errstate import silent
from minigrad.kernels.norms import length
from minigrad.ops.broadcasting import sum
from minigrad.ops.checks import floating, require_floating
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.decompositions import svdvals
from minigrad.ops.exponential import abs, sign
from minigrad.ops.extrema import amax, amin, evenly
from minigrad.ops.primitives.casting import zeros_as
from minigrad.ops.primitives.dims import all_dims, one_dim
from minigrad.ops.reduction import Dim, Dims, kept, number_in
from minigrad.ops.selection import where
from minigrad.ops.shape import movedim

__all__ = ["dist", "matrix_norm", "norm", "renorm", "vector_norm"]


def norm_slope(g: Any, y: Any, input: Any, input_shape: tuple[int, ...], p: float, dim: Dims, keepdim: bool) -> Any:
    """``sign(x) * (|x| / y) ** (p - 1)``, and 0 where x is 0 or the norm is; ties for inf share evenly.

    The quotient comes first: where x is very small or large, so is y, and a product with one of them is no number. For
    p = 2 the cheaper product is taken where it does no harm.
    """
    if p == 0:
        return zeros_as(input)
    g, y = kept(g, input_shape, dim, keepdim), kept(y, input_shape, dim, keepdim)
    if math.isinf(p):
        return evenly(g * sign(input), abs(input), y, dim)
    if p == 1:
        return g * sign(input)
    nothing = y == 0
    g, y = where(nothing, 0.0, g), where(nothing, 1.0, y)
    if p == 2:
        factor = g / y
        return factor * input if _normal(factor) else g * (input / y)
    return g * sign(input) * where(nothing | (input == 0), 1.0, abs(input) / y) ** (p - 1)


def _normal(factor: Any) -> bool:
    """Return whether all numbers are normal ones, or 0."""
    size = np.abs(factor._data if isinstance(factor, Tensor) else factor)
    limits = np.finfo(size.dtype)
    return bool(((size <= limits.max) & ((size >= limits.tiny) | (size == 0))).all())


@operation(input=norm_slope)
@silent
def _norm(input: Operand, p: float, dim: Dims, keepdim: bool) -> Operand:
    """``sum(|x| ** p) ** (1 / p)``: every length and distance is measured by this."""
    return length(input, p, dim, keepdim)


def vector_norm(
    x: Operand, ord: float = 2, dim: Dim = None, keepdim: bool = False, *, dtype: DType | None = None
) -> Tensor:
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
    ord = ord.item() if isinstance(ord, Tensor) else ord
    dims = all_dims("vector_norm", dim, len(x.shape))
    if (ord < 0 or ord == math.inf) and not number_in(x.shape, dims):
        raise RuntimeError(f"vector_norm: no elements have no norm of order {ord}, got shape {tuple(x.shape)}")
    return _norm(x, ord, dims, keepdim)


def matrix_norm(
    A: Operand,
    ord: float | str = "fro",
    dim: Sequence[int] = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: DType | None = None,
) -> Tensor:
    """Return the norm of the matrices that the two dimensions `dim` hold.

    Parameters
    ----------
    ord : {'fro', 'nuc', 1, -1, 2, -2, inf, -inf}
        The root of the sum of squares; the sum of the singular values; the largest or smallest column of absolute sums
        (1, -1), singular value (2, -2) or row of absolute sums (inf, -inf).

    Examples
    --------
    >>> mg.linalg.matrix_norm(mg.tensor([[1.0, 2.0], [3.0, 4.0]]), ord=1)
    tensor(6.)
    """
    return _matrix_norm("matrix_norm", floating("matrix_norm", A, dtype), ord, tuple(dim), keepdim)


@rounded_once
def _matrix_norm(name: str, A: Any, ord: float | str, dim: Dims, keepdim: bool) -> Any:
    if len(A.shape) < 2:
        raise RuntimeError(f"{name}: expected at least 2 dimensions, got shape {tuple(A.shape)}")
    dims = all_dims(name, dim, len(A.shape))
    if len(dims) != 2:
        raise RuntimeError(f"{name}: expected two dimensions as dim, got {dim}")
    if ord not in ("fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf):
        raise RuntimeError(f"{name}: expected ord 'fro', 'nuc', 1, -1, 2, -2, inf or -inf, got {ord!r}")
    if ord == "fro" or not number_in(A.shape, dims):
        return _norm(A, 2, dims, keepdim)
    if ord in ("nuc", 2, -2):
        s = svdvals(movedim(A, dims, (-2, -1)))
        y = sum(s, -1) if ord == "nuc" else (amax if float(ord) > 0 else amin)(s, -1)
        return y.reshape([1 if d in dims else n for d, n in enumerate(A.shape)]) if keepdim else y
    rows, columns = dims if math.fabs(float(ord)) == 1 else dims[::-1]
    sums = sum(abs(A), rows, True)
    y = (amax if float(ord) > 0 else amin)(sums, columns, True)
    return y if keepdim else y.squeeze(dims)


@method()
def norm(
    input: Operand,
    p: float | str | None = "fro",
    dim: Dim = None,
    keepdim: bool = False,
    *,
    dtype: DType | None = None,
) -> Tensor:
    """Return the p-norm of all elements, or over the dimensions `dim`; its gradient at 0 is 0.

    Parameters
    ----------
    p : number, 'fro' or 'nuc'
        As for `linalg.vector_norm`; 'fro' is 2, and 'nuc' the sum of the singular values of a matrix.

    Raises
    ------
    RuntimeError
        If `p` is neither a number, ``"fro"`` nor ``"nuc"``.

    Examples
    --------
    >>> mg.norm(mg.tensor([[3.0, 4.0], [0.0, 0.0]]), dim=1)
    tensor([5., 0.])
    """
    if p == "nuc":
        dims = tuple(range(len(input.shape))) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
        return _matrix_norm("norm", floating("norm", input, dtype), "nuc", dims, keepdim)
    if isinstance(p, str) and p != "fro":
        raise RuntimeError(f"norm: expected a number, 'fro' or 'nuc' as p, got {p!r}")
    return vector_norm(input, 2 if p is None or isinstance(p, str) else p, dim, keepdim, dtype=dtype)


@method()
@rounded_once
def dist(input: Operand, other: Operand, p: float = 2) -> Tensor:
    """Return the p-norm of ``input - other``.

    Examples
    --------
    >>> mg.dist(mg.tensor([3.0, 0.0]), mg.tensor([0.0, 4.0]))
    tensor(5.)
    """
    return vector_norm(input - other, p)


@method(inplace=True)
@rounded_once
def renorm(input: Operand, p: float, dim: int, maxnorm: float) -> Tensor:
    """Return `input` with each slice of dimension `dim` whose p-norm exceeds `maxnorm` scaled down to it.

    Raises
    ------
    RuntimeError
        If `p` is not positive, `maxnorm` is negative, or there are fewer than two dimensions.

    Examples
    --------
    >>> mg.renorm(mg.tensor([[3.0, 4.0], [0.3, 0.4]]), p=2, dim=0, maxnorm=1)
    tensor([[0.6000, 0.8000],
            [0.3000, 0.4000]])
    """
    require_floating("renorm", input)
    if not p > 0 or not maxnorm >= 0:
        raise RuntimeError(f"renorm: expected p > 0 and maxnorm >= 0, got {p} and {maxnorm}")
    if len(input.shape) < 2:
        raise RuntimeError(f"renorm: expected at least two dimensions, got shape {tuple(input.shape)}")
    dim = one_dim("renorm", dim, len(input.shape))
    others: Dim = tuple(d for d in range(len(input.shape)) if d != dim)
    size = vector_norm(input, p, others, keepdim=True)
    return input * where(size > maxnorm, maxnorm / (size + 1e-7), 1.0)
