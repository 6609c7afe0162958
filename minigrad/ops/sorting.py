"""Order: sorting, ranks, medians. Values are picked at places that are found on plain arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad import return_types
from minigrad.core.array_attributes import as_int
from minigrad.core.tensor import Tensor
from minigrad.kernels import ordering as kernels
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.extrema import dropped, evenly, not_empty, pick
from minigrad.ops.primitives.dims import one_dim
from minigrad.ops.primitives.shape import reshape
from minigrad.return_types import Result

__all__ = ["sort", "argsort", "msort", "topk", "kthvalue", "median", "nanmedian", "mode"]


@operation("input")
def _order(input: Operand, dim: int, descending: bool) -> Operand:
    return np.ascontiguousarray(kernels.order(input, dim, descending))


@operation("input")
def _first(input: Operand, dim: int, start: int, stop: int, descending: bool = False) -> Operand:
    return np.ascontiguousarray(kernels.first(input, dim, start, stop, descending))


def _lined_up(name: str, input: Any, dim: int) -> tuple[Any, int]:
    """Return the input with at least one dimension, and `dim` counted from the front."""
    dim = one_dim(name, dim, len(input.shape))
    return (input if input.shape else reshape(input, (1,))), dim


@method()
def sort(input: Operand, dim: int = -1, descending: bool = False, stable: bool = False) -> Result:
    """Return the elements along `dim` in order, and where they were. nan counts as the largest.

    Parameters
    ----------
    stable : accepted; equal elements always keep their order

    Returns
    -------
    named tuple (values, indices)

    Examples
    --------
    >>> values, indices = mg.sort(mg.tensor([3.0, 1.0, 2.0]))
    >>> values, indices
    (tensor([1., 2., 3.]), tensor([1, 2, 0]))
    """
    x, dim = _lined_up("sort", input, dim)
    indices, shape = _order(x, dim, descending), tuple(input.shape)
    return return_types.sort(reshape(pick(x, indices, dim), shape), reshape(indices, shape))


@method()
def argsort(input: Operand, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """Return the indices of `sort`.

    Examples
    --------
    >>> mg.argsort(mg.tensor([3.0, 1.0, 2.0]), descending=True)
    tensor([0, 2, 1])
    """
    x, dim = _lined_up("argsort", input, dim)
    return reshape(_order(x, dim, descending), tuple(input.shape))


@method()
def msort(input: Operand) -> Tensor:
    """Return the values of `sort` along the first dimension.

    Examples
    --------
    >>> mg.msort(mg.tensor([[3.0, 1.0], [2.0, 2.0]]))
    tensor([[2., 1.],
            [3., 2.]])
    """
    return sort(input, 0).values


@method()
def topk(input: Operand, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Result:
    """Return the `k` largest elements along `dim`, the largest first, and where they were.

    Parameters
    ----------
    largest : if False, the smallest, the smallest first
    sorted : accepted; they are always in order

    Returns
    -------
    named tuple (values, indices)

    Raises
    ------
    RuntimeError
        If `k` is not from 0 to the length of `dim`.

    Examples
    --------
    >>> mg.topk(mg.tensor([3.0, 1.0, 2.0]), 2).values
    tensor([3., 2.])
    """
    x, dim = _lined_up("topk", input, dim)
    k = as_int("topk", "k", k)
    if not 0 <= k <= x.shape[dim]:
        raise RuntimeError(f"topk: expected k from 0 to {x.shape[dim]}, the length of dim {dim}, got {k}")
    indices = _first(x, dim, 0, k, largest)
    shape = tuple(indices.shape) if input.shape or k != 1 else ()
    return return_types.topk(reshape(pick(x, indices, dim), shape), reshape(indices, shape))


# ---- the element of a rank -------------------------------------------------------------------------------------------


@operation("input")
def _place_of_median(input: Operand, dim: int, skip: bool) -> Operand:
    """Return where the lower middle is: of those that are not nan if `skip`, else the first nan where there is one."""
    unknown, n = np.isnan(input), input.shape[dim]
    if not unknown.any():
        return kernels.first(input, dim, (n - 1) // 2, (n - 1) // 2 + 1)
    numbers = n - np.add.reduce(unknown, axis=dim, keepdims=True, dtype=np.int64)
    rank = np.maximum(numbers - 1, 0) // 2 if skip else np.where(numbers < n, numbers, (n - 1) // 2)
    return np.take_along_axis(kernels.order(input, dim), rank, dim)


def _found(name: str, find: Any, input: Any, dim: int, keepdim: bool, *arguments: Any) -> Result:
    """Return the element along `dim` that is at ``find(input, dim, *arguments)``, and this place."""
    x, dim = _lined_up(name, input, dim)
    not_empty(name, x.shape, (dim,))
    keepdim = keepdim and bool(input.shape)
    indices = find(x, dim, *arguments)
    return getattr(return_types, name)(dropped(pick(x, indices, dim), dim, keepdim), dropped(indices, dim, keepdim))


@method()
def kthvalue(input: Operand, k: int, dim: int = -1, keepdim: bool = False) -> Result:
    """Return the `k`-th smallest element along `dim`, counted from 1, and where it is.

    Returns
    -------
    named tuple (values, indices)

    Raises
    ------
    RuntimeError
        If `k` is not from 1 to the length of `dim`.

    Examples
    --------
    >>> mg.kthvalue(mg.tensor([3.0, 1.0, 2.0]), 2).values
    tensor(2.)
    """
    n = tuple(input.shape)[one_dim("kthvalue", dim, len(input.shape))] if input.shape else 1
    k = as_int("kthvalue", "k", k)
    if not n:
        raise IndexError(f"kthvalue: expected dim {dim} to have elements, got shape {tuple(input.shape)}")
    if not 1 <= k <= n:
        raise RuntimeError(f"kthvalue: expected k from 1 to {n}, the length of dim {dim}, got {k}")
    return _found("kthvalue", _first, input, dim, keepdim, k - 1, k)


@operation(input=lambda g, y, input, input_shape: evenly(g, input, y, tuple(range(len(input_shape)))))
def _median(input: Operand, skip: bool) -> Operand:
    flat = input.reshape(-1)
    flat = flat[~np.isnan(flat)] if skip else flat
    if not flat.size:
        return np.full((), np.nan, input.dtype)
    middle = (flat.size - 1) // 2
    return input.dtype.type(np.nan) if np.isnan(flat).any() else np.partition(flat, middle)[middle]


@method()
def median(input: Operand, dim: int | None = None, keepdim: bool = False) -> Tensor | return_types.median:
    """Return the middle element, the lower one of two; nan if there is one.

    Parameters
    ----------
    dim : int, optional
        Along one dimension instead of among all elements.

    Returns
    -------
    Tensor, or with `dim` a named tuple (values, indices)
        Elements that equal the median share the gradient; with `dim`, the one at the index gets it.

    Examples
    --------
    >>> mg.median(mg.tensor([4.0, 1.0, 3.0, 2.0]))
    tensor(2.)
    """
    return _median(input, False) if dim is None else _found("median", _place_of_median, input, dim, keepdim, False)


@method()
def nanmedian(input: Operand, dim: int | None = None, keepdim: bool = False) -> Tensor | return_types.nanmedian:
    """Return `median` of the elements that are not nan.

    Examples
    --------
    >>> mg.nanmedian(mg.tensor([4.0, float("nan"), 3.0, 2.0]))
    tensor(3.)
    """
    return _median(input, True) if dim is None else _found("nanmedian", _place_of_median, input, dim, keepdim, True)


@operation("input")
def _place_of_mode(input: Operand, dim: int) -> Operand:
    """Return the last place of the most frequent value (the smallest of several): the end of its sorted run."""
    order = kernels.order(input, dim)
    ordered = np.moveaxis(np.take_along_axis(input, order, dim), dim, -1)
    counter = np.arange(ordered.shape[-1])
    starts = np.ones(ordered.shape, bool)
    starts[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    length = counter - np.maximum.accumulate(np.where(starts, counter, 0), axis=-1)
    end = np.expand_dims(np.argmax(length, axis=-1), dim)
    return np.take_along_axis(order, end, dim)


@method()
def mode(input: Operand, dim: int = -1, keepdim: bool = False) -> Result:
    """Return the element that occurs most often along `dim`, of several the smallest, and its last place.

    Returns
    -------
    named tuple (values, indices)

    Examples
    --------
    >>> mg.mode(mg.tensor([1, 2, 2, 3])).values
    tensor(2)
    """
    return _found("mode", _place_of_mode, input, dim, keepdim)


# ---- quantiles -------------------------------------------------------------------------------------------------------
