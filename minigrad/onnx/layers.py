"""The ONNX forms of what layers are made of: convolutions, pooling, normalization, products, recurrent layers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigrad.onnx.graph import Graph, Value
from minigrad.onnx.shapes import cast, reduction, total
from minigrad.onnx.sizes import Size, UnsupportedOperatorError, Varying

Pairs = Sequence[tuple[int, int]]

# ---- products --------------------------------------------------------------------------------------------------------


def linear(g: Graph, x: Value, weight: Value, bias: Value | None) -> Value:
    if x.ndim == 2:
        return g.Gemm(x, weight, bias, transB=1)
    y = g.MatMul(x, g.Transpose(weight, perm=[1, 0]))
    return y if bias is None else y + bias


def convolution(
    g: Graph, x: Value, weight: Value, bias: Value | None, stride: Any, padding: Pairs, dilation: Any, groups: int
) -> Value:
    pads = [p[0] for p in padding] + [p[1] for p in padding]
    return g.Conv(x, weight, bias, strides=[*stride], pads=pads, dilations=[*dilation], group=groups)


def convolution_transpose(
    g: Graph,
    x: Value,
    weight: Value,
    bias: Value | None,
    size: Any,
    stride: Any,
    padding: Pairs,
    dilation: Any,
    groups: int,
) -> Value:
    """Return the adjoint of a convolution: what is added behind, and not cut off, is ONNX's output_padding."""
    pads = [p[0] for p in padding] + [max(p[1], 0) for p in padding]
    more = [max(-p[1], 0) for p in padding]
    if any(m >= s for m, s in zip(more, stride, strict=True) if m):
        raise UnsupportedOperatorError("an output_padding that is not below the stride")
    options = {"strides": [*stride], "dilations": [*dilation], "group": groups}
    return g.ConvTranspose(x, weight, bias, pads=pads, output_padding=more, **options)


# ---- pooling ---------------------------------------------------------------------------------------------------------


def _pooled(g: Graph, kind: str, outputs: int, x: Value, window: Any, **more: Any) -> list[Value]:
    """Pool over the last dimensions; ONNX wants two before them."""
    kernel, stride, padding, dilation, out = window
    lead, axes = x.ndim - len(kernel), range(x.ndim - len(kernel), x.ndim)
    lengths = [first_seen(x.sizes[a]) for a in axes]
    reach = zip(lengths, kernel, stride, padding, dilation, strict=True)
    floor = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in reach]
    ceil = int([first_seen(o) for o in out] != floor)
    options = {"kernel_shape": [*kernel], "strides": [*stride], "pads": [*padding] * 2, "ceil_mode": ceil, **more}
    if set(dilation) != {1}:
        options["dilations"] = [*dilation]
    y = x if lead == 2 else g.Unsqueeze(x, [*range(2 - lead)])
    made = g.nodes_of(kind, outputs, y, **options)
    return made if lead == 2 else [g.Squeeze(m, [*range(2 - lead)]) for m in made]


def first_seen(size: Size) -> int:
    return size.values[0] if isinstance(size, Varying) else size


def max_pool(g: Graph, x: Value, window: Any) -> tuple[Value, Value]:
    """Return maxima and winners, numbered through the whole input: `winner_indices` numbers them by plane."""
    values, places = _pooled(g, "MaxPool", 2, x, window)
    places.dtype = np.dtype(np.int64)
    return values, places


def winner_indices(g: Graph, winners: Value, size: tuple[Size, ...], window: Any) -> Value:
    plane = size[-len(window[0]) :]
    if any(isinstance(n, Varying) for n in plane):
        raise UnsupportedOperatorError("a plane whose size may vary")
    return g.Mod(winners, np.asarray(math.prod(plane), np.int64))  # type: ignore[arg-type]


def avg_pool(g: Graph, x: Value, window: Any, count_include_pad: bool, divisor: int | None) -> Value:
    include = int(bool(count_include_pad or divisor))
    (mean,) = _pooled(g, "AveragePool", 1, x, window, count_include_pad=include)
    return mean if divisor is None else mean * (math.prod(window[0]) / divisor)


