"""Parametrizations, weight and spectral normalization, and their exchange with PyTorch."""

import copy
import pickle

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn
from minigrad.nn.utils import parametrizations, parametrize


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).T

    def right_inverse(self, y):
        return y.triu()


class Doubled(nn.Module):
    def forward(self, x):
        return 2 * x

    def right_inverse(self, y):
        return y / 2


class Sum(nn.Module):
    """Of two tensors."""

    def forward(self, x, y):
        return x + y

    def right_inverse(self, z):
        return z / 2, z / 2


def square():
    return nn.Linear(3, 3)


def test_a_chain_is_applied_in_order_and_inverted():
    layer = square()
    before = layer.weight.detach().numpy().copy()
    parametrize.register_parametrization(layer, "weight", Symmetric())
    parametrize.register_parametrization(layer, "weight", Doubled())
    original = layer.parametrizations.weight.original
    symmetric = np.triu(before) + np.triu(before, 1).T
    np.testing.assert_allclose(layer.weight.detach().numpy(), 2 * symmetric)
    layer.weight = mg.eye(3)
    np.testing.assert_array_equal(original.detach().numpy(), np.eye(3) / 2)
    layer(mg.ones(1, 3)).sum().backward()
    assert original.grad is not None and layer.parametrizations.weight.original is original
    assert [name for name, _ in layer.named_parameters()] == ["bias", "parametrizations.weight.original"]


def test_several_originals():
    layer = square()
    before = layer.weight.detach().numpy().copy()
    parametrize.register_parametrization(layer, "weight", Sum())
    np.testing.assert_allclose(layer.weight.detach().numpy(), before, rtol=1e-6)
    parts = layer.parametrizations.weight
    assert parts.ntensors == 2 and not parts.is_tensor and isinstance(parts.original1, nn.Parameter)
    layer.weight = mg.ones(3, 3)
    assert parts.original0.sum().item() == parts.original1.sum().item() == 4.5
    with pytest.raises(ValueError, match="is made of 2 Tensors"):
        parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False)
    parametrize.remove_parametrizations(layer, "weight")
    assert type(layer) is nn.Linear and layer.weight.sum().item() == 9 and layer.weight.requires_grad


@pytest.mark.parametrize("leave", [True, False])
def test_removal_gives_back_the_class_and_the_parameter(leave):
    layer = square()
    parameter = layer.weight
    before = parameter.detach().numpy().copy()
    parametrize.register_parametrization(layer, "weight", Symmetric())
    parametrize.register_parametrization(layer, "bias", Doubled())
    assert type(layer).__name__ == "ParametrizedLinear" and isinstance(layer, nn.Linear)
    assert parametrize.type_before_parametrizations(layer) is nn.Linear
    value = layer.weight.detach().numpy().copy()
    parametrize.remove_parametrizations(layer, "weight", leave_parametrized=leave)
    assert parametrize.is_parametrized(layer, "bias") and not parametrize.is_parametrized(layer, "weight")
    np.testing.assert_array_equal(layer.weight.detach().numpy(), value if leave else np.triu(before))
    assert layer.weight is parameter
    parametrize.remove_parametrizations(layer, "bias")
    assert type(layer) is nn.Linear and not hasattr(layer, "parametrizations")


def test_a_buffer_stays_a_buffer():
    layer = nn.BatchNorm1d(3)
    parametrize.register_parametrization(layer, "running_mean", Doubled())
    assert "parametrizations.running_mean.original" in dict(layer.named_buffers())
    parametrize.remove_parametrizations(layer, "running_mean")
    assert "running_mean" in dict(layer.named_buffers())


