"""Waiting for other ranks, with an end.

MPI waits for ever: for a rank that has died, for one that calls something else, for one that has left. So nothing here
blocks. Whoever waits asks again and again whether it is done, and after a second it tells the others what it waits for,
by a message of its own. So each knows of the others who waits where and who has ended, and says it instead of hanging.
"""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple, Protocol

import numpy as np

from minigrad.distributed.mpi import mpi

SPIN = 1e-4  # seconds of asking without a pause: most waiting is over then
PATIENCE = 1.0  # seconds until a rank tells the others that it waits
PAUSE = 50e-6  # seconds between two questions after that
LISTEN = 0.02  # seconds between two looks at what others have told
LAST_WORDS = 1.0  # seconds in which a message of a rank that has left may still be on its way


class DistError(RuntimeError):
    """Something that has to do with other ranks went wrong."""


class DistBackendError(DistError):
    """Ranks did not come in time, do something else, or have ended."""


class DistNetworkError(DistError):
    """The network went wrong."""


class DistStoreError(DistError):
    """A store went wrong; there is none here."""


class Notice(NamedTuple):
    """A word of a rank about itself."""

    state: str  # "waits", "works", "differs", "left" or "failed"
    group: str = ""  # in which it waits
    call: int = 0  # the number of that call in the group
    what: str = ""  # the call in words, or the error
    calls: dict[str, int] = {}  # by group: how many calls the rank has made


class Channel(Protocol):
    """A group of ranks, to those who wait for the others in it."""

    comm: Any
    board: Board
    group_name: str
    ranks: list[int]
    world_rank: int
    calls: int


class Board:
    """The notices of all ranks to one another, each of which has the last one of every other."""

    def __init__(self, comm: Any, has_lost: Callable[[], bool] | None) -> None:
        self.comm, self._has_lost = comm, has_lost
        self.heard: dict[int, tuple[Notice, float]] = {}
        self.differing: dict[tuple[str, int], dict[int, str]] = {}  # by group and call: what ranks do instead
        self.groups: dict[str, Channel] = {}
        self._sent: list[Any] = []

    def tell(self, notice: Notice, ranks: Iterable[int]) -> None:
        """Send a notice to these ranks."""
        notice = notice._replace(calls={name: group.calls for name, group in self.groups.items()})
        self._sent = [request for request in self._sent if not request.Test()]
        self._sent += [self.comm.isend(notice, rank) for rank in ranks if rank != self.comm.rank]

    def listen(self) -> None:
        """Take in what others have sent."""
        status = mpi().Status()
        while (message := self.comm.improbe(status=status)) is not None:
            notice, rank = message.recv(), status.source
            self.heard[rank] = notice, time.monotonic()
            if notice.state == "differs":
                self.differing.setdefault((notice.group, notice.call), {})[rank] = notice.what

    def has_lost(self) -> bool:
        """Return whether a rank is known to have died."""
        return self._has_lost is not None and self._has_lost()

    def failed(self, rank: int) -> bool:
        """Return whether a rank has said that it ends with an error."""
        return rank in self.heard and self.heard[rank][0].state == "failed"

    def ended(self, rank: int) -> bool:
        """Return whether a rank has said that it ends."""
        return rank in self.heard and self.heard[rank][0].state in ("left", "failed")


def ask(done: Callable[[], bool], look: Callable[[float], None]) -> None:
    """Return when `done` returns True; until then, tell `look` now and then how long it takes: it may raise."""
    began = time.monotonic()
    while not done():
        waited = time.monotonic() - began
        if waited > SPIN:
            look(waited)
            if waited > PATIENCE:
                time.sleep(PAUSE)
            else:
                os.sched_yield() if hasattr(os, "sched_yield") else time.sleep(0)


