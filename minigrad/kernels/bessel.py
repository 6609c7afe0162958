"""Bessel functions on arrays, in double precision whatever the array has.

M. Abramowitz, I. Stegun, Handbook of Mathematical Functions (1964): the power series 9.6.10 and the asymptotic one
9.7.1 for the modified functions.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from minigrad.kernels.gamma import in_double, polynomial

_LARGE = 25.0  # from here on the asymptotic series are exact to the last bit


@functools.cache
def asymptotic(n: int, sign: int) -> list[float]:
    """Return the coefficients by powers of 1 / x of the series behind ``exp(x) / sqrt(2 pi x)``."""
    terms = [1.0]
    for k in range(1, 40):
        terms.append(terms[-1] * sign * (4 * n * n - (2 * k - 1) ** 2) / (8 * k))
    return terms


@functools.cache
def power_series(n: int, sign: int, count: int = 60) -> list[float]:
    """Return the coefficients by powers of ``x * x / 4`` of the series behind ``(x / 2) ** n``."""
    return [sign**k / (math.factorial(k) * math.factorial(k + n)) for k in range(count)]


@in_double
def scaled_i(x: Any, n: int) -> Any:
    """Return ``exp(-|x|) * I_n(x)``, the modified Bessel function of the first kind, for small whole n >= 0."""
    size = np.abs(x)
    near, far = np.minimum(size, _LARGE), np.maximum(size, _LARGE)
    y = (near / 2) ** n * polynomial(near * near / 4, power_series(n, 1)) * np.exp(-near)
    y = np.where(size < _LARGE, y, polynomial(1 / far, asymptotic(n, -1)) / np.sqrt(2 * math.pi * far))
    return np.where((x < 0) & (n % 2 == 1), -y, y)


@in_double
def i(x: Any, n: int) -> Any:
    """Return I_n(x), the modified Bessel function of the first kind, for small whole n >= 0."""
    half = np.exp(np.abs(x) / 2)  # exp(|x|) overflows before the product does
    return np.where(np.isinf(x), x if n % 2 else half, scaled_i(x, n) * half * half)
