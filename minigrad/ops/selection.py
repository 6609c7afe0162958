"""Choosing between values, and limiting them."""

from __future__ import annotations

import warnings
from typing import Any, overload

import numpy as np

from minigrad.core import dtypes
from minigrad.core.tensor import Tensor
from minigrad.kernels import relu as masks
from minigrad.kernels.buffering import broadcast
from minigrad.kernels.errstate import silent
from minigrad.ops.checks import check_tensor
from minigrad.ops.comparison import isfinite, isnan
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.primitives.casting import cast
from minigrad.ops.primitives.elementwise import elementwise
from minigrad.ops.primitives.selection import choose

__all__ = [
    "maximum", "minimum", "fmax", "fmin", "where", "clamp", "clip", "clamp_min", "clamp_max", "nan_to_num",
]  # fmt: skip


@operation("winner", "loser", input=lambda g, winner, loser: _won(g, winner, loser))
def _won(input: Operand, winner: Operand, loser: Operand) -> Operand:
    """Return `input` where `winner` is the larger or one of the two is nan, half of it at a tie, 0 elsewhere."""
    share, ties = masks.zeroed(input, np.less(winner, loser)), np.equal(winner, loser)
    if ties.any():
        share[ties] *= 0.5
    return share


@method()
@elementwise(
    lambda g, input, other: _won(g, input, other),
    lambda g, input, other: _won(g, other, input),
    tensors=("input", "other"),
)
def maximum(input: Operand, other: Operand) -> Operand:
    """Return the larger of two, elementwise; nan if one is. At a tie each gets half of the gradient.

    Examples
    --------
    >>> mg.maximum(mg.tensor([1.0, 5.0]), mg.tensor([3.0, 2.0]))
    tensor([3., 5.])
    """
    return broadcast(np.maximum, input, other)


@method()
@elementwise(
    lambda g, input, other: _won(g, other, input),
    lambda g, input, other: _won(g, input, other),
    tensors=("input", "other"),
)
def minimum(input: Operand, other: Operand) -> Operand:
    """Return the smaller of two, elementwise; nan if one is. At a tie each gets half of the gradient.

    Examples
    --------
    >>> mg.minimum(mg.tensor([1.0, 5.0]), mg.tensor([3.0, 2.0]))
    tensor([1., 2.])
    """
    return broadcast(np.minimum, input, other)


@method()
def fmax(input: Operand, other: Operand) -> Tensor:
    """Return the larger of two, elementwise; where one is nan, the other. A tie counts for `input`.

    Examples
    --------
    >>> mg.fmax(mg.tensor([1.0, float("nan")]), mg.tensor([0.0, 2.0]))
    tensor([1., 2.])
    """
    for name, value in (("input", input), ("other", other)):
        check_tensor("fmax", name, value)
    return where((input >= other) | isnan(other), input, other)


@method()
def fmin(input: Operand, other: Operand) -> Tensor:
    """Return the smaller of two, elementwise; where one is nan, the other. A tie counts for `input`.

    Examples
    --------
    >>> mg.fmin(mg.tensor([1.0, float("nan")]), mg.tensor([0.0, 2.0]))
    tensor([0., 2.])
    """
    for name, value in (("input", input), ("other", other)):
        check_tensor("fmin", name, value)
    return where((input <= other) | isnan(other), input, other)


@overload
def where(condition: Operand) -> tuple[Tensor, ...]: ...
@overload
def where(condition: Operand, input: Operand, other: Operand) -> Tensor: ...
def where(
    condition: Operand, input: Operand | None = None, other: Operand | None = None
) -> Tensor | tuple[Tensor, ...]:
    """Return `input` where `condition` holds, else `other`, with broadcasting.

    The gradient of an element that was not chosen is 0, whatever came from there.

    Parameters
    ----------
    condition : bool Tensor
    input, other : Tensors or numbers; without them, the indices where `condition` holds, a tuple of int64 Tensors

    Raises
    ------
    TypeError
        If `condition` is not a Tensor.
    RuntimeError
        If `condition` is not of bools.

    Examples
    --------
    >>> x = mg.tensor([-1.0, 2.0])
    >>> mg.where(x > 0, x, 0.0)
    tensor([0., 2.])
    """
    if not hasattr(condition, "dtype"):
        raise TypeError(f"where: expected a Tensor as condition, got {type(condition).__name__}")
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    if condition.dtype == np.uint8:
        warnings.warn("where: a uint8 condition is taken for bools; convert it with .bool()", UserWarning, stacklevel=2)
        condition = cast(condition, dtypes.bool)
    if condition.dtype != bool:
        raise RuntimeError(f"where: expected a bool condition, got {condition.dtype}; compare it, such as with != 0")
    return choose(condition, input, other)


