"""Copies of a tensor in which a part is replaced by another tensor, or reduced with it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.tensor import Tensor
from minigrad.ops.assignment import put as put_at
from minigrad.ops.checks import index_array
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand
from minigrad.ops.diagonals import diagonal
from minigrad.ops.gathering import scatter_reduce
from minigrad.ops.indexing import select
from minigrad.ops.primitives.casting import cast
from minigrad.ops.primitives.dims import one_dim
from minigrad.ops.primitives.indexing import ALL, add_at, slice_by
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.shape import replace_part

__all__ = ["diagonal_scatter", "index_reduce", "put", "select_scatter", "slice_scatter"]


def _replaced(name: str, input: Any, src: Any, show: Callable[..., Any], *arguments: Any) -> Any:
    """Return `input` with `src` in the place of ``show(input, *arguments)``, a view."""
    shape = tuple(show(input, *arguments).shape)
    if tuple(src.shape) != shape:
        raise RuntimeError(
            f"{name}: expected src of shape {shape}, as the part that it replaces, got {tuple(src.shape)}"
        )
    if src.dtype != input.dtype:
        src = cast(src, input.dtype)
    return replace_part(input, src, (None, show, arguments))


@method()
def select_scatter(input: Operand, src: Operand, dim: int, index: int) -> Tensor:
    """Return a copy of `input` with `src` in the place of ``select(input, dim, index)``.

    Raises
    ------
    RuntimeError
        If `src` has another shape than that slice.

    Examples
    --------
    >>> mg.select_scatter(mg.zeros(2, 2), mg.ones(2), 0, 1)
    tensor([[0., 0.],
            [1., 1.]])
    """
    return _replaced("select_scatter", input, src, select, dim, index)


@method()
def slice_scatter(
    input: Operand, src: Operand, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    """Return a copy of `input` with `src` in the place of the elements from `start` to `end` of dimension `dim`.

    Raises
    ------
    RuntimeError
        If `src` has another shape than that slice, or `step` is not positive.

    Examples
    --------
    >>> mg.slice_scatter(mg.zeros(4), mg.ones(2), start=1, end=4, step=2)
    tensor([0., 1., 0., 1.])
    """
    dim = one_dim("slice_scatter", dim, len(input.shape))
    if (step := as_int("slice_scatter", "step", step)) <= 0:
        raise RuntimeError(f"slice_scatter: expected a positive step, got {step}")
    return _replaced("slice_scatter", input, src, slice_by, (*[ALL] * dim, slice(start, end, step)))


@method()
def diagonal_scatter(input: Operand, src: Operand, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """Return a copy of `input` with `src` in the place of ``diagonal(input, offset, dim1, dim2)``.

    Raises
    ------
    RuntimeError
        If `src` has another shape than that diagonal.

    Examples
    --------
    >>> mg.diagonal_scatter(mg.zeros(2, 2), mg.ones(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    return _replaced("diagonal_scatter", input, src, diagonal, offset, dim1, dim2)


@method(inplace=True)
def index_reduce(
    input: Operand, dim: int, index: Operand, source: Operand, reduce: str, *, include_self: bool = True
) -> Tensor:
    """Reduce the slices of `source` into those of dimension `dim` of `input` at the indices `index`.

    Parameters
    ----------
    reduce : {'prod', 'mean', 'amax', 'amin'}
    include_self : bool, default True
        What was there counts too; otherwise it stays only where no index points to.

    Raises
    ------
    RuntimeError
        If `reduce` is unknown, or `source` does not hold a slice of `input` for each index.

    Examples
    --------
    >>> mg.index_reduce(mg.ones(2), 0, mg.tensor([0, 0]), mg.tensor([2.0, 3.0]), "prod")
    tensor([6., 1.])
    """
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(f"index_reduce: expected reduce 'prod', 'mean', 'amax' or 'amin', got {reduce!r}")
    dim = one_dim("index_reduce", dim, len(input.shape))
    places = index_array("index_reduce", index)
    if places.ndim > 1:
        raise IndexError(f"index_reduce: expected an index of one dimension, got shape {places.shape}")
    shape = tuple(places.size if d == dim else n for d, n in enumerate(input.shape))
    if tuple(source.shape) != shape and math.prod(shape) != 1:
        raise RuntimeError(f"index_reduce: expected a source of shape {shape}, got {tuple(source.shape)}")
    if source.dtype != input.dtype:
        raise RuntimeError(f"index_reduce: expected a source of {input.dtype}, got {source.dtype}; convert it")
    along = np.broadcast_to(places.reshape([-1 if d == dim else 1 for d in range(len(shape))]), shape)
    index = Tensor._wrap(along)  # as it lies, not copied
    return scatter_reduce(input, dim, index, reshape(source, shape), reduce, include_self=include_self)


@method(inplace=True)
def put(input: Operand, index: Operand, source: Operand, accumulate: bool = False) -> Tensor:
    """Return a copy of `input` with the elements of `source` at the places `index`, counted in C order.

    Parameters
    ----------
    index : integer Tensor, of as many elements as `source`; may be negative
    accumulate : bool, default False
        Add instead, repeatedly where an index repeats.

    Raises
    ------
    RuntimeError
        If the numbers of elements or the dtypes differ.
    IndexError
        If an index is out of range.

    Examples
    --------
    >>> mg.put(mg.zeros(2, 2), mg.tensor([1, -1]), mg.tensor([5.0, 7.0]))
    tensor([[0., 5.],
            [0., 7.]])
    """
    places, count = index_array("put", index).reshape(-1), math.prod(input.shape)
    if places.size != math.prod(source.shape):
        raise RuntimeError(f"put: expected a source of {places.size} elements, as the index, got {tuple(source.shape)}")
    if source.dtype != input.dtype:
        raise RuntimeError(f"put: expected a source of {input.dtype}, got {source.dtype}; convert it")
    if places.size and not (-count <= places.min() and places.max() < count):
        raise IndexError(f"put: an index is out of range for a tensor of {count} elements")
    flat, values = reshape(input, (count,)), reshape(source, (places.size,))
    key = (np.where(places < 0, places + count, places),)
    changed = flat + add_at(values, (count,), key) if accumulate else put_at(flat, values, key)
    return reshape(changed, tuple(input.shape))
