"""The memory behind a tensor, as scripts look at it and rearrange it. None of it has gradients."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, SupportsIndex, TypeAlias

import numpy as np

from minigrad.core.array_attributes import Lengths, as_int
from minigrad.core.dtypes import as_dtype, dtype, of
from minigrad.core.layout import empty_in, order_of, whole_memory
from minigrad.core.tensor import Tensor
from minigrad.graph.grad_mode import mode
from minigrad.ops.declare.method import method
from minigrad.ops.indexing import narrow
from minigrad.ops.primitives.dims import as_shape

Ints: TypeAlias = Sequence[SupportsIndex]


class Storage:
    """The memory that a tensor and its views share, as a flat row of elements.

    Examples
    --------
    >>> x = mg.arange(4.0)
    >>> x[2:].untyped_storage().data_ptr() == x.data_ptr(), x.untyped_storage().nbytes(), x.storage().size()
    (True, 16, 4)
    """

    def __init__(self, array: np.ndarray, dtype: dtype) -> None:
        self._array, self.dtype = array, dtype  # one dimension

    def data_ptr(self) -> int:
        """Return the address of the first element."""
        return self._array.ctypes.data

    def nbytes(self) -> int:
        """Return the number of bytes."""
        return self._array.nbytes

    def size(self) -> int:
        """Return the number of elements."""
        return self._array.size

    __len__ = size

    def element_size(self) -> int:
        """Return the number of bytes of an element."""
        return self._array.itemsize

    def tolist(self) -> list[Any]:
        """Return the elements as Python numbers."""
        return list(self._array.tolist())

    def __getitem__(self, index: int) -> Any:
        return self._array[index].item()

    def __setitem__(self, index: Any, value: Any) -> None:
        self._array[index] = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Storage) and (self.data_ptr(), self.nbytes()) == (other.data_ptr(), other.nbytes())

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Storage({self.size()} elements of {self.dtype})"


@method("storage", only=True)
def _storage(input: Tensor) -> Storage:
    """Return the memory that this tensor and its views share, as elements of its dtype."""
    return Storage(whole_memory(input._data), input.dtype)


@method("untyped_storage", only=True)
def _untyped_storage(input: Tensor) -> Storage:
    """Return the memory that this tensor and its views share, as bytes."""
    return Storage(whole_memory(input._data).view(np.uint8), of(np.dtype(np.uint8)))


@method("storage_offset", only=True)
def _storage_offset(input: Tensor) -> int:
    """Return how many elements lie in memory before the first one of this tensor."""
    array = input._data
    return (array.ctypes.data - whole_memory(array).ctypes.data) // array.itemsize if array.size else 0


@method("new_empty_strided", only=True)
def _new_empty_strided(input: Tensor, size: Ints, stride: Ints, *, dtype: Any = None, **options: Any) -> Tensor:
    """Return a tensor of this size, these steps in memory and this tensor's dtype, with whatever the memory held."""
    wanted = input._data.dtype if dtype is None else as_dtype(dtype)
    count = 1 + sum((int(n) - 1) * int(s) for n, s in zip(size, stride, strict=True))
    shape = as_shape("new_empty_strided", (size,), 0)
    return Tensor._wrap(strided_view("new_empty_strided", np.empty(max(count, 0), wanted), shape, stride, 0))


@method("is_same_size", only=True)
def _is_same_size(input: Tensor, other: Tensor) -> bool:
    """Return whether both tensors have the same shape."""
    return input._data.shape == other._data.shape


