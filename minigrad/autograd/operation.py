"""What makes an operation differentiable: a function on arrays, and beside it a rule for each gradient.

    @operation(input=lambda g, input_shape: reshape(g, input_shape))
    def reshape(input, shape):
        return input.reshape(shape)

The decorated function takes Tensors (or arrays) and gives Tensors; it records what a gradient will need. Given arrays
only, it gives arrays and records nothing.

A rule asks for what it needs by the names of its parameters, and nothing else is kept for backward:

    g               the gradient of the output (always first)
    y               the output; where there are several outputs, the first, and the others by their names in `outputs`
    <p>             the value of the function's parameter p
    <p>_shape       the shape of the array given for p
    <p>_dtype       its dtype

Rules are polymorphic: they consist of operators and other operations. In backward they are given arrays and compute at
NumPy's speed; with ``create_graph=True`` they are given Tensors, and what they do is recorded in its turn. So every
operation has gradients of any order, provided that its rules call nothing but operations.
"""

from __future__ import annotations

import functools
import operator
import types
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeAlias

import numpy as np

from minigrad.autograd import memory
from minigrad.autograd.engine import Node, numbers
from minigrad.autograd.grad_mode import mode
from minigrad.autograd.memory import arrays_in, clock, last_change
from minigrad.autograd.naming import NAMED, described
from minigrad.autograd.rounding import HALF, SINGLE, all_half, widened
from minigrad.tensor import Tensor, View

P = ParamSpec("P")
Operand: TypeAlias = Any  # a Tensor for the caller, an array for the function's body
Rule: TypeAlias = Callable[..., Any]

registry: dict[str, Operation] = {}  # every declared operation by its name; the tests walk it
_ALIASES = {"axis": "dim", "keepdims": "keepdim"}  # NumPy's names for the same


