"""Uneven inputs: ranks that have no more batches take part in what the others still do together."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from minigrad.distributed.mpi import mpi
from minigrad.distributed.work import Work
from minigrad.nn.parallel.reducer import Reducer


class Joining:
    """The turns of the ranks of a reducer: each begins with a word on who still has batches.

    source : the last rank that had one, whose buffers and weights the others take
    """

    def __init__(self, reducer: Reducer, divide_by_all: bool, throw: bool) -> None:
        self.reducer, self.divide_by_all, self.throw = reducer, divide_by_all, throw
        self.source = 0
        self._first = True

    def take_turn(self, syncing: bool) -> None:
        """Say that this rank has a batch, and whether its gradients are to be averaged."""
        active, _ = self._turn(True, syncing)
        if self.throw and active < self.reducer.group.size():
            raise RuntimeError("join: a rank has no more batches, and throw_on_early_termination is True")

    def follow(self, sync_buffers: Callable[[int], None], buffers: bool) -> None:
        """Take part in the turns of the others, until no rank has a batch; the first begins with `buffers` or not."""
        while True:
            active, syncing = self._turn(False, False)
            if not active:
                return
            if self.throw:
                raise RuntimeError("join: a rank has no more batches, and throw_on_early_termination is True")
            if buffers:
                sync_buffers(self.source)
            buffers = syncing
            if syncing:
                self.reducer.shadow()

    def _turn(self, active: bool, syncing: bool) -> tuple[int, bool]:
        """Return how many ranks have a batch, and whether they average their gradients."""
        group = self.reducer.group
        words = np.array([active, syncing], np.int64)
        who = np.array([group.rank() if active else -1], np.int64)
        begin = lambda: [  # noqa: E731
            group.comm.Iallreduce(mpi().IN_PLACE, words, mpi().SUM),
            group.comm.Iallreduce(mpi().IN_PLACE, who, mpi().MAX),
        ]
        Work(group, "join", begin).counted(agreed=False).wait()
        if words[0]:
            self.source = int(who[0])
            self.reducer.divisor = group.size() if self.divide_by_all else int(words[0])
        return int(words[0]), bool(words[1])
