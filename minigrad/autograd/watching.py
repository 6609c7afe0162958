"""Anomaly detection while it is on: it checks results and gradients, and remembers which line made them."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from minigrad.autograd import function
from minigrad.autograd.replacement import Replacements, with_subclasses
from minigrad.autograd.trace import Trace, handed
from minigrad.core.tensor import Tensor
from minigrad.graph import engine, versions
from minigrad.graph.engine import Node
from minigrad.kernels import parallel
from minigrad.kernels.errstate import silent
from minigrad.ops.declare.call import rounding
from minigrad.ops.declare.declaration import Operation
from minigrad.ops.declare.record import OperationNode


class State:
    """The switch; see anomaly_mode.py."""

    enabled = False
    check_nan = True


class _Thread(threading.local):
    """The state of a thread."""

    busy = False  # computing an operation or a node's gradients, the parts of which are not looked at
    trace: Trace | None = None  # that of the node whose gradients are computed
    infinite: dict[Any, Node] = {}  # the node that last gave a node or leaf an infinite gradient, in this walk


state = State()
_thread = _Thread()
_replacements = Replacements()
_traces: weakref.WeakKeyDictionary[Node, Trace] = weakref.WeakKeyDictionary()


def start() -> None:
    """Wrap the functions that compute in functions that check."""
    put = _replacements.put
    _replacements.put_on_operations(_watch)
    put(function, "compute", _checked_function)
    put(Node, "__init__", _remembering)
    put(OperationNode, "__init__", _remembering)  # which, unlike the others, does not call Node's
    for kind in with_subclasses(Node):
        if "vjp" in vars(kind):
            put(kind, "vjp", _watched)
    put(engine, "run", _run)
    put(parallel, "run", _handing)
    put(versions, "who", lambda _: Trace)
    put(versions, "story", lambda _: _story)


def _watch(op: Operation) -> None:
    _replacements.put(op, "compute", partial(_checked, op.name))
    if op.half is not None:  # float16 is computed in float32: only the rounding overflows
        _replacements.put(rounding(op), "compute", partial(_checked, op.name))


def stop() -> None:
    """Remove the wrappers; what was remembered goes with its graph."""
    _replacements.take_back()


def _remembering(init: Callable[..., None]) -> Callable[..., None]:
    """Make nodes know which line has made them."""

    def remember(node: Node, *args: Any, **kwargs: Any) -> None:
        init(node, *args, **kwargs)
        _traces[node] = Trace(_thread.trace)

    return remember


def _handing(run: Callable[..., None]) -> Callable[..., None]:
    """Make threads of the pool know for which line they work."""

    def hand(work: Callable[[Any], None], pieces: Iterable[Any]) -> None:
        if _thread.busy:
            return run(work, pieces)
        here = Trace()

        def piece(value: Any) -> None:
            before, handed.trace = handed.trace, here
            try:
                work(value)
            finally:
                handed.trace = before

        run(piece, pieces)

    return hand


# ---- forward ---------------------------------------------------------------------------------------------------------


@silent  # the error says more than NumPy's warning
def _quiet(compute: Callable[..., Any], *args: Any) -> Any:
    return compute(*args)


def _checked(name: str, compute: Callable[..., Any]) -> Callable[..., Any]:
    """Return an operation's function with a check of its result, but not of the operations that it consists of."""

    def look(*args: Any) -> Any:
        if _thread.busy or not state.check_nan:
            return compute(*args)
        _thread.busy = True
        try:
            result = _quiet(compute, *args)
        finally:
            _thread.busy = False
        _look_at(result, name, args)
        return result

    return look


def _checked_function(compute: Callable[..., Any]) -> Callable[..., Any]:
    """Return a checked forward of a Function. The operations in it are checked too: the user calls them."""

    def look(cls: type[function.Function], *args: Any) -> Any:
        result = compute(cls, *args)
        if state.check_nan and not _thread.busy:
            _look_at(result, cls.__name__, args)
        return result

    return look


def _look_at(result: Any, name: str, args: tuple[Any, ...]) -> None:
    for y in _floats((result,)):
        if not np.isfinite(y).all():
            _complain(y, name, list(_floats(args)))


def _complain(y: np.ndarray, name: str, inputs: list[np.ndarray]) -> None:
    """Raise if nan or inf was made, not handed on."""
    nan, what = np.isnan(y), "nan"
    if nan.any():
        made, given = nan, "no input holds one"
        if any(np.isnan(a).any() for a in inputs):
            return
    else:
        made, what, given = np.isinf(y), "inf", "all inputs are finite"
        # the largest of no numbers is -inf
        if not all(np.isfinite(a).all() for a in inputs) or not any(a.size for a in inputs):
            return
    place = np.unravel_index(int(np.argmax(made)), made.shape)
    values = ", ".join(f"{a[place]:.6g}" for a in inputs if a.shape == y.shape)
    trace = Trace()
    called = trace.function or name
    within = f" (in {name})" if called != name else ""
    raise RuntimeError(  # in which layer, the module says
        f"{called}: gave {what}{within}, and {given}: {_share(made)}"
        f"{f', where it was given {values}' if values else ''}. It was called in\n{trace.text}"
    )


def _share(made: np.ndarray) -> str:
    place = [int(i) for i in np.unravel_index(int(np.argmax(made)), made.shape)]
    return f"{np.count_nonzero(made)} of {made.size} elements" + (f", the first at {place}" if place else "")


