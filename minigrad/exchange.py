"""Tensors out of what others hold in memory or in files, and for them."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core.as_array import as_array
from minigrad.core.device import on_cpu
from minigrad.core.dtypes import as_dtype, get_default_dtype
from minigrad.core.tensor import Tensor

__all__ = ["asarray", "from_dlpack", "from_file", "frombuffer"]


def asarray(
    obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None, requires_grad: bool = False
) -> Tensor:
    """Return `obj` as a tensor, with the same memory where that is possible.

    Parameters
    ----------
    obj : Tensor, array, what has ``__dlpack__`` or the buffer protocol, a number, or nested lists of numbers
    dtype : dtype, optional
        By default that of `obj`; of bytes, the default dtype.
    copy : bool, optional
        True: always copy. False: raise where a copy is needed. None: copy where it is needed.
    requires_grad : bool, default False

    Raises
    ------
    ValueError
        If a copy is needed and `copy` is False.

    Examples
    --------
    >>> a = np.zeros(2)
    >>> t = mg.asarray(a)
    >>> a[0] = 5
    >>> t, mg.asarray([1, 2])
    (tensor([5., 0.], dtype=float64), tensor([1, 2]))
    """
    if device is not None:
        on_cpu("asarray", device)
    wanted = None if dtype is None else as_dtype(dtype)
    if isinstance(obj, Tensor):
        t = obj if wanted is None else obj.to(wanted)
        t = t.clone() if copy and t is obj else t
        shared = t is obj
        t = t if requires_grad and t.requires_grad else t.detach()
    elif isinstance(obj, (bytes, bytearray, memoryview)):
        array = np.frombuffer(obj, get_default_dtype().dtype if wanted is None else wanted)
        t, shared = Tensor._wrap(array.copy() if copy else array), not copy
    else:
        held = np.from_dlpack(obj) if hasattr(obj, "__dlpack__") and not isinstance(obj, np.ndarray) else obj
        array = as_array(held, wanted, copy=bool(copy))
        shared = isinstance(held, np.ndarray) and np.may_share_memory(array, held)
        t = Tensor._wrap(array)
    if copy is False and not shared:
        raise ValueError("asarray: this needs a copy, but copy=False; leave copy away, or give the dtype that it has")
    return t.requires_grad_() if requires_grad and not t.requires_grad else t


def frombuffer(buffer: Any, *, dtype: Any, count: int = -1, offset: int = 0, requires_grad: bool = False) -> Tensor:
    r"""Return a vector that shares the memory of `buffer`.

    Parameters
    ----------
    buffer : what has the buffer protocol, such as bytes or an ``array.array``
    dtype : dtype of its elements
    count : int, default -1
        How many elements to read; a negative number means all.
    offset : int, default 0
        How many bytes to skip.

    Raises
    ------
    ValueError
        If `buffer` is no buffer or empty, or has not so many elements.

    Examples
    --------
    >>> mg.frombuffer(bytearray(b"\x01\x02\x03"), dtype=mg.uint8, offset=1)
    tensor([2, 3], dtype=uint8)
    """
    wanted = as_dtype(dtype)
    try:
        size = memoryview(buffer).nbytes
    except TypeError:
        raise ValueError(f"frombuffer: expected what has the buffer protocol, got {type(buffer).__name__}") from None
    if not size:
        raise ValueError("frombuffer: the buffer is empty")
    if not 0 <= offset < size:
        raise ValueError(f"frombuffer: expected an offset of at least 0 and less than {size} bytes, got {offset}")
    if not count:
        raise ValueError("frombuffer: expected a count of elements, or -1 for all, got 0")
    found = (size - offset) / wanted.itemsize
    if count < 0 and found % 1 or count > found:
        what = "a whole number of" if count < 0 else count
        raise ValueError(f"frombuffer: {size - offset} bytes do not hold {what} elements of {wanted}")
    t = Tensor._wrap(np.frombuffer(buffer, wanted, count, offset))
    return t.requires_grad_() if requires_grad else t


def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = None) -> Tensor:
    """Return a tensor that shares memory with that of another library, by the DLPack protocol.

    Parameters
    ----------
    ext_tensor : what has ``__dlpack__``, on the CPU
    copy : bool, optional
        Whether to copy, instead.

    Raises
    ------
    TypeError
        If it has no ``__dlpack__``.

    Examples
    --------
    >>> a = np.zeros(2, np.float32)
    >>> t = mg.from_dlpack(a)
    >>> t[0] = 5
    >>> a
    array([5., 0.], dtype=float32)
    """
    if device is not None:
        on_cpu("from_dlpack", device)
    if not hasattr(ext_tensor, "__dlpack__"):
        raise TypeError(f"from_dlpack: expected what has __dlpack__, got {type(ext_tensor).__name__}")
    if isinstance(ext_tensor, Tensor):
        return ext_tensor.detach().clone() if copy else ext_tensor.detach()
    array = as_array(np.from_dlpack(ext_tensor))
    return Tensor._wrap(array.copy() if copy else array)


def from_file(
    filename: Any, shared: bool | None = None, size: int | None = 0, *, dtype: Any = None, requires_grad: bool = False
) -> Tensor:
    """Return a vector out of the bytes of a file.

    Parameters
    ----------
    filename : str or path
    shared : bool, optional
        True: changes of the tensor are written to the file, which is made if it is missing.
    size : int
        How many elements.
    dtype : dtype, optional
        By default the default dtype.

    Raises
    ------
    RuntimeError
        If the file has not so many elements.

    Examples
    --------
    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "numbers")
    ...     np.arange(3, dtype=np.float32).tofile(path)
    ...     print(mg.from_file(path, size=2))
    tensor([0., 1.])
    """
    wanted = get_default_dtype().dtype if dtype is None else as_dtype(dtype)
    count = size or 0
    try:
        if shared:
            with open(filename, "ab") as file:  # a file that is too short grows
                file.truncate(max(file.tell(), count * wanted.itemsize))
            array = np.memmap(filename, wanted, "r+", shape=(count,)) if count else np.empty(0, wanted)
        else:
            array = np.fromfile(filename, wanted, count)
    except OSError as error:
        raise RuntimeError(f"from_file: cannot read {filename!r}: {error.strerror}") from error
    if len(array) < count:
        raise RuntimeError(f"from_file: {filename!r} holds {len(array)} elements of {wanted}, expected {count}")
    t = Tensor._wrap(np.asarray(array))
    return t.requires_grad_() if requires_grad else t