def test_copies_are_independent():
    layer = parametrizations.weight_norm(square())
    twin = copy.deepcopy(layer)
    parametrize.remove_parametrizations(layer, "weight")
    assert parametrize.is_parametrized(twin, "weight") and type(layer) is nn.Linear
    twin.weight = mg.zeros(3, 3) + 1
    assert (layer.weight != 1).all()
    pair = copy.deepcopy(nn.ModuleList([twin, twin]))
    assert pair[0] is pair[1] is not twin and (pair[0].weight == twin.weight).all()
    with pytest.raises(RuntimeError, match=r"pickle: .*parametrized Linear.*save its state_dict\(\)"):
        pickle.dumps(twin)
    assert pickle.loads(pickle.dumps(layer)).weight.allclose(layer.weight)


def test_cached_computes_once_and_only_within():
    calls = []

    class Counted(nn.Module):
        def forward(self, x):
            calls.append(1)
            return x * 1

    layer = square()
    parametrize.register_parametrization(layer, "weight", Counted())
    calls.clear()
    with parametrize.cached():
        with parametrize.cached():
            assert layer.weight is layer.weight
        assert layer.weight is layer.weight
    assert len(calls) == 1
    assert layer.weight is not layer.weight and len(calls) == 3


def test_transfer():
    source, target = parametrizations.weight_norm(square()), square()
    parametrize.transfer_parametrizations_and_params(source, target)
    np.testing.assert_allclose(target.weight.detach().numpy(), source.weight.detach().numpy(), rtol=1e-6)
    with pytest.raises(ValueError, match="'?bias'? is not parametrized"):
        parametrize.transfer_parametrizations_and_params(source, target, "bias")


class Cut(nn.Module):
    def forward(self, x):
        return x[:1]


class Wide(nn.Module):
    def forward(self, x):
        return x.double()


class Gone(nn.Module):
    def forward(self, x):
        return None


class Inverse(nn.Module):
    def forward(self, x):
        return x

    def right_inverse(self, y):
        return 3


@pytest.mark.parametrize(
    "act, error, message",
    [
        (lambda m: parametrize.register_parametrization(m, "wieght", Doubled()), ValueError, "no parameter, buffer"),
        (lambda m: parametrize.register_parametrization(m, "weight", Cut()), ValueError, "forward to keep the shape"),
        (lambda m: parametrize.register_parametrization(m, "weight", Wide()), ValueError, "forward to keep the dtype"),
        (lambda m: parametrize.register_parametrization(m, "weight", Gone()), ValueError, "return a Tensor, got None"),
        (lambda m: parametrize.register_parametrization(m, "weight", Inverse()), ValueError, "right_inverse: expected"),
        (lambda m: parametrize.remove_parametrizations(m, "weight"), ValueError, "'weight' of Linear is not param"),
        (lambda m: parametrize.ParametrizationList([], m.weight), ValueError, "at least one module"),
        (lambda m: parametrizations.weight_norm(m, "wieght"), ValueError, "weight_norm: Linear has no parameter"),
        (lambda m: parametrizations.weight_norm(m, dim=9), IndexError, "weight_norm: dim 9 is out of range"),
        (lambda m: nn.utils.weight_norm(m, dim=-3), IndexError, "weight_norm: dim -3 is out of range"),
        (lambda m: parametrizations.spectral_norm(m, n_power_iterations=0), ValueError, "n_power_iterations of 1"),
        (lambda m: parametrizations.spectral_norm(m, dim=2), IndexError, "spectral_norm: expected dim within"),
        (lambda m: parametrizations.orthogonal(m, "bias"), ValueError, "orthogonal: expected a matrix"),
        (lambda m: parametrizations.orthogonal(m, orthogonal_map="qr"), ValueError, "'matrix_exp', 'cayley' or"),
        (lambda m: nn.utils.remove_weight_norm(m), ValueError, "has no weight normalization"),
        (lambda m: nn.utils.remove_spectral_norm(m), ValueError, "has no spectral normalization"),
        (lambda m: nn.utils.weight_norm(nn.utils.weight_norm(m)), RuntimeError, "has it already"),
        (lambda m: nn.utils.spectral_norm(nn.utils.spectral_norm(m)), RuntimeError, "has it already"),
        (lambda m: nn.utils.spectral_norm(m, n_power_iterations=0), ValueError, "n_power_iterations of 1"),
        (lambda m: nn.utils.weight_norm(nn.LazyLinear(2)), ValueError, "no shape yet"),
    ],
)
def test_errors(act, error, message):
    with pytest.raises(error, match=message):
        act(square())


