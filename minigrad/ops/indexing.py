"""Parts of a tensor: by slices, which give views, and by arrays of indices and masks, which give copies."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.as_array import as_array, constant
from minigrad.core.tensor import Tensor
from minigrad.kernels.indexing import Key
from minigrad.ops.checks import check_range, common_shape, index_array, mask_array
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, twin
from minigrad.ops.primitives.dims import one_dim
from minigrad.ops.primitives.indexing import ALL, index_by, slice_by
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.primitives.summation import expand

__all__ = ["select", "narrow", "index_select", "take", "masked_select", "nonzero", "nonzero_static", "argwhere"]


# ---- the operations --------------------------------------------------------------------------------------------------


_selected = twin(slice_by, "select")
_index_selected = twin(index_by, "index_select")


# ---- what stands in the brackets -------------------------------------------------------------------------------------


def split_index(index: Any, shape: tuple[int, ...]) -> tuple[Key, Key | None]:
    """Split an index into a key for `slice_by`, and one for `index_by` of its result, or None.

    Ints, slices and None come first, arrays act on what they leave. So, as in PyTorch and unlike NumPy, an int is no
    array of indices: in ``x[0, :, [1, 2]]`` the last dimension stays the last.
    """
    if isinstance(index, list) and any(i is None or isinstance(i, _SEQUENCES) for i in index):
        warnings.warn(
            "index: a list of sequences is taken for a tuple, an index for each dimension; use a tuple or a tensor",
            UserWarning,
            stacklevel=3,
        )
        index = tuple(index)
    items = [_item(i) for i in (index if isinstance(index, tuple) else (index,))]
    used = sum(_dims_used(i) for i in items)
    if used > len(shape):
        fix = "" if shape else "; x.item() is the number in it"
        raise IndexError(f"index: too many indices, {used}, for a tensor of shape {tuple(shape)}{fix}")
    if sum(i is Ellipsis for i in items) > 1:
        raise IndexError("index: expected at most one ellipsis (...)")
    basic: list[Any] = []
    arrays: list[Any] = []
    for i in items:
        if isinstance(i, np.ndarray):
            basic += [ALL] * _dims_used(i) or [None]
            arrays.append(i if i.ndim else i.reshape(1))  # True and False index a new dimension
        elif i is Ellipsis:
            basic += [ALL] * (len(shape) - used)
            arrays += [ALL] * (len(shape) - used)
        else:
            basic.append(i)
            arrays += [] if isinstance(i, int) else [ALL]
    has_arrays = any(isinstance(i, np.ndarray) for i in arrays)
    return (*basic, ...), tuple(arrays) if has_arrays else None  # with ... NumPy gives a view even of one element


_SEQUENCES = (list, tuple, slice, Tensor, np.ndarray, type(...))


def _dims_used(item: Any) -> int:
    if isinstance(item, np.ndarray):
        return item.ndim if item.dtype == bool else 1
    return 0 if item is None or item is Ellipsis else 1


def _item(i: Any) -> Any:
    """Return one of the indices as None, Ellipsis, int, slice, mask or int64 array."""
    if i is None or i is Ellipsis or type(i) is int:
        return i
    if isinstance(i, slice):
        if i.step is not None and i.step <= 0:
            raise ValueError(f"index: the step of a slice must be greater than zero, got {i.step}; see flip()")
        return i
    if isinstance(i, (list, tuple, range)):
        i = as_array(list(i)) if len(i) else np.zeros(0, np.int64)
    elif isinstance(i, (Tensor, np.ndarray)):
        i = constant(i)
    elif isinstance(i, (bool, np.generic)):
        i = np.asarray(i)
    else:
        kind = IndexError if isinstance(i, float) else TypeError
        raise kind(f"index: expected ints, slices, None, ..., or integer or bool tensors, got {type(i).__name__}")
    if i.dtype.kind == "b":
        return i
    if i.dtype.kind == "f":
        raise IndexError(f"index: expected a tensor of integers or bools, got {i.dtype}; convert it with .long()")
    if i.dtype == np.uint8:
        warnings.warn("index: a uint8 tensor is taken for a mask; convert it with .bool()", UserWarning, stacklevel=2)
        return i.astype(bool)
    return i.astype(np.int64, copy=False) if i.ndim else int(i)


@method("__getitem__", only=True)
def _getitem(input: Tensor, index: Any) -> Tensor:
    """``input[index]``: a view for ints, slices, None and ...; a copy for lists, integer tensors and masks."""
    if type(index) is int and input._data.ndim:
        return _selected(input, (index, ...))
    basic, arrays = split_index(index, input._data.shape)
    if arrays is None:
        return slice_by(input, basic)
    return index_by(input if _trivial(basic) else slice_by(input, basic), arrays)


def _trivial(key: Key) -> bool:
    return all(k is ALL or k is Ellipsis for k in key)


# ---- by name ---------------------------------------------------------------------------------------------------------


@method(view=True)
def select(input: Operand, dim: int, index: int) -> Tensor:
    """Return the slice of dimension `dim` at `index`: a view without that dimension.

    Raises
    ------
    IndexError
        If `index` is out of range.

    Examples
    --------
    >>> mg.select(mg.tensor([[1, 2], [3, 4]]), 1, 0)
    tensor([1, 3])
    """
    dim = one_dim("select", dim, len(input.shape))
    size = tuple(input.shape)[dim] if input.shape else 0
    index = as_int("select", "index", index)
    if not -size <= index < size:
        raise IndexError(f"select: index {index} is out of range for dim {dim} of shape {tuple(input.shape)}")
    return _selected(input, (*[ALL] * dim, index, ...))


@method(view=True)
def narrow(input: Operand, dim: int, start: int, length: int) -> Tensor:
    """Return the slice of dimension `dim` from `start` on, of the given length: a view.

    Raises
    ------
    RuntimeError
        If there is no dimension, or the elements are not in `dim`.
    IndexError
        If `start` is out of range.

    Examples
    --------
    >>> mg.narrow(mg.arange(5), 0, 1, 3)
    tensor([1, 2, 3])
    """
    dim = one_dim("narrow", dim, len(input.shape))
    if not input.shape:
        raise RuntimeError("narrow: a 0-dim tensor has no dimension to take a part of")
    if isinstance(start, Tensor) and (start.ndim or start.dtype.kind not in "iu"):
        raise RuntimeError(f"narrow: expected an int as start, got a tensor {start.dtype}{list(start.shape)}")
    size, start, length = input.shape[dim], as_int("narrow", "start", start), as_int("narrow", "length", length)
    if not -size <= start <= size:
        raise IndexError(f"narrow: start {start} is out of range for dim {dim} of shape {tuple(input.shape)}")
    start += size if start < 0 else 0
    if length < 0 or start + length > size:
        raise RuntimeError(f"narrow: {length} elements from {start} on are not in dim {dim} of length {size}")
    return slice_by(input, (*[ALL] * dim, slice(start, start + length)))


def along(name: str, input: Any, dim: int, index: Any, negative: bool = False) -> tuple[Any, Key]:
    """Return `input` with at least one dimension, and the key of the indices `index`, a vector, in `dim`."""
    dim = one_dim(name, dim, len(input.shape))
    x = input if input.shape else reshape(input, (1,))
    array = index_array(name, index)
    if array.ndim > 1:
        raise IndexError(f"{name}: expected an index of one dimension, got shape {array.shape}")
    if negative:
        array = np.where(array < 0, array + x.shape[dim], array)
    check_range(name, array, dim, tuple(x.shape))
    return x, (*[ALL] * dim, array.reshape(-1))


@method()
def index_select(input: Operand, dim: int, index: Operand) -> Tensor:
    """Return the slices of dimension `dim` at the indices `index`, which may repeat.

    Raises
    ------
    RuntimeError
        If a 0-dim tensor gets more or fewer than one index.

    Examples
    --------
    >>> mg.index_select(mg.tensor([[1, 2, 3], [4, 5, 6]]), 1, mg.tensor([2, 0]))
    tensor([[3, 1],
            [6, 4]])
    """
    x, key = along("index_select", input, dim, index)
    if not input.shape and len(key[-1]) != 1:
        raise RuntimeError(f"index_select: of a 0-dim tensor expected one index, got {len(key[-1])}")
    return _index_selected(x, key) if input.shape else reshape(index_by(x, key), ())


@method()
def take(input: Operand, index: Operand) -> Tensor:
    """Return the elements at `index` of the flattened input, in the shape of `index`.

    Examples
    --------
    >>> mg.take(mg.tensor([[1, 2], [3, 4]]), mg.tensor([0, 3]))
    tensor([1, 4])
    """
    array = index_array("take", index)
    flat = index_by(reshape(input, (int(np.prod(input.shape, dtype=np.int64)),)), (array.reshape(-1),))
    return reshape(flat, array.shape)


@method()
def masked_select(input: Operand, mask: Operand) -> Tensor:
    """Return the elements where `mask` is true, in one dimension. The two are broadcast.

    Examples
    --------
    >>> x = mg.tensor([[1, 2], [3, 4]])
    >>> mg.masked_select(x, x > 2)
    tensor([3, 4])
    """
    array = mask_array("masked_select", mask)
    shape = common_shape("masked_select", tuple(input.shape), array.shape)
    if tuple(input.shape) != shape:
        input = expand(input, shape)
    if not shape:
        return masked_select(reshape(input, (1,)), array.reshape(1))
    return index_by(input, (np.broadcast_to(array, shape),))


@method()
def nonzero(input: Operand, *, as_tuple: bool = False) -> Tensor | tuple[Tensor, ...]:
    """Return the indices of the elements that are not 0: one row each, or with `as_tuple` a tensor for each dimension.

    Examples
    --------
    >>> mg.nonzero(mg.tensor([[0, 7], [8, 0]]))
    tensor([[0, 1],
            [1, 0]])
    """
    array = input._data if isinstance(input, Tensor) else np.asarray(input)
    found: list[Any] = [*np.atleast_1d(array).nonzero()] if as_tuple else [np.argwhere(array)]
    if isinstance(input, Tensor):
        found = [Tensor._wrap(i) for i in found]
    return tuple(found) if as_tuple else found[0]


@method()
def nonzero_static(input: Operand, *, size: int, fill_value: int = -1) -> Tensor:
    """Return the first `size` rows of `nonzero`, followed by rows of `fill_value` if there are fewer.

    Raises
    ------
    RuntimeError
        If `size` is negative.

    Examples
    --------
    >>> mg.nonzero_static(mg.tensor([0, 7]), size=2)
    tensor([[ 1],
            [-1]])
    """
    if (size := as_int("nonzero_static", "size", size)) < 0:
        raise RuntimeError(f"nonzero_static: expected a size of 0 or more, got {size}")
    found = np.argwhere(input._data if isinstance(input, Tensor) else input)[:size]
    rest = np.full((size - len(found), found.shape[1]), as_int("nonzero_static", "fill_value", fill_value))
    return Tensor._wrap(np.concatenate([found, rest]))


@method()
def argwhere(input: Operand) -> Tensor:
    """Return the indices of the elements that are not 0, one row each.

    Examples
    --------
    >>> mg.argwhere(mg.tensor([3, 0, 5]))
    tensor([[0],
            [2]])
    """
    rows: Any = nonzero(input)
    return rows
