"""The loader: from a data set to an iterable of batches."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from typing import Any, Generic, TypeVar

from minigrad.random import Generator, get_generator, use_generator
from minigrad.utils.data.collate import default_collate, default_convert
from minigrad.utils.data.dataset import IterableDataset, fetch
from minigrad.utils.data.sampler import BatchSampler, RandomSampler, SequentialSampler
from minigrad.utils.data.workers import END, Worker, WorkerInfo, in_turns, stop

T_co = TypeVar("T_co", covariant=True)


class DataLoader(Generic[T_co]):
    """Iterate over a data set in batches, optionally shuffled and prepared by workers ahead of time.

    Parameters
    ----------
    dataset : Dataset
        With ``__getitem__`` and ``__len__``, or an :class:`~minigrad.utils.data.IterableDataset`. Where it has
        ``__getitems__`` a batch is fetched by one call (see :class:`~minigrad.utils.data.Batch`).
    batch_size : int or None
        Samples a batch. None: samples one by one, as they are (arrays become Tensors).
    shuffle : bool, optional
        Visit the samples in a new random order in each epoch.
    sampler, batch_sampler : iterable, optional
        The indices, or the lists of indices, to visit instead.
    num_workers : int
        Threads that prepare batches ahead of time; 0: they are made when asked for.
    collate_fn : callable, optional
        From a list of samples to a batch; :func:`~minigrad.utils.data.default_collate` where omitted.
    drop_last : bool
        Leave out a last batch that is smaller than the others.
    timeout : float
        Seconds to wait for a worker's batch before RuntimeError is raised; 0: for ever.
    worker_init_fn : callable, optional
        Called with its number in each worker when an epoch starts.
    generator : Generator, optional
        The source of randomness; the default generator where omitted.
    prefetch_factor : int, optional
        Batches a worker prepares ahead; 2 where omitted.
    pin_memory, pin_memory_device, persistent_workers, in_order
        For compatibility: there is no other memory to pin; threads start in microseconds, so every epoch starts
        its own; and batches always keep their order.
    multiprocessing_context
        For compatibility: only None, since workers are threads.

    Raises
    ------
    ValueError
        For options that exclude each other or are out of range.

    Notes
    -----
    *Workers are threads.* NumPy, image decoders and file reads release the interpreter's lock where they spend
    their time, nothing is pickled or copied between processes, the data set exists once, and lambdas work
    everywhere. Python code between those calls does not run in parallel. A data set must bear to be read by
    several threads at a time. An exception in a worker reaches the caller as it is, with its traceback. When
    iteration ends, also early, its threads end.

    *Randomness is reproducible.* When iteration starts, the whole order and one seed are drawn from `generator`,
    so its state at that moment is all that it takes to repeat the epoch. While batch i is fetched and collated,
    the functions of ``minigrad.random`` draw (without a generator of their own) from a stream for batch i alone:
    order and augmentations are the same whatever the number of workers, and no two batches share random
    numbers. (PyTorch has one stream a worker, and so its augmentations change with their number.) For other
    sources of randomness a worker has its seed in :func:`get_worker_info`.

    Examples
    --------
    >>> from minigrad.utils.data import DataLoader, TensorDataset
    >>> loader = DataLoader(TensorDataset(mg.arange(5)), batch_size=2)
    >>> len(loader), [x.tolist() for (x,) in loader]
    (3, [[0, 1], [2, 3], [4]])
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[Any] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], Any] | None = None,
        multiprocessing_context: None = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ):
        _check_sampling(dataset, batch_size, shuffle, sampler, batch_sampler, drop_last)
        _check_workers(num_workers, timeout, prefetch_factor, persistent_workers, multiprocessing_context)
        if batch_sampler is not None:
            batch_size, drop_last = None, False
        elif sampler is None and not isinstance(dataset, IterableDataset):
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if sampler is not None and batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        automatic = batch_sampler is not None or batch_size is not None
        self.dataset = dataset
        self.batch_size = batch_size
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.num_workers = num_workers
        self.collate_fn = collate_fn or (default_collate if automatic else default_convert)
        self.pin_memory = pin_memory
        self.drop_last = drop_last
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.generator = generator
        self.prefetch_factor = 2 if prefetch_factor is None and num_workers else prefetch_factor
        self.persistent_workers = persistent_workers

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("dataset", "batch_size", "sampler", "batch_sampler", "drop_last") and name in self.__dict__:
            raise ValueError(f"DataLoader: {name} cannot be changed any more; make another DataLoader")
        super().__setattr__(name, value)

    def __len__(self) -> int:
        source = self.sampler if self.batch_sampler is None else self.batch_sampler
        if source is not None:
            return len(source)  # type: ignore[arg-type]
        samples = len(self.dataset)
        if self.batch_size is None:
            return samples
        return samples // self.batch_size if self.drop_last else -(-samples // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        worker_seed, batch_seed = get_generator(self.generator).rng.integers(2**63, size=2).tolist()
        source = self.sampler if self.batch_sampler is None else self.batch_sampler
        indices = itertools.repeat(None) if source is None else iter(source)
        tasks = ((batch_seed + i, at) for i, at in enumerate(indices))
        return self._work(tasks, worker_seed) if self.num_workers else self._serve(tasks)

    def _serve(self, tasks: Iterator[tuple[int, Any]]) -> Iterator[Any]:
        fetcher = self._fetcher(self.dataset)
        for task in tasks:
            batch = fetcher(*task)
            if batch is END:
                return
            yield batch

    def _work(self, tasks: Iterator[tuple[int, Any]], seed: int) -> Iterator[Any]:
        workers: list[Worker] = []
        try:
            for i in range(self.num_workers):
                info = WorkerInfo(i, self.num_workers, seed + i, copy(self.dataset))
                workers.append(Worker(info, self._fetcher(info.dataset)))
            if self.worker_init_fn is not None:
                init = _seeded(self.worker_init_fn)
                begun = [worker.pool.submit(init, worker.info.seed, worker.info.id) for worker in workers]
                for worker, future in zip(workers, begun, strict=True):
                    worker.result(future, self.timeout)
            yield from in_turns(workers, tasks, self.prefetch_factor or 1, self.timeout)
        finally:
            stop(workers)

    def _fetcher(self, dataset: Any) -> Callable[[int, Any], Any]:
        """A function of a seed and of what the sampler gave that returns the batch, or END."""
        collate = self.collate_fn
        if isinstance(dataset, IterableDataset):
            return _seeded(_stream_reader(dataset, self.batch_size, self.drop_last, collate))
        if self.batch_sampler is None:
            return _seeded(lambda index: collate(dataset[index]))
        return _seeded(lambda indices: collate(fetch(dataset, indices)))


