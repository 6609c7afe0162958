"""Weighted sums over a dimension: products where all is finite, else only what has a weight."""

import itertools

import numpy as np
import pytest

from minigrad.kernels.mixing import mix

RNG = np.random.default_rng(0)
MATRIX = (RNG.integers(1, 5, (6, 4)) * (RNG.random((6, 4)) > 0.5)).astype(np.float32)


@pytest.mark.parametrize("dim", [0, 1, 2])
@pytest.mark.parametrize("special", [None, np.inf, np.nan])
def test_mix(dim, special):
    x = RNG.integers(-9, 9, (6, 6, 6)).astype(np.float32)  # whole numbers have no roundings
    if special is not None:
        x[1, 2, 3] = special
    with np.errstate(invalid="ignore"):
        expected = np.zeros((*x.shape[:dim], 4, *x.shape[dim + 1 :]), np.float32)
        for i, j in np.argwhere(MATRIX):
            key, source = ((slice(None),) * dim + (place,) for place in (j, i))
            expected[key] += x[source] * MATRIX[i, j]
        for order in itertools.permutations(range(3)):
            lying = np.ascontiguousarray(x.transpose(order)).transpose(np.argsort(order))
            np.testing.assert_array_equal(mix(lying, MATRIX, dim), expected, strict=True)


def test_nothing():
    assert mix(np.zeros((0, 6), np.float32), MATRIX, 1).shape == (0, 4)
    assert mix(np.zeros((6, 0), np.float32), MATRIX, 0).shape == (4, 0)
