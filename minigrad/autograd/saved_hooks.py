"""Hooks on values that the graph keeps: they put something else in their place, until the values are needed.

Nobody asks for the hooks where none are set: while some are, functions of theirs stand in the place of those that keep.
"""

from __future__ import annotations

import functools
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigrad.autograd import function
from minigrad.autograd.replacement import Replacements
from minigrad.autograd.saved_tensor import Packet, keep_packed
from minigrad.core.tensor import Tensor
from minigrad.graph import versions
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
        if self._entered:  # it may have been left once too often
            self._entered.pop().take_back()

    def _is_innermost(self) -> bool:
        return bool(_thread.hooks) and _thread.hooks[0] is self

    def _packing(self, init: Callable[..., None]) -> Callable[..., None]:
        """Make nodes keep what is packed."""

        def __init__(node: OperationNode, plan: Any, parents: Sequence[Any], saved: Sequence[Any] | None) -> None:
            init(node, plan, parents, saved)
            if self._is_innermost() and saved is not None and _holds_arrays(saved):
                keep_packed(node, [self._pack(value) for value in saved])

        return __init__

    def _saved(self, kind: Callable[..., Any], array: np.ndarray, *rest: Any) -> Any:
        """Return what a Function keeps."""
        return kind(self._pack(array) if self._is_innermost() else array, *rest)

    def _pack(self, value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return Packet(value, self.pack_hook, self.unpack_hook)
        return type(value)(map(self._pack, value)) if type(value) in (tuple, list) else value


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


class _Kept:
    """A value that nodes keep, of which there is a copy from its first change in place on."""

    __slots__ = ("array", "__weakref__")

    def __init__(self, array: np.ndarray) -> None:
        self.array = array


class allow_mutation_on_saved_tensors(saved_tensors_hooks):
    """Context manager: what was used may be changed in place, and gradients are those of the values used.

    A value is copied when it is changed, if the graph still keeps it. Backward has to run inside.

    Raises
    ------
    RuntimeError
        Within another one.
    AssertionError
        By a backward outside.

    Examples
    --------
    >>> x = mg.ones(2, requires_grad=True)
    >>> with mg.autograd.graph.allow_mutation_on_saved_tensors():
    ...     y = x * 3
    ...     z = (y**2).sum()
    ...     _ = y.zero_()
    ...     z.backward()
    >>> x.grad
    tensor([18., 18.])
    """

    def __init__(self) -> None:
        super().__init__(self._keep, self._kept)
        self.cloned: weakref.WeakKeyDictionary[_Kept, np.ndarray] = weakref.WeakKeyDictionary()
        self._values: weakref.WeakValueDictionary[Any, _Kept] = weakref.WeakValueDictionary()
        self._replacements = Replacements()

    def __enter__(self) -> allow_mutation_on_saved_tensors:  # type: ignore[override]
        if any(isinstance(hooks, allow_mutation_on_saved_tensors) for hooks in _thread.hooks):
            raise RuntimeError("allow_mutation_on_saved_tensors: one cannot be within another")
        super().__enter__()
        for before in ("_check_writable", "_write"):
            self._replacements.put(Tensor, before, self._copying)
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        self._replacements.take_back()
        self.clear()

    def clear(self) -> None:
        """Forget all copies."""
        self.cloned.clear()
        self._values.clear()

    def _keep(self, tensor: Tensor) -> _Kept:
        array = tensor._data
        key = (array.ctypes.data, array.shape, array.strides, array.dtype, versions.version_of(array))
        kept = self._values.get(key)
        if kept is None:
            kept = self._values[key] = _Kept(array)
        return kept

    def _kept(self, kept: _Kept) -> Tensor:
        if self not in _thread.hooks or all(kept is not k for k in self._values.values()):
            raise AssertionError("backward: expected to be within the allow_mutation_on_saved_tensors() of the forward")
        return Tensor._wrap(self.cloned.get(kept, kept.array))

    def _copying(self, change: Callable[..., Any]) -> Callable[..., Any]:
        """Return a method that changes a tensor in place, or is called before, with copies made first."""

        def changed(tensor: Tensor, *args: Any) -> Any:
            for kept in list(self._values.values()):
                if kept not in self.cloned and np.may_share_memory(kept.array, tensor._data):
                    self.cloned[kept] = kept.array.copy(order="K")
            return change(tensor, *args)

        return changed


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
