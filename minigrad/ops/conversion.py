"""Other dtypes, copies, zeros of the same kind: what the arithmetic of all families needs."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad import dtypes
from minigrad.autograd.method import method
from minigrad.autograd.operation import Operand, operation
from minigrad.kernels.silence import silent
from minigrad.tensor import Tensor

__all__ = ["clone"]


def _differentiable(args: tuple[Any, ...]) -> tuple[Any, ...]:
    input, dtype = args
    return args if dtype.kind == "f" or not isinstance(input, Tensor) else (input.detach(), dtype)


@operation(input=lambda g, input_dtype: cast(g, input_dtype), prepare=_differentiable)
@silent
def cast(input: Operand, dtype: np.dtype) -> Operand:
    """`input` with another dtype; the gradient gets the input's. Integers and bools have no gradient."""
    return input.astype(dtype)


@method()
@operation(input=lambda g: g)
def clone(input: Operand) -> Operand:
    """A copy in memory of its own, through which gradients flow.

    Examples
    --------
    >>> x = mg.ones(2)
    >>> x.clone().add_(1), x
    (tensor([2., 2.]), tensor([1., 1.]))
    """
    return input.copy(order="K")


@operation("input")
def zeros_as(input: Operand) -> Operand:
    """Zeros of the input's shape and dtype: the gradient of a step function."""
    return np.zeros_like(input)


@method("to", only=True)
def _to(input: Tensor, *args: Any, dtype: Any = None, device: Any = None, copy: bool = False, **_: bool) -> Tensor:
    """This tensor with another dtype. Devices other than the CPU are refused.

    Parameters
    ----------
    *args : a dtype, a device, or a tensor whose dtype to take
    copy : copy even if nothing changes

    Examples
    --------
    >>> mg.arange(3).to(mg.float32)
    tensor([0., 1., 2.])
    """
    from minigrad.device import device as as_device

    for a in args:
        if isinstance(a, Tensor):
            dtype = a.dtype
        elif isinstance(a, np.dtype) or (isinstance(a, type) and not isinstance(a, as_device)):
            dtype = a
        elif not isinstance(a, bool):  # PyTorch's positional non_blocking means nothing here
            as_device(a)
    if device is not None:
        as_device(device)
    wanted = input._data.dtype if dtype is None else dtypes.as_dtype(dtype)
    if wanted == input._data.dtype:
        return clone(input) if copy else input
    return cast(input, wanted)


_TYPES = {
    "float16": "Half", "float32": "Float", "float64": "Double", "uint8": "Byte", "int8": "Char", "int16": "Short",
    "int32": "Int", "int64": "Long", "bool": "Bool",
}  # fmt: skip


@method("type", only=True)
def _type(input: Tensor, dtype: Any = None) -> Any:
    """This tensor with another dtype, or without an argument the name of its type."""
    return f"minigrad.{_TYPES[input.dtype.name]}Tensor" if dtype is None else _to(input, dtype)


@method("type_as", only=True)
def _type_as(input: Tensor, other: Tensor) -> Tensor:
    """This tensor with the dtype of `other`."""
    return _to(input, other.dtype)


def _add_conversion(name: str, dtype: np.dtype) -> None:
    def convert(input: Tensor) -> Tensor:
        return _to(input, dtype)

    convert.__name__ = name
    convert.__doc__ = f"This tensor as ``minigrad.{dtype}``."
    setattr(Tensor, name, convert)


for _dtype, _name in _TYPES.items():
    _add_conversion(_name.lower(), np.dtype(_dtype))
