"""Rows looked up in a table by their numbers, and numbers as rows of zeros with a one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.as_array import constant
from minigrad.core.tensor import Tensor
from minigrad.kernels.indexing import add_up
from minigrad.kernels.taking import taken
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.interpolation import times_constant

__all__ = ["embedding", "one_hot"]


@operation(
    weight=lambda g, weight_shape, index, padding_idx: _add_rows(g, index, weight_shape[0], padding_idx),
    holds=("index",),
)
def _embedding(weight: Operand, index: np.ndarray, padding_idx: int | None) -> Operand:
    return taken(weight, index, 0)


@operation(input=lambda g, index, padding_idx: _rows_but(g, index, padding_idx), holds=("index",))
def _add_rows(input: Operand, index: np.ndarray, count: int, padding_idx: int | None) -> Operand:
    """Return the adjoint of looking up: `input[...]` added to row ``index[...]`` of zeros, but for `padding_idx`."""
    table = add_up(input, (count, *input.shape[index.ndim :]), (index,))
    if padding_idx is not None:
        table[padding_idx] = 0
    return table


def _rows_but(g: Any, index: np.ndarray, padding_idx: int | None) -> Any:
    rows = _embedding(g, index, padding_idx)
    return rows if padding_idx is None else rows * (index != padding_idx)[..., None]


def indices_of(name: str, input: Any, count: int | None) -> np.ndarray:
    """Return integers in [0, count) as an array."""
    index = constant(input)
    if index.dtype.kind not in "iu":
        raise RuntimeError(f"{name}: expected integers as 'input', got {index.dtype}; convert them with .long()")
    wrong = index[(index < 0) | (index >= (math.inf if count is None else count))]
    if wrong.size:
        allowed = "at least 0" if count is None else f"0 to {count - 1}"
        raise IndexError(f"{name}: index {wrong.flat[0]} is out of range, expected {allowed}")
    return index


def padding_row(name: str, padding_idx: int | None, count: int, error: type[Exception] = AssertionError) -> int | None:
    """Return `padding_idx` counted from the front; raise where there is no such row."""
    if padding_idx is None:
        return None
    if not -count <= padding_idx < count:
        raise error(f"{name}: padding_idx {padding_idx} is out of range for {count} embeddings")
    return padding_idx % count


def shorten_rows(weight: Any, index: np.ndarray, max_norm: float, norm_type: float) -> None:
    """Scale those rows of `weight` at `index` down to `max_norm`, in place, whose norm is greater."""
    rows = np.unique(index)
    found = constant(weight)[rows]
    norms = np.linalg.norm(found, norm_type, axis=1)
    long = norms > max_norm
    if long.any():
        table = weight.detach() if isinstance(weight, Tensor) else weight
        table[rows[long]] = found[long] * (max_norm / (norms[long, None] + 1e-7)).astype(found.dtype)


@operation(input=lambda g, factor: times_constant(g, factor), holds=("factor",))
def _with_gradient_times(input: Operand, factor: np.ndarray) -> Operand:
    """Return `input`, whose gradient will be multiplied by `factor`."""
    return input


def rows_at(weight: Any, index: np.ndarray, padding_idx: int | None, scale_grad_by_freq: bool) -> Any:
    """Return the rows of `weight` at checked indices, their gradient divided by how often they occur if so wanted."""
    rows = _embedding(weight, index, padding_idx)
    if not scale_grad_by_freq or not isinstance(rows, Tensor):
        return rows
    _, inverse, counts = np.unique(index, return_inverse=True, return_counts=True)
    return _with_gradient_times(rows, (1 / counts[inverse.reshape(index.shape)])[..., None].astype(rows.dtype))


def embedding(
    input: Operand,
    weight: Operand,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """``weight[input]``: a row for each index.

    Parameters
    ----------
    input : integer Tensor of any shape
    weight : Tensor of shape (num_embeddings, embedding_dim)
    padding_idx : int, optional
        A row without gradient; negative ones count from the end.
    max_norm : float, optional
        Rows of `weight` that are used, and whose norm of order `norm_type` is greater, are shortened to it: in place,
        without a gradient of that.
    scale_grad_by_freq : bool, default False
        Divide the gradient of each row by how often it is used.
    sparse : bool, default False
        The gradient is dense all the same.

    Returns
    -------
    Tensor of shape (*input.shape, embedding_dim)

    Raises
    ------
    IndexError
        If an index is out of range.

    Examples
    --------
    >>> F.embedding(mg.tensor([1, 0, 1]), mg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[3., 4.],
            [1., 2.],
            [3., 4.]])
    """
    if len(weight.shape) != 2:
        raise RuntimeError(
            f"embedding: expected a weight of shape (num_embeddings, embedding_dim), got {tuple(weight.shape)}"
        )
    padding_idx = padding_row("embedding", padding_idx, weight.shape[0])
    index = indices_of("embedding", input, weight.shape[0])
    if max_norm is not None:
        shorten_rows(weight, index, max_norm, norm_type)
    if not isinstance(weight, Tensor) and isinstance(input, Tensor):
        weight = Tensor._wrap(weight)
    return rows_at(weight, index, padding_idx, scale_grad_by_freq)


def one_hot(tensor: Operand, num_classes: int = -1) -> Tensor:
    """Return an int64 tensor with a new last dimension that is 1 at the index that `tensor` holds, and 0 elsewhere.

    Parameters
    ----------
    tensor : integer Tensor
    num_classes : int, default -1
        The length of the new dimension; -1 for one more than the largest index.

    Raises
    ------
    RuntimeError
        If an index is negative, or not less than `num_classes`.

    Examples
    --------
    >>> F.one_hot(mg.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    num_classes = as_int("one_hot", "num_classes", num_classes)
    if num_classes == 0 or num_classes < -1:
        raise RuntimeError(
            f"one_hot: expected a positive num_classes, or -1 for the largest index + 1, got {num_classes}"
        )
    if constant(tensor).dtype != np.int64:
        raise RuntimeError(f"one_hot: expected an int64 tensor, got {tensor.dtype}; convert it with .long()")
    try:
        index = indices_of("one_hot", tensor, None if num_classes == -1 else num_classes)
    except IndexError as error:
        raise RuntimeError(str(error)) from None
    if num_classes == -1:
        if not index.size:
            raise RuntimeError("one_hot: of an empty tensor, num_classes cannot be found out; give it")
        num_classes = int(index.max()) + 1
    return _one_hot(tensor if isinstance(tensor, Tensor) else index, num_classes)


@operation("input")
def _one_hot(input: Operand, num_classes: int) -> Operand:
    hot = np.zeros((*input.shape, num_classes), np.int64)
    hot.reshape(-1)[np.arange(input.size) * num_classes + input.reshape(-1)] = 1
    return hot
