"""swap_tensors."""

from __future__ import annotations

import weakref
from typing import Any

from minigrad.core.tensor import Tensor

__all__ = ["swap_tensors"]

_SLOTS = ("_data", "_requires_grad", "_node", "_view")


def swap_tensors(t1: Tensor, t2: Tensor) -> None:
    """Exchange all that two tensors are: values, dtypes, gradients, histories, classes and attributes.

    Whoever holds one of them, such as a module or an optimizer, holds what the other was. Graphs that were recorded
    before keep the objects: run backward first.

    Raises
    ------
    TypeError
        If one is not a Tensor.
    RuntimeError
        If a weak reference to one exists, or one is a view.

    Examples
    --------
    >>> a, b = nn.Parameter(mg.zeros(2)), nn.Parameter(mg.ones(3, dtype=mg.float64))
    >>> mg.utils.swap_tensors(a, b)
    >>> a
    Parameter containing:
    tensor([1., 1., 1.], dtype=float64, requires_grad=True)
    """
    for tensor in (t1, t2):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"swap_tensors: expected two Tensors, got {type(tensor).__name__}")
        if weakref.getweakrefcount(tensor):
            raise RuntimeError("swap_tensors: expected tensors without weak references to them")
        if tensor._view is not None:
            raise RuntimeError("swap_tensors: expected tensors that are no views; pass a clone()")
    first, second = _contents(t1), _contents(t2)
    _fill(t1, second)
    _fill(t2, first)


def _contents(t: Tensor) -> tuple[type, dict[str, Any], list[Any]]:
    return type(t), dict(vars(t)), [getattr(t, name) for name in _SLOTS]


def _fill(t: Tensor, contents: tuple[type, dict[str, Any], list[Any]]) -> None:
    kind, attributes, slots = contents
    t.__class__ = kind
    vars(t).clear()
    vars(t).update(attributes)
    for name, value in zip(_SLOTS, slots, strict=True):
        setattr(t, name, value)
