"""How to multiply in a convolution: how its windows become matrices, and into which products they are cut."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from minigrad.kernels.blas import has_small_kernels
from minigrad.kernels.windows import Block, Columns, Pairs, Taps, window_counts

__all__ = ["CHAIN_CHANNELS", "output_size", "product_plan", "weight_plan"]

PRODUCT_COLUMNS = 512  # columns of one product
LONE_PRODUCT_COLUMNS = 1024  # the same where a block is one product, not one for each of many rows
SHIFT_MIN = 32  # channels: with fewer, copies and one long product are cheaper than several products to be added
SHIFTED_ROWS_MIN = 48  # of a product that is a part of a weight's gradient: with fewer, BLAS mostly copies operands
CHAIN_CHANNELS = 16  # whose products are added in one go
MAX_PARTIAL_SUMS, PARTIAL_SUM_BYTES = 8, 1 << 22  # the most partial weight gradients that are kept, and their memory
MAX_UNPACKED = 1_000_000  # multiplications of a product for which OpenBLAS has small kernels, which copy no operands
MAX_UNPACKED_TRANSPOSED = 600_000  # the same where the second operand is transposed


def output_size(
    shape: tuple[int, ...], weight: tuple[int, ...], stride: tuple[int, ...], padding: Pairs, dilation: tuple[int, ...]
) -> tuple[int, ...]:
    """Return the output's size, for an input (C, *S, N) and the shape of a weight."""
    sizes = [n + before + after for n, (before, after) in zip(shape[1:-1], padding, strict=True)]
    return window_counts(sizes, weight[2:], stride, dilation)


class ProductPlan(NamedTuple):
    """How `correlate` multiplies arrays of one shape.

    columns : the windows as matrices
    out : the size of the output
    chains : for some rows of the kernel, into how many sums each sum of products is cut
    parts : into how many parts the weight matrix is cut
    blocks : the pieces of work
    """

    columns: Columns
    out: tuple[int, ...]
    chains: dict[Taps, int]
    parts: int
    blocks: list[Block]


class WeightPlan(NamedTuple):
    """How `correlate_weight` multiplies arrays of one shape.

    columns : the windows as matrices
    parts : for some rows of the kernel, into how many parts the window matrix is cut
    shares : the blocks of each partial sum
    """

    columns: Columns
    parts: dict[Taps, int]
    shares: list[list[Block]]


@lru_cache(maxsize=256)
def product_plan(
    shape: tuple[int, ...],
    itemsize: int,
    weight: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Pairs,
    dilation: tuple[int, ...],
    groups: int,
    biased: bool,
) -> ProductPlan:
    """Plan `correlate` from shapes."""
    outputs, channels, *kernel = weight
    out = output_size(shape, weight, stride, padding, dilation)
    np.empty((outputs, *out, shape[-1] * itemsize), np.uint8)  # what does not fit into memory is not cut into blocks
    shift = channels >= SHIFT_MIN
    woven = biased and not shift and groups == 1 and channels <= CHAIN_CHANNELS and math.prod(kernel) > 1
    columns = Columns(shape, itemsize, tuple(kernel), out, stride, padding, dilation, groups, shift, woven)
    parts, width = 1, PRODUCT_COLUMNS
    if not columns.in_place:
        widest = PRODUCT_COLUMNS if columns.rows > 1 else LONE_PRODUCT_COLUMNS
        depth = columns.depth // columns.shifts
        least = widest if columns.shifts > 1 else 192  # a narrow block copies many pixels behind its last position
        parts, width = _product(outputs // groups, depth // _chains(depth, columns), least, widest)
    pieces = columns.blocks(width)
    chains = {
        run.taps: 1 if columns.in_place else _chains(columns.tap * (run.taps[1] - run.taps[0]), columns)
        for block in pieces
        for run in block.runs
    }
    return ProductPlan(columns, out, chains, parts, pieces)


@lru_cache(maxsize=256)
def weight_plan(
    shape: tuple[int, ...],
    itemsize: int,
    kernel: tuple[int, ...],
    other: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Pairs,
    dilation: tuple[int, ...],
    groups: int,
) -> WeightPlan:
    """Plan `correlate_weight` from shapes."""
    outputs = other[1] // groups
    shift = has_small_kernels() or shape[0] // groups * kernel[0] >= SHIFTED_ROWS_MIN
    columns = Columns(shape, itemsize, kernel, other[2:], stride, padding, dilation, groups, shift)
    pieces = columns.blocks(PRODUCT_COLUMNS)
    parts = {
        run.taps: _parts(
            columns.tap * (run.taps[1] - run.taps[0]), outputs * PRODUCT_COLUMNS, 24, MAX_UNPACKED_TRANSPOSED
        )
        for block in pieces
        for run in block.runs
    }
    count = max(
        1, min(MAX_PARTIAL_SUMS, len(pieces), PARTIAL_SUM_BYTES // (groups * columns.depth * outputs * itemsize))
    )
    cuts = [len(pieces) * i // count for i in range(count + 1)]
    return WeightPlan(columns, parts, [pieces[a:b] for a, b in zip(cuts[:-1], cuts[1:], strict=True)])


def _parts(rows: int, size: int, least: int, limit: int) -> int:
    """Return into how many parts of `least` rows or more to cut a matrix whose rows take `size` multiplications each.

    As few as make the products small enough for OpenBLAS to take their operands as they are, which is up to twice as
    fast; one if none do, or BLAS never does.
    """
    if not has_small_kernels():
        return 1
    parts = (n for n in range(1, rows // least + 1) if rows % n == 0 and rows // n * size <= limit)
    return next(parts, 1)


def _product(outputs: int, depth: int, least: int, widest: int) -> tuple[int, int]:
    """Return into how many parts to cut a weight matrix, and by how many columns to multiply it.

    From `least` to `widest` if that can be.
    """
    if not has_small_kernels():
        return 1, widest
    for width in (least, 192, 64):
        parts = _parts(outputs, depth * width, 8, MAX_UNPACKED)
        fitting = MAX_UNPACKED // (outputs // parts * depth)
        if fitting >= width:
            return parts, min(fitting, widest)
    return 1, widest


def _chains(depth: int, columns: Columns) -> int:
    """Return into how many sums to cut one of `depth` products: each has as many as 16 channels of a kernel, or fewer.

    A product adds its terms one to another, and the more there are the larger is the error of the sum in float32.
    """
    least = -(-columns.channels // (CHAIN_CHANNELS * columns.shifts))
    return next(n for n in range(least, depth + 1) if depth % n == 0)
