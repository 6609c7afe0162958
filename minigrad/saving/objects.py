"""Modules and other objects as data, for `minigrad.saving.structure`: what they are made of, and the names of classes.

Putting an object together runs nothing that is in a file, and no method of its class: no ``__init__``, ``__new__`` or
``__setstate__``. Its class is looked up among the modules that the program has imported.
"""

from __future__ import annotations

import argparse
import builtins
import collections
import contextlib
import dataclasses
import enum
import json
import pathlib
import re
import sys
from collections.abc import Callable
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from minigrad.core import dtypes, layout
from minigrad.core.array_attributes import Size
from minigrad.core.device import device
from minigrad.core.generator import Generator
from minigrad.core.tensor import Tensor
from minigrad.kernels.forking import import_module
from minigrad.nn.module import KINDS, Module
from minigrad.nn.parameter import Buffer, Parameter, Uninitialized, UninitializedBuffer, UninitializedParameter
from minigrad.saving.structure import Path, Reader, Refused, Writer, attach, place


class Kind(NamedTuple):
    """How objects of a class are written and read."""

    encode: Callable[[Writer, Any, Path], Any]
    decode: Callable[[Reader, Any], Any]


def encode(writer: Writer, x: Any, path: Path) -> Any:
    """Return ``{kind: content}`` for `x`, or None if it is of no kind that is known here."""
    kind = _kind_of(x)
    if kind is None or (kind == "namedtuple" and not writer.strict and not _is_found(type(x))):
        return None
    if kind in _MET_AGAIN and (same := writer.again(x)):
        return same
    before = writer.strict
    writer.strict |= kind in _MET_AGAIN
    try:
        return {kind: _KINDS[kind].encode(writer, x, path)}
    finally:
        writer.strict = before


def decode(reader: Reader, kind: str, content: Any) -> Any:
    """Return the object that `encode` described."""
    if kind not in _KINDS:
        raise ValueError(f"unknown kind {kind!r:.40}")
    if reader.weights_only and kind in _OF_THE_PROGRAM:
        raise Refused(f"holds a {kind}, which weights_only=True refuses; leave it out, as no file runs anything")
    return _KINDS[kind].decode(reader, content)


def _kind_of(x: Any) -> str | None:
    cls = type(x)
    if cls in _EXACT:
        return _EXACT[cls]
    if isinstance(x, Module):
        return "module"
    if isinstance(x, enum.Enum):
        return "enum"
    if isinstance(x, tuple) and hasattr(cls, "_fields"):
        return "namedtuple"
    if isinstance(x, FunctionType):
        return "function" if _home(x) is not None else None
    if isinstance(x, type):
        if x.__name__ in _TYPES and vars(builtins)[x.__name__] is x:
            return "type"
        return "class" if issubclass(x, Module) else None
    return "dataclass" if _is_plain_dataclass(cls) else None


# ---- names of classes and functions ----------------------------------------------------------------------------------

_OURS = re.compile(r"minigrad\.(nn|optim)(\.\w+)*")  # imported when they are needed, as for the user


def _names(cls: type, path: Path) -> list[str]:
    """Return the names by which loading finds a class; TypeError if it would not."""
    name = cls.__qualname__
    module = "minigrad.nn" if _find("minigrad.nn", name) is cls else cls.__module__
    if _find(module, name) is not cls:
        raise TypeError(
            f"save: {place(path)} is of the class {module}.{name}, which loading could not find by this name; "
            "define it at the top of a module"
        )
    return [module, name]


def _is_found(cls: type) -> bool:
    return _find(cls.__module__, cls.__qualname__) is cls


def _find(module: str, name: str) -> Any:
    """Return the class of this name in a module that is imported, or None. No attribute is computed."""
    if _OURS.fullmatch(module):
        with contextlib.suppress(ImportError):
            ours: Any = import_module(module)
            if name in getattr(ours, "__all__", ()):
                return getattr(ours, name)
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = vars(found).get(part) if isinstance(found, (ModuleType, type)) else None
    return found


