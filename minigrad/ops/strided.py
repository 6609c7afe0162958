"""A tensor as its memory, walked through in steps: views of any shape, which may overlap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

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


Geometry: TypeAlias = tuple[tuple[int, ...], tuple[int, ...], int, int, int]


def _geometry(array: np.ndarray) -> Geometry:
    """Return where the elements of `array` lie: shape, steps, the first one, the size of the memory, its address."""
    steps, whole = tuple(s // array.itemsize for s in array.strides), whole_memory(array)
    return array.shape, steps, _offset(array), len(whole), whole.ctypes.data


def _places(of: Geometry, size: tuple[int, ...], stride: Any, offset: int) -> np.ndarray:
    """Return which element of an array, counted in C order, each element of the strided view is; -1 for none."""
    shape, steps, first, count, _ = of
    element = np.full(count, -1)
    shown = strided_view("as_strided", np.arange(count), shape, steps, first)
    element[shown.reshape(-1)] = np.arange(shown.size)
    return element[strided_view("as_strided", np.arange(count), size, stride, offset)]


def _rule(g: Any, input_shape: tuple[int, ...], size: tuple[int, ...], stride: Any, offset: int, of: Geometry) -> Any:
    """Return the sum of the gradients at all places that show an element."""
    places = _places(of, size, stride, offset)
    known = (np.nonzero(places.reshape(-1) >= 0)[0],)
    values = index_by(reshape(g, (places.size,)), known)
    total = add_at(values, (math.prod(input_shape),), (places.reshape(-1)[known],))
    return reshape(total, input_shape)


@operation(name="as_strided", input=_rule, view=True)
def _as_strided(input: Operand, size: tuple[int, ...], stride: tuple[int, ...], offset: int, of: Geometry) -> Operand:
    """Return a view of the memory of the array `of`; of another one, such as its gradient, a copy.

    It has what stands in the places that the view showed, and 0 for memory that is not part of the array.
    """
    if _geometry(input) == of:
        return strided_view("as_strided", whole_memory(input), size, stride, offset)
    places = _places(of, size, stride, offset)
    return np.where(places < 0, 0, input.reshape(-1)[places]).astype(input.dtype, copy=False)


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
    return _as_strided(input, shape, steps, offset, _geometry(array))


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
