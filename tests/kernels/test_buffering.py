"""NumPy's buffer: shorter than two rows where these are long, as it was afterwards, and never another result."""

import numpy as np
import pytest

from minigrad.kernels import buffering
from minigrad.kernels.buffering import add_rows, broadcast, onto, row_by_row, times_rows


def sizes_seen(x, rows):
    """Return the size of the buffer inside of a function whose rows these are."""
    return row_by_row("rows")(lambda x, rows: np.getbufsize())(x, rows)


@pytest.mark.parametrize(
    ("shape", "order", "dims", "length"),
    [
        ((100, 300), (0, 1), (1,), 300),
        ((100, 300), (0, 1), (0,), 300),
        ((300, 100), (1, 0), (0,), 300),
        ((20, 4, 300), (0, 1, 2), (1, 2), 1200),
        ((20, 300, 4), (0, 1, 2), (0, 1), 4),  # the last axis is none of them
        ((32, 6, 20, 10), (1, 2, 3, 0), (0, 2, 3), 6400),  # images with the batch innermost in memory
        ((32, 6, 20, 10), (0, 1, 2, 3), (0, 2, 3), 200),
        ((200, 1, 90), (0, 1, 2), (0, 1, 2), 18000),
    ],
)
def test_the_length_of_a_row(shape, order, dims, length):
    x = np.zeros([shape[d] for d in order]).transpose(np.argsort(order))
    assert x.shape == shape
    one_per_row = np.zeros([1 if d in dims else n for d, n in enumerate(shape)])
    for rows in (dims, one_per_row):
        size = sizes_seen(x, rows)
        assert size == (8192 if length < 256 else min(1008, (2 * length - 1) // 16 * 16))
        assert length < 256 or size == 1008 or size < 2 * length
    assert np.getbufsize() == 8192


def test_what_broadcasts_may_have_fewer_dimensions():
    assert sizes_seen(np.zeros((100, 300)), np.zeros(300)) == 592
    assert sizes_seen(np.zeros((100, 200)), np.zeros(200)) == 8192


@pytest.mark.parametrize(
    ("shape", "order", "expanded", "size"),
    [
        ((100, 300), (0, 1), (100, 1), 592),
        ((100, 300), (0, 1), (1, 300), 8192),  # a row on each row
        ((100, 200), (0, 1), (100, 1), 8192),
        ((32, 6, 20, 20), (0, 1, 2, 3), (1, 6, 1, 1), 784),
        ((32, 6, 20, 10), (1, 2, 3, 0), (1, 6, 1, 1), 1008),
        ((32, 6, 20, 10), (1, 2, 3, 0), (32, 6, 20, 1), 8192),
        ((100, 300), (0, 1), (100, 300), 8192),
        ((100, 300), (0, 1), (), 1008),
    ],
)
def test_operators_have_it_where_neighbours_meet_one_number(shape, order, expanded, size):
    x = np.zeros([shape[d] for d in order], np.float32).transpose(np.argsort(order))
    other = np.broadcast_to(np.zeros(expanded, np.float32), shape)
    assert broadcast(lambda a, b: np.getbufsize(), x, other) == size
    assert broadcast(lambda a, b: np.getbufsize(), other, x) == size
    assert broadcast(lambda a, b: np.getbufsize(), x, 2.0) == 8192
    assert np.getbufsize() == 8192


def test_small_arrays_and_errors_leave_it_as_it_was():
    @row_by_row("dims")
    def fail(x, dims):
        raise ValueError(np.getbufsize())

    for rows, size in ((10, 8192), (100, 592)):
        with pytest.raises(ValueError, match=str(size)):
            fail(np.zeros((rows, 300)), (1,))
        assert np.getbufsize() == 8192


@pytest.mark.parametrize("columns", [200, 300, 700, 5000])
def test_results_do_not_depend_on_it(columns):
    x = np.random.default_rng(0).standard_normal((100, columns), np.float32)
    row, column = x[:1].copy(), x[:, :1].copy()
    y = x.copy()
    add_rows(y, row)
    np.testing.assert_array_equal(y, x + row)
    np.testing.assert_array_equal(times_rows(x, row), x * row)
    np.testing.assert_array_equal(times_rows(x, column), x * column)
    np.testing.assert_array_equal(broadcast(np.subtract, x, np.broadcast_to(column, x.shape)), x - column)


# ---- one row that meets every row ------------------------------------------------------------------------------------


@pytest.fixture
def tiles(monkeypatch):
    """Tiles of 20 elements from the smallest arrays on; return the lengths of rows that NumPy's function got."""
    monkeypatch.setattr(buffering, "MIN_ELEMENTS", 0)
    monkeypatch.setattr(buffering, "MIN_TILED", 0)
    monkeypatch.setattr(buffering, "BUFFER", 20)
    for cached in (buffering._plan, buffering._size):
        cached.cache_clear()
        monkeypatch.setattr(buffering, cached.__name__, cached.__wrapped__)


SHAPES = [
    ((7, 5), (5,)), ((8, 5), (1, 5)), ((3, 5, 2), (5, 2)), ((4, 3, 2), (1, 1, 2)), ((2, 9, 1), (9, 1)),
    ((3, 11), (11,)), ((6, 4), (6, 1)), ((1, 4), (4,)), ((0, 4), (4,)), ((4, 0), (0,)), ((5, 3), ()), ((9,), (9,)),
    ((3, 2, 4), (3, 1, 4)),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "row"), SHAPES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32])
@pytest.mark.parametrize("order", "CF")
def test_each_row_meets_it(tiles, shape, row, dtype, order):
    rng = np.random.default_rng(0)
    x, r = (np.asarray(rng.integers(1, 9, s), dtype, order=order) for s in (shape, row))
    expanded = np.broadcast_to(r, shape)
    for ufunc in (np.subtract, np.divide):
        for a, b in ((x, expanded), (expanded, x)):
            found = broadcast(ufunc, a, b)
            np.testing.assert_array_equal(found, ufunc(a, b), strict=True)
    y = x.copy(order="K")
    onto(np.subtract, y, r)
    np.testing.assert_array_equal(y, x - r, strict=True)
    add_rows(y, r)
    np.testing.assert_array_equal(y, x, strict=True)


def test_several_rows_at_a_time_meet_it(tiles):
    lengths = []

    def add(a, b, out):
        lengths.append((a.shape, b.shape))
        return np.add(a, b, out=out)

    onto(add, np.zeros((9, 5)), np.zeros(5))
    assert lengths == [((2, 20), (20,)), ((1, 5), (5,))]


def test_rows_of_two_dtypes_give_what_numpy_gives(tiles):
    x, row = np.ones((8, 5), np.float32), np.full(5, 0.1)
    np.testing.assert_array_equal(broadcast(np.add, x, np.broadcast_to(row, x.shape)), x + row, strict=True)
