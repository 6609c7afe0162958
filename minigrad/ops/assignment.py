"""Putting values into a tensor: into the parts that an index names, where a mask says, or everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.as_array import as_scalar, constant
from minigrad.core.dtypes import DType
from minigrad.core.tensor import Tensor
from minigrad.graph import versions
from minigrad.graph.grad_mode import mode
from minigrad.kernels import indexing as kernels
from minigrad.kernels.indexing import Key
from minigrad.ops.checks import common_shape, mask_array
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.indexing import along, split_index
from minigrad.ops.primitives.casting import cast, zeros_as
from minigrad.ops.primitives.indexing import ALL, add_at, index_by, slice_by
from minigrad.ops.primitives.selection import choose
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.primitives.summation import expand

__all__ = ["masked_fill", "masked_scatter", "index_put", "index_add", "index_copy", "index_fill", "fill"]


def _of_values(g: Any, key: Key) -> Any:
    """Return the gradient at `key`: where an index repeats, only the value that was written last has one."""
    lost = kernels.overwritten(tuple(g.shape), key)
    return index_by(g, key) if lost is None else choose(lost, 0.0, index_by(g, key))


@operation(input=lambda g, key: put(g, 0.0, key), values=_of_values, holds=("key",))
def put(input: Operand, values: Operand, key: Key) -> Operand:
    """Return a copy of `input` with `values`, of the shape of ``input[key]``, at `key`."""
    whole = input.copy(order="K")
    kernels.write(whole, key, values)
    return whole


@operation(input=lambda g: zeros_as(g), values=lambda g: g)
def _overwrite(input: Operand, values: Operand) -> Operand:
    """Return what `input` is after `values` are copied into it."""
    return values


def fitted(name: str, values: Any, shape: tuple[int, ...], dtype: DType) -> Any:
    """Return `values`, a tensor, array or number, in another dtype and broadcast to `shape`."""
    if not isinstance(values, Tensor):
        values = np.asarray(values)
    if values.dtype != dtype:
        values = cast(values, dtype)
    have = tuple(values.shape)
    while len(have) > len(shape) and have[0] == 1:
        have = have[1:]
    try:
        fits = np.broadcast_shapes(have, shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise RuntimeError(f"{name}: values of shape {tuple(values.shape)} do not broadcast to the shape {shape}")
    if have != tuple(values.shape):
        values = reshape(values, have)
    return values if have == shape else expand(values, shape)


def _is_value(value: Any) -> bool:
    return isinstance(value, (Tensor, np.ndarray, np.generic, bool, int, float))


# ---- x[index] = value ------------------------------------------------------------------------------------------------


@method("__setitem__", only=True)
def _setitem(input: Tensor, index: Any, value: Any) -> None:
    """``input[index] = value``: in place, with broadcasting; the gradient of what is overwritten is 0."""
    if not _is_value(value):
        raise TypeError(f"x[...] = v: expected a tensor or a number, got {type(value).__name__}; see minigrad.tensor()")
    basic, arrays = split_index(index, input._data.shape)
    if arrays is not None:
        input._check_writable("x[...] = v")
    masked = arrays is not None and any(isinstance(a, np.ndarray) and a.dtype == bool for a in arrays)
    if arrays is not None and isinstance(value, Tensor) and value.dtype != input.dtype and (value.ndim or not masked):
        raise RuntimeError(f"x[...] = v: expected values of {input.dtype}, as x, got {value.dtype}; convert them")
    if not isinstance(value, (Tensor, np.ndarray)):
        value = as_scalar("x[...] = v", "v", value, input.dtype)
    part = slice_by(input, basic)
    if arrays is None:
        if not _shows(value, part):
            _copied(part, value, "x[...] = v")
        return
    shape = index_by(part._data, arrays).shape if isinstance(value, (Tensor, np.ndarray)) and value.ndim else ()
    if mode.enabled and (part._requires_grad or isinstance(value, Tensor) and value.requires_grad):
        values = fitted("x[...] = v", value, shape or index_by(part._data, arrays).shape, input.dtype)
        part._assign(put(part, values, arrays), "x[...] = v")
        return
    values = fitted("x[...] = v", value, shape, input.dtype)
    try:
        part._data[arrays] = values._data if isinstance(values, Tensor) else values
    except IndexError as error:
        raise IndexError(f"x[...] = v: {error}; the tensor has shape {input._data.shape}") from None
    versions.bump(part._data)


def _shows(value: Any, part: Tensor) -> bool:
    """Return whether `value` is a view of this very part, as after ``x[i] += 1``: nothing is left to do."""
    if not isinstance(value, Tensor) or value._view is None or part._view is None:
        return False
    a, b = value._data, part._data
    same = a.shape == b.shape and a.strides == b.strides and value.data_ptr() == part.data_ptr()
    return same and value._view.base is part._view.base


# ---- everywhere ------------------------------------------------------------------------------------------------------


@method("copy_", only=True)
def copy_(self: Tensor, src: Any, non_blocking: bool = False) -> Tensor:
    """Copy the values of `src`, broadcast and converted, into this tensor, and return it."""
    if getattr(src, "ndim", 0) > self._data.ndim:
        raise RuntimeError(
            f"copy_: values of shape {tuple(src.shape)} do not broadcast to the shape {self._data.shape}"
        )
    return _copied(self, src, "copy_")


def _copied(self: Tensor, src: Any, name: str) -> Tensor:
    self._check_writable(name)
    recorded = mode.enabled and (self.requires_grad or isinstance(src, Tensor) and src.requires_grad)
    values = fitted(name, src, self._data.shape, self._data.dtype)
    if recorded:
        return self._assign(_overwrite(self, values), name)
    self._write(values._data if isinstance(values, Tensor) else values)
    return self


@method("fill_", only=True)
def fill_(self: Tensor, value: Any) -> Tensor:
    """Set all elements to `value`, a number or a 0-dim tensor, and return this tensor."""
    return copy_(self, _scalar("fill_", value, self.dtype))


def fill(input: Tensor, value: Any) -> Tensor:
    """Return `value`, a number or a 0-dim tensor, in the shape and dtype of `input`.

    Raises
    ------
    RuntimeError
        If `value` is a tensor with dimensions.

    Examples
    --------
    >>> mg.fill(mg.tensor([1, 2]), 7)
    tensor([7, 7])
    """
    return fill_(input.clone(), value)


def _scalar(name: str, value: Any, dtype: DType) -> Any:
    """Return `value` in another dtype: a 0-dim Tensor, through which gradients flow, or a 0-dim array of a number."""
    if getattr(value, "ndim", 0):
        raise RuntimeError(f"{name}: expected a number or a 0-dim tensor as value, got shape {tuple(value.shape)}")
    return cast(value, dtype) if isinstance(value, Tensor) else as_scalar(name, "value", value, dtype)


@method("zero_", only=True)
def zero_(self: Tensor) -> Tensor:
    """Set all elements to 0, and return this tensor."""
    return copy_(self, 0)


# ---- where a mask says -----------------------------------------------------------------------------------------------


@method(inplace=True)
def masked_fill(input: Operand, mask: Operand, value: Any) -> Tensor:
    """Return `input` with `value` where `mask` is true.

    Parameters
    ----------
    mask : bool Tensor, broadcast against `input`
    value : a number or a 0-dim tensor

    Examples
    --------
    >>> x = mg.tensor([1.0, -2.0])
    >>> mg.masked_fill(x, x < 0, 0.0)
    tensor([1., 0.])
    """
    mask_array("masked_fill", mask)
    return choose(mask, _scalar("masked_fill", value, input.dtype), input)


@method(inplace=True)
def masked_scatter(input: Operand, mask: Operand, source: Operand) -> Tensor:
    """Return `input` with the first elements of `source` at the places, in order, where `mask` is true.

    Raises
    ------
    RuntimeError
        If `source` has another dtype, or fewer elements than `mask` has places.

    Examples
    --------
    >>> mg.masked_scatter(mg.zeros(3), mg.tensor([True, False, True]), mg.tensor([1.0, 2.0]))
    tensor([1., 0., 2.])
    """
    shape = common_shape("masked_scatter", tuple(input.shape), mask_array("masked_scatter", mask).shape)
    array = np.broadcast_to(mask_array("masked_scatter", mask), shape)
    input = input if tuple(input.shape) == shape else expand(input, shape)
    count = np.count_nonzero(array)
    if source.dtype != input.dtype:
        raise RuntimeError(f"masked_scatter: expected a source of {input.dtype}, got {source.dtype}; convert it")
    flat = reshape(source, (int(np.prod(source.shape, dtype=np.int64)),))
    if flat.shape[0] < count:
        raise RuntimeError(f"masked_scatter: the mask has {count} places, the source only {flat.shape[0]} elements")
    return put(input, slice_by(flat, (slice(count),)), (array,))


# ---- at indices ------------------------------------------------------------------------------------------------------


@method(inplace=True)
def index_put(input: Operand, indices: Sequence[Any], values: Operand, accumulate: bool = False) -> Tensor:
    """Return `input` with `values`, broadcast, at ``input[indices]``.

    Parameters
    ----------
    indices : tuple of integer or bool tensors
    accumulate : bool, default False
        Add instead, repeatedly where an index repeats.

    Raises
    ------
    TypeError
        If `indices` is not a tuple of Tensors.
    RuntimeError
        If `indices` is empty, or the dtype of `values` is not that of `input`.

    Examples
    --------
    >>> mg.index_put(mg.zeros(3), (mg.tensor([0, 0, 2]),), mg.tensor(1.0), accumulate=True)
    tensor([2., 0., 1.])
    """
    if not isinstance(indices, (tuple, list)):
        raise TypeError(f"index_put: expected a tuple of Tensors as indices, got {type(indices).__name__}")
    shape = tuple(input.shape)
    _, key = split_index(tuple(np.atleast_1d(constant(i)) if i is not None else ALL for i in indices), shape)
    if key is None:
        raise RuntimeError("index_put: expected a tuple with at least one tensor of indices")
    if values.dtype != input.dtype:
        raise RuntimeError(f"index_put: expected values of the input's {input.dtype}, got {values.dtype}; convert them")
    values = fitted("index_put", values, index_by(np.empty(shape, bool), key).shape, input.dtype)
    return input + add_at(values, shape, key) if accumulate else put(input, values, key)


def _slices(name: str, input: Any, key: Key, source: Any, scalar: bool = True) -> Any:
    """Check that `source` holds a slice of `input` for each index in `key` (one may be a 0-dim `scalar`); return it."""
    shape = (*input.shape[: len(key) - 1], len(key[-1]), *input.shape[len(key) :])
    if not source.shape and shape == (1,) and scalar:
        source = reshape(source, shape)
    if tuple(source.shape) != shape:
        raise RuntimeError(f"{name}: expected a source of shape {shape}, got {tuple(source.shape)}")
    if source.dtype != input.dtype:
        raise RuntimeError(f"{name}: expected a source of {input.dtype}, got {source.dtype}; convert it")
    return source


@method(inplace=True)
@rounded_once
def index_add(input: Operand, dim: int, index: Operand, source: Operand, *, alpha: float = 1) -> Tensor:
    """Return `input` with ``alpha * source`` added to the slices of `dim` at `index`, repeatedly where it repeats.

    Examples
    --------
    >>> mg.index_add(mg.zeros(3), 0, mg.tensor([0, 0, 2]), mg.tensor([1.0, 2.0, 3.0]))
    tensor([3., 0., 3.])
    """
    x, key = along("index_add", input, dim, index)
    source = _slices("index_add", x, key, source, scalar=not input.shape)
    added = add_at(source if alpha == 1 else source * alpha, tuple(x.shape), key)
    return input + (added if input.shape else reshape(added, ()))


@method(inplace=True)
def index_copy(input: Operand, dim: int, index: Operand, source: Operand) -> Tensor:
    """Return `input` with the slices of dimension `dim` at `index` replaced by those of `source`.

    Examples
    --------
    >>> mg.index_copy(mg.zeros(3), 0, mg.tensor([2, 0]), mg.tensor([1.0, 2.0]))
    tensor([2., 0., 1.])
    """
    x, key = along("index_copy", input, dim, index)
    changed = put(x, _slices("index_copy", x, key, source), key)
    return changed if input.shape else reshape(changed, ())


@method(inplace=True)
def index_fill(input: Operand, dim: int, index: Operand, value: Any) -> Tensor:
    """Return `input` with the slices of dimension `dim` at `index` set to `value`, a number or a 0-dim tensor.

    Examples
    --------
    >>> mg.index_fill(mg.zeros(3), 0, mg.tensor([0, 2]), 5)
    tensor([5., 0., 5.])
    """
    x, key = along("index_fill", input, dim, index, negative=True)
    shape = (*x.shape[: len(key) - 1], len(key[-1]), *x.shape[len(key) :])
    changed = put(x, fitted("index_fill", _scalar("index_fill", value, x.dtype), shape, x.dtype), key)
    return changed if input.shape else reshape(changed, ())
