"""Shares of the data of a run that goes on in the middle of an epoch."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from typing import TypeVar

import numpy as np

from minigrad.utils.data.distributed import DistributedSampler

__all__ = ["ElasticDistributedSampler"]

T_co = TypeVar("T_co", covariant=True)


class ElasticDistributedSampler(DistributedSampler[T_co]):
    """The share of a process of the samples from `start_index` on, in a random order: the first have been visited.

    Parameters
    ----------
    dataset : Sized
    num_replicas, rank : int, optional
        As of `DistributedSampler`.
    start_index : int, default 0

    Raises
    ------
    ValueError
        If `start_index` is not below the number of samples.

    Examples
    --------
    >>> from minigrad.distributed.elastic.utils.data import ElasticDistributedSampler
    >>> shares = [list(ElasticDistributedSampler("abcdef", 2, rank, start_index=2)) for rank in range(2)]
    >>> sorted(shares[0] + shares[1])
    [2, 3, 4, 5]
    """

    def __init__(
        self, dataset: Sized, num_replicas: int | None = None, rank: int | None = None, start_index: int = 0
    ) -> None:
        super().__init__(dataset, num_replicas, rank)
        if not 0 <= start_index < len(dataset):
            raise ValueError(
                f"ElasticDistributedSampler: expected a start_index from 0 to {len(dataset) - 1}, got {start_index}"
            )
        self.start_index = start_index
        self.num_samples = -(-(len(dataset) - start_index) // self.num_replicas)
        self.total_size = self.num_samples * self.num_replicas

    def __iter__(self) -> Iterator[T_co]:
        rest = len(self.dataset) - self.start_index
        order = self.start_index + np.random.default_rng(self.epoch).permutation(rest)
        return iter(np.resize(order, self.total_size)[self.rank :: self.num_replicas].tolist())
