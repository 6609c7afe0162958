"""The attributes of a tensor's elements, whatever their history: shape, dtype, memory and values."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn, SupportsIndex, TypeAlias, TypeVar, overload

import numpy as np

from minigrad.core.device import NoDevice, device
from minigrad.core.dtypes import dtype, of
from minigrad.core.layout import contiguous_format, layout, lies_in, order_of, strided

Self = TypeVar("Self", bound="ArrayAttributes")
Lengths: TypeAlias = SupportsIndex | Sequence[SupportsIndex]  # of a shape: each an argument, or all in one


def as_int(operation: str, name: str, value: Any) -> int:
    """Return `value`, which the user gave `operation` as `name`, as an int.

    It is an int, a NumPy integer or a 0-dim tensor of integers, but no bool.
    """
    if type(value) is int:
        return value
    array = value._data if isinstance(value, ArrayAttributes) else value
    whole = isinstance(array, (int, np.integer)) and not isinstance(array, bool)
    if whole or (array is not value and array.dtype.kind in "iu" and not array.ndim):
        return int(array)
    what = f"{value.dtype}{list(value.shape)}" if isinstance(value, ArrayAttributes) else type(value).__name__
    raise TypeError(f"{operation}: expected an int as {name}, got {what}")


class Size(tuple[int, ...]):
    """The shape of a tensor: a tuple of ints with PyTorch's `numel`."""

    __slots__ = ()

    def __new__(cls, lengths: Iterable[Any] = ()) -> Size:
        """Refuse lengths that are no ints, as every use of the shape would."""
        return tuple.__new__(cls, [n if type(n) is int else as_int("Size", "length", n) for n in lengths])

    def numel(self) -> int:
        """Return the product of the lengths."""
        return math.prod(self)

    @overload
    def __getitem__(self, index: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Size: ...
    def __getitem__(self, index: Any) -> int | Size:
        found = tuple.__getitem__(self, index)
        return Size(found) if isinstance(index, slice) else found

    def __add__(self, other: tuple[int, ...]) -> Size:  # type: ignore[override]
        return Size(tuple.__add__(self, other))

    def __radd__(self, other: tuple[int, ...]) -> Size:
        return Size(tuple.__add__(other, self))

    def __mul__(self, times: SupportsIndex) -> Size:
        return Size(tuple.__mul__(self, times))

    __rmul__ = __mul__

    def __repr__(self) -> str:
        return f"Size({list(self)})"


class ArrayAttributes:
    """The part of `Tensor` that reads its array and knows no graph."""

    __slots__ = ()
    _data: np.ndarray

    # ---- shape and memory ------------------------------------------------------------------------------------------

    @property
    def shape(self) -> Size:
        """The length of each dimension, a tuple."""
        return tuple.__new__(Size, self._data.shape)

    @property
    def dtype(self) -> dtype:
        """The type of the elements, such as ``minigrad.float32``."""
        return of(self._data.dtype)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self._data.ndim

    @property
    def itemsize(self) -> int:
        """Return the size of one element in bytes."""
        return self._data.itemsize

    @property
    def nbytes(self) -> int:
        """The bytes of all elements."""
        return self._data.nbytes

    @overload
    def size(self, dim: None = None) -> Size: ...
    @overload
    def size(self, dim: SupportsIndex) -> int: ...
    def size(self, dim: Any = None) -> Size | int:
        """Return the shape, or the length of dimension `dim`."""
        return self.shape if dim is None else self._data.shape[self._own_dim("size", dim)]

    def _own_dim(self, operation: str, dim: Any) -> int:
        place = as_int(operation, "dim", dim)
        if not -self._data.ndim <= place < self._data.ndim:
            raise IndexError(f"{operation}: dim {place} is out of range for shape {self._data.shape}")
        return place

    def dim(self) -> int:
        """Return the number of dimensions."""
        return self._data.ndim

    ndimension = dim

    def numel(self) -> int:
        """Return the number of elements."""
        return self._data.size

    nelement = numel

    def element_size(self) -> int:
        """Return the size of one element in bytes."""
        return self._data.itemsize

    def is_floating_point(self) -> bool:
        """Return whether the dtype is a floating one."""
        return self._data.dtype.kind == "f"

    def is_contiguous(self, memory_format: Any = contiguous_format) -> bool:
        """Return whether the elements lie in memory in this format, by default the order of the indices (C order)."""
        if memory_format is contiguous_format:
            return self._data.flags.c_contiguous
        order = order_of("is_contiguous", memory_format, self._data.ndim)
        return order is None or lies_in(self._data, order)

    @overload
    def stride(self, dim: None = None) -> tuple[int, ...]: ...
    @overload
    def stride(self, dim: SupportsIndex) -> int: ...
    def stride(self, dim: Any = None) -> tuple[int, ...] | int:
        """Return the steps in memory, in elements, from one index to the next in each dimension, or in `dim`."""
        strides = tuple(s // self._data.itemsize for s in self._data.strides)
        if not self._data.size:  # NumPy says 0 everywhere
            lengths = [max(n, 1) for n in self._data.shape[:0:-1]]
            strides = (*itertools.accumulate(lengths, operator.mul, initial=1),)[: len(strides)][::-1]
        return strides if dim is None else strides[self._own_dim("stride", dim)]

    def data_ptr(self) -> int:
        """Return the address of the first element."""
        return self._data.ctypes.data

    const_data_ptr = data_ptr

    def __dlpack__(self, **options: Any) -> Any:
        """Return the memory for another library, by the DLPack protocol."""
        if getattr(self, "requires_grad", False):
            raise BufferError("__dlpack__: this tensor requires grad, and others do not know that; use .detach()")
        return self._data.__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        """Return the device of the DLPack protocol that stands for the CPU."""
        return self._data.__dlpack_device__()

    # ---- values ----------------------------------------------------------------------------------------------------

    def item(self) -> Any:
        """Return the only element as a Python number.

        Raises
        ------
        RuntimeError
            If there is not exactly one element.
        """
        if self._data.size != 1:
            raise RuntimeError(f"item: expected a tensor of one element, got shape {tuple(self.shape)}; see tolist()")
        return self._data.item()

    def tolist(self) -> Any:
        """Return the elements as nested lists of Python numbers, or as one number for a 0-dim tensor."""
        return self._data.tolist()

    def __len__(self) -> int:
        if not self._data.ndim:
            raise TypeError("len() of a 0-dim tensor; item() gives its value")
        return len(self._data)

    def __bool__(self) -> bool:
        if self._data.size != 1:
            raise RuntimeError(
                f"bool: a tensor of shape {tuple(self.shape)} is neither true nor false; use .any() or .all()"
            )
        return bool(self._data.item())

    def __float__(self) -> float:
        return float(self._only("float"))

    def is_nonzero(self) -> bool:
        """Return whether the only element is not 0."""
        return bool(self)

    def __int__(self) -> int:
        return int(self._only("int"))

    def _only(self, name: str) -> Any:
        if self._data.size != 1:
            raise ValueError(f"{name}: expected a tensor of one element, got shape {tuple(self.shape)}; see tolist()")
        return self._data.item()

    def __index__(self) -> int:
        if self._data.dtype.kind not in "iu" or self._data.size != 1:
            raise TypeError(f"only an integer tensor of one element is an index, not {self.dtype}{list(self.shape)}")
        return int(self._data.item())

    def __contains__(self, value: Any) -> bool:
        if not isinstance(value, (ArrayAttributes, np.ndarray, np.generic, bool, int, float)):
            raise RuntimeError(f"in: expected a Tensor or a number, got {type(value).__name__}")
        other = value._data if isinstance(value, ArrayAttributes) else value
        try:
            return bool((self._data == other).any())
        except ValueError:
            raise RuntimeError(f"in: shapes {self._data.shape} and {np.shape(other)} do not broadcast") from None

    def __format__(self, spec: str) -> str:
        return object.__format__(self, spec) if self._data.ndim else format(self.item(), spec)

    # ---- for scripts that name a device ----------------------------------------------------------------------------

    @property
    def device(self) -> Any:
        """Always the CPU."""
        return device("cpu")

    @property
    def layout(self) -> layout:
        """How the tensor is stored: ``minigrad.strided``."""
        return strided

    @property
    def is_cuda(self) -> bool:
        """Always False."""
        return False

    @property
    def is_cpu(self) -> bool:
        """Always True."""
        return True

    is_sparse = is_quantized = is_meta = is_mps = is_xpu = is_nested = is_mkldnn = is_cuda
    is_ipu = is_maia = is_mtia = is_vulkan = is_xla = is_sparse_csr = is_cuda

    def get_device(self) -> int:
        """Return -1, which stands for the CPU."""
        return -1

    def pin_memory(self: Self, device: Any = None) -> Self:
        """Return this tensor: no other device needs its memory to stay in place."""
        return self

    def is_pinned(self, device: Any = None) -> bool:
        """Return False: see `pin_memory`."""
        return False

    def share_memory_(self: Self) -> Self:
        """Return this tensor: threads share all memory, and processes get copies."""
        return self

    def is_shared(self) -> bool:
        """Return False: see `share_memory_`."""
        return False

    def is_complex(self) -> bool:
        """Return False: there are no complex tensors."""
        return False

    def is_conj(self) -> bool:
        """Return False: there are no complex tensors."""
        return False

    is_neg = is_conj

    def is_signed(self) -> bool:
        """Return whether the dtype has negative numbers."""
        return self._data.dtype.kind in "fi"

    def cpu(self: Self, memory_format: Any = None) -> Self:
        """Return this tensor: there is no other device."""
        return self

    def cuda(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise an error: there is no GPU."""
        raise NoDevice("cuda: minigrad computes on the CPU only; leave .cuda() out or use .to('cpu')")
