"""Recording: a profile, and blocks with names in it.

When no profile runs, nothing is measured and nothing is asked: starting one puts functions that take the time in the
place of what the operations, the nodes of the graph, the engine and the optimizers do, and stopping it puts those back.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from time import perf_counter_ns
from types import TracebackType
from typing import Any

import numpy as np

from minigrad.autograd import function
from minigrad.autograd.function import FunctionNode
from minigrad.autograd.replacement import Replacements, with_subclasses
from minigrad.core.tensor import Tensor
from minigrad.graph import engine
from minigrad.ops.declare.declaration import registry
from minigrad.ops.declare.record import OperationNode
from minigrad.optim.optimizer import Optimizer
from minigrad.profiler.averages import Averages, Event, EventAverage

_running: profile | None = None  # only one at a time: two would measure each other


class _State(threading.local):
    """The state of a thread."""

    def __init__(self, records: list[tuple[Any, ...]]) -> None:
        self.records = records
        self.open: list[tuple[str, str]] = []  # name and phase
        self.phase = "forward"
        self.inside = 0  # the time of the events inside the innermost open one, so far

    def begin(self, name: str, phase: str | None = None) -> tuple[Any, ...]:
        key = name, phase or self.phase
        outermost = key not in self.open
        self.open.append(key)
        outside, self.inside = self.inside, 0
        return key, outermost, outside, perf_counter_ns()

    def end(self, begun: tuple[Any, ...], args: Iterable[Any] = (), result: Any = None) -> None:
        now = perf_counter_ns()
        key, outermost, outside, start = begun
        given = list(_arrays(args))
        shapes = tuple([a.shape for a in given])
        made = _size(result, given)
        spent = now - start
        self.records.append((*key, threading.get_ident(), start, spent, spent - self.inside, made, shapes, outermost))
        self.open.pop()
        self.inside = outside + spent


def _arrays(values: Iterable[Any]) -> Iterator[np.ndarray]:
    """Yield the arrays among `values`, also in Tensors, lists and tuples."""
    for value in values:
        if isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, Tensor):
            yield value._data
        elif isinstance(value, (list, tuple)):
            yield from _arrays(value)


def _size(result: Any, given: list[np.ndarray]) -> int:
    """Return the bytes of the arrays in `result` that are not views of those given."""
    return sum(a.nbytes for a in _arrays((result,)) if not any(np.may_share_memory(a, b) for b in given))


class profile:
    """Context manager that records time, calls and bytes of everything minigrad does inside, in all threads.

    An operation is recorded as often as it computes: in forward; in backward, where the rules of gradients consist of
    operations themselves, inside a node such as ``MulBackward0``; and inside another operation. ``self`` times leave
    out what ran inside, so they add up to the time spent, each operation counted once. What a rule computes with
    operators on arrays is time of its node itself, and the walk over the graph that of ``backward``.

    Raises
    ------
    RuntimeError
        On entry, if another profile is running.

    Notes
    -----
    Recording an event takes one or two microseconds, which count for what it is inside of. Operations and optimizers
    that are declared while the profile runs are not recorded.

    Examples
    --------
    >>> from minigrad.profiler import profile
    >>> x = mg.ones(100, 100, requires_grad=True)
    >>> with profile() as p:
    ...     (x * x).sum().backward()
    >>> {(row.key, row.phase): row.count for row in p.key_averages()}[("mul", "forward")]
    1
    >>> print(p.table(sort_by="count", row_limit=3))  # doctest: +SKIP
    """

    def __init__(self) -> None:
        self._records: list[tuple[Any, ...]] = []  # the fields of an Event
        self._state = _State(self._records)
        self._replacements = Replacements()
        self._thread = 0  # which one started it
        self._started = 0
        self._spent = 0  # nanoseconds from start to stop

    def __enter__(self) -> profile:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # ---- recording -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to record, as on entry; what was recorded before is kept."""
        global _running
        if _running is not None:
            raise RuntimeError("profile: another profile is running; leave its `with` block, or stop() it, first")
        _running = self
        put = self._replacements.put
        for op in registry.values():
            put(op, "compute", partial(self._timed, op.name))
        for node in (OperationNode, FunctionNode):
            put(node, "vjp", self._timed_node)
        put(function, "compute", self._timed_function)
        put(engine, "run", self._timed_backward)
        for kind in with_subclasses(Optimizer):
            for method in ("step", "zero_grad"):
                if method in vars(kind):
                    put(kind, method, partial(self._timed_optimizer, method))
        self._thread = threading.get_ident()
        self._started = perf_counter_ns()

    def stop(self) -> None:
        """Stop recording, as on exit."""
        global _running
        if _running is not self:
            raise RuntimeError("profile: it is not running")
        self._spent += perf_counter_ns() - self._started
        self._replacements.take_back()
        _running = None

    def _measure(self, name: str, phase: str | None, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        begun, result = self._state.begin(name, phase), None
        try:
            result = function(*args, **kwargs)
            return result
        finally:
            self._state.end(begun, args, result)

    def _timed(self, name: str, forward: Callable[..., Any]) -> Callable[..., Any]:
        measure = self._measure
        return lambda *args, **kwargs: measure(name, None, forward, args, kwargs)

    def _timed_node(self, apply: Callable[..., Any]) -> Callable[..., Any]:
        return lambda node, g, *rest: self._measure(node.name(), "backward", lambda g: apply(node, g, *rest), (g,), {})

    def _timed_function(self, compute: Callable[..., Any]) -> Callable[..., Any]:
        return lambda cls, *args: self._measure(cls.__name__, None, lambda *args: compute(cls, *args), args, {})

    def _timed_backward(self, run: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            state = self._state
            before, state.phase = state.phase, "backward"
            try:
                return self._measure("backward", None, run, args, kwargs)
            finally:
                state.phase = before

        return timed

    def _timed_optimizer(self, method: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(optimizer: Optimizer, *args: Any, **kwargs: Any) -> Any:
            name = f"{type(optimizer).__name__}.{method}"
            return self._measure(name, "optimizer", function, (optimizer, *args), kwargs)

        return timed

    # ---- what was recorded -----------------------------------------------------------------------------------------

    def events(self) -> list[Event]:
        """Return everything recorded, in the order in which it ended."""
        return [Event(*record) for record in self._records]

    def key_averages(self, group_by_input_shape: bool = False) -> Averages:
        """Return the events added up by name and phase.

        Parameters
        ----------
        group_by_input_shape : bool, default False
            Keep those apart that were given arrays of other shapes.

        Returns
        -------
        Averages
            A list of `EventAverage`, whose `table` is the text.
        """
        rows: dict[Any, EventAverage] = {}
        spent = 0
        for event in self.events():
            shapes = event.shapes if group_by_input_shape else None
            row = rows.setdefault((event.name, event.phase, shapes), EventAverage(event.name, event.phase, shapes))
            row.add(event)
            spent += event.self_time if event.thread == self._thread else 0
        duration = self._spent + (perf_counter_ns() - self._started if _running is self else 0)
        return Averages(rows.values(), duration / 1000, (duration - spent) / 1000)

    def table(
        self, sort_by: str = "self_cpu_time_total", row_limit: int = 100, group_by_input_shape: bool = False
    ) -> str:
        """``key_averages(group_by_input_shape).table(sort_by, row_limit)``: see `Averages.table`."""
        return self.key_averages(group_by_input_shape).table(sort_by, row_limit)

    def export_chrome_trace(self, path: str | os.PathLike[str]) -> None:
        """Write what was recorded as a JSON file that chrome://tracing and https://ui.perfetto.dev show.

        Examples
        --------
        >>> import tempfile
        >>> from minigrad.profiler import profile
        >>> with profile() as p:
        ...     y = mg.ones(3) + 1
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     p.export_chrome_trace(folder + "/trace.json")
        """
        process = os.getpid()
        threads = {thread: i for i, thread in enumerate(dict.fromkeys([self._thread, *[r[2] for r in self._records]]))}
        events: list[dict[str, Any]] = [
            {"ph": "M", "name": "thread_name", "pid": process, "tid": i, "args": {"name": f"thread {i}"}}
            for i in threads.values()
        ]
        for e in self.events():
            details = {"shapes": [list(shape) for shape in e.shapes], "bytes": e.bytes}
            events.append(
                {"ph": "X", "name": e.name, "cat": e.phase, "pid": process, "tid": threads[e.thread], "args": details}
                | {"ts": (e.start - self._started) / 1000, "dur": e.duration / 1000}
            )
        with open(path, "w") as file:
            json.dump({"traceEvents": events, "displayTimeUnit": "ms"}, file)


class record_function:
    """Context manager that gives a name to what is done inside, in the profile that is running, if one is.

    Examples
    --------
    >>> from minigrad.profiler import profile, record_function
    >>> with profile() as p:
    ...     with record_function("my block"):
    ...         y = mg.ones(3) + 1
    >>> [e.name for e in p.events()][-2:]
    ['add', 'my block']
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        self._state = None if _running is None else _running._state
        self._begun = None if self._state is None else self._state.begin(self.name)

    def __exit__(self, *error: Any) -> None:
        if self._state is not None and self._begun is not None:
            self._state.end(self._begun)
