"""Sums, means and maxima of bags of rows that are looked up in a table."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core.as_array import constant
from minigrad.core.tensor import Tensor
from minigrad.kernels.segments import reduce_segments
from minigrad.ops.checks import check_tensor, require_floating
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.embedding import indices_of, padding_row, rows_at, shorten_rows
from minigrad.ops.interpolation import times_constant
from minigrad.ops.primitives.indexing import index_by
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.selection import where

__all__ = ["embedding_bag"]


@operation(input=lambda g, input_shape, starts: _bag_rows(g, starts, input_shape[0]), holds=("starts",))
def _bag_sums(input: Operand, starts: np.ndarray) -> Operand:
    return reduce_segments(np.add, input, starts)


@operation(input=lambda g, starts: _bag_sums(g, starts), holds=("starts",))
def _bag_rows(input: Operand, starts: np.ndarray, count: int) -> Operand:
    """Return each bag's row once for each of its members: the adjoint of `_bag_sums`."""
    rows = np.zeros((count, *input.shape[1:]), input.dtype)
    rows[: starts[-1]] = np.repeat(input, np.diff(starts), axis=0)
    return rows


def _maxima(rows: Any, starts: np.ndarray, kept: np.ndarray) -> Any:
    """Return the greatest elements of each bag's kept rows, or 0 where there are none."""
    array = np.where(kept[:, None], constant(rows), -np.inf)
    greatest = reduce_segments(np.maximum, array, starts, 0)
    bag = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    places = np.arange(len(bag))[:, None]
    places = np.where(array[: starts[-1]] == greatest[bag], places, len(bag))
    first = reduce_segments(np.minimum, places, starts, 0).clip(0, max(len(bag) - 1, 0))
    nothing = (np.bincount(bag[kept[: starts[-1]]], minlength=len(starts) - 1) == 0)[:, None]
    if not len(bag):
        return _bag_sums(rows, starts)
    return where(nothing, 0.0, index_by(rows, (first, np.broadcast_to(np.arange(first.shape[1]), first.shape))))


def _starts(index: np.ndarray, offsets: Any, include_last_offset: bool, to_the_end: bool) -> np.ndarray:
    """Return where in the row of all indices each bag starts, and the end of the last one.

    With `to_the_end` that is the end of the row, whatever the last offset says.
    """
    if index.ndim == 2:
        if offsets is not None:
            raise ValueError("embedding_bag: a 2-dim input has a bag per row, and takes no offsets")
        return np.arange(len(index) + 1) * index.shape[1]
    if index.ndim != 1:
        raise ValueError(f"embedding_bag: expected an input of 1 or 2 dimensions, got shape {index.shape}")
    if offsets is None:
        raise ValueError("embedding_bag: a 1-dim input wants offsets, the places where bags start")
    starts = constant(check_tensor("embedding_bag", "offsets", offsets))
    if starts.ndim != 1:
        raise ValueError(f"embedding_bag: expected offsets of 1 dimension, got shape {starts.shape}")
    if starts.dtype.kind not in "iu":
        raise RuntimeError(f"embedding_bag: expected integers as offsets, got {starts.dtype}; convert with .long()")
    if include_last_offset and not starts.size:
        raise RuntimeError("embedding_bag: with include_last_offset, expected at least one offset")
    starts = starts.astype(np.int64)
    starts = starts if include_last_offset else np.append(starts, len(index) if starts.size else 0)
    if starts[0] != 0 or starts[-1] > len(index) or (np.diff(starts) < 0).any():
        raise RuntimeError(
            f"embedding_bag: expected offsets that grow from 0 to at most the number of indices, {len(index)}; "
            f"got {starts.tolist()}"
        )
    if to_the_end:
        starts[-1] = len(index) if len(starts) > 1 else 0
    return starts


