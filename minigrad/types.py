"""Names for annotations, as scripts for PyTorch use them."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any, TypeAlias

from minigrad.core.array_attributes import Size
from minigrad.core.device import device
from minigrad.core.dtypes import dtype
from minigrad.core.layout import layout
from minigrad.core.tensor import Tensor

__all__ = ["Device", "FileLike", "Number", "Size", "Tensor", "device", "dtype", "layout"]

Number: TypeAlias = builtins.int | builtins.float | builtins.bool
Device: TypeAlias = device | str | builtins.int | None
FileLike: TypeAlias = Any
_dtype, _device, _layout = dtype, device, layout
_int, _float, _bool = builtins.int, builtins.float, builtins.bool
_size: TypeAlias = Size | Sequence[builtins.int]
_TensorOrTensors: TypeAlias = Tensor | Sequence[Tensor]
