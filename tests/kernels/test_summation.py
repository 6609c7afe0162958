"""Sums: the same as NumPy's, but for the roundings."""

import numpy as np
import pytest

from minigrad.kernels.summation import RUN, total


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
