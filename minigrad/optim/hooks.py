"""Hooks of optimizers: functions that run before and after steps, and when the state is saved and loaded."""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from minigrad.graph.hooks import RemovableHandle

__all__ = ["Hooked", "register_optimizer_step_post_hook", "register_optimizer_step_pre_hook", "with_hooks"]

_OF_ALL: dict[str, OrderedDict[int, Any]] = {"step_pre": OrderedDict(), "step_post": OrderedDict()}

Step = TypeVar("Step", bound=Callable[..., Any])


def register_optimizer_step_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Run ``hook(optimizer, args, kwargs)`` before every step of every optimizer.

    Examples
    --------
    >>> from minigrad.optim.optimizer import register_optimizer_step_pre_hook
    >>> optimizer = optim.SGD([mg.ones(1, requires_grad=True)], lr=0.1)
    >>> with register_optimizer_step_pre_hook(lambda optimizer, args, kwargs: print("about to step")):
    ...     optimizer.step()
    about to step
    """
    return RemovableHandle(_OF_ALL["step_pre"], hook)


def register_optimizer_step_post_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Run ``hook(optimizer, args, kwargs)`` after every step of every optimizer.

    Examples
    --------
    >>> from minigrad.optim.optimizer import register_optimizer_step_post_hook
    >>> optimizer = optim.SGD([mg.ones(1, requires_grad=True)], lr=0.1)
    >>> with register_optimizer_step_post_hook(lambda optimizer, args, kwargs: print("stepped")):
    ...     optimizer.step()
    stepped
    """
    return RemovableHandle(_OF_ALL["step_post"], hook)


class Hooked:
    """Base of what has hooks for steps and states: of `Optimizer`."""

    _hooks: dict[str, OrderedDict[int, Any]]
    _step_count: int
    _stepping = False  # an optimizer whose step calls that of its base class makes one step

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "step" in cls.__dict__:
            cls.step = with_hooks(cls.__dict__["step"])  # type: ignore[attr-defined]

    def _hooks_for(self, kind: str) -> list[Callable[..., Any]]:
        return list(self._hooks.get(kind, {}).values())

    def _register(self, kind: str, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        hooks = self._hooks.setdefault(kind, OrderedDict())
        handle = RemovableHandle(hooks, hook)
        if prepend:
            hooks.move_to_end(handle.id, last=False)
        return handle

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Run ``hook(optimizer, args, kwargs)`` before each step; it may return other ``(args, kwargs)`` for `step`.

        The first of `args` is the optimizer itself.
        """
        return self._register("step_pre", hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Run ``hook(optimizer, args, kwargs)`` after each step."""
        return self._register("step_post", hook)

    def register_state_dict_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Run ``hook(optimizer)`` before `state_dict`; with `prepend` before the hooks that are there."""
        return self._register("state_dict_pre", hook, prepend)

    def register_state_dict_post_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Run ``hook(optimizer, state_dict)`` on what `state_dict` is about to return; its result replaces that."""
        return self._register("state_dict_post", hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Run ``hook(optimizer, state_dict)`` before `load_state_dict`, on a copy of it; its result replaces that."""
        return self._register("load_state_dict_pre", hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Run ``hook(optimizer)`` after `load_state_dict`."""
        return self._register("load_state_dict_post", hook, prepend)


def with_hooks(step: Step) -> Step:
    """Return `step` with the hooks around it; it also counts the steps, which schedulers ask for."""

    @functools.wraps(step)
    def hooked_step(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self._stepping:
            return step(self, *args, **kwargs)
        self._stepping = True
        try:
            if self._hooks or _OF_ALL["step_pre"] or _OF_ALL["step_post"]:
                result = _call(step, self, args, kwargs)
            else:
                result = step(self, *args, **kwargs)
        finally:
            self._stepping = False
        self._step_count += 1
        return result

    return hooked_step  # type: ignore[return-value]


def _call(step: Callable[..., Any], optimizer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    args = (optimizer, *args)
    for hook in _chain(_OF_ALL["step_pre"].values(), optimizer._hooks_for("step_pre")):
        replaced = hook(optimizer, args, kwargs)
        if replaced is None:
            continue
        if not (isinstance(replaced, tuple) and len(replaced) == 2):
            raise RuntimeError(
                f"step pre-hook of {type(optimizer).__name__}: expected None or a tuple (args, kwargs), "
                f"got {replaced!r:.80}"
            )
        args, kwargs = replaced
    result = step(*args, **kwargs)
    for hook in _chain(optimizer._hooks_for("step_post"), _OF_ALL["step_post"].values()):
        hook(optimizer, args, kwargs)
    return result


def _chain(*hooks: Any) -> Iterator[Callable[..., Any]]:
    for some in hooks:
        yield from list(some)
