"""Reductions and scans: ties, nan, nothing at all, zeros in products, errors, memory order."""

import inspect
import math
from types import FunctionType

import numpy as np
import pytest

import minigrad as mg
from minigrad.autograd import gradcheck, gradgradcheck

NAN, INF = math.nan, math.inf


def slope(function, values, **options):
    x = mg.tensor(values, requires_grad=True, **options)
    y = function(x)
    (y[0] if isinstance(y, tuple) else y).sum().backward()
    return x.grad.tolist()


# ---- ties ------------------------------------------------------------------------------------------------------------


def test_ties_share_evenly_unless_a_dim_is_given():
    for reduce in (mg.max, mg.amax, lambda x: mg.amax(x, 0)):
        assert slope(reduce, [2.0, 1.0, 2.0]) == [0.5, 0.0, 0.5]
    for reduce in (mg.min, mg.amin, mg.aminmax):
        assert slope(reduce, [1.0, 3.0, 1.0]) == [0.5, 0.0, 0.5]
    assert slope(lambda x: x.max(0), [2.0, 1.0, 2.0]) == [1.0, 0.0, 0.0]
    assert slope(lambda x: x.min(0), [1.0, 3.0, 1.0]) == [1.0, 0.0, 0.0]
    assert slope(lambda x: mg.norm(x, INF), [-2.0, 2.0]) == [-0.5, 0.5]


def test_running_extremes_take_the_last_of_ties():
    assert mg.cummax(mg.tensor([1.0, 3.0, 3.0, 2.0]), 0).indices.tolist() == [0, 1, 2, 2]
    assert slope(lambda x: mg.cummin(x, 0), [2.0, 2.0, 3.0]) == [1.0, 2.0, 0.0]


# ---- nan -------------------------------------------------------------------------------------------------------------


def test_nan_is_the_extreme_and_its_place_is_found():
    x = mg.tensor([1.0, NAN, 3.0, NAN])
    for values, indices in (x.max(0), x.min(0)):
        assert math.isnan(values.item()) and indices.item() == 1
    assert x.argmax().item() == x.argmin().item() == 1
    assert mg.isnan(mg.stack([x.max(), x.amin(), *x.aminmax(), x.logsumexp(0), x.mean(), x.norm(INF)])).all()
    assert slope(mg.max, [1.0, NAN, NAN]) == [0.0, 0.5, 0.5]


@pytest.mark.parametrize("name", ["cummax", "cummin"])
def test_nan_stays_in_running_extremes(name):
    torch = pytest.importorskip("torch")
    x = [1.0, 3.0, 3.0, NAN, 5.0, NAN, 2.0]
    ours, theirs = getattr(mg, name)(mg.tensor(x), 0), getattr(torch, name)(torch.tensor(x), 0)
    np.testing.assert_array_equal(ours.values.numpy(), theirs.values.numpy())
    assert ours.indices.tolist() == theirs.indices.tolist()


def test_nansum_gives_nan_no_gradient():
    assert slope(mg.nansum, [1.0, NAN, 2.0]) == [1.0, 0.0, 1.0]
    assert slope(mg.nanmean, [1.0, NAN, 2.0]) == [0.5, 0.0, 0.5]
    assert mg.nansum(mg.tensor([1, 2])).dtype == mg.int64


# ---- where a rule must choose ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [2, "fro", 1, 3, 0.5, INF, -INF, -1])
def test_the_norm_has_no_slope_at_zero(p):
    assert slope(lambda x: mg.norm(x, p), [0.0, 0.0]) == [0.0, 0.0]


def test_norm_of_rows_of_which_one_is_zero():
    np.testing.assert_allclose(slope(lambda x: mg.norm(x, dim=1), [[0.0, 0.0], [3.0, 4.0]]), [[0, 0], [0.6, 0.8]], 1e-6)
    assert slope(lambda x: mg.norm(x, 0.5), [0.0, 1.0]) == [0.0, 1.0]


def test_std_of_a_constant_has_no_slope_and_one_element_has_no_variance():
    assert slope(mg.std, [2.0, 2.0, 2.0]) == [0.0, 0.0, 0.0]
    for reduce in (mg.var, mg.std):
        with pytest.warns(UserWarning, match="smaller correction"):
            assert math.isnan(reduce(mg.ones(1)).item()) and math.isnan(reduce(mg.tensor(1.0)).item())
            assert math.isnan(slope(reduce, [1.0])[0])
        assert reduce(mg.ones(1), correction=0).item() == 0


