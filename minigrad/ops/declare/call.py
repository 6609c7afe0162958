"""A call of an operation: Tensors in, the function on their arrays, a Tensor with its record out."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.core.views import View
from minigrad.graph.grad_mode import inference, mode
from minigrad.ops.declare.declaration import Operation, Rule, shared_rule
from minigrad.ops.declare.naming import NAMED, described
from minigrad.ops.declare.out import into
from minigrad.ops.declare.plan import plan_of
from minigrad.ops.declare.record import OperationNode
from minigrad.ops.declare.rounding import HALF, SINGLE, all_half, widened


def plain_call(op: Operation, foreign: tuple[type[Exception], ...] = ()) -> Callable[..., Any]:
    """Return the function that users call. Errors of the types `foreign` make it return NotImplemented."""
    tensors, count, plans, half, prepare = op.tensors, len(op.parameters), op.plans, op.half, op.prepare
    view, several, new, ndarray, grad_mode = op.view, len(op.outputs) > 1, object.__new__, np.ndarray, mode

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            if kwargs or len(args) != count:
                if kwargs and "out" in kwargs and not view:
                    return into(kwargs.pop("out"), op.name, call, args, kwargs)
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
                else:
                    plain = isinstance(t, _ACCEPTED) and (i > 0 or not foreign) or _refused(op, i, t)
            y = op.compute(*arrays)
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
        if mask and grad_mode.enabled and not (inference.used and _all_made_in_inference(op, inputs, mask)):
            plan = plans.get(mask) or plan_of(op, mask)
            arrays += (y, *others)
            for i, describe in plan.properties:  # a comprehension would be a call
                arrays.append(describe(arrays[i]))
            arrays = _with_copies(arrays, inputs, plan.constants) if plain else arrays
            out._node, out._requires_grad = OperationNode(plan, parents, plan.save(arrays)), True
        if view and (y.base is arrays[0] or np.may_share_memory(y, arrays[0]) or not y.size):
            out._view = View(inputs[0], call, inputs[1:])
        out = _marked(out) if inference.used and grad_mode.inference else out
        return (out, *[Tensor._wrap(np.asarray(o)) for o in others]) if several else out

    return call


def sequence_call(op: Operation) -> Callable[..., Any]:
    """Return the function that users call for an operation on a sequence of tensors, its first argument."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if "out" in kwargs:
            return into(kwargs.pop("out"), op.name, call, args, kwargs)
        inputs, *rest = op.bind(args, kwargs)
        if isinstance(inputs, Tensor) or not isinstance(inputs, Sequence):
            raise TypeError(f"{op.name}: expected a list or tuple of Tensors, got {type(inputs).__name__}")
        inputs = [t if isinstance(t, (Tensor, np.ndarray)) else np.asarray(t) for t in inputs]
        arrays = [t._data if isinstance(t, Tensor) else t for t in inputs]
        y = op.compute(arrays, *rest)
        if not any(isinstance(t, Tensor) for t in inputs):
            return y
        out = Tensor._wrap(np.asarray(y))
        require = [isinstance(t, Tensor) and t.requires_grad for t in inputs]
        if mode.enabled and any(require):
            plan = plan_of(op, 1)
            values = [arrays, *rest, out._data]
            shapes = [[a.shape for a in arrays] for _ in plan.properties]
            # the rule gives a gradient for each input, the node has parents for some: `require` tells which
            saved = (*plan.save([*values, *shapes]), require)
            parents = [t._grad_target() for t, r in zip(inputs, require, strict=True) if r]
            out._node = OperationNode(plan, parents, saved)
            out._requires_grad = True
        return out

    return call


def _marked(out: Tensor) -> Tensor:
    """Return `out` with the note that it was made under inference_mode; views of ordinary tensors are leaves there."""
    out._inference = True
    if out._view is not None and not out.is_inference():
        out._requires_grad = out._view.base._requires_grad
    return out


def _all_made_in_inference(op: Operation, inputs: Sequence[Any], mask: int) -> bool:
    """Return whether all operands were, so that nothing is recorded; raise if one that was would have to be kept."""
    places = [place for place, _ in op.tensors if inputs[place] is not None]
    made = [place for place in places if isinstance(inputs[place], Tensor) and inputs[place].is_inference()]
    for place in made if len(made) < len(places) else ():
        if place in plan_of(op, mask).kept:
            raise RuntimeError(
                f"{op.name}: {op.parameters[place]!r} was made under inference_mode, so it cannot be kept for a "
                "gradient; pass a clone() of it, or make it under no_grad()"
            )
    return len(made) == len(places)


def _refused(op: Operation, place: int, value: Any) -> NoReturn:
    raise TypeError(f"{op.name}: expected a Tensor as {op.parameters[place]!r}, got {type(value).__name__}")


def _in_single(op: Operation, given: tuple[Any, ...], prepared: tuple[Any, ...]) -> Any:
    """Call `op` with `given`, some of which are in float16: compute in float32, see `rounding`.

    It gets them as they were before broadcasting, so that the gradient of broadcasting is summed in float32, too.
    """
    y = op.call(*map(widened, given))
    if not all_half([prepared[i] for i, _ in op.tensors]):
        return y
    first, *others = y if len(op.outputs) > 1 else (y,)
    first = rounding(op).call(first, HALF) if first.dtype == SINGLE else first
    return (first, *others) if others else first


@functools.cache
def rounding(op: Operation) -> Operation:
    """Return the conversion of a result of `op` to float16, whose nodes have the name of `op`."""
    conversion = _CONVERSION.renamed(op.name)
    conversion.call = plain_call(conversion)
    return conversion


def _convert(input: Any, dtype: np.dtype) -> Any:
    return in_dtype(input, dtype)


def in_dtype(input: Any, dtype: np.dtype) -> Any:
    """Return the array in another dtype. A recording replaces this one: conversions are no registered operation."""
    with np.errstate(over="ignore"):  # what is too large becomes inf
        return input.astype(dtype)


_BACK: dict[str, Rule | shared_rule] = {"input": lambda g, input_dtype: _converted(g, input_dtype)}
_CONVERSION = Operation(_convert, _BACK, (), (), sequence=False, view=False, holds=())
_converted = plain_call(_CONVERSION)


def _explained(error: Exception, op: Operation, args: tuple[Any, ...]) -> Exception:
    """Return `error` out of `op`, or a better one if a Tensor was given for something else."""
    places = {place for place, _ in op.tensors}
    named = str(error).startswith(f"{op.name}: ")
    for place, (name, value) in enumerate(zip(op.parameters, () if named else args, strict=False)):
        if isinstance(value, Tensor) and place not in places:
            return TypeError(f"{op.name}: expected no Tensor as {name!r}, got one of shape {tuple(value.shape)}")
    return described(error, op.name, args, op.forward)


def _with_copies(arrays: list[Any], inputs: Sequence[Any], places: Sequence[int]) -> list[Any]:
    """Return `arrays` with copies of the user's own arrays at `places`: NumPy could change them unnoticed."""
    for i in places:
        if isinstance(inputs[i], np.ndarray):
            arrays[i] = arrays[i].copy()
    return arrays


_ACCEPTED = (np.ndarray, np.generic, type(None), bool, int, float)