class joint:
    """A rule that computes the gradients of several parameters at once: it returns a tuple, in their order."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule


class Operation:
    """The declaration: the function, its signature, which parameters are tensors, and the rules."""

    def __init__(
        self,
        forward: Callable[..., Any],
        rules: dict[str, Rule | joint],
        constants: Sequence[str],
        outputs: Sequence[str],
        sequence: bool,
        view: bool,
        holds: Sequence[str],
        name: str | None = None,
    ) -> None:
        parameters, self.defaults = signature(forward)
        self.name = name or forward.__name__.strip("_")
        self.call: Callable[..., Any] = forward  # what users call; `operation` puts it here
        self.forward = forward
        self.parameters = parameters
        self.rules = rules
        self.constants = tuple(constants)
        self.outputs = ("y", *outputs[1:])
        self.holds = tuple(holds)
        self.sequence = sequence  # the first parameter is a sequence of tensors
        self.view = view  # the output may share memory with the first parameter
        # the dtype that it is not to compute in: there may be arithmetic in it
        self.half = HALF if rules and not view and "dtype" not in parameters else None
        self.tensors = tuple(
            (i, 1 << i if name in rules else 0) for i, name in enumerate(parameters) if name in {*rules, *constants}
        )
        self.plans: dict[Any, Plan] = {}
        # y, the other outputs and the parameters, as rules may name them
        self.places = {name: i for i, name in enumerate((*self.parameters, *self.outputs))}
        if unknown := {*rules, *constants} - set(parameters):
            raise TypeError(f"operation {self.name}: no parameters called {sorted(unknown)}")

    @property
    def differentiable(self) -> bool:
        return bool(self.rules)

    @functools.cached_property
    def node(self) -> type[OperationNode]:
        """The class of its nodes, by which messages and prints name them, such as ``MulBackward0``."""
        name = self.name.title().replace("_", "") + "Backward0"
        return type(name, (OperationNode,), {"__slots__": ()})

    @functools.cached_property
    def rounding(self) -> Operation:
        """The conversion of a result to float16, whose nodes have the name of this operation."""
        cast = registry["cast"]
        given = (cast.forward, cast.rules, cast.constants, cast.outputs, cast.sequence, cast.view, cast.holds)
        rounding = Operation(*given, self.name)
        rounding.call = _call(rounding, None)
        return rounding

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """All arguments in the order of the signature, defaults filled in."""
        bound = list(args) + list(self.defaults[len(args) :])
        for name, value in kwargs.items():
            name = name if name in self.places else _ALIASES.get(name, name)
            place = self.places.get(name, len(self.parameters))
            if place >= len(self.parameters):
                raise TypeError(f"{self.name}: unknown argument {name!r}; it takes {', '.join(self.parameters)}")
            if place < len(args):
                raise TypeError(f"{self.name}: got two values for argument {name!r}")
            bound[place] = value
        if len(bound) != len(self.parameters):
            raise TypeError(f"{self.name}: takes {', '.join(self.parameters)}, got {len(args)} arguments")
        if missing := [n for n, v in zip(self.parameters, bound, strict=True) if v is MISSING]:
            raise TypeError(f"{self.name}: missing argument {', '.join(missing)}")
        return tuple(bound)

    @property
    def computing(self) -> Callable[..., Any]:
        """What a call computes with: `forward`, or what a profiler has put in its place; a call asks no flag."""
        return self._cell.cell_contents

    @computing.setter
    def computing(self, function: Callable[..., Any]) -> None:
        self._cell.cell_contents = function

    @functools.cached_property
    def _cell(self) -> Any:
        call: Any = self.call
        return call.__closure__[call.__code__.co_freevars.index("forward")]

    def plan(self, mask: int) -> Plan:
        """What a call keeps for backward when the parameters in `mask` require grad."""
        plan = self.plans.get(mask)
        if plan is None:
            plan = self.plans[mask] = Plan(self, mask)
        return plan


class Plan:
    """For one choice of inputs that require grad: what to keep, and which rules to call with what."""

    __slots__ = ("operation", "kept", "save", "sources", "described", "steps", "frees", "constants")

    def __init__(self, operation: Operation, mask: int) -> None:
        self.operation = operation
        active = [n for n in operation.parameters if n in operation.rules and mask >> operation.places[n] & 1]
        wanted: list[str] = []
        steps: list[tuple[Rule, tuple[str, ...], tuple[int, ...] | None]] = []
        joints: set[int] = set()
        for name in active:
            rule = operation.rules[name]
            if not isinstance(rule, joint):
                needs = _needs(rule)
                # None: the rule gives one gradient; (): it gives all of them, those of a sequence
                steps.append((rule, needs, () if operation.sequence else None))
            elif id(rule) not in joints:
                joints.add(id(rule))
                shared = [n for n, r in operation.rules.items() if r is rule]
                needs = _needs(rule.rule)
                keep = None if operation.sequence else tuple(i for i, n in enumerate(shared) if n in active)
                steps.append((rule.rule, needs, () if keep is None else keep))
            else:
                continue
            wanted += [n for n in needs if n not in wanted]
        places, tensors = operation.places, dict(operation.tensors)
        values = [n for n in wanted if n in places]
        shapes = [n for n in wanted if n not in places and n.endswith("_shape")]
        types = [n for n in wanted if n not in places and n.endswith("_dtype")]
        order = {n: i for i, n in enumerate(values + shapes + types)}
        if unknown := [n for n in wanted if n not in order]:
            raise TypeError(f"operation {operation.name}: a rule asks for {unknown}, which the operation does not have")
        self.kept = tuple(places[n] for n in values)
        self.described = (
            *((places[n.removesuffix("_shape")], operator.attrgetter("shape")) for n in shapes),
            *((places[n.removesuffix("_dtype")], operator.attrgetter("dtype")) for n in types),
        )
        # For each kept value: which parent it was (its place among the active inputs), OUTPUT, or None for a constant.
        parent_of = {places[n]: i for i, n in enumerate(active)}
        self.sources = tuple(OUTPUT if p == places["y"] else parent_of.get(p) for p in self.kept)
        self.constants = tuple(p for p, s in zip(self.kept, self.sources, strict=True) if s is None and p in tensors)
        self.save = _picker((*self.kept, *range(len(places), len(places) + len(shapes + types))))
        self.steps = tuple((rule, _picker([order[n] for n in needs]), keep) for rule, needs, keep in steps)
        held = {places[n] for n in operation.holds}
        self.frees = any(p in tensors or p in held or p >= len(operation.parameters) for p in self.kept)


OUTPUT = -1
MISSING: Any = object()  # the default of a parameter that has none


def signature(function: Callable[..., Any]) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """The names of a function's parameters and their defaults; ``inspect.signature`` would double the import time."""
    while hasattr(function, "__wrapped__"):  # inspect.unwrap is slow, too
        function = function.__wrapped__
    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    given = function.__defaults__ or ()
    defaults = dict(zip(names[code.co_argcount - len(given) : code.co_argcount], given, strict=True))
    defaults.update(function.__kwdefaults__ or {})
    return names, tuple(defaults.get(name, MISSING) for name in names)


