"""Threads inside kernels: one pool for the process.

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
from contextvars import copy_context
from queue import SimpleQueue
from typing import Any

import numpy as np

from minigrad.kernels.blas import hold_blas, hold_blas_with
from minigrad.kernels.forking import lock

__all__ = ["get_num_threads", "set_num_threads", "run", "alone", "share", "by_slices", "in_slices"]

WORTH_SHARING = 15_000_000  # multiplications, in pieces of several calls each: about 0.5 ms in one thread

WORTH_SLICING = 1 << 21  # elements of a copy, or of what takes as long: about 0.4 ms in one thread
SLICES = 4


def usable_cores() -> int:
    """Return on how many cores this process may run."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _initial_threads() -> int:
    wanted = os.environ.get("MINIGRAD_NUM_THREADS", "")
    if not wanted:
        return usable_cores()
    if not wanted.isdecimal() or int(wanted) < 1:
        raise ValueError(f"MINIGRAD_NUM_THREADS: expected a whole number of 1 or more, got {wanted!r}")
    return int(wanted)


_threads = _initial_threads()


def get_num_threads() -> int:
    """Return how many threads an operation may use.

    At first the number of cores that this process may use, or what the environment variable ``MINIGRAD_NUM_THREADS``
    says.

    Examples
    --------
    >>> mg.get_num_threads() >= 1
    True
    """
    return _threads


def set_num_threads(int: int) -> None:
    """Set how many threads an operation may use, in the whole process; results are the same to the last bit.

    Raises
    ------
    TypeError, ValueError
        If it is not a whole number of 1 or more.

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
    if not 1 <= int < 2**31:
        raise ValueError(f"set_num_threads: expected 1 or more threads, less than 2**31, got {int}")
    _threads = int.__index__()


class _Job:
    """Pieces of work, for the threads that join in."""

    def __init__(self, function: Callable[[Any], None], pieces: Iterable[Any]) -> None:
        self.function: Callable[[Any], None] = function
        self.pieces = deque(pieces)
        self.errors: list[BaseException] = []
        self.over = False
        self._context = copy_context()  # NumPy's settings for floating-point errors are in it
        self._helpers, self._closed = 0, False
        self._left: threading.Lock | None = None  # released when the last helper has left a closed job

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
        """Work in a thread of the pool, unless the job is over before that thread wakes up."""
        with lock:
            if self._closed:
                return
            self._helpers += 1
        try:
            self._context.copy().run(hold_blas_with, self.work)
        except BaseException as error:  # the thread lives on, and the job knows
            self.errors.append(error)
        finally:
            with lock:
                self._helpers -= 1
                if not self._helpers and self._left is not None:
                    self._left.release()

    def close(self) -> None:
        """Close the job, and wait for those who joined, also after an interrupt: they write to the results."""
        with lock:
            self._closed = True
            if self._helpers and self._left is None:
                left = threading.Lock()
                left.acquire()
                self._left = left
        if self._helpers and self._left is not None:
            self._left.acquire()
        self.function = _nothing  # a busy thread may find this job long after: do not keep its arrays until then
        self.over = True

    def lose_helpers(self) -> None:
        """Forget those who joined, and the pieces that they began: after a fork only the parent has them."""
        if self._helpers:
            self._helpers = 0
            self.pieces.clear()
            self.errors.append(RuntimeError("fork: other threads did a part of this, and the child does not have them"))
            if self._left is not None:
                self._left.release()


def _nothing(piece: Any) -> None:
    """Do nothing: the job is over."""


class _Busy(threading.local):
    """Whether this thread does a piece of a job: it then does the jobs that it meets itself."""

    now = False
    job: _Job | None = None  # the job that it shares


_busy = _Busy()
_jobs: SimpleQueue[_Job] = SimpleQueue()
_workers: list[threading.Thread] = []


def _serve(jobs: SimpleQueue[_Job]) -> None:
    _busy.now = True
    while jobs is _jobs:  # false in a child process forked by a piece
        jobs.get().help()


def _hire(count: int) -> int:
    """Grow the pool to this many threads, or as many as the system allows, and return their number."""
    if len(_workers) < count:
        with lock:
            numbers = range(len(_workers) + 1, count + 1)
            made = [threading.Thread(target=_serve, args=(_jobs,), name=f"minigrad-{i}", daemon=True) for i in numbers]
            _workers.extend(made)
        for i, worker in enumerate(made):
            try:
                worker.start()
            except BaseException as error:  # there are no more, or Python is about to end
                for other in made[i:]:
                    _workers.remove(other)
                if not isinstance(error, RuntimeError):
                    raise
                break
    return min(count, len(_workers))


def _lose_threads() -> None:
    """Forget the threads and their work: after a fork only the parent has them."""
    global _jobs
    _jobs = SimpleQueue()
    _workers.clear()
    if _busy.job is not None:
        _busy.job.lose_helpers()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_lose_threads)


def alone() -> bool:
    """Return whether `run` would do everything in this thread: it is the only one, or busy with a piece of a job."""
    return _threads == 1 or _busy.now


def run(function: Callable[[Any], None], pieces: Iterable[Any]) -> None:
    """Call ``function(piece)`` for every piece, in this thread and the pool's, in any order.

    Returns when all is done. BLAS uses one thread meanwhile. An error in a piece is raised here, when no thread is at
    work any more.
    """
    hold_blas(_in_turn if alone() else _together, function, pieces)


def _in_turn(function: Callable[[Any], None], pieces: Iterable[Any]) -> None:
    for piece in pieces:
        function(piece)


def _together(function: Callable[[Any], None], pieces: Iterable[Any]) -> None:
    job = _Job(function, pieces)
    try:
        _busy.now, _busy.job = True, job
        for _ in range(_hire(min(_threads, len(job.pieces)) - 1)):
            _jobs.put(job)
        job.work()
    finally:
        while not job.over:
            try:
                job.close()
            except BaseException as error:
                job.errors.append(error)
                job.pieces.clear()
        _busy.now, _busy.job = False, None
    if job.errors:
        del job.errors[:-1]  # none is kept: it holds this frame, and the frame the job
        raise job.errors.pop()


def share(function: Callable[[Any], None], pieces: Sequence[Any], multiplications: int) -> None:
    """Call `run`, or do all in this thread if so few multiplications and additions do not pay for sharing."""
    if multiplications >= WORTH_SHARING:
        run(function, pieces)
    else:
        hold_blas(_in_turn, function, pieces)


def by_slices(function: Callable[[tuple[Any, ...]], None], x: np.ndarray, axes: Iterable[int]) -> None:
    """Call ``function(place)`` for places that together are all of `x`, by `run` if x is large enough.

    It is cut along the axis that comes first in memory, and not at all if there is none.
    """
    axis = None if x.size < WORTH_SLICING else max(axes, key=lambda a: abs(x.strides[a]), default=None)
    if axis is None or x.shape[axis] == 1:
        function((...,))
    else:
        before = (slice(None),) * axis
        in_slices(lambda part: function((*before, part)), x.shape[axis], x.size)


def in_slices(function: Callable[[slice], None], length: int, cost: int) -> None:
    """Call ``function(part)`` for parts that together are a dimension of this length, by `run` if it costs enough.

    cost : as many elements as a copy takes that long for
    """
    if cost < WORTH_SLICING or length < 2:
        function(slice(0, length))
    else:
        count = min(length, SLICES)
        run(function, [slice(length * i // count, length * (i + 1) // count) for i in range(count)])
