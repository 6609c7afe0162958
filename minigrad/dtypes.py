"""Data types by PyTorch's names, the default floating type, and PyTorch's rules of type promotion."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

float16 = half = np.dtype("float16")
float32 = float = np.dtype("float32")
float64 = double = np.dtype("float64")
uint8 = np.dtype("uint8")
int8 = np.dtype("int8")
int16 = short = np.dtype("int16")
int32 = int = np.dtype("int32")
int64 = long = np.dtype("int64")
bool = np.dtype("bool")

__all__ = [
    "float16", "half", "float32", "float", "float64", "double", "uint8", "int8", "int16", "short",
    "int32", "int", "int64", "long", "bool", "get_default_dtype", "set_default_dtype", "finfo", "iinfo",
]  # fmt: skip

dtype = np.dtype
_default = float32


def get_default_dtype() -> np.dtype:
    """The floating type that Python floats become: float32 unless `set_default_dtype` changed it.

    Examples
    --------
    >>> mg.get_default_dtype()
    dtype('float32')
    """
    return _default


def set_default_dtype(d: np.dtype) -> None:
    """Set the floating type that Python floats become.

    Parameters
    ----------
    d : a floating dtype, such as ``mg.float64``

    Raises
    ------
    TypeError
        If `d` is not a floating type.

    Examples
    --------
    >>> mg.set_default_dtype(mg.float64)
    >>> mg.tensor(0.5).dtype
    dtype('float64')
    >>> mg.set_default_dtype(mg.float32)
    """
    global _default
    d = as_dtype(d)
    if d.kind != "f":
        raise TypeError(f"set_default_dtype: expected a floating dtype such as minigrad.float64, got {d}")
    _default = d


def as_dtype(d: Any) -> np.dtype:
    """`d` (a NumPy dtype or its name, or Python's bool, int or float) as a supported dtype."""
    try:
        result = _default if d is builtins.float else np.dtype(d)
    except TypeError:
        raise TypeError(f"expected a dtype such as minigrad.float32, got {d!r}") from None
    if result.kind not in "fiub" or result.itemsize > 8:
        raise TypeError(f"expected bools, integers or floats of up to 64 bits, got {result}; others are not supported")
    if not result.isnative:
        raise ValueError(f"expected the byte order of this machine, got {result.str}; use .astype({result.name!r})")
    return result


class finfo:
    """The limits of a floating dtype, as Python floats.

    Parameters
    ----------
    type : floating dtype, optional
        By default the default dtype.

    Attributes
    ----------
    max, min : the largest and the smallest number
    eps : the distance from 1 to the next number
    tiny, smallest_normal : the smallest positive number of full precision
    resolution : the relative precision in decimal digits, such as 1e-6
    bits : int

    Examples
    --------
    >>> mg.finfo(mg.float64).eps
    2.220446049250313e-16
    """

    def __init__(self, type: Any = None) -> None:
        info: Any = np.finfo(_default if type is None else as_dtype(type))
        self.dtype, self.bits = str(info.dtype), info.bits
        self.max, self.min, self.eps = (builtins.float(v) for v in (info.max, info.min, info.eps))
        self.tiny = self.smallest_normal = builtins.float(info.tiny)
        self.resolution = 10.0**-info.precision


class iinfo:
    """The limits of an integer dtype: `min`, `max` and `bits`.

    Examples
    --------
    >>> mg.iinfo(mg.uint8).max
    255
    """

    def __init__(self, type: Any) -> None:
        info = np.iinfo(as_dtype(type))
        self.dtype, self.bits, self.min, self.max = str(info.dtype), info.bits, info.min, info.max


_CATEGORY = {"b": 0, "i": 1, "u": 1, "f": 2}
_PYTHON = {builtins.bool: "b", builtins.int: "i", builtins.float: "f"}


def fits(source: np.dtype, target: np.dtype) -> builtins.bool:
    """Whether values of `source` may be written over those of `target`: its category is not higher."""
    return _CATEGORY[source.kind] <= _CATEGORY[target.kind]


def result_type(*operands: Any) -> np.dtype:
    """The dtype PyTorch gives to arithmetic on `operands` (arrays and Python numbers).

    The highest category decides (bool < integer < floating); within it arrays with dimensions outrank 0-dim arrays,
    and those outrank Python numbers, which count as int64 or the default floating type.
    """
    ranked: list[tuple[Any, Any, np.dtype]] = []
    for x in operands:
        if isinstance(x, np.ndarray):
            ranked.append((_CATEGORY[x.dtype.kind], 2 if x.ndim else 1, x.dtype))
        else:
            kind = _PYTHON[type(x)]
            ranked.append((_CATEGORY[kind], 0, {"b": bool, "i": int64, "f": _default}[kind]))
    category = max(r[0] for r in ranked)
    rank = max(r[1] for r in ranked if r[0] == category)
    return np.result_type(*[d for c, r, d in ranked if c == category and r == rank])
