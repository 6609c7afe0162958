"""An object as JSON, and its arrays apart: JSON's types stand for themselves, others are ``{kind: content}``.

Tensors and modules are numbered in the order in which they are met; what is met again is ``{"same": number}``. What few
files hold, such as sets and modules, is left to functions that whoever makes a writer or reader gives to it.
"""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.tensor import Tensor

_LONG = 10_000  # bits; from about 14,000 on Python refuses to write or to read the digits
_PLAIN = (str, int, float, list, tuple, dict)
Path = tuple[Any, ...]  # the keys and indices that lead to a part of the object


class Writer:
    """A writer that takes an object apart.

    Parameters
    ----------
    other : function of the writer, an object and its path
        Returns how to describe an object that is no plain data, or None if it does not know either.

    Attributes
    ----------
    arrays : dict of ndarray, by the names of their entries
    strict : bool
        Whether a subclass of a plain type is refused, instead of written as what it derives from: within a module,
        whose code may need just that class.
    """

    def __init__(self, other: Callable[[Writer, Any, Path], Any]) -> None:
        self.arrays: dict[str, np.ndarray] = {}
        self.strict = False
        self._other = other
        self._met: dict[int, tuple[int, Any]] = {}

    def encode(self, x: Any, path: Path) -> Any:
        """Return `x`, which is found at `path`, as JSON takes it."""
        if x is None or isinstance(x, bool):
            return x
        if type(x) in _PLAIN:
            return self._plain(x, path)
        if type(x) is Tensor:
            return self._tensor(x, path)
        if isinstance(x, np.generic):  # before float, of which float64 is a subclass
            return {"scalar": self.store(np.asarray(x), path)}
        if type(x) in (np.ndarray, np.memmap):
            return {"array": self.store(x, path)}
        if isinstance(x, dict) and getattr(x, "_metadata", None):  # a state_dict
            return {"state": [self.pairs(x, path), self.encode(x._metadata, (*path, "_metadata"))]}  # type: ignore[attr-defined]
        if (described := self._other(self, x, path)) is not None:
            return described
        if isinstance(x, Tensor) and not self.strict:
            return self._tensor(x, path)
        if isinstance(x, _PLAIN) and not self.strict:
            return self._plain(x, path)
        raise TypeError(f"save: {place(path)} is {_description(x)}")

    def _tensor(self, x: Tensor, path: Path) -> Any:
        kind = "parameter" if x.is_leaf and x.requires_grad else "tensor"
        return self.again(x) or {kind: self.store(x._data, path)}

    def _plain(self, x: Any, path: Path) -> Any:
        if isinstance(x, str):
            return str.__str__(x)
        if isinstance(x, int):
            return int(x) if x.bit_length() < _LONG else {"int": hex(x)}
        if isinstance(x, float):
            return float(x) if math.isfinite(x) else {"float": repr(float(x))}
        if isinstance(x, dict):
            return {"dict": self.pairs(x, path)}
        items = [self.encode(item, (*path, i)) for i, item in enumerate(x)]
        return items if isinstance(x, list) else {"tuple": items}

    def pairs(self, x: dict[Any, Any], path: Path) -> list[Any]:
        """Return the keys and values of a dict, encoded."""
        return [[self._key(key, path), self.encode(value, (*path, key))] for key, value in x.items()]

    def _key(self, key: Any, path: Path) -> Any:
        if isinstance(key, (Tensor, np.ndarray, np.generic)):  # equal ones need not be the same key
            raise TypeError(f"save: {place(path)} has the key {key!r:.80}; expected a str, a number or a tuple of them")
        return self.encode(key, (*path, "a key"))

    def again(self, x: Any) -> Any:
        """Return how to refer to `x` if it was met before; otherwise None, and number it."""
        if id(x) in self._met:
            return {"same": self._met[id(x)][0]}
        self._met[id(x)] = len(self._met), x  # `x` itself, so that no other object gets its id
        return None

    def store(self, array: np.ndarray, path: Path) -> str:
        """Note an array; returns the name of its entry, which is its place in the object where that is possible."""
        if array.dtype.hasobject:
            raise TypeError(f"save: {place(path)} is an array of Python objects; expected one of numbers")
        if not _has_name(array.dtype):
            raise TypeError(f"save: {place(path)} is an array of {array.dtype}, which NumPy's files have no name for")
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


