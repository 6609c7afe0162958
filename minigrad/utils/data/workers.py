"""Threads that prepare batches ahead of time and hand them over in order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

END = object()  # instead of a batch: this worker's stream is at its end
_this_thread = threading.local()


@dataclass(frozen=True)
class WorkerInfo:
    """What a worker knows of itself.

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
    """Which worker of a :class:`~minigrad.utils.data.DataLoader` runs this code; None outside of workers.

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


class Worker:
    """One thread that works off what it is told, in that order."""

    def __init__(self, info: WorkerInfo, fetch: Callable[..., Any]):
        self.info = info
        self.fetch = fetch
        self.stuck = False
        name = f"minigrad-worker-{info.id}"
        self.pool = ThreadPoolExecutor(1, name, initializer=setattr, initargs=(_this_thread, "worker", info))

    def result(self, future: Future[Any], timeout: float) -> Any:
        """What the thread returned or raised; RuntimeError after `timeout` seconds (0: never)."""
        self.stuck = timeout > 0 and not wait([future], timeout).done
        try:
            if self.stuck:
                raise RuntimeError(
                    f"DataLoader: worker {self.info.id} gave no batch within {timeout} seconds; "
                    "is the data set stuck, or the timeout too short?"
                )
            return future.result()
        finally:
            del future  # it holds its exception, which holds this frame


def in_turns(workers: Sequence[Worker], tasks: Iterator[Any], ahead: int, timeout: float) -> Iterator[Any]:
    """Deal tasks out to the workers in turns, `ahead` for each of them, and yield the results in that order.

    A worker that returns END gets no more tasks.
    """
    turns = deque(workers)
    pending: deque[tuple[Worker, Future[Any]]] = deque()

    def deal() -> None:
        task = next(tasks, None) if turns else None
        if task is not None:
            pending.append((turns[0], turns[0].pool.submit(turns[0].fetch, *task)))
            turns.rotate(-1)

    for _ in range(ahead * len(workers)):
        deal()
    while pending:
        worker, future = pending.popleft()
        try:
            result = worker.result(future, timeout)
        finally:
            del future  # as above
        if result is END and worker in turns:
            turns.remove(worker)
        deal()
        if result is not END:
            yield result


def stop(workers: Sequence[Worker]) -> None:
    """End the threads: what has not begun is dropped, what has is waited for, unless it is stuck."""
    for worker in workers:
        worker.pool.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        worker.pool.shutdown(wait=not worker.stuck)
