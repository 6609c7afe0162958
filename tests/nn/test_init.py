"""Initial values: bounds, moments, structure, reproducibility."""

import math

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn

BIG = (200, 100, 2, 2)  # fan_in 400, fan_out 800


def seeded():
    return mg.Generator().manual_seed(1)


@pytest.mark.parametrize("dtype", [mg.float32, mg.float64])
@pytest.mark.parametrize(
    ("function", "options", "std"),
    [
        ("uniform_", {"a": -1.0, "b": 1.0}, 1 / math.sqrt(3)),
        ("normal_", {"std": 0.5}, 0.5),
        ("xavier_uniform_", {"gain": 2.0}, 2 * math.sqrt(2 / 1200)),
        ("xavier_normal_", {}, math.sqrt(2 / 1200)),
        ("kaiming_uniform_", {"nonlinearity": "relu"}, math.sqrt(2 / 400)),
        ("kaiming_uniform_", {"a": math.sqrt(5)}, math.sqrt(1 / 3 / 400)),
        ("kaiming_normal_", {"mode": "fan_out", "nonlinearity": "linear"}, math.sqrt(1 / 800)),
    ],
)
def test_moments(function, options, std, dtype):
    t = mg.empty(*BIG, dtype=dtype)
    fill = getattr(nn.init, function)
    assert fill(t, **options, generator=seeded()) is t
    values = t.numpy()
    assert values.dtype == dtype and abs(values.mean()) < 4 * std / math.sqrt(values.size)
    assert abs(values.std() / std - 1) < 0.01
    if "uniform" in function:
        assert 0.999 * std * math.sqrt(3) < np.abs(values).max() <= std * math.sqrt(3) * (1 + 1e-6)
    again = fill(mg.empty(*BIG, dtype=dtype), **options, generator=seeded())
    assert np.array_equal(again.numpy(), values)


def test_the_default_generator_is_used_and_nothing_recorded():
    w = nn.Parameter(mg.empty(3, 4))
    mg.manual_seed(3)
    first = nn.init.xavier_uniform_(w).detach().numpy().copy()
    assert w.is_leaf and w.requires_grad
    mg.manual_seed(3)
    assert np.array_equal(nn.init.xavier_uniform_(w).detach().numpy(), first)


def test_linear_and_conv_start_from_uniform_by_fan_in():
    for layer, fan_in in [
        (nn.Linear(100, 300), 100),
        (nn.Conv2d(16, 300, 5), 400),
        (nn.Conv1d(16, 300, 5, groups=4), 20),
        (nn.ConvTranspose2d(20, 30, 3), 270),
        (nn.Bilinear(25, 4, 300), 25),
    ]:
        bound = 1 / math.sqrt(fan_in)
        weight = layer.weight.detach().numpy()
        assert weight.dtype == np.float32
        assert 0.98 * bound < np.abs(weight).max() <= bound
        assert abs(weight.std() / (bound / math.sqrt(3)) - 1) < 0.05
        bias = layer.bias.detach().numpy()
        assert 0.8 * bound < np.abs(bias).max() <= bound
    assert abs(nn.Embedding(100, 100).weight.std().item() - 1) < 0.05


def test_truncated_normal():
    values = nn.init.trunc_normal_(mg.empty(20000), 1.0, 2.0, 0.0, 2.0, generator=seeded()).numpy()
    assert values.min() >= 0 and values.max() <= 2 and abs(values.mean() - 1) < 0.02
    # the variance of a normal distribution cut off at half a standard deviation to both sides
    density, inside = math.exp(-0.125) / math.sqrt(2 * math.pi), math.erf(0.5 / math.sqrt(2))
    assert abs(values.std() - 2 * math.sqrt(1 - density / inside)) < 0.01
    with pytest.raises(ValueError, match="bounds near mean"):
        nn.init.trunc_normal_(mg.empty(3), 0.0, 1.0, 10.0, 11.0)
    with pytest.raises(ValueError, match="trunc_normal_: expected std of 0 or more, got -1"):
        nn.init.trunc_normal_(mg.empty(3), std=-1)


def test_constants_eye_dirac():
    assert nn.init.constant_(mg.empty(2), 3).tolist() == [3, 3]
    assert nn.init.ones_(mg.empty(1)).item() == 1 and nn.init.zeros_(mg.empty(1)).item() == 0
    assert np.array_equal(nn.init.eye_(mg.empty(3, 2)).numpy(), np.eye(3, 2))
    with pytest.raises(ValueError, match="2 dimensions"):
        nn.init.eye_(mg.empty(3))
    with pytest.raises(ValueError, match="3, 4 or 5"):
        nn.init.dirac_(mg.empty(3, 3))
    with pytest.raises(ValueError, match="do not split"):
        nn.init.dirac_(mg.empty(3, 3, 3), groups=2)
    layer = nn.Conv2d(4, 4, 3, padding=1, groups=2, bias=False)
    nn.init.dirac_(layer.weight, groups=2)
    x = mg.randn(2, 4, 5, 5)
    np.testing.assert_allclose(layer(x).detach(), x)


