"""Tensors in the format that models are published in (safetensors, Hugging Face, 2022), read and written.

A file is the length of a header (8 bytes, little-endian), the header (JSON: for each name dtype, shape, and where its
bytes begin and end), and the bytes, without gaps. There is no code in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import IO, Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.saving.atomic import replaced
from minigrad.saving.bounded import read_array, size_of_array

__all__ = ["load_file", "save_file"]

_METADATA = "__metadata__"
_LONGEST_HEADER = 100_000_000  # the limit of the original library
_DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?", "BF16": "<u2",
}  # fmt: skip
_NAMES = {np.dtype(code): name for name, code in _DTYPES.items() if name != "BF16"}


def save_file(tensors: Mapping[str, Any], filename: Any, metadata: Mapping[str, str] | None = None) -> None:
    """Write a state_dict as a safetensors file, which takes the place of an old one when it is whole.

    Parameters
    ----------
    tensors : dict of Tensor or ndarray
    filename : path
    metadata : dict of str, optional

    Raises
    ------
    TypeError
        If a value is not a Tensor or array, or has a dtype that the format has not, or if a name or something in
        `metadata` is not a str. Nothing is written then, as with all errors.
    ValueError
        If a name is ``__metadata__``, which the format has for itself, or is no Unicode text.
    OSError
        If the file cannot be written; it names the file, and the old one is as it was.

    Examples
    --------
    >>> import tempfile
    >>> from minigrad.saving.safetensors import load_file, save_file
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_file({"fc.bias": mg.ones(2)}, folder + "/model.safetensors")
    ...     load_file(folder + "/model.safetensors")
    {'fc.bias': tensor([1., 1.])}
    """
    if not isinstance(tensors, Mapping):
        advice = "; give its state_dict()" if hasattr(tensors, "state_dict") else ""
        raise TypeError(f"save_file: expected a dict of Tensors, got {type(tensors).__name__}{advice}")
    header: dict[str, Any] = {} if metadata is None else {_METADATA: dict(metadata)}
    arrays, end = [], 0
    for name in [*tensors, *(part for item in (metadata or {}).items() for part in item)]:
        _check_text(name)
    if _METADATA in tensors:
        raise ValueError(f"save_file: {_METADATA} is the format's own name; give the tensor another one")
    for name, value in tensors.items():
        array = value._data if isinstance(value, Tensor) else value
        if not isinstance(array, np.ndarray) or array.dtype.newbyteorder("=") not in _NAMES:
            got = array.dtype if isinstance(array, np.ndarray) else type(value).__name__
            raise TypeError(f"save_file: expected Tensors of {', '.join(_NAMES.values())}, got {got} for {name!r}")
        array = np.asarray(array, array.dtype.newbyteorder("<"), order="C")
        begin, end = end, end + array.nbytes
        dtype = _NAMES[array.dtype.newbyteorder("=")]
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [begin, end]}
        arrays.append(array)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)  # so that the numbers are aligned in a mapped file
    with replaced(filename, "save_file") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for array in arrays:
            file.write(array.tobytes())


def _check_text(text: Any) -> None:
    if not isinstance(text, str):
        raise TypeError(f"save_file: expected names and metadata of type str, got {text!r:.80}")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError(f"save_file: expected Unicode text for a name, got {text!r:.80}")


def load_file(filename: Any) -> dict[str, Tensor]:
    """Read the tensors of a safetensors file. bfloat16, which NumPy has not, becomes float32.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    RuntimeError
        If it is truncated, damaged, something else, or has a dtype that minigrad has not: it names the file. Every byte
        must belong to one tensor, so no more memory is taken than the file's size (twice that for bfloat16).

    Examples
    --------
    See `save_file`.
    """
    name = os.fspath(filename)
    with open(name, "rb") as file:
        try:
            return read(file, os.path.getsize(name))
        except Exception as error:  # json, int and NumPy raise many kinds where the content is arbitrary
            raise RuntimeError(f"load_file: {name} is not a whole safetensors file ({str(error):.200})") from error


def read(file: IO[bytes], size: int) -> dict[str, Tensor]:
    """Return the tensors in the next `size` bytes of a file; any error may come of a damaged one."""
    return {name: _tensor(file, *entry) for name, entry in _entries(file, size).items()}


def _entries(file: IO[bytes], size: int) -> dict[str, tuple[str, list[int]]]:
    """Return the dtypes and shapes by name, in the order of their bytes, which come next in the file."""
    length = int.from_bytes(file.read(8), "little")
    left = size - 8 - length
    if left < 0 or not 2 <= length <= _LONGEST_HEADER:
        raise ValueError("the header is not all there, or too long")
    text = file.read(length)
    if text[:1] != b"{":
        raise ValueError("the header does not begin with a brace")
    header = json.loads(text.decode("utf-8"), object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    metadata = header.pop(_METADATA, None)
    if metadata is not None and not all(type(value) is str for value in metadata.values()):
        raise ValueError("the metadata are not text")
    entries: dict[str, tuple[str, list[int]]] = {}
    end = 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
        if dtype not in _DTYPES:
            raise ValueError(f"dtype {dtype!r:.20} is not supported")
        begin, end = end, end + size_of_array(shape, np.dtype(_DTYPES[dtype]))
        if offsets != [begin, end] or not all(type(offset) is int for offset in offsets):
            raise ValueError(f"{name!r:.80} of {dtype} and shape {shape} does not take the bytes {begin} to {end}")
        name.encode()  # raises if it is no Unicode text
        entries[name] = dtype, shape
    if end != left:
        raise ValueError(f"the tensors take {end} bytes, and there are {left}")
    return entries


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is there twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _tensor(file: IO[bytes], dtype: str, shape: list[int]) -> Tensor:
    array = read_array(file, shape, np.dtype(_DTYPES[dtype]))
    if dtype == "BF16":  # the upper half of a float32
        return Tensor._wrap((array.astype(np.uint32) << 16).view(np.float32))
    return Tensor._wrap(array.astype(array.dtype.newbyteorder("="), copy=False))
