"""The format of `save`: a zip of npy files, as ``numpy.savez`` makes, with the structure as JSON.

Every array is an entry named by its place in the object, so ``numpy.load`` of a saved state_dict has the dotted
names as keys. The entry ``structure.json`` says how they nest and what else there is. Nothing in a file is ever run.
"""

from __future__ import annotations

import json
import zipfile
from typing import IO, Any

import numpy as np

from minigrad.saving.bounded import read_npy
from minigrad.saving.structure import Path, Reader, Refused, Writer

STRUCTURE = "structure.json"
_VERSION = 3  # since 2, the versions of modules are stored beside a state_dict; since 3, there are modules


def described(obj: Any) -> tuple[str, dict[str, np.ndarray]]:
    """Return the structure of an object as JSON, and its arrays by the names of their entries."""
    writer = Writer(_encode_other)
    try:
        structure = {"format": "minigrad", "version": _VERSION, "object": writer.encode(obj, ())}
        return json.dumps(structure, allow_nan=False), writer.arrays
    except RecursionError:
        raise ValueError("save: the object contains itself, or is nested too deeply") from None


def write(file: IO[bytes], text: str, arrays: dict[str, np.ndarray]) -> None:
    """Write what `described` returned."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(STRUCTURE), text)  # our own ZipInfo holds no time
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


def read(archive: zipfile.ZipFile, weights_only: bool) -> Any:
    """Return the object in an archive; any error may come of a damaged one."""
    entries = {info.filename: info for info in archive.infolist()}
    structure = json.loads(archive.read(entries.pop(STRUCTURE)))
    if structure["format"] == "minigrad" and structure["version"] > _VERSION:
        raise Refused("was written by a later version of minigrad; update it")

    def array(entry: str) -> np.ndarray:
        info = entries.pop(f"{entry}.npy")  # each is there for one place
        with archive.open(info) as content:
            return read_npy(content, info.file_size)

    return Reader(array, _decode_other, weights_only).decode(structure["object"])


# Few files hold anything but plain data, and what describes the rest needs modules.


def _encode_other(writer: Writer, x: Any, path: Path) -> Any:
    from minigrad.saving import objects

    return objects.encode(writer, x, path)


def _decode_other(reader: Reader, kind: str, content: Any) -> Any:
    from minigrad.saving import objects

    return objects.decode(reader, kind, content)
