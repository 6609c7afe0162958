"""The error function and its relatives on arrays, one block that fits the cache at a time.

Double precision: W. J. Cody, "Rational Chebyshev approximations for the error function", Mathematics of Computation
23 (1969). Single precision has one formula for all arguments, ``erf(x) = tanh(x * p(x ** 2))`` with a polynomial p:
``artanh(erf(x)) / x`` is even and smooth, and for large x the tanh forgives an error of p. The normal distribution
function is made in the same way: ``cdf(x) = 1 / (1 + exp(x * p(x ** 2)))``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from minigrad.kernels.blocks import by_blocks, in_blocks
from minigrad.kernels.errstate import silent

_SPLIT = 0.46875
# erf(x) / x for x <= _SPLIT, in x ** 2; here and below the numerator's and the denominator's coefficients from the
# highest power down, the denominator's leading 1 left out
_SMALL = (
    (1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2,
     3.20937758913846947e3),
    (2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)  # fmt: skip
# exp(x ** 2) * erfc(x) for _SPLIT <= x <= 4, in x
_MIDDLE = (
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1,
     2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
     1.23033935479799725e3),
    (1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
     3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3),
)  # fmt: skip
# x ** 2 * (1 / sqrt(pi) - x * exp(x ** 2) * erfc(x)) for x >= 4, in 1 / x ** 2
_LARGE = (
    (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
     1.60837851487422766e-2, 6.58749161529837803e-4),
    (2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1, 6.05183413124413191e-2,
     2.33520497626869185e-3),
)  # fmt: skip
# artanh(erf(x)) / x, in x ** 2: the least possible error of erf, 7e-8 of it; beyond x = 4 it grows and is positive
_SINGLE = (5.42095492e-9, 2.75933315e-8, -4.79477363e-6, 8.45973428e-5, -6.14839875e-4, -1.95286594e-4, 0.102769864,
           1.12837925)  # fmt: skip
# log(1 / cdf(x) - 1) / x of the normal distribution, in x ** 2: likewise, with an absolute error of the cdf of 3e-8
_SINGLE_CDF = (-3.51245920e-9, 2.64530924e-7, -7.92954276e-6, 1.10612687e-4, 6.51892306e-5, -7.26661686e-2,
               -1.59576988)  # fmt: skip


def _polynomial(x: np.ndarray, y: np.ndarray, coefficients: Sequence[float]) -> np.ndarray:
    """Do a step of Horner's scheme in the buffer `y` that holds what the coefficients before these gave, times x."""
    for c in coefficients[:-1]:
        y += c
        y *= x
    y += coefficients[-1]
    return y


def _rational(coefficients: tuple[Sequence[float], Sequence[float]], x: np.ndarray) -> np.ndarray:
    (first, *numerator), denominator = coefficients
    y = _polynomial(x, x * first, numerator)
    y /= _polynomial(x, x.copy(), denominator)
    return y


def _scaled_tail(x: np.ndarray) -> np.ndarray:
    """Compute exp(x * x) * erfc(x) for a vector of x >= _SPLIT."""
    y = _rational(_MIDDLE, np.minimum(x, 4))
    if (large := x > 4).any():
        z = x[large]
        t = 1 / (z * z)
        y[large] = (1 / math.sqrt(math.pi) - t * _rational(_LARGE, t)) / z
    return y


def _times_exp_square(y: np.ndarray, x: np.ndarray, sign: int) -> np.ndarray:
    """Multiply `y` by exp(sign * x * x) to full precision: the first factor's exponent has few digits and is exact."""
    coarse = np.trunc(x * 16) / 16
    y *= np.exp(sign * coarse * coarse)
    y *= np.exp(sign * (x - coarse) * (x + coarse))
    return y


def _tail(x: np.ndarray) -> np.ndarray:
    """Compute erfc(x) for a vector of x >= _SPLIT."""
    return _times_exp_square(_scaled_tail(x), x, -1)


@by_blocks
def _erf_double(x: np.ndarray, out: np.ndarray) -> None:
    size = np.minimum(np.abs(x), 6)  # erf(6) is 1
    near = np.minimum(size, _SPLIT)
    y = near * _rational(_SMALL, near * near)
    np.copysign(np.where(size > _SPLIT, 1 - _tail(np.maximum(size, _SPLIT)), y), x, out=out)


@by_blocks
def _erf_single(x: np.ndarray, out: np.ndarray) -> None:
    square = np.square(x)
    np.multiply(_polynomial(square, square * _SINGLE[0], _SINGLE[1:]), x, out=out)
    np.tanh(out, out=out)


def _cdf_single(x: np.ndarray, out: np.ndarray) -> None:
    square = np.square(x)
    np.multiply(_polynomial(square, square * _SINGLE_CDF[0], _SINGLE_CDF[1:]), x, out=out)
    np.exp(out, out=out)
    out += 1
    np.reciprocal(out, out=out)


@by_blocks
def _erfc_double(x: np.ndarray, out: np.ndarray) -> None:
    size = np.minimum(np.abs(x), 28)  # erfc(28) is 0
    near = np.minimum(size, _SPLIT)
    y = 1 - near * _rational(_SMALL, near * near)
    y = np.where(size > _SPLIT, _tail(np.maximum(size, _SPLIT)), y)
    np.copyto(out, np.where(x < 0, 2 - y, y))


@by_blocks
def _erfcx_double(x: np.ndarray, out: np.ndarray) -> None:
    size = np.abs(x)
    near, large = np.minimum(size, _SPLIT), np.minimum(size, 28)  # exp(28 * 28) is infinite
    y = np.where(size > _SPLIT, _scaled_tail(np.maximum(size, _SPLIT)), 0)
    y = np.where(size > _SPLIT, y, (1 - near * _rational(_SMALL, near * near)) * np.exp(near * near))
    np.copyto(out, np.where(x < 0, _times_exp_square(np.full_like(x, 2), large, 1) - y, y))


