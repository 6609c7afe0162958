"""Data sets: anything with ``__getitem__`` and ``__len__``, or with ``__iter__``.

Assembling a batch item by item costs more Python than a small net's whole step. So the loader first looks for
PyTorch's batch protocol, ``dataset.__getitems__(indices)``, which returns the samples of a list of indices. A
data set that is an array answers with a :class:`Batch`, made by one fancy index.
"""

from __future__ import annotations

import bisect
import itertools
import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.creation import as_tensor
from minigrad.ops.joining import cat
from minigrad.overriding import speaks_for
from minigrad.random import Generator, get_generator

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


class Indexed(Protocol[T_co]):
    """Anything that can be a data set: a `Dataset`, a list, an array."""

    def __getitem__(self, index: Any, /) -> T_co: ...


class Dataset(Generic[T_co]):
    """A collection of samples by index; a subclass defines ``__getitem__`` and, as a rule, ``__len__``.

    It may also define ``__getitems__(indices)``: a sequence of the samples at a list of indices, which spares
    the loader one call per sample (see :class:`Batch`).

    Examples
    --------
    >>> from minigrad.utils.data import Dataset
    >>> class Squares(Dataset):
    ...     def __len__(self):
    ...         return 5
    ...     def __getitem__(self, index):
    ...         return index, index * index
    >>> Squares()[3]
    (3, 9)
    """

    def __getitem__(self, index: Any) -> T_co:
        raise NotImplementedError(f"{type(self).__name__}: a Dataset needs a __getitem__(index)")

    __getitem__._is_abstract = True  # type: ignore[attr-defined]  # so there is nothing for a __getitems__ to stand for

    def __add__(self, other: Dataset[T_co]) -> ConcatDataset[T_co]:
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T_co]):
    """A stream of samples; a subclass defines ``__iter__``.

    With several workers each of them iterates over the whole stream, unless ``__iter__`` asks
    :func:`~minigrad.utils.data.get_worker_info` which share is its own.
    """

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError(f"{type(self).__name__}: an IterableDataset needs an __iter__()")

    def __add__(self, other: Dataset[T_co]) -> ChainDataset[T_co]:  # type: ignore[override]  # streams join streams only
        return ChainDataset([self, other])


class ChainDataset(IterableDataset[T_co]):
    """Several streams, one after the other; ``a + b`` makes one, too.

    Examples
    --------
    >>> from minigrad.utils.data import ChainDataset, IterableDataset
    >>> class Count(IterableDataset):
    ...     def __iter__(self):
    ...         return iter([1, 2])
    >>> list(ChainDataset([Count(), Count()]))
    [1, 2, 1, 2]
    """

    def __init__(self, datasets: Iterable[Dataset[T_co]]) -> None:
        self.datasets: Any = datasets

    def __iter__(self) -> Iterator[T_co]:
        for dataset in self.datasets:
            if not isinstance(dataset, IterableDataset):
                raise AssertionError(f"ChainDataset: expected IterableDatasets, got {type(dataset).__name__}")
            yield from dataset

    def __len__(self) -> int:
        return sum(len(dataset) for dataset in self.datasets)