def _needs(rule: Rule) -> tuple[str, ...]:
    return signature(rule)[0][1:]


def _picker(places: Sequence[int]) -> Callable[[Any], Sequence[Any]]:
    """A quick function that takes the elements at `places` out of a sequence."""
    if len(places) > 1:
        return operator.itemgetter(*places)
    first = places[0] if places else 0
    return operator.itemgetter(slice(first, first + len(places)))


class OperationNode(Node):
    """The record of one call of an operation; each operation has a subclass with its name, see `named`."""

    __slots__ = ("plan", "saved")

    def __init__(self, plan: Plan, parents: Sequence[Any], saved: Sequence[Any] | None) -> None:
        self.parents = parents  # instead of super().__init__(parents), which takes as long as the rest
        self.number = next(numbers)
        self.hooks = None
        self.plan = plan
        self.saved = saved

    def name(self) -> str:
        return self.plan.operation.node.__name__

    def named(self) -> Node:  # not from the beginning: Python is quicker with objects that are all of one class
        self.__class__ = self.plan.operation.node
        return self

    def release(self) -> None:
        if self.plan.frees:
            self.saved = None

    def apply(self, g: Any, needed: Sequence[bool] | None, create_graph: bool) -> list[Any]:
        saved, plan = self.saved, self.plan
        if saved is None:
            raise RuntimeError(
                f"backward: the values kept by {self.name()} were freed by an earlier backward; "
                "pass retain_graph=True to that one, or compute the loss again"
            )
        if clock.now > self.number:
            self._check_unchanged(saved)
        if create_graph:
            saved = self._recordable(saved)
        gradients: list[Any] = []
        for rule, pick, keep in plan.steps:
            if keep is None:
                if needed is None or needed[len(gradients)]:
                    gradients.append(rule(g, *pick(saved)))
                else:
                    gradients.append(None)
            else:
                results = rule(g, *pick(saved))
                gradients += [results[i] for i in keep] if keep else results
        if plan.operation.sequence and len(gradients) != len(self.parents):
            gradients = [gradients[i] for i, p in enumerate(saved[-1]) if p]
        return gradients

    def _arrays(self, saved: Sequence[Any]) -> list[tuple[int, np.ndarray]]:
        return [(place, a) for i, place in enumerate(self.plan.kept) for a in arrays_in(saved[i])]

    def _check_unchanged(self, saved: Sequence[Any]) -> None:
        operation = self.plan.operation
        names = (*operation.parameters, *operation.outputs)
        for place, array in self._arrays(saved):
            if last_change(array) > self.number:
                what = f"its input {names[place]!r}" if place < len(operation.parameters) else "its output"
                what = "its index, mask, target or weight" if names[place] in operation.holds else what
                raise RuntimeError(
                    f"backward: {self.name()} needs {what} of shape {array.shape}, which was changed in place "
                    f"after {operation.name} had used it; use an operation that is not in place there, or a clone()"
                    f"{memory.story(array, self)}"
                )

    def _recordable(self, saved: Sequence[Any]) -> list[Any]:
        """The kept values with Tensors, as parts of the graph, in place of arrays."""
        result = list(saved)
        for i, source in enumerate(self.plan.sources):
            if source is not None and isinstance(saved[i], np.ndarray):
                result[i] = attached(saved[i], self if source == OUTPUT else self.parents[source])
            elif source is not None and self.plan.operation.sequence:
                edges = iter(self.parents)
                result[i] = [
                    attached(array, next(edges)) if p else array for array, p in zip(saved[i], saved[-1], strict=True)
                ]
        return result


