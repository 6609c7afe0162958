"""Recurrent layers against PyTorch: packed or not, with states or without, first and second gradients; errors."""

import itertools

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn

LENGTHS = [3, 5, 1, 5]
OPTIONS = {
    "RNN": [{}, {"nonlinearity": "relu", "num_layers": 2, "bias": False}],
    "LSTM": [
        {},
        {"num_layers": 2, "bidirectional": True},
        {"proj_size": 2, "batch_first": True, "bidirectional": True},
    ],
    "GRU": [{"bias": False}, {"num_layers": 2, "bidirectional": True, "batch_first": True}],
}
ROWS = [(kind, options) for kind, rows in OPTIONS.items() for options in rows]


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


def results(lib, layer, x, states, packed):
    x, *states = (lib.tensor(a, requires_grad=True) for a in (x, *states))
    first = layer.batch_first
    given = x
    if packed:
        given = lib.nn.utils.rnn.pack_padded_sequence(x, LENGTHS, batch_first=first, enforce_sorted=False)
    y, last = layer(given, (tuple(states) if len(states) > 1 else states[0]) if states else None)
    if packed:
        y, lengths = lib.nn.utils.rnn.pad_packed_sequence(y, batch_first=first, padding_value=0.5, total_length=6)
        assert lengths.tolist() == LENGTHS
    last = last if isinstance(last, tuple) else (last,)
    inputs = [x, *states, *layer.parameters()]
    loss = (y**2).sum() + sum((t**3).sum() for t in last)
    slopes = lib.autograd.grad(loss, inputs, create_graph=True)
    second = lib.autograd.grad(sum((g**2).sum() for g in slopes), inputs)
    return [t.detach().numpy() for t in (y, *last, *slopes, *second)]


@pytest.mark.parametrize("kind, options", ROWS, ids=str)
@pytest.mark.parametrize("form, given", list(itertools.product(("batch", "single", "packed"), (False, True))))
def test_layers_equal_pytorchs(torch, kind, options, form, given):
    rng = np.random.default_rng(0)
    theirs = getattr(torch.nn, kind)(3, 4, **options).double()
    ours = getattr(nn, kind)(3, 4, **options).double()
    ours.load_state_dict(theirs.state_dict())
    assert repr(ours) == repr(theirs) and list(ours.state_dict()) == list(theirs.state_dict())
    batch = () if form == "single" else (4,)
    x = rng.standard_normal((*batch, 5, 3) if ours.batch_first else (5, *batch, 3))
    count = ours.num_layers * (1 + ours.bidirectional)
    widths = [ours.proj_size or 4, 4][: 1 + (kind == "LSTM")]
    states = [rng.standard_normal((count, *batch, w)) for w in widths] if given else []
    pairs = zip(
        results(mg, ours, x, states, form == "packed"), results(torch, theirs, x, states, form == "packed"), strict=True
    )
    for a, b in pairs:
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


def step(lib, cell, x, states):
    states = tuple(map(lib.tensor, states))
    return cell(lib.tensor(x), (states if len(states) > 1 else states[0]) if states else None)


@pytest.mark.parametrize("kind", ["RNNCell", "LSTMCell", "GRUCell"])
@pytest.mark.parametrize("shape", [(2, 3), (3,)])
def test_cells_equal_pytorchs(torch, kind, shape):
    theirs, ours = getattr(torch.nn, kind)(3, 4, bias=False).double(), getattr(nn, kind)(3, 4, bias=False).double()
    ours.load_state_dict(theirs.state_dict())
    assert repr(ours) == repr(theirs)
    x, h = np.linspace(-1, 1, int(np.prod(shape))).reshape(shape), np.full((*shape[:-1], 4), 0.3)
    for states in ((), (h, h / 2)[: 1 + (kind == "LSTMCell")]):
        a, b = step(mg, ours, x, states), step(torch, theirs, x, states)
        for p, q in zip(a if isinstance(a, tuple) else (a,), b if isinstance(b, tuple) else (b,), strict=True):
            np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), atol=1e-12)
    h = getattr(nn, kind)(3, 0)(mg.tensor(x).float())
    assert (h[0] if kind == "LSTMCell" else h).shape == (*shape[:-1], 0)


@pytest.mark.parametrize("kind", OPTIONS)
def test_a_batch_may_be_empty(kind):
    layer = getattr(nn, kind)(3, 5)
    y, _ = layer(mg.zeros(4, 0, 3))
    y.sum().backward()
    assert y.shape == (4, 0, 5) and not layer.weight_hh_l0.grad.any()


def test_dropout_lies_between_layers():
    layer = nn.GRU(3, 4, num_layers=2, dropout=1.0)
    x = mg.randn(5, 2, 3)
    assert layer(x)[0].equal(layer(-x)[0]) and not layer.eval()(x)[0].equal(layer(-x)[0])


@pytest.mark.parametrize(
    "make, error, words",
    [
        (lambda n: n.LSTM(3, 0), ValueError, "hidden_size"),
        (lambda n: n.LSTM(3.0, 4), TypeError, "input_size"),
        (lambda n: n.LSTM(3, 4, proj_size=4), ValueError, "proj_size"),
        (lambda n: n.GRU(3, 4, dropout=2), ValueError, "dropout"),
        (lambda n: n.GRU(3, 4, bias=1), TypeError, "bias"),
        (lambda n: n.RNN(3, 4, nonlinearity="sin"), ValueError, "nonlinearity"),
        (lambda n: n.LSTM(3, 4)(mg.zeros(1, 2, 3, 4)), ValueError, "dimensions"),
        (lambda n: n.LSTM(3, 4)(mg.zeros(5, 2, 4)), RuntimeError, "input_size"),
        (lambda n: n.LSTM(3, 4)(mg.zeros(5, 2, 3).double()), ValueError, "dtype"),
        (lambda n: n.GRU(3, 4)(mg.zeros(5, 2, 3), mg.zeros(1, 3, 4)), RuntimeError, "hx"),
        (lambda n: n.GRU(3, 4)(mg.zeros(5, 2, 3), mg.zeros(2, 4)), RuntimeError, "hx"),
        (lambda n: n.GRU(3, 4)(mg.zeros(0, 2, 3)), RuntimeError, "step"),
        (lambda n: n.GRUCell(3, 4)(mg.zeros(2, 4)), RuntimeError, "features"),
        (lambda n: n.RNNCell(3, 4, "relu")(mg.zeros(2, 4)), RuntimeError, "features"),  # as bias, which may be anything
        (lambda n: n.GRUCell(3, 4)(mg.zeros(2, 2, 3)), ValueError, "dimensions"),
        (lambda n: n.LSTMCell(3, 4)(mg.zeros(2, 3), (mg.zeros(2, 5), mg.zeros(2, 4))), RuntimeError, "hx"),
        (lambda n: n.utils.rnn.pack_padded_sequence(mg.zeros(3, 2), [1, 3]), RuntimeError, "sorted"),
        (lambda n: n.utils.rnn.pack_padded_sequence(mg.zeros(3, 2), [1, 0]), RuntimeError, "lengths"),
    ],
)
def test_errors(make, error, words):
    with pytest.raises(error, match=words):
        make(nn)
