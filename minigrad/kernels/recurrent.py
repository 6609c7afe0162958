"""Recurrent layers: one direction of one layer over all steps of a batch of sequences, and its slopes.

Rows are packed: the first rows are those of step 0, then come those of step 1. Sequences are sorted by length, so a
step has as many rows as there are sequences that reach it, and it works with the first rows of the state. In reverse,
sequences join the walk as it comes to their ends, with the initial state that still lies in their rows. The gradient
walks the same rows the other way.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np

from minigrad.kernels import products
from minigrad.kernels.blas import hold_blas
from minigrad.kernels.errstate import silent

Array = np.ndarray
Kernel = Callable[..., Any]


class Mode(NamedTuple):
    """A kind of layer: its gates, the widths of what its slopes need beside the states before, and the kernels."""

    gates: int
    widths: tuple[int, ...]  # in hidden sizes
    forward: Kernel
    slopes: Kernel


class Slopes(NamedTuple):
    """The gradients of the arguments of a layer, in their order."""

    gates: Array
    weight: Array
    bias: Array | None
    projection: Array | None
    h: Array
    c: Array | None


def _steps(sizes: Sequence[int], reverse: bool) -> list[tuple[slice, int]]:
    """Return the rows of each step and their number, in the order of the walk."""
    steps = [(slice(end - n, end), n) for n, end in zip(sizes, accumulate(sizes), strict=True)]
    return steps[::-1] if reverse else steps


def _blocks(flat: Array, rows: int, widths: Sequence[int]) -> list[Array]:
    """Return matrices of `rows` rows and these widths that lie in `flat` one after the other."""
    ends = list(accumulate(rows * w for w in widths))
    return [flat[e - rows * w : e].reshape(rows, w) for e, w in zip(ends, widths, strict=True)]


def run(
    mode: str,
    gates: Array,
    weight: Array,
    bias: Array | None,
    projection: Array | None,
    h: Array,
    c: Array | None,
    sizes: Sequence[int],
    reverse: bool,
) -> tuple[Array, Array]:
    """Return the outputs of all rows, the last h and the last c, in one flat array, and what the slopes need.

    Parameters
    ----------
    gates : array of shape (rows, G * H)
        The part of the gates that comes from the inputs.
    weight, bias : arrays of shapes (G * H, R) and (G * H,)
        For the part that comes from the state h.
    projection : array of shape (R, H), optional
        Without it, R is H.
    h, c : arrays of shapes (N, R) and (N, H)
    """
    kind, (rows, width), (n, out) = MODES[mode], gates.shape, h.shape
    hidden = width // kind.gates
    y = np.empty((rows + n) * out + (0 if c is None else n * hidden), gates.dtype)
    kept = np.empty(rows * (sum(kind.widths) * hidden + out), gates.dtype)
    last = _states(y, rows, n, out, hidden, c is not None)
    outputs, last[0][:] = y[: rows * out].reshape(rows, out), h
    if c is not None:
        last[1][:] = c
    blocks = _blocks(kept, rows, (*(w * hidden for w in kind.widths), out))
    hold_blas(kind.forward, gates, weight, bias, projection, last, outputs, blocks, _steps(sizes, reverse))
    return y, kept


def slopes(
    mode: str,
    g: Array,
    kept: Array,
    weight: Array,
    projection: Array | None,
    n: int,
    sizes: Sequence[int],
    reverse: bool,
) -> Slopes:
    """Return the gradients, given that of the flat array that `run` returned."""
    kind, rows, out = MODES[mode], sum(sizes), weight.shape[1]
    hidden = len(weight) // kind.gates
    state = [s.copy() for s in _states(g, rows, n, out, hidden, mode == "lstm")]
    blocks = _blocks(kept, rows, (*(w * hidden for w in kind.widths), out))
    outputs = g[: rows * out].reshape(rows, out)
    steps = _steps(sizes, not reverse)
    result: Slopes = hold_blas(kind.slopes, outputs, weight, projection, state, blocks, steps)
    return result


def _states(y: Array, rows: int, n: int, out: int, hidden: int, with_c: bool) -> list[Array]:
    start, end = rows * out, (rows + n) * out
    return [y[start:end].reshape(n, out), *([y[end:].reshape(n, hidden)] if with_c else [])]


# OpenBLAS multiplies small matrices where they lie, but copies larger ones into another order first: each step again.

SMALL, LEAST, MOST = 1 << 13, 32, 64  # elements and columns of a matrix that is fast


def _in_parts(matrix: Array) -> Array:
    """Return the columns of a matrix in parts of equal width: an array of shape (parts, rows, width)."""
    rows, width = matrix.shape
    most = max(1, width // min(MOST, max(LEAST, SMALL // rows)))
    count = next(k for k in range(most, 0, -1) if width % k == 0)
    return np.ascontiguousarray(matrix.reshape(rows, count, -1).swapaxes(0, 1))


def _product(a: Array, parts: Array, out: Array) -> None:
    np.matmul(a, parts, out=out.reshape(len(out), len(parts), parts.shape[2]).swapaxes(0, 1))


# The logistic function is tanh(x / 2) / 2 + 1/2: NumPy's tanh takes two thirds of the time of exp, and one call serves
# all gates of a step. Within a step each gate of the LSTM lies in a matrix of its own, for strided rows take thrice as
# long: only the sum with what comes from the inputs, and the last factor of the slopes, go from one order to the other.


@functools.lru_cache(16)
def _by_gate(values: tuple[float, ...], rows: int, hidden: int, dtype: np.dtype) -> Array:
    """Return a matrix per gate, of one value: to broadcast it costs more than to read it."""
    matrices = np.empty((len(values), rows, hidden), dtype)
    matrices[:] = np.reshape(values, (-1, 1, 1))
    matrices.flags.writeable = False
    return matrices


def _each_gate(rows: Array, hidden: int) -> Array:
    """Return rows of all gates as a matrix per gate, without a copy."""
    return rows.reshape(len(rows), 4, hidden).swapaxes(0, 1)


@silent
def _lstm(gates: Array, weight: Array, bias: Any, projection: Any, last: Any, y: Array, kept: Any, steps: Any) -> None:
    activations, tanh_c, c_before, h_before = kept
    h, c = last
    hidden = c.shape[1]
    across = np.stack([_in_parts(w) for w in weight.reshape(4, hidden, -1).swapaxes(1, 2)])
    product = np.empty_like(c)
    for at, n in steps:
        a, t, hn, cn, p = activations[at].reshape(4, n, hidden), tanh_c[at], h[:n], c[:n], product[:n]
        h_before[at], c_before[at] = hn, cn
        np.matmul(hn, across, out=a.reshape(4, n, *across.shape[1::2]).swapaxes(1, 2))
        a += _each_gate(gates[at], hidden)
        scale = _by_gate((0.5, 0.5, 1, 0.5), n, hidden, a.dtype)
        a *= scale
        np.tanh(a, out=a)
        a *= scale
        a += _by_gate((0.5, 0.5, 0, 0.5), n, hidden, a.dtype)
        cn *= a[1]
        np.multiply(a[0], a[2], out=p)
        cn += p
        np.tanh(cn, out=t)
        if projection is None:
            np.multiply(a[3], t, out=hn)
        else:
            np.multiply(a[3], t, out=p)
            np.matmul(p, projection.T, out=hn)
        y[at] = hn


@silent
def _lstm_slopes(g: Array, weight: Array, projection: Any, state: Any, kept: Any, steps: Any) -> Slopes:
    activations, tanh_c, c_before, h_before = kept
    dh, dc = state
    back, hidden = _in_parts(weight), dc.shape[1]
    d_gates, product = np.empty_like(activations), np.empty_like(dc)
    d_projection = None if projection is None else np.zeros_like(projection)
    for at, n in steps:
        a, t, dhn, dcn, p = activations[at].reshape(4, n, hidden), tanh_c[at], dh[:n], dc[:n], product[:n]
        dhn += g[at]
        dm = dhn
        if d_projection is not None:
            dm = np.matmul(dhn, projection)
            d_projection += dhn.T @ (a[3] * t)
        d = np.empty_like(a)
        np.multiply(dm, t, out=d[3])
        np.multiply(t, t, out=p)
        np.subtract(1, p, out=p)
        p *= a[3]
        p *= dm
        dcn += p
        np.multiply(dcn, a[2], out=d[0])
        np.multiply(dcn, c_before[at], out=d[1])
        np.multiply(dcn, a[0], out=d[2])
        dcn *= a[1]
        # the slopes: a * (1 - a), and 1 - a * a of the gate with tanh
        w = _by_gate((1, 1, 0, 1), n, hidden, a.dtype) - a
        w *= a
        w += _by_gate((0, 0, 1, 0), n, hidden, a.dtype)
        np.multiply(d, w, out=_each_gate(d_gates[at], hidden))
        _product(d_gates[at], back, dhn)
    return Slopes(d_gates, products.matmul(d_gates.T, h_before), None, d_projection, dh, dc)


@silent
def _gru(gates: Array, weight: Array, bias: Any, projection: Any, last: Any, y: Array, kept: Any, steps: Any) -> None:
    activations, news, from_h, h_before = kept
    (h,) = last
    hidden = h.shape[1]
    both = 2 * hidden
    across, across_new = _in_parts(weight[:both].T), _in_parts(weight[both:].T)
    # by the halves of the logistic function; the gate of the new state has a factor inside, and its bias with it
    biases = np.broadcast_to(0 if bias is None else bias[:both], (len(h), both)).copy()
    for at, n in steps:
        a, new, u, hn = activations[at], news[at], from_h[at], h[:n]
        h_before[at] = hn
        _product(hn, across, a)
        a += gates[at, :both]
        _product(hn, across_new, u)
        if bias is not None:
            a += biases[:n]
            u += bias[both:]
        a *= 0.5
        np.tanh(a, out=a)
        a *= 0.5
        a += 0.5
        np.multiply(u, a[:, :hidden], out=new)
        new += gates[at, both:]
        np.tanh(new, out=new)
        hn -= new
        hn *= a[:, hidden:]
        hn += new
        y[at] = hn


@silent
def _gru_slopes(g: Array, weight: Array, projection: Any, state: Any, kept: Any, steps: Any) -> Slopes:
    activations, news, from_h, h_before = kept
    (dh,) = state
    hidden, across = dh.shape[1], _in_parts(weight)
    both = 2 * hidden
    d_state = np.empty((len(g), 3 * hidden), g.dtype)
    d_new, back = np.empty_like(news), np.empty_like(dh)
    work = np.empty((len(dh), both), g.dtype)
    for at, n in steps:
        a, new, d, dn, dhn, w, p = activations[at], news[at], d_state[at], d_new[at], dh[:n], work[:n], back[:n]
        z = a[:, hidden:]
        dhn += g[at]
        np.subtract(h_before[at], new, out=p)
        np.multiply(p, dhn, out=d[:, hidden:both])
        np.subtract(1, z, out=dn)
        dn *= dhn
        np.multiply(new, new, out=p)
        np.subtract(1, p, out=p)
        dn *= p
        np.multiply(dn, from_h[at], out=d[:, :hidden])
        np.multiply(dn, a[:, :hidden], out=d[:, both:])
        np.subtract(1, a, out=w)
        w *= a
        d[:, :both] *= w
        dhn *= z
        _product(d, across, p)
        dhn += p
    d_gates = d_state.copy()
    d_gates[:, both:] = d_new
    return Slopes(d_gates, products.matmul(d_state.T, h_before), d_state.sum(0), None, dh, None)


def _rnn(activate: Callable[[Array], Any]) -> Kernel:
    @silent
    def forward(
        gates: Array, weight: Array, bias: Any, projection: Any, last: Any, y: Array, kept: Any, steps: Any
    ) -> None:
        activations, h_before = kept
        (h,) = last
        across = _in_parts(weight.T)
        for at, n in steps:
            a, hn = activations[at], h[:n]
            h_before[at] = hn
            _product(hn, across, a)
            a += gates[at]
            activate(a)
            hn[:] = a
        y[:] = activations

    return forward


def _rnn_slopes(slope: Callable[[Array], Array]) -> Kernel:
    @silent
    def slopes(g: Array, weight: Array, projection: Any, state: Any, kept: Any, steps: Any) -> Slopes:
        activations, h_before = kept
        (dh,) = state
        d_gates, back = slope(activations), _in_parts(weight)
        for at, n in steps:
            d, dhn = d_gates[at], dh[:n]
            dhn += g[at]
            d *= dhn
            _product(d, back, dhn)
        return Slopes(d_gates, products.matmul(d_gates.T, h_before), None, None, dh, None)

    return slopes


MODES = {
    "lstm": Mode(4, (4, 1, 1), _lstm, _lstm_slopes),
    "gru": Mode(3, (2, 1, 1), _gru, _gru_slopes),
    "rnn_tanh": Mode(1, (1,), _rnn(lambda a: np.tanh(a, out=a)), _rnn_slopes(lambda a: 1 - a * a)),
    "rnn_relu": Mode(1, (1,), _rnn(lambda a: np.maximum(a, 0, out=a)), _rnn_slopes(lambda a: (a > 0).astype(a.dtype))),
}
