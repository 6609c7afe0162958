"""Tensors made of all combinations of elements, blocks on a diagonal, and turned by quarter turns."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.array_attributes import Size, as_int
from minigrad.core.tensor import Tensor
from minigrad.ops.checks import index_array
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand
from minigrad.ops.joining import cat
from minigrad.ops.primitives.casting import cast
from minigrad.ops.primitives.dims import as_shape, one_dim
from minigrad.ops.primitives.indexing import look_up
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.reordering import flip
from minigrad.ops.shape import transpose

__all__ = ["block_diag", "broadcast_shapes", "combinations", "rot90", "unravel_index"]


def broadcast_shapes(*shapes: int | Sequence[int]) -> tuple[int, ...]:
    """Return the shape that tensors of these shapes have together; an int stands for the shape of a vector.

    Raises
    ------
    RuntimeError
        If the shapes do not broadcast.

    Examples
    --------
    >>> mg.broadcast_shapes((3, 1), (2,), 1)
    Size([3, 2])
    """
    lengths = [as_shape("broadcast_shapes", (s,), 0) for s in shapes]
    try:
        return Size(np.broadcast_shapes(*lengths))
    except ValueError:
        names = " and ".join(map(str, lengths))
        raise RuntimeError(f"broadcast_shapes: {names} do not broadcast; lengths must be equal or 1") from None


def block_diag(*tensors: Operand) -> Tensor:
    """Return a matrix with the given ones along its diagonal, and 0 elsewhere.

    Parameters
    ----------
    *tensors : Tensors of 0, 1 or 2 dimensions; a vector counts as a row

    Raises
    ------
    RuntimeError
        If one has more dimensions.

    Examples
    --------
    >>> mg.block_diag(mg.tensor([1, 2]), mg.tensor(3))
    tensor([[1, 2, 0],
            [0, 0, 3]])
    """
    for t in tensors:
        if not isinstance(t, (Tensor, np.ndarray)):
            raise TypeError(f"block_diag: expected Tensors, got {type(t).__name__}")
        if len(t.shape) > 2:
            raise RuntimeError(f"block_diag: expected at most 2 dimensions, got shape {tuple(t.shape)}")
    blocks = [t if len(t.shape) == 2 else reshape(t, (1, t.shape[0] if t.shape else 1)) for t in tensors]
    if not blocks:
        return Tensor._wrap(np.zeros((1, 0), np.float32))
    dtype = dtypes.result_type(*(t._data if isinstance(t, Tensor) else t for t in tensors))
    width, left, rows = sum(b.shape[1] for b in blocks), 0, []
    for block in blocks:
        count, columns = tuple(block.shape)
        sides = [np.zeros((count, n), dtype) for n in (left, width - left - columns)]
        rows.append(cat([Tensor._wrap(sides[0]), cast(block, dtype), Tensor._wrap(sides[1])], 1))
        left += columns
    return cat(rows)


def combinations(input: Operand, r: int = 2, with_replacement: bool = False) -> Tensor:
    """Return all combinations of `r` elements of a vector, one row each.

    Raises
    ------
    RuntimeError
        If `input` is no vector, or `r` is negative.

    Examples
    --------
    >>> mg.combinations(mg.tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])
    """
    if len(input.shape) != 1:
        raise RuntimeError(f"combinations: expected a vector, got shape {tuple(input.shape)}")
    if (r := as_int("combinations", "r", r)) < 0:
        raise RuntimeError(f"combinations: expected r of 0 or more, got {r}")
    choose: Any = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    if not r:
        return reshape(input[:0], (0,))
    rows = np.array([*choose(range(input.shape[0]), r)], np.int64).reshape(-1, r)
    return look_up(input, (rows,))


@method()
def rot90(input: Operand, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """Return a copy turned by `k` quarter turns, from the first of two dimensions to the second.

    Raises
    ------
    RuntimeError
        If `dims` does not name two different dimensions.

    Examples
    --------
    >>> mg.rot90(mg.tensor([[1, 2], [3, 4]]))
    tensor([[2, 4],
            [1, 3]])
    """
    ndim = len(input.shape)
    given = as_shape("rot90", (dims,))
    if len(given) != 2 or ndim < 2:
        raise RuntimeError(f"rot90: expected two dims of at least two dimensions, got {given} and shape {input.shape}")
    first, second = (one_dim("rot90", d, ndim) for d in given)
    if first == second:
        raise RuntimeError(f"rot90: expected two different dims, got {given}")
    turns = as_int("rot90", "k", k) % 4
    if turns == 2:
        return flip(input, (first, second))
    if not turns:
        return input.clone() if isinstance(input, Tensor) else input.copy()
    if turns == 1:
        return transpose(flip(input, (second,)), first, second)
    return flip(transpose(input, first, second), (second,))


def unravel_index(indices: Tensor, shape: int | Sequence[int]) -> tuple[Tensor, ...]:
    """Return the indices in each dimension of places that are counted in C order.

    Parameters
    ----------
    indices : integer Tensor; may be negative
    shape : the lengths of the dimensions

    Raises
    ------
    TypeError
        If `indices` holds no integers.
    ValueError
        If an index is out of range.

    Examples
    --------
    >>> mg.unravel_index(mg.tensor([1, 5]), (2, 3))
    (tensor([0, 1]), tensor([1, 2]))
    """
    if isinstance(shape, Tensor) or not isinstance(shape, int) and any(isinstance(n, float) for n in shape):
        raise TypeError(f"unravel_index: expected an int or ints as shape, got {shape}")
    lengths = as_shape("unravel_index", (shape,))
    array = index_array("unravel_index", indices, TypeError)
    if isinstance(indices, Tensor) and indices.is_floating_point():
        raise TypeError(f"unravel_index: expected integers as indices, got {indices.dtype}; convert them with .long()")
    if min(lengths, default=0) < 0:
        raise ValueError(f"unravel_index: expected lengths of 0 or more, got {lengths}")
    count = int(np.prod(lengths, dtype=np.int64))
    if array.size and not (-count <= array.min() and array.max() < count):
        raise ValueError(f"unravel_index: an index is out of range for a shape of {count} elements")
    found = np.unravel_index(np.where(array < 0, array + count, array), lengths) if count else [array] * len(lengths)
    return tuple(Tensor._wrap(np.asarray(i)) for i in found)