@pytest.mark.parametrize("zeros", [(), (1,), (0, 3), (0, 1, 2)])
@pytest.mark.parametrize("name", ["prod", "cumprod"])
def test_products_with_zeros_have_the_right_first_and_second_derivatives(name, zeros):
    x = np.random.default_rng(len(zeros)).uniform(0.5, 2, (2, 5))
    x[0, list(zeros)] = 0
    x = mg.tensor(x, requires_grad=True)
    functions = [lambda x: getattr(mg, name)(x, 1)] + [mg.prod] * (name == "prod")
    for function in functions:
        assert gradcheck(function, x)
        assert gradgradcheck(function, x)


def test_logsumexp_far_from_zero():
    x = mg.tensor([1e4, 1e4, -1e4], requires_grad=True)
    y = mg.logsumexp(x, 0)
    y.backward()
    assert y.item() == pytest.approx(1e4 + math.log(2))
    assert x.grad.tolist() == pytest.approx([0.5, 0.5, 0.0], rel=1e-3)  # as exact as y, which has 7 digits
    assert mg.logsumexp(mg.tensor([-INF, -INF]), 0).item() == -INF
    assert mg.logsumexp(mg.tensor([INF, 1.0]), 0).item() == INF
    assert mg.logsumexp(mg.tensor([0, 0]), 0).dtype == mg.float32
    assert slope(lambda x: mg.logcumsumexp(x, 0)[-1], [-1e4, 0.0, 1e4]) == pytest.approx([0.0, 0.0, 1.0])


# ---- nothing ---------------------------------------------------------------------------------------------------------


def test_of_no_elements():
    nothing = mg.zeros(0, 3)
    assert mg.sum(nothing).item() == 0 and mg.prod(nothing).item() == 1
    assert math.isnan(mg.mean(nothing).item())
    with pytest.warns(UserWarning, match="smaller correction"):
        assert math.isnan(mg.var(nothing).item())
    assert mg.all(nothing).item() is True and mg.any(nothing).item() is False
    assert mg.logsumexp(nothing, 0).tolist() == [-INF] * 3
    assert mg.norm(nothing).item() == 0
    assert mg.max(nothing, 1).values.shape == (0,)
    assert slope(mg.prod, np.zeros((0, 3))) == [] and slope(mg.mean, np.zeros((0, 3))) == []
    assert mg.cumsum(nothing, 0).shape == mg.cumprod(nothing, 0).shape == (0, 3)


@pytest.mark.parametrize("name", ["max", "min", "amax", "amin", "argmax", "aminmax"])
def test_of_nothing_there_is_no_largest(name):
    with pytest.raises((RuntimeError, IndexError), match=f"{name}: a tensor of shape .* has no elements"):
        getattr(mg, name)(mg.zeros(0, 3))
    with pytest.raises(IndexError, match=f"{name}: expected dim 0 to have elements"):
        getattr(mg, name)(mg.zeros(0, 3), dim=0)


# ---- dtypes and arguments --------------------------------------------------------------------------------------------


def test_dtypes_of_results():
    ints, bools = mg.tensor([1, 2], dtype=mg.int32), mg.tensor([True, False])
    for reduce in (mg.sum, mg.prod, lambda x: mg.cumsum(x, 0), lambda x: mg.cumprod(x, 0)):
        assert reduce(ints).dtype == reduce(bools).dtype == mg.int64
    assert mg.sum(ints, dtype=mg.float64).dtype == mg.float64
    assert mg.mean(ints, dtype=mg.float32).item() == 1.5
    assert mg.max(ints).dtype == mg.int32 and mg.max(ints, 0).indices.dtype == mg.int64
    assert mg.all(mg.tensor([1, 2], dtype=mg.uint8)).dtype == mg.uint8
    assert mg.count_nonzero(ints).dtype == mg.int64


@pytest.mark.parametrize("name", ["mean", "var", "std", "norm", "nanmean", "quantile"])
def test_integers_have_no(name):
    with pytest.raises(RuntimeError, match=r"expected a floating tensor, got minigrad.int64; convert it"):
        getattr(mg, name)(mg.tensor([1, 2]), *([0.5] if name == "quantile" else []))


@pytest.mark.parametrize("name", ["sum", "mean", "max", "argmin", "logsumexp", "var", "all", "cumsum", "sort", "norm"])
def test_a_dim_that_is_not_there(name):
    with pytest.raises(IndexError, match=r"dim 2 is out of range; expected -2 to 1"):
        getattr(mg, name)(mg.ones(2, 3), dim=2)


def test_a_dim_named_twice():
    with pytest.raises(RuntimeError, match="mean: dim .* names a dimension twice"):
        mg.mean(mg.ones(2, 3), (0, -2))


def test_where_one_dim_is_wanted():
    for wrong in (lambda x: mg.prod(x, (0, 1)), lambda x: mg.max(x, (0, 1)), lambda x: mg.max(x, keepdim=True)):
        with pytest.raises(TypeError):
            wrong(mg.ones(2, 3))


