"""Checks of what users give, and the arrays that it stands for: kinds of numbers, indices, masks, windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.array_attributes import as_int
from minigrad.core.as_array import constant
from minigrad.core.tensor import Tensor
from minigrad.ops.primitives.casting import cast

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


# ---- kinds of numbers ------------------------------------------------------------------------------------------------


def floating(name: str, input: Any, dtype: Any = None) -> Any:
    """Return `input`, converted to `dtype` if given; raise RuntimeError if it is not floating then."""
    if dtype is not None and input.dtype != dtypes.as_dtype(dtype):
        input = cast(input, dtypes.as_dtype(dtype))
    require_floating(name, input)
    return input


def require_floating(name: str, input: Any, error: type[Exception] = RuntimeError) -> None:
    """Raise unless `input` is a floating tensor or array."""
    dtype = getattr(input, "dtype", type(input).__name__)
    if getattr(dtype, "kind", None) != "f":
        raise error(f"{name}: expected a floating tensor, got {dtype}; convert it with .float()")


# ---- indices and masks -----------------------------------------------------------------------------------------------


def index_array(name: str, index: Any, error: type[Exception] = RuntimeError) -> np.ndarray:
    """Return `index` as an int64 array; raise if it does not hold integers."""
    array = constant(index)
    if array.dtype.kind not in "iu" and array.size:
        raise error(f"{name}: expected an index of integers, got {array.dtype}; convert it with .long()")
    return array.astype(np.int64, copy=False)


def check_range(name: str, index: np.ndarray, dim: int, shape: Any, error: type[Exception] = IndexError) -> None:
    """Raise if `index`, which may not be negative, is out of range for dimension `dim`."""
    if index.size:
        if 0 in index.strides:  # what is repeated is looked at once
            index = index[tuple(slice(None) if stride else slice(1) for stride in index.strides)]
        if int(index.view(np.uint64).max()) >= shape[dim]:  # negative ones are the largest, seen as bits without sign
            low, high = int(index.min()), int(index.max())
            wrong = low if low < 0 else high
            raise error(f"{name}: index {wrong} is out of bounds for dim {dim} of shape {tuple(shape)}")


def mask_array(name: str, mask: Any) -> np.ndarray:
    """Return `mask` as a bool array; raise if it does not hold bools."""
    if not isinstance(mask, (Tensor, np.ndarray, np.bool_)):
        raise TypeError(f"{name}: expected a Tensor of bools as mask, got {type(mask).__name__}")
    array = constant(mask)
    if array.dtype != bool:
        raise RuntimeError(f"{name}: expected a mask of bools, got {array.dtype}; compare it, such as with != 0")
    return array


def common_shape(name: str, shape: tuple[int, ...], mask: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape to which a tensor and a mask broadcast."""
    try:
        return np.broadcast_shapes(shape, mask)
    except ValueError:
        raise RuntimeError(f"{name}: a mask of shape {mask} does not broadcast with shape {shape}") from None