@method("narrow_copy", only=True)
def _narrow_copy(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """Return a copy of what ``narrow`` shows."""
    return narrow(input, dim, start, length).clone()


@method("is_set_to", only=True)
def _is_set_to(input: Tensor, tensor: Tensor) -> bool:
    """Return whether both tensors show the same memory in the same way."""
    a, b = input._data, tensor._data
    return (a.ctypes.data, a.shape, a.strides, a.dtype) == (b.ctypes.data, b.shape, b.strides, b.dtype)


def _check_no_history(name: str, input: Tensor) -> None:
    if input.requires_grad:
        raise RuntimeError(f"{name}: a tensor that requires grad keeps its memory; do it on a detach()")


@method("set_", only=True)
def set_(
    input: Tensor,
    source: Tensor | Storage | None = None,
    storage_offset: int = 0,
    size: Ints | None = None,
    stride: Ints | None = None,
) -> Tensor:
    """Make this tensor show the memory of `source`, or nothing without one; return it.

    Parameters
    ----------
    source : Tensor or storage, optional
        Of the same dtype.
    storage_offset : int
        The first element, in the memory of `source`.
    size, stride : sequences of ints, optional
        By default the shape of a tensor, and the whole of a storage.
    """
    if mode.enabled or not input.is_leaf:
        _check_no_history("set_", input)
    if source is None:
        input._replace(np.empty(0, input._data.dtype))
        return input
    if not isinstance(source, (Tensor, Storage)):
        raise TypeError(f"set_: expected a Tensor or a storage as source, got {type(source).__name__}")
    if source.dtype != input.dtype:
        raise RuntimeError(f"set_: expected a source of {input.dtype}, got {source.dtype}; convert it first")
    array = source._data if isinstance(source, Tensor) else source._array
    if size is not None or isinstance(source, Storage):
        whole = whole_memory(array)
        shape = (len(whole) - storage_offset,) if size is None else as_shape("set_", (size,), 0)
        array = strided_view("set_", whole, shape, stride, storage_offset)
    input._replace(array)
    return input


def strided_view(
    name: str, whole: np.ndarray, shape: tuple[int, ...], stride: Any, offset: int, writeable: bool = True
) -> np.ndarray:
    """Return the elements of one-dimensional memory from `offset` on, with these steps; in C order without."""
    if stride is None:
        stride = [math.prod(shape[d + 1 :]) for d in range(len(shape))]
    steps = tuple(as_int(name, "stride", s) for s in stride)
    if len(steps) != len(shape) or min((offset, *steps, *shape)) < 0:
        raise RuntimeError(f"{name}: expected a step of 0 or more per dimension of {shape}, got {steps} from {offset}")
    last = offset + sum((n - 1) * s for n, s in zip(shape, steps, strict=True))
    if math.prod(shape) and last >= len(whole):
        raise RuntimeError(f"{name}: element {last} is outside of the memory, which has {len(whole)} elements")
    if not math.prod(shape):
        return np.empty(shape, whole.dtype)
    strides = tuple(s * whole.itemsize for s in steps)
    return np.lib.stride_tricks.as_strided(whole[offset:], shape, strides, writeable=writeable)


@method("resize_", only=True)
def resize_(input: Tensor, *sizes: Lengths, memory_format: Any = None) -> Tensor:
    """Give this tensor another shape: the elements stay in the order of memory, further ones hold anything.

    The memory stays where it is if it is large enough, and tensors that share it keep sharing it.
    """
    _check_no_history("resize_", input)
    shape = as_shape("resize_", sizes, 0)
    if memory_format is not None and (order := order_of("resize_", memory_format, len(shape))) is not None:
        input._replace(empty_in(shape, input._data.dtype, order))
        return input
    array, count = input._data, math.prod(shape)
    if array.shape == shape:
        return input
    whole = whole_memory(array)
    offset = (array.ctypes.data - whole.ctypes.data) // array.itemsize if array.size else 0
    if offset + count > len(whole):
        larger = np.empty(offset + count, array.dtype)
        larger[: len(whole)] = whole
        whole = larger
    input._replace(whole[offset : offset + count].reshape(shape))
    return input


@method("resize_as_", only=True)
def resize_as_(input: Tensor, other: Tensor, memory_format: Any = None) -> Tensor:
    """Give this tensor the shape of `other`; see `resize_`."""
    return resize_(input, other.shape, memory_format=memory_format)


def _applied(name: str, input: Tensor, function: Callable[..., Any], *others: Tensor) -> Tensor:
    _check_no_history(name, input)
    input._check_writable(name)
    shape = input._data.shape
    try:
        arrays = [input._data, *(np.broadcast_to(t._data, shape) for t in others)]
    except ValueError:
        got = " and ".join(str(tuple(t.shape)) for t in others)
        raise RuntimeError(f"{name}: expected a shape that broadcasts to {shape}, got {got}") from None
    rows = zip(*(a.reshape(-1).tolist() for a in arrays), strict=True)
    found = [function(*row) for row in rows]
    if any(isinstance(value, str) for value in found):
        raise TypeError(f"{name}: expected the function to return numbers, got strings")
    values = np.array(found, input._data.dtype).reshape(shape)
    return input._assign(Tensor._wrap(values), name)


@method("apply_", only=True)
def apply_(input: Tensor, callable: Callable[[Any], Any]) -> Tensor:
    """Replace each element by what a Python function makes of it; return the tensor. Slow."""
    return _applied("apply_", input, callable)


@method("map_", only=True)
def map_(input: Tensor, tensor: Tensor, callable: Callable[[Any, Any], Any]) -> Tensor:
    """Replace each element by what a Python function makes of it and of that of `tensor`; return the tensor. Slow."""
    return _applied("map_", input, callable, tensor)


@method("map2_", only=True)
def map2_(input: Tensor, x: Tensor, y: Tensor, callable: Callable[[Any, Any, Any], Any]) -> Tensor:
    """Replace each element by what a Python function makes of it and of those of `x` and `y`. Slow."""
    return _applied("map2_", input, callable, x, y)


def detach(input: Tensor) -> Tensor:
    """Return ``input.detach()``: the same memory, without the history.

    Examples
    --------
    >>> mg.detach(mg.ones(1, requires_grad=True)).requires_grad
    False
    """
    return input.detach()


def detach_(input: Tensor) -> Tensor:
    """Cut `input` itself off from the graph; return it."""
    return input.detach_()