def attached(array: np.ndarray, edge: Any) -> Tensor:
    """A Tensor with these values whose gradient flows to `edge`."""
    t = Tensor._wrap(array)
    t._requires_grad = True
    t._node = edge
    return t


class OperandTypeError(TypeError):
    """An operand that is neither a Tensor nor an array nor a number: it may know itself what an operator means."""


def as_operator(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` for a special method such as ``__add__``: where the other operand is foreign, Python asks that one.

    An operation is copied rather than wrapped, as to look for errors costs nothing, and another call would. The copy
    has the same cells but one, so `Operation.compute_with` reaches it too.
    """
    if not hasattr(function, "operation"):

        @functools.wraps(function)
        def operator_of(self: Any, other: Any) -> Any:
            try:
                return function(self, other)
            except OperandTypeError:
                return NotImplemented

        return operator_of
    call: Any = function
    cells = zip(call.__code__.co_freevars, call.__closure__, strict=True)
    closure = tuple(types.CellType(OperandTypeError) if name == "foreign" else cell for name, cell in cells)
    return functools.update_wrapper(types.FunctionType(call.__code__, call.__globals__, closure=closure), call)


def operation(
    *constants: str,
    outputs: Sequence[str] = ("y",),
    sequence: bool = False,
    view: bool = False,
    holds: Sequence[str] = (),
    prepare: Callable[..., tuple[Any, ...]] | None = None,
    **rules: Any,
) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Declare a function on arrays as an operation on Tensors.

    Parameters
    ----------
    constants : names of parameters that are tensors and have no gradient, such as indices
    outputs : the names of the outputs where the function returns several; the first one has a gradient
    sequence : the first parameter is a sequence of tensors, and its rule returns a sequence of gradients
    view : the output may share memory with the first parameter
    holds : names of parameters that are no tensors, but hold arrays in tuples: freed after backward as tensors are
    prepare : applied to the tuple of arguments before anything else when there is a Tensor among them
    rules : by parameter, the rule for its gradient, or a `joint` rule that several share
    """

    def declare(forward: Callable[P, Any]) -> Callable[P, Any]:
        op = Operation(forward, rules, constants, outputs, sequence, view, holds)
        return _registered(op, _sequence_call(op) if sequence else _call(op, prepare))

    return declare


def twin(call: Callable[P, Any], name: str, holds: Sequence[str] | None = None) -> Callable[P, Any]:
    """A declared operation under another name, by which its nodes are printed: ``unsqueeze`` is a kind of reshaping.

    With `holds` it frees other parameters after backward than the declared one.
    """
    op = call.operation  # type: ignore[attr-defined]
    given = (op.forward, op.rules, op.constants, op.outputs, op.sequence, op.view, op.holds if holds is None else holds)
    other = Operation(*given, name)
    return _registered(other, _call(other, None))


def _registered(op: Operation, call: Callable[P, Any]) -> Callable[P, Any]:
    if op.name in registry:
        raise TypeError(f"operation {op.name} is declared twice")
    registry[op.name] = op
    op.call = functools.update_wrapper(call, op.forward)
    call.operation = op  # type: ignore[attr-defined]
    return call


def _call(op: Operation, prepare: Callable[..., Any] | None, foreign: tuple[Any, ...] = ()) -> Callable[..., Any]:
    forward, tensors, count, plans, half = op.forward, op.tensors, len(op.parameters), op.plans, op.half
    view, several, new, ndarray, grad_mode = op.view, len(op.outputs) > 1, object.__new__, np.ndarray, mode

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            if kwargs or len(args) != count:
                args = op.bind(args, kwargs)
            inputs = args if prepare is None else prepare(args)
            arrays, parents, others = [*inputs], [], []
            mask, seen, plain = 0, False, False
            for i, bit in tensors:
                t = inputs[i]
                if isinstance(t, Tensor):
                    seen = True
                    arrays[i] = array = t._data
                    if array.dtype is half:
                        return _in_single(op, args, inputs)
                    if t._view is not None:
                        t._view.refresh(t)
                    if bit and t._requires_grad:
                        mask |= bit
                        parents.append(t if t._node is None else t._node)
                elif type(t) is ndarray or isinstance(t, _ACCEPTED):
                    plain = True
                else:
                    raise TypeError(f"{op.name}: expected a Tensor as {op.parameters[i]!r}, got {type(t).__name__}")
            y = forward(*arrays)
        except foreign:  # an empty tuple but in operators
            return NotImplemented
        except NAMED as error:
            raise _explained(error, op, args) from error.__cause__
        if not seen:
            return y
        if several:
            y, *others = y
        y = y if type(y) is ndarray else np.asarray(y)
        out = new(Tensor)
        out._data, out._requires_grad, out._node, out._view = y, False, None, None
        if mask and grad_mode.enabled:
            plan = plans.get(mask) or op.plan(mask)
            arrays += (y, *others)
            for i, describe in plan.described:  # a comprehension would be a call
                arrays.append(describe(arrays[i]))
            if plain:
                _keep_copies(arrays, inputs, plan.constants)
            out._node, out._requires_grad = OperationNode(plan, parents, plan.save(arrays)), True
        if view and (y.base is arrays[0] or np.may_share_memory(y, arrays[0])):
            out._view = View(inputs[0], call, inputs[1:])
        return (out, *[Tensor._wrap(np.asarray(o)) for o in others]) if several else out

    return call


def _in_single(op: Operation, given: tuple[Any, ...], prepared: tuple[Any, ...]) -> Any:
    """What `op` makes of `given`, some of which are in float16: computed in float32, see `rounding`.

    It is given them as they were before they were broadcast, so that the gradient of that is summed in float32, too.
    """
    y = op.call(*map(widened, given))
    if not all_half([prepared[i] for i, _ in op.tensors]):
        return y
    first, *others = y if len(op.outputs) > 1 else (y,)
    first = op.rounding.call(first, HALF) if first.dtype == SINGLE else first
    return (first, *others) if others else first


def _sequence_call(op: Operation) -> Callable[..., Any]:
    """The same for operations on a sequence of tensors, which is the first argument."""
    forward = op.forward

    def call(*args: Any, **kwargs: Any) -> Any:
        inputs, *rest = op.bind(args, kwargs)
        if isinstance(inputs, Tensor) or not isinstance(inputs, Sequence):
            raise TypeError(f"{op.name}: expected a list or tuple of Tensors, got {type(inputs).__name__}")
        inputs = [t if isinstance(t, (Tensor, np.ndarray)) else np.asarray(t) for t in inputs]
        arrays = [t._data if isinstance(t, Tensor) else t for t in inputs]
        y = forward(arrays, *rest)
        if not any(isinstance(t, Tensor) for t in inputs):
            return y
        out = Tensor._wrap(np.asarray(y))
        require = [isinstance(t, Tensor) and t.requires_grad for t in inputs]
        if mode.enabled and any(require):
            plan = op.plan(1)
            values = [arrays, *rest, out._data]
            shapes = [[a.shape for a in arrays] for _ in plan.described]
            # the rule gives a gradient for each input, the node has parents for some: `require` tells which
            saved = (*plan.save([*values, *shapes]), require)
            out._node = OperationNode(plan, [t._edge() for t, r in zip(inputs, require, strict=True) if r], saved)
            out._requires_grad = True
        return out

    return call


def _explained(error: Exception, op: Operation, args: tuple[Any, ...]) -> Exception:
    """`error` out of `op`, or a better one if a Tensor was given for something else."""
    places = {place for place, _ in op.tensors}
    named = str(error).startswith(f"{op.name}: ")
    for place, (name, value) in enumerate(zip(op.parameters, () if named else args, strict=False)):
        if isinstance(value, Tensor) and place not in places:
            return TypeError(f"{op.name}: expected no Tensor as {name!r}, got one of shape {tuple(value.shape)}")
    return described(error, op.name, args, op.forward)


def _keep_copies(arrays: list[Any], inputs: Sequence[Any], places: Sequence[int]) -> None:
    """Keep copies of the user's own arrays at `places`: NumPy may change them, and nobody would notice."""
    for i in places:
        if isinstance(inputs[i], np.ndarray):
            arrays[i] = arrays[i].copy()


_ACCEPTED = (np.ndarray, np.generic, type(None), bool, int, float)
