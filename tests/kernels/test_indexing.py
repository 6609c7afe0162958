"""Looking up, writing and adding up at keys: what NumPy's brackets and ``add.at`` do, in every order of memory."""

import itertools

import numpy as np
import pytest

from minigrad.kernels import along_dim, indexing, segments, taking

ALL = slice(None)
SHAPE = (5, 16, 3)
RNG = np.random.default_rng(0)
RANDOM = RNG.integers(-16, 16, 40)
RUNS = [3, 2, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 14, 13]  # as padding has them
KEYS = {
    "reflected": (ALL, np.array(RUNS), ALL),
    "clipped": (ALL, np.arange(-4, 20).clip(0, 15), ALL),
    "with a step": (ALL, np.arange(15, -1, -2), ALL),
    "one run": (ALL, np.arange(2, 14), ALL),
    "one place": (ALL, np.full(9, 4), ALL),
    "random": (ALL, RANDOM, ALL),
    "first": (RNG.integers(0, 5, 100), ALL, ALL),
    "last": (ALL, ALL, RNG.integers(0, 3, 70)),
    "few of many": (ALL, np.array([3, 3, 8]), ALL),
    "two dimensions": (ALL, RANDOM.reshape(8, 5), ALL),
    "all": (RNG.integers(-5, 5, (4, 1)), RNG.integers(0, 16, (4, 9)), np.array(1)),
    "two of three": (ALL, RNG.integers(-16, 16, (4, 1)), RNG.integers(0, 3, 9)),
    "grid": (ALL, np.array(RUNS)[:, None], np.array([2, 1, 0, 1, 2, 1, -3])),
    "grid of all": (np.array([[[0]], [[0]], [[3]]]), RANDOM[:, None], np.array([1])),
    "windows": (ALL, np.array([[0], [1], [2], [5]]), np.arange(3)),
    "apart": (np.array([0, 0, 4]), ALL, np.array([1, 1, 2])),
    "mask": (ALL, RNG.random(16) > 0.5, ALL),
    "nothing": (ALL, np.zeros(0, int), ALL),
}


@pytest.fixture(autouse=True, params=[0, 1 << 14])
def blocks_of_few(monkeypatch, request):
    monkeypatch.setattr(indexing, "MANY", request.param)
    monkeypatch.setattr(taking, "RUN_NUMBERS", 1)
    monkeypatch.setattr(taking, "LONG", 2)
    monkeypatch.setattr(indexing, "BLOCK_NUMBERS", 7)
    monkeypatch.setattr(segments, "LONG", 4)
    monkeypatch.setattr(along_dim, "BLOCK_SUMS", 24)
    monkeypatch.setattr(along_dim, "BLOCK_NUMBERS", 10)
    monkeypatch.setattr(along_dim, "NEIGHBOURS", 2)


def orders(x):
    """The same numbers in all orders of memory, and with gaps."""
    for order in itertools.permutations(range(x.ndim)):
        yield np.ascontiguousarray(x.transpose(order)).transpose(np.argsort(order))
    yield np.repeat(x, 2, axis=-1)[..., ::2]
    yield np.flip(np.flip(x).copy())


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int64])
@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_keys(key, dtype):
    x = RNG.integers(-9, 9, SHAPE).astype(dtype)  # whole numbers have no roundings
    for a in orders(x):
        np.testing.assert_array_equal(indexing.look_up(a, key), x[key], strict=True)
    for values in orders(np.asarray(RNG.integers(-9, 9, x[key].shape)).astype(dtype)):
        before, whole = values.copy(), np.zeros(SHAPE, dtype)
        np.add.at(whole, key, values)
        np.testing.assert_array_equal(indexing.add_up(values, SHAPE, key), whole, strict=True)
        np.testing.assert_array_equal(values, before)
        for a in orders(x):
            written, greatest = x.copy(), x.copy()
            written[key] = values
            np.maximum.at(greatest, key, values)
            b, c = a.copy(order="K"), a.copy(order="K")
            indexing.write(b, key, values)
            np.testing.assert_array_equal(b, written, strict=True)
            indexing.combine(np.maximum, c, key, values)
            np.testing.assert_array_equal(c, greatest, strict=True)


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int64])
@pytest.mark.parametrize("repeated", [False, True])
@pytest.mark.parametrize("dim, length", [(0, 9), (1, 1), (1, 40), (2, 2), (2, 0)])
def test_indices_along_one_dimension(dim, length, repeated, dtype):
    whole = [length if d == dim else n for d, n in enumerate(SHAPE)]
    one = [n if d == dim else 1 for d, n in enumerate(whole)]
    x = RNG.integers(-9, 9, SHAPE).astype(dtype)
    for part in [(ALL,) * 3, tuple(ALL if d == dim else slice(2) for d in range(3))]:
        index = np.broadcast_to(RNG.integers(0, SHAPE[dim], one if repeated else whole), whole)[part]
        key = [np.arange(n).reshape(-1, *[1] * (2 - d)) for d, n in enumerate(index.shape)]
        key[dim] = index
        for a in orders(x):
            np.testing.assert_array_equal(along_dim.taken_along(a, index, dim), x[*key], strict=True)
        for values in orders(RNG.integers(-9, 9, index.shape).astype(dtype)):
            sums = np.zeros(SHAPE, dtype)
            np.add.at(sums, tuple(key), values)
            np.testing.assert_array_equal(along_dim.added_along(values, SHAPE, index, dim), sums, strict=True)


@pytest.mark.parametrize("index", [[16], [-17], list(range(17)), [0, 1] * 8 + [99]])
def test_what_is_out_of_range_raises(index):
    for key in [(ALL, np.array(index), ALL), (np.array(0), np.array(index), np.array(0))]:
        with pytest.raises(IndexError):
            indexing.look_up(np.zeros(SHAPE), key)


def test_rows_are_added_as_exactly_as_in_float64():
    """A long segment is a sum of sums; 10,000 numbers added one to another would lose three digits."""
    values = RNG.random((10000, 9)).astype(np.float32)
    sums = indexing.add_up(values, (3, 9), (np.repeat([2], 10000),))
    np.testing.assert_allclose(sums[2], values.sum(axis=0, dtype=np.float64), rtol=4e-7)


@pytest.mark.parametrize("lengths", [[3, 3, 3], [0, 5, 1, 0, 2], [17], [0, 0], [], [4, 4, 30]])
@pytest.mark.parametrize("axis", [0, 1])
def test_segments(lengths, axis):
    starts = np.concatenate([[1], 1 + np.cumsum(lengths, dtype=np.int64)])
    rows = RNG.integers(-9, 9, (40, 40, 2)).astype(np.float32)
    for order in (None, RNG.permutation(40)):
        for ufunc, empty in ((np.add, 0), (np.maximum, -1)):
            listed = rows if order is None else rows.take(order, axis=axis)
            expected = [
                ufunc.reduce(listed.take(range(a, b), axis=axis), axis=axis) if a < b else np.full((40, 2), empty)
                for a, b in zip(starts[:-1], starts[1:], strict=True)
            ]
            found = segments.reduce_segments(ufunc, rows, starts, empty, order, axis)
            shape = (*rows.shape[:axis], len(lengths), *rows.shape[axis + 1 :])
            assert found.shape == shape and found.dtype == np.float32
            if lengths:
                np.testing.assert_array_equal(found, np.stack(expected, axis))
