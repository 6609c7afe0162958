"""The parameters of every function that makes tensors: `out`, `layout`, `device`, `pin_memory`, `requires_grad`."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.core.device import on_cpu
from minigrad.core.layout import check_strided, empty_in, order_of
from minigrad.core.tensor import Tensor
from minigrad.ops.declare.out import into

_ADDED = ("out", "layout", "device", "pin_memory", "requires_grad")
_DEFAULTS = {"pin_memory": False, "requires_grad": False}
_ANNOTATIONS = {"pin_memory": "bool", "requires_grad": "bool"}


def factory(function: Callable[..., np.ndarray]) -> Callable[..., Tensor]:
    """Make a function that returns an array one that makes a tensor, and takes what all those take.

    Without a dtype, the tensor gets that of `out`.
    """
    name = function.__name__
    given = inspect.signature(function)
    typed = "dtype" in given.parameters

    @functools.wraps(function)
    def make(
        *args: Any,
        out: Any = None,
        layout: Any = None,
        device: Any = None,
        pin_memory: bool = False,
        requires_grad: bool = False,
        **kwargs: Any,
    ) -> Tensor:
        if device is not None:
            on_cpu(name, device)
        if layout is not None:
            check_strided(name, layout)
        if out is not None:
            if typed and kwargs.get("dtype") is None and isinstance(out, Tensor):
                kwargs["dtype"] = out.dtype
            t: Tensor = into(out, name, function, args, kwargs)
        else:
            t = Tensor._wrap(function(*args, **kwargs))
        return t.requires_grad_() if requires_grad else t

    parameters = [p for p in given.parameters.values() if p.name not in _ADDED]
    for added in _ADDED:
        annotation = _ANNOTATIONS.get(added, "Any")
        new = inspect.Parameter(
            added, inspect.Parameter.KEYWORD_ONLY, default=_DEFAULTS.get(added), annotation=annotation
        )
        parameters.append(new)
    make.__signature__ = given.replace(parameters=parameters, return_annotation=Tensor)  # type: ignore[attr-defined]
    make.__annotations__ = {**function.__annotations__, **{n: _ANNOTATIONS.get(n, "Any") for n in _ADDED}}
    make.__annotations__["return"] = "Tensor"
    return make


def like(operation: str, input: Any, dtype: Any, memory_format: Any) -> np.ndarray:
    """Return an array of the shape of `input`, and its dtype and memory order unless others are given."""
    if not isinstance(input, (Tensor, np.ndarray)):
        raise TypeError(f"{operation}: expected a Tensor as 'input', got {type(input).__name__}")
    model = input._data if isinstance(input, Tensor) else input
    order = order_of(operation, memory_format, model.ndim)
    wanted = model.dtype if dtype is None else dtype
    if order is None:
        return np.empty_like(model, wanted)
    return empty_in(model.shape, wanted, order)
