"""Histograms: how many elements lie in each bin."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.tensor import Tensor
from minigrad.ops.checks import require_floating
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand
from minigrad.ops.decompositions import raw

__all__ = ["histogram", "histogramdd"]


class Histogram(NamedTuple):
    """The result of `histogram`."""

    hist: Tensor
    bin_edges: Tensor


class HistogramDD(NamedTuple):
    """The result of `histogramdd`."""

    hist: Tensor
    bin_edges: tuple[Tensor, ...]


def _edges(x: np.ndarray, bins: Any, range: Sequence[float] | None) -> np.ndarray:
    """Return the bounds of the bins: those given, or of equal bins from the smallest element to the largest."""
    if isinstance(bins, (Tensor, np.ndarray)):
        edges = raw(bins)
        if edges.ndim != 1 or len(edges) < 2:
            raise RuntimeError(f"histogram: expected two or more edges in one dimension, got shape {edges.shape}")
        if edges.dtype != x.dtype:
            raise RuntimeError(f"histogram: expected edges of {x.dtype}, as the input, got {edges.dtype}")
        return edges
    if (count := as_int("histogram", "bins", bins)) < 1:
        raise RuntimeError(f"histogram: expected at least one bin, got {count}")
    if range is not None:
        low, high = range
    else:
        low, high = (float(x.min()), float(x.max())) if x.size else (0.0, 1.0)
    if not low <= high or not np.isfinite([low, high]).all():
        raise RuntimeError(f"histogram: expected a finite range in order, got {low} to {high}")
    if low == high:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, count + 1).astype(x.dtype)


def _places(x: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return in which bin each element lies, -1 for none. Edges in no order are searched as if they had one."""
    if (edges[1:] >= edges[:-1]).all():
        behind = np.searchsorted(edges, x, side="right")
    else:
        behind, count = np.zeros(x.shape, np.int64), np.full(x.shape, len(edges))
        while count.any():
            half = count // 2
            right = (count > 0) & (x >= edges[np.minimum(behind + half, len(edges) - 1)])
            behind, count = np.where(right, behind + half + 1, behind), np.where(right, count - half - 1, half)
    return np.where((x >= edges[0]) & (x <= edges[-1]), np.minimum(behind, len(edges) - 1) - 1, -1)


def _counts(points: np.ndarray, edges: list[np.ndarray], weights: np.ndarray | None, density: bool) -> np.ndarray:
    """Return how many of the points (n, d) lie in each bin of d dimensions, or the sums of their weights."""
    places = np.stack([_places(x, e) for x, e in zip(points.T, edges, strict=True)])
    inside = (places >= 0).all(0)
    shape = tuple(len(e) - 1 for e in edges)
    chosen = None if weights is None else weights[inside]
    bins = np.ravel_multi_index(tuple(places[:, inside]), shape)
    counts = np.bincount(bins, chosen, math.prod(shape)).reshape(shape).astype(points.dtype)
    if density:
        with np.errstate(all="ignore"):  # nothing was counted, or a bin has no width
            counts /= counts.sum()
            for d, e in enumerate(edges):
                counts /= np.diff(e).reshape(-1, *(1,) * (len(edges) - 1 - d))
    return counts


@method()
def histogram(
    input: Operand,
    bins: int | Operand,
    *,
    range: Sequence[float] | None = None,
    weight: Operand | None = None,
    density: bool = False,
) -> Histogram:
    """Return how many elements lie in each bin, or the sum of their weights, and the bounds of the bins.

    Parameters
    ----------
    bins : number of equal bins, or their bounds, a vector
    range : pair of floats, optional
        The bounds of the first and the last bin; by default the smallest and the largest element.
    weight : Tensor of the shape of `input`, optional
    density : bool, default False
        Divide, so that the integral is 1.

    Raises
    ------
    RuntimeError
        If `input` is not floating, or the bins or weights do not fit.

    Examples
    --------
    >>> mg.histogram(mg.tensor([0.0, 1.0, 1.0, 2.0]), 2).hist
    tensor([1., 3.])
    """
    require_floating("histogram", input)
    x = raw(input)
    if range is not None and isinstance(bins, (Tensor, np.ndarray)):
        raise TypeError("histogram: a range goes with a number of bins, not with their edges; leave it out")
    edges = _edges(x, bins, range)
    if weight is not None and (raw(weight).shape != x.shape or raw(weight).dtype != x.dtype):
        raise RuntimeError(f"histogram: expected weights of shape {x.shape} and {x.dtype}, as the input")
    weights = None if weight is None else raw(weight).reshape(-1)
    return Histogram(Tensor._wrap(_counts(x.reshape(-1, 1), [edges], weights, density)), Tensor._wrap(edges))


def histogramdd(
    input: Operand,
    bins: int | Sequence[Any],
    *,
    range: Sequence[float] | None = None,
    weight: Operand | None = None,
    density: bool = False,
) -> HistogramDD:
    r"""Return how many points lie in each bin of several dimensions, and the bounds of the bins in each.

    Parameters
    ----------
    input : Tensor of shape (\*, d), points of d coordinates
    bins : number of equal bins, one for each coordinate, or their bounds
    range : 2 d floats, optional
        The bounds of the first and the last bin in each dimension.

    Raises
    ------
    RuntimeError
        If the bins, the range or the weights do not fit.

    Examples
    --------
    >>> mg.histogramdd(mg.tensor([[0.0, 1.0], [1.0, 0.0]]), bins=[2, 2]).hist
    tensor([[0., 1.],
            [1., 0.]])
    """
    require_floating("histogramdd", input)
    x = raw(input)
    if x.ndim < 2:
        raise RuntimeError(f"histogramdd: expected points, of at least two dimensions, got shape {x.shape}")
    points = x.reshape(-1, x.shape[-1])
    count = points.shape[1]
    given = [bins] * count if isinstance(bins, int) else list(bins)
    if len(given) != count or range is not None and len(range) != 2 * count:
        raise RuntimeError(f"histogramdd: expected bins and ranges for {count} dimensions, got {len(given)}")
    pairs = [None] * count if range is None else [(range[2 * i], range[2 * i + 1]) for i in np.arange(count).tolist()]
    edges = [_edges(points[:, i], b, p) for i, (b, p) in enumerate(zip(given, pairs, strict=True))]
    weights = None if weight is None else raw(weight).reshape(-1)
    counts = _counts(points, edges, weights, density)
    return HistogramDD(Tensor._wrap(counts), tuple(map(Tensor._wrap, edges)))
