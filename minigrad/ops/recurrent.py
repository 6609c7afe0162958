"""Recurrent layers: one direction of one layer, and one step of it, as operations of their own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.graph import engine
from minigrad.kernels import recurrent as kernel
from minigrad.ops.activation import relu
from minigrad.ops.declare.declaration import shared_rule
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.exponential import sigmoid
from minigrad.ops.joining import cat
from minigrad.ops.linear import linear
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.splitting import chunk
from minigrad.ops.trigonometry import tanh

Sizes = Sequence[int]  # how many sequences reach each step


def _slopes(
    g: Any, kept: Any, gates: Any, weight: Any, bias: Any, projection: Any, h: Any, c: Any, mode: str, sizes: Sizes,
    reverse: bool,
) -> Sequence[Any]:  # fmt: skip
    if not isinstance(g, Tensor):
        return kernel.slopes(mode, np.ascontiguousarray(g), kept, weight, projection, len(h), sizes, reverse)
    # To be differentiated again: the steps once more as recorded operations, from aliases at which the walk back ends.
    given = (gates, weight, bias, projection, h, c)
    aliases: list[Any] = [reshape(t, tuple(t.shape)) if isinstance(t, Tensor) else t for t in given]
    y = _stepwise(mode, sizes, reverse, *aliases)
    targets = [a.grad_fn if isinstance(a, Tensor) else None for a in aliases]
    arrived = engine.run([(y._node, g)], [t for t in targets if t], retain_graph=True, create_graph=True)
    return [None if t is None else arrived.get(t) for t in targets]


_rule = shared_rule(_slopes)


@operation(
    name="recurrent_layer", outputs=("y", "kept"), holds=("kept",),
    gates=_rule, weight=_rule, bias=_rule, projection=_rule, h=_rule, c=_rule,
)  # fmt: skip
def _layer(
    gates: Operand, weight: Operand, bias: Operand | None, projection: Operand | None, h: Operand, c: Operand | None,
    mode: str, sizes: Sizes, reverse: bool,
) -> Any:  # fmt: skip
    return kernel.run(mode, gates, weight, bias, projection, h, c, sizes, reverse)


def _stepwise(
    mode: str, sizes: Sizes, reverse: bool, gates: Any, weight: Any, bias: Any, projection: Any, h: Any, c: Any
) -> Any:
    """Compute the same as `_layer`, one operation after another."""
    steps = [(end - n, n) for n, end in zip(sizes, accumulate(sizes), strict=True)]
    outputs: list[Any] = [None] * len(steps)
    for step in reversed(range(len(steps))) if reverse else range(len(steps)):
        start, n = steps[step]
        before = (h[:n], None if c is None else c[:n])
        h_now, c_now = _step(mode, gates[start : start + n], weight, bias, projection, *before)
        outputs[step] = h_now
        h = cat([h_now, h[n:]])
        c = None if c is None else cat([c_now, c[n:]])
    return cat([t.reshape(-1) for t in (*outputs, h, c) if t is not None])


def _step(mode: str, gates: Any, weight: Any, bias: Any, projection: Any, h: Any, c: Any) -> tuple[Any, Any]:
    from_h = linear(h, weight, bias)
    if mode == "gru":
        r, z, new = chunk(gates, 3, 1)
        h_r, h_z, h_new = chunk(from_h, 3, 1)
        new = tanh(new + sigmoid(r + h_r) * h_new)
        return new + sigmoid(z + h_z) * (h - new), None
    if mode != "lstm":
        return (tanh if mode == "rnn_tanh" else relu)(gates + from_h), None
    i, f, new, o = chunk(gates + from_h, 4, 1)
    c = sigmoid(f) * c + sigmoid(i) * tanh(new)
    h = sigmoid(o) * tanh(c)
    return (h if projection is None else linear(h, projection)), c


@rounded_once
def recurrent_layer(
    mode: str, input: Any, h: Any, c: Any, weights: Sequence[Any], projection: Any, sizes: Sizes, reverse: bool
) -> tuple[Any, Any, Any]:
    """Return the outputs of one direction of one layer, and the last h and c (None without).

    Parameters
    ----------
    mode : {'lstm', 'gru', 'rnn_tanh', 'rnn_relu'}
    input : Tensor of shape (rows, input_size), packed: the rows of step 0 first
    weights : weight_ih and weight_hh, and bias_ih and bias_hh or nothing
    sizes : the number of rows of each step, never more than in the step before
    """
    weight_ih, weight_hh, *biases = weights
    inside = None
    if biases and mode == "gru":
        outside, inside = biases  # that of the state is multiplied by a gate
    else:
        outside = biases[0] + biases[1] if biases else None
    y, _ = _layer(linear(input, weight_ih, outside), weight_hh, inside, projection, h, c, mode, sizes, reverse)
    rows, (n, out) = sum(sizes), h.shape
    middle, end = rows * out, (rows + n) * out
    last_c = None if c is None else y[end:].reshape(n, c.shape[1])
    return y[:middle].reshape(rows, out), y[middle:end].reshape(n, out), last_c
