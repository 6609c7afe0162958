"""Types of tensors in old scripts for PyTorch, named by the dtype: they make tensors, and know their own.

>>> mg.FloatTensor([1, 2]), mg.DoubleTensor(2, 3).shape
(tensor([1., 2.]), Size([2, 3]))
>>> isinstance(mg.ones(2), mg.FloatTensor), isinstance(mg.ones(2), mg.LongTensor)
(True, False)
>>> mg.ones(2).type(mg.LongTensor), mg.ones(2).type("torch.ByteTensor").dtype
(tensor([1, 1]), minigrad.uint8)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core.array_attributes import Size
from minigrad.core.tensor import Tensor
from minigrad.creation import empty, tensor
from minigrad.ops.casting import TYPES

__all__ = [
    "HalfTensor", "FloatTensor", "DoubleTensor", "ByteTensor", "CharTensor", "ShortTensor", "IntTensor", "LongTensor",
    "BoolTensor",
]  # fmt: skip


class _TensorType(type):
    """The class of these types. They have no objects of their own: theirs are all tensors of one dtype."""

    dtype: np.dtype  # by this name NumPy, and so every function that takes a dtype, asks for it

    def __call__(cls, *data: Any) -> Tensor:
        if len(data) == 1 and isinstance(data[0], Size):
            return empty(data[0], dtype=cls.dtype)
        if not data or all(isinstance(d, (int, np.integer)) for d in data):
            return empty(*data or (0,), dtype=cls.dtype)
        return tensor(*data, dtype=cls.dtype)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance._data.dtype == cls.dtype


def _tensor_type(name: str) -> _TensorType:
    dtype = TYPES[name.removesuffix("Tensor")]
    doc = f"`data` as a tensor of {dtype}; given ints, a tensor of that size that holds anything."
    return _TensorType(name, (), {"dtype": dtype.dtype, "__doc__": doc, "__module__": __name__})


HalfTensor = _tensor_type("HalfTensor")
FloatTensor = _tensor_type("FloatTensor")
DoubleTensor = _tensor_type("DoubleTensor")
ByteTensor = _tensor_type("ByteTensor")
CharTensor = _tensor_type("CharTensor")
ShortTensor = _tensor_type("ShortTensor")
IntTensor = _tensor_type("IntTensor")
LongTensor = _tensor_type("LongTensor")
BoolTensor = _tensor_type("BoolTensor")
