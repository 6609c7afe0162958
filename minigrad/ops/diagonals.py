"""Diagonals and triangles."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.array_attributes import as_int
from minigrad.core.dtypes import DType
from minigrad.core.tensor import Tensor
from minigrad.ops.casting import clone
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.primitives import diagonal as primitive
from minigrad.ops.primitives.diagonal import on_diagonal
from minigrad.ops.primitives.dims import as_shape, one_dim

__all__ = ["diag", "diagonal", "diag_embed", "diagflat", "tril", "triu", "tril_indices", "triu_indices"]


@method(view=True)
def diagonal(input: Operand, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """Return a view of the diagonal in the planes of two dimensions; it becomes the last dimension.

    Parameters
    ----------
    offset : int, default 0
        A diagonal above (positive) or below the main one.

    Raises
    ------
    RuntimeError
        If `dim1` and `dim2` are the same.

    Examples
    --------
    >>> mg.diagonal(mg.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    ndim = len(input.shape)
    first, second = one_dim("diagonal", dim1, ndim), one_dim("diagonal", dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal: expected two different dimensions, got {dim1} and {dim2}")
    return primitive.diagonal(input, as_int("diagonal", "offset", offset), first, second)


@method("fill_diagonal_", only=True)
def _fill_diagonal(input: Tensor, fill_value: Any, wrap: bool = False) -> Tensor:
    """Set the elements whose indices are all equal to `fill_value`; return the tensor.

    With `wrap`, the diagonal of a tall matrix begins again after a row that is left out.
    """
    shape = tuple(input.shape)
    if len(shape) < 2 or (len(shape) > 2 and len({*shape}) > 1):
        raise RuntimeError(f"fill_diagonal_: expected a matrix, or dimensions of one length, got shape {shape}")
    if len(shape) > 2 or wrap:
        places = np.arange(min(shape))
        key: Any = (places,) * len(shape)
        if len(shape) == 2:
            rows = np.arange(shape[0])
            rows = rows[rows % (shape[1] + 1) < shape[1]]
            key = (rows, rows % (shape[1] + 1))
        input[key] = fill_value
    else:
        primitive.diagonal(input, 0, 0, 1).fill_(fill_value)
    return input


@method()
def diag_embed(input: Operand, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Return zeros with the last dimension of `input` on a diagonal of two new dimensions `dim1` and `dim2`.

    Raises
    ------
    RuntimeError
        If `input` has no dimension, or `dim1` and `dim2` are the same.

    Examples
    --------
    >>> mg.diag_embed(mg.tensor([1, 2]), offset=1)
    tensor([[0, 1, 0],
            [0, 0, 2],
            [0, 0, 0]])
    """
    if not input.shape:
        raise RuntimeError("diag_embed: expected at least 1 dimension, got none")
    shape, offset = list(input.shape[:-1]), as_int("diag_embed", "offset", offset)
    size = input.shape[-1] + abs(offset)
    first, second = (one_dim("diag_embed", d, len(shape) + 2) for d in (dim1, dim2))
    if first == second:
        raise RuntimeError(f"diag_embed: expected two different dimensions, got {dim1} and {dim2}")
    for dim in sorted((first, second)):
        shape.insert(dim, size)
    return on_diagonal(input, tuple(shape), offset, first, second)


@method()
def diag(input: Operand, diagonal: int = 0) -> Tensor:
    """Return the matrix with a vector on a diagonal, or a copy of that diagonal of a matrix.

    Raises
    ------
    RuntimeError
        If `input` is neither a vector nor a matrix.

    Examples
    --------
    >>> mg.diag(mg.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    if len(input.shape) == 1:
        return diag_embed(input, diagonal)
    if len(input.shape) != 2:
        raise RuntimeError(f"diag: expected a vector or a matrix, got shape {tuple(input.shape)}")
    return clone(primitive.diagonal(input, as_int("diag", "diagonal", diagonal), 0, 1))


@method()
def diagflat(input: Operand, offset: int = 0) -> Tensor:
    """Return the matrix with all elements of `input` on a diagonal.

    Examples
    --------
    >>> mg.diagflat(mg.tensor([[1], [2]]))
    tensor([[1, 0],
            [0, 2]])
    """
    return diag_embed(input.reshape(-1), offset)


def _triangle(name: str, input: Any) -> Any:
    if len(input.shape) < 2:
        raise RuntimeError(f"{name}: expected at least 2 dimensions, got shape {tuple(input.shape)}")
    return input


@operation(input=lambda g, diagonal: _tril(g, diagonal))
def _tril(input: Operand, diagonal: int) -> Operand:
    return np.tril(input, diagonal)


@operation(input=lambda g, diagonal: _triu(g, diagonal))
def _triu(input: Operand, diagonal: int) -> Operand:
    return np.triu(input, diagonal)


@method(inplace=True)
def tril(input: Operand, diagonal: int = 0) -> Tensor:
    """Return a copy with zeros above a diagonal of the last two dimensions.

    Examples
    --------
    >>> mg.tril(mg.tensor([[1, 2], [3, 4]]))
    tensor([[1, 0],
            [3, 4]])
    """
    return _tril(_triangle("tril", input), as_int("tril", "diagonal", diagonal))


@method(inplace=True)
def triu(input: Operand, diagonal: int = 0) -> Tensor:
    """Return a copy with zeros below a diagonal of the last two dimensions.

    Examples
    --------
    >>> mg.triu(mg.tensor([[1, 2], [3, 4]]), diagonal=1)
    tensor([[0, 2],
            [0, 0]])
    """
    return _triu(_triangle("triu", input), as_int("triu", "diagonal", diagonal))


def _indices(name: str, find: Any, row: Any, col: Any, offset: Any, dtype: Any, device: Any) -> Tensor:
    rows, columns = as_shape(name, (row, col), 0)
    wanted = dtypes.as_dtype(dtype)
    if wanted not in (np.int32, np.int64):
        raise NotImplementedError(f"{name}: expected dtype int32 or int64, got {wanted}")
    found = np.stack(find(rows, as_int(name, "offset", offset), columns))
    return Tensor._wrap(found.astype(wanted)).to(device or "cpu")


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: DType = dtypes.int64, device: Any = None) -> Tensor:
    """Return the indices of the lower triangle of a matrix: a row of row numbers and one of column numbers.

    Examples
    --------
    >>> mg.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    return _indices("tril_indices", np.tril_indices, row, col, offset, dtype, device)


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: DType = dtypes.int64, device: Any = None) -> Tensor:
    """Return the indices of the upper triangle of a matrix: a row of row numbers and one of column numbers.

    Examples
    --------
    >>> mg.triu_indices(2, 2)
    tensor([[0, 0, 1],
            [0, 1, 1]])
    """
    return _indices("triu_indices", np.triu_indices, row, col, offset, dtype, device)
