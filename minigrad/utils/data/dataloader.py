"""The loader: from a data set to an iterable of batches."""

from __future__ import annotations

import itertools
import numbers
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from typing import Any, Generic, TypeVar, overload

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.random import Generator, get_generator, use_generator
from minigrad.utils.data.collate import default_collate, default_convert
from minigrad.utils.data.dataset import Indexed, IterableDataset, fetch
from minigrad.utils.data.sampler import BatchSampler, RandomSampler, SequentialSampler, iterable, positive, take
from minigrad.utils.data.workers import END, Worker, WorkerInfo, get_worker_info, in_turns, stop

__all__ = ["DataLoader", "default_collate", "default_convert", "get_worker_info"]

T_co = TypeVar("T_co", covariant=True)
Made = TypeVar("Made")  # a batch
Stacked = Tensor | np.ndarray | np.generic | int | float  # what default_collate makes a Tensor of


class Unknown:
    """Only Any passes for this. Of samples whose types are not known, the batches are not known either."""


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
        Seconds to wait for a worker's batch before RuntimeError is raised; 0: without limit.
    worker_init_fn : callable, optional
        Called with its number in each worker when an epoch starts. If it calls ``manual_seed``, all batches of that
        worker draw from the generator that it seeded.
    generator : Generator, optional
        The source of randomness; the default generator where omitted.
    prefetch_factor : int, optional
        Batches a worker prepares ahead; 2 where omitted.
    pin_memory, pin_memory_device, persistent_workers, in_order
        For compatibility: there is no other memory to pin; threads start in microseconds, so every epoch starts
        its own; and batches always keep their order.
    multiprocessing_context
        For compatibility, the name of a way to start processes or a context of multiprocessing: workers are threads.

    Raises
    ------
    ValueError
        For options that exclude each other or are out of range.

    Notes
    -----
    *Workers are threads.* NumPy, image decoders and file reads release the interpreter's lock where they spend
    their time, nothing is pickled or copied between processes, the data set exists once, and lambdas work
    everywhere. Python code between those calls does not run in parallel. A data set must allow several threads to
    read it at a time. An exception, in a worker or not, reaches the caller as it is, with its traceback, in the
    place of its batch; a loop that catches it goes on with the next batch. The threads end with the iteration.

    *Randomness is reproducible.* When iteration starts, the whole order and one seed are drawn from `generator`,
    so its state at that moment is all that it takes to repeat the epoch. While batch i is fetched and collated,
    the functions of ``minigrad.random`` draw (without a generator of their own) from a stream for batch i alone:
    order and augmentations are the same whatever the number of workers, and no two batches share random
    numbers. (PyTorch has one stream per worker, and so its augmentations change with their number.) For other
    sources of randomness a worker has its seed in :func:`get_worker_info`.

    Examples
    --------
    >>> from minigrad.utils.data import DataLoader, TensorDataset
    >>> loader = DataLoader(TensorDataset(mg.arange(5)), batch_size=2)
    >>> len(loader), [x.tolist() for (x,) in loader]
    (3, [[0, 1], [2, 3], [4]])
    """

    @overload
    def __init__(
        self,
        dataset: Indexed[T_co],
        batch_size: int | None = ...,
        shuffle: bool | None = ...,
        sampler: Iterable[Any] | None = ...,
        batch_sampler: Iterable[Any] | None = ...,
        num_workers: int = ...,
        collate_fn: None = ...,
        pin_memory: bool = ...,
        drop_last: bool = ...,
        timeout: float = ...,
        worker_init_fn: Callable[[int], Any] | None = ...,
        multiprocessing_context: Any = ...,
        generator: Generator | None = ...,
        *,
        prefetch_factor: int | None = ...,
        persistent_workers: bool = ...,
        pin_memory_device: str = ...,
        in_order: bool = ...,
    ) -> None: ...
    @overload  # a collate_fn may return anything
    def __init__(
        self: DataLoader[Any],
        dataset: Indexed[Any],
        batch_size: int | None = ...,
        shuffle: bool | None = ...,
        sampler: Iterable[Any] | None = ...,
        batch_sampler: Iterable[Any] | None = ...,
        num_workers: int = ...,
        *,
        collate_fn: Callable[[Any], Any] | None,
        pin_memory: bool = ...,
        drop_last: bool = ...,
        timeout: float = ...,
        worker_init_fn: Callable[[int], Any] | None = ...,
        multiprocessing_context: Any = ...,
        generator: Generator | None = ...,
        prefetch_factor: int | None = ...,
        persistent_workers: bool = ...,
        pin_memory_device: str = ...,
        in_order: bool = ...,
    ) -> None: ...
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
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        _check_sampling(dataset, batch_size, shuffle, sampler, batch_sampler, drop_last)
        _check_workers(num_workers, timeout, prefetch_factor, persistent_workers, multiprocessing_context)
        for name, function in (("collate_fn", collate_fn), ("worker_init_fn", worker_init_fn)):
            if function is not None and not callable(function):
                raise TypeError(f"DataLoader: expected a function for {name}, got {type(function).__name__}")
        get_generator(generator)  # raises where it is none
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
        self.multiprocessing_context = multiprocessing_context
        self.pin_memory_device = pin_memory_device
        self.in_order = in_order

    def __setattr__(self, name: str, value: Any) -> None:
        fixed = ("dataset", "batch_size", "sampler", "batch_sampler", "drop_last", "persistent_workers")
        if name in fixed and name in self.__dict__:
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

    @overload
    def __iter__(
        self: DataLoader[Unknown | tuple[Unknown, ...] | tuple[Any, Unknown] | Mapping[str, Unknown]],
    ) -> Batches[Any]: ...
    @overload
    def __iter__(self: DataLoader[tuple[Stacked, ...]]) -> Batches[list[Tensor]]: ...
    @overload
    def __iter__(self: DataLoader[Tensor | np.ndarray]) -> Batches[Tensor]: ...
    @overload
    def __iter__(self: DataLoader[Mapping[str, Stacked]]) -> Batches[dict[str, Tensor]]: ...
    @overload
    def __iter__(self) -> Batches[Any]: ...
    def __iter__(self) -> Batches[Any]:
        worker_seed, batch_seed = get_generator(self.generator).rng.integers(2**63, size=2).tolist()
        source = self.sampler if self.batch_sampler is None else self.batch_sampler
        tasks = _tasks(batch_seed, itertools.repeat(None) if source is None else iter(source))
        return Batches(self, self._work(tasks, worker_seed) if self.num_workers else self._serve(tasks))

    def _serve(self, tasks: Iterator[tuple[int, Any]]) -> Iterator[Any]:
        fetcher = self._fetcher(self.dataset, [])
        for task in tasks:
            batch = fetcher(*task)
            if batch is END:
                return
            yield batch

    def _work(self, tasks: Iterator[tuple[int, Any]], seed: int) -> Iterator[Any]:
        workers: list[Worker] = []
        streams: list[list[Generator]] = []
        try:
            for i in range(self.num_workers):
                info = WorkerInfo(i, self.num_workers, seed + i, _shallow(self.dataset))
                streams.append([])
                workers.append(Worker(info, self._fetcher(info.dataset, streams[i])))
            if self.worker_init_fn is not None:
                begun = [w.pool.submit(self._begin, w.info, own) for w, own in zip(workers, streams, strict=True)]
                for worker, future in zip(workers, begun, strict=True):
                    worker.result(future, self.timeout)
            yield from in_turns(workers, tasks, self.prefetch_factor or 1, self.timeout)
        finally:
            stop(workers)

    def _begin(self, info: WorkerInfo, stream: list[Generator]) -> None:
        """Call `worker_init_fn`. If it seeds the default generator, that is the one for all batches of the worker."""
        with use_generator(Generator().manual_seed(info.seed)) as generator:
            self.worker_init_fn(info.id)  # type: ignore[misc]  # called only if there is one
        if generator.initial_seed() != info.seed:
            stream.append(generator)

    def _fetcher(self, dataset: Any, stream: list[Generator]) -> Callable[[int, Any], Any]:
        """Return a function of a seed and of what the sampler gave that returns the batch, a `_Failure`, or END.

        Its random numbers come from the generator in `stream`, if there is one, or from one of that seed.
        """
        collate = self.collate_fn
        read: Callable[[Any], Any]
        if isinstance(dataset, IterableDataset):
            read = _stream_reader(dataset, self.batch_size, self.drop_last, collate)
        elif self.batch_sampler is None:
            read = lambda index: collate(dataset[index])  # noqa: E731
        else:
            read = lambda indices: collate(fetch(dataset, indices))  # noqa: E731

        def attempt(seed: int, at: Any) -> Any:
            if isinstance(at, _Failure):
                return at
            try:
                with use_generator(stream[0] if stream else Generator().manual_seed(seed)):
                    return read(at)
            except Exception as error:
                return _Failure(error)

        return attempt


class Batches(Iterator[Made]):
    """An iterator over a `DataLoader`. An error takes the place of one batch: the next can be asked for."""

    def __init__(self, loader: DataLoader[Any], results: Any) -> None:
        self._loader, self._results = loader, results

    def __len__(self) -> int:
        return len(self._loader)

    def __next__(self) -> Made:
        result = next(self._results)
        if not isinstance(result, _Failure):
            return result
        error = result.taken()
        del self, result  # the error holds this frame; the workers must end if nothing else is left of the loop
        try:
            if isinstance(error, StopIteration):  # which would look like the end of the epoch
                raise RuntimeError("DataLoader: the data set, or collate_fn, raised StopIteration") from error
            raise error
        finally:
            del error

    def close(self) -> None:
        """End the iteration, and the workers."""
        self._results.close()


class _Failure:
    """An error in the place of a batch."""

    def __init__(self, error: Exception) -> None:
        self._error = [error]

    def taken(self) -> Exception:
        """Return the error, which from now on is the caller's."""
        return self._error.pop()


