"""Getting the files of data sets, so that only whole and right ones stay."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import http.client
import os
import urllib.request
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from minigrad.saving.bounded import Bounded, Readable, most_unfolded

SILENCE_SECONDS = 30  # then try the next mirror
CHUNK_BYTES = 1 << 16


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
                f"{path}: expected a whole gzip file, got a truncated or corrupt one of {size} bytes ({error}); "
                "delete it and get it again"
            ) from error


def matches(path: Path, checksum: str) -> bool:
    """Return whether the file, or what it holds under gzip, has this MD5 or SHA-256 sum."""
    with open(path, "rb") as raw, uncompressed(path) as content:
        return any(_digest(file, len(checksum)) == checksum for file in (raw, content))


def _digest(file: Readable, length: int) -> str:
    total = hashlib.md5(usedforsecurity=False) if length == 32 else hashlib.sha256()
    while chunk := file.read(CHUNK_BYTES):
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
            transfer(url, part, path.name)
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


def transfer(url: str, target: Path, name: str) -> None:
    """Write what is at an address into a file, and show how far it is under `name`."""
    request = urllib.request.Request(url, headers={"User-Agent": "minigrad"})
    with urllib.request.urlopen(request, timeout=SILENCE_SECONDS) as response, open(target, "wb") as file:
        length = response.headers.get("Content-Length")
        received = 0
        with _progress(name, length and int(length)) as advance:
            while chunk := response.read(CHUNK_BYTES):
                file.write(chunk)
                received += len(chunk)
                advance(len(chunk))
        if length and received != int(length):
            raise RuntimeError(f"the transfer ended after {received} of {length} bytes")


@contextlib.contextmanager
def _progress(name: str, total: int | None) -> Iterator[Callable[[int], object]]:
    """Show a progress bar on a terminal if tqdm is installed."""
    try:
        from tqdm.auto import tqdm
    except ImportError:
        yield lambda count: None
        return
    with tqdm(desc=name, total=total, unit="B", unit_scale=True, disable=None) as bar:
        yield bar.update
