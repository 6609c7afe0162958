"""The ONNX forms of what follows an order: sorting, medians, running sums and extremes, places among boundaries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.onnx.graph import Graph, Value
from minigrad.onnx.shapes import cast, judged
from minigrad.onnx.sizes import UnsupportedOperatorError

INT64 = np.dtype(np.int64)


def extreme_place(kind: str) -> Callable[..., Value]:
    def form(g: Graph, x: Value, dim: int) -> Value:
        return g.node(kind, x, axis=dim, keepdims=1, dtype=np.int64)

    return form


def order(g: Graph, x: Value, dim: int, descending: bool) -> Value:
    count = g.size(x.sizes[dim])
    return g.nodes_of("TopK", 2, x, count, axis=dim, largest=int(descending), sorted=1)[1]


def first(g: Graph, x: Value, dim: int, start: int, stop: int, descending: bool = False) -> Value:
    places = g.nodes_of("TopK", 2, x, [stop], axis=dim, largest=int(descending), sorted=1)[1]
    return g.Slice(places, [start], [stop], [dim]) if start else places


# ---- medians ---------------------------------------------------------------------------------------------------------


def _middle(g: Graph, x: Value, length: Value, dim: int, skip: bool) -> tuple[Value, Value]:
    """Return the lower one of the two in the middle along a dimension, and its place."""
    if skip:
        raise UnsupportedOperatorError("what leaves nan out")
    rank = (length - 1) / 2
    return tuple(  # type: ignore[return-value]
        g.Slice(part, rank, rank + 1, [dim]) for part in g.nodes_of("TopK", 2, x, rank + 1, axis=dim, largest=0)
    )


def median(g: Graph, x: Value, skip: bool) -> Value:
    flat = g.Reshape(x, [-1])
    value = g.Squeeze(_middle(g, flat, g.Shape(flat, dtype=np.int64), 0, skip)[0], [0])
    unknown = g.ReduceMax(cast(g, g.IsNaN(flat), np.dtype(np.int32)), [0], keepdims=0)
    return g.Where(g.Greater(unknown, np.int32(0)), g.like(np.nan, x), value, dtype=x.dtype)


def place_of_median(g: Graph, x: Value, dim: int, skip: bool) -> Value:
    place = _middle(g, x, g.size(x.sizes[dim]), dim, skip)[1]
    place.dtype = INT64
    return place


# ---- what is seen so far ---------------------------------------------------------------------------------------------


def _so_far(g: Graph, x: Value, dim: int, otherwise: Any) -> Value:
    """Return `x` with a new dimension behind `dim`: all elements for each, and `otherwise` for those that come later.

    ONNX adds up along a dimension, but has no other running reduction; these are made of n x n elements.
    """
    length = g.size(x.sizes[dim])
    ones = g.Expand(np.asarray(1, np.int64), g.Concat(length, length, axis=0), dtype=np.int64)
    seen = cast(g, g.Trilu(ones, upper=0), np.dtype(bool))
    behind = x.ndim - 1 - dim
    seen = g.Unsqueeze(seen, [*range(2, 2 + behind)]) if behind else seen
    return g.Where(seen, g.Unsqueeze(x, [dim]), g.like(otherwise, x), dtype=x.dtype)


def cumsum(g: Graph, x: Value, dim: int, reverse: bool) -> Value:
    return g.CumSum(x, np.asarray(dim, np.int64), reverse=int(reverse))


def cumprod(g: Graph, x: Value, dim: int) -> Value:
    return g.ReduceProd(_so_far(g, x, dim, 1), [dim + 1], keepdims=0)


def logcumsumexp(g: Graph, x: Value, dim: int) -> Value:
    return g.ReduceLogSumExp(_so_far(g, x, dim, -np.inf), [dim + 1], keepdims=0)


def running_extreme(kind: str) -> Callable[..., tuple[Value, Value]]:
    """Return the form of `cummax` or `cummin`: the extremes so far, and the last places where they are."""
    largest = kind == "Max"

    def form(g: Graph, x: Value, dim: int, _: bool) -> tuple[Value, Value]:
        if x.dtype.kind == "b":
            raise UnsupportedOperatorError("bools")
        limits = np.finfo(x.dtype) if x.dtype.kind == "f" else np.iinfo(x.dtype)
        never = (-np.inf if largest else np.inf) if x.dtype.kind == "f" else limits.min if largest else limits.max
        parts = _so_far(g, x, dim, never)
        values = g.node(f"Reduce{kind}", parts, [dim + 1], keepdims=0)
        places = {"axis": dim + 1, "keepdims": 0, "select_last_index": 1}
        return values, g.node(f"Arg{kind}", parts, dtype=np.int64, **places)

    return form


# ---- places among boundaries -----------------------------------------------------------------------------------------


def searchsorted(g: Graph, boundaries: Value, x: Value, side: str, dtype: np.dtype) -> Value:
    """Return how many boundaries are below each element, or not above it."""
    if boundaries.ndim != 1:
        raise UnsupportedOperatorError("boundaries of several dimensions")
    below = g.node("Less" if side == "left" else "LessOrEqual", boundaries, g.Unsqueeze(x, [-1]))
    counts = g.ReduceSum(cast(g, below, INT64), [-1], keepdims=0)
    return counts if dtype == INT64 else cast(g, counts, dtype)


def isin(g: Graph, x: Value, others: Value, invert: bool) -> Value:
    equal = g.Equal(g.Unsqueeze(x, [x.ndim]), g.Reshape(others, [-1]))
    equal.shape = (*x.sizes, 1)  # of which the last is not asked
    found = judged("ReduceMax")(g, equal, x.ndim)
    return g.Not(found) if invert else found


FORMS: dict[str, Callable[..., Any]] = {
    "argmax": extreme_place("ArgMax"),
    "argmin": extreme_place("ArgMin"),
    "cummax": running_extreme("Max"),
    "cummin": running_extreme("Min"),
    "cumprod": cumprod,
    "cumsum": cumsum,
    "first": first,
    "isin": isin,
    "logcumsumexp": logcumsumexp,
    "median": median,
    "order": order,
    "place_of_median": place_of_median,
    "searchsorted": searchsorted,
}
