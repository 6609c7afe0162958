"""Anomaly detection: an error at the first nan, which names the line that made it.

It is one switch for all threads, as in PyTorch. While it is off, nothing is asked and nothing is kept: switching it on
puts functions that look at what is computed around those that compute, and switching it off takes them away.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from types import TracebackType
from typing import Any

import numpy as np

from minigrad.autograd import engine, function, memory
from minigrad.autograd.engine import Node
from minigrad.autograd.grad_mode import within
from minigrad.autograd.operation import OperationNode, registry
from minigrad.autograd.replacement import Replacements, with_subclasses
from minigrad.autograd.trace import Trace, handed
from minigrad.kernels import parallel
from minigrad.kernels.forking import lock
from minigrad.kernels.silence import silent
from minigrad.tensor import Tensor

__all__ = [
    "detect_anomaly", "is_anomaly_check_nan_enabled", "is_anomaly_enabled", "set_anomaly_enabled", "set_detect_anomaly",
]  # fmt: skip


class _State:
    """The switch."""

    enabled = False
    check_nan = True


class _Thread(threading.local):
    """What a thread is in the middle of."""

    busy = False  # computing an operation or a node's gradients, the parts of which are not looked at
    trace: Trace | None = None  # that of the node whose gradients are computed
    infinite: dict[Any, Node] = {}  # by which node a node or leaf was last given an infinite gradient, in this walk


_state = _State()
_thread = _Thread()
_replacements = Replacements()
_traces: weakref.WeakKeyDictionary[Node, Trace] = weakref.WeakKeyDictionary()


def is_anomaly_enabled() -> bool:
    """Whether anomaly detection is on.

    Examples
    --------
    >>> with mg.autograd.detect_anomaly():
    ...     mg.is_anomaly_enabled()
    True
    """
    return _state.enabled


def is_anomaly_check_nan_enabled() -> bool:
    """Whether anomaly detection, when it is on, looks for nan.

    Examples
    --------
    >>> with mg.autograd.detect_anomaly(check_nan=False):
    ...     mg.is_anomaly_check_nan_enabled()
    False
    """
    return _state.check_nan


def set_anomaly_enabled(enabled: bool, check_nan: bool = True) -> None:
    """Switch anomaly detection on or off, in all threads; see `detect_anomaly`.

    Examples
    --------
    >>> mg.set_anomaly_enabled(True)
    >>> mg.set_anomaly_enabled(False)
    """
    for name, value in (("mode", enabled), ("check_nan", check_nan)):
        if not isinstance(value, bool):
            raise TypeError(f"set_detect_anomaly: expected a bool as {name}, got {type(value).__name__}")
    with lock:
        if enabled and not _state.enabled:
            _watch()
        elif _state.enabled and not enabled:
            _replacements.take_back()
        _state.enabled, _state.check_nan = enabled, check_nan


class detect_anomaly:
    """Context manager and decorator: the first nan is an error that names the line that made it.

    Meant for finding mistakes: everything takes several times as long.

    - A nan that a *backward* computes is an error that names the operation, and the file and line of its forward: the
      innermost one outside of this package, with the lines that led there and the layer. The forward has to run with
      detection on for that. An inf is none: the slope of a square root at 0 is infinite.
    - A nan that a *forward* computes while no input holds one is an error at once, and so is an inf while all inputs
      are finite: what overflows, or divides by 0. Infinities that are put in on purpose are none, such as by
      ``masked_fill(mask, -inf)``, ``where``, ``full`` or by adding a mask that has them: the operation is given them.
      That of ``mask.log()`` is computed, and an error: write ``where(mask, 0.0, -inf)``.
    - Any other error in backward has a note with the line of the forward.
    - An error about a change in place names the line that used the value and the line that changed it.

    Parameters
    ----------
    check_nan : bool, default True
        Look for nan and inf. If False only lines are remembered, for errors.

    Raises
    ------
    RuntimeError
        Where nan or inf is made.

    Notes
    -----
    It is on in all threads, as in PyTorch, which does not look at forward and says nothing of changes in place.

    Examples
    --------
    >>> x = mg.tensor([1.0, 0.0], requires_grad=True)
    >>> with mg.autograd.detect_anomaly():
    ...     loss = (x.sqrt() * 0).sum()
    ...     loss.backward()
    Traceback (most recent call last):
        ...
    RuntimeError: backward: SqrtBackward0 gave nan as gradient 0, of shape (2,): 1 of 2 elements, the first at [1],
    where the gradient that came in is 0: it was multiplied by an infinite slope. The operation, sqrt, was called in
      File "<doctest minigrad.autograd.anomaly_mode.detect_anomaly[1]>", line 2, in <module>
        loss = (x.sqrt() * 0).sum()
    """

    def __init__(self, check_nan: bool = True) -> None:
        self._check_nan = check_nan
        self._before: list[tuple[bool, bool]] = []  # a stack, so that one object may be entered again

    def __enter__(self) -> None:
        before = _state.enabled, _state.check_nan
        set_anomaly_enabled(True, self._check_nan)
        self._before.append(before)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        set_anomaly_enabled(*self._before.pop())

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        check_nan = self._check_nan
        return within(lambda: detect_anomaly(check_nan), function)


class set_detect_anomaly:
    """Switch anomaly detection on or off, at once; as a context manager, until the block ends.

    Parameters
    ----------
    mode : bool
        Whether it is on.
    check_nan : bool, default True
        As for `detect_anomaly`.

    Examples
    --------
    >>> with mg.autograd.set_detect_anomaly(True):
    ...     mg.is_anomaly_enabled()
    True
    >>> mg.is_anomaly_enabled()
    False
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._before = _state.enabled, _state.check_nan
        set_anomaly_enabled(mode, check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        set_anomaly_enabled(*self._before)


# ---- what is put in place --------------------------------------------------------------------------------------------


def _watch() -> None:
    put = _replacements.put
    for op in registry.values():
        put(op, "computing", partial(_checked, op.name))
    put(function, "compute", _checked_function)
    put(Node, "__init__", _remembering)
    put(OperationNode, "__init__", _remembering)  # which does not call Node's, as the others do
    for kind in with_subclasses(Node):
        if "apply" in vars(kind):
            put(kind, "apply", _watched)
    put(engine, "run", _run)
    put(parallel, "run", _handing)
    put(memory, "who", lambda _: Trace)
    put(memory, "story", lambda _: _story)


def _remembering(init: Callable[..., None]) -> Callable[..., None]:
    """Nodes know which line has made them."""

    def remember(node: Node, *args: Any, **kwargs: Any) -> None:
        init(node, *args, **kwargs)
        _traces[node] = Trace(_thread.trace)

    return remember


def _handing(run: Callable[..., None]) -> Callable[..., None]:
    """Threads of the pool know for which line they work."""

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
    """What an operation computes with, with a look at the result; not at those of operations that it consists of."""

    def look(*args: Any) -> Any:
        if _thread.busy or not _state.check_nan:
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
    """The same for forward of a Function. The operations in it are looked at, too: it is the user who calls them."""

    def look(cls: type[function.Function], *args: Any) -> Any:
        result = compute(cls, *args)
        if _state.check_nan and not _thread.busy:
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
    """The floating arrays among `values`, which may be numbers, Tensors, lists of them, and unfinished gradients."""
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
        elif isinstance(value, engine.Unfinished):
            yield from _floats((value.whole(),))


# ---- backward --------------------------------------------------------------------------------------------------------


def _watched(apply: Callable[..., Sequence[Any]]) -> Callable[..., Sequence[Any]]:
    """A node's `apply`, with a look at the gradients."""

    def watch(node: Node, g: Any, *rest: Any) -> Sequence[Any]:
        before = _thread.busy, _thread.trace
        _thread.busy, _thread.trace = True, _traces.get(node)
        try:
            gradients = apply(node, g, *rest)
        finally:
            _thread.busy, _thread.trace = before
        if _state.check_nan:
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
    """The engine's walk, with a look at sums of gradients, and the line of the forward in every error."""

    def walk(roots: Sequence[tuple[Any, Any]], *args: Any, **kwargs: Any) -> dict[Any, Any]:
        given = any(np.isnan(g).any() for _, g in roots for g in _floats((g,)))
        before, _thread.infinite = _thread.infinite, {}
        try:
            arrived = run(roots, *args, **kwargs)
            if _state.check_nan and not given:
                _check_sums(arrived)
            return arrived
        except Exception as error:
            _add_line(error)
            raise
        finally:
            _thread.infinite = before

    return walk


def _check_sums(arrived: dict[Any, Any]) -> None:
    """No node made a nan; so if there is one, inf and -inf came together."""
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
    """Which line has used an array and which one changed it, for an error about that."""
    used = _traces.get(node) if node is not None else None
    change = memory.last_changer(array)
    text = f". It was used in\n{used}" if used is not None else ""
    return text + (f"\nand changed in\n{change}" if change is not None else "")
