"""Windows for spectra by their old names: periodic unless asked otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.factory import factory
from minigrad.signal.windows import BLACKMAN, Law, bessel, cosines, triangle, window

__all__ = ["bartlett_window", "blackman_window", "hamming_window", "hann_window", "kaiser_window"]


def _window(name: str, length: Any, periodic: bool, dtype: Any, law: Law) -> np.ndarray:
    return window(name, length, not periodic, dtype, law, RuntimeError)


@factory
def hann_window(window_length: int, periodic: bool = True, *, dtype: Any = None) -> np.ndarray:
    """``0.5 - 0.5 cos(2 pi t)`` for t from 0 to 1.

    Examples
    --------
    >>> mg.hann_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    return _window("hann_window", window_length, periodic, dtype, cosines([0.5, 0.5]))


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
    return _window("hamming_window", window_length, periodic, dtype, cosines([alpha, beta]))


@factory
def bartlett_window(window_length: int, periodic: bool = True, *, dtype: Any = None) -> np.ndarray:
    """``1 - |2 t - 1|`` for t from 0 to 1.

    Examples
    --------
    >>> mg.bartlett_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    return _window("bartlett_window", window_length, periodic, dtype, triangle)


@factory
def blackman_window(window_length: int, periodic: bool = True, *, dtype: Any = None) -> np.ndarray:
    """``0.42 - 0.5 cos(2 pi t) + 0.08 cos(4 pi t)`` for t from 0 to 1.

    Examples
    --------
    >>> mg.blackman_window(5, periodic=False)[2]
    tensor(1.)
    """
    return _window("blackman_window", window_length, periodic, dtype, cosines(BLACKMAN))


@factory
def kaiser_window(window_length: int, periodic: bool = True, beta: float = 12.0, *, dtype: Any = None) -> np.ndarray:
    """``I0(beta sqrt(1 - (2 t - 1) ** 2)) / I0(beta)`` for t from 0 to 1.

    Examples
    --------
    >>> mg.kaiser_window(3, periodic=False)[1]
    tensor(1.)
    """
    return _window("kaiser_window", window_length, periodic, dtype, bessel(beta))
