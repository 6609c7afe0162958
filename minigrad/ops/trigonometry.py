"""Trigonometric and hyperbolic functions, and their inverses. Angles are in radians."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.kernels import activation as kernel
from minigrad.kernels.blocks import each
from minigrad.kernels.errstate import silent
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, computed
from minigrad.ops.exponential import rsqrt
from minigrad.ops.primitives.elementwise import elementwise
from minigrad.ops.selection import where

__all__ = [
    "sin", "cos", "tan", "asin", "acos", "atan", "arcsin", "arccos", "arctan", "atan2", "arctan2", "sinh", "cosh",
    "tanh", "asinh", "acosh", "atanh", "arcsinh", "arccosh", "arctanh", "deg2rad", "rad2deg",
]  # fmt: skip


@method(inplace=True)
@elementwise(lambda g, input: g * cos(input), floating=True)
@silent
def sin(input: Operand) -> Operand:
    """Return the sine of each element, in radians.

    Examples
    --------
    >>> mg.sin(mg.tensor([0.0, np.pi / 2]))
    tensor([0., 1.])
    """
    return each(np.sin, input)


@method(inplace=True)
@elementwise(lambda g, input: -g * sin(input), floating=True)
@silent
def cos(input: Operand) -> Operand:
    """Return the cosine of each element, in radians.

    Examples
    --------
    >>> mg.cos(mg.tensor([0.0, np.pi]))
    tensor([ 1., -1.])
    """
    return each(np.cos, input)


@method(inplace=True)
@elementwise(lambda g, y: g * (1 + y * y), floating=True)
@silent
def tan(input: Operand) -> Operand:
    """Return the tangent of each element, in radians.

    Examples
    --------
    >>> mg.tan(mg.tensor([0.0, 1.0]))
    tensor([0.0000, 1.5574])
    """
    return each(np.tan, input)


@method("arcsin", inplace=True)
@elementwise(lambda g, input: g * rsqrt(1 - input * input), floating=True)
@silent
def asin(input: Operand) -> Operand:
    """Return the angle in radians whose sine is `input`.

    Examples
    --------
    >>> mg.asin(mg.tensor([0.0, 1.0]))
    tensor([0.0000, 1.5708])
    """
    return each(np.arcsin, input)


@method("arccos", inplace=True)
@elementwise(lambda g, input: -g * rsqrt(1 - input * input), floating=True)
@silent
def acos(input: Operand) -> Operand:
    """Return the angle in radians whose cosine is `input`.

    Examples
    --------
    >>> mg.acos(mg.tensor([1.0, 0.0]))
    tensor([0.0000, 1.5708])
    """
    return each(np.arccos, input)


@method("arctan", inplace=True)
@elementwise(lambda g, input: g / (1 + input * input), floating=True)
def atan(input: Operand) -> Operand:
    """Return the angle in radians whose tangent is `input`.

    Examples
    --------
    >>> mg.atan(mg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7854])
    """
    return each(np.arctan, input)


def _inverse_square(x: Any, y: Any) -> Any:
    """``1 / (x ** 2 + y ** 2)``, and 0 in the origin."""
    square = x * x + y * y
    origin = square == 0
    return where(origin, 0.0, 1 / where(origin, 1.0, square))


@method("arctan2", inplace=True)
@elementwise(
    lambda g, input, other: g * other * _inverse_square(input, other),
    lambda g, input, other: -g * input * _inverse_square(input, other),
    floating=True,
    tensors=("input", "other"),
)
def atan2(input: Operand, other: Operand) -> Operand:
    """Return the angle in radians of the point with y = `input` and x = `other`.

    Examples
    --------
    >>> mg.atan2(mg.tensor([1.0]), mg.tensor([-1.0]))
    tensor([2.3562])
    """
    return np.arctan2(input, other)


arcsin, arccos, arctan, arctan2 = asin, acos, atan, atan2


@method(inplace=True)
@elementwise(lambda g, input: g * cosh(input), floating=True)
@silent
def sinh(input: Operand) -> Operand:
    """Return the hyperbolic sine of each element.

    Examples
    --------
    >>> mg.sinh(mg.tensor([0.0, 1.0]))
    tensor([0.0000, 1.1752])
    """
    return each(np.sinh, input)


@method(inplace=True)
@elementwise(lambda g, input: g * sinh(input), floating=True)
@silent
def cosh(input: Operand) -> Operand:
    """Return the hyperbolic cosine of each element.

    Examples
    --------
    >>> mg.cosh(mg.tensor([0.0, 1.0]))
    tensor([1.0000, 1.5431])
    """
    return each(np.cosh, input)


@method(inplace=True)
@elementwise(computed(kernel.tanh_slope, lambda g, y: g * (1 - y * y)), floating=True)
def tanh(input: Operand) -> Operand:
    """Return the hyperbolic tangent of each element.

    Examples
    --------
    >>> mg.tanh(mg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7616])
    """
    return each(np.tanh, input)


@method("arcsinh", inplace=True)
@elementwise(lambda g, input: g * rsqrt(1 + input * input), floating=True)
def asinh(input: Operand) -> Operand:
    """Return the inverse hyperbolic sine of each element.

    Examples
    --------
    >>> mg.asinh(mg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8814])
    """
    return each(np.arcsinh, input)


@method("arccosh", inplace=True)
@elementwise(lambda g, input: g * rsqrt(input * input - 1), floating=True)
@silent
def acosh(input: Operand) -> Operand:
    """Return the inverse hyperbolic cosine of each element; nan below 1.

    Examples
    --------
    >>> mg.acosh(mg.tensor([1.0, 2.0]))
    tensor([0.0000, 1.3170])
    """
    return each(np.arccosh, input)


@method("arctanh", inplace=True)
@elementwise(lambda g, input: g / (1 - input * input), floating=True)
@silent
def atanh(input: Operand) -> Operand:
    """Return the inverse hyperbolic tangent of each element; nan beyond -1 and 1.

    Examples
    --------
    >>> mg.atanh(mg.tensor([0.0, 0.5]))
    tensor([0.0000, 0.5493])
    """
    return each(np.arctanh, input)


arcsinh, arccosh, arctanh = asinh, acosh, atanh


@method(inplace=True)
@elementwise(lambda g: g * (math.pi / 180), floating=True)
def deg2rad(input: Operand) -> Operand:
    """Return each angle, given in degrees, in radians.

    Examples
    --------
    >>> mg.deg2rad(mg.tensor([0.0, 180.0]))
    tensor([0.0000, 3.1416])
    """
    return input * (math.pi / 180)


@method(inplace=True)
@elementwise(lambda g: g * (180 / math.pi), floating=True)
def rad2deg(input: Operand) -> Operand:
    """Return each angle, given in radians, in degrees.

    Examples
    --------
    >>> mg.rad2deg(mg.tensor([0.0, np.pi]))
    tensor([  0., 180.])
    """
    return input * (180 / math.pi)