def _class(module: Any, name: Any, what: str, fits: Callable[[type], bool]) -> Any:
    if not isinstance(module, str) or not isinstance(name, str):
        raise ValueError(f"the class {module!r:.40} {name!r:.40}")
    found = _find(module, name)
    if found is None:
        advice = "define it in this program" if module == "__main__" else f"define it, or import {module},"
        raise Refused(f"holds a {module}.{name}, and there is no such class here; {advice} before loading")
    if not isinstance(found, type) or not fits(found):
        raise Refused(f"names {module}.{name} as {what}, which it is not")
    return found


def _module_class(module: Any, name: Any) -> Any:
    return _class(module, name, "a subclass of nn.Module", lambda cls: issubclass(cls, Module))


_HOMES = "nn.functional", "", "nn.init"  # of functions, in minigrad
_OPERATIONS = "minigrad.ops.", "minigrad.nn.functional", "minigrad.nn.init"


def _function(home: Any, name: Any) -> Any:
    """Return a public operation of minigrad, or None."""
    if home not in _HOMES or not isinstance(name, str) or name.startswith("_"):
        return None
    found = getattr(import_module(f"minigrad.{home}".rstrip(".")), name, None)
    return found if isinstance(found, FunctionType) and found.__module__.startswith(_OPERATIONS) else None


def _home(function: FunctionType) -> str | None:
    return next((home for home in _HOMES if _function(home, function.__name__) is function), None)


def _read_function(reader: Reader, content: Any) -> Any:
    home, name = content
    found = _function(home, name)
    if found is None:
        raise Refused(f"names minigrad.{home}.{name} as an operation, which it is not")
    return found


# ---- modules ---------------------------------------------------------------------------------------------------------


def _write_module(writer: Writer, x: Module, path: Path) -> list[Any]:
    attributes = dict(vars(x))
    tables = [writer.pairs(attributes.pop(kind.table), path) for kind in KINDS]
    hooks = attributes.pop("_hooks", None)
    if hooks is not None and any(getattr(hooks, kind) for kind in hooks.__slots__):
        raise TypeError(
            f"save: {place(path)} has hooks, which are functions; remove them by their handles, or save its "
            "state_dict()"
        )
    return [*_names(type(x), path), *tables, writer.pairs(attributes, path)]


def _read_module(reader: Reader, content: Any) -> Any:
    module, name, *tables, attributes = content
    x = reader.meet(object.__new__(_module_class(module, name)))
    for kind, pairs in zip(KINDS, tables, strict=True):
        members = vars(x)[kind.table] = reader.pairs(pairs)
        for key, value in members.items():
            Module._check_name(x, kind, key)  # the class here may have other methods of these names
            Module._check_kind(x, kind, key, value)
    found = _attributes(reader, attributes)
    if found.keys() & {"_hooks", *(kind.table for kind in KINDS)} or type(found["training"]) is not bool:
        raise ValueError("a module with attributes that are not its own")
    vars(x).update(found)
    return x


def _attributes(reader: Reader, pairs: Any) -> dict[str, Any]:
    found = reader.pairs(pairs)
    if not all(isinstance(name, str) for name in found):
        raise ValueError("an attribute whose name is no text")
    return found


# ---- tensors of modules ----------------------------------------------------------------------------------------------


def _write_tensor(writer: Writer, x: Tensor, path: Path) -> list[Any]:
    attributes = writer.pairs(x._attributes(), path)
    return [writer.store(x._data, path), x.requires_grad, attributes]


def _read_tensor(cls: type[Tensor]) -> Callable[[Reader, Any], Tensor]:
    def read(reader: Reader, content: Any) -> Tensor:
        entry, requires_grad, attributes = content
        x = reader.meet(cls._wrap(reader.tensor(entry)._data).requires_grad_(requires_grad is True))
        return attach(x, reader.pairs(attributes))

    return read


def _write_uninitialized(writer: Writer, x: Uninitialized, path: Path) -> list[Any]:
    return [x._requires_grad, x._dtype.name]


def _read_uninitialized(cls: type[Uninitialized]) -> Callable[[Reader, Any], Tensor]:
    return lambda reader, content: reader.meet(cls(content[0] is True, dtypes.as_dtype(content[1])))


