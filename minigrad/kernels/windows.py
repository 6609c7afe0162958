"""Memory layout, padding, blocks and window matrices: what convolution and pooling share.

Kernels keep the batch axis innermost in memory: an array of logical shape (N, C, *S) lies as (C, *S, N).
Slices along the spatial axes then have long contiguous runs, and the matrix product of a convolution
writes its result in place. `batch_inner` and `batch_first` go from one order of axes to the other; the
second is always a view, the first is one whenever the memory already lies that way.
"""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

__all__ = ["batch_inner", "batch_first", "pad", "window_counts", "scratch", "blocks", "Block", "Columns"]

Pairs = Sequence[tuple[int, int]]

CACHE_BYTES = 1 << 20  # what one block of columns may take: it has to stay in the second-level cache
LINE_BYTES = 64  # a cache line
UNCOPIED = 1 << 13  # positions of a block that is multiplied where it lies
ROWS_MIN = 4  # output rows of a block, so that sliding pays
SLIDE_MIN = 192  # shortest row of positions (width * batch) for which sliding lines pay
_local = threading.local()


def batch_inner(x: np.ndarray) -> np.ndarray:
    """Return (N, C, *S) as a contiguous (C, *S, N), copying only if the memory lies otherwise."""
    return np.ascontiguousarray(x.transpose(*range(1, x.ndim), 0))


def batch_first(x: np.ndarray) -> np.ndarray:
    """Return (C, *S, N) as a view of shape (N, C, *S)."""
    return x.transpose(x.ndim - 1, *range(x.ndim - 1))


def pad(x: np.ndarray, padding: Pairs, value: float = 0) -> np.ndarray:
    """Pad the spatial axes of (C, *S, N) with a value; a negative amount crops. Contiguous."""
    if not any(before or after for before, after in padding):
        return x
    if any(before < 0 or after < 0 for before, after in padding):
        crop = tuple(slice(max(-b, 0), n - max(-a, 0)) for n, (b, a) in zip(x.shape[1:], padding, strict=False))
        x = x[(slice(None),) + crop]
        padding = [(max(b, 0), max(a, 0)) for b, a in padding]
    sizes = [n + b + a for n, (b, a) in zip(x.shape[1:], padding, strict=False)]
    y = np.empty((x.shape[0], *sizes, x.shape[-1]), x.dtype)
    inside: tuple[slice, ...] = (slice(None),)
    for (before, after), size in zip(padding, sizes, strict=True):
        y[inside + (slice(0, before),)] = value
        y[inside + (slice(size - after, size),)] = value
        inside += (slice(before, size - after),)
    y[inside] = x
    return y


def window_counts(
    size: Sequence[int], kernel: Sequence[int], stride: Sequence[int], padding: Pairs, dilation: Sequence[int]
) -> tuple[int, ...]:
    """Return how many windows fit along each axis."""
    return tuple(
        (n + before + after - d * (k - 1) - 1) // s + 1
        for n, k, s, (before, after), d in zip(size, kernel, stride, padding, dilation, strict=True)
    )


def scratch(shape: Sequence[int], dtype: np.dtype, name: str = "columns") -> np.ndarray:
    """Return scratch memory of this thread as an uninitialised array: valid until the next call with that name.

    It begins with a cache line. NumPy's own arrays may begin anywhere in one, and then each wide load crosses two:
    a matrix product on such columns takes up to 1.4 times as long.
    """
    size = math.prod(shape) * dtype.itemsize
    buffer = getattr(_local, name, None)
    if buffer is None or buffer.nbytes < size:
        buffer = np.empty(size + LINE_BYTES, np.uint8)
        buffer = buffer[-buffer.ctypes.data % LINE_BYTES :]
        setattr(_local, name, buffer)
    return np.ndarray(shape, dtype, buffer)


