"""Convolution in any number of dimensions: the product, and its adjoints in either argument.

Shapes are (N, C, *S) for arrays and (O, C / groups, *K) for weights; stride and dilation are tuples of
one number and padding one of pairs (before, after) for each spatial axis. Results are views whose memory
keeps the batch axis innermost.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from minigrad.kernels import depthwise
from minigrad.kernels.convolution_plans import CHAIN_CHANNELS, output_size, product_plan, weight_plan
from minigrad.kernels.parallel import share
from minigrad.kernels.summation import single
from minigrad.kernels.windows import (
    CACHE_BYTES,
    Block,
    Columns,
    Pairs,
    Taps,
    batch_first,
    batch_inner,
    blocks,
    scratch,
)

__all__ = ["correlate", "correlate_input", "correlate_weight"]

PRODUCT_BYTES = 1 << 20  # of products to be added: they must stay in the second-level cache
FAR_RATIO = 1.25  # _gather_by_rows pays if the input is longer than the output by this factor, ...
FEW_CHANNELS = (2, 3)  # ... or for so many channels: products of so few rows take twice as long as they should
MAX_PHASES = 9  # _gather_by_phases pays for strides of at most this product
CHANNEL_PIECES = 8  # channels are cut into this many, for several threads


def correlate(
    x: np.ndarray,
    w: np.ndarray,
    bias: np.ndarray | None,
    stride: tuple[int, ...],
    padding: Pairs,
    dilation: tuple[int, ...],
    groups: int,
) -> np.ndarray:
    """y[n, o, i] = bias[o] + sum over c, u of x[n, c, stride * i + dilation * u - padding] * w[o, c, u]."""
    if x.dtype == np.float16:
        return correlate(single(x), single(w), single(bias), stride, padding, dilation, groups).astype(x.dtype)
    shape = (*x.shape[1:], len(x))
    if not (len(w) and len(x)):
        return np.empty((len(x), len(w), *output_size(shape, w.shape, stride, padding, dilation)), w.dtype)
    if depthwise.pays(x.shape, w.shape, padding, dilation):
        out = output_size(shape, w.shape, stride, padding, dilation)
        known = depthwise.correlate_planes(x, w, bias, out, stride, padding, dilation)
        if known is not None:
            return known
    biased = bias is not None
    plan = product_plan(shape, w.itemsize, w.shape, stride, padding, dilation, groups, biased)
    columns, chains, parts = plan.columns, plan.chains, plan.parts
    y = np.empty((len(w), *plan.out, len(x)), w.dtype)
    weights = _weights(w, bias if columns.ones else None, columns, chains, parts)
    offset = None if bias is None or columns.ones else bias.reshape(groups, 1, parts, -1, 1)
    source, target = columns.windows(x), columns.split(y)
    target = target.reshape(*target.shape[:2], parts, -1, target.shape[-1])

    def compute(block: Block) -> None:
        for rows, taps, windows in columns.matrices(source, block):
            matrix, part = weights[taps], target[:, rows, :, :, block.positions]
            if matrix.shape[2] * matrix.shape[3] > 1:
                _add_products(matrix, windows, offset, part)
                continue
            np.matmul(matrix[:, :, 0, 0], windows, out=part)
            if offset is not None:
                part += offset

    share(compute, plan.blocks, y.size * columns.depth)
    return batch_first(y)


def correlate_input(
    g: np.ndarray,
    w: np.ndarray,
    size: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Pairs,
    dilation: tuple[int, ...],
    groups: int,
) -> np.ndarray:
    """x[n, c, j] = sum over o, u and all i with stride * i + dilation * u - padding = j of g[n, o, i] * w[o, c, u].

    Without stride every input gathers its gradients, as the convolution of g with the flipped kernel. Where the kernel
    reaches far over the edges of g that multiplies many zeros, and where there are few channels, it multiplies by few
    rows: along the first axis gradients are then scattered.
    With a stride most of it would be products with zeros: the inputs that meet the same elements of the kernel are
    gathered together, or, where these are many groups, gradients scattered along all axes.
    """
    if not g.size:
        return np.zeros((len(g), w.shape[1] * groups, *size), g.dtype)
    if g.dtype == np.float16:
        return correlate_input(single(g), single(w), size, stride, padding, dilation, groups).astype(g.dtype)
    if max(stride) == 1:
        by_rows = size[0] > FAR_RATIO * g.shape[2] or w.shape[1] in FEW_CHANNELS
        return (_gather_by_rows if by_rows else _gather)(g, w, size, padding, dilation, groups)
    outputs = len(w) // groups
    short = outputs == 1 or outputs > CHAIN_CHANNELS  # else _gather_by_phases adds up longer chains, less exactly
    if short and max(dilation) == 1 and math.prod(stride) <= MAX_PHASES:
        return _gather_by_phases(g, w, size, stride, padding, groups)
    return _scatter(g, w, size, stride, padding, dilation, groups)


def correlate_weight(
    x: np.ndarray,
    g: np.ndarray,
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Pairs,
    dilation: tuple[int, ...],
    groups: int,
) -> np.ndarray:
    """w[o, c, u] = sum over n, i of g[n, o, i] * x[n, c, stride * i + dilation * u - padding]."""
    channels, outputs = x.shape[1] // groups, g.shape[1] // groups
    if not g.size:
        return np.zeros((groups * outputs, channels, *kernel), g.dtype)
    if g.dtype == np.float16:
        return correlate_weight(single(x), single(g), kernel, stride, padding, dilation, groups).astype(g.dtype)
    shape = (*x.shape[1:], len(x))
    if depthwise.pays(x.shape, (groups * outputs, channels, *kernel), padding, dilation):
        return depthwise.correlate_planes_weight(x, g, kernel, stride, padding, dilation)
    plan = weight_plan(shape, g.itemsize, kernel, g.shape, stride, padding, dilation, groups)
    columns, parts, shares = plan.columns, plan.parts, plan.shares
    source, other = columns.windows(x), columns.split(batch_inner(g)).swapaxes(2, 3)
    sums = np.zeros((len(shares), groups, columns.shifts, columns.kernel[0], columns.tap, outputs), g.dtype)

    def compute(number: int) -> None:
        for block in shares[number]:
            for rows, taps, windows in columns.matrices(source, block):
                cut = (*windows.shape[:3], parts[taps], -1, windows.shape[-1])
                product = np.matmul(windows.reshape(cut), other[:, rows, None, None, block.positions])
                part = sums[number, :, :, slice(*taps)]
                part += product.sum(1).reshape(part.shape)

    share(compute, range(len(shares)), g.size * columns.depth)
    total: np.ndarray = sums.sum(0).reshape(groups, columns.shifts, -1, channels, outputs).transpose(0, 4, 3, 2, 1)
    return total.reshape(groups * outputs, channels, *kernel)


def _add_products(matrix: np.ndarray, windows: np.ndarray, offset: np.ndarray | None, y: np.ndarray) -> None:
    """Compute y = offset + matrix @ windows, as the sum of `chains` products."""
    chains = matrix.shape[2] * matrix.shape[3]
    windows = windows.reshape(*windows.shape[:3], matrix.shape[3], 1, -1, windows.shape[-1])
    for (rows,) in blocks((y.shape[1],), max(1, PRODUCT_BYTES // (y[:, :1].nbytes * chains))):
        part, count = y[:, rows], chains
        with scratch((*part.shape[:2], chains, *part.shape[2:]), y.dtype, "products") as products:
            separate = products.reshape(*part.shape[:2], *matrix.shape[2:4], *part.shape[2:])
            np.matmul(matrix, windows[:, rows], out=separate)
            if offset is not None:
                products[:, :, 0] += offset
            while count > 2:
                half = count // 2
                products[:, :, :half] += products[:, :, count - half : count]
                count -= half
            np.add(products[:, :, 0], products[:, :, 1], out=part)


def _weights(
    w: np.ndarray, bias: np.ndarray | None, columns: Columns, chains: dict[Taps, int], parts: int
) -> dict[Taps, np.ndarray]:
    """Return the weights for some kernel rows: (groups, 1, shifts, chains, parts, O / groups / parts, depth / chains).

    For columns with rows of ones: the first of them is multiplied by the bias, the others by 0.
    """
    groups, (outputs, channels) = columns.groups, w.shape[:2]
    lines = w.reshape(groups, outputs // groups, channels, -1).swapaxes(2, 3)
    lines = lines.reshape(groups, outputs // groups, columns.kernel[0], columns.shifts, -1)
    found = {}
    for taps, count in chains.items():
        matrix = lines[:, :, slice(*taps)]
        if bias is not None:
            woven = np.zeros((*matrix.shape[:4], columns.tap), w.dtype)
            woven[..., :-1] = matrix
            woven[..., 0, 0, -1] = bias
            matrix = woven
        depth = columns.tap * (taps[1] - taps[0])
        matrix = matrix.swapaxes(2, 3).reshape(groups, 1, parts, -1, columns.shifts, count, depth // count)
        found[taps] = matrix.transpose(0, 1, 4, 5, 2, 3, 6)
    return found


def _gather(
    g: np.ndarray, w: np.ndarray, size: tuple[int, ...], padding: Pairs, dilation: tuple[int, ...], groups: int
) -> np.ndarray:
    """Correlate the padded gradient with the flipped kernel."""
    outputs, channels, *kernel = w.shape
    w = w.reshape(groups, outputs // groups, channels, *kernel).swapaxes(1, 2)
    w = np.flip(w.reshape(groups * channels, outputs // groups, *kernel), tuple(range(2, w.ndim - 1))).copy()
    padding = tuple(
        (d * (k - 1) - before, n + before - m)
        for m, n, k, d, (before, _) in zip(g.shape[2:], size, kernel, dilation, padding, strict=True)
    )
    return correlate(g, w, None, (1,) * len(kernel), padding, dilation, groups)


def _gather_by_phases(
    g: np.ndarray, w: np.ndarray, size: tuple[int, ...], stride: tuple[int, ...], padding: Pairs, groups: int
) -> np.ndarray:
    """Gather with a stride s: every s-th input meets the same elements of the kernel, every s-th of them.

    Input j with ``j + padding = s * q + r`` is the sum over m of ``g[q - m] * w[r + s * m]``, a convolution without
    stride for each r.
    """
    kernel = w.shape[2:]
    x = np.empty((w.shape[1] * groups, *size, len(g)), g.dtype)
    for phase in itertools.product(*map(range, stride)):
        firsts = [max(0, -((r - p) // s)) for r, s, (p, _) in zip(phase, stride, padding, strict=True)]
        starts = [s * q + r - p for q, r, s, (p, _) in zip(firsts, phase, stride, padding, strict=True)]
        part = x[(slice(None), *[slice(start, None, s) for start, s in zip(starts, stride, strict=True)])]
        if not part.size:
            continue
        if any(r >= k for r, k in zip(phase, kernel, strict=True)):
            part[...] = 0
            continue
        taps = w[(slice(None), slice(None), *[slice(r, None, s) for r, s in zip(phase, stride, strict=True)])]
        before = tuple((q, 0) for q in firsts)
        part[...] = batch_inner(_gather(g, taps, part.shape[1:-1], before, (1,) * len(stride), groups))
    return batch_first(x)


def _gather_by_rows(
    g: np.ndarray, w: np.ndarray, size: tuple[int, ...], padding: Pairs, dilation: tuple[int, ...], groups: int
) -> np.ndarray:
    """Gather along all axes but the first, for each row of the kernel; along the first, add the results up."""
    outputs, channels, count, *kernel = w.shape
    w = np.moveaxis(w, 2, 1).reshape(outputs, count * channels, 1, *kernel)
    rows, (before, after) = g.shape[2], padding[0]
    y = _gather(g, w, (rows, *size[1:]), ((0, 0), *padding[1:]), (1, *dilation[1:]), groups)
    y = batch_inner(y).reshape(groups, count, channels, rows, *size[1:], -1)
    x = np.zeros((groups, channels, size[0] + before + max(after, 0), *size[1:], len(g)), g.dtype)
    for u in range(count):
        x[:, :, u * dilation[0] : u * dilation[0] + rows] += y[:, u]
    return batch_first(x[:, :, before : before + size[0]].reshape(groups * channels, *size, -1))


def _scatter(
    g: np.ndarray,
    w: np.ndarray,
    size: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Pairs,
    dilation: tuple[int, ...],
    groups: int,
) -> np.ndarray:
    """Spread each gradient over its window, one element of the kernel at a time; channels apart from each other."""
    outputs, kernel, out = w.shape[0] // groups, w.shape[2:], g.shape[2:]
    batch, channels, count = len(g), w.shape[1], math.prod(kernel)
    padded = [n + before + max(after, 0) for n, (before, after) in zip(size, padding, strict=True)]
    x = np.zeros((groups, channels, *padded, batch), g.dtype)
    matrix = w.reshape(groups, outputs, channels, count).transpose(0, 2, 3, 1)
    source = batch_inner(g).reshape(groups, outputs, -1)

    def compute(piece: tuple[slice, ...]) -> None:
        part, weights = x[piece], matrix[piece]
        weights = weights.reshape(len(weights), -1, outputs)
        limit = max(64, CACHE_BYTES // (weights.size // outputs * g.itemsize))
        stop = 0
        for box in blocks((*out, batch), limit):
            sizes = [s.stop - s.start for s in box]
            start, stop = stop, stop + math.prod(sizes)
            with scratch((*weights.shape[:2], stop - start), g.dtype) as spread:
                # BLAS takes ten times as long for a product of one column and one row
                multiply = np.multiply if outputs == 1 else np.matmul
                multiply(weights, source[piece[0], :, start:stop], out=spread)
                _spread(spread.reshape(*part.shape[:2], *kernel, *sizes), part, box, stride, dilation)

    share(compute, blocks((groups, channels), -(-groups * channels // CHANNEL_PIECES)), g.size * channels * count)
    inside = tuple(slice(before, before + n) for n, (before, _) in zip(size, padding, strict=True))
    return batch_first(x.reshape(groups * channels, *padded, batch)[(slice(None),) + inside])


def _spread(
    spread: np.ndarray, x: np.ndarray, box: tuple[slice, ...], stride: tuple[int, ...], dilation: tuple[int, ...]
) -> None:
    """Add (groups, C, *kernel, *box) to the places in x that windows in this box of positions cover."""
    every = (slice(None), slice(None))
    for offset in itertools.product(*map(range, spread.shape[2 : 2 + len(stride)])):
        place = tuple(
            slice(u * d + s * b.start, u * d + s * (b.stop - 1) + 1, s)
            for u, d, s, b in zip(offset, dilation, stride, box, strict=False)
        )
        x[every + place + box[-1:]] += spread[every + offset]
