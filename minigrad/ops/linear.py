"""Products with a weight matrix."""

from __future__ import annotations

import math
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.kernels import products
from minigrad.kernels.buffering import add_rows
from minigrad.ops.checks import check_tensor
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.primitives.products import matmul
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.primitives.summation import sum_over

__all__ = ["linear", "bilinear"]


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
        add_rows(y, bias)
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
