"""Files that are replaced whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
from collections.abc import Iterator
from typing import IO, Any

try:
    import fcntl
except ImportError:  # Windows, where open files cannot be removed or renamed
    fcntl = None  # type: ignore[assignment]


@contextlib.contextmanager
def replaced(path: Any, caller: str = "save") -> Iterator[IO[bytes]]:
    """Open a new file that replaces the one at `path` when the block ends, and vanishes if it raises.

    What is there and no regular file, such as a pipe, is written to. An OSError names `caller` and `path`.
    """
    path = _destination(path, caller)
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as file:
                yield file
        else:
            if os.path.exists(path) and not os.access(path, os.W_OK):
                raise PermissionError(errno.EACCES, "the file is there and must not be written to")
            _remove_stale(path)
            yield from _replaced(path)
    except OSError as error:
        if error.errno is None:
            raise OSError(f"{caller}: {path}: {error}") from error
        raise OSError(error.errno, f"{caller}: {error.strerror}", path) from error


def _destination(path: Any, caller: str) -> str:
    """Return the path without links, so that a link stays one, if there may be a file."""
    try:
        text = os.fsdecode(path)
    except TypeError:
        raise TypeError(f"{caller}: expected a path or a binary file, got {type(path).__name__}") from None
    if not text or "\0" in text:
        raise FileNotFoundError(f"{caller}: expected the name of a file, got {path!r}")
    resolved = os.path.realpath(text)
    folder = os.path.dirname(resolved)
    if os.path.islink(resolved):
        raise OSError(errno.ELOOP, f"{caller}: {os.strerror(errno.ELOOP)}", text)
    if not os.path.split(text)[1] or os.path.isdir(text):
        raise IsADirectoryError(errno.EISDIR, f"{caller}: expected the name of a file, not of a folder", text)
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"{caller}: there is no folder {folder}; make it with os.makedirs")
    return resolved


def _replaced(path: str) -> Iterator[IO[bytes]]:
    file = _temporary(path)
    try:
        with file:
            if os.path.exists(path):
                with contextlib.suppress(OSError):  # a private file stays private
                    os.chmod(file.name, stat.S_IMODE(os.stat(path).st_mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
            if fcntl:  # before the lock is released
                os.replace(file.name, path)
        if not fcntl:
            os.replace(file.name, path)
    except BaseException:  # Ctrl-C, too
        with contextlib.suppress(OSError):
            os.remove(file.name)
        raise
    with contextlib.suppress(OSError):  # the renaming itself reaches the disk with the folder, where that can be opened
        handle = os.open(os.path.dirname(path), os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# ---- temporary files -------------------------------------------------------------------------------------------------
# A process that is killed leaves its temporary file. While one is written it is locked, and the system gives up a lock
# when the process ends, however it does: what can be locked is stale. Numbers of processes would not tell, as machines
# and containers that share a folder have their own.


def _temporary(path: str) -> IO[bytes]:
    """Return a new file beside `path`, locked."""
    while True:
        name = f".{_short(path)}.{os.urandom(4).hex()}.tmp"
        file = open(os.path.join(os.path.dirname(path), name), "x+b")
        try:
            if _lock(file):
                return file
        except BaseException:
            file.close()
            os.remove(file.name)
            raise
        file.close()


def _short(path: str) -> str:
    """Return the name of a file, or what fits of it into a longer name: there may be 255 bytes."""
    name = os.path.basename(path)
    return name if len(os.fsencode(name)) <= 200 else name[:50]


def _lock(file: IO[bytes]) -> bool:
    """Lock a new file; False if somebody took it for a stale one before, and it is no more."""
    if fcntl:
        with contextlib.suppress(OSError):  # not all file systems have locks
            fcntl.flock(file, fcntl.LOCK_EX)
    return not fcntl or os.fstat(file.fileno()).st_nlink > 0


def _remove_stale(path: str) -> None:
    """Remove what killed processes have left of `path`, and of other files in its folder."""
    folder = os.path.dirname(path)
    with contextlib.suppress(OSError):
        found = set(os.listdir(folder))
        for entry in found:
            match = re.fullmatch(r"\.(.+)\.[0-9a-f]{8}\.tmp", entry, re.DOTALL)
            if match and (match[1] == _short(path) or match[1] in found):
                with contextlib.suppress(OSError):
                    _remove_if_stale(os.path.join(folder, entry))


def _remove_if_stale(path: str) -> None:
    if not fcntl:
        os.remove(path)  # an error where it is open
        return
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.remove(path)
    finally:
        os.close(handle)
