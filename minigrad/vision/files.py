"""Files of data sets: downloading them so that only whole and right ones stay, and reading the IDX format."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import http.client
import math
import os
import struct
import urllib.request
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from minigrad.saving.bounded import Bounded, Readable, most_unfolded

_IDX_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_MOST_DIMS = 32  # NumPy 1's; MNIST's files have 3 and 1
_TIMEOUT = 30  # seconds without a byte
_CHUNK = 1 << 16


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
        if len(begin) < 4 or begin[:2] != b"\0\0" or begin[2] not in _IDX_TYPES or not 0 < begin[3] <= _MOST_DIMS:
            raise RuntimeError(f"{path}: an IDX file expected, but it begins with {begin.hex(' ') or 'nothing'}")
        dtype, dims = np.dtype(_IDX_TYPES[begin[2]]), begin[3]
        lengths = file.read(4 * dims)
        shape = struct.unpack(f">{dims}I", lengths) if len(lengths) == 4 * dims else ()
        size = math.prod(shape) * dtype.itemsize if shape else 0
        content = file.read(size + 1)
        expected, got = 4 + 4 * dims + size, 4 + len(lengths) + len(content)
        while more := file.read(_CHUNK):  # to its very end, where a gzip file has its sum
            got += len(more)
        if got != expected:
            of_shape = f" for an array of shape {shape}" if shape else ""
            raise RuntimeError(
                f"{path}: {expected} bytes expected{of_shape}, got {got}; "
                "the file is truncated or corrupt: delete it and get it again"
            )
        return np.frombuffer(content, dtype).reshape(shape).astype(dtype.newbyteorder("="))


@contextlib.contextmanager
def uncompressed(path: Path) -> Iterator[Bounded]:
    """Open a file that may be compressed by gzip; RuntimeError if it is corrupt or unfolds too far."""
    with open(path, "rb") as raw:
        size = os.fstat(raw.fileno()).st_size
        try:
            if raw.peek(2)[:2] == b"\x1f\x8b":
                with gzip.GzipFile(fileobj=raw) as content:
                    yield Bounded(content, most_unfolded(size))
            else:
                yield Bounded(raw, size)
        except (EOFError, OSError, ValueError, MemoryError, zlib.error) as error:
            raise RuntimeError(
                f"{path}: a whole gzip file expected, got a truncated or corrupt one of {size} bytes ({error}); "
                "delete it and get it again"
            ) from error


def matches(path: Path, checksum: str) -> bool:
    """Return whether the file, or what it holds under gzip, has this MD5 or SHA-256 sum."""
    with open(path, "rb") as raw, uncompressed(path) as content:
        return any(_digest(file, len(checksum)) == checksum for file in (raw, content))


def _digest(file: Readable, length: int) -> str:
    total = hashlib.md5(usedforsecurity=False) if length == 32 else hashlib.sha256()
    while chunk := file.read(_CHUNK):
        total.update(chunk)
    return total.hexdigest()


def download(mirrors: Sequence[str], path: Path, checksum: str) -> None:
    """Get the file called ``path.name`` from the first mirror that has it whole and right.

    It is written under another name and renamed when it is complete, so `path` never is a half or a wrong file.

    Raises
    ------
    RuntimeError
        If no mirror has it; says what was wrong with each, and where to put the file by hand.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    failures = []
    for mirror in mirrors:
        url = mirror + path.name
        try:
            _transfer(url, part, path.name)
            if not matches(part, checksum):
                raise RuntimeError(f"the checksum is not {checksum}, so this is another file")
            os.replace(part, path)
            return
        except (OSError, http.client.HTTPException, RuntimeError) as error:
            failures.append(f"  {url}: {str(error) or type(error).__name__}")
        finally:
            part.unlink(missing_ok=True)
    advice = f"Get it elsewhere and put it into {path.parent}"
    raise RuntimeError("\n".join([f"{path.name} could not be downloaded:", *failures, advice]))


def _transfer(url: str, target: Path, name: str) -> None:
    request = urllib.request.Request(url, headers={"User-Agent": "minigrad"})
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as response, open(target, "wb") as file:
        length = response.headers.get("Content-Length")
        received = 0
        with _progress(name, length and int(length)) as advance:
            while chunk := response.read(_CHUNK):
                file.write(chunk)
                received += len(chunk)
                advance(len(chunk))
        if length and received != int(length):
            raise RuntimeError(f"the transfer ended after {received} of {length} bytes")


@contextlib.contextmanager
def _progress(name: str, total: int | None) -> Iterator[Callable[[int], object]]:
    """Show a progress bar on a terminal if tqdm is installed."""
    try:
        from tqdm import tqdm
    except ImportError:
        yield lambda count: None
        return
    with tqdm(desc=name, total=total, unit="B", unit_scale=True, disable=None) as bar:
        yield bar.update
