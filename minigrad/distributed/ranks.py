"""Ranks: which one this process has, what it is in the world and in groups, and groups of neighbouring ranks."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from minigrad.distributed.groups import GroupMember, ProcessGroup, new_group, the_group


def get_rank(group: ProcessGroup | None = None) -> int:
    """Return the rank of this process in the group, -1 if it is no member.

    Examples
    --------
    >>> mg.distributed.get_rank()  # doctest: +SKIP
    0
    """
    member = _quietly("get_rank", group)
    return -1 if member is None else member.rank()


def get_world_size(group: ProcessGroup | None = None) -> int:
    """Return the number of processes in the group, -1 if this one is no member.

    Examples
    --------
    >>> mg.distributed.get_world_size()  # doctest: +SKIP
    1
    """
    member = _quietly("get_world_size", group)
    return -1 if member is None else member.size()


def _quietly(call: str, group: Any) -> ProcessGroup | None:
    return None if group == GroupMember.NON_GROUP_MEMBER else the_group(call, group)


def get_backend(group: ProcessGroup | None = None) -> str:
    """Return the backend that the script has asked for, ``"mpi"`` or ``"gloo"``.

    Examples
    --------
    >>> mg.distributed.get_backend()  # doctest: +SKIP
    'mpi'
    """
    member = _quietly("get_backend", group)
    if member is None:
        raise ValueError("get_backend: this process is not in the group")
    return member.backend


def get_process_group_ranks(group: ProcessGroup | None) -> list[int]:
    """Return the ranks in the world of the group's members.

    Examples
    --------
    >>> mg.distributed.get_process_group_ranks(None)  # doctest: +SKIP
    [0]
    """
    member = the_group("get_process_group_ranks", group)
    return [] if member is None else list(member.ranks)


def get_group_rank(group: ProcessGroup, global_rank: int) -> int:
    """Return the rank in the group of a rank in the world.

    Raises
    ------
    ValueError
        If it is no member.

    Examples
    --------
    >>> mg.distributed.get_group_rank(mg.distributed.group.WORLD, 0)  # doctest: +SKIP
    0
    """
    member = the_group("get_group_rank", group)
    if member is None or global_rank not in member.ranks:
        raise ValueError(f"get_group_rank: rank {global_rank} is not in {group!r}")
    return member.ranks.index(global_rank)


def get_global_rank(group: ProcessGroup, group_rank: int) -> int:
    """Return the rank in the world of a rank in the group.

    Raises
    ------
    ValueError
        If there is no such member.

    Examples
    --------
    >>> mg.distributed.get_global_rank(mg.distributed.group.WORLD, 0)  # doctest: +SKIP
    0
    """
    member = the_group("get_global_rank", group)
    if member is None or not 0 <= group_rank < member.size():
        raise ValueError(f"get_global_rank: there is no rank {group_rank} in {group!r}")
    return member.ranks[group_rank]


def get_node_local_rank(fallback_rank: int | None = None) -> int:
    """Return the rank of this process among those on its machine, or `fallback_rank` where nobody has said it.

    Examples
    --------
    >>> mg.distributed.get_node_local_rank(fallback_rank=0)
    0
    """
    if "LOCAL_RANK" in os.environ:
        return int(os.environ["LOCAL_RANK"])
    if fallback_rank is None:
        raise RuntimeError("get_node_local_rank: LOCAL_RANK is not set; init_process_group() sets it")
    return int(fallback_rank)


def new_subgroups(
    group_size: int | None = None,
    group: ProcessGroup | None = None,
    timeout: timedelta | None = None,
    backend: str | None = None,
    pg_options: Any = None,
    group_desc: str | None = None,
) -> tuple[Any, list[Any]]:
    """Cut the world into groups of `group_size` neighbours; return that of this process, and all.

    Raises
    ------
    ValueError
        If the size does not divide that of the world.

    Examples
    --------
    >>> mine, all_pairs = mg.distributed.new_subgroups(2)  # doctest: +SKIP
    """
    size = get_world_size()
    count = int(os.environ["LOCAL_WORLD_SIZE"]) if group_size is None else group_size
    if count < 1 or size % count:
        raise ValueError(f"new_subgroups: expected a group_size that divides {size}, got {count}")
    parts = [list(range(first, first + count)) for first in range(0, size, count)]
    return new_subgroups_by_enumeration(parts, timeout, backend)


def new_subgroups_by_enumeration(
    ranks_per_subgroup_list: Sequence[Sequence[int]],
    timeout: timedelta | None = None,
    backend: str | None = None,
    pg_options: Any = None,
    group_desc: str | None = None,
) -> tuple[Any, list[Any]]:
    """Make groups that have no rank in common; return that of this process, or None, and all.

    Raises
    ------
    ValueError
        If a rank is in two of them, or the list is empty.

    Examples
    --------
    >>> mine, both = mg.distributed.new_subgroups_by_enumeration([[0, 2], [1, 3]])  # doctest: +SKIP
    """
    every = [rank for part in ranks_per_subgroup_list for rank in part]
    if not every or len(set(every)) < len(every):
        raise ValueError(
            f"new_subgroups_by_enumeration: expected lists of different ranks, got {ranks_per_subgroup_list}"
        )
    groups = [new_group(part, timeout, backend) for part in ranks_per_subgroup_list]
    return next((g for g in groups if isinstance(g, ProcessGroup)), None), groups
