"""Bessel functions against the integrals that define them, and against one another."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.kernels import bessel
from minigrad.kernels import rarer_bessel as rarer

X = np.concatenate([np.linspace(0.01, 60, 601), [1e-300, 1e-9]])
ANGLES = np.arange(400) * (2 * np.pi / 400)  # for a periodic function the mean converges exponentially


@pytest.mark.parametrize("n", [0, 1])
def test_the_first_kind_is_a_mean_over_the_circle(n):
    exact = np.cos(n * ANGLES - X[:, None] * np.sin(ANGLES)).mean(1)
    np.testing.assert_allclose(rarer.j(X, n), exact, rtol=0, atol=1e-15)
    np.testing.assert_allclose(rarer.j(-X, n), exact * (-1) ** n, rtol=0, atol=1e-15)


def test_the_second_kinds_obey_their_wronskians():
    x = X[X > 1e-8]
    pairs = rarer.j(x, 1) * rarer.y(x, 0) - rarer.j(x, 0) * rarer.y(x, 1)
    np.testing.assert_allclose(pairs * np.pi * x / 2, 1, rtol=1e-13)
    scaled = bessel.scaled_i(x, 0) * rarer.scaled_k(x, 1) + bessel.scaled_i(x, 1) * rarer.scaled_k(x, 0)
    np.testing.assert_allclose(scaled * x, 1, rtol=1e-14)


def test_airy_solves_its_equation_and_has_its_integral():
    x, weight = np.polynomial.legendre.leggauss(200)
    total = (rarer.airy_ai((x + 1) * 10) * weight).sum() * 10  # from 0 to 20
    np.testing.assert_allclose(total, 1 / 3, rtol=1e-13)
    x, h = np.linspace(-30, 8, 500), 1e-2
    y = [rarer.airy_ai(x + k * h) for k in (-2, -1, 0, 1, 2)]
    curvature = (-y[0] + 16 * y[1] - 30 * y[2] + 16 * y[3] - y[4]) / (12 * h * h)
    np.testing.assert_allclose(curvature, x * y[2], rtol=0, atol=2e-4)


def test_special_has_all_of_pytorchs_names_and_their_values():
    torch = pytest.importorskip("torch")
    assert set(torch.special.__all__) <= set(mg.special.__all__)
    x, n = np.array([-0.7, 0.3, 0.9, 2.5]), np.arange(-1, 9)[:, None]
    for name in mg.special.__all__:
        if "polynomial" in name:
            theirs = getattr(torch.special, name)(torch.tensor(x), torch.tensor(n)).numpy()
            ours = getattr(mg.special, name)(mg.tensor(x), mg.tensor(n)).numpy()
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9, err_msg=name)
        elif "bessel" in name or "airy" in name:  # PyTorch's are exact to 1e-6 only
            theirs = getattr(torch.special, name)(torch.tensor(np.abs(x))).numpy()
            ours = getattr(mg.special, name)(mg.tensor(np.abs(x))).numpy()
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6, err_msg=name)


def test_the_spherical_one_vanishes_at_infinity():
    x = mg.tensor([-np.inf, 0.0, 1e300, np.inf], dtype=mg.float64)
    np.testing.assert_allclose(mg.special.spherical_bessel_j0(x).numpy(), [0, 1, 0, 0], atol=1e-290)
