"""Errors of processes that a launcher has started."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["record"]

F = TypeVar("F", bound=Callable[..., Any])


def record(fn: F, error_handler: Any = None) -> F:
    """Return the function as it is: an error of one rank is told to all others, and printed, in any case.

    Examples
    --------
    >>> from minigrad.distributed.elastic.multiprocessing.errors import record
    >>> @record
    ... def main():
    ...     return 0
    >>> main()
    0
    """
    return fn
