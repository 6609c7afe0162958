"""Whatever accelerator there is, as scripts ask for it that run on any: here there is none.

>>> mg.accelerator.is_available(), mg.accelerator.current_accelerator()
(False, None)
"""

from __future__ import annotations

from typing import Any, NoReturn

from minigrad.core.device import NoDevice


def is_available() -> bool:
    """Return False: there is no accelerator."""
    return False


def device_count() -> int:
    """Return 0: there is no accelerator."""
    return 0


def current_accelerator(check_available: bool = False) -> None:
    """Return None: there is no accelerator."""


def _none(*args: Any, **kwargs: Any) -> NoReturn:
    """Raise RuntimeError: there is no accelerator."""
    raise NoDevice("accelerator: minigrad computes on the CPU only; ask accelerator.is_available() first")


current_device_index = current_device_idx = set_device_index = set_device_idx = current_stream = set_stream = _none


def synchronize(device: Any = None) -> None:
    """Do nothing: there is no accelerator."""


def empty_cache() -> None:
    """Do nothing: there is no accelerator."""
