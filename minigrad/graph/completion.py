"""Watched leaves: who watches one is handed its gradient as soon as that is complete, while the walk goes on.

A gradient is complete when all nodes that have used the leaf were visited. Nodes are visited from the last to the
first, so the first one that has used it decides; it is looked up before the walk, and only where somebody watches.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from math import inf
from typing import Any, Protocol

from minigrad.graph.engine import Node, materialized


class Watcher(Protocol):
    """Something that takes the gradients of some leaves into its own hands."""

    expecting: bool  # whether it wants the gradients of the next backward

    @property
    def leaves(self) -> Mapping[Any, Any]:
        """The leaves that it watches."""

    def begin(self, used: Collection[Any]) -> None:
        """Hear that a backward begins, and which of the leaves it leads to."""

    def complete(self, leaf: Any, g: Any) -> None:
        """Take the gradient of a leaf; None if there is none."""

    def end(self) -> list[Any]:
        """Hear that the backward is done; return the leaves that have got their gradients."""

    def abandon(self) -> None:
        """Hear that the backward has failed."""


# in the order in which they were made, which is the same in all processes
watchers: weakref.WeakValueDictionary[int, Watcher] = weakref.WeakValueDictionary()
_begun: list[Watcher] = []  # of the backward that goes on, with those within it


class Watch:
    """The watched leaves to which one backward leads.

    marks : the number of the first node that has used a leaf, and the leaf; the last of them is complete first
    hooked : the gradient of a leaf after its hooks, given the leaf and its gradient
    """

    def __init__(
        self, roots: Iterable[tuple[Any, Any]], active: list[Watcher], hooked: Callable[[Any, Any], Any]
    ) -> None:
        self._hooked = hooked
        self._watcher_of = {leaf: watcher for watcher in active for leaf in watcher.leaves}
        first = _first_uses([edge for edge, _ in roots], self._watcher_of)
        self.marks = sorted(((number, leaf) for leaf, number in first.items()), key=lambda mark: mark[0])
        for watcher in active:
            used = [leaf for leaf in first if self._watcher_of[leaf] is watcher]
            if used and watcher not in _begun:
                _begun.append(watcher)
                watcher.begin(used)

    def tell(self, heap: Sequence[tuple[int, Node]], pending: dict[Any, Any]) -> None:
        """Hand gradients that are complete to who watches the leaves."""
        while self.marks and (not heap or -heap[0][0] < self.marks[-1][0]):
            leaf = self.marks.pop()[1]
            g = materialized(pending.pop(leaf, None))
            self._watcher_of[leaf].complete(leaf, g if g is None else self._hooked(leaf, g))


def watch(roots: Sequence[tuple[Any, Any]], hooked: Callable[[Any, Any], Any]) -> Watch | None:
    """Return what is watched of a backward from these roots, None if it is nothing."""
    active = [w for w in watchers.values() if w.expecting]
    if not active:
        return None
    found = Watch(roots, active, hooked)
    return found if found.marks else None


def finish() -> list[Any]:
    """End the outermost backward; return the leaves whose gradients others have set."""
    return [leaf for watcher in _taken() for leaf in watcher.end()]


def abandon() -> None:
    """End it after an error."""
    for watcher in _taken():
        watcher.abandon()


def _taken() -> list[Watcher]:
    taken = _begun[:]
    _begun.clear()
    return taken


def _first_uses(edges: list[Any], leaves: Mapping[Any, Any]) -> dict[Any, float]:
    """Return the number of the first node that has used each of the leaves; roots are complete at once."""
    first: dict[Any, float] = {edge: inf for edge in edges if edge in leaves}
    seen = {edge for edge in edges if isinstance(edge, Node)}
    stack = list(seen)
    while stack:
        node = stack.pop()
        for parent in node.parents:
            if isinstance(parent, Node):
                if parent not in seen:
                    seen.add(parent)
                    stack.append(parent)
            elif parent in leaves:
                first[parent] = min(node.number, first.get(parent, inf))
    return first
