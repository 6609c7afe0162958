"""Uneven inputs of DistributedDataParallel: ranks that have no more batches take part in what the others still do."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.distributed.algorithms.join import JoinHook
from minigrad.distributed.models import spread
from minigrad.distributed.mpi import mpi
from minigrad.distributed.work import Work


class Joining(JoinHook):
    """The turns of the ranks of a model: each begins with a word on who still has batches.

    net : DistributedDataParallel
    source : the last rank that had a batch, whose buffers and weights the others take
    """

    def __init__(self, net: Any, divide_by_all: bool) -> None:
        self.net, self.divide_by_all = net, divide_by_all
        self.source = 0

    def take_turn(self, syncing: bool) -> None:
        """Say that this rank has a batch, and whether its gradients are to be averaged."""
        self._turn(True, syncing)

    def main_hook(self) -> None:
        """Take part in a turn of the others."""
        syncing = self._turn(False, False)
        if self.net.require_forward_param_sync:
            self.net.sync_buffers(self.source)
        self.net.require_forward_param_sync = syncing
        if syncing:
            self.net.reducer.shadow()

    def post_hook(self, is_last_joiner: bool) -> None:
        """Take the weights and buffers of a rank that was there to the end."""
        everything = [*self.net.module.parameters(), *self.net.module.buffers()]
        spread(everything, self.net.reducer.group, self.source, "join")

    def _turn(self, active: bool, syncing: bool) -> bool:
        """Return whether the ranks that have a batch average their gradients."""
        reducer = self.net.reducer
        group = reducer.group
        words = np.array([active, syncing], np.int64)
        who = np.array([group.rank() if active else -1], np.int64)
        begin = lambda: [  # noqa: E731
            group.comm.Iallreduce(mpi().IN_PLACE, words, mpi().SUM),
            group.comm.Iallreduce(mpi().IN_PLACE, who, mpi().MAX),
        ]
        Work(group, "join", begin).counted(agreed=False).wait()
        self.source = int(who[0])
        reducer.divisor = group.size() if self.divide_by_all else int(words[0])
        return bool(words[1])
