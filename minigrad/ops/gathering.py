"""Elements picked along one dimension by a tensor of indices, and put back there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.as_array import as_scalar, constant
from minigrad.core.tensor import Tensor
from minigrad.kernels import indexing as kernels
from minigrad.kernels.along_dim import added_along, line_of
from minigrad.kernels.errstate import silent
from minigrad.kernels.indexing import Key
from minigrad.kernels.ordering import order as order_of
from minigrad.ops.arithmetic import floor_divide
from minigrad.ops.assignment import fitted, put
from minigrad.ops.checks import check_range, index_array
from minigrad.ops.declare.declaration import shared_rule
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.primitives.casting import cast
from minigrad.ops.primitives.dims import one_dim
from minigrad.ops.primitives.indexing import ALL, add_along, add_at, index_along, index_by, slice_by
from minigrad.ops.primitives.selection import choose
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.primitives.summation import expand
from minigrad.ops.selection import clamp, where

__all__ = ["gather", "scatter", "scatter_add", "scatter_reduce", "take_along_dim"]


def _checked(name: str, input: Any, dim: int, index: Any) -> tuple[Any, np.ndarray, int]:
    """Return `input` and `index` with at least one dimension each, and `dim` counted from the front."""
    array = index_array(name, index)
    dim = one_dim(name, dim, len(input.shape))
    x = input if input.shape else reshape(input, (1,))
    array, shape = array if array.ndim else array.reshape(1), tuple(x.shape)
    if not array.size and array.ndim != len(shape):
        array = array.reshape(-1, *[1] * (len(shape) - 1))  # nothing, whatever its shape
    if array.ndim != len(shape):
        raise RuntimeError(f"{name}: expected an index of {len(shape)} dimensions, as the input, got {array.ndim}")
    if any(n > s for d, (n, s) in enumerate(zip(array.shape, shape, strict=True)) if d != dim) and array.size:
        raise RuntimeError(
            f"{name}: expected an index no longer than the input of shape {shape} except in dim {dim}, "
            f"got shape {array.shape}"
        )
    check_range(name, array, dim, shape, RuntimeError)
    return x, array, dim


def _as_given(changed: Any, input: Any) -> Any:
    """Return what became of `input`, which was made one-dimensional if it had no dimension."""
    return changed if input.shape else reshape(changed, ())


def _key_along(index: np.ndarray, dim: int, shape: Sequence[int]) -> Key:
    """Return the key of the elements of an array of this shape to which `index` leads along `dim`."""
    last = index.ndim - 1
    if index.size and (line := line_of(index, dim, shape)) is not None:
        return (*[ALL] * dim, line, *[ALL] * (last - dim))
    return tuple(index if d == dim else np.arange(n).reshape(-1, *[1] * (last - d)) for d, n in enumerate(index.shape))


@method()
def gather(input: Operand, dim: int, index: Operand, *, sparse_grad: bool = False) -> Tensor:
    """``out[i, j, k] = input[index[i, j, k], j, k]`` for `dim` 0, and so on for the others.

    Parameters
    ----------
    index : int64 Tensor with as many dimensions as `input`, and in those other than `dim` not longer
    sparse_grad : accepted, as PyTorch does; the gradient is dense

    Returns
    -------
    Tensor of the shape of `index`

    Examples
    --------
    >>> mg.gather(mg.tensor([[1, 2], [3, 4]]), 1, mg.tensor([[0, 0], [1, 0]]))
    tensor([[1, 1],
            [4, 3]])
    """
    shape = tuple(index_array("gather", index).shape)
    picked = index_along(*_checked("gather", input, dim, index))
    return picked if tuple(picked.shape) == shape else reshape(picked, shape)


def _source(name: str, input: Any, index: np.ndarray, src: Any) -> Any:
    """Return as much of `src` as there are indices."""
    if not isinstance(src, (Tensor, np.ndarray)):
        raise TypeError(f"{name}: expected a Tensor as src, got {type(src).__name__}")
    src = src if src.shape else reshape(src, (1,))
    shape, have = tuple(index.shape), tuple(src.shape)
    if not index.size:
        src = reshape(slice_by(reshape(src, (math.prod(have),)), (slice(0),)), shape)
        return src if src.dtype == input.dtype else cast(src, input.dtype)
    if src.dtype != input.dtype:
        raise RuntimeError(f"{name}: expected src to be {input.dtype}, as the input, got {src.dtype}; convert it")
    if len(shape) != len(have) or any(n > s for n, s in zip(shape, have, strict=True)):
        raise RuntimeError(f"{name}: expected src at least as long as the index of shape {shape}, got shape {have}")
    return src if shape == have else slice_by(src, tuple(slice(n) for n in shape))


@method(inplace=True)
def scatter(
    input: Operand,
    dim: int,
    index: Operand,
    src: Operand | None = None,
    *,
    value: Any = None,
    reduce: str | None = None,
) -> Tensor:
    """Return `input` with ``out[index[i, j, k], j, k] = src[i, j, k]`` for `dim` 0, and so on for the others.

    Parameters
    ----------
    index : int64 Tensor with as many dimensions as `input`
    src : Tensor, at least as long as `index`, or a number
    value : a number instead of `src`
    reduce : {None, 'add', 'multiply'}
        Add or multiply instead of replacing.

    Raises
    ------
    TypeError
        If there is neither `src` nor `value`.
    RuntimeError
        If `reduce` is unknown.

    Examples
    --------
    >>> mg.scatter(mg.zeros(2, 3), 1, mg.tensor([[2], [0]]), 1.0)
    tensor([[0., 0., 1.],
            [1., 0., 0.]])
    """
    given = value if src is None else src
    if given is None:
        raise TypeError("scatter: expected src or value")
    if reduce not in (None, "add", "multiply"):
        raise RuntimeError(f"scatter: expected reduce None, 'add' or 'multiply', got {reduce!r}")
    x, array, dim = _checked("scatter", input, dim, index)
    if isinstance(given, (Tensor, np.ndarray)):
        given = _source("scatter", x, array, given)
    else:
        given = as_scalar("scatter", "value", given, x.dtype)
    values = fitted("scatter", given, array.shape, x.dtype)
    if reduce == "add":
        return _as_given(x + add_along(values, tuple(x.shape), array, dim), input)
    key = _key_along(array, dim, x.shape)
    return _as_given(_scatter_product(x, values, key) if reduce else put(x, values, key), input)


@method(inplace=True)
def scatter_add(input: Operand, dim: int, index: Operand, src: Operand) -> Tensor:
    """Return `input` with ``out[index[i, j, k], j, k] += src[i, j, k]`` for `dim` 0, repeatedly where an index repeats.

    Examples
    --------
    >>> mg.scatter_add(mg.zeros(3), 0, mg.tensor([0, 0, 2]), mg.tensor([1.0, 2.0, 3.0]))
    tensor([3., 0., 3.])
    """
    x, array, dim = _checked("scatter_add", input, dim, index)
    return _as_given(x + add_along(_source("scatter_add", x, array, src), tuple(x.shape), array, dim), input)


@operation("input", "y")
def _attains(input: Operand, y: Operand) -> Operand:
    return ((input == y) | (np.isnan(input) & np.isnan(y))).astype(y.dtype)


@shared_rule
def _extreme_rule(g: Any, y: Any, input: Any, src: Any, input_shape: tuple[int, ...], key: Key) -> tuple[Any, Any]:
    """Share the gradient evenly among all that attain the extreme value."""
    own, others = _attains(input, y), _attains(src, index_by(y, key))
    share = g / clamp(own + add_at(others, input_shape, key), min=1)
    return choose(own > 0, share, 0.0), choose(others > 0, index_by(share, key), 0.0)


@operation(input=_extreme_rule, src=_extreme_rule, holds=("key",))
@silent
def _scatter_extreme(input: Operand, src: Operand, key: Key, largest: bool) -> Operand:
    result = input.copy()
    kernels.combine(np.maximum if largest else np.minimum, result, key, src)
    return result


def _scatter_product(input: Any, src: Any, key: Key, include_self: bool = True) -> Any:
    """Return `input` with the elements at `key` multiplied by all of `src` that belong there.

    No division, so that zeros do no harm to the gradient: those of one place are multiplied in pairs until one is left.
    """
    size, dtype = math.prod(src.shape), input.dtype
    flat = reshape(index_by(np.arange(math.prod(input.shape)).reshape(input.shape), key), (size,))
    order = order_of(flat, 0)
    targets, values = flat[order], index_by(reshape(src, (size,)), (order,))
    while (repeated := targets[1:] == targets[:-1]).any():
        counter = np.arange(len(targets))
        starts = np.concatenate([[True], ~repeated])
        first = (counter - np.maximum.accumulate(np.where(starts, counter, 0))) % 2 == 0
        paired = np.append(~first[1:], False)[first]
        partners = np.minimum(counter[first] + 1, len(targets) - 1)
        values = index_by(values, (first,)) * where(paired, index_by(values, (partners,)), np.ones((), dtype))
        targets = targets[first]
    whole = reshape(input, (math.prod(input.shape),))
    values = index_by(whole, (targets,)) * values if include_self else values
    return reshape(put(whole, values, (targets,)), tuple(input.shape))


def _weakest(dtype: np.dtype, largest: bool) -> Any:
    """Return the value that loses against all others when the largest (or the smallest) is sought."""
    if dtype.kind in "iu":
        return np.iinfo(dtype).min if largest else np.iinfo(dtype).max
    return (not largest) if dtype.kind == "b" else -np.inf if largest else np.inf


@method(inplace=True)
@rounded_once
def scatter_reduce(
    input: Operand, dim: int, index: Operand, src: Operand, reduce: str, *, include_self: bool = True
) -> Tensor:
    """Reduce ``src[i, j, k]`` into ``out[index[i, j, k], j, k]`` for `dim` 0, starting with `input`.

    Parameters
    ----------
    reduce : {'sum', 'prod', 'mean', 'amax', 'amin'}
    include_self : bool, default True
        What was there counts too; otherwise it stays only where no index points to.

    Raises
    ------
    RuntimeError
        If `reduce` is unknown.

    Examples
    --------
    >>> x, index = mg.tensor([1.0, 5.0, 2.0]), mg.tensor([0, 0, 1])
    >>> mg.scatter_reduce(mg.zeros(3), 0, index, x, "amax"), mg.scatter_reduce(mg.ones(3), 0, index, x, "sum")
    (tensor([5., 2., 0.]), tensor([7., 3., 1.]))
    """
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(f"scatter_reduce: expected reduce 'sum', 'prod', 'mean', 'amax' or 'amin', got {reduce!r}")
    x, array, dim = _checked("scatter_reduce", input, dim, index)
    key = _key_along(array, dim, x.shape)
    src = _source("scatter_reduce", x, array, src)
    if reduce == "prod":
        return _as_given(_scatter_product(x, src, key, include_self), input)
    if not include_self:
        nothing = _weakest(x.dtype, reduce == "amax") if reduce in ("amax", "amin") else 0
        x = put(x, fitted("scatter_reduce", nothing, array.shape, x.dtype), key)
    if reduce in ("amax", "amin"):
        return _as_given(_scatter_extreme(x, src, key, reduce == "amax"), input)
    total = x + add_along(src, tuple(x.shape), array, dim)
    if reduce == "mean":
        counts = added_along(np.ones(array.shape, np.int64), tuple(x.shape), array, dim)
        counts = np.maximum(counts + int(include_self), 1)
        total = total / counts.astype(x.dtype) if x.dtype.kind == "f" else floor_divide(total, counts.astype(x.dtype))
    return _as_given(total, input)


@method()
def take_along_dim(input: Operand, indices: Operand, dim: int | None = None) -> Tensor:
    """Gather with the two broadcast except in `dim`; without `dim`, from the flattened input.

    Raises
    ------
    RuntimeError
        If the shapes do not broadcast in the dimensions other than `dim`.

    Examples
    --------
    >>> x = mg.tensor([[30, 10, 20], [1, 2, 3]])
    >>> mg.take_along_dim(x, mg.tensor([[2], [0]]), dim=1)
    tensor([[20],
            [ 1]])
    """
    index = index_array("take_along_dim", indices)
    if dim is not None and isinstance(indices, Tensor) and indices._data.dtype != np.int64:
        raise RuntimeError(f"take_along_dim: expected indices of int64, got {indices.dtype}; convert them with .long()")
    if dim is None:
        size = int(np.prod(input.shape, dtype=np.int64))
        return index_by(reshape(input, (size,)), (index.reshape(-1),))
    dim, shape = one_dim("take_along_dim", dim, len(input.shape)), tuple(input.shape)
    if index.ndim != len(shape):
        raise RuntimeError(f"take_along_dim: expected indices of {len(shape)} dimensions, got {index.ndim}")
    others = [tuple(1 if d == dim else n for d, n in enumerate(s)) for s in (shape, index.shape)]
    try:
        common = np.broadcast_shapes(*others)
    except ValueError:
        raise RuntimeError(
            f"take_along_dim: indices of shape {index.shape} do not broadcast with shape {shape} except in dim {dim}"
        ) from None
    whole = tuple(shape[d] if d == dim else n for d, n in enumerate(common))
    picked = tuple(index.shape[d] if d == dim else n for d, n in enumerate(common))
    index = index if index.shape == picked else constant(expand(indices, picked)).astype(np.int64, copy=False)
    if index.min(initial=0) < 0:
        index = np.where(index < 0, index + shape[dim], index)
    check_range("take_along_dim", index, dim, shape)
    return index_along(input if shape == whole else expand(input, whole), index, dim)
