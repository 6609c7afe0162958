"""Parts of a tensor by slices (views) and by arrays of indices (copies), and their adjoints."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.graph.slice_gradient import SliceGradient
from minigrad.kernels import along_dim
from minigrad.kernels import indexing as kernels
from minigrad.kernels.indexing import Key
from minigrad.ops.declare.operation import Operand, operation, twin

ALL = slice(None)


def _part(g: Any, input_shape: tuple[int, ...], key: Key) -> Any:
    recorded_or_all = isinstance(g, Tensor) or not input_shape
    return unslice(g, input_shape, key) if recorded_or_all else SliceGradient(g, input_shape, key)


@operation(name="slice", input=_part, view=True)
def slice_by(input: Operand, key: Key) -> Operand:
    """``input[key]`` for ints, slices, None and an Ellipsis: a view."""
    try:
        return input[key]
    except IndexError as error:
        raise _index_error(error, input) from None


@operation(input=lambda g, key: slice_by(g, key))
def unslice(input: Operand, shape: tuple[int, ...], key: Key) -> Operand:
    """Return zeros of `shape` with `input` at `key`: the adjoint of `slice_by`."""
    whole = np.zeros_like(input, shape=shape)
    whole[key] = input
    return whole


@operation(name="index", input=lambda g, input_shape, key: add_at(g, input_shape, key), holds=("key",))
def index_by(input: Operand, key: Key) -> Operand:
    """``input[key]`` for full slices, integer arrays and masks: a copy."""
    try:
        return kernels.look_up(input, key)
    except IndexError as error:
        raise _index_error(error, input) from None


@operation(input=lambda g, key: index_by(g, key), holds=("key",))
def add_at(input: Operand, shape: tuple[int, ...], key: Key) -> Operand:
    """Return zeros of `shape` with `input` added at `key`, with repetitions: the adjoint of `index_by`."""
    return kernels.add_up(input, shape, key)


@operation(
    name="gather", input=lambda g, input_shape, index, dim: add_along(g, input_shape, index, dim), holds=("index",)
)
def index_along(input: Operand, index: np.ndarray, dim: int) -> Operand:
    """``input[index[i, j, k], j, k]`` for `dim` 0, and so on for the others, at a checked `index`: a copy."""
    return along_dim.taken_along(input, index, dim)


@operation(input=lambda g, index, dim: index_along(g, index, dim), holds=("index",))
def add_along(input: Operand, shape: tuple[int, ...], index: np.ndarray, dim: int) -> Operand:
    """Return zeros of `shape` with `input` added at `index` along `dim`: the adjoint of `index_along`."""
    return along_dim.added_along(input, shape, index, dim)


# For keys that are tables made from shapes. They are kept after backward, as shapes are, so that another can follow.
look_up = twin(index_by, "look_up", holds=())
add_up = twin(add_at, "add_up", holds=())


def _index_error(error: IndexError, input: np.ndarray) -> IndexError:
    return IndexError(f"index: {error}; the tensor has shape {input.shape}")
