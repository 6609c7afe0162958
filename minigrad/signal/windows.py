"""Windows for spectra, by `torch.signal.windows`'s names.

Each is a function of where a point lies: at 0 the first, at 1 the last of a symmetric window. A periodic one, with
``sym=False``, is the symmetric one of a point more, without the last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.dtypes import as_dtype, get_default_dtype
from minigrad.factory import factory

__all__ = [
    "bartlett", "blackman", "cosine", "exponential", "gaussian", "general_cosine", "general_hamming", "hamming",
    "hann", "kaiser", "nuttall",
]  # fmt: skip

Law = Callable[[np.ndarray], np.ndarray]

BLACKMAN = 0.42, 0.5, 0.08
NUTTALL = 0.3635819, 0.4891775, 0.1365995, 0.0106411


def window(name: str, M: Any, sym: bool, dtype: Any, law: Law, error: type[Exception] = ValueError) -> np.ndarray:
    """Return ``law(t)`` at `M` points, t from 0 to 1; a single one is 1."""
    count = as_int(name, "M", M)
    wanted = get_default_dtype().dtype if dtype is None else as_dtype(dtype)
    if count < 0 or wanted.kind != "f":
        raise error(f"{name}: expected a length of 0 or more and a floating dtype, got {count} and {wanted}")
    if error is ValueError and wanted.itemsize < 4:
        raise error(f"{name}: expected a dtype of float32 or float64, got {wanted}; convert the window with .half()")
    if count < 2:
        return np.ones(count, wanted)
    return law(np.arange(count) / _span(count, sym)).astype(wanted)


def _span(count: int, sym: bool) -> int:
    return count - 1 if sym else count


def triangle(t: np.ndarray) -> np.ndarray:
    """Compute the law of the window of Bartlett."""
    return 1 - np.abs(2 * t - 1)


def cosines(a: Iterable[float]) -> Law:
    """Return the law of a sum of cosines, whose signs alternate."""
    terms = [(-1) ** i * c for i, c in enumerate(a)]
    return lambda t: np.asarray(sum(c * np.cos(2 * np.pi * i * t) for i, c in enumerate(terms)))


def bessel(beta: float) -> Law:
    """Return the law of the window of Kaiser."""
    return lambda t: np.i0(beta * np.sqrt(np.clip(1 - (2 * t - 1) ** 2, 0, None))) / np.i0(beta)


def _positive(name: str, what: str, value: float) -> None:
    if not value > 0:
        raise ValueError(f"{name}: expected a positive {what}, got {value}")


@factory
def bartlett(M: int, *, sym: bool = True, dtype: Any = None) -> np.ndarray:
    """``1 - |2 t - 1|`` at `M` points, t from 0 to 1.

    Examples
    --------
    >>> mg.signal.windows.bartlett(5)
    tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
    """
    return window("bartlett", M, sym, dtype, triangle)


@factory
def blackman(M: int, *, sym: bool = True, dtype: Any = None) -> np.ndarray:
    """``0.42 - 0.5 cos(2 pi t) + 0.08 cos(4 pi t)`` at `M` points, t from 0 to 1.

    Examples
    --------
    >>> mg.signal.windows.blackman(3)[1]
    tensor(1.)
    """
    return window("blackman", M, sym, dtype, cosines(BLACKMAN))


@factory
def cosine(M: int, *, sym: bool = True, dtype: Any = None) -> np.ndarray:
    """``sin(pi (k + 1/2) / M)`` at the points k from 0 to ``M - 1``.

    Examples
    --------
    >>> mg.signal.windows.cosine(3)
    tensor([0.5000, 1.0000, 0.5000])
    """

    def law(t: np.ndarray) -> np.ndarray:
        span = _span(len(t), sym)
        return np.sin(np.pi * (t * span + 0.5) / (span + 1))

    return window("cosine", M, sym, dtype, law)


@factory
def exponential(
    M: int, *, center: float | None = None, tau: float = 1.0, sym: bool = True, dtype: Any = None
) -> np.ndarray:
    """``exp(-|k - center| / tau)`` at the points k from 0 to ``M - 1``.

    Parameters
    ----------
    center : float, optional
        The middle without it, and always that of a symmetric window.

    Raises
    ------
    ValueError
        If `tau` is not positive, or a symmetric window is given a center.

    Examples
    --------
    >>> mg.signal.windows.exponential(3)
    tensor([0.3679, 1.0000, 0.3679])
    """
    _positive("exponential", "tau", tau)
    if sym and center is not None:
        raise ValueError(f"exponential: expected no center for a symmetric window, got {center}; pass sym=False")

    def law(t: np.ndarray) -> np.ndarray:
        span = _span(len(t), sym)
        return np.exp(-np.abs(t * span - (span / 2 if center is None else center)) / tau)

    return window("exponential", M, sym, dtype, law)


@factory
def gaussian(M: int, *, std: float = 1.0, sym: bool = True, dtype: Any = None) -> np.ndarray:
    """``exp(-((k - m) / std) ** 2 / 2)`` at the points k from 0 to ``M - 1``, of which m is the middle.

    Raises
    ------
    ValueError
        If `std` is not positive.

    Examples
    --------
    >>> mg.signal.windows.gaussian(3)
    tensor([0.6065, 1.0000, 0.6065])
    """
    _positive("gaussian", "std", std)
    return window("gaussian", M, sym, dtype, lambda t: np.exp(-(((t - 0.5) * _span(len(t), sym) / std) ** 2) / 2))


@factory
def general_cosine(M: int, *, a: Iterable[float], sym: bool = True, dtype: Any = None) -> np.ndarray:
    """``a[0] - a[1] cos(2 pi t) + a[2] cos(4 pi t) - ...`` at `M` points, t from 0 to 1.

    Raises
    ------
    TypeError, ValueError
        If `a` holds no numbers.

    Examples
    --------
    >>> mg.signal.windows.general_cosine(3, a=[0.5, 0.5])
    tensor([0., 1., 0.])
    """
    if not isinstance(a, Iterable):
        raise TypeError(f"general_cosine: expected a list of numbers as 'a', got {type(a).__name__}")
    if not (weights := [float(c) for c in a]):
        raise ValueError("general_cosine: expected one number or more in 'a', got none")
    return window("general_cosine", M, sym, dtype, cosines(weights))


@factory
def general_hamming(M: int, *, alpha: float = 0.54, sym: bool = True, dtype: Any = None) -> np.ndarray:
    """``alpha - (1 - alpha) cos(2 pi t)`` at `M` points, t from 0 to 1.

    Examples
    --------
    >>> mg.signal.windows.general_hamming(3, alpha=0.5)
    tensor([0., 1., 0.])
    """
    return window("general_hamming", M, sym, dtype, cosines([alpha, 1 - alpha]))


@factory
def hamming(M: int, *, sym: bool = True, dtype: Any = None) -> np.ndarray:
    """``0.54 - 0.46 cos(2 pi t)`` at `M` points, t from 0 to 1.

    Examples
    --------
    >>> mg.signal.windows.hamming(3)
    tensor([0.0800, 1.0000, 0.0800])
    """
    return window("hamming", M, sym, dtype, cosines([0.54, 0.46]))


@factory
def hann(M: int, *, sym: bool = True, dtype: Any = None) -> np.ndarray:
    """``0.5 - 0.5 cos(2 pi t)`` at `M` points, t from 0 to 1.

    Examples
    --------
    >>> mg.signal.windows.hann(3)
    tensor([0., 1., 0.])
    """
    return window("hann", M, sym, dtype, cosines([0.5, 0.5]))


@factory
def kaiser(M: int, *, beta: float = 12.0, sym: bool = True, dtype: Any = None) -> np.ndarray:
    """``I0(beta sqrt(1 - (2 t - 1) ** 2)) / I0(beta)`` at `M` points, t from 0 to 1.

    Raises
    ------
    ValueError
        If `beta` is negative.

    Examples
    --------
    >>> mg.signal.windows.kaiser(3)[1]
    tensor(1.)
    """
    if not beta >= 0:
        raise ValueError(f"kaiser: expected a beta of 0 or more, got {beta}")
    return window("kaiser", M, sym, dtype, bessel(beta))


@factory
def nuttall(M: int, *, sym: bool = True, dtype: Any = None) -> np.ndarray:
    """Return the sum of four cosines by Nuttall, "Some windows with very good sidelobe behavior", 1981.

    Examples
    --------
    >>> mg.signal.windows.nuttall(3)[1]
    tensor(1.)
    """
    return window("nuttall", M, sym, dtype, cosines(NUTTALL))
