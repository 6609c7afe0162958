"""Calls that all members of a group make: reductions, and lists of tensors that change hands.

The calls on lists differ only in who sends what to whom. All are non-blocking calls of MPI within a `Work`, to which
each gives the buffers, and the words by which the ranks see that they call the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.distributed.buffers import Buffer, ReduceOp, of, reduction
from minigrad.distributed.groups import ProcessGroup, meet, the_group
from minigrad.distributed.mpi import mpi
from minigrad.distributed.ranks import get_group_rank
from minigrad.distributed.waiting import seconds
from minigrad.distributed.work import Work, collective, exchange

__all__ = [
    "all_gather", "all_gather_into_tensor", "all_reduce", "all_to_all", "all_to_all_single", "barrier", "broadcast",
    "gather", "monitored_barrier", "reduce", "reduce_scatter", "reduce_scatter_tensor", "scatter",
]  # fmt: skip


def root(call: str, name: str, group: ProcessGroup, rank: int | None, group_rank: int | None, default: Any = 0) -> int:
    """Return the rank in the group that a user means by a rank in the world, or by one in the group.

    Raises
    ------
    ValueError
        If both are given, or it is no member.
    """
    if rank is not None and group_rank is not None:
        raise ValueError(f"{call}: expected {name} or group_{name}, got both")
    if group_rank is None:
        chosen = default if rank is None else rank
        if chosen is None:
            raise ValueError(f"{call}: expected a rank as {name} or group_{name}")
        return get_group_rank(group, chosen)
    if not 0 <= group_rank < group.size():
        raise ValueError(f"{call}: expected a group_{name} from 0 to {group.size() - 1}, got {group_rank}")
    return group_rank


def words(buffer: Buffer) -> str:
    """Return what must be the same on all ranks."""
    return f"{buffer.flat.size} elements of {buffer.dtype}"


# ---- reductions ------------------------------------------------------------------------------------------------------


def all_reduce(tensor: Tensor, op: ReduceOp = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> Work | None:
    """Replace `tensor` on all ranks by the sum, or another `ReduceOp`, of all: the same bits everywhere.

    Parameters
    ----------
    tensor : Tensor of any one number of elements and dtype
        float16 is added in float32, a bool by "or" and multiplied by "and".
    op : ReduceOp, default SUM
        AVG is for floating dtypes; BAND, BOR and BXOR for the others.
    group : ProcessGroup, optional
    async_op : bool, default False
        Return at once, with a `Work` to wait for.

    Returns
    -------
    Work, with `async_op`, else None

    Raises
    ------
    RuntimeError
        If `op` does not go with the dtype, the ranks call something else, or not all come in time.

    Examples
    --------
    >>> mg.distributed.all_reduce(mg.ones(2))  # doctest: +SKIP
    """
    if (member := the_group("all_reduce", group)) is None:
        return None
    buffer = Buffer("all_reduce", "tensor", tensor, written=True, wide=True)
    how = reduction("all_reduce", op, buffer.dtype)
    work = Work(
        member,
        f"all_reduce of {words(buffer)} by {op.name}",
        lambda: [member.comm.Iallreduce(mpi().IN_PLACE, buffer.numbers(), how)],
        lambda: _reduced(buffer, op, member),
        tensors=[tensor],
    )
    return collective(work, async_op)


def _reduced(buffer: Buffer, op: ReduceOp, group: ProcessGroup) -> None:
    if op is ReduceOp.AVG:
        buffer.divide(group.size())
    buffer.finish()


def reduce(
    tensor: Tensor,
    dst: int | None = None,
    op: ReduceOp = ReduceOp.SUM,
    group: Any = None,
    async_op: bool = False,
    group_dst: int | None = None,
) -> Work | None:
    """Replace `tensor` on rank `dst`, by default 0, by the sum, or another `ReduceOp`, of all ranks.

    Examples
    --------
    >>> mg.distributed.reduce(mg.ones(2), dst=0)  # doctest: +SKIP
    """
    if (member := the_group("reduce", group)) is None:
        return None
    to = root("reduce", "dst", member, dst, group_dst)
    here = to == member.rank()
    buffer = Buffer("reduce", "tensor", tensor, written=here, wide=True)
    how = reduction("reduce", op, buffer.dtype)
    sent, received = (mpi().IN_PLACE, buffer.numbers()) if here else (buffer.numbers(), None)
    work = Work(
        member,
        f"reduce of {words(buffer)} by {op.name} to rank {member.ranks[to]}",
        lambda: [member.comm.Ireduce(sent, received, how, to)],
        lambda: _reduced(buffer, op, member) if here else None,
        tensors=[tensor],
    )
    return collective(work, async_op)


def reduce_scatter(
    output: Tensor, input_list: Sequence[Tensor], op: ReduceOp = ReduceOp.SUM, group: Any = None, async_op: bool = False
) -> Work | None:
    """Put into `output` on rank i the sum, or another `ReduceOp`, of all ranks' ``input_list[i]``.

    Examples
    --------
    >>> mg.distributed.reduce_scatter(mg.zeros(2), [mg.ones(2)])  # doctest: +SKIP
    """
    if (member := the_group("reduce_scatter", group)) is None:
        return None
    buffer = Buffer("reduce_scatter", "output", output, written=True, wide=True)
    parts = _list("reduce_scatter", "input_list", input_list, member, buffer, wide=True)
    if parts[member.rank()].flat.size != buffer.flat.size:
        raise ValueError(
            f"reduce_scatter: expected an output of {parts[member.rank()].flat.size} elements, as "
            f"input_list[{member.rank()}] has, got {buffer.flat.size}"
        )
    how = reduction("reduce_scatter", op, buffer.dtype)
    work = Work(
        member,
        f"reduce_scatter of {[p.flat.size for p in parts.values()]} elements of {buffer.dtype} by {op.name}",
        lambda: [
            member.comm.Ireduce(part.numbers(), buffer.numbers() if to == member.rank() else None, how, to)
            for to, part in parts.items()
        ],
        lambda: _reduced(buffer, op, member),
        tensors=[output],
    )
    return collective(work, async_op)


def reduce_scatter_tensor(
    output: Tensor, input: Tensor, op: ReduceOp = ReduceOp.SUM, group: Any = None, async_op: bool = False
) -> Work | None:
    """Put into `output` the part of this rank of the sum, or another `ReduceOp`, of all ranks' `input`.

    Examples
    --------
    >>> mg.distributed.reduce_scatter_tensor(mg.zeros(2), mg.ones(2))  # doctest: +SKIP
    """
    if (member := the_group("reduce_scatter_tensor", group)) is None:
        return None
    to = Buffer("reduce_scatter_tensor", "output", output, written=True, wide=True)
    source = Buffer("reduce_scatter_tensor", "input", input, wide=True)
    _check_parts("reduce_scatter_tensor", "input", source, to, member)
    how = reduction("reduce_scatter_tensor", op, to.dtype)
    work = Work(
        member,
        f"reduce_scatter_tensor of {words(source)} by {op.name}",
        lambda: [member.comm.Ireduce_scatter_block(source.numbers(), to.numbers(), how)],
        lambda: _reduced(to, op, member),
        tensors=[output],
    )
    return collective(work, async_op)


def _check_parts(call: str, name: str, whole: Buffer, part: Buffer, group: ProcessGroup) -> None:
    if whole.dtype != part.dtype:
        raise TypeError(f"{call}: expected tensors of one dtype, got {whole.dtype} and {part.dtype}")
    if whole.flat.size != part.flat.size * group.size():
        raise ValueError(
            f"{call}: expected {part.flat.size * group.size()} elements in {name}, {part.flat.size} for each of "
            f"{group.size()} ranks, got {whole.flat.size}"
        )


# ---- tensors that change hands ---------------------------------------------------------------------------------------


def broadcast(
    tensor: Tensor, src: int | None = None, group: Any = None, async_op: bool = False, group_src: int | None = None
) -> Work | None:
    """Replace `tensor` on all ranks by that of rank `src`, by default 0.

    Examples
    --------
    >>> mg.distributed.broadcast(mg.ones(2), src=0)  # doctest: +SKIP
    """
    if (member := the_group("broadcast", group)) is None:
        return None
    source = root("broadcast", "src", member, src, group_src)
    buffer = Buffer("broadcast", "tensor", tensor, written=source != member.rank())
    work = Work(
        member,
        f"broadcast of {words(buffer)} from rank {member.ranks[source]}",
        lambda: [member.comm.Ibcast(buffer.bytes(), source)],
        buffer.finish,
        tensors=[tensor],
    )
    return collective(work, async_op)


def all_gather_into_tensor(
    output_tensor: Tensor, input_tensor: Tensor, group: Any = None, async_op: bool = False
) -> Work | None:
    """Put all ranks' `input_tensor` one behind the other into `output_tensor`: joined, or stacked, as its shape says.

    Examples
    --------
    >>> mg.distributed.all_gather_into_tensor(mg.zeros(2), mg.ones(2))  # doctest: +SKIP
    """
    if (member := the_group("all_gather_into_tensor", group)) is None:
        return None
    to = Buffer("all_gather_into_tensor", "output_tensor", output_tensor, written=True)
    source = Buffer("all_gather_into_tensor", "input_tensor", input_tensor)
    _check_parts("all_gather_into_tensor", "output_tensor", to, source, member)
    work = Work(
        member,
        f"all_gather_into_tensor of {words(source)}",
        lambda: [member.comm.Iallgather(source.bytes(), to.bytes())],
        to.finish,
        tensors=[output_tensor],
    )
    return collective(work, async_op)


def _list(
    call: str, name: str, tensors: Any, group: ProcessGroup, like: Buffer | None = None, **how: bool
) -> dict[int, Buffer]:
    """Return the buffers of a list with a tensor for each rank.

    Raises
    ------
    ValueError, TypeError
        If there is another number of them, or the dtypes differ.
    """
    if not isinstance(tensors, (list, tuple)) or len(tensors) != group.size():
        got = f"{len(tensors)}" if isinstance(tensors, (list, tuple)) else type(tensors).__name__
        raise ValueError(f"{call}: expected a list of {group.size()} tensors as {name}, one for each rank, got {got}")
    buffers = [Buffer(call, f"{name}[{i}]", tensor, **how) for i, tensor in enumerate(tensors)]
    dtypes = sorted({str(buffer.dtype) for buffer in (*buffers, *([like] if like else []))})
    if len(dtypes) > 1:
        raise TypeError(f"{call}: expected tensors of one dtype, got {' and '.join(dtypes)}")
    return dict(enumerate(buffers))


def _exchanged(
    group: ProcessGroup,
    what: str,
    sent: Mapping[int, Buffer],
    received: Mapping[int, Buffer],
    async_op: bool,
    tensors: Sequence[Tensor] = (),
) -> Work | None:
    def finish() -> None:
        for buffer in received.values():
            buffer.finish()

    return collective(Work(group, what, lambda: exchange(group, sent, received), finish, tensors=tensors), async_op)


def all_gather(tensor_list: Sequence[Tensor], tensor: Tensor, group: Any = None, async_op: bool = False) -> Work | None:
    """Put rank i's `tensor` into ``tensor_list[i]``, on all ranks.

    Examples
    --------
    >>> mg.distributed.all_gather([mg.zeros(2)], mg.ones(2))  # doctest: +SKIP
    """
    if (member := the_group("all_gather", group)) is None:
        return None
    mine = Buffer("all_gather", "tensor", tensor)
    received = _list("all_gather", "tensor_list", tensor_list, member, mine, written=True)
    sizes = [buffer.flat.size for buffer in received.values()]
    if sizes[member.rank()] != mine.flat.size:
        raise ValueError(
            f"all_gather: expected tensor_list[{member.rank()}] of {mine.flat.size} elements, as tensor has, "
            f"got {sizes[member.rank()]}"
        )
    what = f"all_gather of {sizes} elements of {mine.dtype}"
    return _exchanged(member, what, dict.fromkeys(received, mine), received, async_op, tensor_list)


def gather(
    tensor: Tensor,
    gather_list: Sequence[Tensor] | None = None,
    dst: int | None = None,
    group: Any = None,
    async_op: bool = False,
    group_dst: int | None = None,
) -> Work | None:
    """Put rank i's `tensor` into ``gather_list[i]`` on rank `dst`, by default 0; the others give no list.

    Examples
    --------
    >>> mg.distributed.gather(mg.ones(2), [mg.zeros(2)], dst=0)  # doctest: +SKIP
    """
    if (member := the_group("gather", group)) is None:
        return None
    to = root("gather", "dst", member, dst, group_dst)
    mine = Buffer("gather", "tensor", tensor)
    received = _on_root("gather", "gather_list", gather_list, to, member, mine, written=True)
    what = f"gather of {mine.dtype} to rank {member.ranks[to]}"
    return _exchanged(member, what, {to: mine}, received, async_op, gather_list or ())


def scatter(
    tensor: Tensor,
    scatter_list: Sequence[Tensor] | None = None,
    src: int | None = None,
    group: Any = None,
    async_op: bool = False,
    group_src: int | None = None,
) -> Work | None:
    """Put ``scatter_list[i]`` of rank `src`, by default 0, into rank i's `tensor`; the others give no list.

    Examples
    --------
    >>> mg.distributed.scatter(mg.zeros(2), [mg.ones(2)], src=0)  # doctest: +SKIP
    """
    if (member := the_group("scatter", group)) is None:
        return None
    source = root("scatter", "src", member, src, group_src)
    mine = Buffer("scatter", "tensor", tensor, written=True)
    sent = _on_root("scatter", "scatter_list", scatter_list, source, member, mine)
    what = f"scatter of {mine.dtype} from rank {member.ranks[source]}"
    return _exchanged(member, what, sent, {source: mine}, async_op, [tensor])


def _on_root(
    call: str, name: str, tensors: Any, at: int, group: ProcessGroup, like: Buffer, **how: bool
) -> dict[int, Buffer]:
    """Return the buffers of a list that one rank alone gives."""
    if at == group.rank():
        if not tensors:
            raise ValueError(f"{call}: expected a list of tensors as {name} on rank {group.ranks[at]}")
        return _list(call, name, tensors, group, like, **how)
    if tensors:
        raise ValueError(f"{call}: expected {name} on rank {group.ranks[at]} only, got one on rank {group.world_rank}")
    return {}


def all_to_all(
    output_tensor_list: Sequence[Tensor], input_tensor_list: Sequence[Tensor], group: Any = None, async_op: bool = False
) -> Work | None:
    """Put rank i's ``input_tensor_list[j]`` into rank j's ``output_tensor_list[i]``.

    Examples
    --------
    >>> mg.distributed.all_to_all([mg.zeros(2)], [mg.ones(2)])  # doctest: +SKIP
    """
    if (member := the_group("all_to_all", group)) is None:
        return None
    sent = _list("all_to_all", "input_tensor_list", input_tensor_list, member)
    received = _list("all_to_all", "output_tensor_list", output_tensor_list, member, sent[0], written=True)
    return _exchanged(member, f"all_to_all of {sent[0].dtype}", sent, received, async_op, output_tensor_list)


def all_to_all_single(
    output: Tensor,
    input: Tensor,
    output_split_sizes: Sequence[int] | None = None,
    input_split_sizes: Sequence[int] | None = None,
    group: Any = None,
    async_op: bool = False,
) -> Work | None:
    """Cut `input` along its first dimension, one piece for each rank, and join what they send in `output`.

    Parameters
    ----------
    output_split_sizes, input_split_sizes : sequences of int, optional
        The lengths of the pieces; by default all are equal.

    Raises
    ------
    ValueError
        If the lengths do not add up to that of the tensor.

    Examples
    --------
    >>> mg.distributed.all_to_all_single(mg.zeros(4), mg.ones(4))  # doctest: +SKIP
    """
    if (member := the_group("all_to_all_single", group)) is None:
        return None
    source, to = (
        Buffer("all_to_all_single", "input", input),
        Buffer("all_to_all_single", "output", output, written=True),
    )
    if source.dtype != to.dtype:
        raise TypeError(f"all_to_all_single: expected tensors of one dtype, got {source.dtype} and {to.dtype}")
    sent = _pieces("input", source, input_split_sizes, member)
    received = _pieces("output", to, output_split_sizes, member)
    work = Work(
        member,
        f"all_to_all_single of {source.dtype}",
        lambda: exchange(member, sent, received),
        to.finish,
        tensors=[output],
    )
    return collective(work, async_op)


def _pieces(name: str, whole: Buffer, sizes: Sequence[int] | None, group: ProcessGroup) -> dict[int, Buffer]:
    if not whole.shape:
        raise ValueError(f"all_to_all_single: expected at least 1 dimension, got a 0-dim {name}")
    length, count = whole.shape[0], group.size()
    if sizes is None or not len(sizes):
        if length % count:
            raise ValueError(
                f"all_to_all_single: the {length} rows of {name} can't be divided among {count} ranks; give "
                f"{name}_split_sizes"
            )
        sizes = [length // count] * count
    if len(sizes) != count or sum(sizes) != length or min(sizes) < 0:
        raise ValueError(
            f"all_to_all_single: expected {count} lengths with the sum {length} as {name}_split_sizes, "
            f"got {list(sizes)}"
        )
    row = whole.flat.size // max(length, 1)
    ends = [row * sum(sizes[: i + 1]) for i in range(count)]
    return {
        i: of("all_to_all_single", name, whole.flat[end - row * size : end])
        for i, (end, size) in enumerate(zip(ends, sizes, strict=True))
    }


# ---- barriers --------------------------------------------------------------------------------------------------------


def barrier(
    group: Any = None, async_op: bool = False, device_ids: Any = None, timeout: timedelta | None = None
) -> Work | None:
    """Wait until all ranks have called this.

    Examples
    --------
    >>> mg.distributed.barrier()  # doctest: +SKIP
    """
    if (member := the_group("barrier", group)) is None:
        return None
    work = Work(member, "barrier", list).counted()
    if async_op:
        return work.start().remembered()
    work.wait(timeout)
    return None


def monitored_barrier(group: Any = None, timeout: timedelta | None = None, wait_all_ranks: bool = False) -> None:
    """Wait until all ranks have called this, or raise and name those who did not in time.

    Parameters
    ----------
    timeout : timedelta, optional
        By default that of the group.
    wait_all_ranks : accepted: all that are missing are named in any case

    Raises
    ------
    RuntimeError
        If a rank does not come.

    Examples
    --------
    >>> mg.distributed.monitored_barrier()  # doctest: +SKIP
    """
    if (member := the_group("monitored_barrier", group)) is not None:
        limit = seconds(timeout, member.timeout, "monitored_barrier")
        meet(member.comm, range(member.size()), "monitored_barrier", limit, names=member.ranks)
