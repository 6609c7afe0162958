"""`reshape` and `permute`: the same elements in another shape."""

from __future__ import annotations

import numpy as np

from minigrad.ops.declare.operation import Operand, operation


@operation(input=lambda g, input_shape: reshape(g, input_shape), view=True)
def reshape(input: Operand, shape: tuple[int, ...]) -> Operand:
    return input.reshape(shape)


@operation(input=lambda g, dims: permute(g, tuple(int(d) for d in np.argsort(dims))), view=True)
def permute(input: Operand, dims: tuple[int, ...]) -> Operand:
    return input.transpose(dims)
