"""One tensor cut into several, which are views of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.tensor import Tensor
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand
from minigrad.ops.indexing import select
from minigrad.ops.primitives.dims import one_dim
from minigrad.ops.primitives.indexing import ALL, slice_by
from minigrad.ops.primitives.joining import pieces

__all__ = [
    "chunk", "dsplit", "hsplit", "split", "split_with_sizes", "tensor_split", "unbind", "unsafe_chunk", "unsafe_split",
    "unsafe_split_with_sizes", "vsplit",
]  # fmt: skip


@method()
def split(tensor: Operand, split_size_or_sections: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Return views that cut dimension `dim` into pieces.

    Parameters
    ----------
    split_size_or_sections : int or ints
        The length of all pieces but perhaps the last, or the length of each.

    Raises
    ------
    RuntimeError
        If the lengths given do not add up to that of the dimension.

    Examples
    --------
    >>> mg.split(mg.arange(5), 2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    dim, size = _to_cut("split", tensor, dim)
    lengths: Any = split_size_or_sections
    if not isinstance(lengths, Sequence) and getattr(lengths, "ndim", 0) != 1:
        lengths = as_int("split", "split_size", lengths)
        if lengths < 0 or lengths == 0 and size:
            raise RuntimeError(f"split: expected a positive length of the pieces, got {lengths}")
        step = int(lengths) or 1
        lengths = [min(step, size - start) for start in range(0, size, step)] or [0]
    lengths = [as_int("split", "a length", n) for n in lengths]
    if min(lengths, default=0) < 0 or sum(lengths) != size:
        raise RuntimeError(f"split: lengths {lengths} do not add up to {size}, the length of dim {dim}")
    return tuple(pieces(tensor, dim, lengths))


def _to_cut(name: str, input: Operand, dim: int) -> tuple[int, int]:
    """Return the dimension to cut, counted from the front, and its length."""
    if not input.shape:
        kind = IndexError if name == "unbind" else RuntimeError
        raise kind(f"{name}: expected a tensor with at least one dimension, got a 0-dim one")
    dim = one_dim(name, dim, len(input.shape))
    return dim, input.shape[dim]


@method()
def chunk(input: Operand, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """Split into at most `chunks` pieces of equal length, of which the last may be shorter.

    Raises
    ------
    RuntimeError
        If `chunks` is below 1.

    Examples
    --------
    >>> mg.chunk(mg.arange(5), 2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    if (chunks := as_int("chunk", "chunks", chunks)) <= 0:
        raise RuntimeError(f"chunk: expected at least one chunk, got {chunks}")
    dim, size = _to_cut("chunk", input, dim)
    return split(input, -(-size // chunks), dim) if size else split(input, [0] * chunks, dim)


@method()
def tensor_split(input: Operand, indices_or_sections: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Return views that cut `dim` into this many pieces, or at these indices; the first may be longer by one.

    Raises
    ------
    RuntimeError
        If the number of sections is below 1, or a tensor of them is not int64.

    Examples
    --------
    >>> mg.tensor_split(mg.arange(5), 2), mg.tensor_split(mg.arange(3), (1,))
    ((tensor([0, 1, 2]), tensor([3, 4])), (tensor([0]), tensor([1, 2])))
    """
    dim, size = _to_cut("tensor_split", input, dim)
    n: Any = indices_or_sections
    if isinstance(n, Tensor) and n.dtype != np.int64:
        raise RuntimeError(f"tensor_split: expected a tensor of sections or indices to be int64, got {n.dtype}")
    if isinstance(n, Sequence) or getattr(n, "ndim", 0) == 1:
        n = [as_int("tensor_split", "an index", i) for i in n]
    else:
        if isinstance(n, Tensor) and n._data.ndim:
            raise RuntimeError(f"tensor_split: expected sections of 0 or 1 dimensions, got shape {tuple(n.shape)}")
        n = as_int("tensor_split", "indices_or_sections", n)
        if n <= 0:
            raise RuntimeError(f"tensor_split: expected at least one section, got {n}")
        n = [i * (size // n) + min(i, size % n) for i in range(1, n)]
    bounds = [slice(a, b) for a, b in zip([None, *n], [*n, None], strict=True)]
    return tuple(slice_by(input, (*[ALL] * dim, b)) for b in bounds)


@method()
def unbind(input: Operand, dim: int = 0) -> tuple[Tensor, ...]:
    """Return all slices of dimension `dim`, views without that dimension.

    Examples
    --------
    >>> mg.unbind(mg.tensor([[1, 2], [3, 4]]))
    (tensor([1, 2]), tensor([3, 4]))
    """
    dim, size = _to_cut("unbind", input, dim)
    return tuple(select(input, dim, i) for i in range(size))


@method("unsafe_split_with_sizes")
def split_with_sizes(input: Operand, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Return views that cut dimension `dim` into pieces of these lengths.

    Raises
    ------
    RuntimeError
        If the lengths do not add up to that of the dimension.

    Examples
    --------
    >>> mg.split_with_sizes(mg.arange(4), [1, 3])
    (tensor([0]), tensor([1, 2, 3]))
    """
    if not isinstance(split_sizes, Sequence):
        raise TypeError(f"split_with_sizes: expected a sequence of lengths, got {type(split_sizes).__name__}")
    return split(input, split_sizes, dim)


# PyTorch forgets that these are views; here they may be changed in place all the same.
unsafe_split, unsafe_chunk, unsafe_split_with_sizes = split, chunk, split_with_sizes
method("unsafe_split", only=True)(split)
method("unsafe_chunk", only=True)(chunk)


def _cut_at(name: str, input: Any, indices_or_sections: int | Sequence[int], least: int, dim: int) -> Any:
    if len(input.shape) < least:
        raise RuntimeError(f"{name}: expected a tensor of at least {least} dimensions, got shape {tuple(input.shape)}")
    if isinstance(indices_or_sections, int) and indices_or_sections > 0 and input.shape[dim] % indices_or_sections:
        size = input.shape[dim]
        raise RuntimeError(f"{name}: dim {dim} of length {size} has no {indices_or_sections} equal pieces")
    return tensor_split(input, indices_or_sections, dim)


@method()
def hsplit(input: Operand, indices_or_sections: int | Sequence[int]) -> tuple[Tensor, ...]:
    """Return views that cut the columns into equal pieces, or at these indices; a vector is cut in its only dimension.

    Raises
    ------
    RuntimeError
        If there is no dimension, or no such number of equal pieces.

    Examples
    --------
    >>> mg.hsplit(mg.tensor([[1, 2], [3, 4]]), 2)[1]
    tensor([[2],
            [4]])
    """
    return _cut_at("hsplit", input, indices_or_sections, 1, 1 if len(input.shape) > 1 else 0)


@method()
def vsplit(input: Operand, indices_or_sections: int | Sequence[int]) -> tuple[Tensor, ...]:
    """Return views that cut the rows into equal pieces, or at these indices.

    Raises
    ------
    RuntimeError
        If there are less than two dimensions, or no such number of equal pieces.

    Examples
    --------
    >>> mg.vsplit(mg.tensor([[1, 2], [3, 4]]), 2)[1]
    tensor([[3, 4]])
    """
    return _cut_at("vsplit", input, indices_or_sections, 2, 0)


@method()
def dsplit(input: Operand, indices_or_sections: int | Sequence[int]) -> tuple[Tensor, ...]:
    """Return views that cut the third dimension into equal pieces, or at these indices.

    Raises
    ------
    RuntimeError
        If there are less than three dimensions, or no such number of equal pieces.

    Examples
    --------
    >>> mg.dsplit(mg.arange(4).reshape(1, 2, 2), 2)[0]
    tensor([[[0],
             [2]]])
    """
    return _cut_at("dsplit", input, indices_or_sections, 3, 2)
