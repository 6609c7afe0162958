"""Sorting, ranks and counts: ties, nan, lengths, errors, against PyTorch where it is installed."""

import math
import warnings

import numpy as np
import pytest

import minigrad as mg

NAN = math.nan


def test_nan_counts_as_the_largest():
    x = mg.tensor([3.0, NAN, 1.0])
    assert x.sort().indices.tolist() == [2, 0, 1]
    assert x.sort(descending=True).indices.tolist() == [1, 0, 2]
    assert x.topk(2).indices.tolist() == [1, 0]
    assert x.topk(1, largest=False).values.tolist() == [1.0]


@pytest.mark.parametrize("descending", [False, True])
def test_equal_elements_keep_their_order(descending):
    x = mg.tensor(np.random.default_rng(0).integers(0, 3, (4, 50)))
    values, indices = mg.sort(x, 1, descending)
    same = values.numpy()[:, 1:] == values.numpy()[:, :-1]
    assert (np.diff(indices.numpy(), axis=1)[same] > 0).all()


def test_the_median_is_the_lower_middle():
    assert mg.median(mg.tensor([4, 1, 3, 2])).item() == 2
    values, indices = mg.median(mg.tensor([[4, 1, 3, 2], [7, 7, 5, 9]]), 1)
    assert values.tolist() == [2, 7] and indices.tolist() == [3, 0]


def test_median_and_nan():
    x = mg.tensor([[1.0, NAN, 0.0], [3.0, 2.0, 4.0]])
    assert math.isnan(mg.median(x).item())
    values, indices = mg.median(x, 1)
    assert math.isnan(values[0].item()) and values[1].item() == 3 and indices.tolist() == [1, 0]
    assert mg.nanmedian(x).item() == 2
    assert mg.nanmedian(x, 1).values.tolist() == [0, 3]
    assert math.isnan(mg.median(mg.zeros(0)).item())


def test_elements_that_equal_the_median_share_its_gradient():
    x = mg.tensor([2.0, 2.0, 1.0, 3.0], requires_grad=True)
    mg.median(x).backward()
    assert x.grad.tolist() == [0.5, 0.5, 0.0, 0.0]


def test_of_values_equally_frequent_the_mode_is_the_smallest():
    values, indices = mg.mode(mg.tensor([3, 2, 2, 1, 3]))
    assert values.item() == 2 and indices.item() == 2


def test_ranks_that_are_not_there():
    x = mg.ones(3)
    with pytest.raises(RuntimeError, match="topk: expected k from 0 to 3, the length of dim 0, got 4"):
        mg.topk(x, 4)
    for k in (0, 4):
        with pytest.raises(RuntimeError, match=f"kthvalue: expected k from 1 to 3, the length of dim -1, got {k}"):
            mg.kthvalue(x, k)
    with pytest.raises(IndexError, match="median: expected dim 1 to have elements"):
        mg.median(mg.zeros(2, 0), 1)


def test_quantile():
    x = mg.tensor([[1.0, 2.0, 3.0], [4.0, NAN, 6.0]])
    assert mg.quantile(x[0], 0.4).item() == pytest.approx(1.8)
    assert math.isnan(mg.quantile(x, 0.4, 1)[1].item())
    for q in (1.4, [[0.5]]):
        with pytest.raises(RuntimeError, match=r"quantile: expected q in \[0, 1\]"):
            mg.quantile(x, mg.tensor(q))
    with pytest.raises(RuntimeError, match="quantile: expected interpolation in"):
        mg.quantile(x, 0.5, interpolation="cubic")


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.uint8, np.int32, np.int64, bool])
@pytest.mark.parametrize("shape", [(0,), (), (1,), (40,), (6, 9)])
@pytest.mark.parametrize("far", [1, 2**40])
def test_unique_values_with_their_places_and_counts(dtype, shape, far):
    x = np.random.default_rng(0).integers(0, 9, shape).astype(dtype)
    x = x * far if dtype == np.int64 else np.asarray(np.where(x == 3, np.nan, x), dtype) if x.dtype.kind == "f" else x
    values, counts = np.unique(x, return_counts=True, equal_nan=False)
    t = mg.from_numpy(np.asarray(x))
    found = [f.numpy() for f in mg.unique(t, return_inverse=True, return_counts=True)]
    np.testing.assert_array_equal(found[0], values, strict=True)
    np.testing.assert_array_equal(found[0][found[1]], x, strict=True)
    np.testing.assert_array_equal(found[2], counts, strict=True)
    np.testing.assert_array_equal(np.bincount(found[1].ravel(), minlength=len(values)), counts)
    np.testing.assert_array_equal(mg.unique(t).numpy(), values, strict=True)
    for inverse, counted in ((False, True), (True, False)):
        _, other = mg.unique(t, return_inverse=inverse, return_counts=counted)
        np.testing.assert_array_equal(other.numpy(), found[1 + counted], strict=True)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int16, np.int32, np.uint32, np.int64, np.uint64])
