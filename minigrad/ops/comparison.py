"""Comparisons, logic, and choosing between values."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad import dtypes
from minigrad.autograd.elementwise import elementwise
from minigrad.autograd.method import method
from minigrad.autograd.operation import Operand, operation
from minigrad.ops.arithmetic import cast, silent
from minigrad.tensor import Tensor

__all__ = [
    "eq", "ne", "lt", "le", "gt", "ge", "not_equal", "less", "less_equal", "greater", "greater_equal", "equal",
    "isnan", "isinf", "isfinite", "isclose", "allclose", "logical_and", "logical_or", "logical_xor", "logical_not",
    "bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_not",
    "maximum", "minimum", "fmax", "fmin", "where", "clamp", "clip", "clamp_min", "clamp_max", "nan_to_num",
]  # fmt: skip


# ---- comparisons: bool results, no gradients -------------------------------------------------------------------------


@method("__lt__", "less", inplace=True)
@elementwise(None, None)
def lt(input: Operand, other: Operand) -> Operand:
    """``input < other``, elementwise.

    Examples
    --------
    >>> mg.tensor([1, 2, 3]) < 2
    tensor([ True, False, False])
    """
    return np.less(input, other)


@method("__le__", "less_equal", inplace=True)
@elementwise(None, None)
def le(input: Operand, other: Operand) -> Operand:
    """``input <= other``, elementwise.

    Examples
    --------
    >>> mg.tensor([1, 2, 3]) <= 2
    tensor([ True,  True, False])
    """
    return np.less_equal(input, other)


@method("__gt__", "greater", inplace=True)
@elementwise(None, None)
def gt(input: Operand, other: Operand) -> Operand:
    """``input > other``, elementwise.

    Examples
    --------
    >>> mg.tensor([1, 2, 3]) > 2
    tensor([False, False,  True])
    """
    return np.greater(input, other)


@method("__ge__", "greater_equal", inplace=True)
@elementwise(None, None)
def ge(input: Operand, other: Operand) -> Operand:
    """``input >= other``, elementwise.

    Examples
    --------
    >>> mg.tensor([1, 2, 3]) >= 2
    tensor([False,  True,  True])
    """
    return np.greater_equal(input, other)


@method(inplace=True)
@elementwise(None, None)
def eq(input: Operand, other: Operand) -> Operand:
    """``input == other``, elementwise.

    Examples
    --------
    >>> mg.tensor([1, 2, 3]) == mg.tensor([1, 0, 3])
    tensor([ True, False,  True])
    """
    return np.equal(input, other)


@method("not_equal", inplace=True)
@elementwise(None, None)
def ne(input: Operand, other: Operand) -> Operand:
    """``input != other``, elementwise.

    Examples
    --------
    >>> mg.tensor([1, 2, 3]) != 2
    tensor([ True, False,  True])
    """
    return np.not_equal(input, other)


not_equal, less, less_equal, greater, greater_equal = ne, lt, le, gt, ge
_COMPARABLE = (Tensor, np.ndarray, np.generic, bool, int, float)


@method("__eq__", only=True)
def _eq(self: Tensor, other: Any) -> Any:
    return eq(self, other) if isinstance(other, _COMPARABLE) else NotImplemented  # a string, say, is simply not equal


@method("__ne__", only=True)
def _ne(self: Tensor, other: Any) -> Any:
    return ne(self, other) if isinstance(other, _COMPARABLE) else NotImplemented


@method()
def equal(input: Operand, other: Operand) -> bool:
    """Whether two tensors have the same shape and elements, as a bool.

    Examples
    --------
    >>> mg.equal(mg.ones(2), mg.ones(2)), mg.equal(mg.ones(2), mg.ones(3))
    (True, False)
    """
    a, b = (t._data if isinstance(t, Tensor) else t for t in (input, other))
    return np.array_equal(a, b)


@method()
@elementwise(None)
def isnan(input: Operand) -> Operand:
    """Whether each element is not a number.

    Examples
    --------
    >>> mg.isnan(mg.tensor([1.0, float("nan")]))
    tensor([False,  True])
    """
    return np.isnan(input)


@method()
@elementwise(None)
def isinf(input: Operand) -> Operand:
    """Whether each element is plus or minus infinity.

    Examples
    --------
    >>> mg.isinf(mg.tensor([1.0, float("-inf")]))
    tensor([False,  True])
    """
    return np.isinf(input)


@method()
@elementwise(None)
def isfinite(input: Operand) -> Operand:
    """Whether each element is neither infinite nor nan.

    Examples
    --------
    >>> mg.isfinite(mg.tensor([1.0, float("inf")]))
    tensor([ True, False])
    """
    return np.isfinite(input)


@method()
@elementwise(None, None)
def isclose(
    input: Operand, other: Operand, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Operand:
    """``|input - other| <= atol + rtol * |other|``, elementwise.

    Examples
    --------
    >>> mg.isclose(mg.tensor([1.0, 2.0]), mg.tensor([1.0, 2.1]))
    tensor([ True, False])
    """
    return np.isclose(input, other, rtol, atol, equal_nan)


@method()
def allclose(input: Operand, other: Operand, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether `isclose` holds for all elements.

    Examples
    --------
    >>> mg.allclose(mg.ones(2), mg.ones(2) + 1e-9)
    True
    """
    return bool(isclose(input, other, rtol, atol, equal_nan).all())


