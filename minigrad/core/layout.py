"""How elements lie in memory, by PyTorch's names: layouts and memory formats."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from minigrad.kernels.copying import contiguous


class layout:
    """The kind of storage of a tensor. There is one: ``minigrad.strided``, an array with steps."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"minigrad.{self.name}"

    def __reduce__(self) -> str:
        return self.name


class memory_format(layout):
    """The order in which the elements of a tensor lie in memory.

    ``minigrad.contiguous_format`` is the order of the indices, ``minigrad.channels_last`` has the channels of
    (N, C, H, W) innermost, ``minigrad.channels_last_3d`` those of (N, C, D, H, W), and ``minigrad.preserve_format`` is
    the order of the tensor that something is made of.

    Examples
    --------
    >>> mg.zeros(2, 3, 4, 5).contiguous(memory_format=mg.channels_last).stride()
    (60, 1, 15, 3)
    """

    __slots__ = ()


strided = layout("strided")
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")

_NDIM = {channels_last: 4, channels_last_3d: 5}


def order_of(operation: str, wanted: Any, ndim: int) -> tuple[int, ...] | None:
    """Return the dimensions of a tensor from the outermost to the innermost in memory; None to preserve the order.

    Raises
    ------
    TypeError
        If `wanted` is no memory format.
    RuntimeError
        If the format is for another number of dimensions.
    """
    if wanted is None or wanted is preserve_format:
        return None
    if not isinstance(wanted, memory_format):
        raise TypeError(f"{operation}: expected a memory_format such as minigrad.channels_last, got {wanted!r}")
    if wanted is contiguous_format:
        return tuple(range(ndim))
    if ndim != _NDIM[wanted]:
        raise RuntimeError(f"{operation}: {wanted} is for {_NDIM[wanted]} dimensions, the tensor has {ndim}")
    return (0, *range(2, ndim), 1)


def lies_in(array: np.ndarray, order: tuple[int, ...]) -> bool:
    """Return whether the elements of `array` lie in memory without gaps, its dimensions in this order."""
    return array.transpose(order).flags.c_contiguous


def in_order(array: np.ndarray, order: tuple[int, ...]) -> np.ndarray:
    """Return `array`, or a copy whose dimensions lie in memory in this order."""
    return contiguous(array.transpose(order)).transpose(np.argsort(order))


def empty_in(shape: tuple[int, ...], dtype: Any, order: tuple[int, ...]) -> np.ndarray:
    """Return an array of this shape, whose dimensions lie in memory in this order."""
    return np.empty([shape[d] for d in order], dtype).transpose(np.argsort(order))


def overlaps(array: np.ndarray) -> bool:
    """Return whether there are more elements than places for them."""
    places = sum([(n - 1) * abs(step) for n, step in zip(array.shape, array.strides, strict=True)], array.itemsize)
    return array.size > 0 and places < array.nbytes


def whole_memory(array: np.ndarray) -> np.ndarray:
    """Return all of the memory that `array` shows a part of, as one dimension of its dtype."""
    owner, base = array, cast(Any, array)
    while (base := getattr(base, "base", None)) is not None:  # NumPy's as_strided puts an object of its own between
        owner = base if isinstance(base, np.ndarray) else owner
    if not owner.size:
        return np.empty(0, array.dtype)
    bytes_ = np.ndarray(owner.nbytes, np.uint8, buffer=_flat(owner))
    return bytes_[: owner.nbytes // array.itemsize * array.itemsize].view(array.dtype)


def _flat(owner: np.ndarray) -> np.ndarray:
    """Return the elements of an array that fills its memory, in the order in which they lie there."""
    order = sorted(range(owner.ndim), key=lambda d: -owner.strides[d])
    return owner.transpose(order).reshape(-1)


def check_strided(operation: str, wanted: Any) -> None:
    """Raise unless the layout that a user asked for is the one there is."""
    if wanted is not None and wanted is not strided:
        raise RuntimeError(f"{operation}: expected layout=minigrad.strided, the only one, got {wanted!r}")


def lies_in_channels_last(array: np.ndarray) -> bool:
    """Return whether these are numbers of images or volumes whose channels are innermost in memory."""
    return array.ndim in _NDIM.values() and array.dtype.kind == "f" and np.moveaxis(array, 1, -1).flags.c_contiguous
