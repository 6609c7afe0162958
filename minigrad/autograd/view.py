"""Views: tensors that show a part of another one's memory, and their histories after changes in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from minigrad.autograd.grad_mode import enable_grad, mode

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

# (calls before, function, arguments): each link is shared by all views of a view, so that a long chain stays cheap
Calls: TypeAlias = tuple[Any, Any, tuple[Any, ...]] | None


class View:
    """How a tensor came to show a part of another one's memory: by which calls, from which tensor.

    After an in-place operation on the base or on any of its views the base has a new history, and the histories of the
    views are made anew from it, when they are asked for.
    """

    __slots__ = ("base", "calls", "rewrites", "refusal")

    def __init__(
        self, source: Tensor, call: Callable[..., Any] | None, arguments: tuple[Any, ...], refusal: str | None = None
    ) -> None:
        parent = source._view
        self.base: Tensor = source if parent is None else parent.base
        self.calls: Calls = (None if parent is None else parent.calls, call, arguments)
        self.rewrites = self.base._rewrites
        # why a change of this or the base cannot be recorded, where the way from the one to the other is not known
        self.refusal: str | None = refusal or (None if parent is None else parent.refusal) or _refusal(source)

    def check(self, operation: str, *others: Tensor) -> None:
        """Raise where a change of the view by `operation` would have to be recorded, and cannot be."""
        if self.refusal and any(t._requires_grad for t in (self.base, *others)):
            raise RuntimeError(f"{operation}: {self.refusal}")

    def refresh(self, view: Tensor) -> None:
        """Give `view` its history if the base has got a new one since."""
        if self.rewrites != self.base._rewrites:
            if self.refusal and mode.enabled and self.base._requires_grad:
                raise RuntimeError(f"the tensor that this is a view of was changed in place: {self.refusal}")
            if self.refusal:
                return  # nobody asks for the history, or there is none
            self.rewrites = self.base._rewrites
            with enable_grad():  # the history must be complete, whoever asks for it
                view._set_history(replay(self.calls, self.base))

    def rewrite(self, view: Tensor, part: Tensor) -> None:
        """The base's history is now what it was, with this part replaced by `part`, and `view` shows a part of it."""
        base = self.base
        if part._requires_grad or base._requires_grad:
            base._set_history(base._replace_part(part, self.calls))
            base._rewrites += 1
            self.refresh(view)  # at once: whatever becomes of the base's history, this one holds


def _refusal(source: Tensor) -> str | None:
    """Why changes of a view of `source` that is made now cannot be recorded."""
    if not mode.enabled:
        return "this view was made under no_grad(), so its base does not know it; make the view outside of that block"
    if source._requires_grad and source._node is None and source._view is not None:
        return "a view of a leaf that requires grad cannot be changed in place; do it under no_grad(), or on a clone()"
    return None


def replay(calls: Calls, base: Any) -> Any:
    """The part that a view made by `calls` shows, of another tensor or array."""
    in_order = []
    while calls is not None:
        calls, call, arguments = calls
        in_order.append((call, arguments))
    for call, arguments in reversed(in_order):
        base = call(base, *arguments)
    return base
