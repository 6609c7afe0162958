"""Making tensors from data and from rules."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.array_attributes import Lengths, as_int
from minigrad.core.as_array import as_array, as_scalar
from minigrad.core.device import on_cpu
from minigrad.core.dtypes import DType, as_dtype
from minigrad.core.layout import empty_in, order_of
from minigrad.core.tensor import Tensor
from minigrad.factory import factory, like
from minigrad.ops.declare.method import method
from minigrad.ops.primitives.dims import as_shape

__all__ = [
    "tensor", "as_tensor", "from_numpy", "zeros", "ones", "full", "empty", "zeros_like", "ones_like", "full_like",
    "empty_like", "arange", "linspace", "logspace", "eye",
]  # fmt: skip


def _floating(dtype: Any) -> np.dtype:
    return dtypes.get_default_dtype().dtype if dtype is None else as_dtype(dtype)  # NumPy is faster with its own dtypes


@factory
def tensor(data: Any, *, dtype: Any = None) -> np.ndarray:
    """Return a tensor with a copy of `data`.

    Parameters
    ----------
    data : array_like
        Python floats become the default dtype (float32), Python ints int64; arrays keep their dtype.
    dtype : dtype, optional
    out : Tensor, optional
        Where to put the values instead of making a tensor; this and what follows, all that make tensors take.
    layout : accepted where it is `minigrad.strided`
    device : accepted for the CPU only
    pin_memory : accepted, without an effect
    requires_grad : bool, default False

    Raises
    ------
    TypeError, ValueError
        If `data` is not a rectangular array of numbers or bools.

    Examples
    --------
    >>> mg.tensor([[1, 2], [3, 4]])
    tensor([[1, 2],
            [3, 4]])
    >>> mg.tensor([1.0, 2.0]).dtype, mg.tensor(np.array([1.0, 2.0])).dtype
    (minigrad.float32, minigrad.float64)
    """
    return as_array(data, dtype, copy=True)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """Return `data` as a tensor: the given one or one that shares an array's memory, where the dtype allows.

    Examples
    --------
    >>> x = mg.ones(2)
    >>> mg.as_tensor(x) is x
    True
    """
    if device is not None:
        on_cpu("as_tensor", device)
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    return Tensor._wrap(as_array(data, dtype))


def from_numpy(ndarray: np.ndarray) -> Tensor:
    """Return a tensor that shares memory with `ndarray`: a change of one is a change of the other.

    Raises
    ------
    TypeError
        If it is not an array of numbers or bools.

    Examples
    --------
    >>> a = np.zeros(2)
    >>> t = mg.from_numpy(a)
    >>> a[0] = 5
    >>> t
    tensor([5., 0.], dtype=float64)
    """
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"from_numpy: expected an ndarray, got {type(ndarray).__name__}; see minigrad.tensor")
    array = as_array(ndarray)
    if not array.flags.writeable:
        warnings.warn(
            "from_numpy: the array is read-only, and the tensor shares its memory: changes in place will fail; "
            "use minigrad.tensor() for a copy",
            UserWarning,
            stacklevel=2,
        )
    return Tensor._wrap(array)


def _dtype_of(number: Any) -> DType:
    """Return the dtype that a tensor of such a number has; any dtype if it is no number."""
    if isinstance(number, (Tensor, np.generic)):
        return as_dtype(number.dtype)
    kinds = {bool: dtypes.bool, int: dtypes.int64}
    return kinds.get(type(number), dtypes.get_default_dtype())


def _sizes(operation: str, shape: tuple[Any, ...], size: Any) -> tuple[int, ...]:
    """Return the shape from ``f(2, 3)``, ``f((2, 3))`` or ``f(size=(2, 3))``."""
    if not shape and size is None:
        raise TypeError(f"{operation}: expected a size, ints or one tuple of ints; {operation}(()) is a 0-dim tensor")
    return as_shape(operation, shape if size is None else (size,), 0)


@factory
def zeros(*shape: Lengths, size: Any = None, dtype: Any = None) -> np.ndarray:
    """Return a tensor of the given size, ints or one sequence of ints, filled with 0.

    Examples
    --------
    >>> mg.zeros(2, 3)
    tensor([[0., 0., 0.],
            [0., 0., 0.]])
    """
    return np.zeros(_sizes("zeros", shape, size), _floating(dtype))


@factory
def ones(*shape: Lengths, size: Any = None, dtype: Any = None) -> np.ndarray:
    """Return a tensor of the given size, ints or one sequence of ints, filled with 1.

    Examples
    --------
    >>> mg.ones(2, dtype=mg.int64)
    tensor([1, 1])
    """
    return np.ones(_sizes("ones", shape, size), _floating(dtype))


@factory
def empty(*shape: Lengths, size: Any = None, dtype: Any = None, memory_format: Any = None) -> np.ndarray:
    """Return a tensor of the given size with whatever the memory held.

    Examples
    --------
    >>> mg.empty(2, 3).shape
    Size([2, 3])
    """
    lengths = _sizes("empty", shape, size)
    order = order_of("empty", memory_format, len(lengths)) or range(len(lengths))
    return empty_in(lengths, _floating(dtype), tuple(order))


@factory
def full(size: Any, fill_value: Any, *, dtype: Any = None) -> np.ndarray:
    """Return a tensor of the given size filled with `fill_value`, whose kind decides the default dtype.

    Raises
    ------
    TypeError
        If `size` is not a tuple of ints.

    Examples
    --------
    >>> mg.full((2,), 7), mg.full((2,), 0.5)
    (tensor([7, 7]), tensor([0.5000, 0.5000]))
    """
    if not isinstance(size, Sequence):
        raise TypeError(f"full: expected a tuple of ints as size, got {type(size).__name__}")
    value = as_scalar("full", "fill_value", fill_value, _dtype_of(fill_value) if dtype is None else as_dtype(dtype))
    return np.full(as_shape("full", (size,), 0), value, value.dtype)


@factory
def zeros_like(input: Tensor, *, dtype: Any = None, memory_format: Any = None) -> np.ndarray:
    """Return zeros of the shape of `input`, and of its dtype unless another is given.

    Examples
    --------
    >>> mg.zeros_like(mg.tensor([1, 2]))
    tensor([0, 0])
    """
    array = like("zeros_like", input, dtype, memory_format)
    array[...] = 0
    return array


@factory
def ones_like(input: Tensor, *, dtype: Any = None, memory_format: Any = None) -> np.ndarray:
    """Return ones of the shape of `input`, and of its dtype unless another is given.

    Examples
    --------
    >>> mg.ones_like(mg.tensor([0.0, 2.0]))
    tensor([1., 1.])
    """
    array = like("ones_like", input, dtype, memory_format)
    array[...] = 1
    return array


@factory
def empty_like(input: Tensor, *, dtype: Any = None, memory_format: Any = None) -> np.ndarray:
    """Return a tensor of the shape and dtype of `input` with whatever the memory held.

    Examples
    --------
    >>> mg.empty_like(mg.zeros(2, 3)).shape
    Size([2, 3])
    """
    return like("empty_like", input, dtype, memory_format)


@factory
def full_like(input: Tensor, fill_value: Any, *, dtype: Any = None, memory_format: Any = None) -> np.ndarray:
    """Return a tensor of the shape and dtype of `input` filled with `fill_value`.

    Examples
    --------
    >>> mg.full_like(mg.zeros(2), 3)
    tensor([3., 3.])
    """
    array = like("full_like", input, dtype, memory_format)
    array[...] = as_scalar("full_like", "fill_value", fill_value, array.dtype)
    return array


@factory
def arange(start: Any, end: Any = None, step: Any = 1, *, dtype: Any = None) -> np.ndarray:
    """Return the numbers from `start` (default 0) up to but not including `end`, in steps of `step`.

    Ints give int64, floats the default dtype.

    Raises
    ------
    RuntimeError
        If no steps of `step` lead from `start` to `end`, or `step` is 0 in the dtype.
    NotImplementedError
        If the dtype is bool.

    Examples
    --------
    >>> mg.arange(3), mg.arange(1, 2, 0.5)
    (tensor([0, 1, 2]), tensor([1.0000, 1.5000]))
    """
    if end is None:
        start, end = 0, start
    start, end, step = (_number("arange", n, v) for n, v in (("start", start), ("end", end), ("step", step)))
    wanted = as_array([start, end, step]).dtype if dtype is None else as_dtype(dtype)
    if not math.isfinite(start) or not math.isfinite(end) or not step or (end - start) * step < 0:
        raise RuntimeError(f"arange: no number of steps of {step} leads from {start} to {end}")
    if wanted.kind == "b":
        raise NotImplementedError("arange: there are no steps between bools; convert the result with .bool()")
    if wanted.kind == "f":
        return np.arange(start, end, step).astype(wanted)
    first, whole = int(start), int(step)  # as PyTorch does, rounded before they are added up
    if not whole:
        raise RuntimeError(f"arange: a step of {step} is 0 in {wanted}")
    count = len(range(first, int(end), whole)) if wanted == np.int64 else math.ceil((end - start) / step)
    return (np.arange(count) * whole + first).astype(wanted)


def _number(operation: str, name: str, value: Any) -> Any:
    """Return `value`, a number or a 0-dim tensor, as a Python number."""
    if isinstance(value, (Tensor, np.generic)) and not value.ndim:
        return value.item()
    if not isinstance(value, (bool, int, float)):
        raise TypeError(f"{operation}: expected a number as {name}, got {type(value).__name__}")
    return value


def _steps(operation: str, start: Any, end: Any, steps: Any, dtype: DType) -> np.ndarray:
    """Return `steps` float64 numbers at equal distances; between integers without a downward rounding error."""
    first, last = _number(operation, "start", start), _number(operation, "end", end)
    if (count := as_int(operation, "steps", steps)) < 0:
        raise RuntimeError(f"{operation}: expected steps to be at least 0, got {count}")
    if dtype.kind == "f":
        return np.linspace(first, last, count)
    first, last, places = int(first), int(last), np.arange(count)
    step = (last - first) / max(count - 1, 1)
    return np.where(places < max(count // 2, 1), first + step * places, last - step * (count - 1 - places))


@factory
def linspace(start: Any, end: Any, steps: int, *, dtype: Any = None) -> np.ndarray:
    """Return `steps` numbers at equal distances from `start` to `end`, both included.

    Examples
    --------
    >>> mg.linspace(0, 1, 5)
    tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
    wanted = _floating(dtype)
    return _steps("linspace", start, end, steps, wanted).astype(wanted)


