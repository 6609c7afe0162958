"""Threads inside kernels: one pool for the process, and BLAS held to one thread meanwhile.

NumPy lets go of the interpreter while it copies, computes and multiplies, so threads that call it run side by side.
But handing work to another thread takes about 100 us: only what takes several times that is worth cutting up. A kernel
cuts its work into pieces by its size alone, never by the number of threads, and each piece has a place of its own for
its result: so results are the same to the last bit, whoever computes what.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from queue import SimpleQueue
from types import TracebackType
from typing import Any

import numpy as np

__all__ = ["get_num_threads", "set_num_threads", "run", "alone", "share", "by_slices", "blas_held"]

WORTH_SHARING = 50_000_000  # multiplications, in pieces of several calls each: about 1 ms in one thread

WORTH_SLICING = 1 << 21  # elements, each read and written once or more: about 1 ms in one thread
SLICES = 4


def _usable_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _initial_threads() -> int:
    wanted = os.environ.get("MINIGRAD_NUM_THREADS", "")
    if not wanted:
        return _usable_cores()
    if not wanted.isdecimal() or int(wanted) < 1:
        raise ValueError(f"MINIGRAD_NUM_THREADS: expected a whole number of 1 or more, got {wanted!r}")
    return int(wanted)


_threads = _initial_threads()


def get_num_threads() -> int:
    """How many threads an operation may use.

    At first the number of cores that this process may use, or what the environment variable ``MINIGRAD_NUM_THREADS``
    says.

    Examples
    --------
    >>> mg.get_num_threads() >= 1
    True
    """
    return _threads


def set_num_threads(int: int) -> None:
    """Set how many threads an operation may use, in the whole process. Results do not depend on it, to the last bit.

    Raises
    ------
    TypeError, ValueError
        Unless it is a whole number of 1 or more.

    Examples
    --------
    >>> before = mg.get_num_threads()
    >>> mg.set_num_threads(1)
    >>> mg.get_num_threads()
    1
    >>> mg.set_num_threads(before)
    """
    global _threads
    if isinstance(int, bool) or not hasattr(int, "__index__"):
        raise TypeError(f"set_num_threads: expected an int, got {int!r}")
    if int < 1:
        raise ValueError(f"set_num_threads: expected 1 or more threads, got {int}")
    _threads = int.__index__()


# ---- BLAS ------------------------------------------------------------------------------------------------------------


class _BlasHeld:
    """A context in which NumPy's BLAS uses one thread; several threads may be in it, and each may enter it again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._libraries: list[Any] | None = None
        self._before: list[tuple[Any, int]] = []

    def __enter__(self) -> None:
        with self._lock:
            if self._libraries is None:
                self._libraries = _blas_libraries()
            self._inside += 1
            if self._inside == 1:
                for library in self._libraries:
                    count = library.get_num_threads()
                    if count != 1:
                        self._before.append((library, count))
                        library.set_num_threads(1)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._inside -= 1
            while not self._inside and self._before:
                library, count = self._before.pop()
                library.set_num_threads(count)


def _blas_libraries() -> list[Any]:
    from threadpoolctl import ThreadpoolController  # looks at every loaded library: when it is needed

    return ThreadpoolController().select(user_api="blas").lib_controllers


blas_held = _BlasHeld()


# ---- the pool --------------------------------------------------------------------------------------------------------


