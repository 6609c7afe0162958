"""The ONNX forms of functions as a whole, which find on plain arrays what their operations are given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.onnx.graph import Graph, Value
from minigrad.onnx.layers import first_seen
from minigrad.onnx.places import embedding
from minigrad.onnx.shapes import cast
from minigrad.onnx.sizes import UnsupportedOperatorError


def grid_sample(g: Graph, x: Value, grid: Value, mode: str, padding_mode: str, align_corners: bool) -> Value:
    """Return the values at points; ONNX has volumes, and the modes' names without 'bi', from version 20 on."""
    if x.ndim == 5 and g.version < 20:
        raise UnsupportedOperatorError(f"volumes in opset_version {g.version}; it needs 20")
    names = {"bilinear": "linear", "bicubic": "cubic"} if g.version >= 20 else {}
    options = {"mode": names.get(mode, mode), "padding_mode": padding_mode, "align_corners": int(align_corners)}
    return g.GridSample(x, grid, **options)


def embedding_bag(
    g: Graph,
    index: Value,
    weight: Value,
    offsets: Value | None,
    mode: str,
    samples: Value | None,
    include_last_offset: bool,
    padding_idx: int | None,
    *_: Any,
) -> Value:
    """Return the sum, mean or maximum of the rows (bags, members, numbers), as if each bag could have any member."""
    rows = embedding(g, weight, index, None)
    if padding_idx is None:
        counts = None
    else:
        counts = g.Not(g.Equal(index, g.like(padding_idx % first_seen(weight.sizes[0]), index)))
    if samples is not None:
        rows = rows * g.Unsqueeze(samples, [-1])
    if offsets is not None:
        begin, end = _ends(g, index, offsets, include_last_offset, mode == "max" or padding_idx is not None)
        place = g.Range(np.asarray(0, np.int64), g.Squeeze(g.size(index.sizes[0]), [0]), np.asarray(1, np.int64))
        within = g.And(g.GreaterOrEqual(place, begin), g.Less(place, end))
        counts = within if counts is None else g.And(within, counts)
    if counts is None:
        return {"sum": g.ReduceSum, "mean": g.ReduceMean, "max": g.ReduceMax}[mode](rows, [1], keepdims=0)
    number = g.ReduceSum(cast(g, counts, weight.dtype), [1], keepdims=1)
    kept = g.Where(g.Unsqueeze(counts, [2]), rows, g.like(-np.inf if mode == "max" else 0, weight), dtype=weight.dtype)
    if mode == "max":
        return g.Where(number > 0, g.ReduceMax(kept, [1], keepdims=0), g.like(0, weight), dtype=weight.dtype)
    total = g.ReduceSum(kept, [1], keepdims=0)
    return total if mode == "sum" else total / g.Max(number, g.like(1, number))


def _ends(g: Graph, index: Value, offsets: Value, include_last: bool, to_the_end: bool) -> tuple[Value, Value]:
    """Return where each bag begins and ends, in columns."""
    offsets = offsets if offsets.dtype == np.int64 else cast(g, offsets, np.dtype(np.int64))
    behind = np.iinfo(np.int64).max
    begin = g.Slice(offsets, [0], [-1], [0]) if include_last else offsets
    end = g.Slice(offsets, [1], [behind], [0])
    if include_last and to_the_end:
        end = g.Slice(end, [0], [-1], [0])
    if not include_last or to_the_end:
        end = g.Concat(end, g.size(index.sizes[0]), axis=0)
    return g.Unsqueeze(begin, [1]), g.Unsqueeze(end, [1])


FORMS: dict[str, Callable[..., Any]] = {"embedding_bag": embedding_bag, "grid_sample": grid_sample}
