"""Messages from one rank to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.distributed.buffers import Buffer
from minigrad.distributed.collectives import root
from minigrad.distributed.groups import the_group
from minigrad.distributed.mpi import mpi
from minigrad.distributed.work import Receipt, Work

__all__ = ["P2POp", "batch_isend_irecv", "irecv", "isend", "recv", "send"]


class _AnySource:
    """A request for a message of anybody's, which then says whose it was."""

    def __init__(self, request: Any) -> None:
        self.request, self.source = request, -1

    def Test(self) -> bool:  # noqa: N802 (as MPI's requests have it)
        status = mpi().Status()
        done: bool = self.request.Test(status)
        if done:
            self.source = status.source
        return done


class _Message(Work):
    """A message that is on its way."""

    def source_rank(self) -> int:
        """Return whose it is, when it has arrived."""
        self.wait()
        return self.group.ranks[self._from()]

    _from: Callable[[], int]


def isend(
    tensor: Tensor, dst: int | None = None, group: Any = None, tag: int = 0, group_dst: int | None = None
) -> Work | None:
    """Begin to send `tensor` to rank `dst`, which receives it by `recv` or `irecv` with the same tag.

    Returns
    -------
    Work
        Leave the tensor alone until its ``wait()`` returns.

    Raises
    ------
    ValueError
        If `dst` is this rank, or no member.

    Examples
    --------
    >>> mg.distributed.isend(mg.ones(2), dst=1).wait()  # doctest: +SKIP
    True
    """
    return _send("isend", tensor, dst, group, tag, group_dst)


def _send(call: str, tensor: Tensor, dst: int | None, group: Any, tag: int, group_dst: int | None) -> Work | None:
    if (member := the_group(call, group)) is None:
        return None
    to = root(call, "dst", member, dst, group_dst, None)
    if to == member.rank():
        raise ValueError(f"{call}: expected another rank than this one, {member.world_rank}, as dst")
    buffer = Buffer(call, "tensor", tensor)
    what = f"{call} to rank {member.ranks[to]}"
    begin = lambda: [member.comm.Isend(buffer.bytes(), to, tag)]  # noqa: E731
    return Work(member, what, begin, peers=[member.ranks[to]], tensors=[tensor]).start().remembered()


def irecv(
    tensor: Tensor, src: int | None = None, group: Any = None, tag: int = 0, group_src: int | None = None
) -> Work | None:
    """Begin to receive a tensor from rank `src`, by default any, into `tensor`, of as many bytes.

    Examples
    --------
    >>> mg.distributed.irecv(mg.zeros(2), src=1).wait()  # doctest: +SKIP
    True
    """
    return _receive("irecv", tensor, src, group, tag, group_src)


def _receive(call: str, tensor: Tensor, src: int | None, group: Any, tag: int, group_src: int | None) -> Any:
    if (member := the_group(call, group)) is None:
        return None
    buffer = Buffer(call, "tensor", tensor, written=True)
    if src is None and group_src is None:
        anybody = _AnySource(member.comm.Irecv(buffer.bytes(), mpi().ANY_SOURCE, tag))
        work = _Message(member, f"{call} from any rank", lambda: [anybody], buffer.finish, tensors=[tensor])
        work._from = lambda: anybody.source
        return work.start().remembered()
    source = root(call, "src", member, src, group_src)
    if source == member.rank():
        raise ValueError(f"{call}: expected another rank than this one, {member.world_rank}, as src")
    receipt = Receipt(member.comm.Irecv(buffer.bytes(), source, tag), member.ranks[source], buffer.flat.nbytes)
    what, peers = f"{call} from rank {member.ranks[source]}", [member.ranks[source]]
    work = _Message(member, what, lambda: [receipt], buffer.finish, peers, tensors=[tensor])
    work._from = lambda: source
    return work.start().remembered()


def send(tensor: Tensor, dst: int | None = None, group: Any = None, tag: int = 0, group_dst: int | None = None) -> None:
    """Send `tensor` to rank `dst`; return when it may be changed.

    Examples
    --------
    >>> mg.distributed.send(mg.ones(2), dst=1)  # doctest: +SKIP
    """
    if (work := _send("send", tensor, dst, group, tag, group_dst)) is not None:
        work.wait()


def recv(tensor: Tensor, src: int | None = None, group: Any = None, tag: int = 0, group_src: int | None = None) -> int:
    """Receive a tensor from rank `src`, by default any, into `tensor`, of as many bytes; return whose it was.

    Returns
    -------
    int
        The sender's rank, -1 if this process is no member.

    Examples
    --------
    >>> mg.distributed.recv(mg.zeros(2), src=1)  # doctest: +SKIP
    1
    """
    work = _receive("recv", tensor, src, group, tag, group_src)
    return -1 if work is None else work.source_rank()


class P2POp:
    """A message for `batch_isend_irecv`.

    Parameters
    ----------
    op : `isend` or `irecv`
    tensor : Tensor
    peer : int
        The other rank.
    group : ProcessGroup, optional
    tag : int, default 0
    group_peer : int, optional
        The other rank's rank in the group, instead of `peer`.

    Raises
    ------
    ValueError
        If `op` is something else.

    Examples
    --------
    >>> mg.distributed.P2POp(mg.distributed.isend, mg.ones(2), 1)  # doctest: +SKIP
    P2POp(isend, peer=1, tag=0)
    """

    def __init__(
        self,
        op: Callable[..., Any],
        tensor: Tensor,
        peer: int | None = None,
        group: Any = None,
        tag: int = 0,
        group_peer: int | None = None,
    ) -> None:
        if op not in (isend, irecv):
            raise ValueError(f"P2POp: expected isend or irecv as op, got {op!r}")
        if not isinstance(tensor, Tensor):
            raise TypeError(f"P2POp: expected a Tensor as tensor, got {type(tensor).__name__}")
        self.op, self.tensor, self.group, self.tag = op, tensor, group, tag
        self.peer, self.group_peer = peer, group_peer

    def begin(self) -> Work | None:
        """Begin it."""
        return self.op(self.tensor, self.peer, self.group, self.tag, self.group_peer)

    def __repr__(self) -> str:
        return f"P2POp({self.op.__name__}, peer={self.peer}, tag={self.tag})"


def batch_isend_irecv(p2p_op_list: Sequence[P2POp]) -> list[Work]:
    """Begin several messages, in any order; return a work for each.

    Raises
    ------
    ValueError
        If the list is empty or has something else in it.

    Examples
    --------
    >>> dist = mg.distributed
    >>> works = dist.batch_isend_irecv([dist.P2POp(dist.isend, mg.ones(2), 1)])  # doctest: +SKIP
    """
    if not p2p_op_list or not all(isinstance(op, P2POp) for op in p2p_op_list):
        raise ValueError("batch_isend_irecv: expected a list of P2POp, with at least one")
    return [work for op in p2p_op_list if (work := op.begin()) is not None]