class Batch(Sequence[tuple[Any, ...]]):
    """Samples kept as columns: what ``__getitems__`` returns where one fancy index fetches a whole batch.

    To :func:`~minigrad.utils.data.default_collate` the columns are the collated batch. To a ``collate_fn`` of
    one's own it is the list of samples that PyTorch would pass.

    Parameters
    ----------
    *columns : Tensor or ndarray
        One a field of the sample, all of the same length along dimension 0. In a sample the row of a Tensor is
        a Tensor, that of a one-dimensional array a Python number.

    Examples
    --------
    >>> from minigrad.utils.data import Batch, default_collate
    >>> batch = Batch(mg.tensor([[0.0], [1.0]]), np.array([7, 8]))
    >>> len(batch), batch[1]
    (2, (tensor([1.]), 8))
    >>> default_collate(batch)[1]
    tensor([7, 8])
    """

    def __init__(self, *columns: Any) -> None:
        lengths = {len(column) for column in columns}
        if len(lengths) != 1:
            raise ValueError(f"Batch: expected columns of one length, got lengths {sorted(lengths)}")
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0])

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return Batch(*(column[index] for column in self.columns))
        rows = (column[index] for column in self.columns)
        return tuple(row.item() if isinstance(row, np.generic) else row for row in rows)


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Tensors side by side: sample i is the tuple of their i-th entries.

    Parameters
    ----------
    *tensors : Tensor or ndarray
        All of the same size in dimension 0; arrays are wrapped without a copy.

    Raises
    ------
    AssertionError
        If there is none, or their sizes in dimension 0 differ.

    Examples
    --------
    >>> from minigrad.utils.data import TensorDataset
    >>> TensorDataset(mg.arange(4), mg.arange(4) * 2)[3]
    (tensor(3), tensor(6))
    """

    def __init__(self, *tensors: Any) -> None:
        self.tensors = tuple(as_tensor(tensor) for tensor in tensors)
        shapes = [tuple(tensor.shape) for tensor in self.tensors]
        if not shapes or () in shapes or len({shape[0] for shape in shapes}) > 1:
            raise AssertionError(f"TensorDataset: expected tensors of one size in dimension 0, got shapes {shapes}")

    def __len__(self) -> int:
        return self.tensors[0].shape[0]

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(tensor[index] for tensor in self.tensors)

    def __getitems__(self, indices: Sequence[int]) -> Batch:
        rows = np.asarray(indices, dtype=np.int64)
        return Batch(*(tensor[rows] for tensor in self.tensors))


class Subset(Dataset[T_co]):
    """The samples of `dataset` at `indices`, in that order.

    Examples
    --------
    >>> from minigrad.utils.data import Subset
    >>> list(Subset("abcdef", [4, 0]))
    ['e', 'a']
    """

    def __init__(self, dataset: Indexed[T_co], indices: Sequence[int]) -> None:
        if not hasattr(indices, "__len__") or not hasattr(indices, "__getitem__"):
            raise TypeError(f"Subset: expected a sequence of indices, got {type(indices).__name__}")
        self.dataset: Any = dataset
        self.indices = indices

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: Any) -> T_co:
        if isinstance(index, list):
            return self.dataset[[self.indices[i] for i in index]]
        return self.dataset[self.indices[index]]

    def __getitems__(self, indices: Sequence[int]) -> Sequence[T_co]:
        return fetch(self.dataset, [self.indices[i] for i in indices])


class ConcatDataset(Dataset[T_co]):
    """Several data sets, one after the other; ``a + b`` makes one, too.

    Examples
    --------
    >>> from minigrad.utils.data import ConcatDataset
    >>> joined = ConcatDataset(["abc", "de"])
    >>> len(joined), joined[3], joined[-1]
    (5, 'd', 'e')
    """

    def __init__(self, datasets: Iterable[Indexed[T_co]]) -> None:
        if not isinstance(datasets, Iterable):
            raise TypeError(f"ConcatDataset: expected a list of data sets, got {type(datasets).__name__}")
        self.datasets: list[Any] = list(datasets)
        if not self.datasets:
            raise AssertionError("ConcatDataset: expected at least one data set, got none")
        if any(isinstance(dataset, IterableDataset) for dataset in self.datasets):
            raise AssertionError("ConcatDataset: expected data sets with indices, got an IterableDataset")
        for dataset in self.datasets:
            if not hasattr(dataset, "__len__"):
                raise TypeError(f"ConcatDataset: expected data sets with __len__, got {type(dataset).__name__}")
        self.cumulative_sizes = list(itertools.accumulate(map(len, self.datasets)))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, index: int) -> T_co:
        part, inside = self._place(index)
        return self.datasets[part][inside]

    def __getitems__(self, indices: Sequence[int]) -> Sequence[T_co]:
        places = [self._place(index) for index in indices]
        positions: dict[int, list[int]] = {}  # of the samples of each part
        for position, (part, _) in enumerate(places):
            positions.setdefault(part, []).append(position)
        fetched = [fetch(self.datasets[part], [places[i][1] for i in at]) for part, at in positions.items()]
        return _rearranged(fetched, np.argsort([*itertools.chain(*positions.values())]))

    def _place(self, index: int) -> tuple[int, int]:
        """Return which data set a sample is in, and its index there."""
        if index < -len(self):
            raise ValueError(f"ConcatDataset: index {index} is out of range for a length of {len(self)}")
        if index >= len(self):
            raise IndexError(f"ConcatDataset: index {index} is out of range for a length of {len(self)}")
        index += len(self) if index < 0 else 0
        part = bisect.bisect_right(self.cumulative_sizes, index)
        return part, index - (self.cumulative_sizes[part - 1] if part else 0)


class StackDataset(Dataset[Any]):
    """Data sets side by side: sample i is the tuple of their i-th samples, or the dict of them.

    Parameters
    ----------
    *args : data sets of one length
        For tuples.
    **kwargs : data sets of one length
        For dicts with these keys; either these or `args`.

    Raises
    ------
    ValueError
        If there is none, their lengths differ, or both kinds are given.

    Examples
    --------
    >>> from minigrad.utils.data import StackDataset
    >>> StackDataset("ab", [1, 2])[1], StackDataset(image="ab", label=[1, 2])[0]
    (('b', 2), {'image': 'a', 'label': 1})
    """

    datasets: tuple[Any, ...] | dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if bool(args) == bool(kwargs):
            found = "both" if args else "neither"
            raise ValueError(f"StackDataset: expected data sets either by position or by name, got {found}")
        self.datasets = args or kwargs
        for dataset in self._parts():
            if not hasattr(dataset, "__len__"):
                raise TypeError(f"StackDataset: expected data sets with __len__, got {type(dataset).__name__}")
        lengths = [len(dataset) for dataset in self._parts()]
        if len(set(lengths)) > 1:
            raise ValueError(f"StackDataset: expected data sets of one length, got lengths {lengths}")
        self._length = lengths[0]

    def _parts(self) -> Sequence[Any]:
        return list(self.datasets.values()) if isinstance(self.datasets, dict) else self.datasets

    def _sample(self, values: Sequence[Any]) -> Any:
        return dict(zip(self.datasets, values, strict=True)) if isinstance(self.datasets, dict) else tuple(values)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: Any) -> Any:
        return self._sample([dataset[index] for dataset in self._parts()])

    def __getitems__(self, indices: Sequence[int]) -> list[Any]:
        columns = [fetch(dataset, indices) for dataset in self._parts()]
        for dataset, column in zip(self._parts(), columns, strict=True):
            if len(column) != len(indices):
                raise ValueError(
                    f"StackDataset: expected {len(indices)} samples of __getitems__, got {len(column)} "
                    f"from {type(dataset).__name__}"
                )
        return [self._sample(values) for values in zip(*columns, strict=True)]


def _rearranged(parts: Sequence[Sequence[Any]], order: np.ndarray) -> Sequence[Any]:
    """Return the samples of all parts in a new order; as a Batch, if all parts are one and have columns of one kind."""
    if len(parts) == 1:
        return parts[0]
    batches = [part.columns for part in parts if isinstance(part, Batch)]
    kinds = {tuple((column.shape[1:], column.dtype) for column in columns) for columns in batches}
    if len(batches) == len(parts) and len(kinds) == 1:
        return Batch(*(cat(columns)[order] for columns in zip(*batches, strict=True)))
    samples = [*itertools.chain(*parts)]
    return [samples[i] for i in order]


def fetch(dataset: Any, indices: Sequence[int]) -> Sequence[Any]:
    """Return samples of a data set at `indices`, at once where it knows how to.

    A subclass that has overridden ``__getitem__`` alone is asked for each sample.
    """
    if speaks_for(dataset, "__getitems__", "__getitem__") and dataset.__getitems__ is not None:
        return dataset.__getitems__(indices)
    return [dataset[index] for index in indices]


def random_split(
    dataset: Indexed[T], lengths: Sequence[int | float], generator: Generator | None = None
) -> list[Subset[T]]:
    """Split a data set at random into disjoint parts.

    Parameters
    ----------
    lengths : sequence
        Lengths that add up to ``len(dataset)``, or fractions that add up to 1: each part gets
        ``floor(fraction * len(dataset))`` samples, what is left goes one by one to the first parts.
    generator : Generator, optional
        The source of randomness; the default generator where omitted.

    Returns
    -------
    list of Subset

    Raises
    ------
    ValueError
        If the lengths do not add up.

    Examples
    --------
    >>> from minigrad.utils.data import random_split
    >>> [len(part) for part in random_split(range(10), [0.33, 0.33, 0.34], mg.Generator().manual_seed(0))]
    [4, 3, 3]
    """
    total = len(dataset)  # type: ignore[arg-type]
    sizes: list[Any] = list(lengths)
    if math.isclose(math.fsum(sizes), 1):  # whatever the order of the sum, such as for 20 times 0.05
        if not all(0 <= fraction <= 1 for fraction in sizes):
            raise ValueError(f"random_split: expected fractions between 0 and 1, got {sizes}")
        sizes = [math.floor(total * fraction) for fraction in sizes]
        sizes[-1] -= max(0, sum(sizes) - total)  # fractions that add up to a little more than 1
        for i in range(total - sum(sizes)):
            sizes[i % len(sizes)] += 1
    if any(size < 0 for size in sizes) or sum(sizes) != total:
        raise ValueError(
            f"random_split: expected lengths that add up to {total} (or fractions to 1), got {list(lengths)}"
        )
    for i, size in enumerate(sizes):
        if size == 0:
            warnings.warn(f"random_split: part {i} is empty", stacklevel=2)
    order = get_generator(generator).rng.permutation(total).tolist()
    ends = itertools.accumulate(sizes)
    return [Subset(dataset, order[end - size : end]) for end, size in zip(ends, sizes, strict=True)]
