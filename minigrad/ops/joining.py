"""Joining, splitting and repeating tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.array_attributes import Lengths, as_int
from minigrad.core.tensor import Tensor
from minigrad.ops.checks import index_array
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.primitives.casting import cast
from minigrad.ops.primitives.dims import as_shape, one_dim
from minigrad.ops.primitives.indexing import ALL, look_up, slice_by
from minigrad.ops.primitives.joining import join
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.primitives.summation import expand, sum_over
from minigrad.ops.shape import atleast_3d

__all__ = [
    "cat", "concat", "concatenate", "stack", "hstack", "vstack", "row_stack", "column_stack", "dstack",

    "tile", "repeat_interleave", "meshgrid", "cartesian_prod",
]  # fmt: skip


# ---- several made one ------------------------------------------------------------------------------------------------


def _slices(g: Any, dim: int) -> list[Any]:
    """Return all slices of dimension `dim`: the adjoint of `stack`."""
    return [slice_by(g, (*[ALL] * dim, i)) for i in range(g.shape[dim])]


@operation(tensors=lambda g, dim: _slices(g, dim), sequence=True)
def _stack(tensors: Sequence[Operand], dim: int) -> Operand:
    return np.stack(tensors, axis=dim)


def _of_one_dtype(name: str, tensors: Any) -> list[Any]:
    """Return `tensors`, checked to be some, converted to the dtype that they have together."""
    if isinstance(tensors, (Tensor, np.ndarray)) or not isinstance(tensors, Sequence):
        raise TypeError(f"{name}: expected a list or tuple of Tensors, got {type(tensors).__name__}")
    for i, t in enumerate(tensors):
        if not isinstance(t, (Tensor, np.ndarray)):
            raise TypeError(f"{name}: expected Tensors, got {type(t).__name__} as element {i}")
    if not tensors:
        raise (ValueError if name == "cat" else RuntimeError)(f"{name}: expected at least one tensor, got none")
    if all(t.dtype == tensors[0].dtype for t in tensors):
        return list(tensors)
    dtype = dtypes.result_type(*[t._data if isinstance(t, Tensor) else t for t in tensors])
    return [t if t.dtype == dtype else cast(t, dtype) for t in tensors]


def cat(tensors: Sequence[Operand], dim: int = 0) -> Tensor:
    """Return the tensors one after the other along dimension `dim`; in the others they must have the same lengths.

    Raises
    ------
    ValueError
        If there are no tensors.
    RuntimeError
        If their shapes differ in another dimension than `dim`.

    Examples
    --------
    >>> mg.cat([mg.tensor([1, 2]), mg.tensor([3])])
    tensor([1, 2, 3])
    """
    given = _of_one_dtype("cat", tensors)
    parts = [t for t in given if tuple(t.shape) != (0,)]  # as in PyTorch, an empty vector fits everywhere
    if not parts:
        return join(given, 0)
    if not parts[0].shape:
        raise RuntimeError("cat: tensors without dimensions have nothing to be joined along; use stack()")
    dim = one_dim("cat", dim, len(parts[0].shape))
    shapes = [tuple(t.shape) for t in parts]
    for i, s in enumerate(shapes):
        if (*s[:dim], *s[dim + 1 :]) != (*shapes[0][:dim], *shapes[0][dim + 1 :]) or len(s) != len(shapes[0]):
            raise RuntimeError(f"cat: expected shapes like {shapes[0]} except in dim {dim}, got {s} as element {i}")
    return join(parts, dim)


concat = concatenate = cat


def stack(tensors: Sequence[Operand], dim: int = 0) -> Tensor:
    """Join tensors of one shape side by side along a new dimension `dim`.

    Raises
    ------
    RuntimeError
        If the tensors differ in shape.

    Examples
    --------
    >>> mg.stack([mg.tensor([1, 2]), mg.tensor([3, 4])], dim=1)
    tensor([[1, 3],
            [2, 4]])
    """
    parts = _of_one_dtype("stack", tensors)
    for i, t in enumerate(parts):
        if t.shape != parts[0].shape:
            raise RuntimeError(
                f"stack: expected all tensors to have the shape {tuple(parts[0].shape)} of the first, "
                f"got {tuple(t.shape)} as element {i}"
            )
    return _stack(parts, one_dim("stack", dim, len(parts[0].shape) + 1))


def hstack(tensors: Sequence[Operand]) -> Tensor:
    """Return the tensors next to each other: along dimension 1, or 0 for vectors.

    Examples
    --------
    >>> mg.hstack([mg.tensor([[1], [2]]), mg.tensor([[3], [4]])])
    tensor([[1, 3],
            [2, 4]])
    """
    parts = [t if t.shape else reshape(t, (1,)) for t in _of_one_dtype("hstack", tensors)]
    return cat(parts, min(1, len(parts[0].shape) - 1))


def vstack(tensors: Sequence[Operand]) -> Tensor:
    """Return the tensors below each other, vectors as rows.

    Examples
    --------
    >>> mg.vstack([mg.tensor([1, 2]), mg.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])
    """
    parts = _of_one_dtype("vstack", tensors)
    return cat([t if len(t.shape) > 1 else reshape(t, (1, t.shape[0] if t.shape else 1)) for t in parts], 0)


row_stack = vstack


def column_stack(tensors: Sequence[Operand]) -> Tensor:
    """Return the tensors next to each other, vectors as columns.

    Examples
    --------
    >>> mg.column_stack([mg.tensor([1, 2]), mg.tensor([3, 4])])
    tensor([[1, 3],
            [2, 4]])
    """
    parts = _of_one_dtype("column_stack", tensors)
    return cat([t if len(t.shape) > 1 else reshape(t, (t.shape[0] if t.shape else 1, 1)) for t in parts], 1)


def dstack(tensors: Sequence[Operand]) -> Tensor:
    """Return the tensors behind each other: along dimension 2, with at least three dimensions each.

    Examples
    --------
    >>> mg.dstack([mg.tensor([1, 2]), mg.tensor([3, 4])])
    tensor([[[1, 3],
             [2, 4]]])
    """
    return cat([atleast_3d(t) for t in _of_one_dtype("dstack", tensors)], 2)


# ---- repeated --------------------------------------------------------------------------------------------------------


def _add_repeats(g: Any, shape: tuple[int, ...], repeats: tuple[int, ...]) -> Any:
    """Return the sum over all repetitions: the adjoint of `_repeat`."""
    lengths = (1,) * (len(repeats) - len(shape)) + shape
    pairs = tuple(n for pair in zip(repeats, lengths, strict=True) for n in pair)
    return reshape(sum_over(reshape(g, pairs), tuple(range(0, len(pairs), 2)), False), shape)


@operation(input=lambda g, input_shape, repeats: _add_repeats(g, input_shape, repeats))
def _repeat(input: Operand, repeats: tuple[int, ...]) -> Operand:
    return np.tile(input, repeats)


@method("repeat", only=True)
def _repeat_method(input: Tensor, *repeats: Lengths) -> Tensor:
    """Repeat this tensor the given times along each dimension; more numbers than dimensions add ones in front."""
    counts = as_shape("repeat", repeats, 0)
    if len(counts) < len(input.shape):
        raise RuntimeError(
            f"repeat: expected a number of repetitions for each dimension of shape {tuple(input.shape)}, got {counts}"
        )
    return _repeat(input, counts)


def tile(input: Operand, dims: Sequence[int]) -> Tensor:
    """Return `input` repeated `dims` times, counted from the last dimension.

    Examples
    --------
    >>> mg.tile(mg.tensor([1, 2]), (2, 2))
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    counts = as_shape("tile", (dims,), 0)
    return _repeat(input, (1,) * (len(input.shape) - len(counts)) + counts)


