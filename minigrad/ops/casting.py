"""Other dtypes, copies, zeros of the same kind: what the arithmetic of all families needs."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.tensor import Tensor
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.primitives.casting import cast

__all__ = ["clone"]


@method()
@operation(input=lambda g: g)
def clone(input: Operand) -> Operand:
    """Return a copy in memory of its own, through which gradients flow.

    Examples
    --------
    >>> x = mg.ones(2)
    >>> x.clone().add_(1), x
    (tensor([2., 2.]), tensor([1., 1.]))
    """
    return input.copy(order="K")


@method("to", only=True)
def _to(input: Tensor, *args: Any, dtype: Any = None, device: Any = None, copy: bool = False, **_: bool) -> Tensor:
    """Return this tensor with another dtype. Refuse devices other than the CPU.

    Parameters
    ----------
    *args : a dtype, a device, or a tensor whose dtype to take
    copy : copy even if nothing changes

    Examples
    --------
    >>> mg.arange(3).to(mg.float32)
    tensor([0., 1., 2.])
    """
    from minigrad.core.device import device as as_device

    for a in args:
        if isinstance(a, Tensor):
            dtype = a.dtype
        elif isinstance(a, (dtypes.dtype, np.dtype)) or (isinstance(a, type) and not isinstance(a, as_device)):
            dtype = a
        elif not isinstance(a, bool):  # PyTorch's positional non_blocking means nothing here
            as_device(a)
    if device is not None:
        as_device(device)
    wanted = input._data.dtype if dtype is None else dtypes.as_dtype(dtype)
    if wanted == input._data.dtype:
        return clone(input) if copy else input
    return cast(input, wanted)


TYPES = {
    "Half": dtypes.float16, "Float": dtypes.float32, "Double": dtypes.float64, "Byte": dtypes.uint8,
    "Char": dtypes.int8, "Short": dtypes.int16, "Int": dtypes.int32, "Long": dtypes.int64, "Bool": dtypes.bool,
}  # fmt: skip
_NAMES = {dtype: f"minigrad.{name}Tensor" for name, dtype in TYPES.items()}


@method("type", only=True)
def _type(input: Tensor, dtype: Any = None) -> Any:
    """Return this tensor with another dtype, or without an argument the name of its type.

    Parameters
    ----------
    dtype : dtype, or a type of tensors as old scripts name them, such as ``"torch.DoubleTensor"``

    Examples
    --------
    >>> mg.ones(1).type(), mg.ones(1).type("torch.LongTensor")
    ('minigrad.FloatTensor', tensor([1]))
    """
    if dtype is None:
        return _NAMES.get(input.dtype, f"minigrad.{input.dtype.name}")
    if isinstance(dtype, str) and dtype.endswith("Tensor"):
        library, _, name = dtype.rpartition(".")
        if library not in ("torch", "minigrad") or name.removesuffix("Tensor") not in TYPES:
            raise ValueError(f"type: expected a dtype or a name such as 'torch.FloatTensor', got {dtype!r}")
        dtype = TYPES[name.removesuffix("Tensor")]
    return _to(input, dtype=dtype)


@method("type_as", only=True)
def _type_as(input: Tensor, other: Tensor) -> Tensor:
    """Return this tensor with the dtype of `other`."""
    return _to(input, other.dtype)


def _conversion(name: str, dtype: dtypes.dtype) -> Any:
    def convert(input: Tensor) -> Tensor:
        return _to(input, dtype)

    convert.__qualname__, convert.__doc__ = name, f"This tensor as ``{dtype}``."
    return convert


for _name, _dtype in TYPES.items():
    method(_name.lower(), only=True)(_conversion(_name.lower(), _dtype))
