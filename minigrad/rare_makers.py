"""Makers of tensors that few scripts use: by strides or an order of dimensions, and old names."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.dtypes import as_dtype, get_default_dtype
from minigrad.core.layout import empty_in
from minigrad.factory import factory
from minigrad.ops.memory import strided_view
from minigrad.ops.primitives.dims import all_dims, as_shape

__all__ = ["empty_permuted", "empty_strided", "range", "scalar_tensor"]


def _floating(dtype: Any) -> np.dtype:
    return get_default_dtype().dtype if dtype is None else as_dtype(dtype)


@factory
def empty_strided(size: Sequence[int], stride: Sequence[int], *, dtype: Any = None) -> np.ndarray:
    """Return a tensor of this size and these steps in memory with whatever the memory held.

    Raises
    ------
    RuntimeError
        If there is not one step of 0 or more per dimension.

    Examples
    --------
    >>> mg.empty_strided((2, 3), (1, 2)).stride()
    (1, 2)
    """
    shape = as_shape("empty_strided", (size,), 0)
    steps = tuple(as_int("empty_strided", "stride", s) for s in stride)
    if len(steps) != len(shape) or min(steps, default=0) < 0:
        raise RuntimeError(f"empty_strided: expected a step of 0 or more per dimension of {shape}, got {steps}")
    count = 1 + sum((n - 1) * s for n, s in zip(shape, steps, strict=True)) if math.prod(shape) else 0
    return strided_view("empty_strided", np.empty(count, _floating(dtype)), shape, steps, 0)


@factory
def empty_permuted(size: Sequence[int], physical_layout: Sequence[int], *, dtype: Any = None) -> np.ndarray:
    """Return a tensor with whatever the memory held, whose dimensions lie in memory in the given order.

    Raises
    ------
    RuntimeError
        If the order does not name each dimension once.

    Examples
    --------
    >>> mg.empty_permuted((2, 3, 4), (0, 2, 1)).stride()
    (12, 1, 3)
    """
    shape, order = as_shape("empty_permuted", (size,), 0), as_shape("empty_permuted", (physical_layout,))
    if len(order) != len(shape) or min(order, default=0) < 0:
        raise RuntimeError(f"empty_permuted: expected an order of the {len(shape)} dimensions, got {order}")
    return empty_in(shape, _floating(dtype), all_dims("empty_permuted", order, len(shape)))


@factory
def scalar_tensor(s: Any, *, dtype: Any = None) -> np.ndarray:
    """Return a number as a 0-dim tensor of the default dtype, unless another is given.

    Raises
    ------
    TypeError
        If `s` is no number.

    Examples
    --------
    >>> mg.scalar_tensor(3)
    tensor(3.)
    """
    if not isinstance(s, (bool, int, float, np.generic)):
        raise TypeError(f"scalar_tensor: expected a number, got {type(s).__name__}")
    return np.asarray(s, _floating(dtype))


@factory
def range(start: float, end: float | None = None, step: float = 1, *, dtype: Any = None) -> np.ndarray:
    """Return the numbers from `start` to `end`, both included, in steps of `step`; an old name: use `arange`.

    Raises
    ------
    RuntimeError
        If no steps of `step` lead from `start` to `end`.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     mg.range(1, 3)
    tensor([1., 2., 3.])
    """
    warnings.warn("range: deprecated, and it includes the end; use arange", UserWarning, stacklevel=3)
    first, last = (0, start) if end is None else (start, end)
    if not step or (last - first) * step < 0 or not math.isfinite(first) or not math.isfinite(last):
        raise RuntimeError(f"range: no number of steps of {step} leads from {first} to {last}")
    count = int((last - first) / step) + 1
    return (first + step * np.arange(count)).astype(_floating(dtype))