def _tasks(seed: int, indices: Iterator[Any]) -> Iterator[tuple[int, Any]]:
    """Return a seed and what to fetch, for each batch; an error of the sampler comes where its batch would."""
    failure = None
    try:
        for i, at in enumerate(indices):
            yield seed + i, at
    except Exception as error:
        failure = _Failure(error)
    if failure is not None:
        yield seed, failure


def _shallow(dataset: Any) -> Any:
    """Return a copy, on which a worker may set attributes; or the data set itself, where it cannot be copied."""
    try:
        return copy(dataset)
    except Exception:  # it may hold anything, and delegate everything
        return dataset


def _stream_reader(
    dataset: Any, batch_size: int | None, drop_last: bool, collate: Callable[[Any], Any]
) -> Callable[[Any], Any]:
    iterator: Iterator[Any] | None = None
    ended = False  # it is not asked again then

    def read(_: Any) -> Any:
        nonlocal iterator, ended
        if ended:
            return END
        if iterator is None:
            iterator = iter(dataset)
        samples = take(iterator, batch_size or 1)
        ended = len(samples) < (batch_size or 1)
        if not samples or (drop_last and ended):
            return END
        return collate(samples[0] if batch_size is None else samples)

    return read


def _check_sampling(
    dataset: Any, batch_size: int | None, shuffle: bool | None, sampler: Any, batch_sampler: Any, drop_last: bool
) -> None:
    if isinstance(dataset, IterableDataset):
        given = {"shuffle": shuffle or None, "sampler": sampler, "batch_sampler": batch_sampler}
        for name, value in given.items():
            if value is not None:
                raise ValueError(f"DataLoader: an IterableDataset has an order of its own, got {name}={value!r}")
    elif not hasattr(dataset, "__getitem__") and not hasattr(dataset, "__getitems__"):
        raise TypeError(
            "DataLoader: expected a dataset with __getitem__ and __len__, or an IterableDataset, "
            f"got {type(dataset).__name__}"
        )
    if sampler is not None and shuffle:
        raise ValueError("DataLoader: sampler and shuffle exclude each other; leave out shuffle")
    if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
        raise ValueError("DataLoader: batch_sampler excludes batch_size, shuffle, sampler and drop_last")
    if batch_size is None and drop_last:
        raise ValueError("DataLoader: drop_last needs batches, got batch_size=None")
    if batch_size is not None:
        positive("DataLoader", "batch_size", batch_size)
    if not isinstance(drop_last, bool):
        raise ValueError(f"DataLoader: expected drop_last as a bool, got {drop_last!r}")
    for name, value in (("sampler", sampler), ("batch_sampler", batch_sampler)):
        if isinstance(value, (str, bytes)):
            raise TypeError(
                f"DataLoader: expected an iterable of indices for {name}, got {value!r}; did you mean shuffle?"
            )
        if value is not None:
            iterable("DataLoader", name, value)