class Waiting:
    """One call of a group, while this rank waits for it.

    call : its number in the group, or 0 for messages between two ranks, which have none
    peers : the ranks without which it cannot end
    """

    def __init__(self, group: Channel, what: str, call: int, peers: Sequence[int], timeout: float) -> None:
        self.group, self.what, self.call, self.peers = group, what, call, [r for r in peers if r != group.world_rank]
        self.timeout = timeout

    def until(self, done: Callable[[], bool]) -> None:
        """Return when `done` returns True.

        Raises
        ------
        DistBackendError
            If that takes too long, or can't be any more.
        """
        self._told = False
        self._listened = 0.0
        try:
            ask(done, self._look)
        finally:
            if self._told:
                self._tell("works")

    def _look(self, waited: float) -> None:
        """Tell the others after a while, see what they have told, and raise if there is no hope."""
        if waited > PATIENCE and not self._told:
            self._told = True
            self._tell("waits")
        if waited - self._listened > LISTEN or waited > self.timeout:
            self._listened = waited
            self.group.board.listen()
            self._check(time.monotonic(), waited)

    def _tell(self, state: str) -> None:
        self.group.board.tell(Notice(state, self.group.group_name, self.call, self.what), self.peers)

    def _check(self, now: float, waited: float) -> None:
        heard = self.group.board.heard
        for rank in self.peers:
            notice, when = heard.get(rank, (Notice("works"), now))
            behind = notice.calls.get(self.group.group_name, 0) < self.call if self.call else now - when > LAST_WORDS
            if notice.state == "failed":
                raise DistBackendError(f"{self.what}: rank {rank} has failed: {notice.what}")
            if notice.state == "left" and behind:
                raise DistBackendError(f"{self.what}: rank {rank} has ended without it")
            if notice.state == "works" and self.group.board.has_lost():
                raise DistBackendError(f"{self.what}: another rank has died")
            if notice.state == "waits" and self.call and behind and self._missed(notice) and waited > 2 * PATIENCE:
                raise DistBackendError(
                    f"{self.what}: rank {rank} waits for {notice.what} instead, for which it needs this rank, "
                    f"{self.group.world_rank}; all ranks must make the same calls in the same order"
                )
        if waited > self.timeout:
            raise DistBackendError(f"{self.what}: not done within {self.timeout:.3g} s; {self._story()}")

    def _missed(self, notice: Notice) -> bool:
        """Return whether another rank waits for a call that this one has not made."""
        group = self.group.board.groups.get(notice.group)
        return group is not None and group.calls < notice.call

    def _story(self) -> str:
        """Return in words what is known of the other ranks."""
        heard = self.group.board.heard
        here, silent, others = [self.group.world_rank], [], []
        for rank in self.peers:
            notice = heard[rank][0] if rank in heard else Notice("works")
            if notice.state == "waits" and (notice.group, notice.call) == (self.group.group_name, self.call):
                here.append(rank)
            elif notice.state == "waits":
                others.append(f"rank {rank} waits for {notice.what}")
            else:
                silent.append(rank)
        missing = [f"{ranks(silent)} did not come"] if silent else []
        return "; ".join([f"{ranks(here)} waited", *missing, *others])


def ranks(numbers: Iterable[int]) -> str:
    """Return ranks in words.

    >>> from minigrad.distributed.waiting import ranks
    >>> ranks([3]), ranks([2, 0])
    ('rank 3', 'ranks 0, 2')
    """
    ordered = sorted(numbers)
    return f"rank{'s' * (len(ordered) > 1)} {', '.join(map(str, ordered))}"


def seconds(timeout: Any, default: float, call: str) -> float:
    """Return a timeout as a number.

    Raises
    ------
    TypeError
        If it is no `timedelta`.
    """
    if timeout is None:
        return default
    if not isinstance(timeout, timedelta):
        raise TypeError(f"{call}: expected a datetime.timedelta as timeout, got {type(timeout).__name__}")
    return timeout.total_seconds()


class Agreement:
    """The question whether all ranks of a group make the same call, which costs one small message."""

    def __init__(self, group: Channel, what: str, call: int) -> None:
        self.group, self.what, self.call = group, what, call
        mine = zlib.crc32(what.encode())
        self._least = np.array([mine, -mine], np.int64)
        self._request = group.comm.Iallreduce(mpi().IN_PLACE, self._least, mpi().MIN)

    def is_known(self) -> bool:
        """Return whether all have said what they call."""
        return bool(self._request.Test())

    def wait(self, timeout: float) -> None:
        """Return if all do, or raise on all ranks."""
        group, place = self.group, (self.group.group_name, self.call)
        Waiting(group, self.what, self.call, group.ranks, timeout).until(self.is_known)
        if self._least[0] == -self._least[1]:
            return
        board, others = group.board, [r for r in group.ranks if r != group.world_rank]
        board.tell(Notice("differs", *place, self.what), others)

        def all_said() -> bool:
            board.listen()
            return len(board.differing.get(place, ())) == len(others)

        Waiting(group, self.what, 0, others, timeout).until(all_said)
        said = {self.what: [group.world_rank]}
        for rank, what in board.differing[place].items():
            said.setdefault(what, []).append(rank)
        stories = [f"{ranks(who)}: {what}" for what, who in sorted(said.items(), key=lambda item: min(item[1]))]
        raise DistBackendError(f"{self.what.split()[0]}: the ranks do not call the same; {'; '.join(stories)}")