def _check_options(index: np.ndarray, weight: Any, mode: str, scale: bool, sparse: bool, samples: Any) -> None:
    if mode not in ("sum", "mean", "max"):
        raise ValueError(f"embedding_bag: expected mode 'sum', 'mean' or 'max', got {mode!r}")
    if mode == "max" and (scale or sparse):
        raise ValueError("embedding_bag: mode 'max' takes neither scale_grad_by_freq nor sparse")
    if len(weight.shape) != 2:
        raise ValueError(f"embedding_bag: expected a weight of 2 dimensions, got shape {tuple(weight.shape)}")
    require_floating("embedding_bag", weight)
    if samples is None:
        return
    if tuple(check_tensor("embedding_bag", "per_sample_weights", samples).shape) != index.shape:
        raise ValueError(
            f"embedding_bag: expected per_sample_weights of the input's shape {index.shape}, got {tuple(samples.shape)}"
        )
    if mode != "sum":
        raise NotImplementedError(f"embedding_bag: per_sample_weights are for mode 'sum', not {mode!r}")
    if samples.dtype != weight.dtype:
        raise RuntimeError(f"embedding_bag: expected per_sample_weights of {weight.dtype}, got {samples.dtype}")


@rounded_once
def embedding_bag(
    input: Operand,
    weight: Operand,
    offsets: Operand | None = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Operand | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """Return the mean, sum or maximum of the rows of `weight` in each bag of indices.

    Parameters
    ----------
    input : integer Tensor of shape (B, L), each row a bag, or (L,), cut by `offsets`
    weight : Tensor of shape (num_embeddings, embedding_dim)
    offsets : integer Tensor of shape (B,), optional
        Where each bag starts. An empty bag gives zeros.
    max_norm, norm_type, scale_grad_by_freq, sparse
        As in `embedding`.
    mode : {'mean', 'sum', 'max'}
    per_sample_weights : Tensor of the input's shape, optional
        Factors of the rows, with mode 'sum'.
    include_last_offset : bool, default False
        The last of the offsets is the end of the last bag; with mode 'max' or a `padding_idx`, that bag holds all
        indices which are left.
    padding_idx : int, optional
        An index that does not count.

    Returns
    -------
    Tensor of shape (B, embedding_dim)

    Raises
    ------
    ValueError, RuntimeError, NotImplementedError
        If arguments do not fit together; an index out of range is a RuntimeError here, as in PyTorch.

    Examples
    --------
    >>> table = mg.tensor([[0.0, 0.0], [1.0, 2.0], [3.0, 4.0]])
    >>> F.embedding_bag(mg.tensor([1, 2, 2]), table, offsets=mg.tensor([0, 2]))
    tensor([[2., 3.],
            [3., 4.]])
    """
    check_tensor("embedding_bag", "input", input)
    check_tensor("embedding_bag", "weight", weight)
    if weight.dtype.kind in "iu" and input.dtype.kind == "f":  # as PyTorch once had them
        input, weight = weight, input
    options = mode, per_sample_weights, include_last_offset, padding_idx, max_norm, norm_type, scale_grad_by_freq
    return _of_bags(input, weight, offsets, *options, sparse)


def _of_bags(
    input: Any, weight: Any, offsets: Any, mode: str, samples: Any, include_last_offset: bool, padding_idx: int | None,
    max_norm: float | None, norm_type: float, scale: bool, sparse: bool,
) -> Any:  # fmt: skip
    """Return what `embedding_bag` does: starts and counts are found on plain arrays."""
    index = constant(input)
    starts = _starts(index, offsets, include_last_offset, mode == "max" or padding_idx is not None)
    _check_options(index, weight, mode, scale, sparse, samples)
    try:
        index = indices_of("embedding_bag", index, weight.shape[0]).reshape(-1)
    except IndexError as error:
        raise RuntimeError(str(error)) from None
    padding_idx = padding_row("embedding_bag", padding_idx, weight.shape[0], RuntimeError)
    if max_norm is not None:
        shorten_rows(weight, index, max_norm, norm_type)
    if not isinstance(weight, Tensor) and isinstance(input, Tensor):
        weight = Tensor._wrap(weight)
    rows = rows_at(weight, index, padding_idx, scale)
    kept = index != padding_idx if padding_idx is not None else np.ones(len(index), bool)
    if mode == "max":
        return _maxima(rows, starts, kept)
    if samples is not None:
        rows = rows * reshape(samples, (-1, 1))
    if not kept.all():
        rows = where(kept[:, None], rows, 0.0)
    sums = _bag_sums(rows, starts)
    if mode == "sum":
        return sums
    counts = np.diff(starts) if kept.all() else reduce_segments(np.add, kept.astype(np.int64), starts)
    return times_constant(sums, (1 / np.maximum(counts, 1))[:, None].astype(sums.dtype))
