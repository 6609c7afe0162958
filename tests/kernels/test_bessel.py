"""Bessel functions against the integrals that define them."""

import numpy as np
import pytest

from minigrad.kernels import bessel

X = np.concatenate([np.linspace(-60, 60, 601), [0.0, 1e-300, 1e-9]])
ANGLES = np.arange(400) * (2 * np.pi / 400)  # for a periodic function the mean converges exponentially


@pytest.mark.parametrize("n", range(4))
def test_modified_functions_are_means_over_the_circle(n):
    exact = (np.exp(X[:, None] * np.cos(ANGLES) - np.abs(X[:, None])) * np.cos(n * ANGLES)).mean(1)
    np.testing.assert_allclose(bessel.scaled_i(X, n), exact, rtol=3e-14, atol=1e-16)  # the mean is rounded, too
    np.testing.assert_allclose(bessel.i(X, n), exact * np.exp(np.abs(X)), rtol=3e-14, atol=1e-16)


def test_large_arguments_neither_overflow_nor_warn():
    np.testing.assert_array_equal(bessel.i(np.array([1e4, -1e4, np.inf]), 1), [np.inf, -np.inf, np.inf])
    np.testing.assert_allclose(bessel.scaled_i(np.array([1e300]), 1), 1 / np.sqrt(2 * np.pi * 1e300), rtol=1e-15)
    assert 1e307 < bessel.i(np.array([713.0]), 0)[0] < np.inf
