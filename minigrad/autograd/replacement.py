"""Replacement of functions by others, for a while.

A profiler sees every operation and anomaly detection looks at every result, and neither is asked for when it is off:
while it is on, functions of its own stand in the place of those that compute. Several may do so at once, one around
the other, and leave in any order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from minigrad.kernels.forking import lock
from minigrad.ops.declare.declaration import Operation, registry, watchers

Wrapper: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]

_places: dict[tuple[Any, str], tuple[Callable[..., Any], list[Wrapper]]] = {}  # the original, and its wrappers


class Replacements:
    """The functions that one observer has put around others.

    Examples
    --------
    >>> from minigrad.autograd.replacement import Replacements
    >>> class Counter:
    ...     def count(self):
    ...         return 1
    >>> ours = Replacements()
    >>> ours.put(Counter, "count", lambda count: lambda self: count(self) + 1)
    >>> Counter().count()
    2
    >>> ours.take_back()
    >>> Counter().count()
    1
    """

    def __init__(self) -> None:
        self._put: list[tuple[tuple[Any, str], Wrapper]] = []
        self._told: list[Callable[[Operation], None]] = []

    def put(self, owner: Any, name: str, wrapper: Wrapper) -> None:
        """Replace ``owner.name``, of a class, module or other object, by ``wrapper`` of it."""
        with lock:
            place = owner, name
            _places.setdefault(place, (getattr(owner, name), []))[1].append(wrapper)
            self._put.append((place, wrapper))
            _renew(place)

    def put_on_operations(self, put: Callable[[Operation], None]) -> None:
        """Call ``put(operation)``, which puts wrappers, for every operation: also for those declared from now on."""
        for operation in [*registry.values()]:
            put(operation)
        watchers.append(put)
        self._told.append(put)

    def take_back(self) -> None:
        """Leave everything as it would be without this observer."""
        with lock:
            while self._told:
                watchers.remove(self._told.pop())
            while self._put:
                place, wrapper = self._put.pop()
                _places[place][1].remove(wrapper)
                _renew(place)


def _renew(place: tuple[Any, str]) -> None:
    function, wrappers = _places[place]
    if not wrappers:
        del _places[place]
    for wrapper in wrappers:
        function = wrapper(function)
    setattr(*place, function)


def with_subclasses(kind: type) -> list[type]:
    """Return a class and all of its subclasses."""
    found: list[type] = [kind]
    for k in found:  # it grows during the loop
        derived: list[type] = k.__subclasses__()
        found += [d for d in derived if d not in found]
    return found