@pytest.mark.parametrize("act", [Cut, Wide, Gone])
def test_a_second_one_is_checked_too(act):
    layer = parametrizations.weight_norm(square())
    with pytest.raises(ValueError, match="parametrization: expected forward"):
        parametrize.register_parametrization(layer, "weight", act())
    assert len(layer.parametrizations.weight) == 1


# ---- what PyTorch makes of the same weights --------------------------------------------------------------------------


def both(torch, make):
    """Return the module in both libraries, with PyTorch's weights."""
    theirs, ours = make(torch.nn), make(nn)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict({key: value.numpy() for key, value in theirs.state_dict().items()})
    return ours, theirs


def assert_same(ours, theirs, shape, torch, rtol=2e-5):
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    mine, reference = ours(mg.tensor(x)), theirs(torch.tensor(x))
    np.testing.assert_allclose(mine.detach().numpy(), reference.detach().numpy(), rtol, rtol)
    mine.square().sum().backward()
    reference.square().sum().backward()
    theirs = dict(theirs.named_parameters())
    for name, parameter in ours.named_parameters():
        scale = np.abs(theirs[name].grad.numpy()).max()
        np.testing.assert_allclose(parameter.grad.numpy(), theirs[name].grad.numpy(), rtol, rtol * scale)


MODULES = {
    "weight_norm": (lambda n: n.utils.parametrizations.weight_norm(n.Linear(4, 3)), (2, 4)),
    "weight_norm dim 1": (lambda n: n.utils.parametrizations.weight_norm(n.Conv1d(4, 3, 2), dim=1), (2, 4, 5)),
    "weight_norm of all": (lambda n: n.utils.parametrizations.weight_norm(n.Linear(4, 3), dim=None), (2, 4)),
    "spectral_norm": (lambda n: n.utils.parametrizations.spectral_norm(n.Linear(4, 3)), (2, 4)),
    "spectral_norm bias": (lambda n: n.utils.parametrizations.spectral_norm(n.Linear(4, 3), "bias"), (2, 4)),
    "spectral_norm conv": (
        lambda n: n.utils.parametrizations.spectral_norm(n.ConvTranspose2d(2, 3, 2), n_power_iterations=3),
        (1, 2, 3, 3),
    ),
    "old weight_norm": (lambda n: n.utils.weight_norm(n.Linear(4, 3)), (2, 4)),
    "old weight_norm dim None": (lambda n: n.utils.weight_norm(n.Conv2d(4, 3, 2), dim=None), (2, 4, 3, 3)),
    "old spectral_norm": (lambda n: n.utils.spectral_norm(n.Linear(4, 3), n_power_iterations=2), (2, 4)),
    "old spectral_norm dim": (lambda n: n.utils.spectral_norm(n.Conv1d(4, 3, 2), dim=1), (2, 4, 5)),
    **{
        f"orthogonal {map} {sizes}": (
            lambda n, map=map, sizes=sizes: n.utils.parametrizations.orthogonal(n.Linear(*sizes), orthogonal_map=map),
            (2, sizes[0]),
        )
        for map in ("matrix_exp", "cayley", "householder")
        for sizes in ((3, 3), (4, 3), (3, 5))
    },
    "orthogonal without a base": (
        lambda n: n.utils.parametrizations.orthogonal(
            n.Linear(4, 3), orthogonal_map="householder", use_trivialization=False
        ),
        (2, 4),
    ),
}


