"""The arguments that convolution and pooling have in common: input, and one number for each dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.tensor import Tensor

Numbers = int | Sequence[int]


def check_tensor(operation: str, name: str, value: Any) -> np.ndarray:
    """Return the array of a Tensor (or of a rule, which is given arrays), or raise TypeError."""
    if isinstance(value, Tensor):
        return value._data
    if not isinstance(value, np.ndarray):
        raise TypeError(f"{operation}: expected {name} to be a Tensor, got {type(value).__name__}")
    return value


def check_shape(operation: str, shape: tuple[int, ...], dims: int, channels: bool = True) -> None:
    """Raise unless `shape` is (N, C, *S) or (C, *S), S having `dims` lengths.

    Of these only N may be 0, and C if there need not be `channels`.
    """
    if len(shape) not in (dims + 1, dims + 2):
        letters = ", ".join("DHW"[-dims:])
        raise RuntimeError(
            f"{operation}: expected an input of shape (N, C, {letters}) or (C, {letters}), got {shape}; "
            "unsqueeze() adds a dimension"
        )
    if 0 in shape[-dims - channels :]:
        what = "only the batch" if channels else "of the input's dimensions only the first ones"
        raise RuntimeError(f"{operation}: {what} may be empty, got an input of shape {shape}")


def per_dim(operation: str, name: str, value: Any, dims: int, least: int) -> tuple[int, ...]:
    """Return one number, or one for each dimension, as a tuple of ints that are not below `least`."""
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    values = tuple(as_int(operation, name, v) for v in values)
    if len(values) not in (1, dims):
        raise RuntimeError(f"{operation}: expected {name} to be one int or {dims}, got {len(values)}: {value!r}")
    if min(values) < least:
        raise RuntimeError(f"{operation}: expected {name} to be at least {least}, got {value!r}")
    return values * (dims // len(values))


def hashable(operation: str, name: str, value: Any) -> Any:
    """Return `value` as a key of checked values: lists as tuples, whole numbers of any kind as ints."""
    if isinstance(value, (list, tuple)):
        return tuple(as_int(operation, name, v) for v in value)
    return value if value is None or isinstance(value, (int, str)) else as_int(operation, name, value)