def adaptive_avg_pool(g: Graph, x: Value, size: tuple[int, ...]) -> Value:
    """Return the mean of all, or a product with the matrix of the bins along each dimension."""
    first = x.ndim - len(size)
    if set(size) == {1}:
        return g.ReduceMean(x, [*range(first, x.ndim)], keepdims=1)
    for axis, bins in enumerate(size, first):
        length = x.sizes[axis]
        if isinstance(length, Varying):
            raise UnsupportedOperatorError("a dimension whose size may vary, to another number of bins than 1")
        if length != bins:
            shape = (*x.sizes[:axis], bins, *x.sizes[axis + 1 :])
            x = _multiplied(g, x, axis, _bins(length, bins).astype(x.dtype))
            x.shape = shape
    return x


def _bins(length: int, bins: int) -> np.ndarray:
    """Return the matrix whose rows average the elements of each bin."""
    starts = np.arange(bins) * length // bins
    ends = -(-(np.arange(1, bins + 1) * length) // bins)
    places = np.arange(length)
    within = (places >= starts[:, None]) & (places < ends[:, None])
    return within / within.sum(1, keepdims=True)


def _multiplied(g: Graph, x: Value, axis: int, matrix: np.ndarray) -> Value:
    swap = [*range(x.ndim)]
    swap[axis], swap[-1] = swap[-1], swap[axis]
    last = axis == x.ndim - 1
    y = g.MatMul(x if last else g.Transpose(x, perm=swap), np.ascontiguousarray(matrix.T))
    return y if last else g.Transpose(y, perm=swap)


def adaptive_max_indices(g: Graph, x: Value, size: tuple[int, ...]) -> Value:
    """Return where in its plane each maximum is; bins of one size are windows."""
    first = x.ndim - len(size)
    plane = x.sizes[first:]
    if any(isinstance(n, Varying) or n % bins for n, bins in zip(plane, size, strict=True)):
        raise UnsupportedOperatorError("bins of several sizes")
    kernel = [n // bins for n, bins in zip(plane, size, strict=True)]  # type: ignore[operator]
    nothing, ones = [0] * len(size), [1] * len(size)
    _, places = _pooled(g, "MaxPool", 2, x, (kernel, kernel, nothing, ones, size))
    places.dtype = np.dtype(np.int64)
    return g.Mod(places, np.asarray(math.prod(plane), np.int64))  # type: ignore[arg-type]


# ---- normalization and probabilities ---------------------------------------------------------------------------------


def normalize(
    g: Graph, x: Value, weight: Value | None, bias: Value | None, dims: Any, eps: float, own: Any, broad: Any
) -> tuple[Value, Value, Value, Value]:
    mean = g.ReduceMean(x, [*dims], keepdims=1)
    d = x - mean
    squares = d * d
    variance = g.ReduceMean(squares, [*dims], keepdims=1)
    inverse = g.Reciprocal(g.Sqrt(variance + eps))
    y = d * inverse
    if weight is not None:
        y = y * g.reshape(weight, broad)
    if bias is not None:
        y = y + g.reshape(bias, broad)
    return y, mean, variance, inverse


def softmax(g: Graph, x: Value, dim: Any) -> Value:
    dims = dim if isinstance(dim, tuple) else (dim,)
    if len(dims) == 1:
        return g.Softmax(x, axis=dims[0])
    powers = g.Exp(x - reduction("ReduceMax")(g, x, dims, True))
    powers.shape = x.shape
    return powers / total(g, powers, dims, True)


def log_softmax(g: Graph, x: Value, dim: Any) -> Value:
    dims = dim if isinstance(dim, tuple) else (dim,)
    return g.LogSoftmax(x, axis=dims[0]) if len(dims) == 1 else g.Log(softmax(g, x, dims))


def cdist(g: Graph, x1: Value, x2: Value, p: float, by_products: bool) -> Value:
    d = g.Abs(g.Unsqueeze(x1, [x1.ndim - 1]) - g.Unsqueeze(x2, [x2.ndim - 2]))
    if math.isinf(p):
        return g.ReduceMax(d, [x1.ndim], keepdims=0)
    powers = cast(g, d > 0, x1.dtype) if p == 0 else d**p
    return g.ReduceSum(powers, [x1.ndim], keepdims=0) ** (1 / p if p else 1)


# ---- recurrent layers ------------------------------------------------------------------------------------------------

ORDERS = {"lstm": (0, 3, 1, 2), "gru": (1, 0, 2), "rnn_tanh": (0,), "rnn_relu": (0,)}
"""By kind: which of minigrad's gates is each of ONNX's."""


def recurrent_layer(
    g: Graph,
    gates: Value,
    weight: Value,
    bias: Value | None,
    projection: Value | None,
    h: Value,
    c: Value | None,
    mode: str,
    sizes: tuple[Size, ...],
    reverse: bool,
) -> Value:
    """Return the outputs and last states as ONNX's layer gives them, whose input is that of the `linear` before it."""
    made, args = gates.made_by or ("", ())
    if projection is not None:
        raise UnsupportedOperatorError("proj_size: ONNX's LSTM has no projection; put a Linear behind one without")
    if made != "linear" or len(sizes) != 2:
        raise UnsupportedOperatorError("packed sequences of several lengths")
    x, weight_ih, outside = args
    steps, rows = sizes
    hidden = weight.sizes[1]
    kind = "RNN" if mode.startswith("rnn") else mode.upper()
    matrices = [g.constant(_ordered(m, mode)[None]) for m in (weight_ih, weight)]
    options: dict[str, Any] = {"direction": "reverse" if reverse else "forward", "hidden_size": hidden}
    if kind == "GRU":
        options["linear_before_reset"] = 1
    if mode == "rnn_relu":
        options["activations"] = ["Relu"]
    both = [np.zeros(len(_constant(weight)), gates.dtype) if b is None else _ordered(b, mode) for b in (outside, bias)]
    inputs = [g.reshape(x, (steps, rows, x.sizes[1]), known=False), *matrices, g.constant(np.concatenate(both)[None])]
    states = [None if s is None else g.reshape(g.full(s), (1, rows, s.sizes[-1]), known=False) for s in (h, c)]
    made_of = g.nodes_of(kind, 2 if c is None else 3, *inputs, None, *states, **options)
    shapes = [(steps, 1, rows, hidden), (1, rows, hidden), (1, rows, hidden)]
    flat = made_of[0]
    for part, shape in zip(made_of, shapes, strict=False):
        part.shape = shape
    flat = Value(g, made_of[0].name, gates.dtype)
    flat.parts = made_of
    return flat


def _constant(value: Value) -> np.ndarray:
    if value.array is None:
        raise UnsupportedOperatorError("weights that are computed from the inputs")
    return value.array


def _ordered(value: Value, mode: str) -> np.ndarray:
    gates = np.split(_constant(value), len(ORDERS[mode]))
    return np.concatenate([gates[i] for i in ORDERS[mode]])


FORMS: dict[str, Callable[..., Any]] = {
    "adaptive_avg_pool": adaptive_avg_pool,
    "adaptive_max_indices": adaptive_max_indices,
    "avg_pool": avg_pool,
    "cdist": cdist,
    "convolution": convolution,
    "convolution_transpose": convolution_transpose,
    "dot": lambda g, x, y: g.MatMul(x, y),
    "linear": linear,
    "log_softmax": log_softmax,
    "matmul": lambda g, x, y: g.MatMul(x, y),
    "max_pool": max_pool,
    "max_pool_values": lambda g, x, window: _pooled(g, "MaxPool", 1, x, window)[0],
    "mixed": lambda g, x, matrix, dim: _multiplied(g, x, dim, _constant(matrix).astype(x.dtype).T),
    "normalize": normalize,
    "recurrent_layer": recurrent_layer,
    "softmax": softmax,
    "winner_indices": winner_indices,
}
