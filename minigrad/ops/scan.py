"""Running sums, products and extremes along one dimension."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad import return_types
from minigrad.core import dtypes
from minigrad.core.array_attributes import as_int
from minigrad.core.dtypes import DType
from minigrad.core.tensor import Tensor
from minigrad.kernels import scans as kernels
from minigrad.kernels.errstate import silent
from minigrad.ops.casting import clone
from minigrad.ops.checks import require_floating
from minigrad.ops.declare.declaration import shared_rule
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation, twin
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.exponential import exp
from minigrad.ops.indexing import Key
from minigrad.ops.joining import cat
from minigrad.ops.primitives.casting import cast, terms
from minigrad.ops.primitives.dims import one_dim
from minigrad.ops.primitives.indexing import ALL, add_along, slice_by
from minigrad.ops.primitives.joining import join
from minigrad.ops.primitives.shape import reshape
from minigrad.return_types import Result

__all__ = ["cumsum", "cumprod", "logcumsumexp", "cummax", "cummin", "diff", "trapezoid", "trapz"]


def _but_last(dim: int) -> Key:
    return (*[ALL] * dim, slice(None, -1))


def _but_first(dim: int) -> Key:
    return (*[ALL] * dim, slice(1, None))


def _prepared(name: str, input: Any, dim: int, dtype: Any) -> tuple[Any, int]:
    """Return `input` as it will be added up, with at least one dimension, and that dimension."""
    input = terms(input, dtype)
    return input if input.shape else reshape(input, (1,)), one_dim(name, dim, len(input.shape))


# ---- sums ------------------------------------------------------------------------------------------------------------


@operation(input=lambda g, dim, reverse: _cumsum(g, dim, not reverse))
def _cumsum(input: Operand, dim: int, reverse: bool) -> Operand:
    return kernels.running_sum(input, dim, reverse)


@method(inplace=True)
def cumsum(input: Operand, dim: int, *, dtype: DType | None = None) -> Tensor:
    """Return the sum of each element and those before it in dimension `dim`. Integers and bools add up in int64.

    Examples
    --------
    >>> mg.cumsum(mg.tensor([1.0, 2.0, 3.0]), dim=0)
    tensor([1., 3., 6.])
    """
    x, dim = _prepared("cumsum", input, dim, dtype)
    return reshape(_cumsum(x, dim, False), tuple(input.shape))


@shared_rule
def _decayed_rule(g: Any, y: Any, decay: Any, dim: int, reverse: bool) -> tuple[Any, Any]:
    gx = _decayed_sum(g, decay, dim, not reverse)
    before, after = (_but_first(dim), _but_last(dim)) if reverse else (_but_last(dim), _but_first(dim))
    return gx, slice_by(gx, after) * slice_by(y, before)


@operation(input=_decayed_rule, decay=_decayed_rule)
def _decayed_sum(input: Operand, decay: Operand, dim: int, reverse: bool) -> Operand:
    """``y[k + 1] = input[k + 1] + decay[k] * y[k]``, or in reverse ``y[k] = input[k] + decay[k] * y[k + 1]``.

    `decay` is shorter than `input` by 1. One direction is the adjoint of the other; cumprod and logcumsumexp have
    gradients of this kind, free of divisions and of large numbers.
    """
    y = input.astype(np.float64)  # roundings would pile up
    steps, factors = np.moveaxis(y, dim, 0), np.moveaxis(decay, dim, 0)
    for k in reversed(range(len(factors))) if reverse else range(len(factors)):
        into, source = (k, k + 1) if reverse else (k + 1, k)
        steps[into] += factors[k] * steps[source]
    return y.astype(input.dtype, copy=False)


def _wide(x: np.ndarray) -> Any:
    """Return the dtype in which to accumulate: roundings would pile up."""
    return np.float64 if x.dtype.kind == "f" else x.dtype


# ---- products --------------------------------------------------------------------------------------------------------


def _cumprod_rule(g: Any, y: Any, input: Any, dim: int) -> Any:
    """Return what came before an element, times what it is multiplied into from there on."""
    gy = _decayed_sum(g, slice_by(input, _but_first(dim)), dim, True)
    first = (*[ALL] * dim, slice(1))
    return join([slice_by(gy, first), slice_by(gy, _but_first(dim)) * slice_by(y, _but_last(dim))], dim)


@operation(input=_cumprod_rule)
@silent
def _cumprod(input: Operand, dim: int) -> Operand:
    return kernels.accumulated(np.multiply, input, dim, _wide(input))


@method(inplace=True)
def cumprod(input: Operand, dim: int, *, dtype: DType | None = None) -> Tensor:
    """Return the product of each element and those before it in dimension `dim`. Integers and bools multiply in int64.

    Examples
    --------
    >>> mg.cumprod(mg.tensor([1.0, 2.0, 3.0]), dim=0)
    tensor([1., 2., 6.])
    """
    x, dim = _prepared("cumprod", input, dim, dtype)
    return reshape(_cumprod(x, dim), tuple(input.shape))


def _logcumsumexp_rule(g: Any, y: Any, input: Any, dim: int) -> Any:
    """Return the sum over i >= k of ``g[i] * exp(input[k] - y[i])``, in steps whose factors are all at most 1."""
    dtype = g.dtype
    g, y, input = (cast(t, dtypes.float64) for t in (g, y, input))  # the roundings of the factors would pile up
    decay = exp(slice_by(y, _but_last(dim)) - slice_by(y, _but_first(dim)))
    return cast(_decayed_sum(g, decay, dim, True) * exp(input - y), dtype)


@operation(input=_logcumsumexp_rule)
@silent
def _logcumsumexp(input: Operand, dim: int) -> Operand:
    return kernels.accumulated(np.logaddexp, input, dim, _wide(input))


@method()
def logcumsumexp(input: Operand, dim: int) -> Tensor:
    """``log(cumsum(exp(input)))`` without overflow.

    Raises
    ------
    RuntimeError
        If `input` is not floating.

    Examples
    --------
    >>> mg.logcumsumexp(mg.tensor([0.0, 0.0, 1000.0]), dim=0)
    tensor([0.0000e+00, 6.9315e-01, 1.0000e+03])
    """
    require_floating("logcumsumexp", input)
    x, dim = _prepared("logcumsumexp", input, dim, None)
    return reshape(_logcumsumexp(x, dim), tuple(input.shape))


# ---- extremes --------------------------------------------------------------------------------------------------------


@operation(
    outputs=("y", "place"),
    name="cummax",
    input=lambda g, input_shape, place, dim: add_along(g, input_shape, place, dim),
)
def _running(input: Operand, dim: int, largest: bool) -> Any:
    """Return the largest or smallest so far, and where it is."""
    how = (np.maximum, np.greater_equal) if largest else (np.minimum, np.less_equal)
    return kernels.running_extreme(input, dim, *how)


_cummin = twin(_running, "cummin")


def _extremes(name: str, operation: Any, input: Any, dim: int, largest: bool) -> Result:
    shape = tuple(input.shape)
    dim = one_dim(name, dim, len(shape))
    y, place = operation(input if shape else reshape(input, (1,)), dim, largest)
    return getattr(return_types, name)(reshape(y, shape), reshape(place, shape))


@method()
def cummax(input: Operand, dim: int) -> Result:
    """Return the running maximum along `dim`, and its place: the last one among ties.

    Returns
    -------
    named tuple (values, indices)

    Examples
    --------
    >>> mg.cummax(mg.tensor([1.0, 3.0, 2.0]), dim=0).values
    tensor([1., 3., 3.])
    """
    return _extremes("cummax", _running, input, dim, True)


@method()
def cummin(input: Operand, dim: int) -> Result:
    """Return the running minimum along `dim`, and its place: the last one among ties.

    Returns
    -------
    named tuple (values, indices)

    Examples
    --------
    >>> mg.cummin(mg.tensor([3.0, 1.0, 2.0]), dim=0).values
    tensor([3., 1., 1.])
    """
    return _extremes("cummin", _cummin, input, dim, False)


# ---- differences -----------------------------------------------------------------------------------------------------


@method()
def diff(
    input: Operand, n: int = 1, dim: int = -1, prepend: Operand | None = None, append: Operand | None = None
) -> Tensor:
    """Return the difference of each element to the one before it in dimension `dim`; of bools, whether there is one.

    Parameters
    ----------
    n : how often to do so
    prepend, append : Tensors, optional
        Joined to the input first.

    Raises
    ------
    RuntimeError
        If `input` has no dimension, or `n` is negative.

    Examples
    --------
    >>> mg.diff(mg.tensor([1.0, 3.0, 6.0]))
    tensor([2., 3.])
    """
    if not input.shape:
        raise RuntimeError("diff: expected a tensor with dimensions, got a 0-dim one")
    if (n := as_int("diff", "n", n)) < 0:
        raise RuntimeError(f"diff: expected n to be at least 0, got {n}")
    dim = one_dim("diff", dim, len(input.shape))
    if not n:
        return clone(input)
    given = [t for t in (prepend, input, append) if t is not None]
    x = input if len(given) == 1 else cat(given, dim)
    for _ in range(min(n, x.shape[dim])):
        later, earlier = slice_by(x, _but_first(dim)), slice_by(x, _but_last(dim))
        x = later ^ earlier if x.dtype.kind == "b" else later - earlier
    return x


@rounded_once
def trapezoid(y: Operand, x: Operand | None = None, *, dx: float = 1, dim: int = -1) -> Tensor:
    """Return the integral over dimension `dim` of the straight lines between neighbours.

    Parameters
    ----------
    x : Tensor, optional
        Where the values are: as long as dimension `dim`, or of the shape of `y`.
    dx : float, default 1
        The distance of neighbours, without `x`.

    Examples
    --------
    >>> mg.trapezoid(mg.tensor([1.0, 2.0, 4.0])), mg.trapezoid(mg.tensor([1.0, 3.0]), mg.tensor([0.0, 0.5]))
    (tensor(4.5000), tensor(1.))
    """
    dim = one_dim("trapezoid", dim, len(y.shape))
    heights = slice_by(y, _but_last(dim)) + slice_by(y, _but_first(dim))
    if x is None:
        return heights.sum(dim) * (dx / 2)
    if len(x.shape) == 1:
        x = x.reshape(*x.shape, *[1] * (len(y.shape) - 1 - dim))
    return (heights * diff(x, dim=dim - len(y.shape))).sum(dim) / 2


trapz = trapezoid
