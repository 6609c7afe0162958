"""Recording: a profile, and blocks with names in it.

When no profile runs, nothing is measured and nothing is asked: starting one puts functions that take the time in the
place of what the operations, the nodes of the graph, the engine and the optimizers do, and stopping it puts those back.
"""

from __future__ import annotations

import contextlib
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
from minigrad.ops.declare.record import OperationNode
from minigrad.optim.optimizer import Optimizer
from minigrad.profiler.averages import Averages, Event, EventAverage
from minigrad.profiler.scheduling import ProfilerAction, ProfilerActivity

_RECORDING = (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)
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

    Parameters
    ----------
    activities : iterable of ProfilerActivity, optional
        For compatibility: the CPU is what there is.
    schedule : callable, optional
        From the number of a step to a `ProfilerAction`, such as :func:`~minigrad.profiler.schedule` makes. Steps end
        where :meth:`step` is called. Without a schedule everything is recorded.
    on_trace_ready : callable, optional
        Called with the profile when a cycle of the schedule ends, and on exit if it still records then. The next cycle
        forgets what the one before it recorded.
    record_shapes, profile_memory, with_stack, with_flops, with_modules
        For compatibility: shapes and bytes are always recorded, stacks, operations and modules never.

    Raises
    ------
    RuntimeError
        On entry, if another profile is running.
    TypeError
        If `activities` holds anything else, or `schedule` or `on_trace_ready` cannot be called.

    Notes
    -----
    Recording an event takes one or two microseconds, which count for what it is inside of. Optimizers that are
    imported while the profile runs are not recorded.

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

    def __init__(
        self,
        *,
        activities: Iterable[ProfilerActivity] | None = None,
        schedule: Callable[[int], ProfilerAction] | None = None,
        on_trace_ready: Callable[[profile], Any] | None = None,
        record_shapes: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_flops: bool = False,
        with_modules: bool = False,
        experimental_config: Any = None,
        acc_events: bool = False,
    ) -> None:
        for activity in activities or ():
            if not isinstance(activity, ProfilerActivity):
                raise TypeError(f"profile: expected activities such as ProfilerActivity.CPU, got {activity!r}")
        for name, given in (("schedule", schedule), ("on_trace_ready", on_trace_ready)):
            if given is not None and not callable(given):
                raise TypeError(f"profile: expected a function as {name}, got {given!r}")
        self.schedule, self.on_trace_ready = schedule, on_trace_ready
        self.step_num = 0
        self.current_action = self._action()
        self._metadata: dict[str, Any] = {}
        self._records: list[tuple[Any, ...]] = []  # the fields of an Event
        self._state = _State(self._records)
        self._replacements = Replacements()
        self._thread = 0  # which one started it
        self._started = 0
        self._spent = 0  # nanoseconds from start to stop

    def _action(self) -> ProfilerAction:
        return ProfilerAction.RECORD if self.schedule is None else self.schedule(self.step_num)

    def __enter__(self) -> profile:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # ---- when ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin, as on entry; what was recorded before is kept."""
        self.current_action = self._action()
        if self.current_action in _RECORDING:
            self._record()

    def stop(self) -> None:
        """Stop, as on exit, and call ``on_trace_ready`` if it was recording."""
        if self.current_action in _RECORDING or self.schedule is None:
            self._finish()
        self.current_action = ProfilerAction.NONE

    def step(self) -> None:
        """End a step: the schedule says what to do in the next one.

        Examples
        --------
        >>> from minigrad.profiler import profile, schedule
        >>> counts = []
        >>> count = lambda p: counts.append(len(p.events()))
        >>> with profile(schedule=schedule(wait=1, warmup=0, active=2), on_trace_ready=count) as p:
        ...     for _ in range(6):
        ...         y = mg.ones(3) + 1
        ...         p.step()
        >>> counts
        [2, 2]
        """
        before = self.current_action
        self.step_num += 1
        self.current_action = self._action()
        if self.schedule is None:
            return
        if before is ProfilerAction.RECORD_AND_SAVE or (before in _RECORDING and self.current_action not in _RECORDING):
            self._finish()
        if self.current_action in _RECORDING and _running is not self:
            self._records.clear()
            self._spent = 0
            self._record()

    # ---- recording -------------------------------------------------------------------------------------------------

    def _record(self) -> None:
        global _running
        if _running is not None:
            raise RuntimeError("profile: another profile is running; leave its `with` block, or stop() it, first")
        _running = self
        put = self._replacements.put
        self._replacements.put_on_operations(lambda op: put(op, "compute", partial(self._timed, op.name)))
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

    def _finish(self) -> None:
        global _running
        if _running is not self:
            raise RuntimeError("profile: it is not running")
        self._spent += perf_counter_ns() - self._started
        self._replacements.take_back()
        _running = None
        if self.on_trace_ready is not None:
            self.on_trace_ready(self)

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

    @property
    def self_cpu_time_total(self) -> float:
        """The microseconds of everything recorded, each counted once."""
        return sum(event.self_time for event in self.events()) / 1000

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0) -> Averages:
        """Return the events added up by name and phase.

        Parameters
        ----------
        group_by_input_shape : bool, default False
            Keep those apart that were given arrays of other shapes.
        group_by_stack_n : int
            For compatibility: there are no stacks.

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
        self, sort_by: str | None = "self_cpu_time_total", row_limit: int = 100, group_by_input_shape: bool = False
    ) -> str:
        """``key_averages(group_by_input_shape).table(sort_by, row_limit)``: see `Averages.table`."""
        return self.key_averages(group_by_input_shape).table(sort_by, row_limit)

    def add_metadata(self, key: str, value: str) -> None:
        """Put a text beside the events of `export_chrome_trace`, under a key of your own."""
        self._metadata[key] = value

    def add_metadata_json(self, key: str, value: str) -> None:
        """Put what the JSON in `value` means beside the events of `export_chrome_trace`.

        Raises
        ------
        ValueError
            If it is no JSON.
        """
        self._metadata[key] = json.loads(value)

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
            json.dump({**self._metadata, "traceEvents": events, "displayTimeUnit": "ms"}, file)


class record_function(contextlib.ContextDecorator):
    """Context manager, or decorator of a function, that names what is done inside in the profile that is running.

    Parameters
    ----------
    name : str
    args : str, optional
        Added to the name, in brackets.

    Examples
    --------
    >>> from minigrad.profiler import profile, record_function
    >>> with profile() as p:
    ...     with record_function("my block"):
    ...         y = mg.ones(3) + 1
    >>> [e.name for e in p.events()][-2:]
    ['add', 'my block']
    """

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name, self.args = name, args

    def _recreate_cm(self) -> record_function:
        return type(self)(self.name, self.args)  # a decorated function may call itself, or run in several threads

    def __enter__(self) -> record_function:
        shown = self.name if self.args is None else f"{self.name} [{self.args}]"
        self._state = None if _running is None else _running._state
        self._begun = None if self._state is None else self._state.begin(shown)
        return self

    def __exit__(self, *error: Any) -> None:
        if self._state is not None and self._begun is not None:
            self._state.end(self._begun)
