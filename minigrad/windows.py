"""Windows for spectra, as functions of the number of points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.dtypes import as_dtype, get_default_dtype
from minigrad.factory import factory

__all__ = ["bartlett_window", "blackman_window", "hamming_window", "hann_window", "kaiser_window"]


def _window(name: str, length: Any, periodic: bool, dtype: Any, law: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Return ``law(t)`` for t from 0 to 1; a periodic window is the symmetric one of a point more, without the last."""
    count = as_int(name, "window_length", length)
    wanted = get_default_dtype().dtype if dtype is None else as_dtype(dtype)
    if count < 0 or wanted.kind != "f":
        raise RuntimeError(f"{name}: expected a length of 0 or more and a floating dtype, got {count} and {wanted}")
    if count < 2:
        return np.ones(count, wanted)
    return law(np.arange(count) / (count if periodic else count - 1)).astype(wanted)


@factory
def hann_window(window_length: int, periodic: bool = True, *, dtype: Any = None) -> np.ndarray:
    """``0.5 - 0.5 cos(2 pi t)`` for t from 0 to 1.

    Examples
    --------
    >>> mg.hann_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    return _window("hann_window", window_length, periodic, dtype, lambda t: 0.5 - 0.5 * np.cos(2 * np.pi * t))


@factory
def hamming_window(
    window_length: int, periodic: bool = True, alpha: float = 0.54, beta: float = 0.46, *, dtype: Any = None
) -> np.ndarray:
    """``alpha - beta cos(2 pi t)`` for t from 0 to 1.

    Examples
    --------
    >>> mg.hamming_window(2)
    tensor([0.0800, 1.0000])
    """
    return _window("hamming_window", window_length, periodic, dtype, lambda t: alpha - beta * np.cos(2 * np.pi * t))


@factory
def bartlett_window(window_length: int, periodic: bool = True, *, dtype: Any = None) -> np.ndarray:
    """``1 - |2 t - 1|`` for t from 0 to 1.

    Examples
    --------
    >>> mg.bartlett_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    return _window("bartlett_window", window_length, periodic, dtype, lambda t: 1 - np.abs(2 * t - 1))


@factory
def blackman_window(window_length: int, periodic: bool = True, *, dtype: Any = None) -> np.ndarray:
    """``0.42 - 0.5 cos(2 pi t) + 0.08 cos(4 pi t)`` for t from 0 to 1.

    Examples
    --------
    >>> mg.blackman_window(5, periodic=False)[2]
    tensor(1.)
    """

    def law(t: np.ndarray) -> np.ndarray:
        return 0.42 - 0.5 * np.cos(2 * np.pi * t) + 0.08 * np.cos(4 * np.pi * t)

    return _window("blackman_window", window_length, periodic, dtype, law)


@factory
def kaiser_window(window_length: int, periodic: bool = True, beta: float = 12.0, *, dtype: Any = None) -> np.ndarray:
    """``I0(beta sqrt(1 - (2 t - 1) ** 2)) / I0(beta)`` for t from 0 to 1.

    Examples
    --------
    >>> mg.kaiser_window(3, periodic=False)[1]
    tensor(1.)
    """

    def law(t: np.ndarray) -> np.ndarray:
        return np.i0(beta * np.sqrt(np.clip(1 - (2 * t - 1) ** 2, 0, None))) / np.i0(beta)

    return _window("kaiser_window", window_length, periodic, dtype, law)