def _seeded(function: Callable[[Any], Any]) -> Callable[[int, Any], Any]:
    """`function`, drawing its random numbers from a stream of its own."""

    def run(seed: int, argument: Any) -> Any:
        with use_generator(Generator().manual_seed(seed)):
            return function(argument)

    return run


def _stream_reader(
    dataset: Any, batch_size: int | None, drop_last: bool, collate: Callable[[Any], Any]
) -> Callable[[Any], Any]:
    iterator: Iterator[Any] | None = None

    def read(_: Any) -> Any:
        nonlocal iterator
        if iterator is None:
            iterator = iter(dataset)
        if batch_size is None:
            sample = next(iterator, END)
            return END if sample is END else collate(sample)
        samples = list(itertools.islice(iterator, batch_size))
        return END if not samples or (drop_last and len(samples) < batch_size) else collate(samples)

    return read


def _check_sampling(
    dataset: Any, batch_size: int | None, shuffle: bool | None, sampler: Any, batch_sampler: Any, drop_last: bool
) -> None:
    if isinstance(dataset, IterableDataset):
        given = {"shuffle": shuffle or None, "sampler": sampler, "batch_sampler": batch_sampler}
        for name, value in given.items():
            if value is not None:
                raise ValueError(f"DataLoader: an IterableDataset has an order of its own, got {name}={value!r}")
    if sampler is not None and shuffle:
        raise ValueError("DataLoader: sampler and shuffle exclude each other; leave out shuffle")
    if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
        raise ValueError("DataLoader: batch_sampler excludes batch_size, shuffle, sampler and drop_last")
    if batch_size is None and drop_last:
        raise ValueError("DataLoader: drop_last needs batches, got batch_size=None")
    if batch_size is not None and (not isinstance(batch_size, int) or batch_size <= 0):
        raise ValueError(f"DataLoader: batch_size as a positive integer or None expected, got {batch_size!r}")


def _check_workers(
    num_workers: int, timeout: float, prefetch_factor: int | None, persistent_workers: bool, context: Any
) -> None:
    if num_workers < 0:
        raise ValueError(f"DataLoader: num_workers of 0 or more expected, got {num_workers}")
    if timeout < 0:
        raise ValueError(f"DataLoader: timeout of 0 or more expected, got {timeout}")
    if num_workers == 0 and (timeout or persistent_workers or prefetch_factor is not None):
        raise ValueError("DataLoader: timeout, persistent_workers and prefetch_factor need num_workers > 0")
    if prefetch_factor is not None and prefetch_factor <= 0:
        raise ValueError(f"DataLoader: prefetch_factor of 1 or more expected, got {prefetch_factor}")
    if context is not None:
        raise ValueError("DataLoader: workers are threads; leave out multiprocessing_context")
