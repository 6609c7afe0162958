"""Sums: the same as NumPy's, but for the roundings."""

import numpy as np
import pytest

from minigrad.kernels.normalization import normalized, normalized_slopes
from minigrad.kernels.summation import FEW, RUN, column_sums, total


@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize(
    ("shape", "dim"),
    [((), ()), ((0, 3), (0,)), ((RUN * RUN * 3 + 5, 2), (0,)), ((3, 2 * RUN + 1, 40), (1,)), ((300, 3, 300), (0, 2)),
     ((300, 300, 2), (0, 1)), ((257, 2, 64), (1, 0))],
)  # fmt: skip
def test_sums(shape, dim, keepdim):
    x = np.random.default_rng(0).integers(-9, 9, shape).astype(np.float32)  # whole numbers have no roundings
    for order in (x, np.asfortranarray(x)):
        np.testing.assert_array_equal(total(order, dim, keepdim), x.sum(axis=dim, keepdims=keepdim))
        assert total(order, dim, keepdim).dtype == np.float32


def test_a_million_tenths():
    x = np.full((1_000_000, 3), 0.1, np.float32)
    np.testing.assert_allclose(total(x, (0,), False), 100_000, rtol=1e-5)


@pytest.mark.parametrize("rows", [0, 1, 2, FEW, FEW + 1, 3 * FEW + 1, 1001])
def test_column_sums(rows):
    x = np.random.default_rng(0).integers(-9, 9, (rows, 7)).astype(np.float32)
    for order in (x, np.asfortranarray(x)):
        before = order.copy()
        np.testing.assert_array_equal(column_sums(order), x.sum(0))
        np.testing.assert_array_equal(order, before)


@pytest.mark.parametrize("rows", [128, 1000, 8192, 65536])
def test_the_gradient_of_a_bias_is_as_accurate_as_pytorchs(rows):
    torch = pytest.importorskip("torch")
    g = np.random.default_rng(0).uniform(0, 1, (rows, 1000)).astype(np.float32)
    exact = g.astype(np.float64).sum(0)
    bias = torch.zeros(1000, requires_grad=True)
    torch.nn.functional.linear(torch.zeros(rows, 1), torch.zeros(1000, 1), bias).backward(torch.from_numpy(g))
    assert np.linalg.norm(column_sums(g) - exact) < 1.1 * np.linalg.norm(bias.grad.numpy() - exact)


def test_normalization_of_long_rows_is_as_accurate_as_pytorchs():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    x, g = (rng.uniform(0, 1, (4, 100_000)).astype(np.float32) for _ in range(2))

    def results(dtype):
        y, mean, _, inverse = normalized(x.astype(dtype), None, None, (1,), 1e-5)
        return y, normalized_slopes(g.astype(dtype), x.astype(dtype), None, mean, inverse, (1,), (4, 1))[0]

    input = torch.tensor(x, requires_grad=True)
    y = torch.nn.functional.layer_norm(input, (100_000,))
    y.backward(torch.from_numpy(g))
    for exact, ours, theirs in zip(results(np.float64), results(np.float32), (y.detach(), input.grad), strict=True):
        assert np.linalg.norm(ours - exact) < 1.2 * np.linalg.norm(theirs.numpy() - exact)
