"""The memory behind tensors: storages, set_, resize_, views that are made in place; as PyTorch has them."""

import numpy as np
import pytest

import minigrad as mg

MAKERS = {
    "whole": lambda m: m.arange(6.0),
    "row": lambda m: m.arange(6.0).reshape(2, 3)[1],
    "transposed": lambda m: m.arange(6.0).reshape(2, 3).t(),
    "part": lambda m: m.arange(24.0).reshape(2, 3, 4)[:, 1:, ::2],
    "0-dim": lambda m: m.arange(6.0)[4],
    "nothing": lambda m: m.empty(0),
}
REARRANGED = {
    "t_": lambda x: x.t_(),
    "transpose_": lambda x: x.transpose_(0, -1),
    "swapaxes_": lambda x: x.swapaxes_(0, 1),
    "swapdims_": lambda x: x.swapdims_(1, 0),
    "squeeze_": lambda x: x.unsqueeze_(0).squeeze_(),
    "squeeze_ of a dim": lambda x: x.unsqueeze_(0).squeeze_(0),
    "unsqueeze_": lambda x: x.unsqueeze_(-1),
}


def facts(m, x):
    storage = x.storage()
    before = (x.data_ptr() - storage.data_ptr()) // x.element_size() if x.numel() else 0
    return x.storage_offset() if x.numel() else 0, before, storage.tolist(), x.untyped_storage().nbytes()


@pytest.mark.filterwarnings("ignore:TypedStorage is deprecated")
@pytest.mark.parametrize("make", MAKERS)
def test_storages_are_as_in_pytorch(make):
    torch = pytest.importorskip("torch")
    assert facts(mg, MAKERS[make](mg)) == facts(torch, MAKERS[make](torch))


@pytest.mark.parametrize("call", REARRANGED)
def test_views_in_place_are_as_in_pytorch(call):
    torch = pytest.importorskip("torch")
    results = []
    for m in (mg, torch):
        leaf = m.arange(6.0).reshape(2, 3).requires_grad_()
        x = leaf * 2
        y = REARRANGED[call](x)
        assert y is x
        x.mul_(m.arange(6.0).reshape(x.shape))
        (x * x).sum().backward()
        base = m.zeros(2, 2, 3)
        view = base[1]
        REARRANGED[call](view)
        view += 1
        results.append([tuple(x.shape), x.stride(), x.tolist(), leaf.grad.tolist(), base.tolist()])
    assert results[0] == results[1]


def test_a_view_in_place_of_a_leaf_is_refused():
    x = mg.ones(2, 3, requires_grad=True)
    with pytest.raises(RuntimeError, match="t_: a leaf that requires grad cannot be changed in place"):
        x.t_()
    assert x.shape == (2, 3)


def test_views_of_what_was_rearranged_are_refused_rather_than_wrong():
    x = mg.ones(2, 3, requires_grad=True) * 2
    row = x[0]
    x.t_()
    x.add_(1)
    with pytest.raises(RuntimeError, match="the base of this view was rearranged"):
        row.sum().backward()


@pytest.mark.filterwarnings("ignore:TypedStorage is deprecated")
@pytest.mark.parametrize("make", [m for m in MAKERS if m not in ("transposed", "part")])
@pytest.mark.parametrize("size", [(2,), (3, 3), (), (0, 2)])
def test_resize_keeps_the_elements_and_the_memory_if_it_is_large_enough(make, size):
    torch = pytest.importorskip("torch")
    results = []
    for m in (mg, torch):
        x = MAKERS[make](m)
        before, space = x.data_ptr(), x.storage().size() - x.storage_offset()
        old = x.reshape(-1).tolist()
        x.resize_(size)
        kept = x.reshape(-1).tolist()[: len(old)]
        fits = x.numel() <= space and x.numel() > 0
        results.append([tuple(x.shape), x.stride(), kept, x.data_ptr() == before if fits else None])
    assert results[0] == results[1]


def test_set_shows_the_same_memory():
    x, y = mg.arange(6.0), mg.empty(0)
    assert y.set_(x) is y and y.is_set_to(x)
    y[0] = 7
    assert x[0] == 7
    y.set_(x.storage(), 1, (2, 2), (1, 2))
    assert y.tolist() == [[1.0, 3.0], [2.0, 4.0]]
    assert y.set_().shape == (0,)
    assert mg.zeros(4).resize_as_(mg.zeros(2, 2)).shape == (2, 2)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: mg.ones(2, requires_grad=True).resize_(3), RuntimeError, "resize_: a tensor that requires grad"),
        (
            lambda: mg.ones(2).set_(mg.ones(2, dtype=mg.int64)),
            RuntimeError,
            "set_: expected a source of minigrad.float32",
        ),
        (lambda: mg.ones(2).set_(3), TypeError, "set_: expected a Tensor or a storage"),
        (lambda: mg.ones(2).set_(mg.ones(2).storage(), 1, (2,)), RuntimeError, "set_: element 2 is outside"),
        (lambda: mg.ones(2).set_(mg.ones(2), 0, (2,), (1, 1)), RuntimeError, "set_: expected a step"),
        (lambda: mg.ones(2).map_(mg.ones(3), max), RuntimeError, "map_"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value).startswith(message)


def test_python_functions_on_elements():
    assert mg.arange(3.0).apply_(lambda v: v * 2).tolist() == [0.0, 2.0, 4.0]
    assert mg.arange(3.0).map_(mg.ones(3), lambda a, b: a - b).tolist() == [-1.0, 0.0, 1.0]
    assert mg.arange(3.0).map2_(mg.ones(3), mg.ones(1), lambda a, b, c: a + b + c).tolist() == [2.0, 3.0, 4.0]


