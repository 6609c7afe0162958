"""Running sums, products and extremes, against loops and NumPy's own."""

import numpy as np
import pytest

from minigrad.kernels import scans
from minigrad.kernels.scans import MIN_ROWS, RUN_NUMBERS, accumulated, running_extreme, running_sum

SHAPES = [
    ((5,), 0), ((300, 20), 1), ((20, 300), 0), ((MIN_ROWS, 1), 1), ((3, 0), 1), ((2, MIN_ROWS, 3), 2), ((2, 3, 200), 1),
]  # fmt: skip
LONG = 4 * RUN_NUMBERS


@pytest.mark.parametrize(("shape", "dim"), SHAPES)
@pytest.mark.parametrize("reverse", [False, True])
def test_accumulated(shape, dim, reverse):
    x = np.random.default_rng(0).integers(-9, 9, shape)
    flipped = np.flip(x, dim) if reverse else x
    for ufunc in (np.add, np.maximum):
        expected = ufunc.accumulate(flipped, axis=dim)
        expected = np.flip(expected, dim) if reverse else expected
        for dtype in (np.int64, np.float32):
            for a in (x.astype(dtype), np.asfortranarray(x.astype(dtype))):
                before = a.copy()
                y = accumulated(ufunc, a, dim, np.float64, reverse)
                np.testing.assert_array_equal(y, expected)
                np.testing.assert_array_equal(a, before)
                assert y.dtype == dtype


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(
    ("shape", "dim"),
    [((LONG,), 0), ((3, LONG + 5), 1), ((LONG + 1, 20), 0), ((2, LONG - 1, 20), 1), ((LONG, 3), 0), ((2, 3, LONG), 2)],
)
def test_sums_of_runs(shape, dim, reverse, monkeypatch):
    monkeypatch.setattr(scans, "MIN_NUMBERS", 1)
    x = np.random.default_rng(0).integers(-9, 9, shape).astype(np.float32)  # whole numbers have no roundings
    for a in (x, np.asfortranarray(x), np.repeat(x, 2, axis=dim)[(slice(None),) * dim + (slice(None, None, 2),)]):
        flipped = np.flip(a, dim) if reverse else a
        expected = np.cumsum(flipped, dim)
        np.testing.assert_array_equal(running_sum(a, dim, reverse), np.flip(expected, dim) if reverse else expected)


@pytest.mark.parametrize("number", [np.inf, -np.inf, np.nan, 3e38])
@pytest.mark.parametrize("place", [0, RUN_NUMBERS + 3, LONG + 2])
@pytest.mark.parametrize("reverse", [False, True])
def test_what_is_infinite_counts_from_its_place_on(number, place, reverse, monkeypatch):
    monkeypatch.setattr(scans, "MIN_NUMBERS", 1)
    x = np.ones((2, LONG + 3), np.float32)
    x[1, place] = x[1, 1] = number
    with np.errstate(over="ignore"):  # 3e38 and 3e38 are too much for float32
        exact = np.cumsum(np.flip(x, 1) if reverse else x, 1, dtype=np.float64).astype(np.float32)
        y = running_sum(x, 1, reverse)
    np.testing.assert_allclose(np.flip(y, 1) if reverse else y, exact, rtol=1e-6)


@pytest.mark.parametrize(("shape", "dim"), SHAPES)
@pytest.mark.parametrize("largest", [True, False])
def test_extremes(shape, dim, largest):
    rng = np.random.default_rng(0)
    for dtype in (np.int64, np.float32):
        x = rng.integers(-3, 9, shape).astype(dtype)
        if dtype == np.float32:
            x[rng.random(shape) < 0.05] = np.nan
        how = (np.maximum, np.greater_equal) if largest else (np.minimum, np.less_equal)
        for a in (x, np.asfortranarray(x)):
            y, place = running_extreme(a, dim, *how)
            assert y.dtype == dtype
            assert place.dtype == np.int64
            rows = (np.moveaxis(b, dim, -1).reshape(-1, shape[dim]) if b.size else b for b in (a, y, place))
            for row, values, places in zip(*rows, strict=True):
                best = 0  # so far
                for k, v in enumerate(row):
                    if v != v or not row[best] != row[best] and how[1](v, row[best]):
                        best = k
                    assert places[k] == best
                    assert values[k] == row[best] or values[k] != values[k] and row[best] != row[best]
