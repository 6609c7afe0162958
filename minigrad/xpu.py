"""Answers to what scripts ask of Intel's GPUs: there are none."""

from typing import Any


def is_available() -> bool:
    """Return False: there is no such device."""
    return False


def device_count() -> int:
    """Return 0: there is no such device."""
    return 0


def manual_seed(seed: int) -> None:
    """Do nothing: there is no such device."""


def synchronize(device: Any = None) -> None:
    """Do nothing: there is no such device."""


def empty_cache() -> None:
    """Do nothing: there is no such device."""