def place(path: Path) -> str:
    """Return a path as it is written in Python: ``optimizer.state[3].foo``."""
    text = "".join(f".{p}" if isinstance(p, str) else f"[{p!r}]" for p in path)
    return text.lstrip(".") or "the object"


def _description(x: Any) -> str:
    kind = type(x).__name__
    article = "an" if kind[0].lower() in "aeiou" else "a"
    if hasattr(x, "state_dict"):
        return f"{article} {kind}; save its state_dict()"
    return (
        f"{article} {kind}; expected numbers, strings, None, arrays, Tensors, modules, and containers of them, "
        "since a file holds data and no code"
    )


class Refused(ValueError):
    """The error for a file that is whole and holds what is not built; whoever opened the file names it."""


class Reader:
    """A reader that puts an object together again.

    Parameters
    ----------
    array : function that returns the array of an entry
    other : function of the reader, a kind and its content
        Returns the object of a kind that is no plain data.
    weights_only : bool
        Whether what needs a class or function of the program is refused.
    """

    def __init__(
        self, array: Callable[[str], np.ndarray], other: Callable[[Reader, str, Any], Any], weights_only: bool
    ) -> None:
        self.array, self._other, self.weights_only = array, other, weights_only
        self._met: list[Any] = []

    def meet(self, x: Any) -> Any:
        """Give a new Tensor or module its number, and return it."""
        self._met.append(x)
        return x

    def decode(self, x: Any) -> Any:
        """Return the object that `x` describes."""
        if isinstance(x, list):
            return [self.decode(item) for item in x]
        if not isinstance(x, dict):
            return x
        ((kind, content),) = x.items()
        if kind == "dict":
            return self.pairs(content)
        if kind == "state":
            return as_state(self.pairs(content[0]), self.decode(content[1]))
        if kind == "tuple":
            return tuple(self.decode(item) for item in content)
        if kind == "float":
            return float(content)
        if kind == "int":
            return int(content, 16)
        if kind == "same":
            if type(content) is not int or content < 0:
                raise ValueError(f"a reference to {content!r:.40}")
            return self._met[content]
        if kind == "array":
            return self.array(content)
        if kind == "scalar":
            return self.array(content)[()]
        if kind in ("tensor", "parameter"):
            return self.meet(self.tensor(content).requires_grad_(kind == "parameter"))
        return self._other(self, kind, content)

    def pairs(self, content: list[Any]) -> dict[Any, Any]:
        """Return the dict of encoded keys and values."""
        return {self.decode(key): self.decode(value) for key, value in content}

    def tensor(self, entry: str) -> Tensor:
        """Return a new Tensor of the array of an entry."""
        array = self.array(entry)
        dtypes.as_dtype(array.dtype)  # an error for those that no Tensor has
        return Tensor._wrap(array)


def attach(x: Tensor, attributes: dict[Any, Any]) -> Tensor:
    """Give a Tensor the attributes that a user had given it, and return it."""
    if any(not isinstance(name, str) or name.startswith("_") or hasattr(Tensor, name) for name in attributes):
        raise ValueError("a tensor with an attribute that is not its own")
    vars(x).update(attributes)
    return x


def as_state(items: dict[Any, Any], metadata: Any) -> OrderedDict[Any, Any]:
    """Return a state_dict with what it says about its modules."""
    if not (isinstance(metadata, dict) and all(isinstance(about, dict) for about in metadata.values())):
        raise ValueError("a state_dict whose metadata are no dict of dicts")
    state = OrderedDict(items)
    state._metadata = metadata  # type: ignore[attr-defined]
    return state
