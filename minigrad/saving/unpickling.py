"""Reading pickles of arrays and plain values, without ever running what a pickle asks for.

A pickle is a program: it may name any function and call it. Here a name stands for a function or value of ours, which
checks what it is given; all other names are refused. NumPy's arrays are among what is read: that of `ndarray` that is
reached with something from the file, ``__setstate__``, gets a shape, a type and bytes that fit one another.
"""

from __future__ import annotations

import pickle
import re
import reprlib
import struct
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from minigrad.saving.bounded import most_unfolded, size_of_array

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
_DICTS = dict, OrderedDict, Counter, defaultdict


_InPython: Any = vars(pickle)["_Unpickler"]  # its memo takes no more room than its content


class Unpickler(_InPython):
    """An unpickler that does what the opcodes above say, and refuses the others.

    Parameters
    ----------
    file : stream with `read` and `readline`
    size : int
        How many bytes there are to read.
    functions, values : dicts by (module, name)
        What names stand for: the functions may be called, by the file, with anything.
    encoding : str
        Of the strings of Python 2.
    """

    dispatch = {code[0]: _InPython.dispatch[code[0]] for code in _OPCODES}

    def __init__(
        self,
        file: Any,
        size: int,
        functions: Mapping[tuple[str, str], Callable[..., Any]],
        values: Mapping[tuple[str, str], Any],
        encoding: str,
    ) -> None:
        super().__init__(file, encoding=encoding)
        self._left = size  # how many characters may still be encoded: as many as the file has
        self._room = most_unfolded(size)  # for what calls make of what was read before
        self._unfilled: dict[int, np.ndarray] = {}  # arrays whose content comes as their state
        functions = {**functions, ("_codecs", "encode"): self._encode, ("numpy", "dtype"): _Dtype}
        for core in ("numpy.core", "numpy._core"):  # NumPy 1 and 2
            functions[f"{core}.multiarray", "_reconstruct"] = self._reconstruct
            functions[f"{core}.multiarray", "scalar"] = _scalar
            functions[f"{core}.numeric", "_frombuffer"] = _filled
        self._names = {**values, **functions, ("numpy", "ndarray"): "ndarray"}
        self._callable = {id(function) for function in functions.values()}

    def load(self) -> Any:
        """Return the object."""
        try:
            found = super().load()
        except KeyError as error:
            (code,) = error.args
            if type(code) is int and code not in self.dispatch:
                raise pickle.UnpicklingError(
                    f"it has the opcode {bytes([code])!r}, of a set, an object or an extension, which is not allowed"
                ) from None
            raise
        if self._unfilled:
            raise pickle.UnpicklingError("it holds an array without content")
        return found

    def find_class(self, module: str, name: str) -> Any:
        """Return what a name stands for."""
        try:
            return self._names[module, name]
        except KeyError:
            raise self.refusal(module, name) from None

    def refusal(self, module: str, name: str) -> Exception:
        """Return the error for a name that stands for nothing."""
        return pickle.UnpicklingError(f"it asks for {module}.{name}, which is not allowed")

    def set_state(self, target: Any, state: Any) -> None:
        """Give `target`, which was made before, the state that comes after it."""
        if isinstance(target, _Dtype):
            target.order = {"<": "<", ">": ">", "|": "=", "=": "="}[as_text(state[1])]
        elif id(target) in self._unfilled:
            _, shape, dtype, fortran, data = state
            _check_content(data, dtype, shape)
            self._take(data)
            del self._unfilled[id(target)]
            own = bytes(bytearray(data))  # NumPy keeps it as the array's memory, which is written to
            target.__setstate__((1, shape, dtype.get(), bool(fortran), own))
        else:
            raise pickle.UnpicklingError(f"it gives a state to {type(target).__name__}")

    def _take(self, argument: Any) -> None:
        """Take from the room what a copy of an argument needs: the file may give the same one again and again."""
        if isinstance(argument, (str, bytes, bytearray)):
            self._room -= len(argument)
        elif isinstance(argument, (list, tuple, dict, set, frozenset)):
            self._room -= 64 * len(argument)
        if self._room < 0:
            raise pickle.UnpicklingError("it uses one value again and again, to make more than its size allows")

    def _reconstruct(self, *ignored: Any) -> np.ndarray:
        array = np.empty(0, np.uint8)
        self._unfilled[id(array)] = array
        return array

    def _encode(self, text: str, encoding: str) -> bytes:
        """Stand for _codecs.encode, by which Python 3 writes bytes in protocols 0 to 2."""
        if encoding != "latin1":
            raise pickle.UnpicklingError(f"it encodes by {reprlib.repr(encoding)}")
        self._left -= len(text)
        if self._left < 0:
            raise pickle.UnpicklingError("it encodes one text again and again")
        return text.encode("latin1")

    # ---- opcodes ---------------------------------------------------------------------------------------------------

    def load_reduce(self) -> None:
        if id(self.stack[-2]) not in self._callable:
            raise pickle.UnpicklingError(f"it calls {reprlib.repr(self.stack[-2])}, which is not allowed")
        for argument in self.stack[-1]:
            self._take(argument)
        super().load_reduce()

    def load_build(self) -> None:
        state = self.stack.pop()
        self.set_state(self.stack[-1], state)

    def load_bytearray8(self) -> None:
        (size,) = struct.unpack("<Q", self.read(8))
        self.append(bytearray(self.read(size)))  # read first: missing bytes need no room

    def load_append(self) -> None:
        value = self.stack.pop()
        self._extend([value])

    def load_appends(self) -> None:
        self._extend(self.pop_mark())

    def _extend(self, values: list[Any]) -> None:
        if type(self.stack[-1]) is not list:
            raise pickle.UnpicklingError(f"it appends to {type(self.stack[-1]).__name__}")
        self.stack[-1].extend(values)

    def load_setitem(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self._update([key, value])

    def load_setitems(self) -> None:
        self._update(self.pop_mark())

    def load_dict(self) -> None:
        items = self.pop_mark()
        self.append({})
        self._update(items)

    def _update(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if type(target) not in _DICTS:
            raise pickle.UnpicklingError(f"it sets items of {type(target).__name__}")
        check_keys(items[::2])
        for key, value in zip(items[::2], items[1::2], strict=True):
            target[key] = value

    dispatch.update(
        {
            pickle.REDUCE[0]: load_reduce,
            pickle.BUILD[0]: load_build,
            pickle.BYTEARRAY8[0]: load_bytearray8,
            pickle.APPEND[0]: load_append,
            pickle.APPENDS[0]: load_appends,
            pickle.SETITEM[0]: load_setitem,
            pickle.SETITEMS[0]: load_setitems,
            pickle.DICT[0]: load_dict,
        }
    )


_ATOMS = str, bytes, int, float, type(None)


def check_keys(keys: list[Any]) -> None:
    """Check keys: hashing a few tuples that hold one another many times would take for ever."""
    for key in keys:
        if not isinstance(key, _ATOMS) and not (type(key) is tuple and all(isinstance(k, _ATOMS) for k in key)):
            raise pickle.UnpicklingError(f"it has a key of type {type(key).__name__}")


def as_text(value: Any) -> str:
    """Return a string, or what Python 2 wrote for one."""
    if not isinstance(value, (str, bytes)):
        raise pickle.UnpicklingError(f"it has {type(value).__name__} where a name is expected")
    return value.decode("ascii") if isinstance(value, bytes) else value


# ---- arrays ----------------------------------------------------------------------------------------------------------


class _Dtype:
    """The stand-in for numpy.dtype: the type of an element, a number. Its order of bytes comes as its state."""

    __slots__ = ("kind", "order")

    def __init__(self, kind: str | bytes, align: bool = False, copy: bool = False) -> None:
        self.kind, self.order = as_text(kind) if isinstance(kind, bytes) else kind, "="
        if type(self.kind) is not str or not re.fullmatch(r"[iu][1248]|f[248]|b1", self.kind):
            raise pickle.UnpicklingError(f"it holds an array of type {reprlib.repr(self.kind)}")

    def get(self) -> np.dtype[Any]:
        """Return NumPy's dtype."""
        return np.dtype(self.order + self.kind)


def _check_content(data: Any, dtype: Any, shape: Any) -> None:
    if not isinstance(dtype, _Dtype):
        raise pickle.UnpicklingError(f"it holds an array of type {reprlib.repr(dtype)}")
    if not isinstance(data, (bytes, bytearray)) or len(data) != size_of_array(shape, dtype.get()):
        raise pickle.UnpicklingError(
            f"the content of an array of shape {shape} and type {dtype.get()} is of another size"
        )


def _filled(data: Any, dtype: Any, shape: Any, order: Any, *ignored: Any) -> np.ndarray:
    """Stand for numpy.core.numeric._frombuffer: an array with its content, as in pickles of protocol 5."""
    if (order := as_text(order)) not in ("C", "F"):
        raise pickle.UnpicklingError(f"it holds an array of order {order!r:.20}")
    _check_content(data, dtype, shape)
    array = np.frombuffer(data, dtype.get()).reshape(shape, order="F" if order == "F" else "C")
    return array.astype(array.dtype.newbyteorder("="), copy=False)  # as ``__setstate__`` makes it


def _scalar(dtype: Any, data: Any) -> Any:
    """Stand for numpy.core.multiarray.scalar."""
    return _filled(data, dtype, (), "C")[()]