def test_unbiased_in_the_places_that_pytorch_has_for_it():
    x = mg.tensor([[1.0, 3.0]])
    assert x.std(False).item() == x.std(1, False).item() == x.std(unbiased=False).item() == 1
    assert x.var(correction=0).item() == x.var(axis=1, correction=0, keepdims=True).item() == 1


def test_named_results():
    values, indices = mg.max(mg.tensor([[1.0, 2.0]]), dim=1)
    assert values.tolist() == [2.0] and indices.tolist() == [1]
    result = mg.aminmax(mg.tensor([1.0, 2.0]))
    assert result.min.item() == 1 and result.max.item() == 2


def test_indices_never_require_grad():
    x = mg.ones(2, 3, requires_grad=True)
    assert not any(t.requires_grad for t in (x.max(0).indices, x.argmax(), x.sort().indices, x.cummax(0).indices))


# ---- memory order ----------------------------------------------------------------------------------------------------

ORDERS = [(0, 1, 2, 3), (1, 2, 3, 0), (3, 2, 1, 0), (0, 2, 3, 1)]
REDUCE = {
    "mean": lambda x: mg.mean(x, (0, 2, 3)),
    "var": lambda x: mg.var(x, (0, 2, 3)),
    "std": lambda x: mg.std(x, 1),
    "amax": lambda x: mg.amax(x, (2, 3)),
    "max": lambda x: mg.max(x, 1).values,
    "logsumexp": lambda x: mg.logsumexp(x, 1),
    "prod": lambda x: mg.prod(x, 2),
    "norm": lambda x: mg.norm(x, 3, (0, 1)),
    "sort": lambda x: mg.sort(x, 1).values,
    "cumprod": lambda x: mg.cumprod(x, 3),
    "erf": mg.erf,
    "median": mg.median,
}


@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize("name", list(REDUCE))
def test_the_order_in_memory_changes_nothing(name, order):
    x = np.random.default_rng(0).standard_normal((2, 3, 4, 5)).astype(np.float32)
    other = np.ascontiguousarray(x.transpose(order)).transpose(np.argsort(order))
    results = []
    for array in (x, other):
        t = mg.from_numpy(array).requires_grad_()
        y = REDUCE[name](t)
        y.backward(mg.full_like(y, 0.5))
        assert y.dtype == t.grad.dtype == mg.float32
        results.append((y.detach().numpy(), t.grad.numpy()))
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-6)


def test_elementwise_results_lie_as_their_input_does():
    x = mg.zeros(4, 3, 2, 5).permute(1, 2, 3, 0)
    assert mg.erf(x).stride() == x.stride()


def test_float32_sums_of_many_elements_do_not_drift():
    x = mg.full((3000, 1000), 0.1)
    for y in (mg.mean(x), mg.mean(x.T), mg.mean(x, 0)[0], mg.mean(x, 1)[0], mg.mean(x.reshape(-1, 3), 0)[0]):
        assert y.item() == pytest.approx(0.1, rel=5e-6)
    assert mg.var(x + 1000).item() == pytest.approx(0, abs=1e-4)


OTHERS = {"k": 1, "q": 0.5, "start": 0, "length": 1, "repeats": 2, "split_size_or_sections": 1, "chunks": 2}


def with_dim():
    """The functions that have a parameter dim and take one tensor, with what else they need."""
    for module in (mg, mg.linalg, mg.nn.functional):
        for name, function in vars(module).items():
            if isinstance(function, FunctionType) and function.__module__.startswith("minigrad.ops"):
                parameters = inspect.signature(function).parameters
                others = {p: OTHERS[p] for p in parameters if p in OTHERS}
                needed = {p for p, q in parameters.items() if q.default is q.empty} - {"dim", *others}
                several = str(inspect.signature(function).return_annotation).startswith("list")
                if "dim" in parameters and not several and needed in ({"input"}, {"x"}):
                    yield name, function, others, "keepdim" in parameters


@pytest.mark.parametrize(("name", "function", "others", "keeps"), list(with_dim()))
def test_a_dim_may_be_a_tensor_or_be_called_axis(name, function, others, keeps):
    def result(**given):
        x = mg.tensor([[0.5, 0.25], [0.125, 1.0]])
        y = function(x.bool() if name in ("all", "any") else x, **others, **given)
        return [t.tolist() for t in y] if isinstance(y, tuple) else y.tolist()

    for dim in (0, -1):
        for more in ({}, {"keepdim": True}) if keeps else ({},):
            expected = result(dim=dim, **more)
            assert result(dim=mg.tensor(dim), **more) == expected
            assert result(axis=dim, **({"keepdims": True} if more else {})) == expected
    with pytest.raises(TypeError):
        result(axis=0, dim=0)


