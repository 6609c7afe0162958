"""The error functions against the standard library's, and against their own inverse."""

import math

import numpy as np
import pytest

from minigrad.kernels import special
from minigrad.kernels.blocks import BLOCK_ELEMENTS

X = np.concatenate([np.linspace(-7, 7, 40001), 10.0 ** np.linspace(-300, 1.4, 500), -(10.0 ** np.linspace(-9, 1, 99))])


def reference(f, x):
    return np.array([f(v) for v in x.astype(np.float64)])


@pytest.mark.parametrize("name", ["erf", "erfc"])
def test_double_precision(name):
    exact = reference(getattr(math, name), X)
    normal = np.abs(exact) > 1e-300  # below, numbers have fewer digits
    y = getattr(special, name)(X)
    np.testing.assert_allclose(y[normal], exact[normal], rtol=2e-15)
    np.testing.assert_allclose(y[~normal], exact[~normal], atol=1e-300)


@pytest.mark.parametrize("name", ["erf", "erfc"])
def test_single_precision(name):
    x = X[np.abs(X) > 1e-30].astype(np.float32)
    exact = reference(getattr(math, name), x)
    y = getattr(special, name)(x)
    assert y.dtype == np.float32
    normal = np.abs(exact) > 1e-37
    np.testing.assert_allclose(y[normal], exact[normal], rtol=5e-7)
    assert np.abs(y).max() <= (1 if name == "erf" else 2)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_the_ends(dtype):
    x = np.array([np.inf, -np.inf, 0.0, np.nan, 6e4, -6e4], dtype)
    np.testing.assert_array_equal(special.erf(x), np.array([1, -1, 0, np.nan, 1, -1], dtype))
    np.testing.assert_array_equal(special.erfc(x), np.array([0, 2, 1, np.nan, 0, 2], dtype))
    assert np.signbit(special.erf(np.array([-0.0], dtype)))[0]


def test_the_inverse():
    u = np.concatenate([np.linspace(-0.999999, 0.999999, 9999), [1e-300, 1e-9, 1 - 1e-15]])
    np.testing.assert_allclose(reference(math.erf, special.erfinv(u)), u, rtol=1e-15, atol=3e-16)
    ends = special.erfinv(np.array([1.0, -1.0, 1.5, np.nan]))
    np.testing.assert_array_equal(ends, [np.inf, -np.inf, np.nan, np.nan])


def test_scaled_and_logarithmic_tails():
    x = X[np.abs(X) < 5]
    np.testing.assert_allclose(special.erfcx(x), np.exp(x * x) * reference(math.erfc, x), rtol=1e-14)
    np.testing.assert_allclose(special.log_ndtr(x), np.log(reference(math.erfc, -x * math.sqrt(0.5)) / 2), 1e-14, 1e-16)
    np.testing.assert_allclose(special.erfcx(np.array([1e9, 1e300])) * math.sqrt(math.pi), [1e-9, 1e-300], rtol=1e-15)
    np.testing.assert_array_equal(special.erfcx(np.array([-np.inf, -30.0, np.inf])), [np.inf, np.inf, 0])
    np.testing.assert_array_equal(special.log_ndtr(np.array([-np.inf, np.inf, np.nan])), [-np.inf, 0, np.nan])


def test_the_inverse_of_the_normal_distribution_function():
    p = np.concatenate([np.linspace(1e-6, 1 - 1e-6, 9999), 10.0 ** np.linspace(-300, -6, 99)])
    np.testing.assert_allclose(special.log_ndtr(special.ndtri(p)), np.log(p), rtol=4e-15, atol=4e-16)
    np.testing.assert_array_equal(special.ndtri(np.array([0, 1, 0.5, -0.1, 1.1])), [-np.inf, np.inf, 0, np.nan, np.nan])


@pytest.mark.parametrize("n", range(7))
def test_derivatives_of_sinc_are_integrals_of_waves(n):
    t, weight = np.polynomial.legendre.leggauss(60)  # of cos(pi * x * t) over t from 0 to 1, differentiated inside
    t, weight = (t + 1) / 2, weight / 2
    x = np.concatenate([np.linspace(-9, 9, 61), [0.0, 1e-9, -1e-300]])
    exact = ((math.pi * t) ** n * weight * np.cos(math.pi * x[:, None] * t + n * math.pi / 2)).sum(1)
    np.testing.assert_allclose(special.sinc(x, n), exact, rtol=0, atol=1e-14 * math.pi**n)


@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (2, 3, 4), (3, BLOCK_ELEMENTS)])
def test_any_shape_and_order(shape):
    x = np.random.default_rng(0).standard_normal(shape)
    np.testing.assert_array_equal(special.erf(x.T).T, special.erf(x))
    np.testing.assert_array_equal(special.erf(np.flip(x)), np.flip(special.erf(x)))
    assert special.erf(x).shape == shape
