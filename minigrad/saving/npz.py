"""Saving and loading without pickle: a zip of npy files, as ``numpy.savez`` makes, with the structure as JSON.

Every array is an entry named by its place in the object, so ``numpy.load`` of a saved state_dict has the dotted
names as keys. The entry ``structure.json`` says how they nest and what else there is. Nothing in a file is ever run.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.device import device, on_cpu
from minigrad.core.tensor import Tensor
from minigrad.saving.atomic import replaced
from minigrad.saving.bounded import read_npy

if TYPE_CHECKING:
    import zipfile  # at run time only where it is used: it would take a sixth of the time of importing minigrad

__all__ = ["load", "save"]

_STRUCTURE = "structure.json"
_VERSION = 2  # since 2, the versions of modules are stored beside a state_dict
_LONG = 10_000  # bits; from about 14,000 on Python refuses to write or to read the digits
_Path = tuple[Any, ...]  # the keys and indices that lead to a part of the object


def save(obj: Any, f: Any) -> None:
    """Write `obj` to a file that `load` and, for its arrays, ``numpy.load`` can read.

    A path is written to a temporary file beside it, which then takes its place: at any moment, whatever happens, there
    is the old file or the new one, whole. The same object gives the same bytes.

    Parameters
    ----------
    obj : any nesting of dicts (with str or int keys), lists and tuples
        of str, int, float, bool, None, ndarrays, NumPy scalars and Tensors. All come back as they were, but subclasses
        as what they derive from: an OrderedDict as a dict, a Parameter as a Tensor that requires grad. A module's
        ``state_dict()`` keeps the ``_version`` of every module. What shares memory is written once for each.
    f : path or binary file
        A path is used as it is: no extension is added.

    Raises
    ------
    TypeError
        If there is anything else in `obj`, saying where. Nothing is written then.
    FileNotFoundError
        If there is no such folder, or `f` is empty.
    OSError
        If the file cannot be written, as where the disk is full; it names the file, and the old one is as it was.
    ValueError
        If `obj` contains itself, or is nested hundreds of levels deep.

    Notes
    -----
    Where PyTorch pickles any object, this takes plain data only: save ``model.state_dict()``, not ``model``.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO()
    >>> mg.save({"fc.weight": mg.ones(2), "epochs": (1, 2)}, file)
    >>> mg.load(io.BytesIO(file.getvalue()))
    {'fc.weight': tensor([1., 1.]), 'epochs': (1, 2)}
    >>> list(np.load(io.BytesIO(file.getvalue())))
    ['structure.json', 'fc.weight']
    """
    import json  # only when something is saved

    writer = _Writer()
    try:
        structure = {"format": "minigrad", "version": _VERSION, "object": writer.encode(obj, ())}
        text = json.dumps(structure, allow_nan=False)
    except RecursionError:
        raise ValueError("save: the object contains itself, or is nested too deeply") from None
    if isinstance(f, io.TextIOBase):
        raise TypeError('save: expected a binary file, got one of text; open it with "wb"')
    if hasattr(f, "write"):
        _write(f, text, writer.arrays)
    else:
        with replaced(f) as file:
            _write(file, text, writer.arrays)


def load(f: Any, map_location: Any = None, *, weights_only: bool = True) -> Any:
    """Read what `save` has written.

    Parameters
    ----------
    f : path or binary file
    map_location : optional
        Accepted for scripts that name the CPU.
    weights_only : bool
        Accepted; a file never holds code.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    RuntimeError
        If it is truncated, damaged, or was not written by `save`, which includes one whose entries are compressed: it
        names the file. So a file takes no more memory than what it holds, which is as large as the file.

    Examples
    --------
    See `save`.
    """
    if isinstance(map_location, (str, device)):
        on_cpu("load", map_location)
    if isinstance(f, io.TextIOBase):
        raise TypeError('load: expected a binary file, got one of text; open it with "rb"')
    if hasattr(f, "read"):
        return _read(f, str(getattr(f, "name", "the file")))
    try:
        name = os.fsdecode(f)
    except TypeError:
        raise TypeError(f"load: expected a path or a binary file, got {type(f).__name__}") from None
    if not os.path.exists(name):
        raise FileNotFoundError(f"load: there is no file {name}")
    with open(name, "rb") as file:
        return _read(file, name)


# ---- the object as JSON, its arrays apart ----------------------------------------------------------------------------


class _Writer:
    """A writer that takes an object apart. JSON's types stand for themselves, others are ``{kind: content}``."""

    def __init__(self) -> None:
        self.arrays: dict[str, np.ndarray] = {}

    def encode(self, x: Any, path: _Path) -> Any:
        if x is None or isinstance(x, bool):
            return x
        if isinstance(x, Tensor):
            kind = "parameter" if x.is_leaf and x.requires_grad else "tensor"
            return {kind: self._store(x._data, path)}
        if isinstance(x, np.generic):  # before float, of which float64 is a subclass
            return {"scalar": self._store(np.asarray(x), path)}
        if type(x) in (np.ndarray, np.memmap):
            return {"array": self._store(x, path)}
        if isinstance(x, str):
            return str.__str__(x)
        if isinstance(x, int):
            return int(x) if x.bit_length() < _LONG else {"int": hex(x)}
        if isinstance(x, float):
            return float(x) if math.isfinite(x) else {"float": repr(float(x))}
        if isinstance(x, (list, tuple)):
            items = [self.encode(item, (*path, i)) for i, item in enumerate(x)]
            return items if isinstance(x, list) else {"tuple": items}
        if isinstance(x, dict):
            pairs = [[self._key(k, path), self.encode(v, (*path, k))] for k, v in x.items()]
            metadata = getattr(x, "_metadata", None)  # of a state_dict
            return {"state": [pairs, self.encode(metadata, (*path, "_metadata"))]} if metadata else {"dict": pairs}
        raise TypeError(f"save: {_place(path)} is {_description(x)}")

    def _key(self, key: Any, path: _Path) -> str | int:
        if isinstance(key, str):
            return str.__str__(key)
        if isinstance(key, int) and not isinstance(key, bool):
            return int(key)
        raise TypeError(f"save: {_place(path)} has the key {key!r:.80}; keys are of type str or int")

    def _store(self, array: np.ndarray, path: _Path) -> str:
        """Note an array; returns the name of its entry, which is its place in the object where that is possible."""
        if array.dtype.hasobject:
            raise TypeError(f"save: {_place(path)} is an array of Python objects; expected one of numbers")
        if not _has_name(array.dtype):
            raise TypeError(f"save: {_place(path)} is an array of {array.dtype}, which NumPy's files have no name for")
        name = base = re.sub(r"[^\w.+ \-]", "_", ".".join(map(str, path)))[:200] or "object"
        count = 1
        while name in self.arrays:
            count += 1
            name = f"{base}~{count}"
        self.arrays[name] = array
        return name