def test_the_largest_of_two_tensors_or_over_a_dim():
    torch = pytest.importorskip("torch")
    for m in (mg, torch):
        x = m.arange(4.0).reshape(2, 2)
        assert x.max(m.tensor(1)).tolist() == [[1, 1], [2, 3]]
        assert x.max(dim=m.tensor(1)).values.tolist() == [1, 3]
        assert x.min(m.tensor(1), True).values.tolist() == [[0], [2]]
        with pytest.raises(TypeError):
            m.max(x, m.ones(2), True)
        assert math.isnan(m.zeros(0).var(correction=-1).item())
        assert m.ones(2).norm(m.tensor(1)).item() == m.linalg.vector_norm(m.ones(2), m.tensor(1)).item() == 2


# ---- segments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reduce", ["sum", "mean", "prod", "max", "min"])
@pytest.mark.parametrize("initial", [None, 0.5])
def test_segments_are_reduced_one_by_one(reduce, initial):
    x, lengths = np.random.default_rng(0).standard_normal((6, 2)).astype(np.float32), [2, 0, 1, 3]
    result = mg.segment_reduce(mg.tensor(x), reduce, lengths=mg.tensor(lengths), initial=initial).numpy()
    offsets = np.cumsum([0, *lengths])
    by_offsets = mg.segment_reduce(mg.tensor(x), reduce, offsets=mg.tensor(offsets), initial=initial).numpy()
    np.testing.assert_array_equal(result, by_offsets)
    first = [] if initial is None else [np.full(2, initial, np.float32)]
    for segment, (start, end) in zip(result, zip(offsets, offsets[1:], strict=False), strict=True):
        rows = np.stack([*first, *x[start:end]]) if first or end > start else np.empty((0, 2))
        if reduce == "mean":
            expected = rows.sum(0) / (end - start) if end > start else np.full(2, NAN if initial is None else initial)
        elif len(rows):
            expected = getattr(np, reduce)(rows, 0)
        else:
            expected = np.full(2, {"sum": 0, "prod": 1, "max": -INF, "min": INF}[reduce])
        np.testing.assert_allclose(segment, expected, rtol=1e-6)
    torch = pytest.importorskip("torch")
    theirs = torch.segment_reduce(torch.tensor(x), reduce, lengths=torch.tensor(lengths), initial=initial)
    np.testing.assert_allclose(result, theirs, rtol=1e-6)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"lengths": [1, 2]}, "expected lengths of 0 or more that sum to dimension 0 of data"),
        ({"lengths": [-1, 5]}, "expected lengths of 0 or more"),
        ({"lengths": [[2], [2]], "axis": 1}, "expected lengths of 0 or more that sum to dimension 1"),
        ({"lengths": [4], "axis": 1}, "expected the last dimension of lengths, 0, as axis, got 1"),
        ({"lengths": [4.0]}, "expected integers"),
        ({}, "expected either lengths or offsets"),
        ({"lengths": [4], "offsets": [0, 4]}, "expected either lengths or offsets"),
        ({"offsets": [1, 4]}, "expected offsets that begin at 0"),
        ({"indices": [0]}, "got indices"),
        ({"lengths": [4], "reduce": "median"}, "expected one of sum, mean"),
    ],
)
def test_segments_that_do_not_fit(arguments, message):
    made = {k: mg.tensor(v) if isinstance(v, list) else v for k, v in arguments.items()}
    with pytest.raises(RuntimeError, match="segment_reduce: .*" + message):
        mg.segment_reduce(mg.ones(4, 3), made.pop("reduce", "sum"), **made)


MISREAD = {  # the second number is no dim: PyTorch refuses it, too
    "sum": lambda m, x: x.sum(0, 2),
    "function": lambda m, x: m.sum(x, 0, 2),
    "mean": lambda m, x: x.mean(0, 2),
    "std": lambda m, x: x.std(0, 2),
    "norm": lambda m, x: x.norm(2, 0, 1),
    "argmax": lambda m, x: x.argmax(0, 1),
    "max": lambda m, x: x.max(0, 1),
    "logsumexp": lambda m, x: x.logsumexp(0, 2),
    "topk": lambda m, x: x.topk(1, 0, 1),
}


@pytest.mark.parametrize("name", MISREAD)
def test_a_number_is_not_taken_for_a_bool(name):
    with pytest.raises(TypeError, match="expected a bool as"):
        MISREAD[name](mg, mg.ones(2, 3, 4))
    torch = pytest.importorskip("torch")
    with pytest.raises(TypeError):
        MISREAD[name](torch, torch.ones(2, 3, 4))
