"""Python objects that change hands: pickled, so only between ranks that trust one another, as those of a run do."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.distributed.buffers import of
from minigrad.distributed.collectives import root
from minigrad.distributed.groups import ProcessGroup, the_group
from minigrad.distributed.messages import recv, send
from minigrad.distributed.work import Work, exchange

__all__ = [
    "all_gather_object", "broadcast_object_list", "gather_object", "recv_object_list", "scatter_object_list",
    "send_object_list",
]  # fmt: skip


def _traded(group: ProcessGroup, what: str, given: Mapping[int, Any], sources: Iterable[int]) -> list[Any]:
    """Give objects to ranks, and return those of the sources: lengths change hands first, then what is that long."""
    call = what.split()[0]
    group.agree(what)
    data = {rank: np.frombuffer(pickle.dumps(value), np.uint8) for rank, value in given.items()}
    lengths = {rank: np.zeros(1, np.int64) for rank in sources}
    _moved(group, what, call, {rank: np.array([d.size]) for rank, d in data.items()}, lengths)
    received = {rank: np.empty(length[0], np.uint8) for rank, length in lengths.items()}
    _moved(group, what, call, data, received)
    return [pickle.loads(array.tobytes()) for _, array in sorted(received.items())]


def _moved(group: ProcessGroup, what: str, call: str, sent: Mapping[int, Any], received: Mapping[int, Any]) -> None:
    out = {rank: of(call, "object", array) for rank, array in sent.items()}
    into = {rank: of(call, "object", array, written=True) for rank, array in received.items()}
    Work(group, what, lambda: exchange(group, out, into)).counted(agreed=False).wait()


def all_gather_object(object_list: list[Any], obj: Any, group: Any = None) -> None:
    """Put rank i's `obj` into ``object_list[i]``, on all ranks.

    Raises
    ------
    ValueError
        If the list has another length than the group has members.

    Examples
    --------
    >>> mg.distributed.all_gather_object([None], {"loss": 0.5})  # doctest: +SKIP
    """
    if (member := the_group("all_gather_object", group)) is not None:
        _check_length("all_gather_object", "object_list", object_list, member)
        everyone = range(member.size())
        object_list[:] = _traded(member, "all_gather_object", dict.fromkeys(everyone, obj), everyone)


def gather_object(
    obj: Any,
    object_gather_list: list[Any] | None = None,
    dst: int | None = None,
    group: Any = None,
    group_dst: int | None = None,
) -> None:
    """Put rank i's `obj` into ``object_gather_list[i]`` on rank `dst`, by default 0; the others give no list.

    Examples
    --------
    >>> mg.distributed.gather_object("a", [None], dst=0)  # doctest: +SKIP
    """
    if (member := the_group("gather_object", group)) is None:
        return
    to = root("gather_object", "dst", member, dst, group_dst)
    here = to == member.rank()
    if here:
        _check_length("gather_object", "object_gather_list", object_gather_list, member)
    elif object_gather_list:
        raise ValueError(f"gather_object: expected object_gather_list on rank {member.ranks[to]} only")
    what = f"gather_object to rank {member.ranks[to]}"
    found = _traded(member, what, {to: obj}, range(member.size()) if here else ())
    if here and object_gather_list is not None:
        object_gather_list[:] = found


def broadcast_object_list(
    object_list: list[Any],
    src: int | None = None,
    group: Any = None,
    device: Any = None,
    group_src: int | None = None,
) -> None:
    """Replace the objects in the list on all ranks by those of rank `src`, by default 0.

    Examples
    --------
    >>> mg.distributed.broadcast_object_list(["a", 1], src=0)  # doctest: +SKIP
    """
    if (member := the_group("broadcast_object_list", group)) is None:
        return
    if not isinstance(object_list, list):
        raise TypeError(f"broadcast_object_list: expected a list, got {type(object_list).__name__}")
    source = root("broadcast_object_list", "src", member, src, group_src)
    what = f"broadcast_object_list of {len(object_list)} objects from rank {member.ranks[source]}"
    given = dict.fromkeys(range(member.size()), object_list) if source == member.rank() else {}
    object_list[:] = _traded(member, what, given, [source])[0]


def scatter_object_list(
    scatter_object_output_list: list[Any],
    scatter_object_input_list: list[Any] | None = None,
    src: int | None = None,
    group: Any = None,
    group_src: int | None = None,
) -> None:
    """Put ``scatter_object_input_list[i]`` of rank `src`, by default 0, into the first place of rank i's output list.

    Examples
    --------
    >>> mg.distributed.scatter_object_list([None], ["a"], src=0)  # doctest: +SKIP
    """
    call = "scatter_object_list"
    if (member := the_group(call, group)) is None:
        return
    if not isinstance(scatter_object_output_list, list) or not scatter_object_output_list:
        raise ValueError(f"{call}: expected a list with at least one place as scatter_object_output_list")
    source = root(call, "src", member, src, group_src)
    given: dict[int, Any] = {}
    if source == member.rank():
        given = dict(enumerate(_check_length(call, "scatter_object_input_list", scatter_object_input_list, member)))
    found = _traded(member, f"{call} from rank {member.ranks[source]}", given, [source])
    scatter_object_output_list[0] = found[0]


def _check_length(call: str, name: str, objects: Any, group: ProcessGroup) -> list[Any]:
    if not isinstance(objects, list) or len(objects) != group.size():
        got = len(objects) if isinstance(objects, list) else type(objects).__name__
        raise ValueError(f"{call}: expected a list of {group.size()} objects as {name}, one for each rank, got {got}")
    return objects


def send_object_list(
    object_list: list[Any],
    dst: int | None = None,
    group: Any = None,
    device: Any = None,
    group_dst: int | None = None,
    use_batch: bool = False,
) -> None:
    """Send the objects in the list to rank `dst`, which calls `recv_object_list`.

    Examples
    --------
    >>> mg.distributed.send_object_list(["a", 1], dst=1)  # doctest: +SKIP
    """
    data = np.frombuffer(pickle.dumps(list(object_list)), np.uint8)
    for array in (np.array([data.size]), data):
        send(Tensor._wrap(array), dst, group, 0, group_dst)


def recv_object_list(
    object_list: list[Any],
    src: int | None = None,
    group: Any = None,
    device: Any = None,
    group_src: int | None = None,
    use_batch: bool = False,
) -> int:
    """Replace the objects in the list by those that rank `src`, by default any, has sent; return whose they were.

    Examples
    --------
    >>> mg.distributed.recv_object_list([None, None], src=1)  # doctest: +SKIP
    1
    """
    length = np.zeros(1, np.int64)
    source = recv(Tensor._wrap(length), src, group, 0, group_src)
    if source < 0:
        return source
    data = np.empty(length[0], np.uint8)
    recv(Tensor._wrap(data), source, group)
    objects = pickle.loads(data.tobytes())
    if len(objects) != len(object_list):
        raise RuntimeError(
            f"recv_object_list: expected {len(object_list)} objects from rank {source}, got {len(objects)}"
        )
    object_list[:] = objects
    return source