@method("where", only=True)
def _where_method(self: Tensor, condition: Tensor, other: Any) -> Tensor:
    """Return this tensor where `condition` holds, else `other`."""
    return where(condition, self, other)


@operation("input", "low", "high")
def _inside(input: Operand, low: Operand, high: Operand) -> Operand:
    inside = np.ones(np.shape(input), bool)
    if low is not None:
        inside &= np.greater_equal(input, low)
    if high is not None:
        inside &= np.less_equal(input, high)
    return inside


@method("clip", inplace=True)
def clamp(input: Operand, min: Operand | None = None, max: Operand | None = None) -> Tensor:
    """Return `input` limited to [`min`, `max`], numbers or tensors; either may be None. Gradients pass at the bounds.

    Raises
    ------
    RuntimeError
        If both bounds are None.

    Examples
    --------
    >>> mg.clamp(mg.tensor([-2.0, 0.5, 2.0]), min=-1, max=1)
    tensor([-1.0000,  0.5000,  1.0000])
    """
    if min is None and max is None:
        raise RuntimeError("clamp: expected min, max or both, got neither")
    if isinstance(min, (Tensor, np.ndarray)) or isinstance(max, (Tensor, np.ndarray)):
        if min is not None:
            input = choose((input < min) | (min != min), min, input)  # a bound that is nan makes nan
        return input if max is None else choose((input > max) | (max != max), max, input)
    if input.dtype.kind != "f" and (isinstance(min, float) or isinstance(max, float)):
        input = cast(input, dtypes.get_default_dtype())
    return _clamp(input, min, max)


@elementwise(lambda g, input, min, max: choose(_inside(input, min, max), g, 0.0))
def _clamp(input: Operand, min: float | None, max: float | None) -> Operand:
    return masks.limited(input, min, max)


clip = clamp


@method(inplace=True)
def clamp_min(input: Operand, min: Operand) -> Tensor:
    """Return `input`, but at least `min`.

    Examples
    --------
    >>> mg.clamp_min(mg.tensor([-1.0, 1.0]), 0)
    tensor([0., 1.])
    """
    check_tensor("clamp_min", "input", input)
    return clamp(input, min=min)


@method(inplace=True)
def clamp_max(input: Operand, max: Operand) -> Tensor:
    """Return `input`, but at most `max`.

    Examples
    --------
    >>> mg.clamp_max(mg.tensor([-1.0, 1.0]), 0)
    tensor([-1.,  0.])
    """
    check_tensor("clamp_max", "input", input)
    return clamp(input, max=max)


@elementwise(lambda g, input: choose(isfinite(input), g, 0.0), name="nan_to_num")
@silent
def _nan_to_num(input: Operand, nan: float, posinf: float | None, neginf: float | None) -> Operand:
    return np.nan_to_num(input, nan=nan, posinf=posinf, neginf=neginf)


@method(inplace=True)
def nan_to_num(
    input: Operand, nan: float | None = None, posinf: float | None = None, neginf: float | None = None
) -> Operand:
    """Return `input` with nan and infinities replaced; infinities by the largest finite numbers unless given.

    Examples
    --------
    >>> mg.nan_to_num(mg.tensor([1.0, float("nan")]))
    tensor([1., 0.])
    """
    if (
        isinstance(input, Tensor) and input.dtype == np.float16
    ):  # it is computed in float32, of which the largest is inf
        largest = float(np.finfo(np.float16).max)
        posinf, neginf = largest if posinf is None else posinf, -largest if neginf is None else neginf
    return _nan_to_num(input, 0.0 if nan is None else nan, posinf, neginf)
