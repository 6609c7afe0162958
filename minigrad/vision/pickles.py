"""Reading pickles of arrays and plain values, without ever running what a pickle asks for.

A pickle is a program: it may name any function and call it. Those of data sets need four, the ones that rebuild an
array. Here these names stand for the classes below, which keep what they are given and check it; all other names are
refused. So no function of NumPy's, and nothing else, is reached with arguments that come from the file.
"""

from __future__ import annotations

import io
import pickle
import re
import reprlib
import struct
from pathlib import Path
from typing import Any

import numpy as np

from minigrad.saving.bounded import size_of_array


def read_pickled_dict(path: Path) -> dict[str, Any]:
    """Return the dict in a pickle file: its keys as str, its arrays read-only; Python 2's strings are bytes.

    Raises
    ------
    RuntimeError
        If the file is not a pickle, is truncated or corrupt, holds no dict, or asks for anything but arrays of
        numbers, numbers, strings and containers of them.
    """
    content = path.read_bytes()
    try:
        found = _Unpickler(content).load()
        if not isinstance(found, dict):
            raise pickle.UnpicklingError(f"it holds {type(found).__name__}")
        return {_text(key): value.get() if isinstance(value, _Array) else value for key, value in found.items()}
    except Exception as error:  # a corrupt pickle can fail in any way
        raise RuntimeError(
            f"{path}: expected a pickled dict of arrays, numbers and strings, but {error or type(error).__name__}; "
            "the file is truncated, corrupt or another one: delete it and get it again"
        ) from error


# Numbers, strings, lists, tuples, dicts, the stack and the memo; and names and calls, by which arrays are made
_OPCODES = [
    getattr(pickle, name)
    for name in """
    PROTO FRAME STOP MARK POP POP_MARK DUP PUT BINPUT LONG_BINPUT MEMOIZE GET BINGET LONG_BINGET
    NONE NEWTRUE NEWFALSE INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT
    STRING BINSTRING SHORT_BINSTRING UNICODE BINUNICODE SHORT_BINUNICODE BINUNICODE8
    BINBYTES SHORT_BINBYTES BINBYTES8 BYTEARRAY8
    EMPTY_LIST LIST APPEND APPENDS EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 EMPTY_DICT DICT SETITEM SETITEMS
    GLOBAL STACK_GLOBAL REDUCE BUILD INST PERSID BINPERSID
    """.split()
]


_InPython: Any = vars(pickle)["_Unpickler"]  # its memo takes no more room than its content


class _Unpickler(_InPython):
    """An unpickler that does what the opcodes above say, and refuses the others."""

    dispatch = {code[0]: _InPython.dispatch[code[0]] for code in _OPCODES}

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content), encoding="bytes")
        self._bytes = type("_Bytes", (_Bytes,), {"left": len(content)})

    def load(self) -> Any:
        try:
            return super().load()
        except KeyError as error:
            (code,) = error.args
            if type(code) is int and code not in self.dispatch:
                raise pickle.UnpicklingError(
                    f"it has the opcode {bytes([code])!r}, of a set, an object or an extension, which is not allowed"
                ) from None
            raise

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("_codecs", "encode"):
            return self._bytes
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which is not allowed") from None

    def load_bytearray8(self) -> None:
        (size,) = struct.unpack("<Q", self.read(8))
        self.append(bytearray(self.read(size)))  # read first: missing bytes need no room

    def load_setitem(self) -> None:
        self._check_keys(self.stack[-2:-1])
        super().load_setitem()

    def load_setitems(self) -> None:
        self._check_keys(self.stack[::2])
        super().load_setitems()

    def load_dict(self) -> None:
        self._check_keys(self.stack[::2])
        super().load_dict()

    def _check_keys(self, keys: list[Any]) -> None:
        """Check that keys are strings: hashing a few tuples that hold one another many times would take for ever."""
        for key in keys:
            if not isinstance(key, (str, bytes)):
                raise pickle.UnpicklingError(f"it has a key of type {type(key).__name__}")

    dispatch.update(
        {
            pickle.BYTEARRAY8[0]: load_bytearray8,
            pickle.SETITEM[0]: load_setitem,
            pickle.SETITEMS[0]: load_setitems,
            pickle.DICT[0]: load_dict,
        }
    )