@pytest.mark.parametrize("end", ["min", "max"])
def test_unique_integers_at_the_ends_of_their_dtype(dtype, end):
    """Of few values they are counted, and nothing overflows, however far from 0 they are."""
    limits, steps = np.iinfo(dtype), np.random.default_rng(0).integers(0, 256, 300).tolist()
    x = np.array([limits.min + step if end == "min" else limits.max - step for step in steps], dtype)
    values, inverse, counts = np.unique(x, return_inverse=True, return_counts=True)
    found = mg.unique(mg.from_numpy(x), return_inverse=True, return_counts=True)
    for f, e in zip(found, (values, inverse, counts), strict=True):
        np.testing.assert_array_equal(f.numpy(), e, strict=True)


def test_unique_keeps_nans_apart():
    assert mg.unique(mg.tensor([NAN, 1.0, NAN])).shape == (3,)


def test_what_bincount_wants():
    for wrong in ([1.0], [-1], [[1]]):
        with pytest.raises(RuntimeError, match="bincount: expected integers that are not negative in one dimension"):
            mg.bincount(mg.tensor(wrong))
    with pytest.raises(RuntimeError, match="bincount: expected weights of shape"):
        mg.bincount(mg.tensor([1]), mg.ones(2))
    assert mg.bincount(mg.tensor([], dtype=mg.int64)).shape == (0,)


def test_weighted_counts_against_pytorch():
    torch = pytest.importorskip("torch")
    for weights in ([0.5, 0.25], [1, 2]):
        ours = mg.bincount(mg.tensor([1, 1]), mg.tensor(weights)).numpy()
        theirs = torch.bincount(torch.tensor([1, 1]), torch.tensor(weights)).numpy()
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype


@pytest.mark.parametrize(
    "arguments", [(4, 0, 3), (4,), (1, 0, 0), (10, -1, 1)], ids=["range", "own range", "one bin", "narrow"]
)
def test_histc_against_pytorch(arguments):
    torch = pytest.importorskip("torch")
    for x in ([1.0, 2.0, 1.0, 5.0, 3.0, 0.0], [1.0, 1.0], [0.1 * i for i in range(-10, 11)]):
        assert mg.histc(mg.tensor(x), *arguments).tolist() == torch.histc(torch.tensor(x), *arguments).tolist()


def test_histc_wants_a_finite_range():
    with pytest.raises(RuntimeError, match="histc: the range from nan to nan is not finite"):
        mg.histc(mg.tensor([NAN]))
    with pytest.raises(RuntimeError, match="histc: expected at least one bin"):
        mg.histc(mg.ones(2), 0)


