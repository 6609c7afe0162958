"""Sums: the same as NumPy's in float64, but for few roundings. (tests/ops/test_accuracy.py compares with PyTorch.)"""

import numpy as np
import pytest

from minigrad.kernels.summation import CHAIN_NUMBERS, MAX_ADDED_IN_FLOAT64, RUN_NUMBERS, sums, total, variance

SHAPES = [
    ((), ()), ((0, 3), (0,)), ((3, 0), (0,)), ((MAX_ADDED_IN_FLOAT64,), (0,)),
    ((RUN_NUMBERS * 40 + 5,), (0,)), ((RUN_NUMBERS * 40 + 5, 2), (0,)),
    ((3, 2 * CHAIN_NUMBERS + 1, 40), (1,)), ((300, 3, 300), (0, 2)), ((300, 300, 2), (0, 1)), ((257, 2, 64), (1, 0)),
    ((2, 3, 4, 50), ()), ((70, 2, 40), ()), ((500, 16), (1,)), ((4, 5, 6, 7), (0, 2, 3)), ((4, 5, 6, 7), (0, 1, 2, 3)),
]  # fmt: skip


def orders(x):
    """The same numbers in several orders of memory."""
    yield x
    yield np.asfortranarray(x)
    yield np.repeat(x, 2, axis=-1)[..., ::2] if x.ndim else x
    yield np.flip(np.flip(x).copy())


@pytest.mark.parametrize(("shape", "dims"), SHAPES)
def test_sums(shape, dims):
    rng = np.random.default_rng(0)
    x, y = rng.integers(-9, 9, (2, *shape)).astype(np.float32)  # whole numbers have no roundings
    for a in orders(x):
        before = a.copy()
        np.testing.assert_array_equal(sums(a, dims), x.sum(axis=dims, keepdims=True))
        np.testing.assert_array_equal(sums(a, tuple(d - a.ndim for d in dims)), x.sum(axis=dims, keepdims=True))
        for b in orders(y):
            np.testing.assert_array_equal(sums(a, dims, b), (x * y).sum(axis=dims, keepdims=True))
        assert not np.shares_memory(sums(a, dims), a)
        for keepdim in (False, True):
            result = total(a, dims, keepdim)
            np.testing.assert_array_equal(result, x.sum(axis=dims, keepdims=keepdim))
            assert result.dtype == np.float32
        np.testing.assert_array_equal(a, before)


def test_repeated_numbers():
    x = np.broadcast_to(np.arange(3, dtype=np.float32)[:, None], (3, 5000))
    np.testing.assert_array_equal(sums(x, (1,)), [[0], [5000], [10000]])
    np.testing.assert_array_equal(sums(x, (1,), x), [[0], [5000], [20000]])


def test_whole_numbers_and_truths():
    assert total(np.full(3, 2**30, np.int64), (0,)) == 3 * 2**30
    assert total(np.full(3, 2**30, np.int32), (0,)) == 3 * 2**30 - 2**32
    truth = total(np.ones(1000, bool), (0,))
    assert truth.dtype == bool and truth


@pytest.mark.parametrize("dim", [(0,), (0, 1), (1,)])
def test_a_million_tenths(dim):
    x = np.full((1_000_000, 3), 0.1, np.float32)
    np.testing.assert_allclose(total(x, dim), x.astype(np.float64).sum(dim), rtol=3e-7)


def test_float16_does_not_overflow_on_the_way():
    x = np.full((100_000, 3), 2, np.float16)
    for dim, n in (((0,), 100_000), ((0, 1), 300_000)):
        mean = total(x, dim, divisor=n)
        assert mean.dtype == np.float16 and (mean == 2).all()
        assert (variance(x, dim, False, n) == 0).all()
    assert total(np.full(40, 60_000, np.float16), (0,), divisor=40) == np.float16(60_000)


def test_variance():
    x = np.random.default_rng(0).normal(1000, 1, (5000, 4)).astype(np.float32)
    for dim, n in (((0,), 4999), ((0, 1), 19_999)):
        expected = x.astype(np.float64).var(dim, ddof=1, keepdims=True)
        np.testing.assert_allclose(variance(x, dim, True, n), expected, rtol=1e-7)