class _Stand:
    """A stand-in for a name. It is a class, and has this method, so that a pickle can set nothing on it."""

    __slots__ = ()

    def __setstate__(self, state: Any) -> None:
        raise pickle.UnpicklingError(f"it gives a state to {type(self).__name__}")


class _Dtype(_Stand):
    """The stand-in for numpy.dtype: the type of an element, a number."""

    __slots__ = ("kind", "order")

    def __init__(self, kind: str | bytes, align: bool = False, copy: bool = False) -> None:
        self.kind, self.order = _text(kind) if isinstance(kind, bytes) else kind, "="
        if type(self.kind) is not str or not re.fullmatch(r"[iu][1248]|f[248]", self.kind):
            raise pickle.UnpicklingError(f"it holds an array of type {reprlib.repr(self.kind)}")

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.order = {"<": "<", ">": ">", "|": "=", "=": "="}[_text(state[1])]

    def get(self) -> np.dtype[Any]:
        return np.dtype(self.order + self.kind)


class _Array(_Stand):
    """The stand-in for numpy.core.multiarray._reconstruct: an array, whose content comes as its state."""

    __slots__ = ("content",)

    def __init__(self, *ignored: Any) -> None:
        self.content: np.ndarray | None = None

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, dtype, fortran, data = state
        self.content = _filled(data, dtype, shape, "F" if fortran else "C")

    def get(self) -> np.ndarray:
        if self.content is None:
            raise pickle.UnpicklingError("it holds an array without content")
        return self.content


class _FromBuffer(_Array):
    """The stand-in for numpy.core.numeric._frombuffer: an array with its content, as in pickles of protocol 5."""

    __slots__ = ()

    def __init__(self, data: bytes, dtype: _Dtype, shape: tuple[int, ...], order: str, *ignored: Any) -> None:
        self.content = _filled(data, dtype, shape, order)


class _Type(_Stand):
    """The stand-in for numpy.ndarray, an argument of _reconstruct: a name and nothing more."""

    __slots__ = ()

    def __init__(self) -> None:
        raise pickle.UnpicklingError("it makes an array in an unusual way")


class _Bytes(_Stand):
    """The stand-in for _codecs.encode, by which Python 3 writes bytes in protocols 0 to 2."""

    __slots__ = ()
    left = 0  # how many characters may still be encoded: as many as the file has

    def __new__(cls, text: str, encoding: str) -> bytes:  # type: ignore[misc]
        if encoding != "latin1":
            raise pickle.UnpicklingError(f"it encodes by {reprlib.repr(encoding)}")
        cls.left -= len(text)
        if cls.left < 0:
            raise pickle.UnpicklingError("it encodes one text again and again")
        return text.encode("latin1")


_CORES = ("numpy.core", "numpy._core")  # NumPy 1 and 2
_ALLOWED: dict[tuple[str, str], type] = {
    **{(f"{core}.multiarray", "_reconstruct"): _Array for core in _CORES},
    **{(f"{core}.numeric", "_frombuffer"): _FromBuffer for core in _CORES},
    ("numpy", "ndarray"): _Type,
    ("numpy", "dtype"): _Dtype,
}


def _filled(data: bytes, dtype: _Dtype, shape: tuple[int, ...], order: str) -> np.ndarray:
    kind, order = dtype.get(), _text(order)
    if order not in ("C", "F"):
        raise pickle.UnpicklingError(f"it holds an array of order {order!r:.20}")
    if not isinstance(data, (bytes, bytearray)) or len(data) != size_of_array(shape, kind):
        raise pickle.UnpicklingError(f"the content of an array of shape {shape} and type {kind} is of another size")
    return np.frombuffer(data, kind).reshape(shape, order="F" if order == "F" else "C")


def _text(value: str | bytes) -> str:
    if not isinstance(value, (str, bytes)):
        raise pickle.UnpicklingError(f"it has {type(value).__name__} where a name is expected")
    return value.decode("ascii") if isinstance(value, bytes) else value