def _floats(values: Iterable[Any]) -> Iterator[np.ndarray]:
    """Yield the floating arrays among `values`: numbers, Tensors, lists of them, and unfinished gradients."""
    for value in values:
        if isinstance(value, np.ndarray):
            if value.dtype.kind == "f":
                yield value
        elif isinstance(value, Tensor):
            yield from _floats((value._data,))
        elif isinstance(value, (float, np.floating)):
            yield np.asarray(value)
        elif isinstance(value, (list, tuple)):
            yield from _floats(value)
        elif isinstance(value, dict):
            yield from _floats(value.values())
        elif isinstance(value, engine.AccumulatingGradient):
            yield from _floats((value.materialize(),))


# ---- backward --------------------------------------------------------------------------------------------------------


def _watched(apply: Callable[..., Sequence[Any]]) -> Callable[..., Sequence[Any]]:
    """Return a node's `apply` with a check of the gradients."""

    def watch(node: Node, g: Any, *rest: Any) -> Sequence[Any]:
        before = _thread.busy, _thread.trace
        _thread.busy, _thread.trace = True, _traces.get(node)
        try:
            gradients = apply(node, g, *rest)
        finally:
            _thread.busy, _thread.trace = before
        if state.check_nan:
            for i, gradient in enumerate(gradients):
                for array in _floats((gradient,)):
                    if np.isnan(array).any():
                        raise RuntimeError(_nan(node, i, array, list(_floats((g,)))))
                    if np.isinf(array).any():
                        _thread.infinite[node.parents[i]] = node
        return gradients

    return watch


def _nan(node: Node, i: int, gradient: np.ndarray, incoming: list[np.ndarray]) -> str:
    made = np.isnan(gradient)
    place = np.unravel_index(int(np.argmax(made)), made.shape)
    why = ""
    if any(np.isnan(g).any() for g in incoming):
        why = (
            "; so did the gradient that came in: it was given to backward() or by a hook, or it is the sum of inf and "
            "-inf"
        )
    elif any(g.shape == gradient.shape and g[place] == 0 for g in incoming):
        why = ", where the gradient that came in is 0: it was multiplied by an infinite slope"
    elif isinstance(node, OperationNode) and any(np.isnan(a).any() for a in _floats(node.saved or ())):
        why = "; what it was given or gave in forward holds nan already"
    elif any(g.shape == gradient.shape and np.isinf(g[place]) for g in incoming):
        why = ", where the gradient that came in is infinite: it was multiplied by 0"
    shape = f"gradient {i}, of shape {gradient.shape}"
    return f"backward: {node.name()} gave nan as {shape}: {_share(made)}{why}{_made_in(node)}"


def _made_in(node: Node) -> str:
    trace = _traces.get(node)
    if trace is None:
        return ". Its forward ran without detect_anomaly(), so its line is not known; let it run within, too"
    name = f", {node.plan.operation.name}," if isinstance(node, OperationNode) else ""
    text = f". The operation{name} was called in\n{trace}"
    while (trace := trace.cause) is not None:
        text += f"\nwhich computed the gradient of an operation that was called in\n{trace}"
    return text


def _run(run: Callable[..., dict[Any, Any]]) -> Callable[..., dict[Any, Any]]:
    """Run the engine with a check of sums of gradients, and the line of the forward in every error."""

    def walk(roots: Sequence[tuple[Any, Any]], *args: Any, **kwargs: Any) -> dict[Any, Any]:
        given = any(np.isnan(g).any() for _, g in roots for g in _floats((g,)))
        before, _thread.infinite = _thread.infinite, {}
        try:
            arrived = run(roots, *args, **kwargs)
            if state.check_nan and not given:
                _check_sums(arrived)
            return arrived
        except Exception as error:
            _add_line(error)
            raise
        finally:
            _thread.infinite = before

    return walk


def _check_sums(arrived: dict[Any, Any]) -> None:
    """Check sums of gradients: no node made a nan, so if there is one, inf and -inf were added."""
    for edge, gradient in arrived.items():
        for g in _floats((gradient,)):
            if np.isnan(g).any():
                node = _thread.infinite.get(edge)
                last = f". The last to give an infinite one was {node.name()}{_made_in(node)}" if node else ""
                raise RuntimeError(
                    f"backward: gradients without nan add up to nan, for a tensor of shape {g.shape}: "
                    f"{_share(np.isnan(g))}, where inf and -inf came together{last}"
                )


def _add_line(error: Exception) -> None:
    """Add a note, shown below the message from Python 3.11 on, of the forward of the node at which the walk was."""
    trace, node = error.__traceback__, None
    while trace is not None and node is None:  # in the outermost walk: those within have added theirs
        frame, trace = trace.tb_frame, trace.tb_next
        if frame.f_code.co_filename == engine.__file__:
            node = frame.f_locals.get("node")
    if isinstance(node, Node) and (made := _made_in(node)) not in str(error):
        error.__dict__.setdefault("__notes__", []).append(f"raised in the backward of {node.name()}{made}")


def _story(array: np.ndarray, node: Node | None) -> str:
    """Tell which line has used an array and which one changed it, for an error about that."""
    used = _traces.get(node) if node is not None else None
    change = versions.changer_of(array)
    text = f". It was used in\n{used}" if used is not None else ""
    return text + (f"\nand changed in\n{change}" if change is not None else "")