# ---- containers and values -------------------------------------------------------------------------------------------


def _write_pairs(writer: Writer, x: Any, path: Path) -> list[Any]:
    return writer.pairs(x, path)


def _write_items(writer: Writer, x: Any, path: Path) -> list[Any]:
    return [writer.encode(item, (*path, i)) for i, item in enumerate(x)]


def _write_set(writer: Writer, x: Any, path: Path) -> list[Any]:
    return sorted(_write_items(writer, x, path), key=json.dumps)  # the same set, the same bytes


def _write_namespace(writer: Writer, x: Any, path: Path) -> list[Any]:
    return writer.pairs(vars(x), path)


def _read_namespace(cls: type) -> Callable[[Reader, Any], Any]:
    def read(reader: Reader, content: Any) -> Any:
        x = reader.meet(cls())
        vars(x).update(_attributes(reader, content))
        return x

    return read


def _is_plain_dataclass(cls: type) -> bool:
    """Return whether the instances of a class are no more than their ``__dict__``."""
    plain = cls.__new__ is object.__new__ and not hasattr(cls, "__del__") and not hasattr(cls, "__slots__")
    return dataclasses.is_dataclass(cls) and plain


def _read_dataclass(reader: Reader, content: Any) -> Any:
    module, name, attributes = content
    x = reader.meet(object.__new__(_class(module, name, "a dataclass", _is_plain_dataclass)))
    vars(x).update(_attributes(reader, attributes))
    return x


def _read_namedtuple(reader: Reader, content: Any) -> Any:
    module, name, items = content
    cls = _class(module, name, "a named tuple", lambda c: issubclass(c, tuple) and hasattr(c, "_fields"))
    if len(items) != len(cls._fields):
        raise Refused(f"holds a {name} of {len(items)} values; the one here has {len(cls._fields)}")
    return tuple.__new__(cls, [reader.decode(item) for item in items])


def _read_enum(reader: Reader, content: Any) -> Any:
    module, name, member = content
    cls = _class(module, name, "an Enum", lambda c: issubclass(c, enum.Enum))
    if member not in cls.__members__:
        raise Refused(f"holds {name}.{member}, which the class here has not")
    return cls.__members__[member]


def _write_enum(writer: Writer, x: enum.Enum, path: Path) -> list[Any]:
    if x.name not in type(x).__members__:
        raise TypeError(f"save: {place(path)} is {x!r}; a combination of flags has no name to save")
    return [*_names(type(x), path), x.name]


_TYPES = "bool int float complex str bytes list tuple dict set frozenset".split()


def _read_type(reader: Reader, content: Any) -> Any:
    return vars(builtins)[_TYPES[_TYPES.index(content)]]


def _write_defaultdict(writer: Writer, x: collections.defaultdict, path: Path) -> list[Any]:
    return [writer.encode(x.default_factory, (*path, "default_factory")), writer.pairs(x, path)]


def _read_defaultdict(reader: Reader, content: Any) -> Any:
    factory, pairs = content
    return collections.defaultdict(
        None if factory is None else _read_type(reader, factory["type"]), reader.pairs(pairs)
    )


def _read_dtype(reader: Reader, content: Any) -> dtypes.dtype:
    found = vars(dtypes)[content]
    if not isinstance(found, dtypes.dtype):
        raise ValueError(f"the dtype {content!r:.40}")
    return found


_LAYOUTS = {x.name: x for x in vars(layout).values() if isinstance(x, layout.layout)}


def _read_generator(reader: Reader, content: Any) -> Generator:
    return Generator().set_state(Tensor._wrap(np.frombuffer(bytes.fromhex(content), np.uint8).copy()))


def _as(make: Callable[[Any], Any]) -> Callable[[Reader, Any], Any]:
    """Return a function that decodes items and makes something of their list."""
    return lambda reader, content: make([reader.decode(item) for item in content])


