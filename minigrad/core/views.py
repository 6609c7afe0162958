"""Views: which part of which tensor's memory a tensor shows, and how it gets the history of what is written there."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, ClassVar, TypeAlias

import numpy as np

from minigrad.core.layout import lies_in_channels_last
from minigrad.graph.grad_mode import enable_grad, mode
from minigrad.graph.versions import COUNTED
from minigrad.kernels.copying import contiguous

Tensor: TypeAlias = Any  # the class's module imports this one

# (calls before, function, arguments): each link is shared by all views of a view, so that a long chain stays cheap
Calls: TypeAlias = tuple[Any, Any, tuple[Any, ...]] | None


class View:
    """The origin of a view: the tensor whose memory it shows a part of, and the calls that made it.

    After an in-place operation on the base or on any of its views the base has a new history, and the histories of the
    views are made anew from it, when they are asked for.
    """

    __slots__ = ("base", "calls", "history_version", "in_place_error")
    # The operation that puts `part` where `calls` lead in `base`: its declaration puts it here.
    replace_part: ClassVar[Callable[[Tensor, Tensor, Calls], Tensor]]

    def __init__(
        self,
        source: Tensor,
        call: Callable[..., Any] | None,
        arguments: tuple[Any, ...],
        in_place_error: str | None = None,
    ) -> None:
        if source._view is not None:
            source._stand_alone()
        parent = source._view
        self.base: Tensor = source if parent is None else parent.base
        self.calls: Calls = (None if parent is None else parent.calls, call, arguments)
        self.history_version = self.base._history_version
        # why a change of this or the base cannot be recorded, where the way from the one to the other is not known
        inherited = None if parent is None else parent.in_place_error
        self.in_place_error: str | None = in_place_error or inherited or _in_place_error(source)

    def check(self, operation: str, *others: Tensor) -> None:
        """Raise if a change of the view by `operation` would have to be recorded, and cannot be."""
        if self.in_place_error and any(t._requires_grad for t in (self.base, *others)):
            raise RuntimeError(f"{operation}: {self.in_place_error}")

    def refresh(self, view: Tensor) -> None:
        """Give `view` its history if the base has got a new one since."""
        if self.history_version != self.base._history_version:
            if self.in_place_error and mode.enabled and self.base._requires_grad:
                raise RuntimeError(f"the tensor that this is a view of was changed in place: {self.in_place_error}")
            if self.in_place_error:
                return  # the history is not wanted, or there is none
            self.check_base(view)
            self.history_version = self.base._history_version
            with enable_grad():  # the history must be complete in any mode
                view._set_history(replay(self.calls, self.base))

    def check_base(self, view: Tensor) -> None:
        """Raise if the base was rearranged, as by ``transpose_``: the calls that made `view` lead elsewhere now."""
        try:
            shown = replay(self.calls, self.base._data)
            same = _shows_the_same(shown, view._data)
        except (TypeError, ValueError, IndexError):
            same = False
        if not same:
            raise RuntimeError("the base of this view was rearranged in place after the view was made; make it anew")

    def is_of_no_other(self) -> bool:
        """Return whether nobody else has the base, neither as a tensor nor as a leaf of a graph nor in other views.

        It was a step of a computation then, whose result a user, who knows of no view, may change like any other.
        """
        return COUNTED and _holders(self) == _ONE_HOLDER

    def rewrite(self, view: Tensor, part: Tensor) -> None:
        """Record that `part` replaced this part of the base, and that `view` shows a part of it."""
        base = self.base
        if part._requires_grad or base._requires_grad:
            self.check_base(view)
            base._set_history(View.replace_part(base, part, self.calls))
            base._history_version += 1
            self.refresh(view)  # at once: later changes of the base's history must not change this one


def _shows_the_same(a: np.ndarray, b: np.ndarray) -> bool:
    """Return whether the elements of two arrays are the same places in memory, one by one."""
    steps = [[step for step, n in zip(x.strides, x.shape, strict=True) if n > 1] for x in (a, b)]
    return a.shape == b.shape and (not a.size or a.ctypes.data == b.ctypes.data and steps[0] == steps[1])


def _in_place_error(source: Tensor) -> str | None:
    """Explain why changes of a view of `source` that is made now cannot be recorded."""
    if not mode.enabled:
        return "this view was made under no_grad(), so its base does not know it; make the view outside of that block"
    if source._requires_grad and source._node is None and source._view is not None:
        return "a view of a leaf that requires grad cannot be changed in place; do it under no_grad(), or on a clone()"
    return None


def replay(calls: Calls, base: Any) -> Any:
    """Return the part of another tensor or array that a view made by `calls` shows."""
    in_order = []
    while calls is not None:
        calls, call, arguments = calls
        in_order.append((call, arguments))
    for call, arguments in reversed(in_order):
        base = call(base, *arguments)
    return base


def _references(t: Any) -> tuple[int, int]:
    """Return how often the array of `t` is referred to, and the owner of its memory if that is another."""
    array = t._data
    return sys.getrefcount(array), 0 if array.base is None else sys.getrefcount(array.base)


# of a tensor that nobody shares its memory with
_ALONE = (
    [_references(SimpleNamespace(_data=np.empty(1))), _references(SimpleNamespace(_data=np.empty(2)[1:]))]
    if COUNTED
    else []
)


def lay_out(t: Tensor, channels_last: bool = False) -> None:
    """Put what an operation made in C order before others are shown its memory.

    It may lie there in an order of ours, such as with the batch innermost, in which a view of a part of it could not be
    seen in another shape. A leaf may show an array of the caller's, and images that lie in channels_last were asked to:
    they stay so unless `channels_last` is True.
    """
    if t._data.flags.c_contiguous or t._view is not None or not channels_last and lies_in_channels_last(t._data):
        return
    if t._node is not None and not t._shared or _references(t) in _ALONE:
        given, t._data = t._data, contiguous(t._data)
        if t._node is not None and given.ndim > 2:
            t._add_hook(functools.partial(_in_order, sorted(range(given.ndim), key=lambda d: -given.strides[d])))


def _in_order(dims: list[int], g: Any) -> Any:
    """Return a gradient with these dims from the outermost in memory to the innermost.

    The operations behind have kept arrays that lie so: to go through two orders at once takes several times as long.
    """
    if not isinstance(g, np.ndarray) or g.transpose(dims).flags.c_contiguous:
        return g
    return contiguous(g.transpose(dims)).transpose(np.argsort(dims))


def _holders(view: View) -> int:
    return sys.getrefcount(view.base)


_example = View.__new__(View)
_example.base = object()
_ONE_HOLDER = _holders(_example)  # what it is differs between versions of Python
