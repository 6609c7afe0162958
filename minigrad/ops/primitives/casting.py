"""Conversion to another dtype, its own adjoint, and zeros of the same kind."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.tensor import Tensor
from minigrad.kernels.errstate import silent
from minigrad.ops.declare.operation import Operand, operation


def _differentiable(args: tuple[Any, ...]) -> tuple[Any, ...]:
    input, dtype = args
    return args if dtype.kind == "f" or not isinstance(input, Tensor) else (input.detach(), dtype)


@operation(input=lambda g, input_dtype: cast(g, input_dtype), prepare=_differentiable)
@silent
def cast(input: Operand, dtype: dtypes.DType) -> Operand:
    """Return `input` with another dtype; the gradient gets the input's. Integers and bools have no gradient."""
    return input.astype(dtype)


def terms(input: Operand, dtype: Any = None) -> Operand:
    """Return `input` as it is added up or multiplied: in `dtype` if given, else integers and bools in int64."""
    if dtype is None and input.dtype.kind == "f":
        return input
    wanted = dtypes.as_dtype(dtype or dtypes.int64)
    return input if input.dtype == wanted else cast(input, wanted)


@operation("input")
def zeros_as(input: Operand) -> Operand:
    """Return zeros of the input's shape and dtype: the gradient of a step function."""
    return np.zeros_like(input)
