"""The base of layers: arguments that are stored and printed, new parameters, one number for all dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.device import on_cpu
from minigrad.core.tensor import Tensor
from minigrad.nn.module import Module
from minigrad.nn.options import check_options
from minigrad.nn.parameter import Parameter


class Layer(Module):
    """A module that stores the arguments it was made with, and prints them."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        check_options(self, **arguments)
        self._arguments = tuple(arguments)
        self.__dict__.update(arguments)

    def extra_repr(self) -> str:
        """Return the arguments as text; ``inplace`` only if it is True."""
        shown = [(name, getattr(self, name)) for name in self._arguments]
        return ", ".join(f"{name}={value!r}" for name, value in shown if name != "inplace" or value)


def new_tensor(shape: tuple[int, ...], device: Any, dtype: Any) -> Tensor:
    """Return a tensor with whatever the memory held."""
    if device is not None:
        on_cpu("Module", device)
    dtype = dtypes.get_default_dtype() if dtype is None else dtypes.as_dtype(dtype)
    try:
        return Tensor._wrap(np.empty(shape, dtype))
    except ValueError:
        raise RuntimeError(f"a parameter of shape {shape} and {dtype} does not fit into memory") from None


def new_parameter(shape: tuple[int, ...], device: Any, dtype: Any) -> Parameter:
    """Return a parameter with whatever the memory held."""
    return Parameter(new_tensor(shape, device, dtype))


def repeated(value: Any, count: int) -> tuple[int, ...]:
    """Return `value` for each of `count` dimensions: an int stands for all of them."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * count


def non_negative(layer: Module, **sizes: Any) -> None:
    """Raise where a size is not an int of 0 or more."""
    for name, size in sizes.items():
        if isinstance(size, bool) or not hasattr(size, "__index__") or np.ndim(size) > 0:
            raise TypeError(f"{type(layer).__name__}: expected an int as {name}, got {type(size).__name__}")
        if size < 0:
            raise RuntimeError(f"{type(layer).__name__}: expected {name} of 0 or more, got {size}")


def factory_kwargs(kwargs: dict[str, Any] | None) -> dict[str, Any]:
    """Return what of a layer's options says how its tensors are made: device, dtype and memory_format.

    Raises
    ------
    TypeError
        If there are others, or one is also in ``kwargs["factory_kwargs"]``.

    Examples
    --------
    >>> nn.factory_kwargs({"dtype": mg.float64})
    {'dtype': minigrad.float64}
    """
    if kwargs is None:
        return {}
    known = {"device", "dtype", "memory_format"}
    if unknown := kwargs.keys() - known - {"factory_kwargs"}:
        raise TypeError(f"factory_kwargs: expected {sorted(known)}, got {sorted(unknown)}")
    made = dict(kwargs.get("factory_kwargs", {}))
    for name in known & kwargs.keys():
        if name in made:
            raise TypeError(f"factory_kwargs: {name!r} was given twice")
        made[name] = kwargs[name]
    return made
