"""The gamma function's logarithm and its derivatives on arrays, in double precision whatever the array has.

Each is a power series near 2, an asymptotic series for large arguments, the recurrence between these, and a reflection
for the rest: M. Abramowitz, I. Stegun, Handbook of Mathematical Functions (1964), 6.1.17, 6.1.33, 6.1.41, 6.3.5, 6.3.7,
6.3.18 and, for the zeta function by Euler's and Maclaurin's formula, 23.1.30.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigrad.kernels.blocks import by_blocks
from minigrad.kernels.errstate import silent

LARGE = 10.0  # from here on the asymptotic series are exact to the last bit
EULER = 0.57721566490153286061
# Bernoulli's numbers B_2, B_4, ... B_24
BERNOULLI = (
    1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330, 854513 / 138,
    -236364091 / 2730,
)  # fmt: skip
STIRLING = tuple(b / (2 * k * (2 * k - 1)) for k, b in enumerate(BERNOULLI[:9], 1))
_DIGAMMA = tuple(b / (2 * k) for k, b in enumerate(BERNOULLI[:9], 1))


def in_double(f: Callable[..., Any]) -> Callable[..., Any]:
    """Make `f` compute in float64, silently, and give the dtype that its first argument has."""

    @silent
    def call(x: np.ndarray, *others: Any) -> np.ndarray:
        wide = [a.astype(np.float64, copy=False) if hasattr(a, "astype") else a for a in (x, *others)]
        y: np.ndarray = f(*wide).astype(x.dtype, copy=False)
        return y

    functools.update_wrapper(call, f)
    return call


def polynomial(x: Any, coefficients: Sequence[float]) -> Any:
    """Return the polynomial with these coefficients, from the lowest power up."""
    y = np.full_like(x, coefficients[-1])
    for c in coefficients[-2::-1]:
        y *= x
        y += c
    return y


def stirling(x: Any) -> Any:
    """Return the logarithm of ``gamma(x) / (sqrt(2 pi / x) * (x / e) ** x)`` for x >= LARGE."""
    return polynomial(1 / (x * x), STIRLING) / x


@functools.cache
def _near_2() -> tuple[float, ...]:
    """Return the coefficients of ``lgamma(2 + x) / x``, which for x up to 1/2 are exact to the last bit."""
    zetas = hurwitz(np.arange(2.0, 29.0), np.full(27, 2.0))
    return (1 - EULER, *(float(z) * (-1) ** k / k for k, z in enumerate(zetas, 2)))


def _lgamma_positive(x: Any) -> Any:
    """Compute lgamma for x >= 1/2."""
    near, product = np.minimum(x, LARGE), np.ones_like(x)
    for _ in range(int(LARGE) - 2):
        far = near > 2.5
        near = near - far
        product *= np.where(far, near, 1)
    low = near < 1.5
    t = near - np.where(low, 1, 2)
    y = t * polynomial(t, _near_2()) + np.where(low, -np.log1p(np.minimum(t, 0.5)), np.log(product))
    large = np.maximum(x, LARGE)
    far_y = (large - 0.5) * (np.log(large) - 1) + (0.5 * math.log(2 * math.pi) - 0.5) + stirling(large)
    return np.where(x < LARGE, y, far_y)


@by_blocks
def _lgamma(x: np.ndarray, out: np.ndarray) -> None:
    y = _lgamma_positive(np.where(x < 0.5, 1 - x, x))
    turn = x - np.round(x)
    reflected = np.log(math.pi / np.abs(np.sin(math.pi * turn))) - y
    pole = ((turn == 0) & (x <= 0)) | np.isinf(x)
    np.copyto(out, np.where(pole, np.inf, np.where(x < 0.5, reflected, y)))


lgamma = in_double(_lgamma)
lgamma.__doc__ = "Return ``log(|gamma(x)|)``."


def lgamma_next(x: Any) -> Any:
    """Return ``lgamma(1 + x)`` for x >= 0, exact where x vanishes beside 1."""
    near = np.minimum(x, 0.5)
    return np.where(x < 0.5, near * polynomial(near, _near_2()) - np.log1p(near), lgamma(1 + x))


def _digamma_positive(x: Any) -> Any:
    """Compute digamma for x >= 1/2."""
    y, x = np.zeros_like(x), x.copy()
    for _ in range(int(LARGE)):
        near = x < LARGE
        y -= np.where(near, 1 / x, 0)
        x += near
    square = 1 / (x * x)
    return y + np.log(x) - 0.5 / x - square * polynomial(square, _DIGAMMA)


@by_blocks
def _digamma(x: np.ndarray, out: np.ndarray) -> None:
    y = _digamma_positive(np.where(x < 0.5, 1 - x, x))
    turn = np.where(np.abs(x) < 0.5, x, x - np.round(x))  # keeps the sign of 0
    reflected = np.where((turn == 0) & (x != 0), np.nan, y - math.pi / np.tan(math.pi * turn))
    np.copyto(out, np.where(x < 0.5, reflected, y))


digamma = in_double(_digamma)
digamma.__doc__ = "Return the derivative of `lgamma`; nan at the negative integers."


def hurwitz(s: Any, q: Any) -> Any:
    """Return the sum of ``(q + k) ** -s`` over k = 0, 1, ... for s > 1 and q > 0."""
    total = np.zeros_like(q)
    for k in range(9):
        total += (q + k) ** -s
    rest = q + 9
    power = rest**-s
    total += rest ** (1 - s) / (s - 1) + power * 0.5
    term = power * s / rest
    for k, b in enumerate(BERNOULLI, 1):
        total += term * (b / math.factorial(2 * k))
        term *= (s + 2 * k - 1) / rest * ((s + 2 * k) / rest)
    return total


@in_double
def zeta(s: Any, q: Any) -> Any:
    """Return the Hurwitz zeta function, the sum of ``(q + k) ** -s``; nan for s < 1, and for q < 0 unless s is whole.

    For q < 0 the terms before the one next to 0, r, are ``(-1) ** s`` times those of a positive argument, 1 - r to -q.
    """
    s, q = np.broadcast_arrays(s, q)
    turn = q - np.round(q)
    y = hurwitz(s, np.where(q > 0, q, 1 + turn))
    if (q < 0).any():
        before = hurwitz(s, 1 - turn) - hurwitz(s, 1 - np.minimum(q, 0))
        y = np.where(q < 0, y + turn**-s + np.where(s % 2 == 0, before, -before), y)
        y = np.where((q < 0) & (s != np.floor(s)), np.nan, y)
    y = np.where((q <= 0) & (q == np.floor(q)), np.inf, y)
    y = np.where(np.isposinf(q), 0, y)
    return np.where(s > 1, y, np.where(s == 1, np.inf, np.nan))


@in_double
def polygamma(x: Any, n: int) -> Any:
    """Return the `n`-th derivative of `digamma`, n >= 1."""
    return zeta(np.full_like(x, n + 1), x) * (math.gamma(n + 1) if n <= 170 else math.inf) * (-1) ** (n + 1)
