"""Reductions of stretches of a dimension that follow one another."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.tensor import Tensor
from minigrad.ops.checks import require_floating
from minigrad.ops.declare.operation import Operand
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.decompositions import raw
from minigrad.ops.gathering import scatter_reduce
from minigrad.ops.primitives.casting import cast
from minigrad.ops.selection import where

__all__ = ["segment_reduce"]

# the name of the same reduction of a scatter, and what an empty segment gives
_REDUCTIONS = {
    "sum": ("sum", 0.0),
    "mean": ("sum", 0.0),
    "prod": ("prod", 1.0),
    "max": ("amax", -np.inf),
    "min": ("amin", np.inf),
}


@rounded_once
def segment_reduce(
    data: Operand,
    reduce: str,
    *,
    lengths: Operand | None = None,
    indices: Operand | None = None,
    offsets: Operand | None = None,
    axis: int = 0,
    unsafe: bool = False,
    initial: float | None = None,
) -> Tensor:
    r"""Reduce each segment of a dimension to one element.

    Parameters
    ----------
    data : Tensor of shape (\*B, L, \*)
    reduce : {'sum', 'mean', 'max', 'min', 'prod'}
    lengths : Tensor of integers of shape (\*B, S), optional
        How many elements each segment has: L in all.
    offsets : Tensor of integers of shape (\*B, S + 1), optional
        Where the segments begin, and where the last ends, instead of their lengths.
    axis : int
        The last dimension of `lengths`.
    unsafe : bool
        Has no effect: the lengths are always looked at.
    initial : float, optional
        Takes part in every reduction. Without it an empty segment gives 0 as a sum, 1 as a product, nan as a mean,
        -inf as a maximum and inf as a minimum.

    Returns
    -------
    Tensor of shape (\*B, S, \*)

    Raises
    ------
    RuntimeError
        If the segments do not fit the data.

    Examples
    --------
    >>> mg.segment_reduce(mg.tensor([1.0, 2, 3, 4]), "mean", lengths=mg.tensor([3, 1]))
    tensor([2., 4.])
    """
    require_floating("segment_reduce", data)
    if reduce not in _REDUCTIONS:
        raise RuntimeError(f"segment_reduce: expected one of {', '.join(_REDUCTIONS)} as 'reduce', got {reduce!r}")
    counts = _lengths(lengths, indices, offsets)
    axis = as_int("segment_reduce", "axis", axis)
    shape, batch = tuple(data.shape), counts.shape[:-1]
    if axis not in (counts.ndim - 1, counts.ndim - 1 - len(shape)):
        raise RuntimeError(
            f"segment_reduce: expected the last dimension of lengths, {counts.ndim - 1}, as axis, got {axis}"
        )
    axis = counts.ndim - 1
    if len(shape) <= axis or shape[:axis] != batch or (counts < 0).any() or (counts.sum(-1) != shape[axis]).any():
        raise RuntimeError(
            f"segment_reduce: expected lengths of 0 or more that sum to dimension {axis} of data, of shape {shape}, "
            f"got {counts.tolist()}"
        )
    kind, neutral = _REDUCTIONS[reduce]
    result_shape = (*batch, counts.shape[-1], *shape[axis + 1 :])
    start = Tensor._wrap(np.full(result_shape, neutral if initial is None else initial, data.dtype.dtype))
    which = np.arange(counts.shape[-1])
    index = np.array([np.repeat(which, row) for row in counts.reshape(-1, len(which))], np.int64).reshape(
        shape[: axis + 1]
    )
    index = np.broadcast_to(index.reshape(*index.shape, *[1] * (len(shape) - axis - 1)), shape)
    result: Any = scatter_reduce(start, axis, Tensor._wrap(index), data, kind)
    if reduce != "mean":
        return result
    divisor = cast(Tensor._wrap(counts.reshape(*counts.shape, *[1] * (len(shape) - axis - 1))), data.dtype)
    if initial is not None:
        return where(divisor > 0, result / divisor.clamp(min=1), result)
    return result / divisor


def _lengths(lengths: Any, indices: Any, offsets: Any) -> np.ndarray:
    if indices is not None:
        raise RuntimeError(
            "segment_reduce: expected lengths or offsets, got indices, which PyTorch does not take either"
        )
    if (lengths is None) == (offsets is None):
        raise RuntimeError("segment_reduce: expected either lengths or offsets")
    given = raw(offsets if lengths is None else lengths)
    if given.dtype.kind not in "iu" or given.ndim < 1 or lengths is None and not given.shape[-1]:
        raise RuntimeError(f"segment_reduce: expected integers of one dimension or more, got shape {given.shape}")
    if lengths is not None:
        return given
    if given[..., 0].any():
        raise RuntimeError(f"segment_reduce: expected offsets that begin at 0, got {given.tolist()}")
    return np.diff(given)