@method("tile", only=True)
def _tile_method(input: Tensor, *dims: Lengths) -> Tensor:
    """Call `minigrad.tile` with the numbers as one argument or several."""
    return tile(input, as_shape("tile", dims))


@method()
def repeat_interleave(
    input: Operand, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
) -> Tensor:
    """Repeat each element, or slice of `dim`, in its place; given `repeats` alone, each index so many times.

    Parameters
    ----------
    repeats : int, or an integer Tensor with a number for each
    dim : int, optional
        By default the input is flattened.
    output_size : int, optional
        The sum of `repeats`, which is checked; in PyTorch it saves time.

    Raises
    ------
    RuntimeError
        If `repeats` is negative or does not fit, or `output_size` is wrong.

    Examples
    --------
    >>> mg.repeat_interleave(mg.tensor([7, 8]), mg.tensor([1, 3]))
    tensor([7, 8, 8, 8])
    """
    if repeats is None:
        if len(input.shape) != 1:
            raise RuntimeError(f"repeat_interleave: expected repeats of one dimension, got shape {tuple(input.shape)}")
        repeats, input = input, Tensor._wrap(np.arange(input.shape[0]))
    if dim is None:
        input, dim = reshape(input, (int(np.prod(input.shape, dtype=np.int64)),)), 0
    dim = one_dim("repeat_interleave", dim, len(input.shape))
    if not isinstance(repeats, (Tensor, np.ndarray)):
        repeats = as_int("repeat_interleave", "repeats", repeats)
    x = input if input.shape else reshape(input, (1,))
    size, counts = x.shape[dim], index_array("repeat_interleave", repeats, NotImplementedError)
    if counts.size not in (1, size) or counts.ndim > 1 or (counts < 0).any():
        raise RuntimeError(
            f"repeat_interleave: expected one number of repetitions or {size}, none negative, got {counts.tolist()}"
        )
    places = np.repeat(np.arange(size), counts)
    if output_size is not None and as_int("repeat_interleave", "output_size", output_size) != len(places):
        raise RuntimeError(f"repeat_interleave: expected output_size {len(places)}, got {output_size}")
    return look_up(x, (*[ALL] * dim, places))


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """Return a tensor for each vector, shaped like all lengths, that varies along its own dimension only.

    Parameters
    ----------
    tensors : vectors, or one sequence of them
    indexing : {'ij', 'xy'}
        'xy' exchanges the first two dimensions.

    Raises
    ------
    RuntimeError
        If `indexing` is unknown, or a tensor is not a vector.

    Examples
    --------
    >>> mg.meshgrid(mg.tensor([1, 2]), mg.tensor([3, 4]))
    (tensor([[1, 1],
            [2, 2]]), tensor([[3, 4],
            [3, 4]]))
    """
    vectors = list(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else list(tensors)
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f"meshgrid: expected indexing 'ij' or 'xy', got {indexing!r}")
    if not vectors or len({t.dtype for t in vectors}) > 1:
        raise RuntimeError(f"meshgrid: expected vectors of one dtype, got {[t.dtype for t in vectors]}")
    if any(len(t.shape) > 1 for t in vectors):
        raise RuntimeError(f"meshgrid: expected vectors, got shapes {[tuple(t.shape) for t in vectors]}")
    order = list(range(len(vectors)))
    if indexing == "xy" and len(order) > 1:
        order[:2] = 1, 0
    lengths = [t.shape[0] if t.shape else 1 for t in vectors]
    shape = tuple(lengths[i] for i in order)
    columns = [tuple(n if j == i else 1 for j in order) for i, n in enumerate(lengths)]
    return tuple(expand(reshape(t, c), shape) for t, c in zip(vectors, columns, strict=True))


def cartesian_prod(*tensors: Operand) -> Tensor:
    """Return all combinations of one element of each vector, as rows; of a single vector, itself.

    Examples
    --------
    >>> mg.cartesian_prod(mg.tensor([1, 2]), mg.tensor([3, 4]))
    tensor([[1, 3],
            [1, 4],
            [2, 3],
            [2, 4]])
    """
    if len(tensors) == 1:
        return tensors[0]
    grids = meshgrid(*tensors)
    return _stack([reshape(grid, (int(np.prod(grid.shape, dtype=np.int64)),)) for grid in grids], 1)
