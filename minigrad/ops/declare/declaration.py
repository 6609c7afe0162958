"""The declaration of an operation: a function on arrays, its parameters, and its rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from minigrad.ops.declare.rounding import HALF

Rule: TypeAlias = Callable[..., Any]

registry: dict[str, Operation] = {}  # every declared operation by its name; the tests walk it
watchers: list[Callable[[Operation], None]] = []  # are told of every one that is declared, as rare ones are when needed
MISSING: Any = object()  # the default of a parameter that has none
# names that NumPy has for parameters, which users may write, too
NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim", "x": "input", "a": "input", "x1": "input", "x2": "other"}


class shared_rule:
    """A rule that computes the gradients of several parameters at once: it returns a tuple, in their order."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule


class Operation:
    """A declaration: the function, its signature, which parameters are tensors, and the rules."""

    def __init__(
        self,
        forward: Callable[..., Any],
        rules: dict[str, Rule | shared_rule],
        constants: Sequence[str],
        outputs: Sequence[str],
        sequence: bool,
        view: bool,
        holds: Sequence[str],
        prepare: Callable[..., tuple[Any, ...]] | None = None,
        name: str | None = None,
    ) -> None:
        parameters, self.defaults = signature(forward)
        self.name = name or forward.__name__.strip("_")
        self.call: Callable[..., Any] = forward  # the function that users call; set by `operation`
        self.forward = self.compute = forward  # a profiler replaces `compute`
        self.parameters = parameters
        self.rules = rules
        self.constants = tuple(constants)
        self.outputs = ("y", *outputs[1:])
        self.holds = tuple(holds)
        self.sequence = sequence  # the first parameter is a sequence of tensors
        self.view = view  # the output may share memory with the first parameter
        # the dtype in which it must not compute, because it may hold arithmetic
        self.half = HALF if rules and not view and "dtype" not in parameters else None
        self.tensors = tuple(
            (i, 1 << i if name in rules else 0) for i, name in enumerate(parameters) if name in {*rules, *constants}
        )
        self.prepare = prepare
        self.plans: dict[int, Any] = {}  # by the inputs that require grad, see `plan`
        # y, the other outputs and the parameters, as rules may name them
        self.places = {name: i for i, name in enumerate((*self.parameters, *self.outputs))}
        if unknown := {*rules, *constants} - set(parameters):
            raise TypeError(f"operation {self.name}: no parameters called {sorted(unknown)}")

    @property
    def differentiable(self) -> bool:
        return bool(self.rules)

    def renamed(self, name: str, holds: Sequence[str] | None = None) -> Operation:
        """Copy the declaration under another name; `holds` names other parameters to keep for backward."""
        kept = self.holds if holds is None else holds
        given = (self.forward, self.rules, self.constants, self.outputs, self.sequence, self.view, kept)
        return Operation(*given, self.prepare, name)

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Return all arguments in the order of the signature, defaults filled in."""
        bound = list(args) + list(self.defaults[len(args) :])
        for name, value in kwargs.items():
            place = self.places.get(name, self.places.get(NUMPY_NAMES.get(name, name), len(self.parameters)))
            if place >= len(self.parameters):
                raise TypeError(f"{self.name}: unknown argument {name!r}; it takes {', '.join(self.parameters)}")
            if place < len(args) or self.parameters[place] != name and self.parameters[place] in kwargs:
                raise TypeError(f"{self.name}: got two values for argument {name!r}")
            bound[place] = value
        if len(bound) != len(self.parameters):
            raise TypeError(f"{self.name}: takes {', '.join(self.parameters)}, got {len(args)} arguments")
        if missing := [n for n, v in zip(self.parameters, bound, strict=True) if v is MISSING]:
            raise TypeError(f"{self.name}: missing argument {', '.join(missing)}")
        return tuple(bound)


def signature(function: Callable[..., Any]) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Return parameters' names and their defaults; ``inspect.signature`` would double the import time."""
    while hasattr(function, "__wrapped__"):  # inspect.unwrap is slow, too
        function = function.__wrapped__
    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    given = function.__defaults__ or ()
    defaults = dict(zip(names[code.co_argcount - len(given) : code.co_argcount], given, strict=True))
    defaults.update(function.__kwdefaults__ or {})
    return names, tuple(defaults.get(name, MISSING) for name in names)