@factory
def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    dtype: Any = None,
) -> np.ndarray:
    """Return `steps` numbers from ``base ** start`` to ``base ** end``, each the same multiple of the one before.

    Examples
    --------
    >>> mg.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    wanted = _floating(dtype)
    with np.errstate(invalid="ignore"):  # an integer dtype cannot hold these
        return (base ** _steps("logspace", start, end, steps, wanted)).astype(wanted)


@factory
def eye(n: int, m: int | None = None, *, dtype: Any = None) -> np.ndarray:
    """Return an n x m matrix (n x n by default) with ones on the diagonal and zeros elsewhere.

    Examples
    --------
    >>> mg.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    rows, columns = as_shape("eye", (n, n if m is None else m), 0)
    return np.eye(rows, columns, dtype=_floating(dtype))


# ---- of the kind of another tensor -----------------------------------------------------------------------------------


def _new(make: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def new(input: Tensor, *args: Any, dtype: Any = None, **options: Any) -> Tensor:
        return make(*args, dtype=input.dtype if dtype is None else dtype, **options)

    new.__name__ = f"new_{make.__name__}"
    new.__doc__ = f"`{make.__name__}` of this tensor's dtype, unless another is given."
    return new


for _make in (tensor, zeros, ones, empty, full):
    method(f"new_{_make.__name__}", only=True)(_new(_make))


@method("new", only=True)
def _new_like(input: Tensor, *data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """Return `data`, or a tensor of lengths `data` that holds anything, of this tensor's dtype: as old scripts do."""
    return Tensor(*data, dtype=input.dtype if dtype is None else dtype)
