"""Distinct values, how often values occur, and where they belong among sorted ones. Nothing here has a gradient."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.as_array import as_array
from minigrad.core.tensor import Tensor
from minigrad.kernels.ordering import order
from minigrad.ops.checks import require_floating
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.extrema import pick
from minigrad.ops.primitives.dims import one_dim

__all__ = ["unique", "unique_consecutive", "bincount", "histc", "isin", "searchsorted", "bucketize"]


def _selected(results: tuple[Any, ...], chosen: tuple[bool, ...], given: Any) -> Any:
    """Return the first of `results` and those chosen of the others, as Tensors if `given` is one."""
    wanted = [results[0], *[r for r, c in zip(results[1:], chosen, strict=True) if c]]
    wanted = [Tensor._wrap(np.asarray(r)) for r in wanted] if isinstance(given, Tensor) else wanted
    return wanted[0] if len(wanted) == 1 else tuple(wanted)


# ---- distinct values -------------------------------------------------------------------------------------------------


@method()
def unique(
    input: Operand,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Tensor | tuple[Tensor, ...]:
    """Return the distinct elements, in order.

    Parameters
    ----------
    sorted : accepted; the result is always in order
    return_inverse : also return, for every element, the index of its value in the result
    return_counts : also return how often each value occurs
    dim : int, optional
        The distinct slices of this dimension instead.

    Examples
    --------
    >>> mg.unique(mg.tensor([3, 1, 3]), return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))
    """
    x = as_array(input)
    if dim is not None:
        axis = one_dim("unique", dim, x.ndim)
        values, inverse, counts = np.unique(x, return_inverse=True, return_counts=True, axis=axis, equal_nan=False)
        return _selected((values, inverse.reshape(-1), counts), (return_inverse, return_counts), input)
    flat = x.reshape(-1)
    if flat.dtype.kind in "iu" and flat.size and int(flat.max()) - int(flat.min()) < flat.size:
        values, inverse, counts = _counted(flat, return_inverse)
    elif return_inverse or return_counts:
        values, inverse, counts = _sorted(flat)
    else:
        # NumPy 2.4 sorts float16 wrongly on some processors, unless the sort is to be stable
        in_order = np.sort(flat, kind="stable" if flat.dtype == np.float16 else None)
        values, inverse, counts = in_order[_runs(in_order)[0]], flat, flat
    return _selected((values, inverse.reshape(x.shape), counts), (return_inverse, return_counts), input)


def _counted(x: np.ndarray, inverse: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the distinct integers, each one's index among them if `inverse`, and the counts, without any sorting."""
    least = x.min()
    numbers = (x - least).view("i8" if x.itemsize == 8 else f"u{x.itemsize}")  # of 0 and more, whatever wraps around
    counts = np.bincount(numbers)
    found = np.flatnonzero(counts)
    places = (np.cumsum(counts > 0) - 1)[numbers] if inverse else x
    return found.astype(x.dtype) + least, places, counts[found]


