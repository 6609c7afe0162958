"""Differentiable operations: a function on arrays, and beside it a rule for each gradient.

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
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeAlias

from minigrad.core.tensor import Tensor
from minigrad.ops.declare.call import plain_call, sequence_call
from minigrad.ops.declare.declaration import Operation, registry, watchers

P = ParamSpec("P")
Operand: TypeAlias = Any  # a Tensor for the caller, an array for the function's body


def operation(
    *constants: str,
    name: str | None = None,
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
    name : what nodes and messages call it; by default the name of the function
    constants : names of parameters that are tensors and have no gradient, such as indices
    outputs : the names of the outputs where the function returns several; the first one has a gradient
    sequence : the first parameter is a sequence of tensors, and its rule returns a sequence of gradients
    view : the output may share memory with the first parameter
    holds : names of parameters that are no tensors, but hold arrays in tuples: freed after backward as tensors are
    prepare : applied to the tuple of arguments before anything else when there is a Tensor among them
    rules : by parameter, the rule for its gradient, or a `shared_rule` rule that several share
    """

    def declare(forward: Callable[P, Any]) -> Callable[P, Any]:
        return _registered(Operation(forward, rules, constants, outputs, sequence, view, holds, prepare, name))

    return declare


def computed(kernel: Callable[..., Any], formula: Callable[..., Any]) -> Callable[..., Any]:
    """Return a rule that computes with arrays by `kernel`, in few passes, and is `formula` where that is recorded."""

    @functools.wraps(formula)
    def rule(g: Any, *args: Any) -> Any:
        return (formula if isinstance(g, Tensor) else kernel)(g, *args)

    return rule


def twin(call: Callable[P, Any], name: str, holds: Sequence[str] | None = None) -> Callable[P, Any]:
    """Return a declared operation under another name for its nodes: ``unsqueeze`` is a kind of reshaping.

    With `holds` it frees other parameters after backward than the declared one.
    """
    return _registered(call.operation.renamed(name, holds))  # type: ignore[attr-defined]


def _registered(op: Operation) -> Callable[..., Any]:
    if op.name in registry:
        raise TypeError(f"operation {op.name} is declared twice")
    registry[op.name] = op
    call = functools.update_wrapper(sequence_call(op) if op.sequence else plain_call(op), op.forward)
    call.operation = op  # type: ignore[attr-defined]
    op.call = call
    for tell in watchers:
        tell(op)
    return call


class OperandTypeError(TypeError):
    """An operand that is neither a Tensor nor an array nor a number: it may define the operator itself."""


def as_operator(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adapt `function` to a special method such as ``__add__``: Python then asks a foreign operand."""
    op = getattr(function, "operation", None)
    if op is not None and op.call is function:  # a second call of the same operation is quicker than a wrapper
        return functools.update_wrapper(plain_call(op, (OperandTypeError,)), function)

    @functools.wraps(function)
    def operator_of(self: Any, other: Any) -> Any:
        try:
            return function(self, other)
        except OperandTypeError:
            return NotImplemented

    return operator_of
