"""Tensors in the format that models are published in (safetensors, Hugging Face, 2022), read and written.

A file is the length of a header (8 bytes, little-endian), the header (JSON: for each name dtype, shape, and where its
bytes begin and end), and the bytes, without gaps. There is no code in it.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from minigrad.atomic import replaced
from minigrad.tensor import Tensor

__all__ = ["load_file", "save_file"]

_DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1",
    "BOOL": "?", "BF16": "<u2",
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
        If a value is not a Tensor or array, or has a dtype that the format has not. Nothing is written then.

    Examples
    --------
    >>> import tempfile
    >>> from minigrad.safetensors import load_file, save_file
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_file({"fc.bias": mg.ones(2)}, folder + "/model.safetensors")
    ...     load_file(folder + "/model.safetensors")
    {'fc.bias': tensor([1., 1.])}
    """
    header: dict[str, Any] = {} if metadata is None else {"__metadata__": dict(metadata)}
    arrays, end = [], 0
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
    with replaced(filename) as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for array in arrays:
            file.write(array.tobytes())


def load_file(filename: Any) -> dict[str, Tensor]:
    """Read the tensors of a safetensors file. bfloat16, which NumPy has not, becomes float32.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    RuntimeError
        If it is truncated, damaged, something else, or has a dtype that minigrad has not.

    Examples
    --------
    See `save_file`.
    """
    name = os.fspath(filename)
    with open(name, "rb") as file:
        content = file.read()
    try:
        start = 8 + int.from_bytes(content[:8], "little")
        if len(content) < start or start < 10:
            raise ValueError("the header is not all there")
        header = json.loads(content[8:start])
        header.pop("__metadata__", None)
        return {key: _tensor(content, start, **entry) for key, entry in header.items()}
    except Exception as error:  # json, int and NumPy raise many kinds where the content is arbitrary
        raise RuntimeError(f"load_file: {name} is not a whole safetensors file ({error})") from error


def _tensor(content: bytes, start: int, dtype: str, shape: list[int], data_offsets: list[int]) -> Tensor:
    if dtype not in _DTYPES:
        raise ValueError(f"dtype {dtype} is not supported")
    kind, (begin, end), count = np.dtype(_DTYPES[dtype]), data_offsets, math.prod(shape)
    if not 0 <= begin <= end <= len(content) - start or end - begin != count * kind.itemsize:
        raise ValueError(f"the bytes {begin} to {end} are not there, or are not {count} numbers of {dtype}")
    array = np.frombuffer(content, kind, count, start + begin).reshape(shape)
    if dtype == "BF16":  # the upper half of a float32
        return Tensor._wrap((array.astype(np.uint32) << 16).view(np.float32))
    return Tensor._wrap(array.astype(kind.newbyteorder("=")))
