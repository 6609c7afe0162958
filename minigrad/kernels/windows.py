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
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from minigrad.kernels.copying import contiguous

__all__ = ["batch_inner", "batch_first", "pad", "window_counts", "taps_along", "scratch", "blocks", "Block", "Columns"]

Pairs = tuple[tuple[int, int], ...]
Box = tuple[slice, ...]
Taps = tuple[int, int]  # rows of the kernel, along the first spatial axis: the first of them and the one after the last

CACHE_BYTES = 1 << 20  # the most for one block of columns, which must stay in the second-level cache
LINE_BYTES = 64  # a cache line
MAX_UNCOPIED_POSITIONS = 1 << 13  # positions of a block that is multiplied where it lies
ROWS_MIN = 4  # the fewest output rows of a block for which sliding pays
TRIM_MIN = 32  # rows of a line, for matrices of fewer lines at the edges to be cheaper than padding
SLIDE_MIN = 192  # shortest row of positions (width * batch) for which sliding lines pay
SHIFT_AND_SLIDE_MIN = 64  # the same where their windows are shifted, not copied
_local = threading.local()


def batch_inner(x: np.ndarray) -> np.ndarray:
    """Return (N, C, *S) as a contiguous (C, *S, N), copying only if the memory lies otherwise."""
    return contiguous(x.transpose(*range(1, x.ndim), 0))


def batch_first(x: np.ndarray) -> np.ndarray:
    """Return (C, *S, N) as a view of shape (N, C, *S)."""
    return x.transpose(x.ndim - 1, *range(x.ndim - 1))


def pad(x: np.ndarray, padding: Pairs, value: float = 0) -> np.ndarray:
    """Pad the spatial axes of (C, *S, N) with a value; a negative amount crops. Contiguous."""
    sizes, kept, borders, inside = _frame(x.shape[1:-1], padding)
    if sizes == x.shape[1:-1] and not borders:
        return x
    y = np.empty((x.shape[0], *sizes, x.shape[-1]), x.dtype)
    for border in borders:
        y[border] = value
    y[inside] = x[kept]
    return y


@lru_cache(maxsize=256)
def _frame(size: tuple[int, ...], padding: Pairs) -> tuple[tuple[int, ...], Box, list[Box], Box]:
    """Return the padded sizes, what is kept of the input, and of the output the borders and where the input goes."""
    sizes = tuple(n + before + after for n, (before, after) in zip(size, padding, strict=True))
    kept: Box = (slice(None),)
    inside: Box = (slice(None),)
    borders: list[Box] = []
    for n, padded, (before, after) in zip(size, sizes, padding, strict=True):
        kept += (slice(max(-before, 0), n - max(-after, 0)),)
        start, stop = max(before, 0), padded - max(after, 0)
        borders += [inside + (side,) for side in (slice(0, start), slice(stop, padded)) if side.start < side.stop]
        inside += (slice(start, stop),)
    return sizes, kept, borders, inside


