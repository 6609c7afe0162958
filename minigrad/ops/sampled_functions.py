"""Functions known at sample points: slopes and areas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.ops.declare.operation import Operand
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.decompositions import raw
from minigrad.ops.joining import cat
from minigrad.ops.primitives.dims import one_dim
from minigrad.ops.primitives.indexing import ALL, slice_by
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.scan import cumsum, diff

__all__ = ["cumulative_trapezoid", "gradient"]


@rounded_once
def cumulative_trapezoid(y: Operand, x: Operand | None = None, *, dx: float = 1, dim: int = -1) -> Tensor:
    """Return the integrals up to each point but the first of the straight lines between neighbours.

    Parameters
    ----------
    x, dx : see `trapezoid`

    Examples
    --------
    >>> mg.cumulative_trapezoid(mg.tensor([1.0, 2.0, 4.0]))
    tensor([1.5000, 4.5000])
    """
    dim = one_dim("cumulative_trapezoid", dim, len(y.shape))
    before = (*[ALL] * dim,)
    heights = slice_by(y, (*before, slice(None, -1))) + slice_by(y, (*before, slice(1, None)))
    if x is None:
        return cumsum(heights, dim) * (dx / 2)
    if len(x.shape) == 1:
        x = reshape(x, (*x.shape, *[1] * (len(y.shape) - 1 - dim)))
    return cumsum(heights * diff(x, dim=dim - len(y.shape)), dim) / 2


def _slope(x: Any, dim: int, distance: Any, edge_order: int) -> Any:
    """Return the slope in one dimension: of order 2 within, of order `edge_order` at the edges (Fornberg, 1988)."""
    n = x.shape[dim]

    def at(start: int, end: int | None) -> Any:
        return slice_by(x, (*[ALL] * dim, slice(start, end)))

    shape = [-1 if d == dim else 1 for d in range(len(x.shape))]
    steps = np.full(n - 1, float(distance)) if np.ndim(distance) == 0 else np.diff(np.asarray(distance, np.float64))
    steps = steps.astype(raw(x).dtype if raw(x).dtype.kind == "f" else np.float32)
    h, k = steps[:-1].reshape(shape), steps[1:].reshape(shape)
    inner = at(0, -2) * (-k / (h * (h + k))) + at(1, -1) * ((k - h) / (h * k)) + at(2, None) * (h / (k * (h + k)))
    if edge_order == 1:
        first, last = (at(1, 2) - at(0, 1)) / float(steps[0]), (at(n - 1, n) - at(n - 2, n - 1)) / float(steps[-1])
    else:
        a, b = float(steps[0]), float(steps[1])
        first = at(0, 1) * (-(2 * a + b) / (a * (a + b))) + at(1, 2) * ((a + b) / (a * b))
        first = first - at(2, 3) * (a / (b * (a + b)))
        a, b = float(steps[-2]), float(steps[-1])
        last = at(n - 3, n - 2) * (b / (a * (a + b))) - at(n - 2, n - 1) * ((a + b) / (a * b))
        last = last + at(n - 1, n) * ((a + 2 * b) / (b * (a + b)))
    return cat([first, inner, last], dim)


@rounded_once
def gradient(
    input: Operand, *, spacing: Any = None, dim: int | Sequence[int] | None = None, edge_order: int = 1
) -> tuple[Tensor, ...]:
    """Return the slopes of a function of one or more variables, estimated from its values at the points of a grid.

    Parameters
    ----------
    input : the values
    spacing : number, or a number or a vector of coordinates per dimension
        The distance of neighbours, or where the points are.
    dim : int or ints, optional
        Along which dimensions; by default all.
    edge_order : {1, 2}
        The order of exactness at the edges.

    Raises
    ------
    RuntimeError
        If `spacing` does not fit, or a dimension has fewer than ``edge_order + 1`` points.

    Examples
    --------
    >>> mg.gradient(mg.tensor([1.0, 4.0, 9.0]))
    (tensor([3., 4., 5.]),)
    """
    if edge_order not in (1, 2):
        raise RuntimeError(f"gradient: expected edge_order 1 or 2, got {edge_order!r}")
    ndim = len(input.shape)
    given = tuple(range(ndim)) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    dims = [one_dim("gradient", d, ndim) for d in given]
    if len(set(dims)) != len(dims):
        raise RuntimeError(f"gradient: a dimension comes twice in {given}")
    spacing = 1 if spacing is None else spacing
    single = isinstance(spacing, (int, float))
    if isinstance(spacing, Tensor) and not spacing.shape:
        spacing, single = spacing.item(), True
    distances = [spacing] * len(dims) if single else [raw(s) for s in spacing]
    if len(distances) != len(dims):
        raise RuntimeError(f"gradient: expected a spacing for each of the {len(dims)} dimensions, got {len(distances)}")
    for d, distance in zip(dims, distances, strict=True):
        if input.shape[d] < edge_order + 1:
            raise RuntimeError(f"gradient: expected at least {edge_order + 1} points in dim {d}, got {input.shape[d]}")
        if np.ndim(distance) and np.shape(distance) != (input.shape[d],):
            raise RuntimeError(f"gradient: expected {input.shape[d]} coordinates in dim {d}, got {np.shape(distance)}")
    return tuple(_slope(input, d, distance, edge_order) for d, distance in zip(dims, distances, strict=True))
