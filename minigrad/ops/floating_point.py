"""Parts of numbers: signs, exponents and neighbours; and what complex numbers would have besides."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad import return_types
from minigrad.core import dtypes
from minigrad.core.tensor import Tensor
from minigrad.kernels.errstate import silent
from minigrad.ops.checks import check_tensor
from minigrad.ops.declare.method import attribute, method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.exponential import exp2, sign
from minigrad.ops.primitives.casting import cast, zeros_as
from minigrad.ops.primitives.elementwise import elementwise
from minigrad.ops.selection import where
from minigrad.return_types import Result

__all__ = [
    "sgn", "signbit", "copysign", "isposinf", "isneginf", "isreal", "angle", "real", "imag", "conj", "conj_physical",
    "resolve_conj", "resolve_neg", "nextafter", "ldexp", "frexp", "heaviside", "gcd", "lcm",
]  # fmt: skip


# ---- signs -----------------------------------------------------------------------------------------------------------


@method(inplace=True)
def sgn(input: Operand) -> Tensor:
    """Return the sign of each element, as `sign` does: complex numbers, for which it is another, do not exist here.

    Examples
    --------
    >>> mg.sgn(mg.tensor([-3.0, 0.0, 2.0]))
    tensor([-1.,  0.,  1.])
    """
    return sign(input)


@method()
@elementwise(None)
def signbit(input: Operand) -> Operand:
    """Return whether each element is below 0, or -0.

    Examples
    --------
    >>> mg.signbit(mg.tensor([-1.0, -0.0, 2.0]))
    tensor([ True,  True, False])
    """
    return np.signbit(input) if input.dtype.kind == "f" else np.less(input, 0)


@elementwise(lambda g, y, input: where(input == 0, 0.0, g * (y / input)), lambda g: zeros_as(g), floating=True)
@silent
def _copysign(input: Operand, other: Operand) -> Operand:
    return np.copysign(input, other)


@method(inplace=True)
def copysign(input: Operand, other: Operand) -> Tensor:
    """Return the size of `input` with the sign of `other`, elementwise; its gradient where `input` is 0 is 0.

    Examples
    --------
    >>> mg.copysign(mg.tensor([1.0, -2.0]), -1)
    tensor([-1., -2.])
    """
    check_tensor("copysign", "input", input)
    return _copysign(input, other)


@method()
@elementwise(None)
def isposinf(input: Operand) -> Operand:
    """Return whether each element is plus infinity.

    Examples
    --------
    >>> mg.isposinf(mg.tensor([1.0, float("inf"), float("-inf")]))
    tensor([False,  True, False])
    """
    return np.equal(input, np.inf)


@method()
@elementwise(None)
def isneginf(input: Operand) -> Operand:
    """Return whether each element is minus infinity.

    Examples
    --------
    >>> mg.isneginf(mg.tensor([1.0, float("inf"), float("-inf")]))
    tensor([False, False,  True])
    """
    return np.equal(input, -np.inf)


# ---- what complex numbers would have ---------------------------------------------------------------------------------


@method()
@operation("input")
def isreal(input: Operand) -> Operand:
    """Return whether each element is a real number: True, as there are no others.

    Examples
    --------
    >>> mg.isreal(mg.tensor([1.0, float("nan")]))
    tensor([True, True])
    """
    return np.ones(input.shape, bool)


@method()
@elementwise(lambda g: zeros_as(g), floating=True)
def angle(input: Operand) -> Operand:
    """Return the angle of each element as a complex number: 0, or pi where it is negative. Its gradient is 0.

    Examples
    --------
    >>> mg.angle(mg.tensor([-1.0, 0.0, 2.0]))
    tensor([3.1416, 0.0000, 0.0000])
    """
    return np.where(np.isnan(input), input, np.where(input < 0, math.pi, 0).astype(input.dtype))


def _itself(name: str, says: str) -> Any:
    """Return the function `name` that returns its tensor, as real numbers have nothing to change."""

    def same(input: Operand) -> Tensor:
        check_tensor(name, "input", input)
        return input

    same.__name__ = same.__qualname__ = name
    same.__doc__ = f"""{says}: the tensor itself, as there are no complex numbers.

    Examples
    --------
    >>> mg.{name}(mg.tensor([1.0, -2.0]))
    tensor([ 1., -2.])
    """
    return same


real = attribute("real")(_itself("real", "Return the real part"))
conj = method()(_itself("conj", "Return the conjugate"))
conj_physical = method(inplace=True)(_itself("conj_physical", "Return the conjugate"))
resolve_conj = method()(_itself("resolve_conj", "Carry out a conjugation that waits"))
resolve_neg = method()(_itself("resolve_neg", "Carry out a negation that waits"))


def imag(input: Operand) -> Tensor:
    """Refuse: real numbers have no imaginary part to show.

    Raises
    ------
    RuntimeError
        For every tensor.

    Examples
    --------
    >>> mg.imag(mg.ones(2))
    Traceback (most recent call last):
        ...
    RuntimeError: imag: expected complex numbers, got minigrad.float32; there are none in minigrad
    """
    raise RuntimeError(
        f"imag: expected complex numbers, got {getattr(input, 'dtype', input)}; there are none in minigrad"
    )


# ---- exponents and neighbours ----------------------------------------------------------------------------------------


@elementwise(lambda g, input, other: g * (input != other), lambda g: g * 0)
def _nextafter(input: Operand, other: Operand) -> Operand:
    if input.dtype.kind != "f":
        raise NotImplementedError(f"nextafter: expected floating tensors, got {input.dtype}; convert with .float()")
    return np.nextafter(input, other)


@method(inplace=True)
def nextafter(input: Operand, other: Operand) -> Tensor:
    """Return the next number that the dtype has behind `input` on the way to `other`, elementwise.

    The gradient of `input` is 1 where the two differ.

    Examples
    --------
    >>> mg.nextafter(mg.tensor([1.0]), mg.tensor([2.0])) - 1
    tensor([1.1921e-07])
    """
    for name, value in (("input", input), ("other", other)):
        check_tensor("nextafter", name, value)
    return _nextafter(input, other)


@elementwise(
    lambda g, other: g * exp2(other),
    lambda g, y: g * y * math.log(2.0),
    floating=True,
)
@silent
def _ldexp(input: Operand, other: Operand) -> Operand:
    return input * np.exp2(other)


@method(inplace=True)
def ldexp(input: Operand, other: Operand) -> Tensor:
    """``input * 2 ** other``, elementwise.

    Examples
    --------
    >>> mg.ldexp(mg.tensor([1.0, 3.0]), mg.tensor([2, -1]))
    tensor([4.0000, 1.5000])
    """
    for name, value in (("input", input), ("other", other)):
        check_tensor("ldexp", name, value)
    return _ldexp(input, other)


@operation(outputs=("y", "exponent"), input=lambda g, exponent: g * exp2(cast(-exponent, g.dtype)))
def _frexp(input: Operand) -> Operand:
    mantissa, exponent = np.frexp(input)
    return mantissa, exponent.astype(np.int32)


@method()
def frexp(input: Operand) -> Result:
    """Return the mantissa, in [1/2, 1), and the exponent, int32, of each element: ``mantissa * 2 ** exponent``.

    Raises
    ------
    RuntimeError
        If `input` is not floating.

    Examples
    --------
    >>> mg.frexp(mg.tensor([8.0, -3.0]))
    minigrad.return_types.frexp(
    mantissa=tensor([ 0.5000, -0.7500]),
    exponent=tensor([4, 2], dtype=int32))
    """
    if check_tensor("frexp", "input", input).dtype.kind != "f":
        raise RuntimeError(f"frexp: expected a floating tensor, got {input.dtype}; convert it with .float()")
    return return_types.frexp(*_frexp(input))


@elementwise(None, None)
def _heaviside(input: Operand, values: Operand) -> Operand:
    return np.where(input == 0, values, (input > 0).astype(input.dtype))


@method(inplace=True)
def heaviside(input: Operand, values: Operand) -> Tensor:
    """Return 0 where `input` is negative or nan, 1 where it is positive, and `values` where it is 0. No gradient.

    Raises
    ------
    RuntimeError
        If the two have different dtypes.

    Examples
    --------
    >>> mg.heaviside(mg.tensor([-1.5, 0.0, 2.0]), mg.tensor([0.5]))
    tensor([0.0000, 0.5000, 1.0000])
    """
    kinds = [check_tensor("heaviside", name, t).dtype for name, t in (("input", input), ("values", values))]
    if kinds[0] != kinds[1]:
        raise RuntimeError(f"heaviside: expected two tensors of one dtype, got {input.dtype} and {values.dtype}")
    return _heaviside(input, values)


# ---- divisors and multiples ------------------------------------------------------------------------------------------


def _check_whole(operation: str, input: Operand, other: Operand) -> None:
    for name, t in (("input", input), ("other", other)):
        if check_tensor(operation, name, t).dtype.kind not in "iub":
            raise NotImplementedError(f"{operation}: expected integers, got {t.dtype}; convert it with .long()")
    if dtypes.result_type(*(getattr(t, "_data", t) for t in (input, other))).kind == "b":
        raise NotImplementedError(f"{operation}: expected integers, got bools; convert one with .long()")


@elementwise(None, None)
def _gcd(input: Operand, other: Operand) -> Operand:
    return np.gcd(input, other)


@method(inplace=True)
def gcd(input: Operand, other: Operand) -> Tensor:
    """Return the greatest common divisor of two integers, elementwise; of 0 and n it is the absolute value of n.

    Raises
    ------
    NotImplementedError
        If they are not integers.

    Examples
    --------
    >>> mg.gcd(mg.tensor([12, -9, 0]), mg.tensor([18, 6, 5]))
    tensor([6, 3, 5])
    """
    _check_whole("gcd", input, other)
    return _gcd(input, other)


@elementwise(None, None)
def _lcm(input: Operand, other: Operand) -> Operand:
    return np.lcm(input, other)


@method(inplace=True)
def lcm(input: Operand, other: Operand) -> Tensor:
    """Return the least common multiple of two integers, elementwise; 0 if one is 0.

    Raises
    ------
    NotImplementedError
        If they are not integers.

    Examples
    --------
    >>> mg.lcm(mg.tensor([4, -9, 0]), mg.tensor([6, 6, 5]))
    tensor([12, 18,  0])
    """
    _check_whole("lcm", input, other)
    return _lcm(input, other)
