"""Data types by PyTorch's names, the default floating type, and PyTorch's rules of type promotion."""

from __future__ import annotations

import builtins
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np

__all__ = [
    "float16", "half", "float32", "float", "float64", "double", "uint8", "uint16", "uint32", "uint64", "int8", "int16",
    "short", "int32", "int", "int64", "long", "bool", "bfloat16", "complex64", "cfloat", "complex128", "cdouble",
    "get_default_dtype", "set_default_dtype", "finfo", "iinfo", "can_cast", "promote_types",
]  # fmt: skip

Self = TypeVar("Self", bound="dtype")


class dtype:
    """The type of a tensor's elements, one object per type: ``minigrad.float32`` and so on.

    NumPy takes it wherever it takes a dtype, and functions here take NumPy's dtypes and Python's types (``float`` is
    float64) as well. What NumPy's dtype knows (`kind`, `name`, `type`...) this one knows, too.

    Parameters
    ----------
    kind : dtype, Python type or name
        What to look up: ``minigrad.dtype("float32") is minigrad.float32``.

    Examples
    --------
    >>> mg.float32, mg.tensor([1, 2]).dtype, mg.tensor(True).dtype is mg.bool
    (minigrad.float32, minigrad.int64, True)
    >>> mg.float32 == np.float32, np.zeros(2, mg.float16).dtype
    (True, dtype('float16'))
    """

    __slots__ = ("dtype", "kind")
    dtype: np.dtype  # by this name NumPy asks for it
    kind: str  # that of NumPy's dtype: every operation asks for it

    def __new__(cls: type[Self], kind: Any) -> Self:
        return cast(Self, of(as_dtype(kind)))

    @property
    def is_floating_point(self) -> builtins.bool:
        """Whether it is float16, float32 or float64."""
        return self.dtype.kind == "f"

    @property
    def is_complex(self) -> builtins.bool:
        """Always False: there are no complex tensors."""
        return False

    @property
    def is_signed(self) -> builtins.bool:
        """Whether it has negative numbers."""
        return self.dtype.kind in "fi"

    def to_real(self: Self) -> Self:
        """Return this dtype: none here is complex."""
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(object.__getattribute__(self, "dtype"), name)

    def __eq__(self, other: object) -> Any:
        if isinstance(other, dtype):
            return self is other
        return isinstance(other, (np.dtype, type)) and self.dtype == other

    def __hash__(self) -> builtins.int:
        return hash(self.dtype)

    def __repr__(self) -> str:
        return f"minigrad.{self.dtype}"

    def __reduce__(self) -> str:  # copies and pickles are the object itself
        return self.dtype.name


DType: TypeAlias = dtype | np.dtype  # what functions here take; in arrays it is NumPy's

DTypeLike: TypeAlias = dtype | np.dtype[Any] | type[Any]  # what a caller may give for one


def of(d: np.dtype) -> dtype:
    """Return the one object for NumPy's `d`, a supported dtype."""
    return _objects[d]


def _named(name: str) -> dtype:
    found = object.__new__(dtype)
    found.dtype = np.dtype(name)
    found.kind = found.dtype.kind
    return found


class _Absent(dtype):
    """A type that scripts name, and that no tensor here has."""

    __slots__ = ("name", "instead", "itemsize")
    name: str
    instead: str
    itemsize: builtins.int

    @property
    def dtype(self) -> Any:  # type: ignore[override]
        raise TypeError(f"no tensor has the dtype {self.name}, because {self.instead}")

    @property
    def kind(self) -> str:  # type: ignore[override]
        return "c" if self.is_complex else "f"

    @property
    def is_complex(self) -> builtins.bool:
        return self.name.startswith("complex")

    @property
    def is_floating_point(self) -> builtins.bool:
        return not self.is_complex

    is_signed = True

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def to_real(self) -> Any:
        return {8: float32, 16: float64}[self.itemsize] if self.is_complex else self

    __eq__, __hash__ = object.__eq__, object.__hash__

    def __repr__(self) -> str:
        return f"minigrad.{self.name}"

    def __reduce__(self) -> str:
        return self.name


def _absent(name: str, itemsize: builtins.int, instead: str) -> dtype:
    found = object.__new__(_Absent)
    found.name, found.itemsize, found.instead = name, itemsize, instead
    return found


float16 = half = _named("float16")
float32 = float = _named("float32")
float64 = double = _named("float64")
uint8 = _named("uint8")
int8 = _named("int8")
int16 = short = _named("int16")
int32 = int = _named("int32")
int64 = long = _named("int64")
uint16 = _named("uint16")
uint32 = _named("uint32")
uint64 = _named("uint64")
bool = _named("bool")
bfloat16 = _absent("bfloat16", 2, "NumPy does not know it; use minigrad.float32")
complex64 = cfloat = _absent("complex64", 8, "tensors are real; use two of them, or NumPy")
complex128 = cdouble = _absent("complex128", 16, "tensors are real; use two of them, or NumPy")
_objects = {
    d.dtype: d for d in (float16, float32, float64, uint8, uint16, uint32, uint64, int8, int16, int32, int64, bool)
}
_default = float32.dtype


