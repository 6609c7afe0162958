"""Elements picked along one dimension by a tensor of indices, and put back there."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.autograd.method import method
from minigrad.autograd.operation import Operand, joint, operation
from minigrad.autograd.rounding import rounded_once
from minigrad.kernels.indexing import Key
from minigrad.kernels.silence import silent
from minigrad.ops.assignment import _put, fitted
from minigrad.ops.broadcasting import expand
from minigrad.ops.indexing import _add_at, _index, _slice, check_range, index_array
from minigrad.ops.selection import _where, clamp
from minigrad.ops.shape import _reshape, one_dim

__all__ = ["gather", "scatter", "scatter_add", "scatter_reduce", "take_along_dim"]


def _key(name: str, input: Any, dim: int, index: Any) -> Key:
    """The key of the elements that have the value of `index` in dimension `dim`, and else the place in `index`."""
    shape, array = tuple(input.shape), index_array(name, index)
    dim = one_dim(name, dim, len(shape))
    if array.ndim != len(shape):
        raise RuntimeError(f"{name}: expected an index of {len(shape)} dimensions, as the input, got {array.ndim}")
    if any(n > s for d, (n, s) in enumerate(zip(array.shape, shape, strict=True)) if d != dim) and array.size:
        raise RuntimeError(
            f"{name}: expected an index no longer than the input of shape {shape} except in dim {dim}, "
            f"got shape {array.shape}"
        )
    check_range(name, array, dim, shape, RuntimeError)
    return _along(array, dim)


def _along(index: np.ndarray, dim: int) -> Key:
    last = index.ndim - 1
    return tuple(index if d == dim else np.arange(n).reshape(-1, *[1] * (last - d)) for d, n in enumerate(index.shape))


@method()
def gather(input: Operand, dim: int, index: Operand) -> Any:
    """``out[i, j, k] = input[index[i, j, k], j, k]`` for `dim` 0, and so on for the others.

    Parameters
    ----------
    index : int64 Tensor with as many dimensions as `input`, and in those other than `dim` not longer

    Returns
    -------
    Tensor of the shape of `index`

    Examples
    --------
    >>> mg.gather(mg.tensor([[1, 2], [3, 4]]), 1, mg.tensor([[0, 0], [1, 0]]))
    tensor([[1, 1],
            [4, 3]])
    """
    if not input.shape:
        return _reshape(gather(_reshape(input, (1,)), dim, index_array("gather", index).reshape(1)), index.shape)
    return _index(input, _key("gather", input, dim, index))


def _source(name: str, input: Any, index: Any, src: Any) -> Any:
    """As much of `src` as there are indices."""
    shape, have = tuple(index.shape), tuple(src.shape)
    if src.dtype != input.dtype:
        raise RuntimeError(f"{name}: expected src to be {input.dtype}, as the input, got {src.dtype}; convert it")
    if len(shape) != len(have) or any(n > s for n, s in zip(shape, have, strict=True)):
        raise RuntimeError(f"{name}: expected src at least as long as the index of shape {shape}, got shape {have}")
    return src if shape == have else _slice(src, tuple(slice(n) for n in shape))


@method(inplace=True)
def scatter(
    input: Operand,
    dim: int,
    index: Operand,
    src: Operand | None = None,
    *,
    value: Any = None,
    reduce: str | None = None,
) -> Any:
    """`input` with ``out[index[i, j, k], j, k] = src[i, j, k]`` for `dim` 0, and so on for the others.

    Parameters
    ----------
    index : int64 Tensor with as many dimensions as `input`
    src : Tensor, at least as long as `index`, or a number
    value : a number instead of `src`
    reduce : {None, 'add'}
        Add instead of replacing.

    Examples
    --------
    >>> mg.scatter(mg.zeros(2, 3), 1, mg.tensor([[2], [0]]), 1.0)
    tensor([[0., 0., 1.],
            [1., 0., 0.]])
    """
    given = value if src is None else src
    if given is None:
        raise TypeError("scatter: expected src or value")
    if reduce not in (None, "add"):
        raise RuntimeError(f"scatter: expected reduce None or 'add', got {reduce!r}")
    key = _key("scatter", input, dim, index)
    if getattr(given, "ndim", 0):
        given = _source("scatter", input, index, given)
    values = fitted("scatter", given, tuple(index.shape), input.dtype)
    return input + _add_at(values, tuple(input.shape), key) if reduce else _put(input, values, key)


@method(inplace=True)
def scatter_add(input: Operand, dim: int, index: Operand, src: Operand) -> Any:
    """`input` with ``out[index[i, j, k], j, k] += src[i, j, k]`` for `dim` 0, repeatedly where an index repeats.

    Examples
    --------
    >>> mg.scatter_add(mg.zeros(3), 0, mg.tensor([0, 0, 2]), mg.tensor([1.0, 2.0, 3.0]))
    tensor([3., 0., 3.])
    """
    key = _key("scatter_add", input, dim, index)
    return input + _add_at(_source("scatter_add", input, index, src), tuple(input.shape), key)


@operation("input", "y")
def _attains(input: Operand, y: Operand) -> Operand:
    return ((input == y) | (np.isnan(input) & np.isnan(y))).astype(y.dtype)


@joint
def _extreme_rule(g: Any, y: Any, input: Any, src: Any, input_shape: tuple[int, ...], key: Key) -> tuple[Any, Any]:
    """Shared evenly by all that attain the extreme value."""
    own, others = _attains(input, y), _attains(src, _index(y, key))
    share = g / clamp(own + _add_at(others, input_shape, key), min=1)
    return _where(own > 0, share, 0.0), _where(others > 0, _index(share, key), 0.0)


@operation(input=_extreme_rule, src=_extreme_rule)
@silent
def _scatter_extreme(input: Operand, src: Operand, key: Key, largest: bool) -> Operand:
    result = input.copy()
    (np.maximum if largest else np.minimum).at(result, key, src)
    return result


@method(inplace=True)
@rounded_once
def scatter_reduce(
    input: Operand, dim: int, index: Operand, src: Operand, reduce: str, *, include_self: bool = True
) -> Any:
    """`input` with ``src[i, j, k]`` added (or averaged, or compared) to ``out[index[i, j, k], j, k]`` for `dim` 0.

    Parameters
    ----------
    reduce : {'sum', 'mean', 'amax', 'amin'}
    include_self : bool, default True
        What was there counts too; otherwise it stays only where no index points to.

    Examples
    --------
    >>> x, index = mg.tensor([1.0, 5.0, 2.0]), mg.tensor([0, 0, 1])
    >>> mg.scatter_reduce(mg.zeros(3), 0, index, x, "amax"), mg.scatter_reduce(mg.ones(3), 0, index, x, "sum")
    (tensor([5., 2., 0.]), tensor([7., 3., 1.]))
    """
    if reduce not in ("sum", "mean", "amax", "amin"):
        raise RuntimeError(f"scatter_reduce: expected reduce 'sum', 'mean', 'amax' or 'amin', got {reduce!r}")
    key = _key("scatter_reduce", input, dim, index)
    src = _source("scatter_reduce", input, index, src)
    if not include_self:
        nothing = {"amax": -np.inf, "amin": np.inf}.get(reduce, 0)
        input = _put(input, fitted("scatter_reduce", nothing, tuple(index.shape), input.dtype), key)
    if reduce in ("amax", "amin"):
        return _scatter_extreme(input, src, key, reduce == "amax")
    total = input + _add_at(src, tuple(input.shape), key)
    if reduce == "sum":
        return total
    counts = np.full(tuple(input.shape), int(include_self))
    np.add.at(counts, key, 1)
    return total / np.maximum(counts, 1).astype(input.dtype)


@method()
def take_along_dim(input: Operand, indices: Operand, dim: int | None = None) -> Any:
    """`gather`, with the two broadcast except in `dim`; without `dim`, from the flattened input.

    Examples
    --------
    >>> x = mg.tensor([[30, 10, 20], [1, 2, 3]])
    >>> mg.take_along_dim(x, mg.tensor([[2], [0]]), dim=1)
    tensor([[20],
            [ 1]])
    """
    index = index_array("take_along_dim", indices)
    if dim is None:
        size = int(np.prod(input.shape, dtype=np.int64))
        return _index(_reshape(input, (size,)), (index.reshape(-1),))
    dim, shape = one_dim("take_along_dim", dim, len(input.shape)), tuple(input.shape)
    if index.ndim != len(shape):
        raise RuntimeError(f"take_along_dim: expected indices of {len(shape)} dimensions, got {index.ndim}")
    common = np.broadcast_shapes(
        tuple(1 if d == dim else n for d, n in enumerate(shape)),
        tuple(1 if d == dim else n for d, n in enumerate(index.shape)),
    )
    whole = tuple(shape[d] if d == dim else n for d, n in enumerate(common))
    picked = tuple(index.shape[d] if d == dim else n for d, n in enumerate(common))
    return _index(input if shape == whole else expand(input, whole), _along(np.broadcast_to(index, picked), dim))
