"""The incomplete gamma functions on arrays, and their slope for the parameter `a`, in double precision.

P is the integral of ``t ** (a - 1) * exp(-t) / gamma(a)`` from 0 to x, Q the rest: the distribution function of the
gamma distribution, and its complement. Below a + 1 the power series gives P, above it the continued fraction gives Q
(Abramowitz, Stegun, 1964, 6.5.29 and 6.5.31). For large `a` near x both are slow; there is N. M. Temme's uniform
expansion (The asymptotic expansion of the incomplete gamma functions, 1979).
"""

from __future__ import annotations

import functools
import math
from typing import Any, NamedTuple

import numpy as np

from minigrad.kernels.errstate import silent
from minigrad.kernels.gamma import digamma, lgamma, lgamma_next, polynomial, stirling
from minigrad.kernels.special import erfc

_LARGE_A, _NEAR = 200.0, 0.3  # where the uniform expansion takes over: a, and |x / a - 1|
_MOST_TERMS = 1000
_EPS = 1e-17


class Parts(NamedTuple):
    """P and Q, and the slope of P for `a`."""

    lower: Any
    upper: Any
    slope: Any


def _log_minus(ratio: Any, m: Any) -> Any:
    """Return ``log(ratio) - m``, where m = ratio - 1, exact near 0 too."""
    near = np.abs(m) < 0.5
    t = np.where(near, m, 0) / (2 + m)
    series = 2 * t**3 * polynomial(t * t, [1 / (2 * k + 3) for k in range(16)]) - t * np.where(near, m, 0)
    return np.where(near, series, np.log(ratio) - m)


def density(a: Any, x: Any) -> Any:
    """Return ``x ** a * exp(-x) / gamma(a + 1)``."""
    large = np.maximum(a, 10)
    far = np.exp(large * _log_minus(x / large, (x - large) / large) - stirling(large)) / np.sqrt(2 * math.pi * large)
    return np.where(a < 10, np.exp(a * np.log(x) - x - lgamma(a + 1)), far)


def _by_series(a: Any, x: Any) -> Parts:
    front, total, term = density(a, x), np.ones_like(a), np.ones_like(a)
    harmonic, weighted = np.zeros_like(a), np.zeros_like(a)
    for n in range(1, _MOST_TERMS):
        term = term * (x / (a + n))
        harmonic = harmonic + 1 / (a + n)
        total, weighted = total + term, weighted + term * harmonic
        if (term <= _EPS * total).all():
            break
    lower = front * total
    log = a * np.log(x) - lgamma_next(a)
    # where a is small, so is Q, and 1 - P would lose it
    alternating = sum((-x) ** n / (math.factorial(n) * (a + n)) for n in range(1, 30)) * a
    upper = np.where(a < 1, -np.expm1(log) - np.exp(log) * alternating, 1 - lower)
    return Parts(lower, upper, lower * (np.log(x) - digamma(a + 1)) - front * weighted)


def _by_fraction(a: Any, x: Any) -> Parts:
    b = x + 1 - a
    d = 1 / b
    f = d
    c, dc, dd = None, -1.0, d * d  # dc, dd and df are derivatives for a
    df = dd
    for i in range(1, _MOST_TERMS):
        n, b = i * (a - i), b + 2
        dd = n * dd + i * d - 1
        d = 1 / (n * d + b)
        dd = -d * d * dd
        c, dc = (b, np.full_like(b, -1)) if c is None else (b + n / c, (i - n * dc / c) / c - 1)
        step, before = d * c, df
        df = df * step + f * (dd * c + d * dc)
        f = f * step
        if (np.abs(step - 1) <= 1e-16).all() and (np.abs(df - before) <= 1e-16 * np.abs(df)).all():
            break
    front = density(a, x) * a
    upper = front * f
    return Parts(1 - upper, upper, -(upper * (np.log(x) - digamma(a)) + front * df))


@functools.cache
def _temme() -> list[list[float]]:
    """Return the coefficients of Temme's C_k(eta), k = 0, 1, ..., by powers of eta.

    With ``eta ** 2 / 2 = m - log(1 + m)`` it is ``C_0 = 1 / m - 1 / eta`` and ``C_k = C'_(k-1) / eta + g_k / m``, where
    the g_k, which are Stirling's coefficients but for the sign, cancel the pole at 0.
    """
    from fractions import Fraction  # takes 1 ms to import

    count = 42
    m = [Fraction(0), Fraction(1)]  # m as a series in eta, from m * m' = eta * (1 + m)
    for n in range(2, count):
        rest = sum((m[j] * m[n + 1 - j] * (n + 1 - j) for j in range(2, n)), Fraction(0))
        m.append((m[n - 1] - rest) / (n + 1))
    inverse = [Fraction(1)]  # eta / m
    for n in range(1, count - 1):
        inverse.append(-sum((m[j + 1] * inverse[n - j] for j in range(1, n + 1)), Fraction(0)))
    rows, row = [], inverse[1:]
    while len(row) > 24:
        rows.append([float(c) for c in row])
        # the pole of C' / eta, row[1] / eta, goes with that of g / m
        g = -row[1]
        row = [(n + 2) * row[n + 2] + g * inverse[n + 1] for n in range(len(row) - 2)]
    return rows


def _by_expansion(a: Any, x: Any) -> Parts:
    m = (x - a) / a
    square = -2 * _log_minus(x / a, m)
    eta = np.copysign(np.sqrt(square), m)
    deta = np.where(eta == 0, -1, -m / np.where(eta == 0, 1, eta)) / a  # for a, x being fixed
    sums, slopes = np.zeros_like(a), np.zeros_like(a)
    for k, row in enumerate(_temme()):
        value, slope = polynomial(eta, row), polynomial(eta, [n * c for n, c in enumerate(row)][1:])
        sums = sums + value * a**-k
        slopes = slopes + (slope * deta - k * value / a) * a**-k
    bell = np.exp(-a * square / 2) / np.sqrt(2 * math.pi * a)
    z = eta * np.sqrt(a / 2)
    log_slope = -square / 2 - a * eta * deta - 0.5 / a
    slope = bell * (eta / 2 + a * deta) - bell * (sums * log_slope + slopes)
    return Parts(erfc(-z) / 2 - bell * sums, erfc(z) / 2 + bell * sums, slope)


@silent
def parts(a: np.ndarray, x: np.ndarray) -> Parts:
    """Return P, Q and the slope of P for `a`, of two arrays in float64; nan where one is negative."""
    a, x = np.broadcast_arrays(a, x)
    out = Parts(*(np.full(np.shape(a), np.nan) for _ in range(3)))
    plain = (a > 0) & (x > 0) & np.isfinite(a) & np.isfinite(x)
    expanded = plain & (a > _LARGE_A) & (np.abs(x - a) < _NEAR * a)
    series = plain & ~expanded & ((x < a + 1) | (x < 1.1))
    for method, chosen in (
        (_by_series, series),
        (_by_fraction, plain & ~expanded & ~series),
        (_by_expansion, expanded),
    ):
        if chosen.any():
            for target, values in zip(out, method(a[chosen], x[chosen]), strict=True):
                target[chosen] = values
    zero = (a >= 0) & (x >= 0) & ~plain & ~((a == 0) & (x == 0)) & ~(np.isinf(a) & np.isinf(x))
    full = zero & ((a == 0) | np.isinf(x))
    for target, value in zip(out, (full, ~full, 0), strict=True):
        target[zero] = np.broadcast_to(value, zero.shape)[zero]
    return out
