"""Hooks on values that the graph keeps: they put something else in their place, until the values are needed.

Nobody asks for the hooks where none are set: while some are, functions of theirs stand in the place of those that keep.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigrad.autograd import function
from minigrad.autograd.replacement import Replacements
from minigrad.core.tensor import Tensor
from minigrad.ops.declare.record import OperationNode


class _Thread(threading.local):
    """The hooks of a thread, innermost first, and why there may be none."""

    hooks: tuple[saved_tensors_hooks, ...] = ()
    forbidden: str | None = None


_thread = _Thread()


class saved_tensors_hooks:
    """Context manager: what operations inside keep for their gradients is what ``pack_hook`` makes of it.

    Parameters
    ----------
    pack_hook : function of a Tensor, without history, that returns anything
    unpack_hook : function of what ``pack_hook`` returned, that returns the Tensor, or an equal one

    Raises
    ------
    TypeError
        By backward, if ``unpack_hook`` returns anything but a Tensor.
    RuntimeError
        Within `disable_saved_tensors_hooks`.

    Examples
    --------
    >>> x = mg.tensor([1.0, 2.0], requires_grad=True)
    >>> with mg.autograd.graph.saved_tensors_hooks(lambda t: t.tolist(), mg.tensor):
    ...     y = x.exp()
    >>> y.sum().backward()
    """

    def __init__(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook
        self._entered: list[Replacements] = []

    def __enter__(self) -> None:
        if _thread.forbidden is not None:
            raise RuntimeError(_thread.forbidden)
        if self not in _thread.hooks:
            replacements = Replacements()
            replacements.put(OperationNode, "__init__", self._packing)
            replacements.put(function, "Saved", lambda kind: functools.partial(self._saved, kind))
            self._entered.append(replacements)
        else:
            self._entered.append(Replacements())
        _thread.hooks = (self, *_thread.hooks)

    def __exit__(self, *error: Any) -> None:
        _thread.hooks = _thread.hooks[1:]
        self._entered.pop().take_back()

    def _is_innermost(self) -> bool:
        return bool(_thread.hooks) and _thread.hooks[0] is self

    def _packing(self, init: Callable[..., None]) -> Callable[..., None]:
        """Make nodes keep what is packed."""

        def __init__(node: OperationNode, plan: Any, parents: Sequence[Any], saved: Sequence[Any] | None) -> None:
            init(node, plan, parents, saved)
            if self._is_innermost() and saved is not None and _holds_arrays(saved):
                kind: Any = type(node.named())
                node.__class__ = _packed_class(kind)
                node.saved = Packed([self._pack(value) for value in saved], self)

        return __init__

    def _saved(self, kind: Callable[..., Any], array: np.ndarray, target: Any, place: int | None) -> Any:
        """Return what a Function keeps."""
        if not self._is_innermost():
            return kind(array, target, place)
        return PackedValue(self._pack(array), self, target, place)

    def _pack(self, value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return _Packet(self.pack_hook(Tensor._wrap(value)))
        return type(value)(map(self._pack, value)) if type(value) in (tuple, list) else value

    def unpack(self, value: Any) -> Any:
        """Return the array of a packet, and of those in tuples and lists."""
        if isinstance(value, _Packet):
            tensor = self.unpack_hook(value.content)
            if not isinstance(tensor, Tensor):
                raise TypeError(f"unpack_hook: expected a Tensor to be returned, got {type(tensor).__name__}")
            return tensor._data
        return type(value)(map(self.unpack, value)) if type(value) in (tuple, list) else value


class _Packet:
    """The result of a pack hook for an array."""

    __slots__ = ("content",)

    def __init__(self, content: Any) -> None:
        self.content = content


class Packed(tuple[Any, ...]):
    """Packed values that a node keeps."""

    hooks: saved_tensors_hooks

    def __new__(cls, values: list[Any], hooks: saved_tensors_hooks) -> Packed:
        packed = super().__new__(cls, values)
        packed.hooks = hooks
        return packed


class PackedValue:
    """A packed value that a Function keeps."""

    __slots__ = ("packed", "hooks", "target", "place")

    def __init__(self, packed: Any, hooks: saved_tensors_hooks, target: Any, place: int | None) -> None:
        self.packed, self.hooks, self.target, self.place = packed, hooks, target, place

    @property
    def array(self) -> np.ndarray:
        array: np.ndarray = self.hooks.unpack(self.packed)
        return array


@functools.cache
def _packed_class(kind: type[Any]) -> type[OperationNode]:
    """Return the class of the nodes of a class that keep packed values."""

    def values(self: OperationNode) -> Any:
        packed = self.saved
        return [packed.hooks.unpack(value) for value in packed] if isinstance(packed, Packed) else packed

    def vjp(self: OperationNode, g: Any, needed: Sequence[bool] | None, create_graph: bool) -> list[Any]:
        packed = self.saved
        self.saved = values(self)
        try:
            gradients: list[Any] = kind.vjp(self, g, needed, create_graph)
            return gradients
        finally:
            self.saved = packed

    return type(kind.__name__, (kind,), {"__slots__": (), "vjp": vjp, "values": values, "named": lambda self: self})


def _holds_arrays(saved: Sequence[Any]) -> bool:
    return any(isinstance(v, np.ndarray) or type(v) in (tuple, list) and _holds_arrays(v) for v in saved)


class save_on_cpu(saved_tensors_hooks):
    """Context manager that does nothing: what is kept is on the CPU.

    Examples
    --------
    >>> with mg.autograd.graph.save_on_cpu():
    ...     y = mg.ones(2, requires_grad=True).exp()
    """

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        super().__init__(lambda tensor: tensor, lambda tensor: tensor)


class disable_saved_tensors_hooks:
    """Context manager: to enter `saved_tensors_hooks` inside is a RuntimeError with this message.

    Examples
    --------
    >>> with mg.autograd.graph.disable_saved_tensors_hooks("not here"):
    ...     y = mg.ones(2, requires_grad=True).exp()
    """

    def __init__(self, error_message: str) -> None:
        self._message = error_message
        self._before: list[str | None] = []

    def __enter__(self) -> None:
        if _thread.hooks:
            raise RuntimeError(self._message)
        self._before.append(_thread.forbidden)
        _thread.forbidden = self._message

    def __exit__(self, *error: Any) -> None:
        _thread.forbidden = self._before.pop()
