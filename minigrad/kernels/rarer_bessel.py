"""Bessel functions of the first and second kind, modified ones of the second, and Airy's, in double precision.

M. Abramowitz, I. Stegun, Handbook of Mathematical Functions (1964). J and Y: near 0 the power series 9.1.10, then J. C.
P. Miller's backward recurrence and Neumann's series 9.1.88 and 9.1.89, from 25 on the asymptotic series 9.2.5. K: near
0 the power series 9.6.11 and 9.6.13, then its integral 9.6.24 by the trapezoidal rule, whose error vanishes fast.
Airy's: that of K of order 1/3 (10.4.14), the asymptotic series 10.4.60, and Taylor's series in between.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from minigrad.kernels import bessel
from minigrad.kernels.gamma import EULER, in_double, polynomial

_SMALL, _LARGE = 1.0, 25.0


def _all_j(x: Any) -> list[Any]:
    """Return J_0, J_1, ... J_79 for 0 <= x <= 25."""
    below = np.minimum(x, _SMALL)
    series = [(below / 2) ** k * polynomial(below * below / 4, bessel.power_series(k, -1, 12)) for k in range(24)]
    above = np.maximum(x, _SMALL)
    later, now = np.zeros_like(above), np.full_like(above, 1e-200)
    values = [now]
    for k in range(80, 0, -1):
        later, now = now, 2 * k / above * now - later
        values.append(now)
    values.reverse()
    total = values[0] + 2 * np.sum(values[2::2], axis=0)  # 1 = J_0 + 2 J_2 + 2 J_4 + ...
    return [np.where(x < _SMALL, series[k] if k < 24 else 0, v / total) for k, v in enumerate(values[:80])]


def _waves(x: Any, n: int) -> tuple[Any, Any]:
    """Return J_n and Y_n for large x and n = 0 or 1."""
    series = bessel.asymptotic(n, 1)
    even = [(-1) ** k * c for k, c in enumerate(series[::2])]
    odd = [(-1) ** k * c for k, c in enumerate(series[1::2])]
    p, q = polynomial(1 / (x * x), even), polynomial(1 / (x * x), odd) / x
    cos, sin = (np.cos(x) + np.sin(x)) / math.sqrt(2), (np.sin(x) - np.cos(x)) / math.sqrt(2)
    if n:
        cos, sin = sin, -cos
    size = np.sqrt(2 / (math.pi * x))
    return size * (p * cos - q * sin), size * (p * sin + q * cos)


@in_double
def j(x: Any, n: int) -> Any:
    """Return J_n(x) for n = 0 or 1; 0 at infinity."""
    size = np.abs(x)
    y = np.where(size < _LARGE, _all_j(np.minimum(size, _LARGE))[n], _waves(np.maximum(size, _LARGE), n)[0])
    y = np.where(np.isinf(x), 0, y)
    return np.where(x < 0, -y, y) if n else y


@in_double
def y(x: Any, n: int) -> Any:
    """Return Y_n(x) for n = 0 or 1; -inf at 0, nan below."""
    near = np.minimum(np.maximum(x, 0), _LARGE)
    js = _all_j(near)
    log = np.log(near / 2) + EULER
    if n == 0:
        total = 2 / math.pi * log * js[0] - 4 / math.pi * sum((-1) ** k / k * js[2 * k] for k in range(1, 40))
    else:
        series = sum((-1) ** k * (2 * k + 1) / (k * (k + 1)) * js[2 * k + 1] for k in range(1, 39))
        total = -2 / (math.pi * near) * js[0] + 2 / math.pi * ((log - 1) * js[1] - series)
    result = np.where(x < _LARGE, total, _waves(np.maximum(x, _LARGE), n)[1])
    result = np.where(np.isposinf(x), 0, result)
    return np.where(x > 0, result, np.where(x == 0, -np.inf, np.nan))


# ---- modified, of the second kind ------------------------------------------------------------------------------------


def _scaled_k_integral(x: Any, order: float) -> Any:
    """Return ``exp(x) * K(x)`` for x >= 1: the integral of ``exp(-x * (cosh(t) - 1)) * cosh(order * t)``."""
    step = np.minimum(0.2, 0.6 / np.sqrt(x))
    total = 0.5 * np.ones_like(x)
    for k in range(1, 28):
        t = k * step
        total += np.exp(-2 * x * np.sinh(t / 2) ** 2) * np.cosh(order * t)
    return total * step


def _scaled_k(x: Any, n: int) -> Any:
    near = np.minimum(x, 2)
    z, log = near * near / 4, np.log(near / 2)
    harmonic = [sum(1 / m for m in range(1, k + 1)) for k in range(26)]
    first = np.exp(near) * bessel.scaled_i(near, n)
    if n == 0:
        terms = [h / math.factorial(k) ** 2 for k, h in enumerate(harmonic[:25])]
        small = polynomial(z, terms) - (log + EULER) * first
    else:
        factorials = [math.factorial(k) * math.factorial(k + 1) for k in range(25)]
        terms = [(harmonic[k] + harmonic[k + 1] - 2 * EULER) / factorials[k] for k in range(25)]
        small = 1 / near + log * first - near / 4 * polynomial(z, terms)
    y = np.where(x < 2, small * np.exp(near), _scaled_k_integral(np.maximum(x, 2), n))
    y = np.where(np.isposinf(x), 0, y)
    return np.where(x > 0, y, np.where(x == 0, np.inf, np.nan))


@in_double
def scaled_k(x: Any, n: int) -> Any:
    """Return ``exp(x) * K_n(x)`` for n = 0 or 1; inf at 0, nan below."""
    return _scaled_k(x, n)


@in_double
def k(x: Any, n: int) -> Any:
    """Return K_n(x), the modified Bessel function of the second kind, for n = 0 or 1; inf at 0, nan below."""
    return _scaled_k(x, n) * np.exp(-x)


# ---- Airy ------------------------------------------------------------------------------------------------------------

_STEP, _FIRST = 0.5, -10.0  # Taylor's series begin at -10, -9.5, ... 2


def _taylor(at: float, value: float, slope: float, count: int = 26) -> list[float]:
    """Return Taylor's series at `at` of the solution of ``y'' = x * y`` with this value and slope."""
    c = [value, slope, at * value / 2]
    for n in range(1, count):
        c.append((at * c[n] + c[n - 1]) / ((n + 2) * (n + 1)))
    return c