@by_blocks
def _ndtr_double(x: np.ndarray, out: np.ndarray) -> None:
    np.divide(_erfc_double(x * -math.sqrt(0.5)), 2, out=out)


@by_blocks
def _log_ndtr_double(x: np.ndarray, out: np.ndarray) -> None:
    z = x * -math.sqrt(0.5)
    below, above = np.maximum(z, 0), np.minimum(z, 0)
    log = np.log(_erfcx_double(below) / 2) - np.where(np.isinf(below), np.inf, below * below)
    np.copyto(out, np.where(x < 0, log, np.log1p(_erfc_double(-above) / -2)))


@by_blocks
def _ndtri_double(p: np.ndarray, out: np.ndarray) -> None:
    # in the middle the inverse of erf; beyond it Newton's method for the logarithm, which sees the smallest of them
    low = np.minimum(np.minimum(p, 1 - p), 0.25)
    log = np.log(low)
    t = np.sqrt(-2 * log)
    z = (np.log(t) + 0.5 * math.log(2 * math.pi)) / t - t
    for _ in range(5):
        z -= (_log_ndtr_double(z) - log) * _erfcx_double(z * -math.sqrt(0.5)) * math.sqrt(math.pi / 2)
    z = np.where(low == 0, -np.inf, z)
    middle = _erfinv_double(2 * p - 1) * math.sqrt(2)
    np.copyto(out, np.where(low == 0.25, middle, np.where(p > 0.5, -z, z)))


@by_blocks
def _erfinv_double(x: np.ndarray, out: np.ndarray) -> None:
    # S. Winitzki's approximation (2008), good to 2e-3, then two steps of Halley's method, each of which cubes the error
    size = np.abs(x)
    log = np.log1p(-x * x)
    half = 2 / (math.pi * 0.147) + log / 2
    y = np.where(size < 0.1, size * (math.sqrt(math.pi) / 2), np.sqrt(np.sqrt(half * half - log / 0.147) - half))
    for _ in range(2):
        error = np.where(size < 0.5, _erf_double(y) - size, (1 - size) - _erfc_double(y))
        step = error * np.exp(y * y) * (math.sqrt(math.pi) / 2)
        y = y - step / (1 + y * step)
    np.copysign(np.where(size == 1, np.inf, y), x, out=out)


@silent
def erf(x: np.ndarray) -> np.ndarray:
    """``2 / sqrt(pi) * integral of exp(-t ** 2) from 0 to x``, to a relative 1e-15, or 3e-7 in float32."""
    if x.dtype == np.float64:
        return _erf_double(x)
    return _erf_single(x.astype(np.float32, copy=False)).astype(x.dtype, copy=False)


@silent
@in_blocks(cost=12)
def normal_cdf(x: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return the normal distribution function to an absolute 1.2e-7; in float64, 1e-15. See `ndtr` for exact tails."""
    if x.dtype == np.float64:
        return np.asarray(np.multiply(_erf_double(x * math.sqrt(0.5)) + 1, 0.5, out=out))
    y = np.empty_like(x) if out is None else out
    _cdf_single(x, y)
    return y


def _public(name: str, double: Callable[[np.ndarray], np.ndarray], says: str) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function that computes in double precision, silently, in the dtype of its argument."""

    @silent
    def call(x: np.ndarray) -> np.ndarray:
        return double(x.astype(np.float64, copy=False)).astype(x.dtype, copy=False)

    call.__name__, call.__doc__ = name, says
    return call


erfc = _public("erfc", _erfc_double, "``1 - erf(x)``, exact for large x too.")
erfcx = _public("erfcx", _erfcx_double, "``exp(x * x) * erfc(x)``, which for large x is nearly ``1 / (sqrt(pi) * x)``.")
erfinv = _public("erfinv", _erfinv_double, "Return the inverse of `erf` on [-1, 1], nan elsewhere.")
log_ndtr = _public("log_ndtr", _log_ndtr_double, "Return the logarithm of the normal distribution function.")
ndtr = _public("ndtr", _ndtr_double, "Return the normal distribution function.")
ndtri = _public("ndtri", _ndtri_double, "Return the inverse of the normal distribution function, nan outside [0, 1].")


@silent
def sinc(x: np.ndarray, n: int) -> np.ndarray:
    """Return the n-th derivative of ``sin(pi * x) / (pi * x)``.

    With z = pi * x and f the derivatives of sin(z) / z it is ``z * f_n + n * f_(n - 1) = sin(z + n * pi / 2)``; where z
    is small for that, the power series.
    """
    z = x.astype(np.float64, copy=False) * math.pi
    near = np.abs(z) < n + 1
    small, large = np.where(near, z, 0), np.where(near, 1, z)
    first = (n + 1) // 2  # the first term of the series of sin(z) / z that n differentiations leave
    series, term = np.zeros_like(z), (-1.0) ** first * small ** (2 * first - n) / math.factorial(2 * first - n)
    for k in range(first, first + 15 + n):
        series += term / (2 * k + 1)
        term = -term * small * small / ((2 * k + 1 - n) * (2 * k + 2 - n))
    turned = np.zeros_like(z)
    waves = [np.sin(z), np.cos(z), -np.sin(z), -np.cos(z)]
    for order in range(n + 1):
        turned = (waves[order % 4] - order * turned) / large
    return (np.where(near, series, turned) * math.pi**n).astype(x.dtype, copy=False)
