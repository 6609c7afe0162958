"""Activations at their kinks, far from 0, in place, and given what they refuse."""

import inspect
import math
import pickle

import numpy as np
import pytest

import minigrad as mg
from minigrad.nn import functional as F

NAMES = [
    "relu", "relu6", "leaky_relu", "rrelu", "elu", "selu", "celu", "gelu", "silu", "mish", "softplus", "logsigmoid",
    "hardtanh", "hardsigmoid", "hardswish", "softsign", "tanhshrink", "softshrink", "hardshrink", "sigmoid", "tanh",
]  # fmt: skip
IN_PLACE = ["relu", "relu6", "leaky_relu", "rrelu", "elu", "selu", "celu", "silu", "mish", "hardtanh", "hardsigmoid"]
KINKS = np.array([-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 6.0])


def slope(function, values):
    x = mg.tensor(values, requires_grad=True)
    y = function(x)
    return y.detach().numpy(), mg.autograd.grad(y.sum(), [x])[0].numpy()


@pytest.mark.parametrize("name", NAMES)
def test_at_kinks(name):
    torch = pytest.importorskip("torch")
    y, g = slope(getattr(F, name), KINKS)
    t = torch.tensor(KINKS, requires_grad=True)
    z = getattr(torch.nn.functional, name)(t)
    z.sum().backward()
    np.testing.assert_allclose(y, z.detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(g, t.grad.numpy(), atol=1e-7)


def test_slopes_that_a_rule_must_choose():
    assert slope(F.relu, [0.0])[1] == 0
    assert slope(lambda x: F.leaky_relu(x, 0.2), [0.0])[1] == np.float32(0.2)
    assert slope(F.hardtanh, [-1.0, 1.0])[1].tolist() == [0, 0]
    assert slope(F.relu6, [0.0, 6.0])[1].tolist() == [0, 0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", [*NAMES, "softmax", "log_softmax", "softmin"])
def test_far_from_zero(name, dtype):
    options = {"dim": 0} if "soft" in name and name[-3:] in ("max", "min") else {}
    y, g = slope(lambda x: getattr(F, name)(x, **options), np.array([-1e4, -100.0, 0.3, 100.0, 1e4], dtype))
    assert np.isfinite(y).all() and np.isfinite(g).all()
    assert y.dtype == dtype and g.dtype == dtype


def test_softmax_of_infinities():
    np.testing.assert_array_equal(mg.softmax(mg.tensor([-np.inf, 0.0, 0.0]), 0).numpy(), [0, 0.5, 0.5])
    assert np.isnan(mg.softmax(mg.tensor([-np.inf, -np.inf]), 0).numpy()).all()
    assert mg.softmax(mg.zeros(0, 3), 0).shape == (0, 3)
    assert mg.log_softmax(mg.zeros(3, 0), 1).shape == (3, 0)


def test_softmax_keeps_the_order_of_memory():
    x = mg.randn(5, 4).T
    assert mg.softmax(x, 1).stride() == x.stride()


def test_a_gradient_of_nan_does_not_pass_where_relu_is_flat():
    x = mg.tensor([-1.0, 0.0, 4.0], requires_grad=True)
    x.relu().sqrt().sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [0, 0, 0.25])


def test_nan_stays_nan():
    x = mg.tensor([float("nan")])
    assert all(np.isnan(getattr(F, name)(x).numpy()).all() for name in NAMES)


def test_second_derivative_of_a_rectifier_is_zero_and_not_missing():
    x = mg.tensor([-1.0, 2.0], requires_grad=True)
    (g,) = mg.autograd.grad(F.relu(x).sum(), [x], create_graph=True)
    (h,) = mg.autograd.grad(g.sum(), [x])
    np.testing.assert_array_equal(h.numpy(), [0, 0])


@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place(name):
    function = getattr(F, name)
    values = np.array([-2.0, 0.3, 5.0])
    x = mg.tensor(values, requires_grad=True)
    y = x * 1
    assert function(y, inplace=True) is y
    y.sum().backward()
    expected, g = slope(function, values)
    np.testing.assert_array_equal(y.detach().numpy(), expected)
    np.testing.assert_array_equal(x.grad.numpy(), g)
    with pytest.raises(RuntimeError, match="leaf"):
        function(x, inplace=True)


VARIANTS = {
    "elu": [(), (0.3,), (3.0,), (-2.0,)],
    "selu": [()],
    "celu": [(2.0,), (0.25,), (-1.0,)],
    "leaky_relu": [(), (0.0,), (1.0,), (2.0,), (-0.3,)],
    "softplus": [(), (3.0, 1.0), (0.1, 100.0), (-2.0,), (1.0, math.inf)],
    "logsigmoid": [()],
    "sigmoid": [()],
    "tanh": [()],
    "silu": [()],
    "gelu": [()],
    "mish": [()],
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("name", "arguments"), [(n, a) for n, variants in VARIANTS.items() for a in variants])
def test_far_out_and_at_0_as_in_pytorch(name, arguments, dtype):
    torch = pytest.importorskip("torch")
    size = np.array([0.0, 1e-30, 1e-6, 0.5, 1, 3, 10, 15, 19, 21, 35, 41, 80])
    values = np.concatenate([size, -size]).astype(dtype)
    results = []
    for m in (mg, torch):
        x = m.from_numpy(values if m is mg else values.astype(np.float64)).requires_grad_()
        y = getattr(m.nn.functional, name)(x, *arguments)
        (g,) = m.autograd.grad(y.sum(), [x], retain_graph=True)
        (recorded,) = m.autograd.grad(y.sum(), [x], create_graph=True)
        results.append([t.detach().numpy() for t in (y, g, recorded)])
    eps = np.finfo(dtype).eps
    for found, expected in zip(*results, strict=True):
        assert found.dtype == dtype
        np.testing.assert_allclose(found, expected, rtol=16 * eps, atol=4 * eps)


def test_in_place_by_position_and_underscore():
    x = mg.tensor([-1.0, 1.0])
    F.leaky_relu(x, 0.5, True)
    assert x.tolist() == [-0.5, 1]
    assert F.relu_(x) is x and x.tolist() == [0, 1]
    assert mg.tensor([-1.0]).relu_().tolist() == [0]
    assert F.threshold_(x, 0.5, 7).tolist() == [7, 1]
    assert list(inspect.signature(F.elu).parameters) == ["input", "alpha", "inplace"]


def test_rrelu_draws_slopes():
    mg.manual_seed(0)
    y = F.rrelu(mg.full((2000,), -1.0), 0.1, 0.3, training=True).numpy()
    assert y.dtype == np.float32 and -0.3 <= y.min() < -0.29 and -0.11 < y.max() <= -0.1
    x = mg.tensor([-1.0, 2.0], requires_grad=True)
    (y := F.rrelu(x, training=True)).sum().backward()
    np.testing.assert_allclose((x.grad * x).detach().numpy(), y.detach().numpy())


@pytest.mark.parametrize("name", ["gelu", "silu", "elu", "leaky_relu", "softplus", "logsigmoid", "hardswish", "prelu"])
def test_integers_are_refused(name):
    arguments = (mg.tensor([0.1]),) if name == "prelu" else ()
    with pytest.raises(RuntimeError, match=r"float.*int64.*\.float\(\)"):
        getattr(F, name)(mg.tensor([1, 2]), *arguments)


def test_integers_where_pytorch_takes_them():
    assert F.relu(mg.tensor([-1, 2])).tolist() == [0, 2]
    assert F.softsign(mg.tensor([1])).dtype == mg.float32


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: F.softmax(mg.tensor([1, 2]), 0), RuntimeError, "softmax: expected a floating tensor"),
        (lambda x: F.softmax(x, 2), IndexError, "dim 2"),
        (lambda x: F.prelu(x, mg.ones(3)), RuntimeError, "1 or 2 elements"),
        (lambda x: F.hardtanh(x, 1.0, -1.0), ValueError, "min_val 1.0"),
        (lambda x: F.celu(x, 0.0), RuntimeError, "alpha"),
        (lambda x: F.gelu(x, "erf"), RuntimeError, "'erf'"),
        (lambda x: F.softshrink(x, -1.0), RuntimeError, "lambd"),
        (lambda x: F.relu([1.0]), TypeError, "expected a Tensor"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call(mg.ones(2, 2))


def test_softmax_without_dim_warns():
    with pytest.warns(UserWarning, match="dim=1"):
        y = F.softmax(mg.zeros(2, 4))
    assert y.tolist() == [[0.25] * 4] * 2


def test_arrays_give_arrays():
    x = np.array([-1.0, 2.0])
    assert all(isinstance(getattr(F, name)(x), np.ndarray) for name in NAMES)


def test_functions_can_be_pickled():
    assert all(pickle.loads(pickle.dumps(getattr(F, name))) is getattr(F, name) for name in NAMES if name != "sigmoid")


# ---- attention -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["bool", "float", "float16", "per head", "all"])
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_a_query_that_sees_no_key_gets_0_and_gives_0(kind, dropout):
    rng = np.random.default_rng(0)
    dtype = mg.float16 if kind == "float16" else mg.float32
    q, k, v = (mg.tensor(rng.standard_normal((2, 2, n, 3)), dtype=dtype, requires_grad=True) for n in (4, 5, 5))
    sees = rng.random((2, 2, 4, 5) if kind == "per head" else (4, 5)) < 0.6
    sees[..., 1, :] = False
    sees &= kind != "all"
    mask = mg.tensor(sees) if "float" not in kind else mg.tensor(np.where(sees, 0.5, -np.inf), dtype=dtype)
    mask.requires_grad_("float" in kind)
    y = F.scaled_dot_product_attention(q, k, v, mask, dropout)
    y.sum().backward()
    assert not y[..., 1, :].any() and not q.grad[..., 1, :].any()
    for t in (y.detach(), *(t.grad for t in (q, k, v, mask) if t.requires_grad)):
        assert np.isfinite(t.numpy()).all()
    if dropout == 0:
        scores = np.where(sees, np.float64(q.detach().numpy() @ k.detach().numpy().swapaxes(-1, -2)) / 3**0.5, -np.inf)
        weights = (
            np.where(sees, np.exp(scores), 0) / np.maximum(np.where(sees, np.exp(scores), 0).sum(-1), 1e-9)[..., None]
        )
        np.testing.assert_allclose(
            y.detach().numpy(), weights @ v.detach().numpy(), atol=5e-3 if dtype == mg.float16 else 1e-5
        )


@pytest.mark.parametrize("lengths", [(4, 2), (2, 4), (3, 0)])
def test_causal_attention_of_other_lengths_has_no_nan(lengths):
    q, k = (mg.ones(1, n, 2, requires_grad=True) for n in lengths)
    y = F.scaled_dot_product_attention(q, k, k, is_causal=True)
    y.sum().backward()
    assert y.shape == (1, lengths[0], 2) and np.isfinite(y.detach().numpy()).all()
    assert np.isfinite(q.grad.numpy()).all() and np.isfinite(k.grad.numpy()).all()


ATTENTION_MISTAKES = {
    "integer mask": (((2, 3, 4), (2, 5, 4), (2, 5, 6)), lambda m: {"attn_mask": m.ones(3, 5, dtype=m.int64)}),
    "mask of more dimensions": (((3, 4), (5, 4), (5, 6)), lambda m: {"attn_mask": m.ones(2, 3, 5)}),
    "mask of another length": (((2, 3, 4), (2, 5, 4), (2, 5, 6)), lambda m: {"attn_mask": m.ones(3, 4)}),
    "mask and causal": (((3, 4), (3, 4), (3, 4)), lambda m: {"attn_mask": m.ones(3, 3), "is_causal": True}),
    "heads that don't divide": (((1, 4, 3, 2), (1, 3, 5, 2), (1, 3, 5, 2)), lambda m: {"enable_gqa": True}),
    "no heads": (((3, 2), (5, 2), (5, 2)), lambda m: {"enable_gqa": True}),
    "heads that aren't shared": (((1, 4, 3, 2), (1, 2, 5, 2), (1, 2, 5, 2)), lambda m: {}),
}


@pytest.mark.parametrize("name", ATTENTION_MISTAKES)
def test_attention_refuses_what_pytorch_refuses(name):
    torch = pytest.importorskip("torch")
    shapes, options = ATTENTION_MISTAKES[name]
    types = []
    for lib in (torch, mg):
        with pytest.raises((RuntimeError, IndexError)) as caught:
            lib.nn.functional.scaled_dot_product_attention(*(lib.ones(*shape) for shape in shapes), **options(lib))
        types.append(caught.type)
    assert types[0] is types[1] and "scaled_dot_product_attention" in str(caught.value)


def test_attention_without_features_means_all_values():
    v = mg.tensor(np.random.default_rng(0).standard_normal((5, 2)))
    y = F.scaled_dot_product_attention(mg.ones(3, 0, dtype=mg.float64), mg.ones(5, 0, dtype=mg.float64), v)
    np.testing.assert_allclose(y.numpy(), np.broadcast_to(v.numpy().mean(0), (3, 2)))
