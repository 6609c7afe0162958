"""The gamma function's relatives against PyTorch's, the standard library's, and their recurrences."""

import math

import numpy as np
import pytest

from minigrad.kernels import gamma

POSITIVE = np.concatenate([np.linspace(0.01, 30, 3001), 10.0 ** np.linspace(-300, 100, 101)])
NEGATIVE = -np.concatenate([np.linspace(0.013, 30, 3001), 10.0 ** np.linspace(-300, -3, 101)])
EDGES = np.array([0.0, -0.0, -1.0, -2.0, np.inf, -np.inf, np.nan, -1.5])


def test_lgamma_of_whole_numbers_is_the_logarithm_of_a_factorial():
    factorials = np.array([math.log(math.factorial(n)) for n in range(2, 170)])
    np.testing.assert_allclose(gamma.lgamma(np.arange(3.0, 171)), factorials, rtol=1e-15)
    assert not gamma.lgamma(np.array([1.0, 2.0])).any()


def test_values_are_those_of_pytorch():
    torch = pytest.importorskip("torch")
    for name in ("lgamma", "digamma"):
        for x, rtol, atol in ((POSITIVE, 2e-15, 1e-16), (NEGATIVE, 1e-12, 2e-14)):  # PyTorch's are less exact below 0
            exact = getattr(torch, name)(torch.tensor(x)).numpy()
            np.testing.assert_allclose(getattr(gamma, name)(x), exact, rtol, atol, err_msg=name)
    for name in ("lgamma", "digamma"):
        np.testing.assert_array_equal(
            getattr(gamma, name)(EDGES[:-1]), getattr(torch, name)(torch.tensor(EDGES[:-1])).numpy()
        )


@pytest.mark.parametrize("n", [1, 2, 3, 10, 40])
def test_polygamma_obeys_its_recurrence_and_reflection(n):
    x = np.linspace(0.02, 25, 999)
    y, sign = gamma.polygamma(x, n), (-1) ** (n + 1)
    np.testing.assert_allclose(y, gamma.polygamma(x + 1, n) + sign * math.factorial(n) / x ** (n + 1), rtol=5e-15)
    below = gamma.polygamma(-x[x % 1 > 0.01], n)
    steps = sign * math.factorial(n) / (-x[x % 1 > 0.01]) ** (n + 1)
    above = gamma.polygamma(1 - x[x % 1 > 0.01], n)
    np.testing.assert_allclose(below, above + steps, rtol=1e-12, atol=1e-12 * math.factorial(n))


def test_zeta_is_the_sum_that_defines_it():
    s, q = np.meshgrid([1.001, 1.5, 2.0, 3.7, 12.0, 60.0], [0.1, 1.0, 7.5, 1000.0])
    k = np.arange(200000.0)
    for a, b, y in zip(s.ravel(), q.ravel(), gamma.zeta(s, q).ravel(), strict=True):
        rest = (b + k.size) ** (1 - a) / (a - 1) + (b + k.size) ** -a / 2  # the integral, and half of the first term
        np.testing.assert_allclose(y, ((b + k) ** -a).sum() + rest, rtol=1e-11)
    np.testing.assert_allclose(gamma.zeta(np.array([2.0, 4.0]), np.ones(2)), [math.pi**2 / 6, math.pi**4 / 90], 1e-15)


def test_zeta_and_polygamma_at_the_edges():
    np.testing.assert_array_equal(gamma.polygamma(EDGES[:-1], 1), [np.inf] * 4 + [0, np.inf, np.nan])
    s = np.array([1.0, 0.5, 2.5, 2.0, np.nan])
    np.testing.assert_array_equal(
        gamma.zeta(s, np.array([2.0, 2.0, -1.5, -3.0, 1.0])), [np.inf, *[np.nan] * 2, np.inf, np.nan]
    )


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_dtypes_and_shapes_are_kept(dtype):
    for shape in ((), (0,), (2, 3)):
        x = np.full(shape, 1.5, dtype)
        for y in (gamma.lgamma(x), gamma.digamma(x), gamma.polygamma(x, 2), gamma.zeta(x, x)):
            assert y.dtype == dtype and np.shape(y) == shape
