"""Quantiles: the values below which a share of the elements lies."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.ops.arithmetic import lerp
from minigrad.ops.checks import floating
from minigrad.ops.comparison import isnan
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.decompositions import raw
from minigrad.ops.gathering import take_along_dim
from minigrad.ops.primitives.casting import cast
from minigrad.ops.primitives.dims import one_dim
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.reduction import any as any_over
from minigrad.ops.selection import where
from minigrad.ops.shape import movedim, unsqueeze
from minigrad.ops.sorting import sort

__all__ = ["nanquantile", "quantile"]

# by interpolation: the places whose elements to take, from those between them
_BETWEEN: dict[str, tuple[Any, Any]] = {
    "linear": (np.floor, np.ceil),
    "lower": (np.floor, np.floor),
    "higher": (np.ceil, np.ceil),
    "nearest": (np.round, np.round),
    "midpoint": (np.floor, np.ceil),
}


@method()
@rounded_once
def quantile(
    input: Operand, q: float | Operand, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """Return the value below which a share `q` of the elements lies, of all or along `dim`; nan where there is one.

    Parameters
    ----------
    q : float, or Tensor of one dimension, in [0, 1]
        Several give a result with a new first dimension. It may require grad.
    interpolation : {'linear', 'lower', 'higher', 'nearest', 'midpoint'}
        What to take between two elements.

    Raises
    ------
    RuntimeError
        If `q` is not in [0, 1] or of another dtype, `interpolation` is unknown, or there are no elements.

    Examples
    --------
    >>> mg.quantile(mg.tensor([1.0, 2.0, 3.0, 4.0]), 0.25)
    tensor(1.7500)
    """
    return _quantile("quantile", input, q, dim, keepdim, interpolation)


@method()
@rounded_once
def nanquantile(
    input: Operand, q: float | Operand, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """Return `quantile` of the elements that are numbers; nan where there is none.

    Parameters
    ----------
    q, dim, keepdim, interpolation : see `quantile`

    Raises
    ------
    RuntimeError
        As `quantile`.

    Examples
    --------
    >>> mg.nanquantile(mg.tensor([1.0, np.nan, 3.0]), 0.5)
    tensor(2.)
    """
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation)


def _shares(name: str, input: Any, q: Any, interpolation: str) -> np.ndarray:
    """Return `q` as float64, checked."""
    if interpolation not in _BETWEEN:
        raise RuntimeError(f"{name}: expected interpolation in {list(_BETWEEN)}, got {interpolation!r}")
    if isinstance(q, Tensor) and q.dtype != input.dtype:
        raise RuntimeError(f"{name}: expected q of the input's dtype {input.dtype}, got {q.dtype}; convert it")
    shares = np.asarray(raw(q), np.float64)
    if shares.ndim > 1 or not ((shares >= 0) & (shares <= 1)).all():
        raise RuntimeError(f"{name}: expected q in [0, 1], a number or a tensor of one dimension, got {q}")
    return shares


def _quantile(name: str, input: Any, q: Any, dim: int | None, keepdim: bool, interpolation: str) -> Any:
    input = floating(name, input)
    shares = _shares(name, input, q, interpolation)
    shape = tuple(input.shape)
    flat = dim is None or not shape
    along = 0 if dim is None else one_dim(name, dim, len(shape))
    x = reshape(input, (math.prod(shape),)) if flat else movedim(input, along, -1)
    if not x.shape[-1]:
        raise RuntimeError(f"{name}: expected elements, got shape {shape}")
    ordered = sort(x).values  # with nan at the end
    known = np.asarray(x.shape[-1]) if name == "quantile" else (~np.isnan(raw(x))).sum(-1, keepdims=True)
    places = shares.reshape(-1) * np.maximum(known - 1, 0)
    places = places.reshape((1,) * (len(x.shape) - places.ndim) + places.shape)
    low, high = (f(places) for f in _BETWEEN[interpolation])
    share: Any = (places - low if interpolation == "linear" else (high - low) / 2).astype(input.dtype)
    if interpolation == "linear" and isinstance(q, Tensor) and q.requires_grad:
        steps = np.maximum(known - 1, 0).astype(input.dtype)
        share = cast(reshape(q, (shares.size,)), input.dtype) * steps - low.astype(input.dtype)
    a, b = (take_along_dim(ordered, place.astype(np.int64), -1) for place in (low, high))
    y = lerp(a, b, share) if interpolation in ("linear", "midpoint") else a
    if name == "quantile":
        y = where(any_over(isnan(x), -1, True), math.nan, y)
    if keepdim and shape:
        y = reshape(y, (*[1] * len(shape), shares.size)) if flat else unsqueeze(y, along)
    return y[..., 0] if not shares.ndim else movedim(y, -1, 0)
