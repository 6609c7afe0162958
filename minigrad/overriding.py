"""Quick paths, taken only if nothing that they skip was overridden, delegated or replaced."""

from __future__ import annotations

from types import MethodType
from typing import Any

__all__ = ["speaks_for"]

_ABSENT = object()


def speaks_for(obj: Any, shortcut: str, method: str) -> bool:
    """Return whether `obj` has a `shortcut` that still stands for its `method`.

    A class that defines a shortcut (such as ``__getitems__``, or ``batched``) says by it what its own `method` (such as
    ``__getitem__``, or ``__call__``) would do. That no longer holds where a subclass, or the instance, has a `method`
    of its own and says nothing of the shortcut; nor where the shortcut is another object's, to which ``__getattr__``
    delegates.
    """
    if isinstance(obj, MethodType):
        obj = obj.__func__
    own = getattr(obj, "__dict__", {})
    if shortcut in own:
        return True
    definer = next((kind for kind in type(obj).__mro__ if shortcut in kind.__dict__), None)
    if definer is None or method in own and not method.startswith("__"):
        return False
    known = getattr(definer, method, _ABSENT)
    return known is _ABSENT or getattr(known, "_is_abstract", False) or getattr(type(obj), method, _ABSENT) is known
