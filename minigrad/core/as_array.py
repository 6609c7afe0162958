"""Arrays out of whatever holds numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.array_attributes import ArrayAttributes


def as_array(data: Any, dtype: Any = None, copy: bool = False) -> np.ndarray:
    """Return `data` as an array of a supported dtype: Python floats get the default one, arrays keep theirs.

    Raises
    ------
    TypeError, ValueError
        If `data` is not a rectangular array of numbers or bools.
    """
    if isinstance(data, ArrayAttributes):
        array = data._data
    elif isinstance(data, (np.ndarray, np.generic)):
        array = np.asarray(data)
    else:
        array = _from_python(data, dtype)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"tensor: expected numbers or bools, got an array of {array.dtype}")
    wanted = dtypes.as_dtype(array.dtype if dtype is None else dtype)
    return np.array(array, dtype=wanted) if copy else array.astype(wanted, copy=False)


def as_scalar(operation: str, name: str, value: Any, dtype: dtypes.DType) -> np.ndarray:
    """Return `value`, which the user gave `operation` as `name`, as a 0-dim array of `dtype`.

    Raises
    ------
    TypeError
        If it is neither a number nor a 0-dim tensor.
    RuntimeError
        If it is a number that the dtype cannot hold.
    """
    array = value._data if isinstance(value, ArrayAttributes) else value
    if isinstance(array, np.ndarray) and not array.ndim:
        return array.astype(dtype)
    if not isinstance(value, (bool, int, float, np.number, np.bool_)) or isinstance(value, np.complexfloating):
        what = f"shape {value.shape}" if isinstance(array, np.ndarray) else type(value).__name__
        raise TypeError(f"{operation}: expected a number or a 0-dim tensor as {name}, got {what}")
    _check_holds(operation, dtype, value, value)
    return np.array(int(value) if dtype.kind in "iu" else value).astype(dtype)  # -1 wraps around, as in PyTorch


def _check_holds(operation: str, dtype: dtypes.DType, low: Any, high: Any) -> None:
    """Raise if numbers from `low` to `high` do not fit into `dtype`. An unsigned one takes negatives of its range."""
    if dtype.kind == "b" or (dtype.kind == "f" and not (np.isfinite(low) and np.isfinite(high))):
        return
    info: Any = np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
    least = -int(info.max) if dtype.kind == "u" else info.min
    if not (least <= low and high <= info.max):  # nan is nowhere
        wrong = low if not low >= least else high
        raise RuntimeError(f"{operation}: {wrong} does not fit into {dtype}, which holds {info.min} to {info.max}")


def constant(data: Any) -> np.ndarray:
    """Return the array of a Tensor, or a copy of an array, which NumPy could change unnoticed."""
    return data._data if isinstance(data, ArrayAttributes) else np.array(data)


def _from_python(data: Any, dtype: Any) -> np.ndarray:
    """Convert nested lists of numbers, tensors or arrays of one element or shape, or what has ``__array__``."""
    kinds: set[Any] = set()
    try:
        array = np.asarray(_plain(data, kinds))
    except ValueError as error:
        raise ValueError(f"tensor: expected nested lists of equal lengths; {error}") from None
    except RecursionError:
        raise TypeError("tensor: expected nested lists of numbers, got one that holds itself") from None
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    _check_integers(array, kinds, wanted)
    if array.dtype.kind == "O":
        return array.astype(wanted)  # ints beyond int64, as floats
    if wanted is not None and wanted.kind in "iu" and array.size and array.dtype.kind in "iuf":
        _check_holds("tensor", wanted, array.min(), array.max())
    if wanted is not None or not kinds <= {bool, int, float} and not any(isinstance(k, np.dtype) for k in kinds):
        return array  # converted by the caller, or an array's dtype
    found = [_PYTHON.get(k) or (dtypes.get_default_dtype() if k is float else np.dtype(k)) for k in kinds]
    if not array.size:
        return array.astype(dtypes.get_default_dtype())
    same = [d for d in found if (d.kind in "iu") == (array.dtype.kind in "iu") and (d.kind == "b") <= (len(found) == 1)]
    return array.astype(np.result_type(*same))


_PYTHON = {bool: dtypes.bool, int: dtypes.int64}


def _plain(data: Any, kinds: set[Any]) -> Any:
    """Return `data` without tensors (one element becomes a number); `kinds` collects dtypes, and other types.

    The dtype of a NumPy number counts as a tensor's.
    """
    if isinstance(data, (list, tuple)):
        return [_plain(d, kinds) for d in data]
    if isinstance(data, ArrayAttributes):
        kinds.add(data._data.dtype)
        return data._data.item() if data._data.size == 1 else data._data
    kinds.add(data.dtype if isinstance(data, np.generic) else type(data))
    return data


def _check_integers(array: np.ndarray, kinds: set[Any], wanted: np.dtype | None) -> None:
    """Raise if `array` is of objects, or where ints were too large for int64, so that NumPy chose another dtype."""
    if array.dtype.kind == "O" and not kinds <= {bool, int}:
        names = ", ".join(sorted(k.__name__ for k in kinds - {bool, int, float} if isinstance(k, type)))
        raise RuntimeError(f"tensor: expected numbers or bools, got {names or 'ints that are too large'}")
    if array.size and kinds <= {bool, int} and array.dtype.kind not in "bi" and (wanted is None or wanted.kind != "f"):
        raise ValueError("tensor: an int does not fit into int64, the largest integer type; pass a floating dtype=")
