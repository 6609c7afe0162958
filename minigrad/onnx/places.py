"""The ONNX forms of what reads and writes at places: indices, gather and scatter, diagonals, parts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigrad.core.views import replay
from minigrad.onnx.graph import Graph, Value
from minigrad.onnx.recording import PART_CHANGED
from minigrad.onnx.shapes import cast
from minigrad.onnx.sizes import Merged, Size, UnsupportedOperatorError, Varying


def look_up(g: Graph, x: Value, key: Any) -> Value:
    """Return ``x[key]`` where arrays index neighbouring dimensions; with one for each, of all places: gather."""
    key = key if isinstance(key, tuple) else (key,)
    if any(not isinstance(k, (Merged, Value, slice)) or k == slice(1, None) for k in key):
        raise UnsupportedOperatorError("such an index")
    at = [i for i, k in enumerate(key) if isinstance(k, (Merged, Value))]
    if any(isinstance(k, slice) and (k.start, k.stop, k.step) != (None, None, None) for k in key):
        raise UnsupportedOperatorError("such an index")
    key = tuple(_numbers(k) if i in at else k for i, k in enumerate(key))
    own = [i for i in at if isinstance(key[i], Value)]
    grids = all(i in own or _is_grid(key[i], i, len(at)) for i in at)
    if len(own) == 1 and len(at) == x.ndim == key[own[0]].ndim and grids:
        return g.GatherElements(x, _positive(g, x, key[own[0]], own[0]), axis=own[0])
    if len(at) == 1:
        index = key[at[0]] if own else g.constant_of(key[at[0]])
        return g.Gather(x, index, axis=at[0])
    if at != list(range(at[0], at[-1] + 1)) or own and at[0]:
        raise UnsupportedOperatorError("several arrays as an index")
    if own or any(isinstance(x.sizes[i], Varying) for i in at):
        return _points(g, x, [key[i] for i in at])
    places, length = _flat_places(g, x.sizes, key, at)
    flat = g.reshape(x, (*x.sizes[: at[0]], length, *x.sizes[at[-1] + 1 :]))
    return g.Gather(flat, places, axis=at[0])


def _numbers(index: Merged | Value) -> Merged | Value:
    """Return the places that a mask selects, if it is a constant."""
    if index.dtype.kind != "b":
        return index
    if isinstance(index, Value) or index.ref is not None or len(index.shape) != 1:
        raise UnsupportedOperatorError("a mask as index: how many elements it selects is not known before")
    return Merged([mask.nonzero()[0] for mask in index.arrays])


def _points(g: Graph, x: Value, indices: Sequence[Merged | Value]) -> Value:
    """Return the parts of `x` at places in its first dimensions, by one array for each of these."""
    arrays = [_as_value(g, index) for index in indices]
    ndim = max(a.ndim for a in arrays)
    padded = [(1,) * (ndim - a.ndim) + a.sizes for a in arrays]
    common = [next((n for n in sizes if n != 1), 1) for sizes in zip(*padded, strict=True)]
    columns = [g.Unsqueeze(g.Expand(a, g.shape(common)), [ndim]) for a in arrays]
    return g.GatherND(g.full(x), g.Concat(*columns, axis=ndim), dtype=x.dtype)


def _flat_places(g: Graph, sizes: Sequence[Size], key: Any, at: Sequence[int]) -> tuple[np.ndarray, int]:
    """Return where constant indices of neighbouring dimensions are in these as one dimension, and its length."""
    if any(isinstance(sizes[i], Varying) for i in at):
        raise UnsupportedOperatorError("an index of a dimension whose size may vary")
    lengths = tuple(int(sizes[i]) for i in at)  # type: ignore[arg-type]
    arrays = [np.asarray(g.constant_of(key[i]).array) for i in at]
    places = np.ravel_multi_index(tuple(a % n for a, n in zip(arrays, lengths, strict=True)), lengths)
    return np.asarray(places, np.int64), math.prod(lengths)


def _as_value(g: Graph, index: Value | Merged) -> Value:
    return g.full(index if isinstance(index, Value) else g.constant_of(index))


def gather(g: Graph, x: Value, index: Value | Merged, dim: int) -> Value:
    return g.GatherElements(g.full(x), _as_value(g, index), axis=dim)


def add_along(g: Graph, values: Value, shape: tuple[Size, ...], index: Value | Merged, dim: int) -> Value:
    zeros = _zeros(g, values.dtype, shape)
    return g.ScatterElements(zeros, _as_value(g, index), g.full(values), axis=dim, reduction="add")


def _zeros(g: Graph, dtype: np.dtype, shape: tuple[Size, ...]) -> Value:
    zeros = g.Expand(g.constant(np.zeros((), dtype)), g.shape(shape))
    zeros.shape = shape
    return zeros


def put(g: Graph, x: Value, values: Value, key: Any, reduction: str | None = None) -> Value:
    """Return `x` with `values` at ``x[key]``, where `look_up` finds them."""
    key = key if isinstance(key, tuple) else (key,)
    at = [i for i, k in enumerate(key) if isinstance(k, (Merged, Value))]
    own = [i for i in at if not _is_grid(key[i], i, len(at))] or at[:1]
    if len(own) == 1 and len(at) == x.ndim == len(key[own[0]].shape) and key[own[0]].dtype.kind == "i":
        index = _as_value(g, key[own[0]])
        return g.ScatterElements(g.full(x), index, g.full(values), axis=own[0], reduction=reduction)
    if any(isinstance(n, Varying) for n in x.sizes) or any(isinstance(key[i], Value) for i in at):
        raise UnsupportedOperatorError("such an index")
    lengths = [int(n) for n in x.sizes]  # type: ignore[arg-type]
    plain = tuple(k.arrays[0] if isinstance(k, Merged) else k for k in key)
    return scatter(g, x, values, np.arange(math.prod(lengths)).reshape(lengths)[plain], reduction)


def add_at(g: Graph, values: Value, shape: tuple[Size, ...], key: Any) -> Value:
    at = [i for i, k in enumerate(key) if isinstance(k, Merged)]
    rest = [k for i, k in enumerate(key) if i not in at]
    if at != [*range(at[0], at[0] + len(at))] or rest != [slice(None)] * len(rest):
        return put(g, _zeros(g, values.dtype, shape), values, key, "add")
    places, length = _flat_places(g, shape, key, at)
    return g.reshape(_added(g, values, shape[: at[0]], places, length, shape[at[-1] + 1 :]), shape)


def _added(
    g: Graph, values: Value, lead: Sequence[Size], places: np.ndarray, length: int, trail: Sequence[Size] = ()
) -> Value:
    """Return zeros of shape (lead, length, trail) to which values are added at places along that dimension."""
    spread = (*lead, places.size, *trail)
    index = g.Expand(places.reshape(-1, *[1] * len(trail)), g.shape(spread))
    zeros = _zeros(g, values.dtype, (*lead, length, *trail))
    values = g.reshape(values, spread)
    return g.ScatterElements(zeros, index, values, axis=len(lead), reduction="add")


def change_part(g: Graph, base: Value, values: Value, positions: Value) -> Value:
    """Return `base` with `values` at some of its flat elements."""
    if positions.array is None or any(isinstance(n, Varying) for n in base.sizes):
        raise UnsupportedOperatorError("a tensor whose size may vary")
    return scatter(g, base, values, positions.array)


def replace_part(g: Graph, x: Value, part: Value, calls: Any) -> Value:
    if any(isinstance(n, Varying) for n in x.sizes):
        raise UnsupportedOperatorError("a tensor whose size may vary")
    positions = np.arange(math.prod(x.sizes)).reshape(x.sizes)  # type: ignore[arg-type]
    return scatter(g, x, part, replay(calls, positions))


def scatter(g: Graph, x: Value, values: Value, positions: np.ndarray, reduction: str | None = None) -> Value:
    """Return `x` with `values`, broadcast, at the positions of flat elements."""
    if values.shape != positions.shape:
        values = g.Expand(values, list(positions.shape))
    flat = g.reshape(x, (math.prod(x.sizes),), known=False)  # type: ignore[arg-type]
    values = g.reshape(values, (positions.size,), known=False)
    changed = g.ScatterElements(flat, np.asarray(positions.ravel(), np.int64), values, axis=0, reduction=reduction)
    return g.reshape(changed, x.sizes)


def _is_grid(index: Any, axis: int, ndim: int) -> bool:
    """Return whether an index is the number of the place itself, along one of the dimensions of the result."""
    return isinstance(index, Merged) and all(
        np.array_equal(a.ravel(), np.arange(a.size)) and (a.size == 1 or a.ndim == ndim - axis and len(a) == a.size)
        for a in index.arrays
    )


def _positive(g: Graph, x: Value, index: Value, axis: int) -> Value:
    return index if index.dtype.kind == "i" else cast(g, index, np.dtype(np.int64))


def unpooled(g: Graph, x: Value, index: Value, size: Size) -> Value:
    zeros = _zeros(g, x.dtype, (*x.sizes[:-1], size))
    return g.ScatterElements(zeros, index, x, axis=x.ndim - 1)


def embedding(g: Graph, weight: Value, index: Value, padding_idx: Any) -> Value:
    return g.Gather(weight, index, axis=0)


# ---- diagonals -------------------------------------------------------------------------------------------------------


def _diagonal_places(shape: Sequence[Size], offset: int, dim1: int, dim2: int) -> tuple[np.ndarray, list[int]]:
    """Return where a diagonal is in the last two dimensions as one, and the order in which they are the last ones."""
    ndim = len(shape)
    dim1, dim2 = dim1 % ndim, dim2 % ndim
    rows, columns = shape[dim1], shape[dim2]
    if isinstance(rows, Varying) or isinstance(columns, Varying):
        raise UnsupportedOperatorError("a dimension whose size may vary")
    places = np.arange(rows * columns).reshape(rows, columns).diagonal(offset)
    return places.copy(), [*(d for d in range(ndim) if d not in (dim1, dim2)), dim1, dim2]


def diagonal(g: Graph, x: Value, offset: int, dim1: int, dim2: int) -> Value:
    places, order = _diagonal_places(x.sizes, offset, dim1, dim2)
    rows, columns = x.sizes[order[-2]], x.sizes[order[-1]]
    turned, lead = g.Transpose(x, perm=order), [x.sizes[d] for d in order[:-2]]
    return g.Gather(g.reshape(turned, [*lead, rows * columns], known=False), places, axis=-1)  # type: ignore[operator]


def on_diagonal(g: Graph, x: Value, shape: tuple[Size, ...], offset: int, dim1: int, dim2: int) -> Value:
    places, order = _diagonal_places(shape, offset, dim1, dim2)
    turned = [shape[d] for d in order]
    flat = _added(g, x, turned[:-2], places, turned[-2] * turned[-1])  # type: ignore[operator]
    return g.Transpose(g.reshape(flat, turned, known=False), perm=[order.index(d) for d in range(len(shape))])


FORMS: dict[str, Callable[..., Any]] = {
    PART_CHANGED: change_part,
    "diagonal": diagonal,
    "embedding": embedding,
    "on_diagonal": on_diagonal,
    "replace_part": replace_part,
    "unpooled": unpooled,
}
PLACES: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("index", "index_select", "look_up"), look_up),
    **dict.fromkeys(("add_at", "add_up"), add_at),
    "add_along": add_along,
    "gather": gather,
    "put": put,
    "scatter_extreme": lambda g, x, values, key, largest: put(g, x, values, key, "max" if largest else "min"),
}
"""Those that are given constants as they were seen: a grid of all places needs none of them."""
