"""Dimensions and sizes as users give them, checked and counted from the front."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

from minigrad.core.array_attributes import as_int
from minigrad.core.tensor import Tensor


def one_dim(operation: str, dim: Any, ndim: int) -> int:
    """Return `dim` counted from the front; raise IndexError where there is no such dimension."""
    ndim = max(ndim, 1)  # a 0-dim tensor has a dimension 0 and -1, as in PyTorch
    dim = as_int(operation, "dim", dim)
    if not -ndim <= dim < ndim:
        raise IndexError(f"{operation}: dim {dim} is out of range; expected {-ndim} to {ndim - 1}")
    return dim % ndim


_ALL = [tuple(range(ndim)) for ndim in range(65)]  # 64 is NumPy's greatest number of dimensions


def all_dims(operation: str, dim: Any, ndim: int) -> tuple[int, ...]:
    """Return `dim`, an int, several, or None or () for all, as distinct dimensions counted from the front."""
    if dim is None or (isinstance(dim, (tuple, list)) and not dim):
        return _ALL[ndim]
    several = isinstance(dim, (tuple, list)) or (isinstance(dim, Tensor) and dim.ndim == 1)
    dims = tuple(one_dim(operation, d, ndim) for d in (dim if several else (dim,)))
    if len(set(dims)) != len(dims):
        raise RuntimeError(f"{operation}: dim {tuple(dim)} names a dimension twice")
    return dims if ndim else ()


def as_shape(operation: str, sizes: tuple[Any, ...], least: int | None = None) -> tuple[int, ...]:
    """Return the arguments of ``f(2, 3)`` or ``f((2, 3))`` as a tuple of ints, none below `least`."""
    if len(sizes) == 1 and type(first := sizes[0]) is not int:
        if type(first) is tuple or isinstance(first, Sequence) or getattr(first, "ndim", 0) == 1:
            sizes = tuple(first)
    try:
        if sizes and isinstance(sizes[0], (bool, str)):
            raise TypeError
        shape = tuple(map(operator.index, sizes))
    except TypeError:
        raise TypeError(f"{operation}: expected ints as sizes, got {', '.join(map(repr, sizes))}") from None
    if least is not None and (min(shape, default=least) < least or math.prod(shape) >= 2**60):
        raise RuntimeError(f"{operation}: expected lengths of at least {least} that fit into memory, got {shape}")
    return shape
