"""The user's line that did something: the innermost one outside of this package, and those that led there."""

from __future__ import annotations

import linecache
import os
import sys
import threading
import weakref
from types import CodeType
from typing import Any, TypeAlias

import numpy as np

_PYTHON = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
_PACKAGES = tuple(
    os.path.dirname(os.path.abspath(file)) + os.sep for file in (os.path.dirname(__file__), str(np.__file__))
)
# what is built on this package, of which the innermost line is told; or what runs tests and notebooks: it called the
# user's lines, and what leads to it is not told
_OTHERS = "site-packages"
_LINES = 4  # how many are kept
Line: TypeAlias = tuple[str, int, str]  # file, number and function
_users: dict[str, bool] = {}  # by file


class _Handed(threading.local):
    """The trace of the thread that gave a thread of the pool its work."""

    trace: Trace | None = None


handed = _Handed()


def _is_users(code: CodeType) -> bool:
    """Return whether code is neither of this package nor of NumPy or Python itself."""
    file = code.co_filename
    known = _users.get(file)
    if known is None:
        python = file.startswith(_PYTHON) and _OTHERS not in file
        known = _users[file] = not python and not file.startswith((*_PACKAGES, "<frozen", "<__array_function__"))
    return known


class Trace:
    """The place in the user's program at which something was done.

    lines : file, number and function, the innermost first
    function : the name of the package's function that the user called there
    cause : the trace of the operation whose backward did it, if one did
    """

    __slots__ = ("lines", "function", "cause", "_layer")

    def __init__(self, cause: Trace | None = None) -> None:
        self.cause = cause
        self.function = ""
        lines: list[Line] = []
        modules: list[Any] = []
        frame, inner, users, ended = sys._getframe(1), None, False, False
        while frame is not None:
            code = frame.f_code
            if _is_users(code):
                if not lines and inner is not None:
                    self.function = _called(inner)
                others = _OTHERS in code.co_filename
                ended |= users and others
                if len(lines) < _LINES and not (ended or lines and others):
                    lines.append((code.co_filename, frame.f_lineno, code.co_name))
                    users |= not others
            else:
                inner = frame
                if code.co_name == "__call__" and hasattr(owner := frame.f_locals.get("self"), "named_modules"):
                    modules.append(owner)
            frame = frame.f_back  # type: ignore[assignment]
        outer = handed.trace if not lines else None
        self.lines: tuple[Line, ...] = outer.lines if outer is not None else tuple(lines)
        # the innermost and the outermost module: the one is called by the other's forward
        self._layer: tuple[Any, Any] | None = (weakref.ref(modules[0]), weakref.ref(modules[-1])) if modules else None

    @property
    def layer(self) -> str:
        """The dotted name of the layer, as in ``'fc1' of Net: Linear(...)``; empty outside of modules."""
        layer, root = (ref() for ref in self._layer) if self._layer is not None else (None, None)
        if layer is None or root is None:
            return ""
        name = next((name for name, module in root.named_modules() if module is layer), "")
        what = type(layer).__name__ if layer._modules else repr(layer)
        return f"{name!r} of {type(root).__name__}: {what}" if name else what

    @property
    def text(self) -> str:
        """The lines as in a traceback, the innermost last."""
        lines = [_written(line) for line in reversed(self.lines)]
        return "\n".join(f"  {line}" for line in lines) or "  a line that is not known"

    def __str__(self) -> str:
        return self.text + (f"\n  in layer {self.layer}" if self.layer else "")


def _written(line: Line) -> str:
    file, number, function = line
    source = linecache.getline(file, number).strip()
    return f'File "{file}", line {number}, in {function}' + (f"\n    {source}" if source else "")


def _called(frame: Any) -> str:
    """Return the name by which the user called what this frame runs; empty for an operation itself."""
    name = frame.f_code.co_name
    if name in ("call", "change"):  # see naming.py and method.py
        return str(frame.f_locals.get("name", ""))
    if name == "operator_of":  # see operation.py
        name = frame.f_locals["function"].__name__
        return "" if name.startswith("_") else str(name)  # those of __rsub__ and the like are private
    known = frame.f_globals.get(name)
    return name if callable(known) and not name.startswith("_") else ""