def _has_name(dtype: np.dtype) -> bool:
    """Return whether a dtype can be written to a file, as all can but those with fields out of order."""
    try:
        return dtype.names is None or np.lib.format.descr_to_dtype(np.lib.format.dtype_to_descr(dtype)) == dtype
    except ValueError:
        return False


def _place(path: _Path) -> str:
    """Return a path as it is written in Python: ``optimizer.state[3].foo``."""
    text = "".join(f".{p}" if isinstance(p, str) else f"[{p!r}]" for p in path)
    return text.lstrip(".") or "the object"


def _description(x: Any) -> str:
    kind = type(x).__name__
    article = "an" if kind[0].lower() in "aeiou" else "a"
    if hasattr(x, "state_dict"):
        return f"{article} {kind}; save its state_dict()"
    return (
        f"{article} {kind}; expected dicts, lists and tuples of str, int, float, bool, None, arrays and Tensors, "
        "since a file holds data and no code"
    )


def _decode(x: Any, arrays: Callable[[str], np.ndarray]) -> Any:
    if isinstance(x, list):
        return [_decode(item, arrays) for item in x]
    if not isinstance(x, dict):
        return x
    ((kind, content),) = x.items()
    if kind == "dict":
        return {key: _decode(value, arrays) for key, value in content}
    if kind == "state":
        return _state({key: _decode(value, arrays) for key, value in content[0]}, _decode(content[1], arrays))
    if kind == "tuple":
        return tuple(_decode(item, arrays) for item in content)
    if kind == "float":
        return float(content)
    if kind == "int":
        return int(content, 16)
    array = arrays(content)
    if kind == "array":
        return array
    if kind == "scalar":
        return array[()]
    if kind in ("tensor", "parameter"):
        dtypes.as_dtype(array.dtype)  # an error for those that no Tensor has
        return Tensor._wrap(array).requires_grad_(kind == "parameter")
    raise ValueError(f"unknown kind {kind!r}")