def _sorted(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the distinct values, each element's index among them, and the counts."""
    places = np.argsort(x) if x.dtype == np.float64 else order(x, 0)
    in_order = x[places]
    starts, firsts = _runs(in_order)
    inverse = np.empty(len(x), np.int64)
    inverse[places] = np.cumsum(starts) - 1
    return in_order[firsts], inverse, np.diff(firsts, append=len(x))


def _runs(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which slices of the first dimension differ from the one before, and their places."""
    starts = np.ones(len(x), bool)
    different = x[1:] != x[:-1]
    starts[1:] = different.any(axis=tuple(range(1, x.ndim))) if x.ndim > 1 else different
    return starts, np.flatnonzero(starts)


@method()
def unique_consecutive(
    input: Operand, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Tensor | tuple[Tensor, ...]:
    """Return the elements (or slices of `dim`) without those that equal the one before.

    Parameters
    ----------
    return_inverse : also return, for every element, the index of its value in the result
    return_counts : also return how many each one stands for

    Raises
    ------
    IndexError
        If `dim` is given and there is no dimension.

    Examples
    --------
    >>> mg.unique_consecutive(mg.tensor([1, 1, 2, 1]))
    tensor([1, 2, 1])
    """
    x = as_array(input)
    if dim is not None and not x.ndim:
        raise IndexError("unique_consecutive: a 0-dim tensor has no slices; leave dim out")
    flat = x.reshape(-1) if dim is None else np.moveaxis(x, one_dim("unique_consecutive", dim, x.ndim), 0)
    starts, places = _runs(flat)
    values = flat[places] if dim is None else np.moveaxis(flat[places], 0, dim)
    inverse = np.cumsum(starts) - 1 if return_inverse else places
    inverse = inverse.reshape(x.shape) if dim is None and return_inverse else inverse
    counts = np.diff(places, append=len(flat)) if return_counts else places
    return _selected((values, inverse, counts), (return_inverse, return_counts), input)


# ---- counts ----------------------------------------------------------------------------------------------------------


@method()
@operation("input", "weights")
def bincount(input: Operand, weights: Operand | None = None, minlength: int = 0) -> Operand:
    """Return how often 0, 1, 2, ... occur, or the sums of the weights of those that do.

    Parameters
    ----------
    input : integer Tensor of shape (n,), not negative
    weights : Tensor of shape (n,), optional
    minlength : the result is at least so long

    Raises
    ------
    RuntimeError
        If `input` is of another kind.

    Examples
    --------
    >>> mg.bincount(mg.tensor([1, 1, 3]))
    tensor([0, 2, 0, 1])
    """
    if input.dtype.kind not in "iu" or input.ndim != 1 or (input < 0).any():
        raise RuntimeError(
            f"bincount: expected integers that are not negative in one dimension, got {input.dtype}{list(input.shape)}"
        )
    if weights is not None and weights.shape != input.shape:
        raise RuntimeError(f"bincount: expected weights of shape {input.shape}, got {weights.shape}")
    if minlength < 0:
        raise RuntimeError(f"bincount: expected minlength to be at least 0, got {minlength}")
    counts = np.bincount(input, weights, minlength)
    return counts.astype(weights.dtype) if weights is not None and weights.dtype == np.float32 else counts


@method()
@rounded_once
@operation("input")
def histc(input: Operand, bins: int = 100, min: float = 0, max: float = 0) -> Operand:
    """Return how many elements lie in each of `bins` equal parts of [min, max], which includes both ends.

    Parameters
    ----------
    min, max : numbers; if they are equal, the smallest and the largest element

    Returns
    -------
    Tensor of shape (bins,), of the input's dtype

    Raises
    ------
    RuntimeError
        If `input` is not floating, `bins` is below 1, or the range is not finite or not in order.

    Examples
    --------
    >>> mg.histc(mg.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3)
    tensor([0., 2., 1., 0.])
    """
    require_floating("histc", input)
    if (bins := as_int("histc", "bins", bins)) < 1 or max < min:
        raise RuntimeError(f"histc: expected at least one bin and min <= max, got {bins} bins from {min} to {max}")
    if min == max and input.size:
        min, max = float(input.min()), float(input.max())
    if min == max:
        min, max = min - 1, max + 1
    if not np.isfinite([min, max]).all():
        raise RuntimeError(f"histc: the range from {min} to {max} is not finite; pass min and max")
    inside = input[(input >= min) & (input <= max)]
    place = np.minimum(((inside - min) / (max - min) * bins).astype(np.int64), bins - 1)
    return np.bincount(place, minlength=bins).astype(input.dtype)


@operation("elements", "test_elements")
def _isin(elements: Operand, test_elements: Operand, invert: bool) -> Operand:
    return np.isin(elements, test_elements, invert=invert)


def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Return whether each element occurs among `test_elements`; with `invert`, whether it does not.

    Parameters
    ----------
    elements, test_elements : Tensors, one of them may be a number
    assume_unique : accepted; the result is the same

    Examples
    --------
    >>> mg.isin(mg.tensor([1, 2, 3]), mg.tensor([3, 1]))
    tensor([ True, False,  True])
    """
    first, second = (x if isinstance(x, (Tensor, np.ndarray)) else np.asarray(x) for x in (elements, test_elements))
    return _isin(first, second, invert)


# ---- places among sorted values --------------------------------------------------------------------------------------


@operation("boundaries", "input")
def _searchsorted(boundaries: Operand, input: Operand, side: Any, dtype: np.dtype) -> Operand:
    if boundaries.ndim == 1:
        found = np.asarray(np.searchsorted(boundaries, input, side), dtype)
    else:
        count = math.prod(input.shape[:-1])  # which -1 does not tell where the rows are empty
        rows = zip(boundaries.reshape(count, boundaries.shape[-1]), input.reshape(count, input.shape[-1]), strict=True)
        found = np.array([np.searchsorted(b, x, side) for b, x in rows], dtype).reshape(input.shape)
    return np.where(np.isnan(input), dtype.type(boundaries.shape[-1]), found)  # behind those that are nan, too


def searchsorted(
    sorted_sequence: Operand,
    input: Operand,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Operand | None = None,
) -> Tensor:
    r"""Return where each of `input` would have to be inserted to keep the sequence sorted.

    Parameters
    ----------
    sorted_sequence : Tensor, (n,) or (\*, n)
        Increasing along the last dimension. With several, each row is for the same row of `input`.
    input : Tensor (of any shape if there is one sequence), or a number
    out_int32 : return int32 instead of int64
    right : after equal ones instead of before; ``side="right"`` is the same
    sorter : Tensor, optional
        Indices that sort the sequence.

    Raises
    ------
    RuntimeError
        If `side` is unknown or contradicts `right`, or the shapes do not match.

    Examples
    --------
    >>> mg.searchsorted(mg.tensor([1, 3, 5]), mg.tensor([3, 6]))
    tensor([1, 3])
    """
    if side not in (None, "left", "right") or (right and side == "left"):
        raise RuntimeError(f"searchsorted: expected side 'left' or 'right', in accord with right, got {side!r}")
    shape, wanted = tuple(sorted_sequence.shape), tuple(getattr(input, "shape", ()))
    if not shape or (len(shape) > 1 and shape[:-1] != wanted[:-1]):
        raise RuntimeError(
            f"searchsorted: expected one sequence, or one for each row of an input of shape {wanted}, got shape {shape}"
        )
    if sorter is not None:
        sorted_sequence = pick(sorted_sequence, sorter, len(shape) - 1)
    return _searchsorted(
        sorted_sequence,
        input if isinstance(input, (Tensor, np.ndarray)) else np.asarray(input),
        "right" if right or side == "right" else "left",
        np.dtype(np.int32 if out_int32 else np.int64),
    )


def bucketize(input: Operand, boundaries: Operand, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """Return the bucket of each element: bucket i lies between ``boundaries[i - 1]`` and ``boundaries[i]``.

    Parameters
    ----------
    boundaries : Tensor of shape (n,), increasing
    right : the left boundary belongs to a bucket, instead of the right one

    Raises
    ------
    RuntimeError
        If `boundaries` is not one-dimensional.

    Examples
    --------
    >>> mg.bucketize(mg.tensor([0.5, 3.0, 9.0]), mg.tensor([1.0, 3.0]))
    tensor([0, 1, 2])
    """
    if len(boundaries.shape) != 1:
        raise RuntimeError(f"bucketize: expected boundaries of one dimension, got shape {tuple(boundaries.shape)}")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)
