"""Products with a weight matrix, and rows looked up in one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.as_array import constant
from minigrad.core.tensor import Tensor
from minigrad.kernels import products
from minigrad.ops.checks import check_tensor
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.primitives.products import matmul
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.primitives.summation import sum_over

__all__ = ["linear", "bilinear", "embedding", "one_hot"]


# ---- linear ----------------------------------------------------------------------------------------------------------


def _rows(t: Any) -> Any:
    return t if t.ndim == 2 else t.reshape(math.prod(t.shape[:-1]), t.shape[-1])


@operation(
    input=lambda g, weight: _linear(g, weight.T, None),
    weight=lambda g, input: matmul(_rows(g).T, _rows(input)),
    bias=lambda g: sum_over(_rows(g), (0,), False),
)
def _linear(input: Operand, weight: Operand, bias: Operand | None) -> Operand:
    rows = _rows(input)
    if rows.flags.f_contiguous and not rows.flags.c_contiguous:
        y = products.matmul(weight, rows.T).T  # the batch stays innermost in memory
    else:
        y = products.matmul(rows, weight.T)
    if bias is not None:
        y += bias
    return y if input.ndim == 2 else y.reshape(*input.shape[:-1], len(weight))


def linear(input: Operand, weight: Operand, bias: Operand | None = None) -> Tensor:
    """``input @ weight.T + bias``.

    Parameters
    ----------
    input : Tensor of shape (..., in_features)
    weight : Tensor of shape (out_features, in_features)
        Or (in_features,), for a result without the last dimension.
    bias : Tensor of shape (out_features,), optional

    Returns
    -------
    Tensor of shape (..., out_features)

    Raises
    ------
    RuntimeError
        If shapes or dtypes do not fit.

    Examples
    --------
    >>> F.linear(mg.tensor([[1.0, 2.0]]), mg.tensor([[3.0, 4.0], [5.0, 6.0]]), mg.tensor([0.0, 100.0]))
    tensor([[ 11., 117.]])
    """
    x = check_tensor("linear", "input", input)
    w = weight._data if isinstance(weight, Tensor) else weight
    b = bias._data if isinstance(bias, Tensor) else w if bias is None else bias
    shape, sizes = x.shape, w.shape
    if len(sizes) == 1:
        y = linear(input, reshape(weight, (1, *sizes)), None if bias is None else reshape(bias, (1,)))
        return reshape(y, tuple(y.shape[:-1]))
    if not shape or len(sizes) != 2 or shape[-1] != sizes[1]:
        raise RuntimeError(
            f"linear: expected an input of shape (..., in_features) and a weight of shape (out_features, in_features), "
            f"got {shape} and {sizes}{_unflattened(shape, sizes[-1])}"
        )
    if bias is not None and b.shape != sizes[:1]:
        raise RuntimeError(f"linear: expected a bias of shape ({sizes[0]},), got {b.shape}")
    if not x.dtype == w.dtype == b.dtype:
        raise RuntimeError(
            f"linear: expected an input and parameters of one dtype, got {x.dtype}, {w.dtype}"
            f"{'' if bias is None else f', {b.dtype}'}; convert the input with .to({w.dtype})"
        )
    return _linear(input, weight, bias)


def _unflattened(shape: tuple[int, ...], features: int) -> str:
    """Return a hint where the last dimensions together would be as long as is wanted."""
    start = next((d for d in range(len(shape) - 1) if math.prod(shape[d:]) == features), None)
    return "" if start is None else f"; .flatten({start}) makes it {(*shape[:start], features)}"


@rounded_once
def bilinear(input1: Operand, input2: Operand, weight: Operand, bias: Operand | None = None) -> Tensor:
    """``sum over i, j of input1[..., i] * weight[o, i, j] * input2[..., j] + bias[o]``.

    Parameters
    ----------
    input1, input2 : Tensors of shape (..., in1_features) and (..., in2_features)
    weight : Tensor of shape (out_features, in1_features, in2_features)
    bias : Tensor of shape (out_features,), optional

    Raises
    ------
    RuntimeError
        If shapes do not fit.

    Examples
    --------
    >>> F.bilinear(mg.tensor([1.0, 2.0]), mg.tensor([3.0]), mg.tensor([[[1.0], [1.0]]]))
    tensor([9.])
    """
    first, second = tuple(input1.shape), tuple(input2.shape)
    if len(weight.shape) != 3 or first[:-1] != second[:-1] or (first[-1:] + second[-1:]) != tuple(weight.shape[1:]):
        raise RuntimeError(
            "bilinear: expected inputs of shape (..., in1_features) and (..., in2_features) and a weight of shape "
            f"(out_features, in1_features, in2_features), got {first}, {second} and {tuple(weight.shape)}"
        )
    products = reshape(input1, (*first, 1)) * reshape(input2, (*second[:-1], 1, second[-1]))
    products = reshape(products, (*first[:-1], first[-1] * second[-1]))
    return linear(products, reshape(weight, (weight.shape[0], first[-1] * second[-1])), bias)


# ---- embedding -------------------------------------------------------------------------------------------------------


@operation(
    weight=lambda g, weight_shape, index, padding_idx: _add_rows(g, index, weight_shape[0], padding_idx),
    holds=("index",),
)
def _embedding(weight: Operand, index: np.ndarray, padding_idx: int | None) -> Operand:
    return weight[index]


@operation(input=lambda g, index, padding_idx: _rows_but(g, index, padding_idx), holds=("index",))
def _add_rows(input: Operand, index: np.ndarray, count: int, padding_idx: int | None) -> Operand:
    """Return the adjoint of looking up: `input[...]` added to row ``index[...]`` of zeros, but for `padding_idx`."""
    size = input.shape[index.ndim :]
    table = np.zeros((count, *size), input.dtype)
    if index.size:
        flat = index.reshape(-1)
        order = np.argsort(flat, kind="stable")
        found, starts = np.unique(flat[order], return_index=True)
        table[found] = np.add.reduceat(input.reshape(-1, *size)[order], starts, axis=0)
        if padding_idx is not None:
            table[padding_idx] = 0
    return table


def _rows_but(g: Any, index: np.ndarray, padding_idx: int | None) -> Any:
    rows = _embedding(g, index, padding_idx)
    return rows if padding_idx is None else rows * (index != padding_idx)[..., None]


def _indices(name: str, input: Any, count: int | None) -> np.ndarray:
    """Return integers in [0, count) as an array."""
    index = constant(input)
    if index.dtype.kind not in "iu":
        raise RuntimeError(f"{name}: expected integers as 'input', got {index.dtype}; convert them with .long()")
    wrong = index[(index < 0) | (index >= (math.inf if count is None else count))]
    if wrong.size:
        allowed = "at least 0" if count is None else f"0 to {count - 1}"
        raise IndexError(f"{name}: index {wrong.flat[0]} is out of range, expected {allowed}")
    return index


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
    max_norm, norm_type, scale_grad_by_freq, sparse
        Not supported: must have their defaults.

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
    if max_norm is not None or scale_grad_by_freq or sparse:
        raise NotImplementedError(
            "embedding: max_norm, scale_grad_by_freq and sparse are not supported; leave them out"
        )
    if len(weight.shape) != 2:
        raise RuntimeError(
            f"embedding: expected a weight of shape (num_embeddings, embedding_dim), got {tuple(weight.shape)}"
        )
    count = weight.shape[0]
    if padding_idx is not None and not -count <= padding_idx < count:
        raise RuntimeError(f"embedding: padding_idx {padding_idx} is out of range for {count} embeddings")
    index = _indices("embedding", input, count)
    if not isinstance(weight, Tensor) and isinstance(input, Tensor):
        weight = Tensor._wrap(weight)
    return _embedding(weight, index, None if padding_idx is None else padding_idx % count)


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
    try:
        index = _indices("one_hot", tensor, None if num_classes == -1 else num_classes)
    except IndexError as error:
        raise RuntimeError(str(error)) from None
    if num_classes == -1:
        if not index.size:
            raise RuntimeError("one_hot: of an empty tensor, num_classes cannot be found out; give it")
        num_classes = int(index.max()) + 1
    hot = (index[..., None] == np.arange(num_classes)).astype(np.int64)
    return Tensor._wrap(hot) if isinstance(tensor, Tensor) else hot