def window_counts(
    size: Sequence[int], kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> tuple[int, ...]:
    """Return how many windows fit along each axis."""
    return tuple((n - d * (k - 1) - 1) // s + 1 for n, k, s, d in zip(size, kernel, stride, dilation, strict=True))


@lru_cache(maxsize=1024)
def taps_along(
    n: int, kernel: int, stride: int, padding: int, dilation: int, out: int
) -> list[tuple[int, slice, slice]]:
    """List (u, windows, inputs) for one axis: element u of these windows meets these inputs."""
    found = []
    for u in range(kernel):
        first = u * dilation - padding
        lo, hi = max(0, -(first // stride)), min(out, (n - 1 - first) // stride + 1)
        if lo < hi:
            found.append((u, slice(lo, hi), slice(first + lo * stride, first + (hi - 1) * stride + 1, stride)))
    return found


class scratch:
    """A context that gives scratch memory of this thread, as an uninitialised array.

    It is taken meanwhile: a signal handler that computes in between gets other memory.

    It begins with a cache line. NumPy's own arrays may begin anywhere in one, and then each wide load crosses two:
    a matrix product on such columns takes up to 1.4 times as long.
    """

    def __init__(self, shape: Sequence[int], dtype: np.dtype, name: str = "columns") -> None:
        self.shape, self.dtype, self.name = shape, dtype, name

    def __enter__(self) -> np.ndarray:
        size = math.prod(self.shape) * self.dtype.itemsize
        buffer = _local.__dict__.pop(self.name, None)
        if buffer is None or buffer.nbytes < size:
            buffer = np.empty(size + LINE_BYTES, np.uint8)
            buffer = buffer[-buffer.ctypes.data % LINE_BYTES :]
        self.buffer: np.ndarray = buffer
        return np.ndarray(self.shape, self.dtype, buffer)

    def __exit__(self, *error: object) -> None:
        setattr(_local, self.name, self.buffer)


@lru_cache(maxsize=256)
def blocks(shape: tuple[int, ...], limit: int) -> list[Box]:
    """Cut an array into boxes of at most `limit` elements, each one run of its flattened elements."""
    cuts = []
    for n in reversed(shape):
        size = max(1, min(n, limit))
        size = -(-n // -(-n // size))  # as many pieces, but of even size
        limit = limit // n if size == n else 1
        cuts.append([slice(i, min(i + size, n)) for i in range(0, n, size)])
    return list(itertools.product(*reversed(cuts)))


class Run(NamedTuple):
    """Neighbouring output rows that the same rows of the kernel reach within the array, and their matrices.

    shape : of the matrices, (groups, rows, shifts, depth of the taps, positions)
    offset : where they begin in the copied lines, in bytes
    """

    rows: slice
    taps: Taps
    shape: tuple[int, ...]
    offset: int


class Block(NamedTuple):
    """Some output rows and some positions in each.

    window : its part of the windows
    inside : where in a line they lie, if windows are shifted: what is before and behind is padding
    shape : of the copied lines, (groups, lines, tap, positions)
    strides : of the matrices in them
    """

    window: Box
    inside: slice
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    runs: list[Run]
    positions: slice


class Columns:
    """The windows of an array as matrices, a block at a time.

    A window matrix has a row for each element of the kernel and a column for each position (place in the
    output, then image). The copy is the expensive part: it repeats each element of the input as often as
    windows cover it. Where it can, this class therefore copies *lines*, one for each index of the first
    spatial axis, which hold the windows along the other axes only. The matrix for the first output row is
    lines 0 to k-1, for the next one lines 1 to k: overlapping views of one buffer, so an element is
    repeated k times less, and one batched product makes many output rows. Padding along the first axis
    needs no lines: at the edges, matrices are of fewer lines, for fewer rows of the kernel.

    Even the windows along the last axis need no copies, if its stride is 1: a line holds the plain rows of the
    input, and the windows of each element of the kernel begin a pixel further. That is a product for each of them,
    and the products are to be added.

    Where sliding does not pay (few positions in a row, dilation, stride as large as the kernel), a first
    axis of length one is put in front: the one line of that axis is the classical column matrix.

    All of it follows from the shapes: one object serves every array of that shape.

    Parameters
    ----------
    shape : tuple of int
        That of the arrays, (C, *S, N).
    itemsize : int
        Bytes of one element.
    kernel, out, stride, dilation : tuples of int
        Sizes of window and output, step between windows, step inside a window.
    padding : tuple of pairs
    groups : int
    shift : bool
        Do not copy the windows along the last axis, if that can be.
    ones : bool
        End each line in a row of ones, for a product with a weight matrix into which the bias is woven.

    Attributes
    ----------
    kernel : tuple of int
        With that axis of length one, if there is one.
    padding : tuple of pairs
        What of it is in the lines; `above` is how much in front of them is not.
    shifts : int
        How many matrices there are for a row of the output: the length of the kernel's last axis, or 1.
    depth, tap : int
        Rows of all matrices, prod(kernel) * C / groups and the ones, and of one for a row of the kernel; the channel
        varies fastest.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        itemsize: int,
        kernel: tuple[int, ...],
        out: tuple[int, ...],
        stride: tuple[int, ...],
        padding: Pairs,
        dilation: tuple[int, ...],
        groups: int,
        shift: bool = False,
        ones: bool = False,
    ) -> None:
        channels, *size, batch = shape
        self.itemsize, self.groups, self.ones, self.padding = itemsize, groups, ones, padding
        self.channels = channels // groups
        self.in_place = math.prod(kernel) == 1 and max(stride) == 1  # the array is its own matrix
        self.above = 0
        slide = len(size) > 1 and stride[0] < kernel[0] and dilation[0] == 1
        shift = shift and len(size) <= 2 and stride[-1] == 1 < kernel[-1]
        slide = slide and math.prod(out[1:]) * batch >= (SHIFT_AND_SLIDE_MIN if shift else SLIDE_MIN)
        shift = shift and len(size) == 1 + slide
        self.tap = math.prod(kernel[1:] if slide else kernel) * (channels // groups) + ones
        if slide and self.tap >= TRIM_MIN and 0 <= min(padding[0]) <= max(padding[0]) < kernel[0]:
            self.above, self.padding = padding[0][0], ((0, 0), *padding[1:])
        if shift:
            self.padding = (*self.padding[:-1], (0, 0))
        size = [n + before + after for n, (before, after) in zip(size, self.padding, strict=True)]
        if not slide:
            size, kernel, out, stride, dilation = [1, *size], (1, *kernel), (1, *out), (1, *stride), (1, *dilation)
        self.kernel, self.stride, self.dilation = kernel, stride[0], dilation[1]
        self.shifts, self.before, self.width = 1, padding[-1][0], size[-1]
        if shift:
            self.shifts, self.tap = kernel[1], channels // groups
        self.depth = kernel[0] * self.tap * self.shifts
        self.rows, self.lines, self.box = out[0], size[0], (*out[1:], batch)
        self.line = itemsize * groups * self.tap  # bytes of one position in a line
        plane, *steps = [itemsize * math.prod([*size[i:], batch]) for i in range(len(size) + 1)]
        within = [step * d for step, d in zip(steps, dilation, strict=True)]
        between = [step * s for step, s in zip(steps, stride, strict=True)]
        taps, box = ((), (size[1], batch)) if shift else (kernel[1:], self.box)
        self.shape = (groups, size[0], *taps, channels // groups, *box)
        inner = (*within[1 : 1 + len(taps)], plane, *between[1:], itemsize)
        self.strides = (plane * (channels // groups), steps[0], *inner)

    def windows(self, x: np.ndarray) -> np.ndarray:
        """Return the windows of (N, C, *S), a view if that can be: (groups, lines, *kernel[1:], C / groups, *box).

        Without that of the kernel's last axis where windows are shifted: then of all pixels instead of positions.
        """
        x = pad(batch_inner(x), self.padding)
        return np.ndarray(self.shape, x.dtype, x, 0, self.strides)

    def split(self, y: np.ndarray) -> np.ndarray:
        """Return an output (O, *out, N) as (groups, rows, O / groups, positions), to be cut as the blocks are."""
        return y.reshape(self.groups, -1, self.rows, math.prod(self.box)).swapaxes(1, 2)

    def blocks(self, limit: int) -> list[Block]:
        """Cut the positions into blocks of about `limit` (more where nothing is copied), and the rows to fit."""
        if self.in_place:
            limit = MAX_UNCOPIED_POSITIONS
        elif self.rows == 1:
            limit = max(64, min(limit, CACHE_BYTES // self.line))
        else:  # with fewer positions where the least number of rows would not fit
            limit = max(128, min(limit, 2 * CACHE_BYTES // (self.line * (ROWS_MIN + self.kernel[0]))))
        found = []
        stop = 0
        for box in blocks(self.box, limit):
            start, stop = stop, stop + math.prod([s.stop - s.start for s in box])
            height = max(ROWS_MIN, (CACHE_BYTES // (self.line * (stop - start)) - self.kernel[0]) // self.stride + 1)
            found += [self._block(rows, slice(start, stop), box) for (rows,) in blocks((self.rows,), height)]
        return found

    def _block(self, rows: slice, positions: slice, box: Box) -> Block:
        """Group the output rows by the rows of the kernel that meet lines."""
        tops = {row: row * self.stride - self.above for row in range(rows.start, rows.stop)}
        lines = slice(max(0, tops[rows.start]), min(self.lines, tops[rows.stop - 1] + self.kernel[0]))
        taps_of = {row: (max(0, -top), min(self.kernel[0], self.lines - top)) for row, top in tops.items()}
        copied = count = positions.stop - positions.start
        images, inside = box[-1].stop - box[-1].start, slice(None)
        if self.shifts > 1:
            start, stop = box[0].start - self.before, box[0].stop - self.before + self.dilation * (self.shifts - 1)
            first, last = (min(max(place, 0), self.width) for place in (start, stop))
            box, inside, copied = (
                (slice(first, last), box[1]),
                slice(first - start, last - start),
                (stop - start) * images,
            )
        shape = (self.groups, lines.stop - lines.start, self.tap, copied)
        group, line, *inner = (self.itemsize * math.prod(shape[i:]) for i in range(1, 5))
        runs = []
        for taps, same in itertools.groupby(taps_of, key=lambda row: taps_of[row]):
            top, *others = same
            matrices = (self.groups, 1 + len(others), self.shifts, self.tap * (taps[1] - taps[0]), count)
            offset = line * (tops[top] + taps[0] - lines.start)
            runs.append(Run(slice(top, top + matrices[1]), taps, matrices, offset))
        window = (slice(None), lines) + (slice(None),) * (len(self.shape) - 2 - len(box)) + box
        strides = (group, line * self.stride, self.itemsize * self.dilation * images, *inner)
        return Block(window, inside, shape, strides, runs, positions)

    def matrices(self, windows: np.ndarray, block: Block) -> Iterator[tuple[slice, Taps, np.ndarray]]:
        """Give the rows of each run, their taps and matrices, (groups, rows, shifts, depth of the taps, positions).

        They are valid until this thread asks for another block.
        """
        source = windows[block.window]
        if self.in_place:
            for rows, taps, shape, _ in block.runs:
                yield rows, taps, source.reshape(shape)
            return
        with scratch(block.shape, source.dtype) as copies:
            if self.shifts > 1:
                lines = copies.reshape(*copies.shape[:3], -1, source.shape[-1])
                lines[..., : block.inside.start, :] = 0
                lines[..., block.inside.stop :, :] = 0
                np.copyto(lines[..., block.inside, :], source)
            elif self.ones:
                copies[:, :, -1] = 1
                np.copyto(copies[:, :, :-1].reshape(source.shape), source)
            else:
                np.copyto(copies.reshape(source.shape), source)
            for rows, taps, shape, offset in block.runs:
                yield rows, taps, np.ndarray(shape, copies.dtype, copies, offset, block.strides)
