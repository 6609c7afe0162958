"""Several processes that save and load as one: rank 0 does it. Where there is one, nothing of this costs anything."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def _world() -> Any:
    """Return the default group, if it was made and has several members."""
    groups = sys.modules.get("minigrad.distributed.groups")  # who has made it has imported that
    world = groups.GroupMember.WORLD if groups is not None else None
    return world if world is not None and world.size() > 1 else None


def several() -> bool:
    """Return whether there are several processes."""
    return _world() is not None


def is_first() -> bool:
    """Return whether this process is the one that reads, writes and prints for all."""
    return (world := _world()) is None or world.rank() == 0


def gathered(value: Any) -> list[Any]:
    """Return what all ranks give, on rank 0; on others, and alone, what this one gives."""
    if (world := _world()) is None:
        return [value]
    from minigrad.distributed.objects import gather_object

    values = [value] * world.size() if world.rank() == 0 else None
    gather_object(value, values, dst=0)
    return values or [value]


def from_first(function: Callable[[], T]) -> T:
    """Return what `function` returns on rank 0, which alone calls it; or raise, on all ranks, what it raises there."""
    if (world := _world()) is None:
        return function()
    from minigrad.distributed.objects import broadcast_object_list

    told: list[Any] = [None, None]
    if world.rank() == 0:
        try:
            told[0] = function()
        except BaseException as error:
            broadcast_object_list([None, error], src=0)
            raise
    broadcast_object_list(told, src=0)
    if told[1] is not None:
        raise told[1]
    return told[0]


def mine(states: list[Any], of_first: Any) -> tuple[Any, bool]:
    """Return the state of this rank and True; or that of rank 0 and False, if there is none."""
    world = _world()
    rank = 0 if world is None else world.rank()
    return (states[rank], True) if rank < len(states) else (of_first, False)
