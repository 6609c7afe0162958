"""Comparisons and logic: bool results, no gradients."""

from __future__ import annotations

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.primitives.elementwise import elementwise

__all__ = [
    "eq", "ne", "lt", "le", "gt", "ge", "not_equal", "less", "less_equal", "greater", "greater_equal", "equal",
    "isnan", "isinf", "isfinite", "isclose", "allclose", "logical_and", "logical_or", "logical_xor", "logical_not",
    "bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_not", "bitwise_left_shift",
    "bitwise_right_shift",
]  # fmt: skip


# ---- comparisons -----------------------------------------------------------------------------------------------------


@method("__lt__", "less", inplace=True)
@elementwise(None, None, tensors=("input",))
def lt(input: Operand, other: Operand) -> Operand:
    """``input < other``, elementwise.

    Examples
    --------
    >>> mg.tensor([1, 2, 3]) < 2
    tensor([ True, False, False])
    """
    return np.less(input, other)


@method("__le__", "less_equal", inplace=True)
@elementwise(None, None, tensors=("input",))
def le(input: Operand, other: Operand) -> Operand:
    """``input <= other``, elementwise.

    Examples
    --------
    >>> mg.tensor([1, 2, 3]) <= 2
    tensor([ True,  True, False])
    """
    return np.less_equal(input, other)


@method("__gt__", "greater", inplace=True)
@elementwise(None, None, tensors=("input",))
def gt(input: Operand, other: Operand) -> Operand:
    """``input > other``, elementwise.

    Examples
    --------
    >>> mg.tensor([1, 2, 3]) > 2
    tensor([False, False,  True])
    """
    return np.greater(input, other)


@method("__ge__", "greater_equal", inplace=True)
@elementwise(None, None, tensors=("input",))
def ge(input: Operand, other: Operand) -> Operand:
    """``input >= other``, elementwise.

    Examples
    --------
    >>> mg.tensor([1, 2, 3]) >= 2
    tensor([False,  True,  True])
    """
    return np.greater_equal(input, other)


@method("__eq__", inplace=True)
@elementwise(None, None, tensors=("input",))
def eq(input: Operand, other: Operand) -> Operand:
    """``input == other``, elementwise.

    Examples
    --------
    >>> mg.tensor([1, 2, 3]) == mg.tensor([1, 0, 3])
    tensor([ True, False,  True])
    """
    return np.equal(input, other)


@method("__ne__", "not_equal", inplace=True)
@elementwise(None, None, tensors=("input",))
def ne(input: Operand, other: Operand) -> Operand:
    """``input != other``, elementwise.

    Examples
    --------
    >>> mg.tensor([1, 2, 3]) != 2
    tensor([ True, False,  True])
    """
    return np.not_equal(input, other)


not_equal, less, less_equal, greater, greater_equal = ne, lt, le, gt, ge


@method()
def equal(input: Operand, other: Operand) -> bool:
    """Return whether two tensors have the same shape and elements, as a bool.

    Raises
    ------
    TypeError
        If one of the two is not a Tensor.

    Examples
    --------
    >>> mg.equal(mg.ones(2), mg.ones(2)), mg.equal(mg.ones(2), mg.ones(3))
    (True, False)
    """
    for t in (input, other):
        if not isinstance(t, (Tensor, np.ndarray)):
            raise TypeError(f"equal: expected two Tensors, got {type(t).__name__}; compare with a number by ==")
    a, b = (t._data if isinstance(t, Tensor) else t for t in (input, other))
    return np.array_equal(a, b)


@method()
@elementwise(None)
def isnan(input: Operand) -> Operand:
    """Return whether each element is not a number.

    Examples
    --------
    >>> mg.isnan(mg.tensor([1.0, float("nan")]))
    tensor([False,  True])
    """
    return np.isnan(input)


@method()
@elementwise(None)
def isinf(input: Operand) -> Operand:
    """Return whether each element is plus or minus infinity.

    Examples
    --------
    >>> mg.isinf(mg.tensor([1.0, float("-inf")]))
    tensor([False,  True])
    """
    return np.isinf(input)


@method()
@elementwise(None)
def isfinite(input: Operand) -> Operand:
    """Return whether each element is neither infinite nor nan.

    Examples
    --------
    >>> mg.isfinite(mg.tensor([1.0, float("inf")]))
    tensor([ True, False])
    """
    return np.isfinite(input)


