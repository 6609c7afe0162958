"""Answers to what scripts ask of `torch.distributed`: there is one process.

So a script that would also run on many imports what it needs, asks, and runs as it does on one machine. Whatever else
it imports raises RuntimeError when it is called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minigrad.lazy_names import unknown

__all__ = ["is_available", "is_initialized", "is_torchelastic_launched"]

_OF_A_GROUP = (
    "all_gather all_gather_into_tensor all_gather_object all_reduce all_to_all barrier broadcast broadcast_object_list "
    "destroy_process_group gather get_backend get_rank get_world_size init_process_group irecv isend new_group recv "
    "reduce reduce_scatter scatter send"
).split()


def is_available() -> bool:
    """Return False: there is one process."""
    return False


def is_initialized() -> bool:
    """Return False: there is one process."""
    return False


def is_torchelastic_launched() -> bool:
    """Return False: there is one process."""
    return False


def __getattr__(name: str) -> Callable[..., Any]:
    if name not in _OF_A_GROUP:
        raise unknown(__name__, name, [*__all__, *_OF_A_GROUP])

    def refused(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(f"distributed.{name}: minigrad runs in one process; ask distributed.is_available() first")

    refused.__name__ = refused.__qualname__ = name
    return refused


def __dir__() -> list[str]:
    return [*__all__, *_OF_A_GROUP]
