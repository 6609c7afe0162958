"""Order by keys: what NumPy's stable ``argsort`` says, for all dtypes, ties, nan and parts of the order."""

import numpy as np
import pytest

from minigrad.kernels import ordering

VALUES = [0.0, -0.0, 1.5, -1.5, np.inf, -np.inf, np.nan, -np.nan, 6e-8, -6e-8, 1.0, 1.0]
DTYPES = [np.float16, np.float32, np.float64, np.bool_, np.uint8, np.int8, np.int16, np.int32, np.int64]


def numbers(dtype, shape):
    rng = np.random.default_rng(0)
    if np.dtype(dtype).kind == "f":
        return rng.choice(np.array(VALUES, dtype), shape)
    if dtype is np.bool_:
        return rng.integers(0, 2, shape).astype(bool)
    limits = np.iinfo(dtype)
    return rng.choice(np.array([limits.min, limits.max, 0, 1, 2], dtype), shape)


def expected(x, dim, descending):
    """The places by Python's stable sort of whole numbers that stand for the values."""
    _, ranks = np.unique(x, return_inverse=True, equal_nan=True)  # nan last; -0 is 0
    return np.argsort((-ranks if descending else ranks).reshape(x.shape), axis=dim, kind="stable")


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: np.dtype(dtype).name)
def test_order_and_its_parts(dtype, descending, monkeypatch):
    monkeypatch.setattr(ordering, "BLOCK_NUMBERS", 40)  # several blocks
    for shape, dim in [((6, 13), 1), ((13, 6), 0), ((3, 9, 2), 1), ((17,), 0), ((0, 3), 1), ((3, 0), 1), ((2, 1), 1)]:
        x = numbers(dtype, shape)
        before, whole = x.copy(), expected(x, dim, descending)
        np.testing.assert_array_equal(ordering.order(x, dim, descending), whole)
        for start, stop in [(0, 1), (0, 4), (2, 3), (2, 6), (8, 9), (0, 0)]:
            if stop <= shape[dim]:
                part = whole.take(range(start, stop), axis=dim)
                np.testing.assert_array_equal(ordering.first(x, dim, start, stop, descending), part)
        np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: np.dtype(dtype).name)
def test_the_first_few_of_long_rows(dtype, descending, monkeypatch):
    """They are found in groups of neighbours: equal ones in several groups, nan, and rows that groups do not divide."""
    monkeypatch.setattr(ordering, "FEW_NUMBERS", 0)
    monkeypatch.setattr(ordering, "BLOCK_GROUPED", 2000)  # several blocks
    looked = []
    monkeypatch.setattr(ordering, "_candidates", lambda *a, f=ordering._candidates: looked.append(f(*a)) or looked[-1])
    for shape, dim in [((5, 640), 1), ((5, 643), 1), ((777, 2), 0), ((2, 999, 3), 1), ((640,), 0)]:
        x = numbers(dtype, shape)
        if np.dtype(dtype).kind == "f":
            x[..., ::3] = np.random.default_rng(1).standard_normal(x[..., ::3].shape)
        whole = expected(x, dim, descending)
        for start, stop in [(0, 1), (0, shape[dim] // 64), (1, shape[dim] // 70)]:
            looked.clear()
            part = whole.take(range(start, stop), axis=dim)
            np.testing.assert_array_equal(ordering.first(x, dim, start, stop, descending), part)
            assert looked and looked[0].shape[1] < shape[dim] / 2


@pytest.mark.parametrize("least", [-(2**63), 2**62, -5])
def test_integers_of_64_bits_with_few_values(least):
    x = np.random.default_rng(0).integers(0, 50, (5, 40)) + least
    np.testing.assert_array_equal(ordering.order(x, 1), np.argsort(x, axis=1, kind="stable"))
    np.testing.assert_array_equal(ordering.order(x, 1, True), expected(x, 1, True))
