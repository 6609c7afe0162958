"""Unpacking archives of data sets: inside one folder, whole or not at all."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import tarfile
import zlib
from pathlib import Path

_CORRUPT = (EOFError, ValueError, FileExistsError, gzip.BadGzipFile, tarfile.TarError, zlib.error)


def unpack(archive: Path, folder: Path) -> None:
    """Unpack the folders and regular files of a .tar.gz archive into `folder`.

    All is written under another name first. Then what is new is renamed to its place, a folder at once, and files that
    are there already are replaced one by one.

    Raises
    ------
    RuntimeError
        If the archive is truncated, corrupt or another kind of file, or has a member that is a link or a device, or
        whose name leads out of the folder. Nothing of it is left.
    """
    part = folder / f"{archive.name}.{os.getpid()}.part"
    part.mkdir(parents=True)
    try:
        with gzip.open(archive) as content, tarfile.open(fileobj=content, mode="r:") as file:
            for member in file:
                _write(file, member, part.joinpath(*_parts(member)))
            while content.read(1 << 20):  # to its very end, where the checksum is, which tarfile does not reach
                pass
        _move(part, folder)
    except _CORRUPT as error:
        raise RuntimeError(
            f"{archive}: a whole .tar.gz archive of files and folders expected, but {error}; delete it and get it again"
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _parts(member: tarfile.TarInfo) -> list[str]:
    """The path of a member, checked as both Unix and Windows would read it."""
    if not (member.isreg() or member.isdir()):
        raise tarfile.TarError(f"{member.name!r} in it is a link or a device")
    parts = re.split(r"[/\\]", member.name)
    if not parts[0] or ".." in parts or ":" in member.name:
        raise tarfile.TarError(f"{member.name!r} in it leads out of the folder")
    return parts


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    content = archive.extractfile(member)  # None: a folder
    (path if content is None else path.parent).mkdir(parents=True, exist_ok=True)
    if content is not None:
        with content, open(path, "xb") as file:
            shutil.copyfileobj(content, file)


def _move(source: Path, target: Path) -> None:
    if source.is_dir() and target.is_dir():
        for entry in source.iterdir():
            _move(entry, target / entry.name)
    else:
        os.replace(source, target)
