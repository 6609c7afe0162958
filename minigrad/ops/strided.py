"""A tensor as its memory, walked through in steps: views of any shape, which may overlap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.tensor import Tensor
from minigrad.core.views import lay_out
from minigrad.ops.assignment import put
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.memory import strided_view, whole_memory
from minigrad.ops.primitives.dims import as_shape
from minigrad.ops.primitives.indexing import add_at, index_by
from minigrad.ops.primitives.shape import reshape

__all__ = ["as_strided", "as_strided_scatter"]


def _offset(array: np.ndarray) -> int:
    """Return how many elements lie in memory before the first one of `array`."""
    return (array.ctypes.data - whole_memory(array).ctypes.data) // array.itemsize if array.size else 0


def _places(array: np.ndarray, size: tuple[int, ...], stride: Any, offset: int) -> np.ndarray:
    """Return which element of `array`, counted in C order, each element of the strided view is; -1 for none."""
    memory = np.arange(len(whole_memory(array)))
    steps = tuple(s // array.itemsize for s in array.strides)
    shown = strided_view("as_strided", memory, array.shape, steps, _offset(array))
    element = np.full(len(memory), -1)
    element[shown.reshape(-1)] = np.arange(array.size)
    return element[strided_view("as_strided", memory, size, stride, offset)]


def _rule(g: Any, input_shape: tuple[int, ...], places: np.ndarray | None) -> Any:
    """Return the sum of the gradients at all places that show an element."""
    if places is None:
        raise RuntimeError("as_strided: this view was made under no_grad()")
    known = (np.nonzero(places.reshape(-1) >= 0)[0],)
    values = index_by(reshape(g, (places.size,)), known)
    total = add_at(values, (math.prod(input_shape),), (places.reshape(-1)[known],))
    return reshape(total, input_shape)


@operation(name="as_strided", input=_rule, view=True, holds=("places",))
def _as_strided(
    input: Operand, size: tuple[int, ...], stride: tuple[int, ...], offset: int, places: np.ndarray | None
) -> Operand:
    return strided_view("as_strided", whole_memory(input), size, stride, offset)


@method(inplace=True, view=True)
def as_strided(input: Operand, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None) -> Tensor:
    """Return a view of the memory of `input` of this size, whose elements lie these steps apart.

    Parameters
    ----------
    size, stride : sequences of ints, one per dimension
    storage_offset : int, optional
        The first element in memory; by default that of `input`.

    Raises
    ------
    RuntimeError
        If an element would lie outside of the memory.

    Examples
    --------
    >>> mg.as_strided(mg.arange(5), (3, 3), (1, 1))
    tensor([[0, 1, 2],
            [1, 2, 3],
            [2, 3, 4]])
    """
    shape, steps = as_shape("as_strided", (size,), 0), as_shape("as_strided", (stride,), 0)
    if isinstance(input, Tensor):
        lay_out(input)
    array = input._data if isinstance(input, Tensor) else input
    offset = _offset(array) if storage_offset is None else as_int("as_strided", "storage_offset", storage_offset)
    wanted = isinstance(input, Tensor) and input.requires_grad
    return _as_strided(input, shape, steps, offset, _places(array, shape, steps, offset) if wanted else None)


@method()
def as_strided_scatter(
    input: Operand, src: Operand, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
) -> Tensor:
    """Return a copy of `input` with `src` where ``as_strided(input, size, stride, storage_offset)`` would be.

    Raises
    ------
    RuntimeError
        If `src` has another shape than `size`.

    Examples
    --------
    >>> mg.as_strided_scatter(mg.zeros(4), mg.ones(2), (2,), (2,))
    tensor([1., 0., 1., 0.])
    """
    shape, steps = as_shape("as_strided_scatter", (size,), 0), as_shape("as_strided_scatter", (stride,), 0)
    if tuple(src.shape) != shape:
        raise RuntimeError(f"as_strided_scatter: expected src of shape {shape}, got {tuple(src.shape)}")
    offset = 0 if storage_offset is None else as_int("as_strided_scatter", "storage_offset", storage_offset)
    places = strided_view("as_strided_scatter", np.arange(math.prod(input.shape)), shape, steps, offset)
    flat = reshape(input, (math.prod(input.shape),))
    key = (places.reshape(-1),)
    return reshape(put(flat, reshape(src, (places.size,)), key), tuple(input.shape))
