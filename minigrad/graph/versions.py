"""Versions: when memory was last changed in place.

A node keeps arrays for its backward, and a later in-place change of one of them would make its gradient silently wrong.
Tensors, views and detached copies may share one piece of memory, so the answer belongs to the memory and not to a
Tensor: every in-place change stamps the array that owns the memory with the next of the numbers that nodes get as well.
As long as the last change of all is older than a node (nearly always) nothing needs looking up.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from minigrad.graph.engine import node_numbers
from minigrad.kernels.forking import lock


class Latest:
    """The time of the last in-place change."""

    __slots__ = ("version",)

    def __init__(self) -> None:
        self.version = 0


latest = Latest()
# id of an owner -> [time of its last change, weak reference that removes the entry, what `who` said, how many changes]
_changes: dict[int, list[Any]] = {}

# Anomaly detection replaces these two by functions.
who: Callable[[], Any] | None = None  # called at each change; returns who changes


def story(array: np.ndarray, node: Any) -> str:
    """Tell which lines have used and changed an array; nothing unless anomaly detection is on."""
    return ""


def owner_of(array: np.ndarray) -> Any:
    """Return the object at the end of the chain of bases: arrays that share memory have the same one."""
    owner: Any = array
    while (base := getattr(owner, "base", None)) is not None:
        try:
            weakref.ref(base)
        except TypeError:  # bytes and the like
            break
        owner = base
    return owner


def arrays_in(value: Any) -> Iterator[np.ndarray]:
    """Yield the arrays that `value` is or, as tuples and lists of any depth, holds."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (tuple, list)):
        for v in value:
            yield from arrays_in(v)


def bump(array: np.ndarray) -> None:
    """Note that the memory of `array` was written to."""
    with lock:  # so that no thread sets the latest back to an earlier tick of its own
        bump_under_lock(array)


def bump_under_lock(array: np.ndarray) -> None:
    """Do `bump` for those who hold the lock."""
    owner = array if array.base is None else owner_of(array)
    key = id(owner)
    latest.version = next(node_numbers)
    entry = _changes.get(key)
    if entry is None:
        entry = _changes[key] = [0, weakref.ref(owner, lambda _: _changes.pop(key, None)), None, 0]
    entry[0] = latest.version
    entry[3] += 1
    if who is not None:
        entry[2] = who()


def version_of(array: np.ndarray) -> int:
    """Return the time of the last noted change of the memory of `array`; 0 if there was none."""
    entry = _changes.get(id(owner_of(array)))
    return 0 if entry is None else entry[0]


def changes_of(array: np.ndarray) -> int:
    """Return how often the memory of `array` was changed, as far as was noted."""
    entry = _changes.get(id(owner_of(array)))
    return 0 if entry is None else entry[3]


def changer_of(array: np.ndarray) -> Any:
    """Return what `who` said at the last noted change of the memory of `array`; None if it was not asked."""
    entry = _changes.get(id(owner_of(array)))
    return None if entry is None else entry[2]


def deepcopied(array: np.ndarray, memo: dict[int, Any]) -> np.ndarray:
    """Return a copy; arrays of one deepcopy that share memory share it afterwards, too: what owns it is copied once."""
    owner = owner_of(array)
    if not isinstance(owner, np.ndarray) or not array.size:
        return array.copy(order="K")
    if id(owner) not in memo:
        memo[id(owner)] = owner.copy(order="K")
    copy: np.ndarray = memo[id(owner)]
    if array is owner:
        return copy
    start = array.ctypes.data - owner.ctypes.data
    return np.ndarray(array.shape, array.dtype, copy.ravel(order="K"), start, array.strides)


# ---- ownership -------------------------------------------------------------------------------------------------------


def may_keep(array: Any) -> bool:
    """Return whether the caller, who was given `array` and holds it in one variable, may keep and change it.

    A gradient arrives in the hands of whoever walks the graph. Most rules make a new array, which a leaf can take for
    its ``.grad`` as it is; others pass on the one that they were given, which then has several leaves as its owners.
    CPython counts who holds an object, so to ask costs nothing, and a copy is only made of what others hold, too. Where
    nobody counts (other interpreters, and CPython without its lock) each gradient is copied.
    """
    whole = type(array) is np.ndarray and array.base is None and array.flags.carray
    return whole and _REFERENCES is not None and sys.getrefcount(array) <= _REFERENCES


# whether the interpreter counts who holds an object; what the count of one holder is differs between versions of Python
COUNTED = sys.implementation.name == "cpython" and getattr(sys, "_is_gil_enabled", lambda: True)()


def _references_of_one_owner() -> int | None:
    """Return what `sys.getrefcount` says in `may_keep` of an array that its caller alone was given; None if unknown."""

    def asked(array: Any) -> int:
        return sys.getrefcount(array)

    def caller(array: Any) -> int:
        return asked(array)

    return caller(np.empty(0)) if COUNTED else None


_REFERENCES = _references_of_one_owner()
