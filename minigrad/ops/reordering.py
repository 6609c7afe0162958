"""The same elements in another order: reversed, and shifted around."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.array_attributes import Lengths
from minigrad.core.tensor import Tensor
from minigrad.ops.casting import clone
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.primitives.dims import all_dims, as_shape, one_dim
from minigrad.ops.primitives.shape import reshape

__all__ = ["flip", "fliplr", "flipud", "roll"]


@operation(input=lambda g, dims: _flip(g, dims))
def _flip(input: Operand, dims: tuple[int, ...]) -> Operand:
    return np.flip(input, dims).copy()


def flip(input: Operand, dims: int | Sequence[int]) -> Tensor:
    """Return a copy with the order along `dims` reversed.

    Examples
    --------
    >>> mg.flip(mg.tensor([[1, 2], [3, 4]]), (1,))
    tensor([[2, 1],
            [4, 3]])
    """
    along = as_shape("flip", (dims,))
    return _flip(input, all_dims("flip", along, len(input.shape)) if along else ())


@method("__reversed__", only=True)
def _in_reverse(input: Tensor) -> Tensor:
    """Return the elements of the first dimension in reversed order: a tensor, not an iterator."""
    return flip(input, 0) if input.ndim else clone(input)


@method("flip", only=True)
def _flip_method(input: Tensor, *along: Lengths, dims: Any = None) -> Tensor:
    """Return a copy with the order along `dims`, one argument or several, reversed."""
    if not along and dims is None:
        raise TypeError("flip: missing argument dims, the dimensions to reverse")
    return flip(input, as_shape("flip", along or (dims,)))


@method()
def fliplr(input: Operand) -> Tensor:
    """Return a copy with the columns in reversed order.

    Raises
    ------
    RuntimeError
        If there are fewer than 2 dimensions.

    Examples
    --------
    >>> mg.fliplr(mg.tensor([[1, 2], [3, 4]]))
    tensor([[2, 1],
            [4, 3]])
    """
    if len(input.shape) < 2:
        raise RuntimeError(f"fliplr: expected at least 2 dimensions, got shape {tuple(input.shape)}")
    return _flip(input, (1,))


@method()
def flipud(input: Operand) -> Tensor:
    """Return a copy with the rows in reversed order.

    Raises
    ------
    RuntimeError
        If there is no dimension.

    Examples
    --------
    >>> mg.flipud(mg.tensor([[1, 2], [3, 4]]))
    tensor([[3, 4],
            [1, 2]])
    """
    if not input.shape:
        raise RuntimeError("flipud: expected at least 1 dimension, got none")
    return _flip(input, (0,))


@operation(input=lambda g, shifts, dims: _roll(g, tuple(-s for s in shifts), dims))
def _roll(input: Operand, shifts: tuple[int, ...], dims: tuple[int, ...]) -> Operand:
    return np.roll(input, shifts, dims)


@method()
def roll(input: Operand, shifts: int | Sequence[int], dims: int | Sequence[int] | None = None) -> Tensor:
    """Return a copy shifted along `dims`; what leaves at one end comes in at the other. Without `dims` as if flattened.

    Raises
    ------
    IndexError
        If `dims` is given and there is no dimension.
    RuntimeError
        If there is no shift, or not one for each of `dims`.

    Examples
    --------
    >>> mg.roll(mg.arange(4), 1)
    tensor([3, 0, 1, 2])
    """
    steps = as_shape("roll", (shifts,))
    if not steps:
        raise RuntimeError("roll: expected at least one shift")
    if dims is None:
        if len(steps) != 1:
            raise RuntimeError(f"roll: without dims expected one shift, got {steps}")
        shape = tuple(input.shape)
        return reshape(_roll(reshape(input, (int(np.prod(shape, dtype=np.int64)),)), steps, (0,)), shape)
    along = tuple(one_dim("roll", d, len(input.shape)) for d in as_shape("roll", (dims,)))
    if not along and len(steps) == 1:
        return roll(input, steps)
    if not input.shape:
        raise IndexError("roll: a 0-dim tensor has no dimension to be shifted along")
    if len(steps) != len(along):
        raise RuntimeError(f"roll: expected a shift for each of the dims {along}, got {steps}")
    return _roll(input, steps, along)