def _state(items: dict[Any, Any], metadata: Any) -> OrderedDict[Any, Any]:
    """Return a state_dict with what it says about its modules."""
    if not (isinstance(metadata, dict) and all(isinstance(about, dict) for about in metadata.values())):
        raise ValueError("a state_dict whose metadata are no dict of dicts")
    state = OrderedDict(items)
    state._metadata = metadata  # type: ignore[attr-defined]
    return state


# ---- files -----------------------------------------------------------------------------------------------------------


def _write(file: IO[bytes], text: str, arrays: dict[str, np.ndarray]) -> None:
    import zipfile

    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(_STRUCTURE), text)  # our own ZipInfo holds no time
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


def _read(file: IO[bytes], name: str) -> Any:
    import json
    import zipfile

    try:
        file.seek(0, os.SEEK_END)
        size = file.tell()
        with zipfile.ZipFile(file) as archive:
            entries = {info.filename: info for info in archive.infolist()}
            if _STRUCTURE not in entries:
                raise RuntimeError(f"load: {name} was not written by minigrad.save; {_origin(list(entries))}")
            _refuse_to_unfold(archive.infolist(), size, name)
            structure = json.loads(archive.read(entries.pop(_STRUCTURE)))
            if structure["format"] == "minigrad" and structure["version"] > _VERSION:
                raise RuntimeError(f"load: {name} was written by a later version of minigrad; update it")

            def array(entry: str) -> np.ndarray:
                info = entries.pop(f"{entry}.npy")  # each is there for one place
                with archive.open(info) as content:
                    return read_npy(content, info.file_size)

            return _decode(structure["object"], array)
    except (RuntimeError, MemoryError) as error:
        if str(error).startswith("load: "):
            raise
        raise _damaged(file, name, error) from error
    except Exception as error:  # a damaged zip or npy can raise nearly anything: BadZipFile, EOFError, KeyError, ...
        raise _damaged(file, name, error) from error


def _refuse_to_unfold(entries: list[zipfile.ZipInfo], size: int, name: str) -> None:
    """Refuse what unfolds: `save` stores everything as it is, so all together is no larger than the file."""
    if any(entry.compress_type for entry in entries):
        raise RuntimeError(f"load: {name} has compressed entries, which minigrad.save never writes; store them instead")
    if sum(entry.file_size for entry in entries) > size:
        raise RuntimeError(f"load: {name} is damaged: its entries are larger than the file")


def _origin(entries: list[str]) -> str:
    if any(entry.endswith("data.pkl") for entry in entries):
        return "it is a PyTorch checkpoint, a pickle; where PyTorch is installed, save its tensors as arrays first"
    if entries and all(entry.endswith(".npy") for entry in entries):
        return "it holds arrays of numpy.savez; read it with numpy.load"
    return "it is a zip file with other things in it"


def _damaged(file: IO[bytes], name: str, error: BaseException) -> RuntimeError:
    with contextlib.suppress(Exception):
        file.seek(0)
        start = file.read(4)
        if not start:
            return RuntimeError(f"load: {name} is empty")
        if start != b"PK\x03\x04":
            return RuntimeError(f"load: {name} was not written by minigrad.save: it is not a zip file")
    return RuntimeError(f"load: {name} is damaged or incomplete ({type(error).__name__}: {str(error):.200})")
