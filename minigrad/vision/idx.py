"""The IDX format, in which MNIST comes."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np

from minigrad.vision.download import uncompressed

ELEMENTS = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MOST_DIMS = 32  # MNIST's files have 3 and 1
CHUNK_BYTES = 1 << 16


def read_idx(path: Path) -> np.ndarray:
    """Return the array in an IDX file, the format of MNIST, compressed by gzip or not.

    Two zero bytes, one for the type, one for the number of dimensions, their lengths as big-endian 32-bit integers,
    then the elements in C order (LeCun, Cortes, Burges: The MNIST database, 1998).

    Raises
    ------
    RuntimeError
        If the file is truncated, corrupt, or something else, or unfolds to far more than its size.
    """
    with uncompressed(path) as file:
        begin = file.read(4)
        if len(begin) < 4 or begin[:2] != b"\0\0" or begin[2] not in ELEMENTS or not 0 < begin[3] <= MOST_DIMS:
            raise RuntimeError(f"{path}: expected an IDX file, but it begins with {begin.hex(' ') or 'nothing'}")
        dtype, dims = np.dtype(ELEMENTS[begin[2]]), begin[3]
        lengths = file.read(4 * dims)
        shape = struct.unpack(f">{dims}I", lengths) if len(lengths) == 4 * dims else ()
        size = math.prod(shape) * dtype.itemsize if shape else 0
        content = file.read(size + 1)
        expected, got = 4 + 4 * dims + size, 4 + len(lengths) + len(content)
        while more := file.read(CHUNK_BYTES):  # to the very end, where gzip keeps its checksum
            got += len(more)
        if got != expected:
            of_shape = f" for an array of shape {shape}" if shape else ""
            raise RuntimeError(
                f"{path}: expected {expected} bytes{of_shape}, got {got}; "
                "the file is truncated or corrupt: delete it and get it again"
            )
        return np.frombuffer(content, dtype).reshape(shape).astype(dtype.newbyteorder("="))
