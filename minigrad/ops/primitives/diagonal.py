"""A diagonal as a view, and its adjoint."""

from __future__ import annotations

import numpy as np

from minigrad.ops.declare.operation import Operand, operation


@operation(input=lambda g, input_shape, offset, dim1, dim2: on_diagonal(g, input_shape, offset, dim1, dim2), view=True)
def diagonal(input: Operand, offset: int, dim1: int, dim2: int) -> Operand:
    view = np.diagonal(input, offset, dim1, dim2)
    view.flags.writeable = input.flags.writeable  # NumPy's diagonal is read-only for historical reasons
    return view


@operation(input=lambda g, offset, dim1, dim2: diagonal(g, offset, dim1, dim2))
def on_diagonal(input: Operand, shape: tuple[int, ...], offset: int, dim1: int, dim2: int) -> Operand:
    """Return zeros of `shape` with `input` on a diagonal: the adjoint of `diagonal`."""
    whole = np.zeros(shape, input.dtype)
    diagonal(whole, offset, dim1, dim2)[...] = input
    return whole
