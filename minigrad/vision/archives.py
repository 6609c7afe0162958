"""Unpacking archives of data sets: inside one folder, whole or not at all."""

from __future__ import annotations

import errno
import gzip
import os
import re
import shutil
import tarfile
from pathlib import Path
from typing import Any

from minigrad.saving.bounded import Bounded, most_unfolded

_LONGEST_HEADER = 1 << 16
DISK_BLOCK_BYTES = 4096  # the least that a file takes on the disk
_BAD_NAMES = (errno.EEXIST, errno.EISDIR, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ)


class _Member(tarfile.TarInfo):
    """A member whose long name or other attributes, which are read at once, are not too long."""

    def _proc_member(self, file: tarfile.TarFile) -> Any:
        if self.size > _LONGEST_HEADER and not (self.isreg() or self.isdir()):
            raise tarfile.ReadError(f"a member has attributes of {self.size} bytes")
        return super()._proc_member(file)  # type: ignore[misc]


def unpack(archive: Path, folder: Path) -> None:
    """Unpack the folders and regular files of a .tar.gz archive into `folder`.

    All is written under another name first. Then what is new is renamed to its place, a folder at once, and files that
    are there already are replaced one by one.

    Raises
    ------
    RuntimeError
        If the archive is truncated, corrupt or another kind of file, unfolds to far more than its size, or has a member
        that is a link or a device, or whose name leads out of the folder or cannot be one. Nothing of it is left.
    OSError
        If it cannot be written, as where the disk is full. Nothing of it is left then either.
    """
    part = folder / f"{archive.name}.{os.getpid()}.part"
    part.mkdir(parents=True)
    try:
        try:
            _write_all(archive, part)
        except Exception as error:  # tarfile raises many kinds
            if isinstance(error, OSError) and error.errno is not None and error.errno not in _BAD_NAMES:
                raise
            raise RuntimeError(
                f"{archive}: expected a whole .tar.gz archive of files and folders, but "
                f"{error or type(error).__name__}; delete it and get it again"
            ) from error
        _refuse_conflicts(archive, part, folder)
        _move(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _write_all(archive: Path, folder: Path) -> None:
    left = most_unfolded(archive.stat().st_size)
    with gzip.open(archive) as unfolded:
        content = Bounded(unfolded, left)
        with tarfile.open(fileobj=content, mode="r|", tarinfo=_Member) as file:  # type: ignore[call-overload]  # all it does is to read
            while (member := file.next()) is not None:
                file.members.clear()  # tarfile would keep all members
                left -= member.size + DISK_BLOCK_BYTES  # a sparse file is larger than its part of the archive
                if member.size < 0 or left < 0:
                    raise tarfile.TarError("its files are too large or too many for its size")
                _write(file, member, folder.joinpath(*_parts(member)))
        while content.read(1 << 20):  # to the very end, which tarfile does not reach: there is the checksum
            pass


def _parts(member: tarfile.TarInfo) -> list[str]:
    """Return the path of a member, checked as both Unix and Windows would read it."""
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


def _refuse_conflicts(archive: Path, source: Path, target: Path) -> None:
    for entry in source.rglob("*"):
        there = target / entry.relative_to(source)
        if there.exists() and there.is_dir() != entry.is_dir():
            kinds = ("a folder", "a file") if entry.is_dir() else ("a file", "a folder")
            raise RuntimeError(f"{archive}: it has {kinds[0]} for {there}, which is {kinds[1]}; move that away")


def _move(source: Path, target: Path) -> None:
    if source.is_dir() and target.is_dir():
        for entry in source.iterdir():
            _move(entry, target / entry.name)
    else:
        os.replace(source, target)
