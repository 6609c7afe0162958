"""The ONNX forms of operations on shapes and sums: views, slices, joints, reductions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from onnx import helper

from minigrad.onnx.graph import Graph, Value
from minigrad.onnx.sizes import Size, UnsupportedOperatorError, Varying

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


# ---- slices ----------------------------------------------------------------------------------------------------------


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


def triangle(upper: int) -> Callable[..., Value]:
    def form(g: Graph, x: Value, diagonal: int) -> Value:
        return g.Trilu(x, np.asarray(diagonal, np.int64), upper=upper)

    return form


FORMS: dict[str, Callable[..., Any]] = {
    "all": judged("ReduceMin"),
    "amax": largest,
    "amin": reduction("ReduceMin"),
    "any": judged("ReduceMax"),
    "cast": cast,
    "cat": cat,
    "clone": lambda g, x, order: x,
    "contiguous": lambda g, x, order: x,
    "count_nonzero": count_nonzero,
    "det": lambda g, x: g.Det(x),
    "expand": expand,
    "flip": flip,
    "logsumexp": logsumexp,
    "mean": reduction("ReduceMean"),
    "norm": norm,
    "one_hot": lambda g, x, classes: g.OneHot(x, [classes], [0, 1], axis=-1),
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
