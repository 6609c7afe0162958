"""Arrays out of whatever holds numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad import dtypes
from minigrad.elements import Elements


def as_array(data: Any, dtype: Any = None, copy: bool = False) -> np.ndarray:
    """`data` as an array of a supported dtype: Python floats get the default dtype, arrays keep theirs.

    Raises
    ------
    TypeError, ValueError
        If `data` is not a rectangular array of numbers or bools.
    """
    if isinstance(data, Elements):
        array = data._data
    elif isinstance(data, (np.ndarray, np.generic)):
        array = np.asarray(data)
    else:
        array = _from_python(data, dtype)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"tensor: expected numbers or bools, got an array of {array.dtype}")
    wanted = dtypes.as_dtype(array.dtype if dtype is None else dtype)
    return np.array(array, dtype=wanted) if copy else array.astype(wanted, copy=False)


def constant(data: Any) -> np.ndarray:
    """The array of a Tensor, or a copy of an array: what an operation keeps, NumPy must not change unnoticed."""
    return data._data if isinstance(data, Elements) else np.array(data)


def _from_python(data: Any, dtype: Any) -> np.ndarray:
    """Nested lists of numbers, or of tensors and arrays of one element or one shape, or what has ``__array__``."""
    try:
        array = np.asarray(_detached(data))
    except ValueError as error:
        raise ValueError(f"tensor: expected nested lists of equal lengths; {error}") from None
    if array.dtype.kind == "f" and not hasattr(data, "__array__") and not _holds_arrays(data):
        array = array.astype(dtypes.get_default_dtype()) if dtype is None else array
    if array.size == 0 and dtype is None and not hasattr(data, "__array__"):
        array = array.astype(dtypes.get_default_dtype())
    return array


def _detached(data: Any) -> Any:
    if isinstance(data, (list, tuple)):
        return [_detached(d) for d in data]
    return data._data if isinstance(data, Elements) else data


def _holds_arrays(data: Any) -> bool:
    while isinstance(data, (list, tuple)) and data:
        data = data[0]
    return isinstance(data, (np.ndarray, np.generic, Elements))
