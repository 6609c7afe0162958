"""Rounding: float16 only stores numbers; what is made of them is computed in float32 and rounded once.

Squares, products, sums and counts on the way to a result soon leave the range of float16, and many roundings add up. So
every operation that has a gradient is given float32 in its place (`ops/declare/call.py`), and what is made of several
operations says so itself, by `rounded_once`. Gradients follow: what is recorded in between is in float32.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np

from minigrad.core.tensor import Tensor

F = TypeVar("F", bound=Callable[..., Any])
HALF, SINGLE = np.dtype(np.float16), np.dtype(np.float32)


def rounded_once(function: F) -> F:
    """Make `function` compute in float32 and round its results if all floating tensors given are in float16."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        for t in args:
            if isinstance(t, (Tensor, np.ndarray)) and _dtype(t) is HALF:
                if not all_half((*args, *kwargs.values())):
                    break
                y = function(*map(widened, args), **{name: widened(value) for name, value in kwargs.items()})
                return rounded(y)
        return function(*args, **kwargs)

    return call  # type: ignore[return-value]  # functools.wraps keeps the signature at run time only


def all_half(values: Sequence[Any]) -> bool:
    """Return whether no tensor among `values` is floating and of another dtype."""
    return all(dtype == HALF for dtype in map(_dtype, _tensors(values)) if dtype.kind == "f")


def _tensors(values: Iterable[Any]) -> Iterator[Tensor | np.ndarray]:
    """Yield the tensors among `values`, also in lists and tuples."""
    for value in values:
        if isinstance(value, (Tensor, np.ndarray)):
            yield value
        elif type(value) in (list, tuple):
            yield from _tensors(value)


def _dtype(t: Tensor | np.ndarray) -> np.dtype:
    return t._data.dtype if isinstance(t, Tensor) else t.dtype


def widened(value: Any) -> Any:
    """Return `value`, in float32 if it is a tensor in float16, or with those in it if it is a list or tuple."""
    if type(value) in (list, tuple):
        return type(value)(map(widened, value))
    return _converted(value, HALF, SINGLE)


def rounded(result: Any) -> Any:
    """Return `result` with its float32 tensors in float16."""
    if isinstance(result, tuple):
        return type(result)(*map(rounded, result)) if hasattr(result, "_fields") else tuple(map(rounded, result))
    return _converted(result, SINGLE, HALF)


def _converted(value: Any, old: np.dtype, new: np.dtype) -> Any:
    if isinstance(value, Tensor):
        return value.to(new) if value._data.dtype == old else value
    if not isinstance(value, (np.ndarray, np.generic)) or value.dtype != old:
        return value
    with np.errstate(over="ignore"):  # what is too large becomes inf
        return value.astype(new)
