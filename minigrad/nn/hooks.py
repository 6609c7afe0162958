"""Calling a Module that has hooks: functions that see, and may replace, what goes through it."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.core.views import View
from minigrad.graph.hooks import RemovableHandle
from minigrad.ops.declare.operation import Operand, operation


class Hooks:
    """The hooks of one module, each kind in the order in which they run."""

    __slots__ = (
        "forward_pre", "forward", "backward_pre", "backward",
        "state_dict_pre", "state_dict", "load_state_dict_pre", "load_state_dict", "with_kwargs", "always", "old",
    )  # fmt: skip

    def __init__(self) -> None:
        self.forward_pre: OrderedDict[int, Any] = OrderedDict()
        self.forward: OrderedDict[int, Any] = OrderedDict()
        self.backward_pre: OrderedDict[int, Any] = OrderedDict()
        self.backward: OrderedDict[int, Any] = OrderedDict()
        self.state_dict_pre: OrderedDict[int, Any] = OrderedDict()
        self.state_dict: OrderedDict[int, Any] = OrderedDict()  # (hook, may_replace)
        self.load_state_dict_pre: OrderedDict[int, Any] = OrderedDict()  # (hook, with_module)
        self.load_state_dict: OrderedDict[int, Any] = OrderedDict()
        self.with_kwargs: set[int] = set()  # the forward (pre-)hooks that get the keyword arguments, too
        self.always: set[int] = set()  # the forward hooks that run after an error, too
        self.old: set[int] = set()  # the backward hooks that were registered by the older name


_NONE = Hooks()


class Everywhere(NamedTuple):
    """A hook of all modules."""

    kind: str
    hook: Callable[..., Any]
    with_kwargs: bool = False
    always: bool = False
    old: bool = False


EVERYWHERE: OrderedDict[int, Everywhere] = OrderedDict()  # asked at every call of a module, so it is one for all kinds


def of_all(kind: str) -> list[Callable[..., Any]]:
    """Return the hooks of this kind that all modules have."""
    return [entry.hook for entry in EVERYWHERE.values() if entry.kind == kind]


def call_with_hooks(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return ``module.forward(*args, **kwargs)`` with all hooks: those of all modules first, but for the last ones."""
    own: Hooks = module._hooks or _NONE
    pending = dict(_forward_hooks(own))
    result = None
    try:
        for entry in [e for e in EVERYWHERE.values() if e.kind == "forward_pre"]:
            args, kwargs = _run_forward_pre(entry.hook, entry.with_kwargs, module, args, kwargs)
        for number, hook in list(own.forward_pre.items()):
            args, kwargs = _run_forward_pre(hook, number in own.with_kwargs, module, args, kwargs)
        watched = own.backward or own.backward_pre or of_all("backward") or of_all("backward_pre")
        watch = GradientWatch(module, own) if watched else None
        if watch is not None:
            args = watch.inputs(args)
        result = module.forward(*args, **kwargs)
        for number, (hook, with_kwargs, _) in _forward_hooks(own):
            pending.pop(number, None)
            replaced = hook(module, args, kwargs, result) if with_kwargs else hook(module, args, result)
            result = result if replaced is None else replaced
        return result if watch is None else watch.outputs(result)
    except Exception:
        for hook, with_kwargs, always in pending.values():
            if always:
                _run_after_error(hook, with_kwargs, module, args, kwargs, result)
        raise


def _forward_hooks(own: Hooks) -> list[tuple[int, tuple[Callable[..., Any], bool, bool]]]:
    """Return all forward hooks by number, with whether they get the keyword arguments, and run after an error."""
    everywhere = [(n, (e.hook, e.with_kwargs, e.always)) for n, e in EVERYWHERE.items() if e.kind == "forward"]
    return everywhere + [(n, (hook, n in own.with_kwargs, n in own.always)) for n, hook in own.forward.items()]


def _run_after_error(
    hook: Callable[..., Any], with_kwargs: bool, module: Any, args: Any, kwargs: Any, result: Any
) -> None:
    try:
        hook(module, args, kwargs, result) if with_kwargs else hook(module, args, result)
    except Exception as error:  # the first error is the one to see
        warnings.warn(
            f"forward hook of {type(module).__name__} with always_call=True raised {error!r} after another error",
            UserWarning,
            stacklevel=4,
        )


def register(hooks: OrderedDict[int, Any], hook: Any, prepend: bool = False, *marks: set[int]) -> RemovableHandle:
    """Add `hook` as the last one, or with `prepend` as the first one; its number goes into the `marks`."""
    handle = RemovableHandle(hooks, hook, *marks)
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle


def refuse_both_kinds(operation: str, present: bool) -> None:
    """Raise RuntimeError if backward hooks of the other kind, old or full, are present."""
    if present:
        raise RuntimeError(f"{operation}: there are backward hooks of the other kind, old or full; use one kind only")


# ---- hooks of all modules --------------------------------------------------------------------------------------------


def register_module_forward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Run ``hook(module, args)`` before the `forward` of every module; a result replaces the arguments."""
    return RemovableHandle(EVERYWHERE, Everywhere("forward_pre", hook))


def register_module_forward_hook(
    hook: Callable[..., Any], *, with_kwargs: bool = False, always_call: bool = False
) -> RemovableHandle:
    """Run ``hook(module, args, output)`` after the `forward` of every module; a result replaces the output.

    Parameters
    ----------
    with_kwargs : call ``hook(module, args, kwargs, output)``
    always_call : run it also after an error

    Examples
    --------
    >>> from minigrad.nn.hooks import register_module_forward_hook
    >>> with register_module_forward_hook(lambda module, args, output: print(type(module).__name__)):
    ...     _ = nn.Sequential(nn.ReLU(), nn.Tanh())(mg.ones(1))
    ReLU
    Tanh
    Sequential
    """
    return RemovableHandle(EVERYWHERE, Everywhere("forward", hook, with_kwargs, always_call))


def register_module_full_backward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Run ``hook(module, grad_output)`` for every module; see `Module.register_full_backward_pre_hook`."""
    return RemovableHandle(EVERYWHERE, Everywhere("backward_pre", hook))


def register_module_full_backward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Run ``hook(module, grad_input, grad_output)`` for every module; see `Module.register_full_backward_hook`."""
    refuse_both_kinds("register_module_full_backward_hook", any(e.old for e in EVERYWHERE.values()))
    return RemovableHandle(EVERYWHERE, Everywhere("backward", hook))


def register_module_backward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Register a full backward hook of all modules by its older name; see `Module.register_backward_hook`."""
    full = any(e.kind == "backward" and not e.old for e in EVERYWHERE.values())
    refuse_both_kinds("register_module_backward_hook", full)
    return RemovableHandle(EVERYWHERE, Everywhere("backward", hook, old=True))


def register_module_parameter_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Run ``hook(module, name, parameter)`` when any module gets a parameter; a result is registered instead."""
    return RemovableHandle(EVERYWHERE, Everywhere("parameter", hook))


def register_module_buffer_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Run ``hook(module, name, buffer)`` when any module gets a buffer; a result is registered instead."""
    return RemovableHandle(EVERYWHERE, Everywhere("buffer", hook))


def register_module_module_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Run ``hook(module, name, submodule)`` when any module gets a submodule; a result is registered instead."""
    return RemovableHandle(EVERYWHERE, Everywhere("module", hook))


# ---- one call --------------------------------------------------------------------------------------------------------


def _run_forward_pre(
    hook: Callable[..., Any], with_kwargs: bool, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if not with_kwargs:
        replaced = hook(module, args)
        if replaced is None:
            return args, kwargs
        return _as_tuple(replaced), kwargs
    replaced = hook(module, args, kwargs)
    if replaced is None:
        return args, kwargs
    if not (isinstance(replaced, tuple) and len(replaced) == 2):
        raise RuntimeError(
            f"forward pre-hook with_kwargs of {type(module).__name__}: expected None or a tuple (args, kwargs), "
            f"got {type(replaced).__name__}"
        )
    return replaced


def _as_tuple(values: Any) -> tuple[Any, ...]:
    return values if isinstance(values, tuple) else (values,)


def _or_zeros(replaced: Tensor | None, g: Tensor) -> Tensor:
    """Return what a hook gave, or zeros for None: no gradient goes on. For a tensor's hook None would mean `g`."""
    return Tensor._wrap(np.zeros_like(g._data)) if replaced is None else replaced


@operation(input=lambda g: g)
def _pass_on(input: Operand) -> Operand:
    """Pass the values on through a node at which a gradient can be seen and replaced."""
    return input