@functools.cache
def _airy_series() -> np.ndarray:
    """Return the series at -10, -9.5, ... 2, each of the one before on the way from 0."""
    start = (3 ** (-2 / 3) / math.gamma(2 / 3), -(3 ** (-1 / 3)) / math.gamma(1 / 3))
    rows = {0: _taylor(0.0, *start, 60)}
    for direction, last in ((-1, round(-_FIRST / _STEP)), (1, 4)):
        for i in range(1, last + 1):
            c, h = rows[direction * (i - 1)], direction * _STEP
            if direction > 0:  # upwards errors would grow: from 0 at once
                c, h = rows[0], direction * i * _STEP
            value = sum(a * h**n for n, a in enumerate(c))
            slope = sum(n * a * h ** (n - 1) for n, a in enumerate(c) if n)
            rows[direction * i] = _taylor(direction * i * _STEP, value, slope, 60)
    return np.array([rows[i] for i in sorted(rows)])


@in_double
def airy_ai(x: Any) -> Any:
    """Return Airy's function Ai."""
    middle = np.clip(np.nan_to_num(x), _FIRST, 2)
    index = np.round((middle - _FIRST) / _STEP).astype(int)
    h = middle - (_FIRST + _STEP * index)
    y = np.zeros_like(middle)
    for c in _airy_series().T[::-1]:
        y = y * h + c[index]
    right = np.maximum(x, 2)
    zeta = 2 / 3 * right**1.5
    decaying = np.sqrt(right / 3) / math.pi * _scaled_k_integral(zeta, 1 / 3) * np.exp(-zeta)
    left = np.maximum(-x, -_FIRST)
    zeta = 2 / 3 * left**1.5
    c = [math.gamma(3 * k + 0.5) / (54**k * math.factorial(k) * math.gamma(k + 0.5)) for k in range(40)]
    even = polynomial(zeta**-2, [(-1) ** k * v for k, v in enumerate(c[::2])])
    odd = polynomial(zeta**-2, [(-1) ** k * v for k, v in enumerate(c[1::2])]) / zeta
    angle = zeta + math.pi / 4
    waves = (np.sin(angle) * even - np.cos(angle) * odd) / (math.sqrt(math.pi) * left**0.25)
    y = np.where(x > 2, np.where(np.isposinf(x), 0, decaying), np.where(x < _FIRST, waves, y))
    return np.where(np.isnan(x), x, np.where(np.isneginf(x), 0, y))
