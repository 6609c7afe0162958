"""Demands that scripts make of what they are given: `_check` and its kin raise where they are not met."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minigrad.core.tensor import Tensor


def _check_with(error_type: type[Exception], cond: bool, message: Callable[[], Any] | None) -> None:
    """Raise ``error_type(message())`` unless `cond` is True.

    Raises
    ------
    TypeError
        If `cond` is no bool, or `message` cannot be called.
    """
    if not isinstance(cond, bool):
        raise TypeError(
            f"_check: expected a bool as cond, got {type(cond).__name__}; see _check_tensor_all for tensors"
        )
    if cond:
        return
    if message is None:
        raise error_type("_check: expected cond to be True, got False")
    if not callable(message):
        raise TypeError(f"_check: expected a function that returns the message, got {type(message).__name__}")
    raise error_type(str(message()))


def _assert(condition: Any, message: str) -> None:
    """Raise AssertionError unless `condition` holds."""
    if not condition:
        raise AssertionError(message)


def _check(cond: bool, message: Callable[[], Any] | None = None) -> None:
    """Raise RuntimeError unless `cond` is True."""
    _check_with(RuntimeError, cond, message)


def _check_index(cond: bool, message: Callable[[], Any] | None = None) -> None:
    """Raise IndexError unless `cond` is True."""
    _check_with(IndexError, cond, message)


def _check_value(cond: bool, message: Callable[[], Any] | None = None) -> None:
    """Raise ValueError unless `cond` is True."""
    _check_with(ValueError, cond, message)


def _check_type(cond: bool, message: Callable[[], Any] | None = None) -> None:
    """Raise TypeError unless `cond` is True."""
    _check_with(TypeError, cond, message)


def _check_not_implemented(cond: bool, message: Callable[[], Any] | None = None) -> None:
    """Raise NotImplementedError unless `cond` is True."""
    _check_with(NotImplementedError, cond, message)


def _check_is_size(i: int, message: Callable[[], Any] | None = None, *, max: int | None = None) -> None:
    """Raise RuntimeError unless `i` is a length: 0 or more, and at most `max`."""
    _check(bool(i >= 0 and (max is None or i <= max)), message)


def _check_tensor_all(cond: Tensor, message: Callable[[], Any] | None = None) -> None:
    """Raise RuntimeError unless all elements of a bool tensor are True."""
    if not isinstance(cond, Tensor) or cond._data.dtype != bool:
        got = cond.dtype if isinstance(cond, Tensor) else type(cond).__name__
        raise TypeError(f"_check_tensor_all: expected a tensor of bools as cond, got {got}")
    _check(bool(cond._data.all()), message)
