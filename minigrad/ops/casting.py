"""Other dtypes, copies, zeros of the same kind: what the arithmetic of all families needs."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.device import on_cpu
from minigrad.core.layout import contiguous_format, in_order, lies_in, order_of
from minigrad.core.tensor import Tensor
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.primitives.casting import cast

__all__ = ["clone"]


@operation(input=lambda g: g, name="clone")
def _clone(input: Operand, order: tuple[int, ...] | None) -> Operand:
    return input.copy(order="K") if order is None else in_order(input, order).copy(order="K")


@method()
def clone(input: Operand, *, memory_format: Any = None) -> Tensor:
    """Return a copy in memory of its own, through which gradients flow.

    Its elements lie in memory as those of `input` do, unless a `memory_format` says otherwise.

    Examples
    --------
    >>> x = mg.ones(2)
    >>> x.clone().add_(1), x
    (tensor([2., 2.]), tensor([1., 1.]))
    """
    return _clone(input, None if memory_format is None else order_of("clone", memory_format, len(input.shape)))


@method(view=True)
def contiguous(input: Operand, *, memory_format: Any = contiguous_format) -> Tensor:
    """Return this tensor if its elements lie in memory in this format, by default in C order, else such a copy.

    Examples
    --------
    >>> mg.zeros(2, 3).T.contiguous().is_contiguous()
    True
    """
    if memory_format is contiguous_format and input.is_contiguous():
        return input
    order = order_of("contiguous", memory_format, len(input.shape))
    array = input._data if isinstance(input, Tensor) else input
    return input if order is None or lies_in(array, order) else _contiguous(input, order)


@operation(input=lambda g: g)
def _contiguous(input: Operand, order: tuple[int, ...]) -> Operand:
    return in_order(input, order)


@method("to", only=True)
def _to(
    input: Tensor,
    *args: Any,
    dtype: Any = None,
    device: Any = None,
    non_blocking: bool = False,
    copy: bool = False,
    memory_format: Any = None,
    other: Tensor | None = None,
) -> Tensor:
    """Return this tensor with another dtype or order in memory. Refuse devices other than the CPU.

    Parameters
    ----------
    *args : a dtype, a device, or a tensor whose dtype to take
    copy : copy even if nothing changes
    memory_format : in what order the elements should lie in memory

    Examples
    --------
    >>> mg.arange(3).to(mg.float32)
    tensor([0., 1., 2.])
    """
    for a in args if other is None else (*args, other):
        if isinstance(a, (Tensor, dtypes.dtype, np.dtype, type)):
            if dtype is not None:
                raise TypeError("to: expected one dtype, or one tensor that has it, got two")
            dtype = a.dtype if isinstance(a, Tensor) else a
        elif a is not None and not isinstance(a, bool):  # PyTorch's positional non_blocking means nothing here
            on_cpu("to", a)
    if device is not None:
        on_cpu("to", device)
    wanted = input._data.dtype if dtype is None else dtypes.as_dtype(dtype)
    if wanted == input._data.dtype:
        out = clone(input) if copy else input
    else:
        out = cast(input, wanted)
    return out if memory_format is None else contiguous(out, memory_format=memory_format)


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
    if isinstance(dtype, str):
        library, _, name = dtype.rpartition(".")
        if library not in ("torch", "minigrad") or name.removesuffix("Tensor") not in TYPES:
            raise ValueError(f"type: expected a dtype or a name such as 'torch.FloatTensor', got {dtype!r}")
        dtype = TYPES[name.removesuffix("Tensor")]
    return _to(input, dtype=dtypes.get_default_dtype() if dtype is Tensor else dtype)


@method("type_as", only=True)
def _type_as(input: Tensor, other: Tensor) -> Tensor:
    """Return this tensor with the dtype of `other`."""
    return _to(input, other.dtype)


def _conversion(name: str, dtype: dtypes.dtype) -> Any:
    def convert(input: Tensor, memory_format: Any = None) -> Tensor:
        return _to(input, dtype, memory_format=memory_format)

    convert.__qualname__, convert.__doc__ = name, f"This tensor as ``{dtype}``."
    return convert


@method("to_dense", only=True)
def _to_dense(input: Tensor, dtype: Any = None, *, masked_grad: bool | None = None) -> Tensor:
    """Return this tensor, which is dense, with another dtype if one is given."""
    return _to(input, dtype=dtype)


_ABSENT = {"bfloat16": dtypes.bfloat16, "cfloat": dtypes.complex64, "cdouble": dtypes.complex128}
for _name, _dtype in _ABSENT.items():
    method(_name, only=True)(_conversion(_name, _dtype))
for _name, _dtype in TYPES.items():
    method(_name.lower(), only=True)(_conversion(_name.lower(), _dtype))