# ---- logic -----------------------------------------------------------------------------------------------------------


@method("bitwise_and", "__and__", "__rand__", inplace=True)
@elementwise(None, None)
def _and(input: Operand, other: Operand) -> Operand:
    """``input & other``, elementwise, of bools or integers.

    Examples
    --------
    >>> mg.tensor([True, True]) & mg.tensor([True, False])
    tensor([ True, False])
    """
    return np.bitwise_and(input, other)


@method("bitwise_or", "__or__", "__ror__", inplace=True)
@elementwise(None, None)
def _or(input: Operand, other: Operand) -> Operand:
    """``input | other``, elementwise, of bools or integers.

    Examples
    --------
    >>> mg.tensor([True, False]) | mg.tensor([False, False])
    tensor([ True, False])
    """
    return np.bitwise_or(input, other)


@method("bitwise_xor", "__xor__", "__rxor__", inplace=True)
@elementwise(None, None)
def _xor(input: Operand, other: Operand) -> Operand:
    """``input ^ other``, elementwise, of bools or integers.

    Examples
    --------
    >>> mg.tensor([5, 6]) ^ 1
    tensor([4, 7])
    """
    return np.bitwise_xor(input, other)


@method("bitwise_not", "__invert__")
@elementwise(None)
def _not(input: Operand) -> Operand:
    """``~input``, elementwise, of bools or integers.

    Examples
    --------
    >>> ~mg.tensor([True, False])
    tensor([False,  True])
    """
    return np.invert(input)


bitwise_and, bitwise_or, bitwise_xor, bitwise_not = _and, _or, _xor, _not


@method(inplace=True)
@operation("input", "other")
def logical_and(input: Operand, other: Operand) -> Operand:
    """Whether both are true (not 0), elementwise.

    Examples
    --------
    >>> mg.logical_and(mg.tensor([0, 1]), mg.tensor([2, 2]))
    tensor([False,  True])
    """
    return np.logical_and(input, other)


@method(inplace=True)
@operation("input", "other")
def logical_or(input: Operand, other: Operand) -> Operand:
    """Whether at least one is true (not 0), elementwise.

    Examples
    --------
    >>> mg.logical_or(mg.tensor([0, 1]), mg.tensor([0, 2]))
    tensor([False,  True])
    """
    return np.logical_or(input, other)


@method(inplace=True)
@operation("input", "other")
def logical_xor(input: Operand, other: Operand) -> Operand:
    """Whether exactly one is true (not 0), elementwise.

    Examples
    --------
    >>> mg.logical_xor(mg.tensor([0, 1]), mg.tensor([2, 2]))
    tensor([ True, False])
    """
    return np.logical_xor(input, other)


@method(inplace=True)
@operation("input")
def logical_not(input: Operand) -> Operand:
    """Whether each element is 0.

    Examples
    --------
    >>> mg.logical_not(mg.tensor([0, 2]))
    tensor([ True, False])
    """
    return np.logical_not(input)


# ---- choosing --------------------------------------------------------------------------------------------------------


@operation("winner", "loser")
def _share(winner: Operand, loser: Operand) -> Operand:
    """1 where `winner` is the larger or one of the two is nan, 1/2 at a tie, 0 elsewhere."""
    dtype = np.result_type(winner, loser)  # either may be a number
    share = np.asarray(np.add(~np.less(winner, loser), ~np.less_equal(winner, loser), dtype=dtype))
    share *= 0.5
    return share


@method()
@elementwise(lambda g, input, other: g * _share(input, other), lambda g, input, other: g * _share(other, input))
def maximum(input: Operand, other: Operand) -> Operand:
    """The larger of two, elementwise; nan if one is. At a tie each gets half of the gradient.

    Examples
    --------
    >>> mg.maximum(mg.tensor([1.0, 5.0]), mg.tensor([3.0, 2.0]))
    tensor([3., 5.])
    """
    return np.maximum(input, other)


