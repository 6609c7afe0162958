"""Reading files that may hold anything: how much memory one may take before it is refused.

There is one rule for all readers. What is stored as it is takes no more than the file's own size. What is compressed
may unfold to 16 times the file's size and 16 MiB, which photographs, digits and tables stay far below, and a file made
to fill the memory does not. Nothing is made of a size that a file merely names.
"""

from __future__ import annotations

import math
import reprlib
from typing import Any, Protocol

import numpy as np

_RATIO, _ALWAYS = 16, 1 << 24
_CHUNK = 1 << 20
_LONGEST_HEADER = 1 << 16
_MOST_DIMS = 64  # NumPy 2's
_LARGEST_DIM = 1 << 48  # larger ones are in no file; their product would take long to compute


class Readable(Protocol):
    """A stream to read from."""

    def read(self, size: int = ..., /) -> bytes: ...


def most_unfolded(size: int) -> int:
    """Return how many bytes a compressed file of `size` bytes may unfold to."""
    return _RATIO * size + _ALWAYS


class Bounded:
    """A binary stream that may be read up to a number of bytes; to ask for more is a ValueError."""

    def __init__(self, stream: Readable, most: int) -> None:
        self._stream, self._most, self._left = stream, most, most

    def read(self, size: int = -1) -> bytes:
        """Return the next `size` bytes, or all: fewer at the end only."""
        content = bytearray()
        while size < 0 or len(content) < size:
            wanted = min(self._left + 1, _CHUNK, size - len(content) if size >= 0 else _CHUNK)
            chunk = self._stream.read(wanted)
            if not chunk:
                break
            self._left -= len(chunk)
            if self._left < 0:
                raise ValueError(f"it unfolds to more than {self._most} bytes, which is refused")
            content += chunk
        return bytes(content)


def size_of_array(shape: Any, dtype: np.dtype) -> int:
    """Return how many bytes an array takes; ValueError if `shape` is that of no array."""
    if not isinstance(shape, (list, tuple)) or len(shape) > _MOST_DIMS:
        raise ValueError(f"it holds an array whose shape is not a tuple of at most {_MOST_DIMS} lengths")
    if not all(type(n) is int and 0 <= n < _LARGEST_DIM for n in shape):
        raise ValueError(f"it holds an array of shape {reprlib.repr(shape)}")
    return math.prod(shape) * dtype.itemsize


def read_array(stream: Readable, shape: Any, dtype: np.dtype, order: Any = "C") -> np.ndarray:
    """Return a new array with the content next in the stream; the caller has compared its size with what is there."""
    array = np.empty(shape, dtype, order)
    if array.nbytes:
        fill(array.reshape(-1, order=order).view(np.uint8), stream)
    return array


def fill(content: np.ndarray, stream: Readable) -> None:
    """Fill an array of bytes with what is next in the stream."""
    filled = 0
    while filled < len(content):
        chunk = stream.read(min(_CHUNK, len(content) - filled))
        if not chunk:
            raise EOFError("it ends within an array")
        content[filled : filled + len(chunk)] = np.frombuffer(chunk, np.uint8)
        filled += len(chunk)


def read_npy(stream: Readable, size: int) -> np.ndarray:
    """Return the array in a stream of `size` bytes in NumPy's format, versions 1 to 3, if it holds no objects."""
    import ast  # only when something is loaded

    start = stream.read(8)
    if len(start) < 8 or start[:6] != b"\x93NUMPY" or start[6] not in (1, 2, 3):
        raise ValueError("an array is not in NumPy's format")
    width = 2 if start[6] == 1 else 4
    length = int.from_bytes(stream.read(width), "little")
    if length > _LONGEST_HEADER:
        raise ValueError(f"the header of an array has {length} bytes")
    header = ast.literal_eval(stream.read(length).decode("utf-8" if start[6] == 3 else "latin1"))
    dtype, shape = np.lib.format.descr_to_dtype(header["descr"]), header["shape"]
    content = size_of_array(shape, dtype)
    if dtype.hasobject or dtype.str[1:] in ("S0", "U0") or 8 + width + length + content != size:
        raise ValueError(f"an array is of {dtype}, or not of the {size} bytes that there are")
    array = read_array(stream, shape, dtype, "F" if header["fortran_order"] is True else "C")
    if stream.read(1):  # reading to the end checks the sum of the entry
        raise ValueError("an array is longer than its shape says")
    return array