# ---- memory formats --------------------------------------------------------------------------------------------------

FORMATS = {
    "contiguous": lambda m, x: x.contiguous(memory_format=m.channels_last),
    "to": lambda m, x: x.to(memory_format=m.channels_last),
    "clone": lambda m, x: x.clone(memory_format=m.channels_last),
    "clone of one": lambda m, x: x.contiguous(memory_format=m.channels_last).clone(),
    "back": lambda m, x: x.contiguous(memory_format=m.channels_last).contiguous(),
    "empty_like": lambda m, x: m.empty_like(x, memory_format=m.channels_last).copy_(x),
    "zeros_like of one": lambda m, x: m.zeros_like(x.to(memory_format=m.channels_last)).copy_(x),
    "ones_like of a transposed one": lambda m, x: m.ones_like(x.transpose(0, 1)),
    "empty": lambda m, x: m.empty(2, 3, 4, 5, memory_format=m.channels_last).zero_(),
}


@pytest.mark.parametrize("call", FORMATS)
def test_memory_formats_are_as_in_pytorch(call):
    torch = pytest.importorskip("torch")
    results = []
    for m in (mg, torch):
        y = FORMATS[call](m, m.arange(120.0).reshape(2, 3, 4, 5))
        results.append([y.stride(), y.is_contiguous(), y.is_contiguous(memory_format=m.channels_last), y.tolist()])
    assert results[0] == results[1]


def test_gradients_go_through_memory_formats():
    x = mg.rand(2, 3, 4, 5, requires_grad=True)
    g = mg.rand(2, 3, 4, 5)
    (x.contiguous(memory_format=mg.channels_last).clone(memory_format=mg.contiguous_format) * g).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), g.numpy())


def test_wrong_formats_are_refused():
    with pytest.raises(RuntimeError, match="contiguous: minigrad.channels_last is for 4 dimensions, the tensor has 1"):
        mg.ones(2).contiguous(memory_format=mg.channels_last)
    with pytest.raises(TypeError, match="clone: expected a memory_format"):
        mg.ones(2).clone(memory_format="channels_last")


# ---- random numbers in place -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", [lambda x: x.as_strided((3,), (1,), 2), lambda x: x.unfold(0, 3, 1)[2]])
def test_a_strided_view_knows_the_whole_memory(view):
    shown = view(mg.arange(10))
    assert shown.storage_offset() == 2 and shown.untyped_storage().nbytes() == 80
    assert shown.as_strided((2,), (9,), 0).tolist() == [0, 9]


@pytest.mark.parametrize(
    ("fill", "law"),
    [
        (lambda x: x.cauchy_(1.0, 2.0), lambda v: 0.5 + np.arctan((v - 1) / 2) / np.pi),
        (lambda x: x.log_normal_(0.5, 1.0), None),
        (lambda x: x.geometric_(0.3), lambda v: 1 - 0.7**v),
    ],
)
def test_laws(fill, law):
    mg.manual_seed(0)
    drawn = fill(mg.empty(20000, dtype=mg.float64)).numpy()
    if law is None:
        assert abs(np.log(drawn).mean() - 0.5) < 0.04 and abs(np.log(drawn).std() - 1) < 0.04
        return
    for q in np.unique(np.quantile(drawn, [0.1, 0.3, 0.5, 0.8])):
        assert abs((drawn <= q).mean() - law(q)) < 0.02


def test_counts():
    mg.manual_seed(0)
    events = mg.poisson(mg.full((20000,), 4.0))
    assert events.dtype == mg.float32 and abs(events.mean() - 4) < 0.1 and abs(events.var() - 4) < 0.2
    hits = mg.binomial(mg.full((20000,), 10.0), mg.tensor(0.3))
    assert abs(hits.mean() - 3) < 0.1 and abs(hits.var() - 2.1) < 0.15
    with pytest.raises(RuntimeError, match="poisson: expected rates of 0 or more"):
        mg.poisson(mg.tensor([-1.0]))
    with pytest.raises(RuntimeError, match="binomial: expected counts"):
        mg.binomial(mg.tensor([1.0]), mg.tensor([1.5]))


def test_versions_count_memory_that_is_replaced():
    torch = pytest.importorskip("torch")

    def trial(lib):
        x, seen = lib.ones(1), []
        for change in (
            lambda: x.resize_(1, 2), lambda: x.resize_as_(lib.ones(3)), lambda: x.resize_(3), lambda: x.add_(1),
            lambda: setattr(x, "data", lib.ones(2, 2)), lambda: x.set_(lib.ones(2)), lambda: x.mul_(2),
        ):  # fmt: skip
            change()
            seen.append((x._version, tuple(x.shape)))
        return seen

    assert trial(mg) == trial(torch)


def test_a_leaf_may_get_other_memory_where_nothing_is_recorded():
    torch = pytest.importorskip("torch")

    def trial(lib):
        leaf = lib.nn.Parameter(lib.ones(4))
        with pytest.raises(RuntimeError):
            leaf.set_(lib.ones(3))
        with lib.no_grad():
            leaf.set_(leaf[1:])
            with pytest.raises(RuntimeError):
                leaf.resize_(2)
        lib.cat((leaf, leaf)).sum().backward()
        return leaf.grad.tolist()

    assert trial(mg) == trial(torch)
    for name in ("data", "requires_grad"):
        with pytest.raises(RuntimeError, match="cannot be deleted"):
            delattr(mg.ones(1), name)
