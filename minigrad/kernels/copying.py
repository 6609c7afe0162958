"""Copies of arrays into the order of their indices.

NumPy copies an array whose axes lie the other way round, such as a transposed matrix or images with the batch
innermost, along one of them. Where all that is read or written one after the other falls into few places of the cache,
it takes up to ten times as long as a copy in blocks.
"""

from __future__ import annotations

import math

import numpy as np

__all__ = ["contiguous", "copy", "in_index_order"]

MIN_ELEMENTS = 1 << 15  # of arrays for which blocks pay
NARROW = range(4, 257)  # columns of matrices that are read in blocks of rows, ...
BLOCK_ELEMENTS = 1 << 13  # elements: both sides of a block stay in the first-level cache
SAME_PLACES = 1 << 10  # bytes: rows that lie a multiple of it apart share few places of the cache: ...
TILE_ROWS, TILE_COLUMNS = 64, 512  # ... a tile of them is brought together first, ...
GAP = 8  # ... in rows that lie as many elements further apart

_WHOLE = {1: np.int8, 2: np.int16, 4: np.int32, 8: np.int64}  # by size in bytes


def copy(source: np.ndarray, target: np.ndarray) -> None:
    """``np.copyto(target, source)`` of arrays of one dtype and shape.

    Where the target begins a few bytes further in a page of memory than the source, as large arrays do that were
    allocated one after the other, the GNU C library's copy takes ten times as long on AMD's Zen 3: ``rep movsb`` does.
    (https://lunnova.dev/articles/ryzen-slow-short-rep-mov/)
    """
    whole = _WHOLE[source.itemsize]
    bits = source.view(whole)
    np.bitwise_or(bits, bits, out=target.view(whole))


def contiguous(x: np.ndarray) -> np.ndarray:
    """``np.ascontiguousarray(x)``, but without dimensions if `x` has none."""
    return x if x.flags.c_contiguous else in_index_order(x, x.dtype)


def in_index_order(x: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """``np.array(x, dtype, order="C")``."""
    if x.size >= MIN_ELEMENTS and not x.flags.c_contiguous:
        for first in range(1, x.ndim):
            turned = x.transpose(*range(first, x.ndim), *range(first))
            if turned.flags.c_contiguous:
                matrix = turned.reshape(math.prod(x.shape[first:]), -1)
                return _transposed(matrix, dtype).reshape(x.shape)
    return np.array(x, dtype, order="C")


def _transposed(matrix: np.ndarray, dtype: np.dtype) -> np.ndarray:
    rows, columns = matrix.shape
    result = np.empty((columns, rows), dtype)
    if columns in NARROW:
        step = max(1, BLOCK_ELEMENTS // columns)
        for start in range(0, rows, step):
            result[:, start : start + step] = matrix[start : start + step].T
    elif matrix.strides[0] % SAME_PLACES:
        result[...] = matrix.T
    else:
        together = np.empty((TILE_ROWS, TILE_COLUMNS + GAP), matrix.dtype)
        for top in range(0, rows, TILE_ROWS):
            for left in range(0, columns, TILE_COLUMNS):
                tile = matrix[top : top + TILE_ROWS, left : left + TILE_COLUMNS]
                near = together[: tile.shape[0], : tile.shape[1]]
                near[...] = tile
                result[left : left + TILE_COLUMNS, top : top + TILE_ROWS] = near.T
    return result