class _Job:
    """Pieces of work, for the threads that join in."""

    def __init__(self, function: Callable[[Any], None], pieces: Iterable[Any]) -> None:
        self.function: Callable[[Any], None] = function
        self.pieces = deque(pieces)
        self.errors: list[BaseException] = []
        self._floats: dict[str, Any] = {**np.geterr(), "call": np.geterrcall()}  # settings of each thread, or context
        self._lock = threading.Lock()
        self._helpers, self._closed = 0, False
        self._left = threading.Event()

    def work(self) -> None:
        """Do pieces until there are no more; after an error in any of them, the others are left."""
        try:
            while self.pieces:
                try:
                    piece = self.pieces.popleft()
                except IndexError:  # another thread was quicker
                    return
                self.function(piece)
        except BaseException as error:
            self.errors.append(error)
            self.pieces.clear()

    def help(self) -> None:
        """`work` in a thread of the pool; nothing where the job is over before that thread wakes up."""
        with self._lock:
            if self._closed:
                return
            self._helpers += 1
        with np.errstate(**self._floats):
            self.work()
        with self._lock:
            self._helpers -= 1
            if not self._helpers:
                self._left.set()

    def close(self) -> None:
        """Let nobody join any more, and wait for those who have, also after an interrupt: they write to the results."""
        with self._lock:
            self._closed = True
            if self._helpers:
                self._left.clear()
            else:
                self._left.set()
        while not self._left.is_set():
            try:
                self._left.wait()
            except BaseException as error:
                self.errors.append(error)
                self.pieces.clear()
        self.function = _nothing  # a busy thread may find this job long after: its arrays shall not wait for that


def _nothing(piece: Any) -> None:
    """What is left to do of a job that is over."""


class _Busy(threading.local):
    """Whether this thread is doing a piece of something: it then does all of what it meets on its way itself."""

    now = False


_busy = _Busy()
_jobs: SimpleQueue[_Job] = SimpleQueue()
_workers: list[threading.Thread] = []
_hiring = threading.Lock()


def _serve(jobs: SimpleQueue[_Job]) -> None:
    _busy.now = True
    while True:
        jobs.get().help()


def _hire(count: int) -> int:
    """Have so many threads in the pool, or as many as the system has to give, and return the number."""
    if len(_workers) < count:
        with _hiring:
            while len(_workers) < count:
                name = f"minigrad-{len(_workers) + 1}"
                worker = threading.Thread(target=_serve, args=(_jobs,), name=name, daemon=True)
                try:
                    worker.start()
                except RuntimeError:  # there are no more, or Python is about to end
                    break
                _workers.append(worker)
    return min(count, len(_workers))


def _forget_pool() -> None:
    """After a fork, threads are with the parent only."""
    global _jobs, _hiring
    _jobs, _hiring = SimpleQueue(), threading.Lock()
    blas_held._lock = threading.Lock()
    _workers.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_pool)


def alone() -> bool:
    """Whether `run` would do everything in this thread: there is only one, or it is doing a piece of something."""
    return _threads == 1 or _busy.now


def run(function: Callable[[Any], None], pieces: Iterable[Any]) -> None:
    """Call ``function(piece)`` for every piece, in this thread and the pool's, in any order.

    Returns when all is done. BLAS uses one thread meanwhile. An error in a piece is raised here, when no thread is at
    work any more.
    """
    with blas_held:
        if alone():
            for piece in pieces:
                function(piece)
            return
        job = _Job(function, pieces)
        helpers = _hire(min(_threads, len(job.pieces)) - 1)
        try:
            _busy.now = True
            for _ in range(helpers):
                _jobs.put(job)
            job.work()
        finally:
            _busy.now = False
            job.close()
        if job.errors:
            raise job.errors.pop()  # not kept: it holds this frame, and the frame the job


def share(function: Callable[[Any], None], pieces: Sequence[Any], multiplications: int) -> None:
    """`run`, or where so many multiplications and additions are too few to be handed around, do all in this thread."""
    if multiplications >= WORTH_SHARING:
        run(function, pieces)
        return
    with blas_held:
        for piece in pieces:
            function(piece)


def by_slices(function: Callable[[tuple[Any, ...]], None], x: np.ndarray, axes: Iterable[int]) -> None:
    """Call ``function(place)`` for places that together are all of `x`: `run`, where x is large enough.

    It is cut along the one of the axes that comes first in memory, and not at all where there are none.
    """
    axis = None if x.size < WORTH_SLICING else max(axes, key=lambda a: abs(x.strides[a]), default=None)
    if axis is None or x.shape[axis] == 1:
        function((...,))
        return
    length = x.shape[axis]
    count = min(length, SLICES)
    cuts = [length * i // count for i in range(count + 1)]
    run(function, [(slice(None),) * axis + (slice(a, b),) for a, b in zip(cuts[:-1], cuts[1:], strict=True)])
