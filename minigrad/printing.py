"""How tensors look when printed: as PyTorch's."""

from __future__ import annotations
from minigrad.tensor import Tensor
import numpy as np

def format_tensor(t: Tensor) -> str:
    return f"tensor({np.array2string(t._data, separator=', ')})"