def test_searchsorted_finds_where_numpy_does():
    b, x = np.sort(np.random.default_rng(0).integers(0, 9, 7)), np.arange(-1, 11).reshape(3, 4)
    for right, side in ((False, "left"), (True, "right")):
        expected = np.searchsorted(b, x, side).tolist()
        assert mg.searchsorted(mg.tensor(b), mg.tensor(x), right=right).tolist() == expected
        assert mg.searchsorted(mg.tensor(b), mg.tensor(x), side=side).tolist() == expected
        assert mg.bucketize(mg.tensor(x), mg.tensor(b), right=right).tolist() == expected
    assert mg.searchsorted(mg.tensor([1.0, 3.0]), 2).item() == 1
    assert mg.bucketize(mg.tensor([1]), mg.tensor([1, 2]), out_int32=True).dtype == mg.int32


def test_searchsorted_wants_rows_that_match():
    with pytest.raises(RuntimeError, match="searchsorted: expected one sequence, or one for each row"):
        mg.searchsorted(mg.ones(2, 3), mg.ones(3, 3))
    with pytest.raises(RuntimeError, match="bucketize: expected boundaries of one dimension"):
        mg.bucketize(mg.ones(2), mg.ones(2, 2))


def test_repeated_places_of_a_sort_of_columns_take_their_gradients_home():
    x = mg.tensor([[3.0, 1.0], [1.0, 2.0]], requires_grad=True)
    (mg.sort(x, 0).values * mg.tensor([[1.0, 10.0], [100.0, 1000.0]])).sum().backward()
    assert x.grad.tolist() == [[100.0, 10.0], [1.0, 1000.0]]


def test_isin_takes_numbers_and_inverts():
    assert mg.isin(mg.tensor([1, 2]), 2).tolist() == [False, True]
    assert mg.isin(mg.tensor([1, 2]), mg.tensor([2]), invert=True).tolist() == [True, False]
    assert mg.isin(mg.tensor([1, 2]), 2).dtype == mg.bool


def test_quantiles_without_what_is_no_number():
    x = np.array([[1.0, np.nan, 3.0, 2.0], [np.nan, 5.0, np.nan, 4.0], [np.nan] * 4])
    q = np.array([0.0, 0.3, 1.0])
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = np.nanquantile(x, q, axis=1)
    np.testing.assert_allclose(mg.nanquantile(mg.tensor(x), mg.tensor(q), dim=1).numpy(), expected)
    assert mg.nanquantile(mg.tensor(x), 0.5).item() == 3.0
    assert mg.nanquantile(mg.tensor(x), 0.5, dim=0, keepdim=True).shape == (1, 4)


@pytest.mark.parametrize("shape", [(0, 0), (2, 0), (0, 3), (2, 0, 3)])
def test_places_among_rows_of_which_there_are_none_or_empty_ones(shape):
    found = mg.searchsorted(mg.zeros(shape), mg.zeros(shape))
    assert found.shape == shape and found.dtype == mg.int64
    assert (
        mg.searchsorted(mg.zeros(*shape[:-1], 0), mg.zeros(*shape[:-1], 2)).tolist()
        == mg.zeros(*shape[:-1], 2).tolist()
    )


@pytest.mark.parametrize("seed", range(8))
def test_unique_numbers_of_16_bits_that_repeat_often(seed):
    """NumPy 2.4 sorts such an array wrongly on some processors, and its own `unique` with it."""
    x = (np.round(np.random.default_rng(seed).standard_normal(24000) * 3) / 2).astype(np.float16)
    expected = sorted({float(value) for value in x})
    assert mg.unique(mg.from_numpy(x)).tolist() == expected
    assert mg.unique(mg.from_numpy(x), return_counts=True)[0].tolist() == expected
    assert mg.sort(mg.from_numpy(x)).values.tolist() == sorted(x.tolist())


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("rows", [False, True])
def test_nan_belongs_behind_all(side, rows):
    torch = pytest.importorskip("torch")
    sequence, values = [1.0, 2.0, 3.0], [NAN, 0.5, 2.0, 9.0]
    ours, theirs = (
        m.searchsorted(m.tensor([sequence] * 2 if rows else sequence), m.tensor([values] * 2), side=side).tolist()
        for m in (mg, torch)
    )
    assert ours == theirs
