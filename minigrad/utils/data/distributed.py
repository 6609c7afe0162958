"""The share of a data set that one of several training processes visits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sized
from typing import TypeVar

import numpy as np

from minigrad.utils.data.sampler import Sampler, length

__all__ = ["DistributedSampler"]

T_co = TypeVar("T_co", covariant=True)


class DistributedSampler(Sampler[T_co]):
    """The indices of process `rank` out of `num_replicas`: every `num_replicas`-th of an order that all of them share.

    Parameters
    ----------
    dataset : Sized
    num_replicas, rank : int, optional
        How many processes there are, and which this is: by default those of the default group of
        `minigrad.distributed`.
    shuffle : bool, default True
        Whether the order is random: drawn from `seed` and the epoch that :meth:`set_epoch` has set.
    seed : int
        The same in all processes.
    drop_last : bool
        Leave out samples at the end until all shares are equal. Otherwise the first are visited twice.

    Raises
    ------
    ValueError
        If `rank` is not below `num_replicas`, or one of them is missing and there is no default group.

    Examples
    --------
    >>> from minigrad.utils.data.distributed import DistributedSampler
    >>> [list(DistributedSampler("abcde", 2, rank, shuffle=False)) for rank in range(2)]
    [[0, 2, 4], [1, 3, 0]]
    """

    def __init__(
        self,
        dataset: Sized,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ) -> None:
        if num_replicas is None or rank is None:
            from minigrad.distributed.groups import the_group  # which few need

            group = the_group("DistributedSampler")
            assert group is not None
            num_replicas = group.size() if num_replicas is None else num_replicas
            rank = group.rank() if rank is None else rank
        if not 0 <= rank < num_replicas:
            raise ValueError(
                f"DistributedSampler: expected a rank from 0 to {num_replicas - 1}, got rank={rank} "
                f"with num_replicas={num_replicas}"
            )
        samples = length("DistributedSampler", dataset)
        self.dataset = dataset
        self.num_replicas = num_replicas
        self.rank = rank
        self.epoch = 0
        self.shuffle = shuffle
        self.seed = seed
        self.drop_last = drop_last
        self.num_samples = samples // num_replicas if drop_last else math.ceil(samples / num_replicas)
        self.total_size = self.num_samples * num_replicas

    def __iter__(self) -> Iterator[T_co]:
        count = len(self.dataset)
        rng = np.random.default_rng(self.seed + self.epoch)
        order = rng.permutation(count) if self.shuffle else np.arange(count)
        return iter(np.resize(order, self.total_size)[self.rank :: self.num_replicas].tolist())

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Set the epoch, on which the random order depends: call it before each, or all have the same order."""
        self.epoch = epoch
