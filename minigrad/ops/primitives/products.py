"""The product of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.kernels import products
from minigrad.kernels.errstate import silent
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.primitives.shape import permute
from minigrad.ops.primitives.summation import sum_to


def _of_shape(g: Any, shape: tuple[int, ...]) -> Any:
    return g if tuple(g.shape) == shape else sum_to(g, shape)


def _adjoint(x: Any) -> Any:
    return permute(x, (*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))


def _for_blas(x: np.ndarray) -> np.ndarray:
    """Return `x`, copied if NumPy would not hand it to BLAS but multiply it element by element."""
    step, (rows, columns) = x.itemsize, x.strides[-2:]
    if columns == step and rows >= step * x.shape[-1] or rows == step and columns >= step * x.shape[-2]:
        return x
    return np.ascontiguousarray(x)


@operation(
    input=lambda g, input_shape, other: _of_shape(matmul(g, _adjoint(other)), input_shape),
    other=lambda g, input, other_shape: _of_shape(matmul(_adjoint(input), g), other_shape),
)
@silent
def matmul(input: Operand, other: Operand) -> Operand:
    """Return the products of the matrices in the last two dimensions; the dimensions before them are broadcast."""
    return products.matmul(_for_blas(input), _for_blas(other))