@pytest.mark.filterwarnings("ignore:.*weight_norm.*deprecated:FutureWarning")
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("kind", MODULES)
def test_as_in_pytorch(kind, training):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    make, shape = MODULES[kind]
    ours, theirs = both(torch, make)
    ours.train(training)
    theirs.train(training)
    assert_same(ours, theirs, shape, torch)
    state = theirs.state_dict()
    for name, value in ours.state_dict().items():  # the buffers, which training changes
        np.testing.assert_allclose(value.numpy(), state[name].numpy(), 2e-5, 2e-5)


@pytest.mark.parametrize("sizes", [(3, 3), (5, 3), (2, 4)])
@pytest.mark.parametrize("orthogonal_map", ["matrix_exp", "cayley", "householder"])
def test_orthogonal_stays_so_and_takes_a_value(orthogonal_map, sizes):
    layer = nn.Linear(*sizes, dtype=mg.float64)
    parametrizations.orthogonal(layer, orthogonal_map=orthogonal_map)
    original = layer.parametrizations.weight.original
    value = np.linalg.qr(np.random.default_rng(0).standard_normal((max(sizes), max(sizes))))[0][: sizes[1], : sizes[0]]
    layer.weight = mg.tensor(value)
    short = layer.weight if sizes[1] <= sizes[0] else layer.weight.T
    np.testing.assert_allclose((short @ short.T).detach().numpy(), np.eye(min(sizes)), atol=1e-12)
    if sizes[0] == sizes[1]:
        np.testing.assert_allclose(layer.weight.detach().numpy(), value, atol=1e-12)
    with mg.no_grad():
        noise = mg.randn(*original.shape, dtype=mg.float64)
        original.add_(0.3 * noise * (1 - mg.eye(*original.shape)))  # the diagonal, of signs, has no gradient
    short = layer.weight if sizes[1] <= sizes[0] else layer.weight.T
    np.testing.assert_allclose((short @ short.T).detach().numpy(), np.eye(min(sizes)), atol=1e-12)


def test_reflections_take_any_orthogonal_value_without_a_base():
    layer = nn.Linear(3, 5, dtype=mg.float64)
    parametrizations.orthogonal(layer, orthogonal_map="householder", use_trivialization=False)
    value = np.linalg.qr(np.random.default_rng(0).standard_normal((5, 3)))[0]
    layer.weight = mg.tensor(value)
    np.testing.assert_allclose(layer.weight.detach().numpy(), value, atol=1e-12)


def test_weights_of_the_old_form_load_into_the_new_one():
    old, new = nn.utils.weight_norm(square()), parametrizations.weight_norm(square())
    new.load_state_dict(old.state_dict())
    np.testing.assert_array_equal(new.weight.detach().numpy(), old.weight.detach().numpy())


@pytest.mark.parametrize("norm", ["weight_norm", "spectral_norm"])
def test_old_norms_are_removed_and_train(norm):
    layer = getattr(nn.utils, norm)(square())
    value = layer(mg.eye(3)).detach()
    optimizer = mg.optim.SGD(layer.parameters(), lr=0.1)
    layer.eval()(mg.eye(3)).square().sum().backward()
    optimizer.step()
    assert not layer(mg.eye(3)).allclose(value)
    value = layer(mg.eye(3)).detach()
    getattr(nn.utils, f"remove_{norm}")(layer)
    assert sorted(layer.state_dict()) == ["bias", "weight"] and isinstance(layer.weight, nn.Parameter)
    assert not layer._forward_pre_hooks
    assert layer(mg.eye(3)).allclose(value, atol=1e-6)


def test_norms_can_be_called_after_an_import_of_their_modules():
    from minigrad.nn.utils.spectral_norm import SpectralNorm  # the module takes the place of the function
    from minigrad.nn.utils.weight_norm import WeightNorm

    for norm, hook in ((nn.utils.weight_norm, WeightNorm), (nn.utils.spectral_norm, SpectralNorm)):
        assert any(isinstance(h, hook) for h in norm(square())._forward_pre_hooks.values())