@method()
@elementwise(None, None, tensors=("input", "other"))
def isclose(
    input: Operand, other: Operand, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Operand:
    """``|input - other| <= atol + rtol * |other|``, elementwise.

    Raises
    ------
    RuntimeError
        If a tolerance is negative.

    Examples
    --------
    >>> mg.isclose(mg.tensor([1.0, 2.0]), mg.tensor([1.0, 2.1]))
    tensor([ True, False])
    """
    for name, tolerance in (("rtol", rtol), ("atol", atol)):
        if not tolerance >= 0:
            raise RuntimeError(f"isclose: expected {name} to be at least 0, got {tolerance}")
    return np.isclose(input, other, rtol, atol, equal_nan)


@method()
def allclose(input: Operand, other: Operand, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Return whether `isclose` holds for all elements.

    Examples
    --------
    >>> mg.allclose(mg.ones(2), mg.ones(2) + 1e-9)
    True
    """
    return bool(isclose(input, other, rtol, atol, equal_nan).all())


# ---- logic -----------------------------------------------------------------------------------------------------------


def _check_bits(operation: str, input: Operand, kinds: str = "biu") -> None:
    if input.dtype.kind not in kinds:
        wanted = "bools or integers" if "b" in kinds else "integers"
        error = TypeError if operation == "bitwise_not" else NotImplementedError
        raise error(f"{operation}: expected {wanted}, got {input.dtype}; convert it, as with .long()")


@method("__and__", "__rand__", inplace=True)
@elementwise(None, None)
def bitwise_and(input: Operand, other: Operand) -> Operand:
    """``input & other``, elementwise, of bools or integers.

    Examples
    --------
    >>> mg.tensor([True, True]) & mg.tensor([True, False])
    tensor([ True, False])
    """
    _check_bits("bitwise_and", input)
    return np.bitwise_and(input, other)


@method("__or__", "__ror__", inplace=True)
@elementwise(None, None)
def bitwise_or(input: Operand, other: Operand) -> Operand:
    """``input | other``, elementwise, of bools or integers.

    Examples
    --------
    >>> mg.tensor([True, False]) | mg.tensor([False, False])
    tensor([ True, False])
    """
    _check_bits("bitwise_or", input)
    return np.bitwise_or(input, other)


@method("__xor__", "__rxor__", inplace=True)
@elementwise(None, None)
def bitwise_xor(input: Operand, other: Operand) -> Operand:
    """``input ^ other``, elementwise, of bools or integers.

    Examples
    --------
    >>> mg.tensor([5, 6]) ^ 1
    tensor([4, 7])
    """
    _check_bits("bitwise_xor", input)
    return np.bitwise_xor(input, other)


@method("__invert__", inplace=True)
@elementwise(None)
def bitwise_not(input: Operand) -> Operand:
    """``~input``, elementwise, of bools or integers.

    Examples
    --------
    >>> ~mg.tensor([True, False])
    tensor([False,  True])
    """
    _check_bits("bitwise_not", input)
    return np.invert(input)


@method("__lshift__", inplace=True)
@elementwise(None, None)
def bitwise_left_shift(input: Operand, other: Operand) -> Operand:
    """``input << other``, elementwise, of integers: times a power of two.

    Examples
    --------
    >>> 1 << mg.tensor([0, 1, 5])
    tensor([ 1,  2, 32])
    """
    _check_bits("bitwise_left_shift", input, "iu")
    return np.left_shift(input, other)


@method("__rshift__", inplace=True)
@elementwise(None, None)
def bitwise_right_shift(input: Operand, other: Operand) -> Operand:
    """``input >> other``, elementwise, of integers: divided by a power of two, rounded down.

    Examples
    --------
    >>> mg.tensor([9, -9]) >> 1
    tensor([ 4, -5])
    """
    _check_bits("bitwise_right_shift", input, "iu")
    return np.right_shift(input, other)


@method("__rlshift__", only=True)
def _rlshift(self: Tensor, other: Operand) -> Tensor:
    return bitwise_left_shift(other, self)


@method("__rrshift__", only=True)
def _rrshift(self: Tensor, other: Operand) -> Tensor:
    return bitwise_right_shift(other, self)


@method(inplace=True)
@elementwise(None, None, tensors=("input", "other"))
def logical_and(input: Operand, other: Operand) -> Operand:
    """Return whether both are true (not 0), elementwise.

    Examples
    --------
    >>> mg.logical_and(mg.tensor([0, 1]), mg.tensor([2, 2]))
    tensor([False,  True])
    """
    return np.logical_and(input, other)


@method(inplace=True)
@elementwise(None, None, tensors=("input", "other"))
def logical_or(input: Operand, other: Operand) -> Operand:
    """Return whether at least one is true (not 0), elementwise.

    Examples
    --------
    >>> mg.logical_or(mg.tensor([0, 1]), mg.tensor([0, 2]))
    tensor([False,  True])
    """
    return np.logical_or(input, other)


@method(inplace=True)
@elementwise(None, None, tensors=("input", "other"))
def logical_xor(input: Operand, other: Operand) -> Operand:
    """Return whether exactly one is true (not 0), elementwise.

    Examples
    --------
    >>> mg.logical_xor(mg.tensor([0, 1]), mg.tensor([2, 2]))
    tensor([ True, False])
    """
    return np.logical_xor(input, other)


@method(inplace=True)
@operation("input")
def logical_not(input: Operand) -> Operand:
    """Return whether each element is 0.

    Examples
    --------
    >>> mg.logical_not(mg.tensor([0, 2]))
    tensor([ True, False])
    """
    return np.logical_not(input)
