"""The ONNX forms of operations on shapes, places and sums: views, indices, joints, reductions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from onnx import helper

from minigrad.onnx.graph import Graph, Value
from minigrad.onnx.recording import PART_CHANGED
from minigrad.onnx.sizes import Merged, Size, UnsupportedOperatorError, Varying

END = np.iinfo(np.int64).max  # behind the last element, however many there are

# ---- views -----------------------------------------------------------------------------------------------------------


def reshape(g: Graph, x: Value, shape: tuple[Size, ...]) -> Value:
    """Return `x` in another shape; view, squeeze and unsqueeze do no more."""
    return g.reshape(x, shape)


def permute(g: Graph, x: Value, dims: tuple[int, ...]) -> Value:
    return g.Transpose(x, perm=[d % x.ndim for d in dims])


def expand(g: Graph, x: Value, shape: tuple[Size, ...]) -> Value:
    """Return `x`, broadcast: a 1 in the shape that ONNX is given leaves a length as it is."""
    have = (1,) * (len(shape) - x.ndim) + x.sizes
    return g.Expand(x, g.shape(1 if h == s else s for h, s in zip(have, shape, strict=True)))


def repeat(g: Graph, x: Value, repeats: tuple[Size, ...]) -> Value:
    x = g.reshape(x, (1,) * (len(repeats) - x.ndim) + x.sizes)
    return g.Tile(x, g.shape(repeats))


def flip(g: Graph, x: Value, dims: tuple[int, ...]) -> Value:
    back = [-1] * len(dims)
    return g.Slice(x, back, [-END] * len(dims), list(dims), back)


def roll(g: Graph, x: Value, shifts: tuple[int, ...], dims: tuple[int, ...]) -> Value:
    for shift, dim in zip(shifts, dims, strict=True):
        size = x.shape[dim] if x.shape is not None else None
        if isinstance(size, Varying):
            raise UnsupportedOperatorError("a dimension whose size may vary")
        if size is not None:
            shift %= size
        shape = x.shape
        x = g.Concat(g.Slice(x, [-shift], [END], [dim]), g.Slice(x, [0], [-shift], [dim]), axis=dim) if shift else x
        x.shape = shape
    return x


def diagonal(g: Graph, x: Value, offset: int, dim1: int, dim2: int) -> Value:
    rows, columns = x.sizes[dim1], x.sizes[dim2]
    if isinstance(rows, Varying) or isinstance(columns, Varying):
        raise UnsupportedOperatorError("a dimension whose size may vary")
    rest = [d for d in range(x.ndim) if d not in (dim1 % x.ndim, dim2 % x.ndim)]
    places = np.arange(rows * columns).reshape(rows, columns).diagonal(offset)
    x, sizes = g.Transpose(x, perm=[*rest, dim1 % x.ndim, dim2 % x.ndim]), x.sizes
    return g.Gather(g.reshape(x, [*(sizes[d] for d in rest), rows * columns], known=False), places.copy(), axis=-1)


def windows(g: Graph, x: Value, dim: int, size: int, step: int) -> Value:
    length = x.sizes[dim]
    if isinstance(length, Varying):
        raise UnsupportedOperatorError("a dimension whose size may vary")
    places = np.arange(0, length - size + 1, step)[:, None] + np.arange(size)
    gathered = g.Gather(x, places, axis=dim)
    order = [*range(dim + 1), *range(dim + 2, x.ndim + 1), dim + 1]
    return g.Transpose(gathered, perm=order)


def cast(g: Graph, x: Value, dtype: np.dtype) -> Value:
    return g.Cast(x, to=helper.np_dtype_to_tensor_dtype(np.dtype(dtype)), dtype=np.dtype(dtype))


def pad(g: Graph, x: Value, pairs: Sequence[tuple[int, int]], value: Any) -> Value:
    ends = [p[0] for p in pairs] + [p[1] for p in pairs]
    return g.Pad(x, g.shape(ends), g.like(0 if value is None else value, x))


# ---- places ----------------------------------------------------------------------------------------------------------


def take(g: Graph, x: Value, key: Any) -> Value:
    """Return ``x[key]`` of ints, slices, None and an Ellipsis: slice, then drop dimensions, then add some."""
    key = key if isinstance(key, tuple) else (key,)
    used = sum(k is not None and k is not Ellipsis for k in key)
    place = next((i for i, k in enumerate(key) if k is Ellipsis), len(key))
    key = (*key[:place], *[slice(None)] * (x.ndim - used), *key[place + 1 :])
    bounds: list[tuple[Size, Size, int, int]] = []
    dropped, added, dim, out = [], [], 0, 0
    for k in key:
        if k is None:
            added.append(out)
            out += 1
            continue
        if isinstance(k, slice):
            start, stop, step = 0 if k.start is None else k.start, END if k.stop is None else k.stop, k.step or 1
            if (start, stop, step) != (0, END, 1):
                bounds.append((start, stop, dim, step))
            out += 1
        else:
            last = not isinstance(k, Varying) and k == -1
            after = END if last else Varying([v + 1 for v in k.values]) if isinstance(k, Varying) else k + 1
            bounds.append((k, after, dim, 1))
            dropped.append(dim)
        dim += 1
    if x.parts is not None:
        return _part(x, bounds)
    if bounds:
        starts, stops, dims, steps = zip(*bounds, strict=True)
        x = g.Slice(x, g.shape(starts), g.shape(stops), [*dims], [*steps])
    x = g.Squeeze(x, dropped) if dropped else x
    return g.Unsqueeze(x, added) if added else x


def _part(x: Value, bounds: Sequence[tuple[Size, Size, int, int]]) -> Value:
    """Return that one of several flat parts which a slice takes."""
    assert x.parts is not None
    begin, ((start, *_),) = 0, bounds
    for part in x.parts:
        if begin == (start.values[0] if isinstance(start, Varying) else start):
            return part
        begin += math.prod(n.values[0] if isinstance(n, Varying) else n for n in part.sizes)
    raise UnsupportedOperatorError("a part of the results of a recurrent layer")


def look_up(g: Graph, x: Value, key: Any) -> Value:
    """Return ``x[key]`` where arrays index neighbouring dimensions; with one for each, of all places: gather."""
    key = key if isinstance(key, tuple) else (key,)
    if any(not isinstance(k, (Merged, Value, slice)) or k == slice(1, None) for k in key):
        raise UnsupportedOperatorError("such an index")
    at = [i for i, k in enumerate(key) if isinstance(k, (Merged, Value))]
    if any(isinstance(k, slice) and (k.start, k.stop, k.step) != (None, None, None) for k in key):
        raise UnsupportedOperatorError("such an index")
    if any(key[i].dtype.kind == "b" for i in at):
        raise UnsupportedOperatorError("a mask as index: how many elements it selects is not known before")
    own = [i for i in at if isinstance(key[i], Value)]
    grids = all(i in own or _is_grid(key[i], i, len(at)) for i in at)
    if len(own) == 1 and len(at) == x.ndim == key[own[0]].ndim and grids:
        return g.GatherElements(x, _positive(g, x, key[own[0]], own[0]), axis=own[0])
    if len(at) == 1:
        index = key[at[0]] if own else g.constant_of(key[at[0]])
        return g.Gather(x, index, axis=at[0])
    if own or at != list(range(at[0], at[-1] + 1)):
        raise UnsupportedOperatorError("several arrays as an index")
    sizes = [x.sizes[i] for i in at]
    if any(isinstance(s, Varying) for s in sizes):
        raise UnsupportedOperatorError("an index of a dimension whose size may vary")
    lengths = [int(s) for s in sizes]  # type: ignore[arg-type]
    arrays = [np.asarray(g.constant_of(key[i]).array) for i in at]
    places = np.ravel_multi_index(tuple(a % n for a, n in zip(arrays, lengths, strict=True)), tuple(lengths))
    flat = g.reshape(x, (*x.sizes[: at[0]], math.prod(lengths), *x.sizes[at[-1] + 1 :]))
    return g.Gather(flat, np.asarray(places, np.int64), axis=at[0])


def put(g: Graph, x: Value, values: Value, key: Any, reduction: str | None = None) -> Value:
    """Return `x` with `values` at ``x[key]``, where `look_up` finds them."""
    key = key if isinstance(key, tuple) else (key,)
    at = [i for i, k in enumerate(key) if isinstance(k, (Merged, Value))]
    own = [i for i in at if not _is_grid(key[i], i, len(at))] or at[:1]
    if len(own) == 1 and len(at) == x.ndim == len(key[own[0]].shape) and key[own[0]].dtype.kind == "i":
        index = key[own[0]]
        index = index if isinstance(index, Value) else g.full(g.constant_of(index))
        return g.ScatterElements(g.full(x), index, g.full(values), axis=own[0], reduction=reduction)
    if any(isinstance(n, Varying) for n in x.sizes) or any(isinstance(key[i], Value) for i in at):
        raise UnsupportedOperatorError("such an index")
    lengths = [int(n) for n in x.sizes]  # type: ignore[arg-type]
    plain = tuple(k.arrays[0] if isinstance(k, Merged) else k for k in key)
    return scatter(g, x, values, np.arange(math.prod(lengths)).reshape(lengths)[plain], reduction)


def add_at(g: Graph, values: Value, shape: tuple[Size, ...], key: Any) -> Value:
    zeros = g.Expand(g.constant(np.zeros((), values.dtype)), g.shape(shape))
    zeros.shape = shape
    return put(g, zeros, values, key, "add")


def change_part(g: Graph, base: Value, values: Value, positions: Value) -> Value:
    """Return `base` with `values` at some of its flat elements."""
    if positions.array is None or any(isinstance(n, Varying) for n in base.sizes):
        raise UnsupportedOperatorError("a tensor whose size may vary")
    return scatter(g, base, values, positions.array)


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


def embedding(g: Graph, weight: Value, index: Value, padding_idx: Any) -> Value:
    return g.Gather(weight, index, axis=0)


# ---- joints ----------------------------------------------------------------------------------------------------------


def cat(g: Graph, tensors: Sequence[Value], dim: int) -> Value:
    return g.Concat(*tensors, axis=dim)


def stack(g: Graph, tensors: Sequence[Value], dim: int) -> Value:
    dim %= tensors[0].ndim + 1
    return g.Concat(*(g.Unsqueeze(t, [dim]) for t in tensors), axis=dim)


# ---- reductions ------------------------------------------------------------------------------------------------------


def reduction(kind: str) -> Callable[..., Value]:
    def form(g: Graph, x: Value, dim: Any, keepdim: bool = False) -> Value:
        dims = list(range(x.ndim)) if dim is None else list(dim) if isinstance(dim, tuple) else [dim]
        return g.node(kind, x, dims, keepdims=int(keepdim)) if dims else x

    return form


total, largest = reduction("ReduceSum"), reduction("ReduceMax")


def judged(kind: str) -> Callable[..., Value]:
    """Return the form of `any` or `all`, for which ONNX has integers only."""

    def form(g: Graph, x: Value, dim: Any, keepdim: bool = False) -> Value:
        numbers = cast(g, x if x.dtype.kind == "b" else g.Not(x.equals(0)), np.dtype(np.int32))
        numbers.shape = x.shape
        return cast(g, reduction(kind)(g, numbers, dim, keepdim), np.dtype(bool))

    return form


def count_nonzero(g: Graph, x: Value, dim: Any) -> Value:
    numbers = cast(g, x if x.dtype.kind == "b" else g.Not(x.equals(0)), np.dtype(np.int64))
    numbers.shape = x.shape
    return total(g, numbers, dim, False)


def norm(g: Graph, x: Value, p: float, dim: Any, keepdim: bool) -> Value:
    if p in (1, 2):
        return reduction(f"ReduceL{int(p)}")(g, x, dim, keepdim)
    sizes = g.Abs(x)
    sizes.shape = x.shape
    if math.isinf(p):
        return reduction("ReduceMax" if p > 0 else "ReduceMin")(g, sizes, dim, keepdim)
    powers = cast(g, g.Not(x.equals(0)), x.dtype) if p == 0 else sizes**p
    powers.shape = x.shape
    return total(g, powers, dim, keepdim) ** (1 / p if p else 1)


def logsumexp(g: Graph, x: Value, dim: Any, keepdim: bool) -> Value:
    top = largest(g, x, dim, True)
    powers = g.Exp(x - top)
    powers.shape = x.shape
    summed = total(g, powers, dim, keepdim)
    if not keepdim:
        top = g.Squeeze(top, list(dim) if isinstance(dim, tuple) else [dim])
    return g.Log(summed) + top


def variance(g: Graph, x: Value, dim: Any, correction: float, keepdim: bool) -> Value:
    dims = range(x.ndim) if dim is None else dim if isinstance(dim, tuple) else (dim,)
    d = x - g.ReduceMean(x, list(dims), keepdims=1)
    squares = d * d
    squares.shape = x.shape
    count: Any = math.prod(n for n in (x.sizes[i] for i in dims) if not isinstance(n, Varying))
    varying = [x.sizes[i] for i in dims if isinstance(x.sizes[i], Varying)]
    if not varying:
        return total(g, squares, tuple(dims), keepdim) / (count - correction)
    number = g.like(count, x)
    for size in varying:
        number = number * g.Squeeze(cast(g, g.size(size), x.dtype), [0])
    return total(g, squares, tuple(dims), keepdim) / (number - correction)


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


def cumsum(g: Graph, x: Value, dim: int, reverse: bool) -> Value:
    return g.CumSum(x, np.asarray(dim, np.int64), reverse=int(reverse))


def triangle(upper: int) -> Callable[..., Value]:
    def form(g: Graph, x: Value, diagonal: int) -> Value:
        return g.Trilu(x, np.asarray(diagonal, np.int64), upper=upper)

    return form


FORMS: dict[str, Callable[..., Any]] = {
    "all": judged("ReduceMin"),
    "amax": largest,
    "amin": reduction("ReduceMin"),
    "any": judged("ReduceMax"),
    "argmax": extreme_place("ArgMax"),
    "argmin": extreme_place("ArgMin"),
    PART_CHANGED: change_part,
    "cast": cast,
    "cat": cat,
    "clone": lambda g, x, order: x,
    "contiguous": lambda g, x, order: x,
    "count_nonzero": count_nonzero,
    "cumsum": cumsum,
    "det": lambda g, x: g.Det(x),
    "diagonal": diagonal,
    "embedding": embedding,
    "expand": expand,
    "first": first,
    "flip": flip,
    "logsumexp": logsumexp,
    "mean": reduction("ReduceMean"),
    "norm": norm,
    "one_hot": lambda g, x, classes: g.OneHot(x, [classes], [0, 1], axis=-1),
    "order": order,
    "pad": pad,
    "permute": permute,
    "prod": reduction("ReduceProd"),
    "repeat": repeat,
    "reshape": reshape,
    "roll": roll,
    "select": take,
    "slice": take,
    "squeeze": reshape,
    "stack": stack,
    "std": lambda g, *args: g.Sqrt(variance(g, *args)),
    "sum": total,
    "transpose": permute,
    "tril": triangle(0),
    "triu": triangle(1),
    "unsqueeze": reshape,
    "var": variance,
    "view": reshape,
    "windows": windows,
}
PLACES: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("gather", "index", "index_select", "look_up"), look_up),
    "add_at": add_at,
    "put": put,
}
"""Those that are given constants as they were seen: a grid of all places needs none of them."""