@method()
@elementwise(lambda g, input, other: g * _share(other, input), lambda g, input, other: g * _share(input, other))
def minimum(input: Operand, other: Operand) -> Operand:
    """The smaller of two, elementwise; nan if one is. At a tie each gets half of the gradient.

    Examples
    --------
    >>> mg.minimum(mg.tensor([1.0, 5.0]), mg.tensor([3.0, 2.0]))
    tensor([1., 2.])
    """
    return np.minimum(input, other)


@method()
def fmax(input: Operand, other: Operand) -> Any:
    """The larger of two, elementwise; where one is nan, the other. A tie counts for `input`.

    Examples
    --------
    >>> mg.fmax(mg.tensor([1.0, float("nan")]), mg.tensor([0.0, 2.0]))
    tensor([1., 2.])
    """
    return where((input >= other) | isnan(other), input, other)


@method()
def fmin(input: Operand, other: Operand) -> Any:
    """The smaller of two, elementwise; where one is nan, the other. A tie counts for `input`.

    Examples
    --------
    >>> mg.fmin(mg.tensor([1.0, float("nan")]), mg.tensor([0.0, 2.0]))
    tensor([0., 2.])
    """
    return where((input <= other) | isnan(other), input, other)


@elementwise(
    None,
    lambda g, condition: _where(condition, g, 0.0),
    lambda g, condition: _where(condition, 0.0, g),
    constants=["condition"],
)
def _where(condition: Operand, input: Operand, other: Operand) -> Operand:
    chosen: Any = np.where(condition, input, other)
    kept = [a.dtype for a in (input, other) if isinstance(a, np.ndarray) and a.dtype.kind == "f"]
    return chosen.astype(kept[0], copy=False) if kept else chosen


def where(condition: Operand, input: Operand | None = None, other: Operand | None = None) -> Any:
    """`input` where `condition` holds, else `other`, with broadcasting.

    The gradient of an element that was not chosen is 0, whatever came from there.

    Parameters
    ----------
    condition : bool Tensor
    input, other : Tensors or numbers; without them, the indices where `condition` holds, a tuple of int64 Tensors

    Examples
    --------
    >>> x = mg.tensor([-1.0, 2.0])
    >>> mg.where(x > 0, x, 0.0)
    tensor([0., 2.])
    """
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    if condition.dtype != bool:
        raise RuntimeError(f"where: expected a bool condition, got {condition.dtype}; compare it, such as with != 0")
    return _where(condition, input, other)


@method("where", only=True)
def _where_method(self: Tensor, condition: Tensor, other: Any) -> Any:
    """This tensor where `condition` holds, else `other`."""
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
def clamp(input: Operand, min: Operand | None = None, max: Operand | None = None) -> Any:
    """`input` limited to [`min`, `max`], numbers or tensors; either may be None. Gradients pass at the bounds.

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
            input = _where(input < min, min, input)
        return input if max is None else _where(input > max, max, input)
    if input.dtype.kind != "f" and (isinstance(min, float) or isinstance(max, float)):
        input = cast(input, dtypes.get_default_dtype())
    return _clamp(input, min, max)


@elementwise(lambda g, input, min, max: _where(_inside(input, min, max), g, 0.0))
def _clamp(input: Operand, min: float | None, max: float | None) -> Operand:
    return np.clip(input, min, max)


clip = clamp


@method(inplace=True)
def clamp_min(input: Operand, min: Operand) -> Any:
    """`input`, but at least `min`.

    Examples
    --------
    >>> mg.clamp_min(mg.tensor([-1.0, 1.0]), 0)
    tensor([0., 1.])
    """
    return clamp(input, min=min)


@method(inplace=True)
def clamp_max(input: Operand, max: Operand) -> Any:
    """`input`, but at most `max`.

    Examples
    --------
    >>> mg.clamp_max(mg.tensor([-1.0, 1.0]), 0)
    tensor([-1.,  0.])
    """
    return clamp(input, max=max)


@method(inplace=True)
@elementwise(lambda g, input: _where(isfinite(input), g, 0.0))
@silent
def nan_to_num(input: Operand, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Operand:
    """`input` with nan and infinities replaced; infinities by the largest finite numbers unless given.

    Examples
    --------
    >>> mg.nan_to_num(mg.tensor([1.0, float("nan")]))
    tensor([1., 0.])
    """
    return np.nan_to_num(input, nan=nan, posinf=posinf, neginf=neginf)
