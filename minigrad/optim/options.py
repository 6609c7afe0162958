"""Checks of the options that optimizers are made with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor


def check_hints(optimizer: str, options: Mapping[str, Any]) -> None:
    """Refuse what PyTorch's hints on how to compute can't mean here: ``foreach``, ``fused``, and two more.

    Raises
    ------
    RuntimeError
        For hints that exclude each other, and for ``capturable=True``, as in PyTorch on a CPU.
    ValueError
        For ``differentiable=True``.
    """
    if options.get("fused") and options.get("foreach"):
        raise RuntimeError(f"{optimizer}: expected at most one of fused=True and foreach=True")
    if options.get("fused") and options.get("differentiable"):
        raise RuntimeError(f"{optimizer}: fused=True does not go with differentiable=True")
    if options.get("capturable"):
        raise RuntimeError(f"{optimizer}: capturable=True is for graphs of a GPU; leave it out")
    if options.get("differentiable"):
        raise ValueError(f"{optimizer}: differentiable=True is not supported; steps are not recorded")


def is_number(value: Any) -> bool:
    """Return whether `value` can be an option that is a number."""
    return isinstance(value, (int, float, np.integer, np.floating, Tensor)) and not isinstance(value, bool)


def as_number(optimizer: str, name: str, value: Any) -> Any:
    """Return the value of an option that is a number, or a Tensor of one element; raise if it is neither."""
    if isinstance(value, Tensor):
        if value.numel() != 1:
            raise ValueError(f"{optimizer}: expected a Tensor {name} of one element, got shape {tuple(value.shape)}")
        return value.item()
    if not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{optimizer}: expected a number as {name}, got {type(value).__name__} {value!r:.40}")
    return value


def check_not_negative(optimizer: str, **options: Any) -> None:
    """Raise ValueError for an option below 0 (or NaN), TypeError for one that is no number."""
    for name, value in options.items():
        if not as_number(optimizer, name, value) >= 0:
            raise ValueError(f"{optimizer}: expected {name} of 0 or more, got {value}")


def two_numbers(optimizer: str, name: str, values: Any) -> tuple[Any, Any]:
    """Return `values` if they are two; raise otherwise."""
    if not isinstance(values, (tuple, list)):
        raise TypeError(f"{optimizer}: expected {name} as two numbers, got {type(values).__name__} {values!r:.40}")
    if len(values) != 2:
        raise ValueError(f"{optimizer}: expected two {name}, got {values}")
    return values[0], values[1]


def check_betas(optimizer: str, betas: Any) -> None:
    """Raise unless `betas` are two numbers in [0, 1)."""
    for beta in two_numbers(optimizer, "betas", betas):
        if not 0 <= as_number(optimizer, "betas", beta) < 1:
            raise ValueError(f"{optimizer}: expected betas of 0 or more and less than 1, got {betas}")
