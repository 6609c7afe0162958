"""Functions of one variable, applied to each element: value and slope side by side."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.kernels import activation as kernel
from minigrad.kernels.blocks import each
from minigrad.kernels.errstate import silent
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, computed
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.primitives.casting import zeros_as
from minigrad.ops.primitives.elementwise import elementwise
from minigrad.ops.selection import clamp, where

__all__ = [
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp", "logaddexp2", "sqrt", "rsqrt", "abs",
    "absolute", "sign", "hypot", "sigmoid", "logit", "floor", "ceil", "round", "trunc", "fix", "frac", "xlogy",
]  # fmt: skip


# ---- exponentials and logarithms -------------------------------------------------------------------------------------


@method(inplace=True)
@elementwise(lambda g, y: g * y, floating=True)
@silent
def exp(input: Operand) -> Operand:
    """``e ** input``, elementwise.

    Examples
    --------
    >>> mg.exp(mg.tensor([0.0, 1.0]))
    tensor([1.0000, 2.7183])
    """
    return each(np.exp, input)


@method(inplace=True)
@elementwise(lambda g, y: g * y * float(np.log(2.0)), floating=True)
@silent
def exp2(input: Operand) -> Operand:
    """``2 ** input``, elementwise.

    Examples
    --------
    >>> mg.exp2(mg.tensor([0.0, 3.0]))
    tensor([1., 8.])
    """
    return each(np.exp2, input)


@method(inplace=True)
@elementwise(lambda g, y: g * (y + 1), floating=True)
@silent
def expm1(input: Operand) -> Operand:
    """``exp(input) - 1``, exact near 0 too.

    Examples
    --------
    >>> mg.expm1(mg.tensor([0.0, 1.0]))
    tensor([0.0000, 1.7183])
    """
    return each(np.expm1, input)


@method(inplace=True)
@elementwise(lambda g, input: g / input, floating=True)
@silent
def log(input: Operand) -> Operand:
    """Return the natural logarithm of each element; -inf of 0, nan of negative numbers.

    Examples
    --------
    >>> mg.log(mg.tensor([1.0, 10.0]))
    tensor([0.0000, 2.3026])
    """
    return each(np.log, input)


@method(inplace=True)
@elementwise(lambda g, input: g / (input * float(np.log(2.0))), floating=True)
@silent
def log2(input: Operand) -> Operand:
    """Return the logarithm to base 2 of each element.

    Examples
    --------
    >>> mg.log2(mg.tensor([1.0, 8.0]))
    tensor([0., 3.])
    """
    return each(np.log2, input)


@method(inplace=True)
@elementwise(lambda g, input: g / (input * float(np.log(10.0))), floating=True)
@silent
def log10(input: Operand) -> Operand:
    """Return the logarithm to base 10 of each element.

    Examples
    --------
    >>> mg.log10(mg.tensor([1.0, 2.0]))
    tensor([0.0000, 0.3010])
    """
    return each(np.log10, input)


@method(inplace=True)
@elementwise(lambda g, input: g / (1 + input), floating=True)
@silent
def log1p(input: Operand) -> Operand:
    """``log(1 + input)``, exact near 0 too.

    Examples
    --------
    >>> mg.log1p(mg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.6931])
    """
    return each(np.log1p, input)


def _check_floats(operation: str, input: Operand) -> None:
    """Refuse integers, of which PyTorch computes no such thing."""
    if np.asarray(input).dtype.kind != "f":
        raise NotImplementedError(f"{operation}: expected floating tensors, got integers or bools; use .float()")


@method()
@elementwise(
    lambda g, input, other: g * sigmoid(input - other),
    lambda g, input, other: g * sigmoid(other - input),
    tensors=("input", "other"),
)
@silent
def logaddexp(input: Operand, other: Operand) -> Operand:
    """``log(exp(input) + exp(other))`` without overflow.

    Raises
    ------
    NotImplementedError
        If both are of integers.

    Examples
    --------
    >>> mg.logaddexp(mg.tensor([0.0, 1000.0]), mg.tensor([0.0, 0.0]))
    tensor([6.9315e-01, 1.0000e+03])
    """
    _check_floats("logaddexp", input)
    return np.logaddexp(input, other)


@method()
@elementwise(
    lambda g, input, other: g * sigmoid((input - other) * float(np.log(2.0))),
    lambda g, input, other: g * sigmoid((other - input) * float(np.log(2.0))),
    tensors=("input", "other"),
)
@silent
def logaddexp2(input: Operand, other: Operand) -> Operand:
    """``log2(2 ** input + 2 ** other)`` without overflow.

    Raises
    ------
    NotImplementedError
        If both are of integers.

    Examples
    --------
    >>> mg.logaddexp2(mg.tensor([0.0, 1000.0]), mg.tensor([0.0, 0.0]))
    tensor([   1., 1000.])
    """
    _check_floats("logaddexp2", input)
    return np.logaddexp2(input, other)


def _xlogy_slope(g: Any, input: Any, other: Any) -> Any:
    """Return the gradient for the input; 0 where that or `g` is 0 and the logarithm is not a number."""
    unneeded = (input == 0) & (other <= 0)
    return where(unneeded, 0.0, xlogy(g, where(unneeded, 1.0, other)))


@method(inplace=True)
@elementwise(
    _xlogy_slope,
    lambda g, input, other: g * input / other,
    floating=True,
)
@silent
def xlogy(input: Operand, other: Operand) -> Operand:
    """``input * log(other)``; 0 where `input` is 0, whatever `other` is, unless that is nan.

    Examples
    --------
    >>> mg.xlogy(mg.tensor([0.0, 2.0]), mg.tensor([0.0, 1.0]))
    tensor([0., 0.])
    """
    other = np.asarray(other, input.dtype)
    return np.where((input == 0) & ~np.isnan(other), input * 0, input * np.log(other))


# ---- roots, absolute value -------------------------------------------------------------------------------------------


@method(inplace=True)
@elementwise(lambda g, y: g / (2 * y), floating=True)
@silent
def sqrt(input: Operand) -> Operand:
    """Return the square root of each element; its slope at 0 is inf.

    Examples
    --------
    >>> mg.sqrt(mg.tensor([4.0, 2.0]))
    tensor([2.0000, 1.4142])
    """
    return each(np.sqrt, input)


@method(inplace=True)
@elementwise(lambda g, y: -0.5 * g * y * y * y, floating=True)
@silent
def rsqrt(input: Operand) -> Operand:
    """``1 / sqrt(input)``, elementwise.

    Examples
    --------
    >>> mg.rsqrt(mg.tensor([4.0, 1.0]))
    tensor([0.5000, 1.0000])
    """
    return np.reciprocal(np.sqrt(input))


@method("__abs__", "absolute", inplace=True)
@elementwise(lambda g, input: g * sign(input), no_bools="expected numbers, got bools; convert them with .long()")
def abs(input: Operand) -> Operand:
    """Return the absolute value of each element; its slope at 0 is 0.

    Examples
    --------
    >>> mg.abs(mg.tensor([-1.5, 2.0]))
    tensor([1.5000, 2.0000])
    """
    return np.abs(input)


absolute = abs


@method(inplace=True)
@elementwise(lambda g: zeros_as(g))
def sign(input: Operand) -> Operand:
    """Return the sign of each element: -1, 0 or 1; 0 of nan. Its gradient is 0.

    Examples
    --------
    >>> mg.sign(mg.tensor([-3.0, 0.0, 2.0]))
    tensor([-1.,  0.,  1.])
    """
    if input.dtype.kind == "b":
        return input.copy()
    return np.subtract(np.greater(input, 0), np.less(input, 0), dtype=input.dtype)


@method(inplace=True)
@elementwise(lambda g, y, input: g * (input / y), lambda g, y, other: g * (other / y), tensors=("input",))
@silent
def hypot(input: Operand, other: Operand) -> Operand:
    """``sqrt(input ** 2 + other ** 2)``, elementwise.

    Examples
    --------
    >>> mg.hypot(mg.tensor([3.0]), mg.tensor([4.0]))
    tensor([5.])
    """
    _check_floats("hypot", input)
    return np.hypot(input, other)


# ---- the logistic function -------------------------------------------------------------------------------------------


@method(inplace=True)
@elementwise(computed(kernel.sigmoid_slope, lambda g, y: g * y * (1 - y)), floating=True)
@silent
def sigmoid(input: Operand) -> Operand:
    """``1 / (1 + exp(-input))``, elementwise, without overflow and exact to the last bits in both tails.

    Examples
    --------
    >>> mg.sigmoid(mg.tensor([0.0, -10000.0]))
    tensor([0.5000, 0.0000])
    """
    return kernel.sigmoid(input)


@method(inplace=True)
@rounded_once
def logit(input: Operand, eps: float | None = None) -> Tensor:
    """``log(input / (1 - input))``: the inverse of `sigmoid`; with `eps`, of input clamped to [eps, 1 - eps].

    Examples
    --------
    >>> mg.logit(mg.tensor([0.5, 0.75]))
    tensor([0.0000, 1.0986])
    """
    return _logit(input if eps is None else clamp(input, eps, 1 - eps))


@elementwise(lambda g, input: where((input >= 0) & (input <= 1), g / (input * (1 - input)), np.nan), floating=True)
@silent
def _logit(input: Operand) -> Operand:
    return np.log(input / (1 - input))


# ---- rounding: gradient 0 --------------------------------------------------------------------------------------------


@method(inplace=True)
@elementwise(lambda g: zeros_as(g), no_bools="expected numbers, got bools; convert them with .long()")
def floor(input: Operand) -> Operand:
    """Return the largest integer that is not larger, elementwise. Its gradient is 0.

    Examples
    --------
    >>> mg.floor(mg.tensor([1.7, -1.2]))
    tensor([ 1., -2.])
    """
    return np.floor(input) if input.dtype.kind == "f" else input.copy()


@method(inplace=True)
@elementwise(lambda g: zeros_as(g), no_bools="expected numbers, got bools; convert them with .long()")
def ceil(input: Operand) -> Operand:
    """Return the smallest integer that is not smaller, elementwise. Its gradient is 0.

    Examples
    --------
    >>> mg.ceil(mg.tensor([1.2, -1.7]))
    tensor([ 2., -1.])
    """
    return np.ceil(input) if input.dtype.kind == "f" else input.copy()


@method(inplace=True)
@elementwise(lambda g: zeros_as(g), no_bools="expected numbers, got bools; convert them with .long()")
def round(input: Operand, decimals: int = 0) -> Operand:
    """Return the nearest number with `decimals` decimals; halves go to the even one. Its gradient is 0.

    Examples
    --------
    >>> mg.round(mg.tensor([0.5, 1.5, -1.7]))
    tensor([ 0.,  2., -2.])
    """
    return input.copy() if input.dtype.kind == "b" else np.round(input, decimals)


@method("fix", inplace=True)
@elementwise(lambda g: zeros_as(g), no_bools="expected numbers, got bools; convert them with .long()")
def trunc(input: Operand) -> Operand:
    """Return the integer part, elementwise. Its gradient is 0.

    Examples
    --------
    >>> mg.trunc(mg.tensor([1.7, -1.7]))
    tensor([ 1., -1.])
    """
    return np.trunc(input) if input.dtype.kind == "f" else input.copy()


fix = trunc


@method(inplace=True)
@silent
def frac(input: Operand) -> Tensor:
    """``input - trunc(input)``, elementwise.

    Raises
    ------
    NotImplementedError
        If `input` is not floating.

    Examples
    --------
    >>> mg.frac(mg.tensor([1.5, -1.5]))
    tensor([ 0.5000, -0.5000])
    """
    if input.dtype.kind != "f":
        raise NotImplementedError(f"frac: expected a floating tensor, got {input.dtype}; convert it with .float()")
    return input - trunc(input)