def _check_workers(
    num_workers: int, timeout: float, prefetch_factor: int | None, persistent_workers: bool, context: Any
) -> None:
    _not_negative("num_workers", num_workers, numbers.Integral)
    _not_negative("timeout", timeout, numbers.Real)
    if num_workers == 0 and (timeout or persistent_workers or prefetch_factor is not None):
        raise ValueError("DataLoader: timeout, persistent_workers and prefetch_factor need num_workers > 0")
    if prefetch_factor is not None:
        _not_negative("prefetch_factor", prefetch_factor, numbers.Integral, least=1)
    if context is not None:
        _check_context(context, num_workers)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if num_workers > cores:
        warnings.warn(
            f"DataLoader: num_workers={num_workers}, but this process may use {cores} cores; more workers than cores "
            "help only if they wait for files or for a network most of the time",
            UserWarning,
            stacklevel=3,
        )


def _check_context(context: Any, num_workers: int) -> None:
    if num_workers == 0:
        raise ValueError(f"DataLoader: multiprocessing_context needs num_workers > 0, got {context!r}")
    if isinstance(context, str) and context not in ("fork", "spawn", "forkserver"):
        raise ValueError(
            f"DataLoader: expected multiprocessing_context 'fork', 'spawn' or 'forkserver', got {context!r}"
        )
    if not isinstance(context, str) and not hasattr(context, "Process"):
        raise TypeError(
            f"DataLoader: expected a name or a context of multiprocessing as multiprocessing_context, got {context!r}"
        )


def _not_negative(name: str, value: Any, kind: Any, least: int = 0) -> None:
    if isinstance(value, bool) or not isinstance(value, kind):
        wanted = "an integer" if kind is numbers.Integral else "a number"
        raise TypeError(f"DataLoader: expected {wanted} for {name}, got {name}={value!r}")
    if not value >= least:
        raise ValueError(f"DataLoader: expected {name} of {least} or more, got {value}")
