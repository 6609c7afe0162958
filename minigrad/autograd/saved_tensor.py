"""Values that the graph keeps, seen one by one, and what hooks put in their place until the values are needed."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.graph import versions
from minigrad.ops.declare.record import OperationNode


class Packet:
    """The result of a pack hook for an array, with the hook that gives it back."""

    __slots__ = ("content", "unpack_hook")

    def __init__(
        self, array: np.ndarray, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]
    ) -> None:
        before = versions.changes_of(array)
        self.content, self.unpack_hook = pack_hook(Tensor._wrap(array)), unpack_hook
        if versions.changes_of(array) != before:
            raise RuntimeError("pack_hook: the tensor that it was given was changed in place; change a clone() of it")

    @property
    def array(self) -> np.ndarray:
        """The array itself, or an equal one."""
        tensor = self.unpack_hook(self.content)
        if not isinstance(tensor, Tensor):
            raise TypeError(f"unpack_hook: expected a Tensor to be returned, got {type(tensor).__name__}")
        return tensor._data


def unpacked(value: Any) -> Any:
    """Return the array of a packet, and those in tuples and lists."""
    if isinstance(value, Packet):
        return value.array
    return type(value)(map(unpacked, value)) if type(value) in (tuple, list) else value


def keep_packed(node: OperationNode, saved: Sequence[Any]) -> None:
    """Make a node keep these values, with packets among them."""
    kind: Any = type(node.named())
    if not hasattr(kind, "keeps_packets"):
        node.__class__ = _packed_class(kind)
    node.saved = saved


@functools.cache
def _packed_class(kind: type[Any]) -> type[OperationNode]:
    """Return the class of the nodes of a class that keep packets."""

    def values(self: OperationNode) -> Any:
        return unpacked(self.saved)

    def vjp(self: OperationNode, g: Any, needed: Sequence[bool] | None, create_graph: bool) -> list[Any]:
        packed = self.saved
        self.saved = unpacked(packed)
        try:
            gradients: list[Any] = kind.vjp(self, g, needed, create_graph)
            return gradients
        finally:
            self.saved = packed

    own = {"__slots__": (), "vjp": vjp, "values": values, "named": lambda self: self, "keeps_packets": True}
    return type(kind.__name__, (kind,), own)


class SavedTensor:
    """One of the values that a node keeps: ``grad_fn._raw_saved_self`` and its like.

    Raises
    ------
    RuntimeError
        If it is made by hand: nodes have those of their own.
    """

    __slots__ = ("_read", "_replace", "_who")
    _read: Callable[[], Any]
    _replace: Callable[[Packet], None]
    _who: str

    def __init__(self) -> None:
        raise RuntimeError("SavedTensor: nodes of the graph make these; see grad_fn._raw_saved_self and its like")

    @classmethod
    def _of(cls, who: str, read: Callable[[], Any], replace: Callable[[Packet], None]) -> SavedTensor:
        made = object.__new__(cls)
        made._who, made._read, made._replace = who, read, replace
        return made

    def register_hooks(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        """Keep what ``pack_hook`` makes of the value, now, and give it to ``unpack_hook`` when it is needed.

        Raises
        ------
        TypeError
            If a hook cannot be called.
        RuntimeError
            If the value is None or freed, has hooks already, or ``pack_hook`` changes it in place.
        """
        if not (callable(pack_hook) and callable(unpack_hook)):
            raise TypeError("register_hooks: expected two functions, pack_hook and unpack_hook")
        value = self._read()
        if value is None:
            raise RuntimeError(f"register_hooks: {self._who} keeps None here, or has been freed by a backward")
        if isinstance(value, Packet):
            raise RuntimeError(f"register_hooks: this value of {self._who} has hooks already")
        self._replace(Packet(value, pack_hook, unpack_hook))


def raw_saved(node: OperationNode, place: int) -> Any:
    """Return the value that a node keeps at `place`; a tuple where there are several."""
    node.named()  # its hooks, if it gets any, need a class of its own

    def at(*inner: int) -> SavedTensor:
        def read() -> Any:
            return None if node.saved is None else functools.reduce(lambda v, i: v[i], inner, node.saved[place])

        def replace(packet: Packet) -> None:
            saved: list[Any] = list(node.saved or ())
            if inner:
                row = list(saved[place])
                row[inner[0]] = packet
                saved[place] = type(saved[place])(row)
            else:
                saved[place] = packet
            keep_packed(node, saved)

        return SavedTensor._of(node.name(), read, replace)

    value: Any = None if node.saved is None else node.saved[place]
    return tuple(at(i) for i in range(len(value))) if type(value) in (tuple, list) else at()


OperationNode.raw_saved = raw_saved
