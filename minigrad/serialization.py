"""Saving and loading by the names of torch.serialization; and the list of classes that PyTorch's loading trusts.

Loading here runs nothing of a file, whatever it is told to trust. So the list is kept for those who ask for it, and
changes nothing: objects of other classes than `load` builds are refused all the same.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from minigrad.saving.files import load, save

__all__ = ["add_safe_globals", "clear_safe_globals", "get_safe_globals", "load", "safe_globals", "save"]

_listed: list[Any] = []


def add_safe_globals(safe_globals: Sequence[Any]) -> None:
    """Add classes to the list, which `load` doesn't need: it finds those of modules, and builds no others.

    Examples
    --------
    >>> mg.serialization.add_safe_globals([nn.Linear])
    >>> mg.serialization.get_safe_globals() == [nn.Linear]
    True
    >>> mg.serialization.clear_safe_globals()
    """
    _listed.extend(one for one in safe_globals if one not in _listed)


def get_safe_globals() -> list[Any]:
    """Return the list."""
    return list(_listed)


def clear_safe_globals() -> None:
    """Empty the list."""
    _listed.clear()


@contextlib.contextmanager
def safe_globals(safe_globals: Sequence[Any]) -> Iterator[None]:
    """Add classes to the list within a block.

    Examples
    --------
    >>> with mg.serialization.safe_globals([nn.Linear]):
    ...     mg.serialization.get_safe_globals() == [nn.Linear]
    True
    """
    before = list(_listed)
    add_safe_globals(safe_globals)
    try:
        yield
    finally:
        _listed[:] = before
