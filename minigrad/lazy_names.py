"""Names that a package offers and imports when they are asked for: what few scripts need costs the others nothing.

A table says where each name lives. Editors and type checkers, which run nothing, read the stub that
``scripts/stubs.py`` writes out of it.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from minigrad.kernels.forking import import_module


class LazyNames(NamedTuple):
    """The names in the table of a package, and the hooks by which Python finds them."""

    names: list[str]
    getattr: Callable[[str], Any]
    dir: Callable[[], list[str]]


def lazy_names(
    package: str,
    namespace: dict[str, Any],
    homes: Mapping[str, str],
    modules: str = "",
    published: Callable[[Any, str], Any] | None = None,
    by_name: bool = False,
) -> LazyNames:
    """Return the names, ``__getattr__`` and ``__dir__`` of a package whose names are imported when they are asked for.

    Parameters
    ----------
    package, namespace : its ``__name__`` and ``globals()``
    homes : by module of the package, the names that live there, separated by spaces
    modules : the modules and packages in it that are themselves offered
    published : applied to a function and its name before a user sees it
    by_name : whether scripts look names up in its ``__dict__``, such as ``models.__dict__[args.arch]``: it has all then
    """
    where = {name: f"{package}.{home}" for home, names in homes.items() for name in names.split()}
    packages = modules.split()

    def find(name: str) -> Any:
        if name in packages or name in homes and name not in where:
            return import_module(f"{package}.{name}")
        if name not in where:
            raise unknown(namespace["__name__"], name, [*namespace, *where, *packages])
        module = import_module(where[name])
        home = where[name].rpartition(".")[2]
        if home in where:
            namespace[home] = getattr(module, home)  # where Python has put the module
        value = getattr(module, name)
        namespace[name] = value = published(value, name) if published else value
        return value

    def names() -> list[str]:
        return sorted({*namespace, *where, *packages})

    if by_name:
        sys.modules[package].__class__ = _ByName
    return LazyNames(sorted(n for n in (*where, *packages) if n[0] != "_"), find, names)


class _ByName(types.ModuleType):
    """A module that imports all its names when it is asked for its ``__dict__``."""

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        for name in self.__all__:
            getattr(self, name)
        found: dict[str, Any] = vars(types.ModuleType)["__dict__"].__get__(self)
        return found


def called_as(module: str, function: Callable[..., Any]) -> None:
    """Make a module callable, as its function of the same name: Python puts the module where the package has that.

    It does so when the module is imported by its own name, ``from package.name import ...``.
    """

    class CallableModule(types.ModuleType):
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            return function(*args, **kwargs)

    sys.modules[module].__class__ = CallableModule


def unknown(module: str, name: str, names: Any) -> AttributeError:
    """Return the error of a module's ``__getattr__``, with near names: Python does not look for them there."""
    import difflib  # which few need

    shown = [n for n in names if n[0] != "_"] if name[0] != "_" else []  # hidden names are asked for by tools
    near = difflib.get_close_matches(name, shown, 1)
    advice = f"; did you mean {near[0]!r}?" if near else ""
    return AttributeError(f"module {module!r} has no attribute {name!r}{advice}")
