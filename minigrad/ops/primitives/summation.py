"""`sum` and `expand`, each the adjoint of the other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.kernels.summation import total
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.primitives.shape import reshape

SMALL = 4096  # elements: NumPy computes faster with this few in memory than with one that is repeated


def spread(g: Any, input_shape: tuple[int, ...], dim: tuple[int, ...], keepdim: bool) -> Any:
    """Return what was reduced over `dim`, repeated to `input_shape`: the adjoint of summing."""
    if not g.shape and not isinstance(g, Tensor) and math.prod(input_shape) <= SMALL:
        filled = np.empty(input_shape, g.dtype)
        filled.fill(g)
        return filled
    if not keepdim and len(dim) < len(input_shape):
        g = reshape(g, tuple(1 if i in dim else s for i, s in enumerate(input_shape)))
    return expand(g, input_shape)


@operation(name="sum", input=spread)
def sum_over(input: Operand, dim: tuple[int, ...], keepdim: bool) -> Operand:
    return total(input, dim, keepdim)


@operation(input=lambda g, input_shape: sum_to(g, input_shape), view=True)
def expand(input: Operand, shape: tuple[int, ...]) -> Operand:
    """Return `input` broadcast to `shape`, a view in which dimensions of length 1 are repeated."""
    if input.size != 1:
        return np.broadcast_to(input, shape)
    repeated = np.ndarray(shape, input.dtype, input, 0, (0,) * len(shape))  # the same, many times faster
    repeated.setflags(write=False)
    return repeated


def sum_to(g: Any, shape: tuple[int, ...]) -> Any:
    """Return `g` summed over the dimensions that broadcasting from `shape` repeated: the adjoint of `expand`."""
    if g.shape == shape:
        return g
    new = len(g.shape) - len(shape)
    dims = tuple(range(new)) + tuple(i + new for i, s in enumerate(shape) if s == 1 and g.shape[i + new] != 1)
    return reshape(sum_over(g, dims, True), shape)
