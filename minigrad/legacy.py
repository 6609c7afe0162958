"""Constructors of old scripts for PyTorch, named by the dtype; given ints, they make an empty tensor of that size.

>>> mg.FloatTensor([1, 2]), mg.DoubleTensor(2, 3).shape
(tensor([1., 2.]), Size([2, 3]))
>>> [make([1]).dtype.name for make in (mg.LongTensor, mg.IntTensor, mg.ByteTensor, mg.BoolTensor)]
['int64', 'int32', 'uint8', 'bool']
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad import dtypes
from minigrad.creation import empty, tensor
from minigrad.tensor import Tensor

__all__ = ["FloatTensor", "DoubleTensor", "LongTensor", "IntTensor", "ByteTensor", "BoolTensor"]


def _constructor(name: str, dtype: np.dtype) -> Callable[..., Tensor]:
    def make(*data: Any) -> Tensor:
        sizes = not data or all(isinstance(d, (int, np.integer)) for d in data)
        return empty(*data or (0,), dtype=dtype) if sizes else tensor(*data, dtype=dtype)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = f"`data` as a tensor of {dtype}; given ints, a tensor of that size that holds anything."
    return make


FloatTensor = _constructor("FloatTensor", dtypes.float32)
DoubleTensor = _constructor("DoubleTensor", dtypes.float64)
LongTensor = _constructor("LongTensor", dtypes.int64)
IntTensor = _constructor("IntTensor", dtypes.int32)
ByteTensor = _constructor("ByteTensor", dtypes.uint8)
BoolTensor = _constructor("BoolTensor", dtypes.bool)
