"""Work: a call that goes on while the program computes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from minigrad.distributed.buffers import Buffer
from minigrad.distributed.groups import ProcessGroup
from minigrad.distributed.mpi import mpi
from minigrad.distributed.waiting import DistBackendError, Waiting, seconds
from minigrad.futures import Future


class Receipt(NamedTuple):
    """A request for a message of a length that is known."""

    request: Any
    source: int
    length: int

    def Test(self) -> bool:  # noqa: N802 (as MPI's requests have it)
        """Return whether the message is there.

        Raises
        ------
        DistBackendError
            If it has another length.
        """
        status = mpi().Status()
        try:
            if not self.request.Test(status):
                return False
        except mpi().Exception as error:
            if error.Get_error_class() != mpi().ERR_TRUNCATE:
                raise
            raise DistBackendError(f"expected {self.length} bytes from rank {self.source}, got more") from error
        if (got := status.Get_count(mpi().BYTE)) != self.length:
            raise DistBackendError(f"expected {self.length} bytes from rank {self.source}, got {got}")
        return True


class WorkFuture(Future[list[Any]]):
    """The tensors that a work writes: MPI is asked whether they are there whenever this is."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work

    def done(self) -> bool:
        """Return whether the work is done."""
        if not self._future.done() and self._work.is_completed():
            self._complete()
        return self._future.done()

    def _complete(self) -> None:
        with contextlib.suppress(Exception):  # which the result will raise
            self._work.wait()
        if not self._future.done():
            self._settle(self._work.result)


class Work:
    """A call that has begun. What it reads and writes must be left alone until `wait` returns.

    Parameters
    ----------
    group : ProcessGroup
    what : the call in words, the same on all ranks
    start : begins it, and returns MPI's requests
    finish : called when they are done
    peers : the ranks without which it can't end, by default all members
    """

    def __init__(
        self,
        group: ProcessGroup,
        what: str,
        start: Callable[[], Sequence[Any]],
        finish: Callable[[], None] = lambda: None,
        peers: Sequence[int] | None = None,
        tensors: Sequence[Any] = (),
    ) -> None:
        self.group, self.what, self.peers = group, what, group.ranks if peers is None else peers
        self._begin, self._finish, self._tensors = start, finish, list(tensors)
        self._requests: list[Any] | None = None
        self._agreement: Any = None
        self._call = 0
        self._done = False
        self._error: BaseException | None = None
        self._future: WorkFuture | None = None

    def start(self) -> Work:
        """Begin to move data, if that has not been done."""
        if self._requests is None:
            with self._named():
                self._requests = list(self._begin())
        return self

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        """Say in errors of MPI, or about what has come, which call it was."""
        try:
            yield
        except mpi().Exception as error:
            raise DistBackendError(f"{self.what}: {error.Get_error_string()}") from error
        except DistBackendError as error:
            raise DistBackendError(f"{self.what}: {error}") from error

    def counted(self, agreed: bool = True) -> Work:
        """Count it among the calls that all members make, and unless `agreed` is False ask whether they do."""
        if agreed:
            self._call, self._agreement = self.group.begin(self.what)
        else:
            self.group.calls += 1
            self._call = self.group.calls
        return self

    def wait(self, timeout: timedelta | None = None) -> bool:
        """Wait until it is done; return True.

        Raises
        ------
        DistBackendError
            If the ranks do not make the same call, or not all come in time.
        """
        if self._error is not None:
            raise self._error
        if self._done:
            return True
        limit = seconds(timeout, self.group.timeout, "wait")
        try:
            if self._agreement is not None:
                self._agreement.wait(limit)
            self.start()
            if not self._moved():
                Waiting(self.group, self.what, self._call, self.peers, limit).until(self._moved)
            self._finish()
            self._done = True
        except BaseException as error:
            self._error = error
            self.abandon()
            raise
        finally:
            if self in self.group.pending:
                self.group.pending.remove(self)
            if self._future is not None:
                self._future.done()
        return True

    def abandon(self) -> None:
        """Leave it as it is. MPI may still write into its memory, which is therefore kept to the end."""
        if self._agreement is not None or self._requests:
            _abandoned.append(self)

    def remembered(self) -> Work:
        """Keep its memory until MPI is done with it, also if the caller forgets it."""
        pending = self.group.pending
        pending[:] = [work for work in pending if not work.is_completed()]
        pending.append(self)
        return self

    def _moved(self) -> bool:
        """Return whether all data is where it goes. To ask also helps it on its way."""
        assert self._requests is not None
        with self._named():
            self._requests = [request for request in self._requests if not request.Test()]
        return not self._requests

    def is_completed(self) -> bool:
        """Return whether `wait` would return, or raise, at once."""
        if self._done or self._error is not None:
            return True
        try:
            return (
                (self._agreement is None or self._agreement.is_known()) and self._requests is not None and self._moved()
            )
        except DistBackendError as error:
            self._error = error
            return True

    def is_success(self) -> bool:
        """Return whether it is done, and without an error."""
        return self._error is None and self.is_completed()

    def exception(self) -> BaseException | None:
        """Return the error that `wait` has raised."""
        return self._error

    def result(self) -> list[Any]:
        """Wait for it, and return the tensors that it has written."""
        self.wait()
        return self._tensors

    def get_future(self) -> Future[list[Any]]:
        """Return the future of `result`."""
        if self._future is None:
            self._future = WorkFuture(self)
        return self._future


_abandoned: list[Work] = []


def collective(work: Work, async_op: bool) -> Work | None:
    """Do what all members do: at once, or begin it and return the work."""
    work.counted()
    if not async_op:
        work.wait()
        return None
    return work.start().remembered()


def exchange(group: ProcessGroup, sent: Mapping[int, Buffer], received: Mapping[int, Buffer]) -> list[Any]:
    """Begin to send and receive buffers, by rank in the group; each goes from memory to memory."""
    me, comm, tag = group.rank(), group.comm, group.last_tag
    if me in sent and me in received:
        if sent[me].flat.nbytes != received[me].flat.nbytes:
            raise DistBackendError(
                f"expected {received[me].flat.nbytes} bytes from rank {group.world_rank}, got {sent[me].flat.nbytes}"
            )
        received[me].bytes()[0][...] = sent[me].bytes()[0]
    requests = [
        Receipt(comm.Irecv(buffer.bytes(), rank, tag), group.ranks[rank], buffer.flat.nbytes)
        for rank, buffer in received.items()
        if rank != me
    ]
    return requests + [comm.Isend(buffer.bytes(), rank, tag) for rank, buffer in sent.items() if rank != me]
