"""The same elements in another shape: views, where NumPy can make one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.array_attributes import Lengths
from minigrad.core.tensor import Tensor
from minigrad.core.views import Calls, View, lay_out, replay
from minigrad.ops.declare.method import attribute, method
from minigrad.ops.declare.operation import Operand, operation, twin
from minigrad.ops.primitives import shape as primitive
from minigrad.ops.primitives.dims import all_dims, as_shape, one_dim

__all__ = [
    "reshape", "flatten", "ravel", "unflatten", "squeeze", "unsqueeze", "permute", "transpose", "swapaxes", "swapdims",
    "movedim", "moveaxis", "t", "adjoint", "atleast_1d", "atleast_2d", "atleast_3d",
]  # fmt: skip


# ---- reshape ---------------------------------------------------------------------------------------------------------


_viewed, _squeezed, _unsqueezed = (twin(primitive.reshape, name) for name in ("view", "squeeze", "unsqueeze"))


def _resolved(name: str, input: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return `shape` with its -1 filled in; raise if the number of elements differs."""
    size = math.prod(input.shape)
    known = math.prod(s for s in shape if s != -1)
    if shape.count(-1) == 1 and known and size % known == 0:
        return tuple(size // known if s == -1 else s for s in shape)
    if shape.count(-1) > 1:
        raise RuntimeError(f"{name}: only one length can be left to be found out, got {shape}")
    if -1 in shape or known != size or min(shape, default=0) < 0:
        raise RuntimeError(f"{name}: shape {shape} does not hold the {size} elements of shape {tuple(input.shape)}")
    return shape


def reshape(input: Operand, shape: Sequence[int]) -> Tensor:
    """Return the same elements, in the same order, in another shape: a view if possible, else a copy.

    Parameters
    ----------
    shape : ints; one of them may be -1, for what is left

    Raises
    ------
    RuntimeError
        If `shape` has another number of elements.

    Examples
    --------
    >>> mg.reshape(mg.arange(6), (2, -1))
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    return _viewed(input, _resolved("reshape", input, as_shape("reshape", (shape,))))


@method("reshape", only=True)
def _reshape_method(input: Tensor, *shape: Lengths) -> Tensor:
    """Return the same elements in another shape, one argument or several; one length may be -1, for the rest."""
    if not shape:
        raise TypeError("reshape: missing argument shape")
    return _viewed(input, _resolved("reshape", input, as_shape("reshape", shape)))


@method("reshape_as", only=True)
def _reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """Return the same elements in the shape of `other`."""
    return reshape(input, other.shape)


@method("view", only=True)
def _view(input: Tensor, *shape: Lengths | dtypes.DType, dtype: dtypes.DType | None = None) -> Tensor:
    """Return the same memory in another shape; or, given a dtype, its bits as numbers of that one, without a gradient.

    Raises
    ------
    RuntimeError
        If the layout in memory does not allow it; `reshape` copies then. If the last dimension, in bytes, is no
        multiple of the size of the dtype.

    Examples
    --------
    >>> mg.arange(4).view(2, 2)
    tensor([[0, 1],
            [2, 3]])
    >>> mg.tensor([1.0, -0.0]).view(mg.int32)
    tensor([ 1065353216, -2147483648], dtype=int32)
    """
    if dtype is not None or len(shape) == 1 and isinstance(shape[0], (dtypes.dtype, np.dtype)):
        return _bits(input, dtypes.as_dtype(shape[0] if dtype is None else dtype))
    wanted = _resolved("view", input, as_shape("view", shape))
    lay_out(input, channels_last=True)
    if input._data.size and not np.may_share_memory(input._data.reshape(wanted), input._data):
        raise RuntimeError(
            f"view: shape {tuple(input.shape)} with strides {input.stride()} cannot be seen as {wanted} "
            "without a copy; use .reshape() instead"
        )
    return _viewed(input, wanted)


def _bits(input: Tensor, dtype: np.dtype) -> Tensor:
    if input._data.dtype == dtype:
        return _viewed(input, tuple(input.shape))
    try:
        return Tensor._wrap(input._alias()._data.view(dtype))
    except (TypeError, ValueError):
        raise RuntimeError(
            f"view: {input.dtype} of shape {tuple(input.shape)} with strides {input.stride()} has no bits of {dtype} "
            "side by side; a .contiguous() copy has, if the last dimension is a multiple"
        ) from None


@method("view_as", only=True)
def _view_as(input: Tensor, other: Tensor) -> Tensor:
    """Return the same memory in the shape of `other`."""
    return _view(input, other.shape)


@method(view=True)
def flatten(input: Operand, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Return the dimensions from `start_dim` to `end_dim`, both included, made one.

    Raises
    ------
    RuntimeError
        If `start_dim` comes after `end_dim`.

    Examples
    --------
    >>> mg.flatten(mg.zeros(2, 3, 4), start_dim=1).shape
    Size([2, 12])
    """
    shape = tuple(input.shape) or (1,)
    first, last = one_dim("flatten", start_dim, len(shape)), one_dim("flatten", end_dim, len(shape))
    if first == last and input.shape:
        return input
    if first > last:
        raise RuntimeError(f"flatten: start_dim {start_dim} comes after end_dim {end_dim}")
    size = math.prod(shape[first : last + 1])
    return _viewed(input, (*shape[:first], size, *shape[last + 1 :]))


@method(view=True)
def ravel(input: Operand) -> Tensor:
    """Return all elements in one dimension, next to one another in memory: a view, or else a copy.

    Examples
    --------
    >>> mg.ravel(mg.zeros(2, 3)).shape
    Size([6])
    """
    flat = reshape(input, (-1,))
    return flat.contiguous() if isinstance(flat, Tensor) else np.ravel(flat)


@method(view=True)
def unflatten(input: Operand, dim: int, sizes: Sequence[int]) -> Tensor:
    """Split dimension `dim` into several of the given `sizes`, one of which may be -1.

    Raises
    ------
    RuntimeError
        If there is no dimension, or `sizes` does not make up its length.

    Examples
    --------
    >>> mg.unflatten(mg.zeros(2, 12), 1, (3, -1)).shape
    Size([2, 3, 4])
    """
    shape = tuple(input.shape)
    if not shape:
        raise RuntimeError("unflatten: expected a tensor with at least one dimension, got a 0-dim one")
    dim = one_dim("unflatten", dim, len(shape))
    parts = _resolved("unflatten", np.empty(shape[dim]), as_shape("unflatten", (sizes,)))
    return reshape(input, (*shape[:dim], *parts, *shape[dim + 1 :]))


@method(inplace=True, view=True)
def squeeze(input: Operand, dim: int | Sequence[int] | None = None) -> Tensor:
    """Remove the dimensions of length 1: all, or those named by `dim`.

    Examples
    --------
    >>> mg.zeros(1, 3, 1).squeeze().shape, mg.zeros(1, 3, 1).squeeze(0).shape
    (Size([3]), Size([3, 1]))
    """
    drop = () if isinstance(dim, tuple) and not dim else all_dims("squeeze", dim, len(input.shape))
    return _squeezed(input, tuple(s for i, s in enumerate(input.shape) if s != 1 or i not in drop))


@method(inplace=True, view=True)
def unsqueeze(input: Operand, dim: int) -> Tensor:
    """Insert a new dimension of length 1 before dimension `dim`.

    Examples
    --------
    >>> mg.zeros(3).unsqueeze(1).shape
    Size([3, 1])
    """
    shape = tuple(input.shape)
    dim = one_dim("unsqueeze", dim, len(shape) + 1)
    return _unsqueezed(input, (*shape[:dim], 1, *shape[dim:]))


def _at_least(ndim: int, tensors: Sequence[Any]) -> Any:
    """Add dimensions in front, the third one at the end."""
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        return tuple(_at_least(ndim, (t,)) for t in tensors[0])
    if len(tensors) != 1:
        return tuple(_at_least(ndim, (t,)) for t in tensors)
    shape = tuple(tensors[0].shape)
    if len(shape) >= ndim:
        return tensors[0]
    rows = (1,) * (min(ndim, 2) - len(shape)) + shape
    return primitive.reshape(tensors[0], rows if ndim < 3 else (*rows, 1))


def atleast_1d(*tensors: Operand) -> Tensor | tuple[Tensor, ...]:
    """Return the tensor with at least one dimension; a tuple for several tensors.

    Examples
    --------
    >>> mg.atleast_1d(mg.tensor(3))
    tensor([3])
    """
    return _at_least(1, tensors)


def atleast_2d(*tensors: Operand) -> Tensor | tuple[Tensor, ...]:
    """Return the tensor with at least two dimensions, a vector as a row; a tuple for several tensors.

    Examples
    --------
    >>> mg.atleast_2d(mg.tensor([1, 2]))
    tensor([[1, 2]])
    """
    return _at_least(2, tensors)


def atleast_3d(*tensors: Operand) -> Tensor | tuple[Tensor, ...]:
    """Return the tensor with at least three dimensions: a matrix gets a last one of length 1. A tuple for several.

    Examples
    --------
    >>> mg.atleast_3d(mg.zeros(2, 3)).shape
    Size([2, 3, 1])
    """
    return _at_least(3, tensors)


# ---- permute ---------------------------------------------------------------------------------------------------------


_transposed = twin(primitive.permute, "transpose")


def permute(input: Operand, dims: Sequence[int]) -> Tensor:
    """Return a view with the dimensions in another order.

    Raises
    ------
    RuntimeError
        If `dims` does not name each dimension once.

    Examples
    --------
    >>> mg.permute(mg.zeros(2, 3, 4), (2, 0, 1)).shape
    Size([4, 2, 3])
    """
    order = as_shape("permute", (dims,))
    if len(order) != len(input.shape):
        raise RuntimeError(f"permute: expected {len(input.shape)} dimensions, got {order}")
    return primitive.permute(input, all_dims("permute", order, len(input.shape)))


@method("permute", only=True)
def _permute_method(input: Tensor, *dims: Lengths) -> Tensor:
    """Return a view with the dimensions in another order, given as one argument or several."""
    if not dims:
        raise TypeError("permute: missing argument dims, the order of the dimensions")
    return permute(input, as_shape("permute", dims))


@method("swapaxes", "swapdims", inplace=True, view=True)
def transpose(input: Operand, dim0: int, dim1: int) -> Tensor:
    """Return a view with two dimensions exchanged.

    Examples
    --------
    >>> mg.transpose(mg.zeros(2, 3), 0, 1).shape
    Size([3, 2])
    """
    order = list(range(len(input.shape)))
    a, b = one_dim("transpose", dim0, len(order)), one_dim("transpose", dim1, len(order))
    if order:
        order[a], order[b] = b, a
    return _transposed(input, tuple(order))


swapaxes = swapdims = transpose


@method("moveaxis", view=True)
def movedim(input: Operand, source: int | Sequence[int], destination: int | Sequence[int]) -> Tensor:
    """Return a view with the dimensions at `source` moved to `destination`, the others in their order.

    Raises
    ------
    RuntimeError
        If `source` and `destination` differ in length.

    Examples
    --------
    >>> mg.movedim(mg.zeros(2, 3, 4), 0, -1).shape
    Size([3, 4, 2])
    """
    ndim = len(input.shape)
    moved = all_dims("movedim", source, ndim)
    places = all_dims("movedim", destination, ndim)
    if len(moved) != len(places):
        raise RuntimeError(f"movedim: got {len(moved)} dimensions to move to {len(places)} places")
    order = [d for d in range(ndim) if d not in moved]
    for place, dim in sorted(zip(places, moved, strict=True)):
        order.insert(place, dim)
    return primitive.permute(input, tuple(order))


moveaxis = movedim


@method(inplace=True, view=True)
def t(input: Operand) -> Tensor:
    """Return the transpose of a matrix; vectors and 0-dim tensors as they are.

    Raises
    ------
    RuntimeError
        If there are more than 2 dimensions.

    Examples
    --------
    >>> mg.t(mg.zeros(2, 3)).shape
    Size([3, 2])
    """
    if len(input.shape) > 2:
        raise RuntimeError(f"t: expected at most 2 dimensions, got shape {tuple(input.shape)}; see .mT and permute()")
    return transpose(input, 0, 1) if len(input.shape) == 2 else primitive.reshape(input, tuple(input.shape))


@attribute("mH")
@attribute("mT")
@method(view=True)
def adjoint(input: Operand) -> Tensor:
    """Return a view with the last two dimensions exchanged.

    Raises
    ------
    RuntimeError
        If there are fewer than 2 dimensions.

    Examples
    --------
    >>> mg.adjoint(mg.zeros(5, 2, 3)).shape
    Size([5, 3, 2])
    """
    if len(input.shape) < 2:
        raise RuntimeError(f"adjoint: expected at least 2 dimensions, got shape {tuple(input.shape)}")
    return transpose(input, -2, -1)


@attribute("H")
def _transposed_matrix(input: Operand) -> Tensor:
    """Return a matrix transposed: there are no complex numbers to be conjugated."""
    if len(input.shape) not in (0, 2):
        raise RuntimeError(f"H: expected a matrix, got shape {tuple(input.shape)}; .mH transposes each")
    return adjoint(input) if input.shape else input


@attribute("T")
def _reversed(input: Operand) -> Tensor:
    """Return a view with the dimensions in reverse order."""
    return primitive.permute(input, tuple(reversed(range(len(input.shape)))))


# ---- in-place operations on views ------------------------------------------------------------------------------------


@operation(
    input=lambda g, part_shape, calls: replace_part(g, np.zeros(part_shape, g.dtype), calls),
    part=lambda g, calls: replay(calls, g),
)
def replace_part(input: Operand, part: Operand, calls: Calls) -> Operand:
    """Return `input` with what a view made by `calls` shows of it replaced by `part`."""
    whole = input.copy(order="K")
    shown = replay(calls, whole)
    if np.may_share_memory(shown, whole):
        if not shown.flags.writeable:
            shown.flags.writeable = True  # a part of what was expanded is not, in which no element is repeated
        shown[...] = part
        return whole
    # A gradient may lie in memory in another order than the tensor did, and what was a view there is a copy here.
    places = replay(calls, np.arange(1, whole.size + 1).reshape(whole.shape))  # 0 for what is not a part of it
    whole = input.flatten()
    whole[places[places > 0] - 1] = part[places > 0]
    return whole.reshape(input.shape)


View.replace_part = staticmethod(replace_part)