def blocks(shape: Sequence[int], limit: int) -> Iterator[tuple[slice, ...]]:
    """Cut an array into boxes of at most `limit` elements, each one run of its flattened elements."""
    cuts = []
    for n in reversed(shape):
        size = max(1, min(n, limit))
        size = -(-n // -(-n // size))  # as many pieces, but of even size
        limit = limit // n if size == n else 1
        cuts.append([slice(i, min(i + size, n)) for i in range(0, n, size)])
    return itertools.product(*reversed(cuts))


class Block(NamedTuple):
    """Some output rows, some positions in each as a range of their numbers, and the same as a box of places."""

    rows: slice
    positions: slice
    box: tuple[slice, ...]


class Columns:
    """The windows of an array as matrices, a block at a time.

    A window matrix has a row for each element of the kernel and a column for each position (place in the
    output, then image). The copy is the expensive part: it repeats each element of the input as often as
    windows cover it. Where it can, this class therefore copies *lines*, one for each index of the first
    spatial axis, which hold the windows along the other axes only. The matrix for the first output row is
    lines 0 to k-1, for the next one lines 1 to k: overlapping views of one buffer, so an element is
    repeated k times less, and one batched product makes many output rows.

    Where sliding does not pay (few positions in a row, dilation, stride as large as the kernel), a first
    axis of length one is put in front: the one line of that axis is the classical column matrix.

    Parameters
    ----------
    x : ndarray, (C, *S, N), contiguous, padded already
    kernel, out, stride, dilation : sequences of int
        Sizes of window and output, step between windows, step inside a window.
    groups : int
    ones : bool
        End each line in a row of ones, for a product with a weight matrix into which the bias is woven.

    Attributes
    ----------
    depth : int
        Rows of a matrix, prod(kernel) * C / groups and the ones; the channel varies fastest.
    """

    def __init__(
        self,
        x: np.ndarray,
        kernel: Sequence[int],
        out: Sequence[int],
        stride: Sequence[int],
        dilation: Sequence[int],
        groups: int,
        ones: bool = False,
    ) -> None:
        channels, *size, batch = x.shape
        self.groups, self.ones = groups, ones
        self.in_place = math.prod(kernel) == 1 and max(stride) == 1  # the array is its own matrix
        slide = len(size) > 1 and stride[0] < kernel[0] and dilation[0] == 1
        steps = x.strides[1:-1]
        if not (slide and math.prod(out[1:]) * batch >= SLIDE_MIN):
            size, kernel, out, stride = [1, *size], (1, *kernel), (1, *out), (1, *stride)
            dilation, steps = (1, *dilation), (0, *steps)
        self.kernel, self.stride = kernel, stride[0]
        self.depth = kernel[0] * (math.prod(kernel[1:]) * (channels // groups) + ones)
        self.rows, self.box = out[0], (*out[1:], batch)
        within = [step * d for step, d in zip(steps, dilation, strict=True)]
        between = [step * s for step, s in zip(steps, stride, strict=True)]
        self.windows = np.ndarray(
            (groups, size[0], *kernel[1:], channels // groups, *self.box),
            x.dtype,
            x,
            0,
            (x.strides[0] * (channels // groups), steps[0], *within[1:], x.strides[0], *between[1:], x.strides[-1]),
        )

    def split(self, y: np.ndarray) -> np.ndarray:
        """Return an output (O, *out, N) as (groups, rows, O / groups, positions), to be cut as the blocks are."""
        return y.reshape(self.groups, -1, self.rows, math.prod(self.box)).swapaxes(1, 2)

    def blocks(self, limit: int) -> list[Block]:
        """Cut the positions into blocks of about `limit` (more where nothing is copied), and the rows to fit."""
        line = self.windows.itemsize * self.groups * self.depth // self.kernel[0]
        if self.in_place:
            limit = UNCOPIED
        elif self.rows == 1:
            limit = max(64, min(limit, CACHE_BYTES // line))
        else:  # with fewer positions where the least number of rows would not fit
            limit = max(128, min(limit, 2 * CACHE_BYTES // (line * (ROWS_MIN + self.kernel[0]))))
        found = []
        stop = 0
        for box in blocks(self.box, limit):
            start, stop = stop, stop + math.prod([s.stop - s.start for s in box])
            height = max(ROWS_MIN, (CACHE_BYTES // (line * (stop - start)) - self.kernel[0]) // self.stride + 1)
            found += [Block(rows, slice(start, stop), box) for (rows,) in blocks((self.rows,), height)]
        return found

    def matrices(self, block: Block) -> np.ndarray:
        """Return the matrices of a block, (groups, rows, depth, positions): valid until this thread asks for others."""
        rows, positions, box = block
        lines = slice(rows.start * self.stride, (rows.stop - 1) * self.stride + self.kernel[0])
        source = self.windows[(slice(None), lines) + (slice(None),) * len(self.kernel) + box]
        shape = (self.groups, rows.stop - rows.start, self.depth, positions.stop - positions.start)
        if self.in_place:
            return source.reshape(shape)
        copies = scratch((*source.shape[:2], self.depth // self.kernel[0], shape[-1]), source.dtype)
        if self.ones:
            copies[:, :, -1] = 1
            np.copyto(copies[:, :, :-1].reshape(source.shape), source)
        else:
            np.copyto(copies.reshape(source.shape), source)
        group, line = copies.strides[:2]
        strides = (group, line * self.stride, shape[-1] * copies.itemsize, copies.itemsize)
        return np.ndarray(shape, copies.dtype, copies, 0, strides)