_KINDS: dict[str, Kind] = {
    "module": Kind(_write_module, _read_module),
    "Parameter": Kind(_write_tensor, _read_tensor(Parameter)),
    "Buffer": Kind(_write_tensor, _read_tensor(Buffer)),
    "UninitializedParameter": Kind(_write_uninitialized, _read_uninitialized(UninitializedParameter)),
    "UninitializedBuffer": Kind(_write_uninitialized, _read_uninitialized(UninitializedBuffer)),
    "dataclass": Kind(lambda w, x, p: [*_names(type(x), p), _write_namespace(w, x, p)], _read_dataclass),
    "SimpleNamespace": Kind(_write_namespace, _read_namespace(SimpleNamespace)),
    "Namespace": Kind(_write_namespace, _read_namespace(argparse.Namespace)),
    "namedtuple": Kind(lambda w, x, p: [*_names(type(x), p), _write_items(w, x, p)], _read_namedtuple),
    "enum": Kind(_write_enum, _read_enum),
    "class": Kind(lambda w, x, p: _names(x, p), lambda r, c: _module_class(*c)),
    "function": Kind(lambda w, x, p: [_home(x), x.__name__], _read_function),
    "type": Kind(lambda w, x, p: x.__name__, _read_type),
    "OrderedDict": Kind(_write_pairs, lambda r, c: collections.OrderedDict(r.pairs(c))),
    "Counter": Kind(_write_pairs, lambda r, c: collections.Counter(r.pairs(c))),
    "defaultdict": Kind(_write_defaultdict, _read_defaultdict),
    "deque": Kind(
        lambda w, x, p: [x.maxlen, _write_items(w, x, p)],
        lambda r, c: collections.deque([r.decode(item) for item in c[1]], c[0]),
    ),
    "set": Kind(_write_set, _as(set)),
    "frozenset": Kind(_write_set, _as(frozenset)),
    "bytes": Kind(lambda w, x, p: x.decode("latin1"), lambda r, c: c.encode("latin1")),
    "bytearray": Kind(lambda w, x, p: x.decode("latin1"), lambda r, c: bytearray(c.encode("latin1"))),
    "complex": Kind(lambda w, x, p: _write_items(w, (x.real, x.imag), p), _as(lambda parts: complex(*parts))),
    "range": Kind(lambda w, x, p: _write_items(w, (x.start, x.stop, x.step), p), _as(lambda ends: range(*ends))),
    "slice": Kind(lambda w, x, p: _write_items(w, (x.start, x.stop, x.step), p), _as(lambda ends: slice(*ends))),
    "Path": Kind(lambda w, x, p: str(x), lambda r, c: pathlib.Path(c)),
    "Size": Kind(lambda w, x, p: list(x), lambda r, c: Size(c)),
    "dtype": Kind(lambda w, x, p: x.name, _read_dtype),
    "layout": Kind(lambda w, x, p: x.name, lambda r, c: _LAYOUTS[c]),
    "device": Kind(lambda w, x, p: str(x), lambda r, c: device(c)),
    "Generator": Kind(lambda w, x, p: x.get_state()._data.tobytes().hex(), _read_generator),
}
_EXACT: dict[type, str] = {
    **{cls: cls.__name__ for cls in (Parameter, Buffer, UninitializedParameter, UninitializedBuffer)},
    **{cls: cls.__name__ for cls in (set, frozenset, bytes, bytearray, complex, range, slice, Size, Generator)},
    **{cls: cls.__name__ for cls in (SimpleNamespace, argparse.Namespace, device)},
    **{type(x): "dtype" for x in vars(dtypes).values() if isinstance(x, dtypes.dtype)},
    **{type(x): "layout" for x in _LAYOUTS.values()},
    **{getattr(collections, name): name for name in ("OrderedDict", "Counter", "defaultdict", "deque")},
    type(pathlib.Path()): "Path",
}
_MET_AGAIN = {
    "module", "Parameter", "Buffer", "UninitializedParameter", "UninitializedBuffer", "dataclass", "SimpleNamespace",
    "Namespace",
}  # fmt: skip
_OF_THE_PROGRAM = {"module", "dataclass", "namedtuple", "enum", "class", "function"}
