"""Threads that prepare batches ahead of time and hand them over in order."""

from __future__ import annotations

import atexit
import math
import os
import reprlib
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from queue import SimpleQueue
from time import monotonic
from typing import Any

LOOK_AGAIN = 0.5  # seconds
END = object()  # instead of a batch: the stream of this worker has ended
PATIENCE_SECONDS = 5  # how long to wait for batches that workers have begun and nothing needs any more
_this_thread = threading.local()


@dataclass(frozen=True)
class WorkerInfo:
    """A worker's information on itself.

    Attributes
    ----------
    id : int
        From 0 to ``num_workers - 1``.
    num_workers : int
    seed : int
        Of this worker in this epoch, for a source of randomness of one's own: one number drawn from the loader's
        generator at the start of the epoch, plus `id`.
    dataset : Dataset
        This worker's shallow copy of the data set: its attributes may be set, its arrays are shared.
    """

    id: int
    num_workers: int
    seed: int
    dataset: Any


def get_worker_info() -> WorkerInfo | None:
    """Return which worker of a :class:`~minigrad.utils.data.DataLoader` runs this code; None outside of workers.

    Examples
    --------
    A stream of which each worker reads its own share:

    >>> from minigrad.utils.data import DataLoader, IterableDataset, get_worker_info
    >>> class Numbers(IterableDataset):
    ...     def __iter__(self):
    ...         info = get_worker_info()
    ...         return iter(range(6) if info is None else range(info.id, 6, info.num_workers))
    >>> [batch.tolist() for batch in DataLoader(Numbers(), batch_size=3, num_workers=2)]
    [[0, 2, 4], [1, 3, 5]]
    """
    return getattr(_this_thread, "worker", None)


def _done(future: Future[Any], timeout: float) -> bool:
    """Wait for it, and return whether it came.

    Python wakes up for a signal that comes while it waits, but not for one that comes just as it begins to; so that
    Ctrl-C is never lost, it looks again now and then.
    """
    end = monotonic() + timeout
    while not wait([future], max(0, min(LOOK_AGAIN, end - monotonic()))).done:
        if monotonic() >= end:
            return False
    return True


class Worker:
    """One thread that works off what it is told, in that order.

    It is a daemon: a data set that is stuck keeps neither the process from ending nor Ctrl-C from arriving.
    """

    def __init__(self, info: WorkerInfo, fetch: Callable[..., Any]) -> None:
        self.info = info
        self.fetch = fetch
        self.pool = _Thread(info)
        self._process = os.getpid()

    def result(self, future: Future[Any], timeout: float, index: Any = None, doing: str = "worker_init_fn") -> Any:
        """Return what the thread returned or raised; RuntimeError after `timeout` seconds (0: never).

        The error names the index that it was to fetch, or what else it was doing.
        """
        try:
            if self._process != os.getpid():
                raise RuntimeError(
                    "DataLoader: after a fork, the workers of this iterator are with the parent process; "
                    "iterate over the loader anew in the child"
                )
            self.pool.waiting = True  # and it stays so if Ctrl-C ends the wait
            self.pool.waiting = not _done(future, timeout or math.inf)
            if self.pool.waiting:
                at = doing if index is None else f"index {reprlib.repr(index)}"
                raise RuntimeError(
                    f"DataLoader: worker {self.info.id} gave no batch within {timeout} seconds for {at}; is the data "
                    f"set stuck, or the timeout too short? {self.pool.whereabouts()}"
                )
            return future.result()
        finally:
            del future  # it holds its exception, which holds this frame


class _Thread(threading.Thread):
    """A `ThreadPoolExecutor` of one thread whose end Python does not wait for."""

    def __init__(self, info: WorkerInfo) -> None:
        super().__init__(name=f"minigrad-worker-{info.id}", daemon=True)
        self.info = info
        self.waiting = False  # else its receiver would wait in vain
        self.tasks: SimpleQueue[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]] | None] = SimpleQueue()
        self.ending = False
        self.start()

    def submit(self, function: Callable[..., Any], *args: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.tasks.put((future, function, args))
        return future

    def run(self) -> None:
        _this_thread.worker = self.info
        while (task := self.tasks.get()) is not None and not self.ending:
            future, function, args = task
            try:
                future.set_result(function(*args))
            except BaseException as error:  # also SystemExit, which must end the caller and not this thread alone
                future.set_exception(error)
            del future, function, args, task  # they hold the error, which holds this frame

    def end(self) -> None:
        """End it after its present task."""
        self.ending = True
        self.tasks.put(None)

    def whereabouts(self) -> str:
        """Return the line that it is at."""
        frame = sys._current_frames().get(self.ident or 0)
        if frame is None:
            return "Its thread has ended."
        line = traceback.extract_stack(frame)[-1]
        return f"It is at {line.filename}, line {line.lineno}, in {line.name}."


def in_turns(workers: Sequence[Worker], tasks: Iterator[Any], ahead: int, timeout: float) -> Iterator[Any]:
    """Deal tasks out to the workers in turns, `ahead` for each of them, and yield the results in that order.

    A worker that returns END gets no more tasks.
    """
    turns = deque(workers)
    pending: deque[tuple[Worker, Future[Any], Any]] = deque()

    def deal() -> None:
        task = next(tasks, None) if turns else None
        if task is not None:
            pending.append((turns[0], turns[0].pool.submit(turns[0].fetch, *task), task[-1]))
            turns.rotate(-1)

    for _ in range(ahead * len(workers)):
        deal()
    while pending:
        worker, future, at = pending.popleft()
        try:
            result = worker.result(future, timeout, at, "its next samples")
        finally:
            del future  # as above
        if result is END and worker in turns:
            turns.remove(worker)
        deal()
        if result is not END:
            yield result


def stop(workers: Sequence[Worker]) -> None:
    """End the threads: what has not begun is dropped, what has is waited for, unless one of them is stuck."""
    _end([worker.pool for worker in workers])


def _end(threads: Sequence[_Thread]) -> None:
    for thread in threads:
        thread.end()
    until = monotonic() + (0 if any(thread.waiting for thread in threads) else PATIENCE_SECONDS)
    for thread in threads:
        if thread is not threading.current_thread():
            thread.join(max(0, until - monotonic()))


@atexit.register
def _end_all() -> None:
    """End all threads: one that writes while Python ends would stop it with an error."""
    _end([thread for thread in threading.enumerate() if isinstance(thread, _Thread)])
