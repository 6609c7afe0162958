"""Reductions: means, products, variances, counts. `sum` is in broadcasting.py, beside its adjoint."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.dtypes import DType
from minigrad.core.tensor import Tensor
from minigrad.kernels.errstate import silent
from minigrad.kernels.softmax import logsumexp as logsumexp_over
from minigrad.kernels.summation import total, variance
from minigrad.ops.broadcasting import sum
from minigrad.ops.checks import floating
from minigrad.ops.comparison import isnan
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.exponential import exp
from minigrad.ops.primitives.casting import cast, terms
from minigrad.ops.primitives.dims import all_dims, one_dim
from minigrad.ops.primitives.joining import join
from minigrad.ops.primitives.shape import permute, reshape
from minigrad.ops.primitives.summation import expand, spread
from minigrad.ops.selection import where

__all__ = [
    "mean", "prod", "var", "std", "var_mean", "std_mean", "logsumexp", "nansum", "nanmean", "all", "any",
    "count_nonzero",
]  # fmt: skip

Dims = tuple[int, ...]
Dim = int | Sequence[int] | None


# ---- what reductions share -------------------------------------------------------------------------------------------


def kept(reduced: Any, shape: tuple[int, ...], dim: Dims, keepdim: bool) -> Any:
    """Return what an array of `shape` was reduced to over `dim`, with these dimensions there, of length 1."""
    if keepdim or not dim:
        return reduced
    return reshape(reduced, tuple(1 if d in dim else s for d, s in enumerate(shape)))


def number_in(shape: Sequence[int], dim: Dims) -> int:
    """Return how many elements are reduced to one."""
    return math.prod(shape[d] for d in dim)


def fold(ufunc: Any, x: Any, dim: Dims, keepdim: bool, dtype: DType | None = None) -> Any:
    """``ufunc.reduce`` over `dim`."""
    return ufunc.reduce(x, axis=dim, keepdims=keepdim, dtype=dtype)


STRETCHES = 8  # into which a long product is cut


# ---- means -----------------------------------------------------------------------------------------------------------


@operation(
    name="mean",
    input=lambda g, input_shape, dim, keepdim: spread(
        g / g.dtype.type(number_in(input_shape, dim) or 1), input_shape, dim, keepdim
    ),
)
@silent
def mean_over(input: Operand, dim: Dims, keepdim: bool) -> Operand:
    return total(input, dim, keepdim, number_in(input.shape, dim))


@method()
def mean(input: Operand, dim: Dim = None, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:
    """Return the mean of all elements, or over the dimensions `dim`. Of no elements it is nan.

    Parameters
    ----------
    dim : int or several, optional
        The dimensions that vanish, or with `keepdim` become 1. `axis` and `keepdims` are NumPy's names for these.
    dtype : dtype, optional
        Convert first.

    Raises
    ------
    RuntimeError
        If the elements are integers or bools.

    Examples
    --------
    >>> mg.mean(mg.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=1)
    tensor([1.5000, 3.5000])
    """
    input = floating("mean", input, dtype)
    return mean_over(input, all_dims("mean", dim, len(input.shape)), keepdim)


@method()
def nansum(input: Operand, dim: Dim = None, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:
    """Return `sum` of the elements that are not nan.

    Examples
    --------
    >>> mg.nansum(mg.tensor([1.0, float("nan"), 2.0]))
    tensor(3.)
    """
    return sum(where(isnan(input), 0, input), dim, keepdim, dtype=dtype)


@method()
def nanmean(input: Operand, dim: Dim = None, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:
    """Return `mean` of the elements that are not nan.

    Examples
    --------
    >>> mg.nanmean(mg.tensor([1.0, float("nan"), 2.0]))
    tensor(1.5000)
    """
    return _nanmean(floating("nanmean", input, dtype), dim, keepdim)


@rounded_once
def _nanmean(input: Any, dim: Dim, keepdim: bool) -> Any:
    return nansum(input, dim, keepdim) / sum(cast(~isnan(input), input.dtype), dim, keepdim)


# ---- products --------------------------------------------------------------------------------------------------------


def _others(g: Any, x: Any) -> Any:
    """Return `g` times the product of all the others, for each element in the last dimension of `x`.

    No division, so that zeros do no harm: one half is multiplied by the other until one element is left, and on the
    way back each gets its partner as a factor.
    """
    n, last = x.shape[-1], len(x.shape) - 1
    if n <= 1:
        return expand(g, tuple(x.shape))
    half = n // 2
    a, b, odd = x[..., :half], x[..., half : 2 * half], x[..., 2 * half :]
    gx = _others(g, join([a * b, odd], last))
    gab = gx[..., :half]
    return join([gab * b, gab * a, gx[..., half:]], last)


def _prod_rule(g: Any, input: Any, input_shape: tuple[int, ...], dim: Dims, keepdim: bool) -> Any:
    g = kept(g, input_shape, dim, keepdim)
    if len(dim) == 1:
        order = (*[d for d in range(len(input_shape)) if d not in dim], *dim)
        back = tuple(order.index(d) for d in range(len(order)))
        return permute(_others(permute(g, order), permute(input, order)), back)
    size = math.prod(input_shape)
    return reshape(_others(reshape(g, (1,)), reshape(input, (size,))), input_shape)


@operation(input=_prod_rule)
def _prod(input: Operand, dim: Dims, keepdim: bool) -> Operand:
    if len(dim) == 1 and input.shape[dim[0]] >= STRETCHES * STRETCHES and input.strides[dim[0]] == input.itemsize:
        before, length, after = input.shape[: dim[0]], input.shape[dim[0]], input.shape[dim[0] + 1 :]
        part, left = divmod(length, STRETCHES)
        # NumPy multiplies neighbours one after the other, but stretches of them with one another in many lanes
        whole = input[(*[slice(None)] * len(before), slice(length - left))].reshape(*before, STRETCHES, part, *after)
        rest = input[(*[slice(None)] * len(before), slice(length - left, None))]
        input = np.concatenate([np.multiply.reduce(whole, dim[0], dtype=input.dtype), rest], dim[0])
    return fold(np.multiply, input, dim, keepdim, input.dtype)


@method()
def prod(input: Operand, dim: int | None = None, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:
    """Return the product of all elements, or over the dimension `dim`. Integers and bools multiply in int64.

    Examples
    --------
    >>> x = mg.tensor([2.0, 0.0, 5.0], requires_grad=True)
    >>> mg.prod(x).backward()
    >>> x.grad
    tensor([ 0., 10.,  0.])
    """
    input = terms(input, dtype)
    ndim = len(input.shape)
    dims = tuple(range(ndim)) if dim is None else (one_dim("prod", dim, ndim),)[:ndim]
    return _prod(input, dims, keepdim and dim is not None)


# ---- variances -------------------------------------------------------------------------------------------------------


def _var_rule(g: Any, input: Any, input_shape: tuple[int, ...], dim: Dims, correction: float, keepdim: bool) -> Any:
    freedom = number_in(input_shape, dim) - correction
    scale = 2 / freedom if freedom > 0 else math.nan
    return (kept(g, input_shape, dim, keepdim) * scale) * (input - mean_over(input, dim, True))


def _variance(x: np.ndarray, dim: Dims, correction: float, keepdim: bool) -> np.ndarray:
    n = number_in(x.shape, dim)
    return variance(x, dim, keepdim, max(n - correction, 0) if n else 0)


@operation(input=_var_rule)
@silent
def _var(input: Operand, dim: Dims, correction: float, keepdim: bool) -> Operand:
    return _variance(input, dim, correction, keepdim).astype(input.dtype, copy=False)


def _std_rule(
    g: Any, y: Any, input: Any, input_shape: tuple[int, ...], dim: Dims, correction: float, keepdim: bool
) -> Any:
    """Differentiate through ``y = sqrt(var)``; where that is 0, so is the gradient."""
    g, y = kept(g, input_shape, dim, keepdim), kept(y, input_shape, dim, keepdim)
    constant = y == 0
    g = where(constant, 0.0, g / (2 * where(constant, 1.0, y)))
    return _var_rule(g, input, input_shape, dim, correction, True)


@operation(input=_std_rule)
@silent
def _std(input: Operand, dim: Dims, correction: float, keepdim: bool) -> Operand:
    return np.sqrt(_variance(input, dim, correction, keepdim)).astype(input.dtype, copy=False)


def _spread_arguments(
    name: str, input: Any, dim: Any, unbiased: bool, keepdim: bool, correction: float | None
) -> tuple[Any, Dims, float, bool]:
    if isinstance(dim, bool):  # var(input, unbiased)
        dim, unbiased = None, dim
    input = floating(name, input)
    dims = all_dims(name, dim, len(input.shape))
    correction = int(unbiased) if correction is None else correction
    if number_in(input.shape, dims) <= correction:
        text = f"{name}: of n = {number_in(input.shape, dims)} elements, n - correction is 0 or less"
        warnings.warn(f"{text}; pass a smaller correction", UserWarning, stacklevel=5)
    return input, dims, correction, keepdim


@method()
def var(
    input: Operand, dim: Dim = None, unbiased: bool = True, keepdim: bool = False, *, correction: float | None = None
) -> Tensor:
    """Return the variance ``sum((input - mean) ** 2) / (n - correction)`` of all elements, or over `dim`.

    Parameters
    ----------
    dim : int or several, optional
    unbiased : bool, default True
        Divide by n - 1, so that one element has variance nan; else by n. ``var(input, unbiased)`` works too.
    correction : number, optional
        What to subtract from n, instead of what `unbiased` says.

    Examples
    --------
    >>> mg.var(mg.tensor([1.0, 2.0, 3.0])), mg.var(mg.tensor([1.0, 3.0]), correction=0)
    (tensor(1.), tensor(1.))
    """
    return _var(*_spread_arguments("var", input, dim, unbiased, keepdim, correction))


@method()
def std(
    input: Operand, dim: Dim = None, unbiased: bool = True, keepdim: bool = False, *, correction: float | None = None
) -> Tensor:
    """Return the standard deviation, the root of `var`, with its parameters. Where it is 0, its gradient is 0.

    Examples
    --------
    >>> mg.std(mg.tensor([[1.0, 3.0], [5.0, 5.0]]), dim=1, unbiased=False)
    tensor([1., 0.])
    """
    return _std(*_spread_arguments("std", input, dim, unbiased, keepdim, correction))


def var_mean(
    input: Operand, dim: Dim = None, unbiased: bool = True, keepdim: bool = False, *, correction: float | None = None
) -> tuple[Tensor, Tensor]:
    """Return `var` and `mean`, a tuple.

    Examples
    --------
    >>> mg.var_mean(mg.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    input, dims, correction, keepdim = _spread_arguments("var_mean", input, dim, unbiased, keepdim, correction)
    return _var(input, dims, correction, keepdim), mean_over(input, dims, keepdim)


def std_mean(
    input: Operand, dim: Dim = None, unbiased: bool = True, keepdim: bool = False, *, correction: float | None = None
) -> tuple[Tensor, Tensor]:
    """Return `std` and `mean`, a tuple.

    Examples
    --------
    >>> mg.std_mean(mg.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    input, dims, correction, keepdim = _spread_arguments("std_mean", input, dim, unbiased, keepdim, correction)
    return _std(input, dims, correction, keepdim), mean_over(input, dims, keepdim)


# ---- logsumexp -------------------------------------------------------------------------------------------------------


@operation(
    input=lambda g, y, input, input_shape, dim, keepdim: (
        kept(g, input_shape, dim, keepdim) * exp(input - kept(y, input_shape, dim, keepdim))
    )
)
@silent
def _logsumexp(input: Operand, dim: Dims, keepdim: bool) -> Operand:
    y = logsumexp_over(input, dim).astype(input.dtype)
    return y if keepdim else np.squeeze(y, axis=dim)


@method()
def logsumexp(input: Operand, dim: int | Sequence[int], keepdim: bool = False) -> Tensor:
    """``log(sum(exp(input)))`` over the dimensions `dim`, without overflow.

    Examples
    --------
    >>> mg.logsumexp(mg.tensor([10000.0, 10000.0]), dim=0)
    tensor(10000.6934)
    """
    if input.dtype.kind != "f":
        input = cast(input, dtypes.get_default_dtype())
    return _logsumexp(input, all_dims("logsumexp", dim, len(input.shape)), keepdim)


# ---- counting --------------------------------------------------------------------------------------------------------


def _as_truth(reduced: Any, input: Any) -> Any:
    return reduced.astype(np.uint8) if input.dtype == np.uint8 else reduced  # as PyTorch does


@operation("input")
def _all(input: Operand, dim: Dims, keepdim: bool) -> Operand:
    return _as_truth(fold(np.logical_and, np.not_equal(input, 0), dim, keepdim), input)


@operation("input")
def _any(input: Operand, dim: Dims, keepdim: bool) -> Operand:
    return _as_truth(fold(np.logical_or, np.not_equal(input, 0), dim, keepdim), input)


@method()
def all(input: Operand, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """Return whether all elements are true (not 0), of the tensor or over the dimensions `dim`.

    Examples
    --------
    >>> mg.all(mg.tensor([[True, False], [True, True]]), dim=1)
    tensor([False,  True])
    """
    return _all(input, () if isinstance(dim, tuple) and not dim else all_dims("all", dim, len(input.shape)), keepdim)


@method()
def any(input: Operand, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """Return whether at least one element is true (not 0), of the tensor or over the dimensions `dim`.

    Examples
    --------
    >>> mg.any(mg.tensor([[False, False], [True, False]]), dim=1)
    tensor([False,  True])
    """
    return _any(input, () if isinstance(dim, tuple) and not dim else all_dims("any", dim, len(input.shape)), keepdim)


@operation("input")
def _count_nonzero(input: Operand, dim: Dims) -> Operand:
    return np.add.reduce(np.not_equal(input, 0), axis=dim, dtype=np.int64)


@method()
def count_nonzero(input: Operand, dim: Dim = None) -> Tensor:
    """Return how many elements are not 0, int64.

    Examples
    --------
    >>> mg.count_nonzero(mg.tensor([[0, 1], [2, 3]]), dim=0)
    tensor([1, 2])
    """
    return _count_nonzero(input, all_dims("count_nonzero", dim, len(input.shape)))
