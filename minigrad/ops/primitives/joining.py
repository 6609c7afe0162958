"""`cat`, and cutting into pieces, its adjoint."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.primitives.indexing import ALL, slice_by


def pieces(g: Any, dim: int, lengths: list[int]) -> list[Any]:
    """Return `g` cut along `dim` into pieces of the given lengths: the adjoint of `cat`."""
    ends = itertools.accumulate(lengths)
    return [slice_by(g, (*[ALL] * dim, slice(end - n, end))) for n, end in zip(lengths, ends, strict=True)]


@operation(
    name="cat",
    sequence=True,
    tensors=lambda g, tensors_shape, dim: pieces(g, dim, [shape[dim] for shape in tensors_shape]),
)
def join(tensors: Sequence[Operand], dim: int) -> Operand:
    return np.concatenate(tensors, axis=dim)
