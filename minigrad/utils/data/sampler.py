"""The order in which a data set is visited.

Every random sampler draws its order when ``iter`` is called, or a seed for what is too long to be drawn at once: the
state of the generator at the start of an epoch is all that it takes to repeat the epoch.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import Any, Generic, TypeVar

import numpy as np

from minigrad.creation import as_tensor
from minigrad.random import Generator, get_generator, multinomial

T_co = TypeVar("T_co", covariant=True)
_END = object()
DRAWN_AT_ONCE = 2**16  # indices; scripts that count steps, not epochs, ask for 10**10


class Sampler(Generic[T_co]):
    """An iterable of indices (or, as ``batch_sampler``, of lists of them); a subclass defines ``__iter__``."""

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError(f"{type(self).__name__}: a Sampler needs an __iter__()")


class SequentialSampler(Sampler[int]):
    """0, 1, 2, ..., in that order."""

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self)))

    def __len__(self) -> int:
        return length("SequentialSampler", self.data_source)


class RandomSampler(Sampler[int]):
    """Indices in random order.

    Parameters
    ----------
    data_source : Sized
        The data set.
    replacement : bool
        Draw each index anew from all of them.
    num_samples : int, optional
        How many to draw; by default the size of the data set. Without replacement more of them than there are
        begin another permutation.
    generator : Generator, optional
        The source of randomness; the default generator where omitted.

    Raises
    ------
    ValueError
        If there is nothing to draw.

    Examples
    --------
    >>> from minigrad.utils.data import RandomSampler
    >>> sorted(RandomSampler("abcd"))
    [0, 1, 2, 3]
    """

    def __init__(
        self,
        data_source: Sized,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Generator | None = None,
    ) -> None:
        get_generator(generator)  # raises where it is none
        self.data_source = data_source
        self.replacement = replacement
        self._num_samples = num_samples
        self.generator = generator
        if not isinstance(replacement, bool):
            raise TypeError(f"RandomSampler: expected replacement as a bool, got {replacement!r}")
        positive("RandomSampler", "num_samples", self.num_samples)

    @property
    def num_samples(self) -> int:
        return length("RandomSampler", self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        n, wanted = length("RandomSampler", self.data_source), self.num_samples
        if n == 0:
            raise ValueError(f"RandomSampler: expected a data set with samples, got none to draw {wanted} from")
        rng = get_generator(self.generator).rng
        first = self._drawn(rng, n, wanted)
        if len(first) >= wanted:
            return iter(first[:wanted].tolist())
        rest = self._rest(np.random.default_rng(rng.integers(2**63)), n, wanted - len(first))
        return itertools.chain(first.tolist(), rest)

    def _drawn(self, rng: np.random.Generator, n: int, wanted: int) -> np.ndarray:
        return rng.integers(n, size=min(wanted, DRAWN_AT_ONCE)) if self.replacement else rng.permutation(n)

    def _rest(self, rng: np.random.Generator, n: int, wanted: int) -> Iterator[int]:
        while wanted > 0:
            drawn = self._drawn(rng, n, wanted)[:wanted]
            wanted -= len(drawn)
            yield from drawn.tolist()

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """The given indices in random order, without replacement."""

    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        if not hasattr(indices, "__len__") or not hasattr(indices, "__getitem__"):
            raise TypeError(f"SubsetRandomSampler: expected a sequence of indices, got {type(indices).__name__}")
        get_generator(generator)
        self.indices = indices
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        order = get_generator(self.generator).rng.permutation(len(self.indices))
        return iter([self.indices[i] for i in order.tolist()])

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """Indices drawn with probabilities proportional to `weights`, which need not add up to one.

    Parameters
    ----------
    weights : sequence of float, shape (N,)
    num_samples : int
        How many to draw in an epoch.
    replacement : bool
        Whether an index may come more than once.
    generator : Generator, optional

    Examples
    --------
    >>> from minigrad.utils.data import WeightedRandomSampler
    >>> list(WeightedRandomSampler([0.0, 1.0], 3))
    [1, 1, 1]
    """

    def __init__(
        self, weights: Any, num_samples: int, replacement: bool = True, generator: Generator | None = None
    ) -> None:
        if not isinstance(replacement, bool):
            raise ValueError(f"WeightedRandomSampler: expected replacement as a bool, got {replacement!r}")
        positive("WeightedRandomSampler", "num_samples", num_samples)
        self.weights = as_tensor(weights, dtype=np.float64)
        if self.weights.ndim != 1:
            shape = tuple(self.weights.shape)
            raise ValueError(f"WeightedRandomSampler: expected weights of shape (N,), got shape {shape}")
        values = self.weights._data
        if not np.isfinite(values).all() or (values < 0).any() or not values.any():
            raise RuntimeError("WeightedRandomSampler: expected weights of 0 or more, finite and not all 0")
        if not replacement and np.count_nonzero(values) < num_samples:
            raise RuntimeError(
                f"WeightedRandomSampler: num_samples={num_samples} without replacement needs as many weights above 0, "
                f"got {np.count_nonzero(values)}"
            )
        get_generator(generator)
        self.num_samples = num_samples
        self.replacement = replacement
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        weights = as_tensor(self.weights, dtype=np.float64)
        drawn = multinomial(weights, self.num_samples, self.replacement, generator=self.generator)
        return iter(drawn.tolist())

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[int]]):
    """Lists of `batch_size` indices of another sampler; `drop_last` leaves out a last list that is shorter.

    Examples
    --------
    >>> from minigrad.utils.data import BatchSampler, SequentialSampler
    >>> list(BatchSampler(SequentialSampler("abcde"), batch_size=2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    """

    def __init__(self, sampler: Iterable[int], batch_size: int, drop_last: bool) -> None:
        iterable("BatchSampler", "sampler", sampler)
        positive("BatchSampler", "batch_size", batch_size)
        if not isinstance(drop_last, bool):
            raise ValueError(f"BatchSampler: expected drop_last as a bool, got {drop_last!r}")
        self.sampler = sampler
        self.batch_size = batch_size
        self.drop_last = drop_last

    def __iter__(self) -> Iterator[list[int]]:
        return self._batches(iter(self.sampler))  # draw the order now, not with the first batch

    def _batches(self, indices: Iterator[int]) -> Iterator[list[int]]:
        while batch := take(indices, self.batch_size):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def __len__(self) -> int:
        samples = len(self.sampler)  # type: ignore[arg-type]
        return samples // self.batch_size if self.drop_last else -(-samples // self.batch_size)


def take(iterator: Iterator[Any], count: int) -> list[Any]:
    """Return the next items, fewer than `count` at the end, by ``__next__`` only: ``__iter__`` may begin again."""
    taken: list[Any] = []
    while len(taken) < count:
        item = next(iterator, _END)
        if item is _END:
            break
        taken.append(item)
    return taken


def length(who: str, dataset: Any) -> int:
    """Return the number of samples; raise TypeError if the data set does not know it."""
    if not hasattr(dataset, "__len__"):
        raise TypeError(f"{who}: expected a data set with __len__, got {type(dataset).__name__}")
    return len(dataset)


def iterable(who: str, name: str, value: Any) -> None:
    """Raise TypeError if `value`, the argument called `name`, cannot be iterated over."""
    if not hasattr(value, "__iter__") and not hasattr(value, "__getitem__"):
        raise TypeError(f"{who}: expected an iterable for {name}, got {type(value).__name__}")


def positive(who: str, name: str, value: Any) -> None:
    """Raise ValueError if `value`, the argument called `name`, is not an int above 0."""
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise ValueError(f"{who}: expected a positive integer for {name}, got {name}={value!r}")
