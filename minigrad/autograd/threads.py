"""The switch for a backward in several threads, for scripts that use PyTorch's."""

from __future__ import annotations

from typing import Any


class _Switch:
    enabled = True


class set_multithreading_enabled:
    """Set what `is_multithreading_enabled` says, and nothing else: backward walks in the thread that calls it.

    As a context manager, until the block ends.

    Examples
    --------
    >>> with mg.autograd.set_multithreading_enabled(False):
    ...     mg.autograd.is_multithreading_enabled()
    False
    """

    def __init__(self, mode: bool) -> None:
        self._before, _Switch.enabled = _Switch.enabled, mode

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: Any) -> None:
        _Switch.enabled = self._before


def is_multithreading_enabled() -> bool:
    """Return what `set_multithreading_enabled` has set.

    Examples
    --------
    >>> mg.autograd.is_multithreading_enabled()
    True
    """
    return _Switch.enabled
