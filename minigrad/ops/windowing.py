"""The arguments that convolution and pooling have in common: input, and one number for each dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.tensor import Tensor

Numbers = int | Sequence[int]


def check_tensor(operation: str, name: str, value: Any) -> np.ndarray:
    """Return the array of a Tensor (or of a rule, which is given arrays), or raise TypeError."""
    if isinstance(value, Tensor):
        return value._data
    if not isinstance(value, np.ndarray):
        raise TypeError(f"{operation}: expected {name} to be a Tensor, got {type(value).__name__}")
    return value


def check_shape(operation: str, shape: tuple[int, ...], dims: int) -> None:
    """Raise unless `shape` is (N, C, *S) or (C, *S), S having `dims` lengths, with at least one channel and element."""
    if len(shape) not in (dims + 1, dims + 2):
        letters = ", ".join("DHW"[-dims:])
        raise RuntimeError(
            f"{operation}: expected an input of shape (N, C, {letters}) or (C, {letters}), got {shape}; "
            "unsqueeze() adds a dimension"
        )
    if 0 in shape[-dims - 1 :]:
        raise RuntimeError(f"{operation}: only the batch may be empty, got an input of shape {shape}")


def per_dim(operation: str, name: str, value: Any, dims: int, least: int) -> tuple[int, ...]:
    """One number, or one for each dimension, as a tuple of ints that are not below `least`."""
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    for v in values:
        if isinstance(v, bool) or not hasattr(v, "__index__"):
            raise TypeError(f"{operation}: expected {name} to be an int or {dims} ints, got {value!r}")
    if len(values) not in (1, dims):
        raise RuntimeError(f"{operation}: expected {name} to be one int or {dims}, got {len(values)}: {value!r}")
    if min(values) < least:
        raise RuntimeError(f"{operation}: expected {name} to be at least {least}, got {value!r}")
    return tuple(v.__index__() for v in values) * (dims // len(values))


def hashable(value: Any) -> Any:
    """A list as a tuple, so that what was once checked is found again."""
    return tuple(value) if isinstance(value, list) else value
