"""Convolution of images channel by channel, as products with banded matrices; and its adjoint in the weight.

A row of the output is the sum over the rows of the kernel of a banded matrix (width of the output by width of the
input) times a row of the input. The rows that one output row needs lie one behind the other in memory, so a product
with the bands side by side takes them where they are: nothing is copied, and the bands know padding, stride and
dilation. Most of what is multiplied is zero, but BLAS is quicker with it than NumPy is with nine multiplications and
additions, each a pass of its own over the image.
"""

from __future__ import annotations

import itertools

import numpy as np

from minigrad.kernels.errstate import silent
from minigrad.kernels.parallel import share
from minigrad.kernels.windows import CACHE_BYTES, Pairs, batch_first, batch_inner, blocks, taps_along

__all__ = ["pays", "correlate_planes", "correlate_planes_weight"]

MAX_WIDTH = 64  # of images: in wider ones too much of a band is zero
MIN_BATCH = 16  # images: products of fewer columns are slow


def pays(shape: tuple[int, ...], weight: tuple[int, ...], padding: Pairs, dilation: tuple[int, ...]) -> bool:
    """Say whether this is the quickest way, given the shapes of the input (N, C, H, W) and of the weight."""
    return (
        len(shape) == 4
        and weight[1] == 1 < shape[1]
        and shape[0] >= MIN_BATCH
        and shape[3] <= MAX_WIDTH
        and dilation[0] == 1
        and 0 <= min(padding[0]) <= max(padding[0]) < weight[2]
    )


@silent
def correlate_planes(
    x: np.ndarray,
    w: np.ndarray,
    bias: np.ndarray | None,
    out: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Pairs,
    dilation: tuple[int, ...],
) -> np.ndarray | None:
    """y[n, o, i] = bias[o] + sum over u of x[n, o // m, stride * i + dilation * u - padding] * w[o, 0, u].

    None if there is a NaN in it: an infinity of the input times a zero of a band, perhaps.
    """
    x = batch_inner(x)
    channels, height, width, batch = x.shape
    multiple, rows, top = len(w) // channels, w.shape[2], padding[0][0]
    y = np.empty((channels, multiple, *out, batch), x.dtype)
    bands = _bands(w, width, out[1], stride[1], padding[1][0], dilation[1]).reshape(channels, multiple, 1, out[1], -1)
    offset = None if bias is None else bias.reshape(channels, multiple, 1, 1, 1)
    first = [stride[0] * i - top for i in range(out[0])]  # the first row of the input that each output row meets
    met = [(max(0, -f), min(rows, height - f)) for f in first]  # and the rows of the kernel that meet the input
    runs = [(taps, list(same)) for taps, same in itertools.groupby(range(out[0]), met.__getitem__)]
    unknown = []

    def compute(piece: tuple[slice, ...]) -> None:
        source, part, matrices = x[piece], y[piece], bands[piece]
        plane, row, column, _ = source.strides
        for (a, b), same in runs:
            shape = (len(source), 1, len(same), (b - a) * width, batch)
            lines = np.ndarray(
                shape, x.dtype, source, (first[same[0]] + a) * row, (plane, 0, row * stride[0], column, x.itemsize)
            )
            np.matmul(matrices[..., a * width : b * width], lines, out=part[:, :, same[0] : same[-1] + 1])
        if offset is not None:
            part += offset[piece]
        if np.isnan(part.max()):
            unknown.append(piece)

    share(compute, _pieces(x, y), y.size * rows * width)
    return None if unknown else batch_first(y.reshape(len(w), *out, batch))


def correlate_planes_weight(
    x: np.ndarray,
    g: np.ndarray,
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Pairs,
    dilation: tuple[int, ...],
) -> np.ndarray:
    """w[o, 0, u] = sum over n, i of g[n, o, i] * x[n, o // m, stride * i + dilation * u - padding]."""
    x, g = batch_inner(x), batch_inner(g)
    channels = len(x)
    g = g.reshape(channels, -1, *g.shape[1:])
    w = np.zeros((channels, g.shape[1], *kernel), x.dtype)
    vertical, horizontal = (
        taps_along(n, k, s, before, d, m)
        for n, k, s, (before, _), d, m in zip(
            x.shape[1:3], kernel, stride, padding, dilation, g.shape[2:4], strict=True
        )
    )

    def compute(piece: tuple[slice, ...]) -> None:
        source, other = x[piece], g[piece]
        for v, columns, inputs in horizontal:
            lines = source[:, None, :, inputs].reshape(len(source), 1, x.shape[1], -1)
            cotangents = other[:, :, :, columns].reshape(*other.shape[:3], -1)
            for u, rows, places in vertical:
                products = np.vecdot(cotangents[:, :, rows], lines[:, :, places])
                w[piece[0], :, u, v] = products.sum(-1, dtype=np.float64)

    share(compute, _pieces(x, g), g.size * kernel[0] * kernel[1])
    return w.reshape(-1, 1, *kernel)


def _pieces(x: np.ndarray, y: np.ndarray) -> list[tuple[slice, ...]]:
    """Cut the channels so that input and output of each piece stay in the second-level cache."""
    return blocks((len(x),), max(1, CACHE_BYTES * len(x) // (x.nbytes + y.nbytes)))


def _bands(w: np.ndarray, width: int, out: int, stride: int, before: int, dilation: int) -> np.ndarray:
    """Return a matrix (out, rows of the kernel * width) for each channel of the output."""
    outputs, _, rows, columns = w.shape
    bands = np.zeros((outputs, out, rows, width), w.dtype)
    for v, windows, inputs in taps_along(width, columns, stride, before, dilation, out):
        place = np.arange(windows.start, windows.stop), slice(None), np.arange(width)[inputs]
        bands[(slice(None), *place)] = w[:, 0, :, v]
    return bands