def get_default_dtype() -> dtype:
    """Return the floating type that Python floats become: float32 unless `set_default_dtype` changed it.

    Examples
    --------
    >>> mg.get_default_dtype()
    minigrad.float32
    """
    return of(_default)


def set_default_dtype(d: Any) -> None:
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
    minigrad.float64
    >>> mg.set_default_dtype(mg.float32)
    """
    global _default
    d = as_dtype(d)
    if d.kind != "f":
        raise TypeError(f"set_default_dtype: expected a floating dtype such as minigrad.float64, got {d}")
    _default = d


def as_dtype(d: Any) -> np.dtype:
    """Return NumPy's dtype for `d`: a dtype of ours or NumPy's, its name, or Python's bool, int or float."""
    if isinstance(d, dtype):
        return d.dtype
    try:
        result: np.dtype = np.dtype(d)
    except (TypeError, ValueError, DeprecationWarning):  # tensors and arrays; letters that NumPy will know no more
        raise TypeError(f"expected a dtype such as minigrad.float32, got {type(d).__name__} {d!r}") from None
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
        if type is bfloat16:  # no array has it, but masks are made of its limits
            self.dtype, self.bits, self.eps, self.resolution = "bfloat16", 16, 2.0**-7, 0.01
            self.max, self.tiny = (2 - self.eps) * 2.0**127, 2.0**-126
            self.min, self.smallest_normal = -self.max, self.tiny
            return
        info: Any = np.finfo(_default if type is None else as_dtype(type))
        self.dtype, self.bits = str(info.dtype), info.bits
        self.max, self.min, self.eps = (builtins.float(v) for v in (info.max, info.min, info.eps))
        self.tiny = self.smallest_normal = builtins.float(info.tiny)
        self.resolution = 10.0**-info.precision

    def __repr__(self) -> str:
        names = ("resolution", "min", "max", "eps", "smallest_normal", "tiny")
        return f"finfo({', '.join(f'{name}={getattr(self, name):g}' for name in names)}, dtype={self.dtype})"


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

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"


_CATEGORY = {"b": 0, "i": 1, "u": 1, "f": 2}
_PYTHON = {builtins.bool: "b", builtins.int: "i", builtins.float: "f"}


def fits(source: DType, target: DType) -> builtins.bool:
    """Return whether values of `source` may be written over those of `target`: its category is not higher."""
    return _CATEGORY[source.kind] <= _CATEGORY[target.kind]


def can_cast(from_: Any, to: Any) -> builtins.bool:
    """Return whether PyTorch's rules let values of one dtype be written over another: its category is not higher.

    Examples
    --------
    >>> mg.can_cast(mg.float64, mg.float32), mg.can_cast(mg.float32, mg.int64)
    (True, False)
    """
    return fits(as_dtype(from_), as_dtype(to))


def promote_types(type1: Any, type2: Any) -> dtype:
    """Return the dtype of arithmetic between tensors of two dtypes: that of the higher category, else the larger.

    Examples
    --------
    >>> mg.promote_types(mg.int64, mg.float32), mg.promote_types(mg.int8, mg.uint8)
    (minigrad.float32, minigrad.int16)
    """
    a, b = as_dtype(type1), as_dtype(type2)
    higher = _CATEGORY[a.kind] - _CATEGORY[b.kind]
    return of(np.promote_types(a, b) if not higher else a if higher > 0 else b)


def result_type(*operands: Any) -> np.dtype:
    """Return the dtype PyTorch gives to arithmetic on `operands` (arrays and Python numbers).

    The highest category decides (bool < integer < floating); within it arrays with dimensions outrank 0-dim arrays,
    and those outrank Python numbers, which count as int64 or the default floating type.
    """
    ranked: list[tuple[Any, Any, np.dtype]] = []
    for x in operands:
        if isinstance(x, np.ndarray):
            ranked.append((_CATEGORY[x.dtype.kind], 2 if x.ndim else 1, x.dtype))
        else:
            kind = _PYTHON[type(x)]
            ranked.append((_CATEGORY[kind], 0, {"b": bool.dtype, "i": int64.dtype, "f": _default}[kind]))
    category = max(r[0] for r in ranked)
    rank = max(r[1] for r in ranked if r[0] == category)
    return np.result_type(*[d for c, r, d in ranked if c == category and r == rank])