@pytest.mark.parametrize("shape", [(3, 7), (7, 3), (4, 2, 3)])
def test_orthogonal(shape):
    w = nn.init.orthogonal_(mg.empty(*shape), gain=2, generator=seeded()).numpy().reshape(shape[0], -1)
    product = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
    np.testing.assert_allclose(product, 4 * np.eye(len(product)), atol=1e-5)


def test_sparse():
    w = nn.init.sparse_(mg.empty(10, 50), 0.25, std=2.0, generator=seeded()).numpy()
    assert ((w == 0).sum(0) == 3).all() and 1.6 < w[w != 0].std() < 2.4


@pytest.mark.parametrize("name", ["xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_"])
def test_too_few_dimensions(name):
    with pytest.raises(ValueError, match=rf"{name}: fan_in and fan_out need .* got shape \(3,\)"):
        getattr(nn.init, name)(mg.empty(3))


def test_errors_of_kaiming_and_gain():
    with pytest.raises(ValueError, match="'fan_in' or 'fan_out', got 'fan'"):
        nn.init.kaiming_normal_(mg.empty(2, 2), mode="fan")
    nn.init.kaiming_normal_(mg.empty(2, 2), mode="FAN_OUT")
    for name in ("kaiming_normal_", "kaiming_uniform_"):
        with pytest.warns(UserWarning, match=rf"{name}: a tensor of shape \(0, 2\) has no elements"):
            getattr(nn.init, name)(mg.empty(0, 2))
    with pytest.raises(ValueError, match="unknown nonlinearity 'softsign'"):
        nn.init.calculate_gain("softsign")
    with pytest.raises(ValueError, match="a number as slope"):
        nn.init.calculate_gain("leaky_relu", "0.1")


def test_gains_equal_pytorchs():
    torch = pytest.importorskip("torch")
    for name in ("linear", "conv2d", "conv_transpose3d", "sigmoid", "tanh", "relu", "selu", "leaky_relu"):
        assert nn.init.calculate_gain(name) == torch.nn.init.calculate_gain(name)
    assert nn.init.calculate_gain("leaky_relu", 0.3) == torch.nn.init.calculate_gain("leaky_relu", 0.3)
    for groups in (1, 2):
        theirs = torch.nn.init.dirac_(torch.empty(6, 2, 3, 4), groups)
        assert np.array_equal(nn.init.dirac_(mg.empty(6, 2, 3, 4), groups).numpy(), theirs.numpy())


@pytest.mark.parametrize("shape", [(5, 3, 2, 4), (5, 3, 4), (5, 3, 2, 1, 4), (1, 2, 2, 4)])
def test_kernels_come_round_and_are_the_same_for_all_inputs(shape):
    kernels = np.random.default_rng(0).standard_normal((2, *shape[2:]))
    w = mg.empty(*shape)
    assert nn.init.kernels_(w, kernels) is w and w.dtype == mg.float32
    for out, channel in np.ndindex(shape[:2]):
        assert np.array_equal(w.numpy()[out, channel], kernels[out % 2].astype(np.float32))


def test_kernels_of_ints_from_an_iterator_into_a_parameter():
    layer = nn.Conv2d(1, 2, (1, 2))
    nn.init.kernels_(layer.weight, iter([[[1, -1]], [[2, 0]]]))
    assert layer.weight.requires_grad and layer.weight.is_leaf
    assert layer.weight.tolist() == [[[[1, -1]]], [[[2, 0]]]]


@pytest.mark.parametrize(
    ("shape", "kernels", "error", "message"),
    [
        ((2, 1, 3, 3), [np.ones((3, 3)), np.ones((2, 3))], ValueError, r"\(3, 3\).* kernel 1 has shape \(2, 3\)"),
        ((2, 1, 3, 3), np.ones((3, 3)), ValueError, r"\(3, 3\).* kernel 0 has shape \(3,\)"),
        ((2, 1, 3, 3), [], ValueError, "at least one kernel, got none"),
        ((2, 3), [np.ones(())], ValueError, r"3, 4 or 5 dimensions, got shape \(2, 3\)"),
        ((2, 1, 3, 3), {"blur": np.ones((3, 3))}, TypeError, r"arrays of numbers, got blur; .* pass the .values\(\)"),
    ],
)
def test_kernels_that_do_not_fit_change_nothing(shape, kernels, error, message):
    w = mg.zeros(*shape)
    with pytest.raises(error, match=f"kernels_: .*{message}"):
        nn.init.kernels_(w, kernels)
    assert not w.any()