class GradientWatch:
    """The run of a module's backward hooks for one call of the module.

    Each input and output passes two nodes of its own. Going back, the engine reaches nodes in the opposite order of
    their making: first the ones made last, which only note their gradients, then the ones made first, which hand on
    what the hooks made of all the gradients together.
    """

    def __init__(self, module: Any, hooks: Hooks) -> None:
        self.module = module
        self.hooks = hooks
        self.grad_output: list[Any] = []
        self.grad_input: list[Any] = []
        self.replaced: tuple[Any, ...] | None = None  # what the hooks of this backward gave, once they have run
        self.watches_inputs = self.watches_outputs = False
        self.in_place_error = (
            f"full backward hooks of {type(module).__name__} watch the gradients of its inputs and outputs, which "
            "therefore cannot be changed in place while operations are recorded; change a clone()"
        )

    def inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        self.grad_input = [None] * len(args)
        passed = self._through(args, self._note_input, self._give_input)
        self.watches_inputs = any(p is not a for p, a in zip(passed, args, strict=True))
        return passed

    def outputs(self, result: Any) -> Any:
        if not isinstance(result, (Tensor, tuple)):
            warnings.warn(
                f"full backward hooks of {type(self.module).__name__}: expected a Tensor or a tuple of Tensors from "
                f"forward, got {type(result).__name__}; they will not be called",
                UserWarning,
                stacklevel=4,
            )
            return result
        results = _as_tuple(result)
        self.grad_output = [None] * len(results)
        passed = self._through(results, self._note_output, self._give_output)
        self.watches_outputs = True
        if not isinstance(result, tuple):
            return passed[0]
        return type(result)(*passed) if hasattr(result, "_fields") else passed

    def _through(self, values: tuple[Any, ...], note: Callable[..., None], give: Callable[..., Any]) -> tuple[Any, ...]:
        watched = [i for i, v in enumerate(values) if isinstance(v, Tensor) and v.requires_grad]
        passed = list(values)
        for function in (give, note):
            for i in watched:
                passed[i] = _pass_on(passed[i])
                if passed[i].requires_grad:  # else nothing is recorded here
                    passed[i].register_hook(partial(function, i))
                    passed[i]._view = View(values[i], None, (), self.in_place_error)  # shares its memory
        return tuple(passed)

    def _note_output(self, i: int, g: Tensor) -> None:
        self.grad_output[i], self.replaced = g, None

    def _give_output(self, i: int, g: Tensor) -> Any:
        if self.replaced is None:
            self.replaced = self._run_pre_hooks(tuple(self.grad_output))
            self.grad_output = list(self.replaced)
            if not self.watches_inputs and self._backward_hooks():
                warnings.warn(
                    f"full backward hooks of {type(self.module).__name__} run when the gradients of the outputs are "
                    "known: no input requires grad",
                    UserWarning,
                    stacklevel=2,
                )
                self._run_hooks(tuple(self.grad_input), may_replace=False)
        return _or_zeros(self.replaced[i], g)

    def _note_input(self, i: int, g: Tensor) -> None:
        self.grad_input[i], self.replaced = g, None

    def _give_input(self, i: int, g: Tensor) -> Any:
        if not self.watches_outputs:
            return None
        if self.replaced is None:
            if all(gradient is None for gradient in self.grad_output):
                return None  # a second gradient, which came through the first one instead of the outputs
            self.replaced = self._run_hooks(tuple(self.grad_input), may_replace=True)
            self.grad_input = [None] * len(self.grad_input)
            self.grad_output = [None] * len(self.grad_output)
        return _or_zeros(self.replaced[i], g)

    def _backward_hooks(self) -> list[Callable[..., Any]]:
        return [*of_all("backward"), *self.hooks.backward.values()]

    def _run_pre_hooks(self, grads: tuple[Any, ...]) -> tuple[Any, ...]:
        for hook in [*of_all("backward_pre"), *self.hooks.backward_pre.values()]:
            grads = self._replaced("pre-hook", grads, hook(self.module, grads))
        return grads

    def _run_hooks(self, grads: tuple[Any, ...], may_replace: bool) -> tuple[Any, ...]:
        for hook in self._backward_hooks():
            result = hook(self.module, grads, tuple(self.grad_output))
            if not may_replace and any(r is not None for r in _as_tuple(result)):
                raise RuntimeError(
                    f"full backward hook of {type(self.module).__name__}: no input requires grad, so there is no "
                    "gradient to replace; return None"
                )
            grads = self._replaced("hook", grads, result)
        return grads

    def _replaced(self, kind: str, grads: tuple[Any, ...], result: Any) -> tuple[Any, ...]:
        if result is None:
            return grads
        result = tuple(result) if isinstance(result, list) else _as_tuple(result)
        if len(result) != len(grads):
            raise RuntimeError(
                f"full backward {kind} of {type(self.module).__name__}: expected {len(grads)} gradients or None, "
                f"got {len(result)}"
            )
        return result
