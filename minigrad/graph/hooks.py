"""Handles, which are returned to those who register a hook."""

from __future__ import annotations

from itertools import count
from typing import Any

_ids = count()


class RemovableHandle:
    """Returned by everything that registers a hook; `remove` takes the hook away. Also a context manager."""

    def __init__(self, hooks: dict[int, Any], hook: Any, *marks: set[int]) -> None:
        self._hooks = hooks
        self._marks = marks  # sets of the hooks that have a property: this one's number goes with it
        self.id = next(_ids)
        hooks[self.id] = hook
        for mark in marks:
            mark.add(self.id)

    def remove(self) -> None:
        """Take the hook away; nothing happens if it is gone."""
        self._hooks.pop(self.id, None)
        for mark in self._marks:
            mark.discard(self.id)

    def hooks_dict_ref(self) -> dict[int, Any]:
        """Return the dictionary of hooks that this one was put into."""
        return self._hooks

    def move_to_end(self) -> None:
        """Move the hook behind all others that are registered now."""
        self._hooks[self.id] = self._hooks.pop(self.id)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *error: Any) -> None:
        self.remove()


class NodeHooks(dict[int, Any]):
    """The hooks of a tensor on its node, and those of the node: `before` it runs, and `after`.

    They belong to the node, so that the garbage collector finds hooks that refer to it.
    """

    __slots__ = ("before", "after")

    def __init__(self) -> None:
        self.before: dict[int, Any] = {}
        self.after: dict[int, Any] = {}
