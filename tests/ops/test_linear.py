"""linear, embedding, one_hot and dropout: layout, statistics and mistakes."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.nn import functional as F


def test_linear_follows_the_order_of_memory_of_its_input():
    w = mg.randn(3, 4, requires_grad=True)
    for array in (np.ones((5, 4), np.float32), np.ones((4, 5), np.float32).T):
        x = mg.from_numpy(array).requires_grad_()
        y = F.linear(x, w, mg.ones(3))
        assert (y.stride(0) == 1) == (x.stride(0) == 1)
        g = mg.from_numpy(np.ones_like(array, shape=(5, 3)))
        gx, gw = mg.autograd.grad(y, [x, w], g)
        assert (gx.stride(0) == 1) == (x.stride(0) == 1) and gw.is_contiguous()


def test_linear_of_nothing():
    w, b = mg.ones(3, 4, requires_grad=True), mg.ones(3, requires_grad=True)
    y = F.linear(mg.zeros(0, 4), w, b)
    y.sum().backward()
    assert y.shape == (0, 3) and w.grad.shape == (3, 4) and b.grad.tolist() == [0, 0, 0]


def test_embedding_adds_up_repeated_rows():
    w = mg.zeros(4, 2, requires_grad=True)
    F.embedding(mg.tensor([[1, 1], [3, 1]]), w).sum().backward()
    assert w.grad.tolist() == [[0, 0], [3, 3], [0, 0], [1, 1]]
    (g,) = mg.autograd.grad(F.embedding(mg.tensor([1, 3]), w, padding_idx=-1).sum(), [w])
    assert g.tolist() == [[0, 0], [1, 1], [0, 0], [0, 0]]


X = mg.ones(2, 3)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: F.linear(X, mg.ones(4, 2)), RuntimeError, r"\(2, 3\) and \(4, 2\)"),
        (lambda: F.linear(X, mg.ones(4, 3), mg.ones(3)), RuntimeError, r"bias of shape \(4,\), got \(3,\)"),
        (lambda: F.linear(X.double(), mg.ones(4, 3)), RuntimeError, "one dtype.*float64.*float32"),
        (lambda: F.linear(X.long(), mg.ones(4, 3)), RuntimeError, "one dtype, got int64"),
        (lambda: F.linear(mg.tensor(1.0), mg.ones(4, 3)), RuntimeError, "in_features"),
        (lambda: F.bilinear(X, X, mg.ones(4, 3, 2)), RuntimeError, r"\(4, 3, 2\)"),
        (lambda: F.embedding(mg.tensor([0, 2]), X), IndexError, "index 2.*0 to 1"),
        (lambda: F.embedding(mg.tensor([-1]), X), IndexError, "index -1"),
        (lambda: F.embedding(mg.tensor([1.0]), X), RuntimeError, r"float32.*\.long"),
        (lambda: F.embedding(mg.tensor([1]), X, padding_idx=2), AssertionError, "padding_idx 2"),
        (lambda: F.embedding(mg.tensor([1]), mg.ones(3)), RuntimeError, "num_embeddings"),
        (lambda: F.one_hot(mg.tensor([3]), 3), RuntimeError, "index 3"),
        (lambda: F.one_hot(mg.tensor([-3])), RuntimeError, "index -3"),
        (lambda: F.one_hot(mg.tensor([0.5])), RuntimeError, "float32"),
        (lambda: F.one_hot(mg.zeros(0, dtype=mg.int64)), RuntimeError, "empty"),
        (lambda: F.dropout(X, 1.5), ValueError, "1.5"),
        (lambda: F.dropout(X.long(), 0.5), RuntimeError, "int64"),
        (lambda: F.dropout2d(mg.ones(3), 0.5), RuntimeError, r"\(3,\)"),
        (lambda: F.dropout1d(mg.ones(1, 2, 3, 4), 0.5), RuntimeError, r"\(1, 2, 3, 4\)"),
        (lambda: F.one_hot(mg.tensor([1]).int()), RuntimeError, "one_hot: expected an int64 tensor, got"),
        (lambda: F.prelu(X, mg.ones(3).double()), RuntimeError, "prelu: expected one dtype"),
        (lambda: F.glu(mg.tensor([1, 2])), RuntimeError, "glu: expected a floating"),
        (lambda: F.softsign(X > 0), RuntimeError, "expected numbers, got bools"),
        (lambda: F.relu6(X > 0), RuntimeError, "bools"),
        (lambda: F.pad(X, (1, 1, 1, 1), "reflect"), NotImplementedError, "'reflect' is for the last"),
        (lambda: F.unfold(mg.ones(1, 2, 4, 4), [2]), RuntimeError, "one int or 2"),
        (lambda: F.batch_norm(X, None, None, training=True, eps=0), ValueError, "eps above 0"),
        (lambda: F.adaptive_max_pool2d(mg.ones(2, 0, 4, 4), 2), RuntimeError, "only the batch"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


# ---- dropout ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_dropout_statistics(p):
    mg.manual_seed(0)
    x = mg.ones(200, 100, requires_grad=True)
    y = F.dropout(x, p)
    values = np.unique(y.detach().numpy())
    np.testing.assert_allclose(values, [0, 1 / (1 - p)], rtol=1e-6)
    assert y.dtype == mg.float32
    assert abs((y.detach().numpy() == 0).mean() - p) < 5 * np.sqrt(p * (1 - p) / 20000)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), y.detach().numpy())


def test_dropout_draws_anew_and_repeats_by_seed():
    x = mg.ones(50)
    mg.manual_seed(1)
    first, second = F.dropout(x), F.dropout(x)
    mg.manual_seed(1)
    assert mg.equal(F.dropout(x), first) and not mg.equal(first, second)


def test_dropout_off_is_the_input_itself():
    x = mg.ones(3)
    assert F.dropout(x, 0.5, training=False) is x and F.dropout(x, 0.0) is x


def test_dropout_lets_no_nan_through():
    x = mg.tensor([float("nan"), float("inf")])
    assert F.dropout(x, 1.0).tolist() == [0, 0]


def test_dropout_in_place():
    x = mg.ones(1000)
    assert F.dropout(x, 0.5, inplace=True) is x and set(x.tolist()) == {0, 2}


def test_dropout_draws_in_the_order_of_memory():
    x = mg.ones(5, 4).T
    mg.manual_seed(2)
    a = F.dropout(x)
    mg.manual_seed(2)
    assert mg.equal(a, F.dropout(mg.ones(5, 4)).T) and a.stride() == x.stride()


@pytest.mark.parametrize(
    ("name", "shape"), [("dropout1d", (50, 20, 3)), ("dropout2d", (50, 20, 2, 3)), ("dropout3d", (50, 20, 1, 2, 3))]
)
def test_channels_are_dropped_as_a_whole(name, shape):
    y = getattr(F, name)(mg.ones(shape), 0.3).numpy().reshape(1000, -1)
    assert (y == y[:, :1]).all() and abs((y[:, 0] == 0).mean() - 0.3) < 0.1


def test_dropout2d_of_three_dimensions_warns():
    with pytest.warns(UserWarning, match="dropout1d"):
        F.dropout2d(mg.ones(2, 3, 4))


def test_dropout2d_of_other_dimensions_drops_the_first_two():
    with pytest.warns(UserWarning, match="the first two are taken as N and C"):
        y = F.dropout2d(mg.ones(20, 30, 2, 2, 2)).numpy().reshape(600, 8)
    assert (y.min(1) == y.max(1)).all() and 200 < (y[:, 0] == 0).sum() < 400


def test_alpha_dropout_keeps_mean_and_variance():
    mg.manual_seed(3)
    x = mg.selu(mg.randn(400, 400))
    y = F.alpha_dropout(x, 0.4, training=True).numpy()
    assert abs(y.mean() - x.numpy().mean()) < 0.02 and abs(y.var() - x.numpy().var()) < 0.05
    z = mg.randn(30, 20, 8, requires_grad=True)
    F.feature_alpha_dropout(z, 0.5, training=True).sum().backward()
    assert (z.grad.numpy() == z.grad.numpy()[..., :1]).all() and 0.3 < (z.grad.numpy() == 0).mean() < 0.7
