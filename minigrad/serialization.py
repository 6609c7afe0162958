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
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from minigrad.device import device
from minigrad.tensor import Tensor

if TYPE_CHECKING:
    import zipfile  # at run time only where it is used: it would take a sixth of the time of importing minigrad

__all__ = ["load", "save"]

_STRUCTURE = "structure.json"
_VERSION = 1
_Path = tuple[Any, ...]  # the keys and indices that lead to a part of the object


def save(obj: Any, f: Any) -> None:
    """Write `obj` to a file that `load` and, for its arrays, ``numpy.load`` can read.

    A path is written to a temporary file beside it, which then takes its place: at any moment, whatever happens, there
    is the old file or the new one, whole. The same object gives the same bytes.

    Parameters
    ----------
    obj : any nesting of dicts (with str or int keys), lists and tuples
        of str, int, float, bool, None, ndarrays, NumPy scalars and Tensors. All come back as they were, but subclasses
        as what they derive from: an OrderedDict as a dict, a Parameter as a Tensor that requires grad. What shares
        memory is written once for each.
    f : path or binary file
        A path is used as it is: no extension is added.

    Raises
    ------
    TypeError
        If there is anything else in `obj`, saying where. Nothing is written then.
    FileNotFoundError
        If there is no such folder.
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
        If it is truncated, damaged, or was not written by `save`.

    Examples
    --------
    See `save`.
    """
    if isinstance(map_location, (str, device)):
        device(map_location)
    if hasattr(f, "read"):
        return _read(f, str(getattr(f, "name", "the file")))
    name = os.fspath(f)
    if not os.path.exists(name):
        raise FileNotFoundError(f"load: there is no file {name}")
    with open(name, "rb") as file:
        return _read(file, name)


# ---- the object as JSON, its arrays apart ----------------------------------------------------------------------------


class _Writer:
    """Takes an object apart. JSON's own types stand for themselves; all others are ``{kind: content}``."""

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
            return int(x)
        if isinstance(x, float):
            return float(x) if math.isfinite(x) else {"float": repr(float(x))}
        if isinstance(x, (list, tuple)):
            items = [self.encode(item, (*path, i)) for i, item in enumerate(x)]
            return items if isinstance(x, list) else {"tuple": items}
        if isinstance(x, dict):
            return {"dict": [[self._key(k, path), self.encode(v, (*path, k))] for k, v in x.items()]}
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
        name = base = re.sub(r"[^\w.+ \-]", "_", ".".join(map(str, path)))[:200] or "object"
        count = 1
        while name in self.arrays:
            count += 1
            name = f"{base}~{count}"
        self.arrays[name] = array
        return name


def _place(path: _Path) -> str:
    """A path as it is written in Python: ``optimizer.state[3].foo``."""
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
    if kind == "tuple":
        return tuple(_decode(item, arrays) for item in content)
    if kind == "float":
        return float(content)
    array = arrays(content)
    if kind == "array":
        return array
    if kind == "scalar":
        return array[()]
    if kind in ("tensor", "parameter"):
        return Tensor._wrap(array).requires_grad_(kind == "parameter")
    raise ValueError(f"unknown kind {kind!r}")


# ---- files -----------------------------------------------------------------------------------------------------------


def _write(file: IO[bytes], text: str, arrays: dict[str, np.ndarray]) -> None:
    import zipfile

    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(_STRUCTURE), text)  # a ZipInfo of our own has no time in it
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


@contextlib.contextmanager
def replaced(path: Any) -> Iterator[IO[bytes]]:
    """A new file that takes the place of the one at `path` when the block ends, and vanishes if it raises."""
    path = os.path.realpath(os.fsdecode(path))  # a link stays one
    folder, name = os.path.split(path)
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"save: there is no folder {folder}; make it with os.makedirs")
    temporary = os.path.join(folder, f".{name}.{os.urandom(4).hex()}.tmp")
    try:
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:  # Ctrl-C, too
        with contextlib.suppress(FileNotFoundError):
            os.remove(temporary)
        raise
    if os.name == "posix":  # the renaming itself reaches the disk with the folder
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _read(file: IO[bytes], name: str) -> Any:
    import json
    import zipfile

    try:
        with zipfile.ZipFile(file) as archive:
            if _STRUCTURE not in archive.namelist():
                raise RuntimeError(f"load: {name} was not written by minigrad.save; {_origin(archive.namelist())}")
            structure = json.loads(archive.read(_STRUCTURE))
            if structure["format"] == "minigrad" and structure["version"] > _VERSION:
                raise RuntimeError(f"load: {name} was written by a later version of minigrad; update it")
            return _decode(structure["object"], lambda entry: _read_array(archive, entry))
    except (RuntimeError, MemoryError) as error:
        if str(error).startswith("load: "):
            raise
        raise _damaged(file, name, error) from error
    except Exception as error:  # what a damaged zip or npy can raise has no end: BadZipFile, EOFError, KeyError, ...
        raise _damaged(file, name, error) from error


def _read_array(archive: zipfile.ZipFile, entry: str) -> np.ndarray:
    with archive.open(f"{entry}.npy") as file:
        array = np.lib.format.read_array(file, allow_pickle=False)
        if file.read(1):  # reading to the end checks the sum of the entry
            raise ValueError(f"{entry} is longer than its shape says")
    return array


def _origin(entries: list[str]) -> str:
    if any(entry.endswith("data.pkl") for entry in entries):
        return "it is a PyTorch checkpoint, a pickle; where PyTorch is installed, save its tensors as arrays first"
    if entries and all(entry.endswith(".npy") for entry in entries):
        return "it holds arrays of numpy.savez; read it with numpy.load"
    return "it is a zip file with other things in it"


def _damaged(file: IO[bytes], name: str, error: BaseException) -> RuntimeError:
    with contextlib.suppress(OSError, ValueError, io.UnsupportedOperation):
        file.seek(0)
        start = file.read(4)
        if not start:
            return RuntimeError(f"load: {name} is empty")
        if start != b"PK\x03\x04":
            return RuntimeError(f"load: {name} was not written by minigrad.save: it is not a zip file")
    return RuntimeError(f"load: {name} is damaged or incomplete ({type(error).__name__}: {error})")
