"""The operators of arithmetic."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.tensor import Tensor
from minigrad.kernels.blocks import in_blocks
from minigrad.kernels.buffering import broadcast
from minigrad.kernels.errstate import silent
from minigrad.ops.declare.method import method
from minigrad.ops.declare.old_calls import factors_first
from minigrad.ops.declare.operation import Operand
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.primitives.casting import cast, zeros_as
from minigrad.ops.primitives.elementwise import LARGE, elementwise

__all__ = [
    "add", "sub", "subtract", "mul", "multiply", "div", "divide", "true_divide", "floor_divide", "remainder", "fmod",
    "pow", "neg", "negative", "positive", "reciprocal", "square", "lerp", "addcmul", "addcdiv", "rsub", "float_power",
]  # fmt: skip


# ---- operators -------------------------------------------------------------------------------------------------------


@method("__add__", "__radd__", inplace=True)
@elementwise(lambda g: g, lambda g: g)
def _add(input: Operand, other: Operand) -> Operand:
    return input + other if input.size < LARGE else broadcast(np.add, input, other)


@method(inplace=True)
@factors_first("alpha")
def add(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """``input + alpha * other``, elementwise with broadcasting and type promotion.

    Examples
    --------
    >>> mg.add(mg.tensor([1.0, 2.0]), 10)
    tensor([11., 12.])
    """
    plain = type(alpha) is int and alpha == 1
    return _add(input, other) if plain else _with_alpha("add", _add, input, other, alpha)


def _number(name: str, parameter: str, value: Any) -> Any:
    """Return a number that may be given as a tensor without dimensions."""
    if isinstance(value, Tensor) and value._data.ndim:
        raise TypeError(f"{name}: expected a number as {parameter!r}, got a tensor of shape {tuple(value.shape)}")
    return value.item() if isinstance(value, Tensor) else value


@rounded_once
def _with_alpha(name: str, operator: Any, input: Any, other: Any, alpha: Any) -> Any:
    """Return `operator` of `input` and ``alpha * other``, where `alpha` is of no higher kind than the result."""
    alpha = _number(name, "alpha", alpha)
    kind = dtypes.result_type(*[getattr(t, "_data", t) for t in (input, other)]).kind
    if isinstance(alpha, bool) and kind != "b":
        raise RuntimeError(f"{name}: a bool as alpha is for bools, got {alpha}; use an int")
    if isinstance(alpha, float) and kind != "f":
        raise RuntimeError(f"{name}: expected an int as alpha for integers, got {alpha}; convert them with .float()")
    if kind == "b":
        return operator(input, other if alpha else other & False)  # all that is not 0 is True
    return operator(input, other * alpha)


@method("__sub__", inplace=True, only=True)
@elementwise(lambda g: g, lambda g: -g, no_bools="bools have no difference; use ^ (logical_xor), or ~ for 1 - mask")
def _sub(input: Operand, other: Operand) -> Operand:
    return input - other if input.size < LARGE else broadcast(np.subtract, input, other)


@method("subtract", inplace=True)
@factors_first("alpha")
def sub(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """``input - alpha * other``, elementwise with broadcasting and type promotion.

    Examples
    --------
    >>> mg.sub(mg.tensor([1.0, 2.0]), mg.tensor([1.0, 1.0]), alpha=2)
    tensor([-1.,  0.])
    """
    plain = type(alpha) is int and alpha == 1
    return _sub(input, other) if plain else _with_alpha("sub", _sub, input, other, alpha)


@method("__mul__", "__rmul__", "multiply", inplace=True)
@elementwise(lambda g, other: g * other, lambda g, input: g * input)
def mul(input: Operand, other: Operand) -> Operand:
    """``input * other``, elementwise with broadcasting and type promotion.

    Examples
    --------
    >>> mg.tensor([1.0, 2.0]) * mg.tensor([[10.0], [100.0]])
    tensor([[ 10.,  20.],
            [100., 200.]])
    """
    return input * other if input.size < LARGE else broadcast(np.multiply, input, other)


@elementwise(lambda g, other: g / other, lambda g, input, other: -g * (input / other) / other, floating=True)
@silent
def _div(input: Operand, other: Operand) -> Operand:
    return input / other if input.size < LARGE else broadcast(np.divide, input, other)


@method("__truediv__", "divide", "true_divide", inplace=True)
def div(input: Operand, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
    """``input / other``, elementwise; integers give the default floating dtype.

    Parameters
    ----------
    rounding_mode : {None, 'trunc', 'floor'}
        Round the quotient towards zero or down; then integers give integers.

    Raises
    ------
    RuntimeError
        If `rounding_mode` is unknown.

    Examples
    --------
    >>> mg.div(mg.tensor([7, -7]), 2, rounding_mode="trunc")
    tensor([ 3, -3])
    """
    if rounding_mode is None:
        return _div(input, other)
    if rounding_mode == "floor":
        return floor_divide(input, other)
    if rounding_mode == "trunc":
        return _truncated_divide(input, other)
    raise RuntimeError(f"div: expected rounding_mode None, 'trunc' or 'floor', got {rounding_mode!r}")


def true_divide(input: Operand, other: Operand) -> Tensor:
    """``input / other``, elementwise; integers give the default floating dtype.

    Examples
    --------
    >>> mg.true_divide(mg.tensor([1, 2]), 2)
    tensor([0.5000, 1.0000])
    """
    return _div(input, other)


def _check_divisor(operation: str, input: Operand, other: Operand) -> None:
    """Integers have no infinity, and NumPy would say 0; of bools it makes int8."""
    kind = np.result_type(input, other).kind
    if kind == "b":
        raise NotImplementedError(f"{operation}: expected numbers, got bools; convert one with .long()")
    if kind != "f" and not np.all(other):
        raise RuntimeError(f"{operation}: division of integers by zero; convert them with .float() to get inf or nan")


@method("__floordiv__", inplace=True)
@elementwise(lambda g: zeros_as(g), lambda g: zeros_as(g))
@silent
def floor_divide(input: Operand, other: Operand) -> Operand:
    """Return the quotient rounded down, elementwise. Its gradient is 0.

    Examples
    --------
    >>> mg.tensor([7.0, -7.0]) // 2
    tensor([ 3., -4.])
    """
    _check_divisor("floor_divide", input, other)
    return np.floor_divide(input, other)


@elementwise(lambda g: zeros_as(g), lambda g: zeros_as(g))
@silent
def _truncated_divide(input: Operand, other: Operand) -> Operand:
    if np.asarray(input).dtype.kind == "f":
        return np.trunc(np.divide(input, other))
    _check_divisor("div", input, other)
    return (input - np.fmod(input, other)) // other  # the smallest integer has no absolute value


@method("__mod__", inplace=True)
@elementwise(lambda g: g, lambda g, input, other: -g * floor_divide(input, other))
@silent
def remainder(input: Operand, other: Operand) -> Operand:
    """``input - floor(input / other) * other``, elementwise: takes the sign of `other`.

    Examples
    --------
    >>> mg.tensor([5.0, -5.0]) % 3
    tensor([2., 1.])
    """
    _check_divisor("remainder", input, other)
    return np.remainder(input, other)


@method(inplace=True)
@elementwise(lambda g: g, lambda g, input, other: -g * _truncated_divide(input, other), tensors=("input",))
@silent
def fmod(input: Operand, other: Operand) -> Operand:
    """``input - trunc(input / other) * other``, elementwise: takes the sign of `input`.

    Examples
    --------
    >>> mg.fmod(mg.tensor([5.0, -5.0]), 3)
    tensor([ 2., -2.])
    """
    _check_divisor("fmod", input, other)
    return np.fmod(input, other)


@in_blocks
def _base_slope(g: Any, input: Any, exponent: Any) -> Any:
    """Return the gradient of ``input ** exponent`` for the input; 0 wherever the exponent is 0."""
    if isinstance(exponent, (int, float)):
        return zeros_as(g) if exponent == 0 else g * (exponent * input ** (exponent - 1))
    return g * _pow_slope(input, exponent)


@elementwise(
    lambda g, input, exponent: g * _curvature(input, exponent),
    lambda g, input, exponent: g * _mixed_slope(input, exponent),
)
@silent
def _pow_slope(input: Operand, exponent: Operand) -> Operand:
    """``exponent * input ** (exponent - 1)``, and 0 wherever the exponent is 0."""
    return np.where(exponent == 0, 0, exponent * np.power(input, exponent - 1))


def _curvature(input: Any, exponent: Any) -> Any:
    from minigrad.ops.selection import where

    return where(exponent == 0, 0.0, exponent * _pow_slope(input, exponent - 1))


@elementwise(
    lambda g, input, exponent: g * _mixed_slope(input, exponent),
    lambda g, y, input: g * y * _log_or_0(input, y),
)
@silent
def _exponent_slope(input: Operand, exponent: Operand) -> Operand:
    """``input ** exponent * log(input)``; 0 where the input is 0 and the exponent is not negative."""
    zero = (input == 0) & (exponent >= 0)
    return np.where(zero, 0, np.power(input, exponent) * np.log(np.where(zero, 1, input)))


def _log_or_0(input: Any, y: Any) -> Any:
    from minigrad.ops.exponential import log
    from minigrad.ops.selection import where

    return where(y == 0, 0.0, log(where(y == 0, 1.0, input)))


def _mixed_slope(input: Any, exponent: Any) -> Any:
    """``input ** (exponent - 1) * (1 + exponent * log(input))``, and where the input is 0 its limit."""
    from minigrad.ops.exponential import log
    from minigrad.ops.selection import where

    zero = input == 0
    limit = where(exponent > 1, 0.0, where(exponent > 0, -np.inf, np.inf))
    base = where(zero, 1.0, input)
    return where(zero, limit, base ** (exponent - 1) * (1 + exponent * log(base)))


@method("__pow__", inplace=True)
@elementwise(_base_slope, lambda g, input, exponent: g * _exponent_slope(input, exponent), exact="exponent")
@silent
def pow(input: Operand, exponent: Operand) -> Operand:
    """``input ** exponent``, elementwise. ``x ** 0`` has gradient 0 everywhere.

    Raises
    ------
    RuntimeError
        For integers to the power of a negative integer, or of one that does not fit into their dtype. (Negative
        integers in a tensor of exponents give the truncated result: 0, or 1 and -1 for these.)

    Examples
    --------
    >>> mg.tensor([1.0, 2.0, 3.0]) ** 2
    tensor([1., 4., 9.])
    """
    base = np.asarray(input)
    if base.dtype.kind == "b" and np.asarray(exponent).dtype.kind == "b":
        if np.ndim(exponent):
            raise NotImplementedError("pow: expected numbers, got bools; convert one with .long()")
        return base | ~np.asarray(exponent)  # as a number
    if base.dtype.kind == "f":
        return _float_power(base, exponent)
    if not np.any(np.asarray(exponent) < 0):
        return base**exponent
    if isinstance(exponent, int) or not exponent.ndim:
        raise RuntimeError("pow: an integer has no negative integer power; convert it with .float()")
    power = base ** np.maximum(exponent, 0)
    below = np.where(np.abs(base) == 1, base ** (exponent & 1), 0).astype(power.dtype)  # truncated, as PyTorch's
    return np.where(exponent < 0, below, power)


@in_blocks
def _float_power(base: np.ndarray, exponent: Any) -> Any:
    """Compute ``base ** exponent``: NumPy takes fifty times as long for a negative base as for a positive one."""
    if not isinstance(exponent, (int, float)) or exponent in (-1, 0, 1, 2) or exponent % 1:
        return base**exponent
    if exponent == 3:  # as PyTorch computes it
        return base * base * base
    power = np.abs(base) ** exponent
    return power if exponent % 2 == 0 else np.copysign(power, base)


def rsub(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """``other - alpha * input``, elementwise with broadcasting and type promotion.

    Raises
    ------
    TypeError
        If `input` is not a Tensor.

    Examples
    --------
    >>> mg.rsub(mg.tensor([1.0, 2.0]), 10)
    tensor([9., 8.])
    """
    if not hasattr(input, "dtype"):
        raise TypeError(f"rsub: expected a Tensor as 'input', got {type(input).__name__}")
    return sub(other, input, alpha=alpha)


@method()
def float_power(input: Operand, exponent: Operand) -> Tensor:
    """``input ** exponent``, elementwise, in float64.

    Examples
    --------
    >>> mg.float_power(mg.tensor([2, 3]), -1)
    tensor([0.5000, 0.3333], dtype=float64)
    """
    wide = [cast(t, np.dtype(np.float64)) if hasattr(t, "dtype") else float(t) for t in (input, exponent)]
    return pow(*wide)


@method("float_power_", only=True)
def _float_power_(input: Tensor, exponent: Operand) -> Tensor:
    """Write `float_power` into this tensor, which must be of float64."""
    if input._data.dtype != np.float64:
        raise RuntimeError(f"float_power_: the result is float64, the tensor {input.dtype}; convert it with .double()")
    return input.pow_(exponent)


@method("__neg__", "negative", inplace=True)
@elementwise(lambda g: -g, no_bools="bools have no negative; use ~ (logical_not)")
def neg(input: Operand) -> Operand:
    """``-input``, elementwise.

    Examples
    --------
    >>> -mg.tensor([1.0, -2.0])
    tensor([-1.,  2.])
    """
    return np.negative(input)


@method("__pos__")
def positive(input: Operand) -> Tensor:
    """``+input``: the tensor itself.

    Raises
    ------
    RuntimeError
        If `input` is of bools.

    Examples
    --------
    >>> +mg.tensor([1.0])
    tensor([1.])
    """
    if input.dtype.kind == "b":
        raise RuntimeError("positive: bools have no sign; leave + out")
    return input


@method(inplace=True)
@elementwise(lambda g, y: -g * y * y, floating=True)
@silent
def reciprocal(input: Operand) -> Operand:
    """``1 / input``, elementwise.

    Examples
    --------
    >>> mg.reciprocal(mg.tensor([2.0, 4.0]))
    tensor([0.5000, 0.2500])
    """
    return np.reciprocal(input)


@method(inplace=True)
@elementwise(lambda g, input: g * (2 * input))
@silent
def square(input: Operand) -> Operand:
    """``input ** 2``, elementwise.

    Examples
    --------
    >>> mg.square(mg.tensor([2.0, -3.0]))
    tensor([4., 9.])
    """
    return np.square(input, dtype=np.int64 if input.dtype.kind == "b" else None)


@elementwise(
    lambda g, weight: g * (1 - weight),
    lambda g, weight: g * weight,
    lambda g, input, end: g * (end - input),
    name="lerp",
)
@silent
def _lerp(input: Operand, end: Operand, weight: Operand) -> Operand:
    way, near = np.subtract(end, input), np.abs(weight) < 0.5
    if not np.ndim(weight):
        return input + way * weight if near else end - way * (1 - weight)
    return np.where(near, input + way * weight, end - way * (1 - weight))


@method(inplace=True)
def lerp(input: Operand, end: Operand, weight: Operand) -> Operand:
    """``input + weight * (end - input)``: linear interpolation, which is exactly `end` where `weight` is 1.

    Raises
    ------
    RuntimeError
        If `end`, or a `weight` with dimensions, is of another dtype than `input`.

    Examples
    --------
    >>> mg.lerp(mg.tensor([0.0, 0.0]), mg.tensor([1.0, 2.0]), 0.25)
    tensor([0.2500, 0.5000])
    """
    for name, t in (("end", end), ("weight", weight)):
        tensors = isinstance(input, Tensor) and isinstance(t, Tensor) and (name == "end" or t._data.ndim)
        if tensors and t.dtype != input.dtype:
            raise RuntimeError(f"lerp: expected {name!r} of the input's {input.dtype}, got {t.dtype}; convert it")
    return _lerp(input, end, weight)


@method(inplace=True)
@factors_first("value")
@rounded_once
def addcmul(input: Operand, tensor1: Operand, tensor2: Operand, *, value: float = 1) -> Tensor:
    """``input + value * tensor1 * tensor2``.

    Examples
    --------
    >>> mg.addcmul(mg.ones(2), mg.tensor([1.0, 2.0]), mg.tensor([3.0, 4.0]), value=0.5)
    tensor([2.5000, 5.0000])
    """
    value = _number("addcmul", "value", value)
    dtype = dtypes.result_type(*(t._data if isinstance(t, Tensor) else t for t in (input, tensor1, tensor2)))
    if dtype.kind in "iu":  # integers stay integers, as in PyTorch
        value, tensor1 = int(value), cast(tensor1, dtype)
    product = tensor1 * tensor2
    return input + (product if value == 1 else product * value)


@method(inplace=True)
@factors_first("value")
@rounded_once
def addcdiv(input: Operand, tensor1: Operand, tensor2: Operand, *, value: float = 1) -> Tensor:
    """``input + value * tensor1 / tensor2``.

    Raises
    ------
    RuntimeError
        If both `tensor1` and `tensor2` are of integers.

    Examples
    --------
    >>> mg.addcdiv(mg.ones(2), mg.tensor([1.0, 2.0]), mg.tensor([2.0, 4.0]))
    tensor([1.5000, 1.5000])
    """
    if all(isinstance(t, (Tensor, np.ndarray)) and t.dtype.kind in "iub" for t in (tensor1, tensor2)):
        raise RuntimeError("addcdiv: a quotient of integers is refused, as it once was rounded; convert one to float")
    return input + tensor1 / tensor2 * _number("addcdiv", "value", value)


subtract, multiply, divide, negative = sub, mul, div, neg


# ---- what Python asks for when only the right operand is a Tensor --------------------------------------------------


@method("__rsub__", only=True)
def _rsub(self: Tensor, other: Operand) -> Tensor:
    return sub(other, self)


@method("__rtruediv__", "__rdiv__", only=True)
def _rtruediv(self: Tensor, other: Operand) -> Tensor:
    return _div(other, self)


@method("__rfloordiv__", only=True)
def _rfloordiv(self: Tensor, other: Operand) -> Tensor:
    return floor_divide(other, self)


@method("__rmod__", only=True)
def _rmod(self: Tensor, other: Operand) -> Tensor:
    return remainder(other, self)


@method("__rpow__", only=True)
def _rpow(self: Tensor, other: Operand) -> Tensor:
    return pow(other, self)
