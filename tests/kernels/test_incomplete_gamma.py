"""The incomplete gamma functions against sums of 50 digits, PyTorch, and differences."""

from decimal import Decimal, getcontext

import numpy as np
import pytest

from minigrad.kernels import incomplete_gamma

BERNOULLI = [(1, 6), (-1, 30), (1, 42), (-1, 30), (5, 66), (-691, 2730), (7, 6), (-3617, 510)]
PI = Decimal("3.14159265358979323846264338327950288419716939937511")
# one for each way through the code, and the places where these meet
ARGUMENTS = [
    (31.6, 1e-8), (1e-8, 1.0), (1e-3, 5.0), (0.5, 0.3), (0.5, 1.5), (3.0, 10.0), (15.0, 12.0), (150.0, 150.0),
    (250.0, 180.0), (250.0, 300.0), (1e3, 900.0), (1e3, 1e3), (1e5, 1.001e5), (1.78e6, 1.77e6),
]  # fmt: skip


@pytest.fixture(autouse=True)
def fifty_digits():
    before, getcontext().prec = getcontext().prec, 50
    yield
    getcontext().prec = before


def log_gamma(a):
    """log(gamma(a)) to 40 digits: Stirling's series behind the recurrence."""
    below = Decimal(0)
    while a < 400:
        below, a = below - a.ln(), a + 1
    series = sum(Decimal(n) / d / (2 * k * (2 * k - 1)) / a ** (2 * k - 1) for k, (n, d) in enumerate(BERNOULLI, 1))
    return below + (a - Decimal("0.5")) * a.ln() - a + (2 * PI).ln() / 2 + series


def lower(a, x):
    term = total = Decimal(1)
    n = 0
    while term > total * Decimal("1e-45"):
        n += 1
        term *= x / (a + n)
        total += term
    return (a * x.ln() - x - log_gamma(a + 1)).exp() * total


@pytest.mark.parametrize("a, x", ARGUMENTS)
def test_both_parts_and_the_slope_are_exact(a, x):
    p, q, slope = (float(v[0]) for v in incomplete_gamma.parts(np.array([a]), np.array([x])))
    a, x = Decimal(a), Decimal(x)
    exact = lower(a, x)
    np.testing.assert_allclose([p, q], [float(exact), float(1 - exact)], rtol=2e-13)
    h = a * Decimal("1e-15")
    np.testing.assert_allclose(slope, float((lower(a + h, x) - lower(a - h, x)) / (2 * h)), rtol=2e-13)


def test_all_ways_are_those_of_pytorch_and_give_pytorchs_edges():
    torch = pytest.importorskip("torch")
    grid = 10.0 ** np.linspace(-6, 4, 41)
    a, x = (v.ravel() for v in np.meshgrid(grid, grid))
    edges = np.array([-1.0, 0.0, 1.0, np.inf])
    b, y = (v.ravel() for v in np.meshgrid(edges, edges))
    a, x = (
        np.concatenate([a, np.repeat(grid, 9), b]),
        np.concatenate([x, np.outer(grid, np.linspace(0.6, 1.4, 9)).ravel(), y]),
    )
    p, q, _ = incomplete_gamma.parts(a, x)
    a, x = torch.tensor(a), torch.tensor(x)
    np.testing.assert_allclose(p, torch.igamma(a, x).numpy(), rtol=1e-7, atol=1e-250)  # as exact as PyTorch's are
    np.testing.assert_allclose(q, torch.igammac(a, x).numpy(), rtol=1e-7, atol=1e-250)
