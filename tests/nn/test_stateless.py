"""Modules with other parameters, fused, moved, and made without initial values."""

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn
from minigrad.nn.utils.stateless import functional_call


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Linear(2, 2, bias=False)
        self.other = nn.Linear(2, 2, bias=False)
        self.other.weight = self.one.weight

    def forward(self, x, scale=1.0):
        return self.other(self.one(x)) * scale


def test_given_tensors_get_the_gradients_and_nothing_stays():
    layer = nn.Linear(2, 1)
    before = layer.weight, layer.bias
    weight = mg.tensor([[3.0, 4.0]], requires_grad=True)
    functional_call(layer, {"weight": weight}, (mg.ones(1, 2),)).sum().backward()
    assert weight.grad.tolist() == [[1, 1]] and layer.weight.grad is None and layer.bias.grad is not None
    assert (layer.weight, layer.bias) == before
    with pytest.raises(RuntimeError):
        functional_call(layer, {"weight": mg.ones(3, 3)}, mg.ones(1, 2))
    assert layer.weight is before[0]


def test_buffers_change_where_they_were_given():
    layer = nn.BatchNorm1d(2)
    mean = mg.zeros(2)
    functional_call(layer, {"running_mean": mean}, mg.ones(4, 2))
    assert layer.running_mean.tolist() == [0, 0] and mean.allclose(mg.full((2,), 0.1))


@pytest.mark.parametrize("tie", [True, False])
def test_tied_weights(tie):
    net = Tied()
    given = {"one.weight": 2 * mg.eye(2)}
    result = functional_call(net, given, mg.eye(2), {"scale": 0.5}, tie_weights=tie)
    expected = 2 * mg.eye(2) if tie else net.one.weight.T
    assert result.allclose(expected)
    with pytest.raises(ValueError, match="are one tensor and are given two"):
        functional_call(net, {"one.weight": mg.eye(2), "other.weight": mg.ones(2, 2)}, mg.eye(2))


@pytest.mark.parametrize(
    "given, strict, error",
    [
        ({"wieght": mg.ones(1, 2)}, False, AttributeError),
        ({"weight": mg.ones(1, 2)}, True, RuntimeError),
        ({"weight": mg.ones(1, 2), "bias": mg.ones(1), "more": mg.ones(1)}, True, RuntimeError),
    ],
)
def test_wrong_names(given, strict, error):
    layer = nn.Linear(2, 1)
    weight = layer.weight
    with pytest.raises(error, match="functional_call"):
        functional_call(layer, given, mg.ones(1, 2), strict=strict)
    assert layer.weight is weight


# ---- fusion ----------------------------------------------------------------------------------------------------------


def trained(bn):
    for name, values in (("running_mean", [0.5, -1.0, 2.0]), ("running_var", [0.25, 2.0, 1.0])):
        getattr(bn, name).copy_(mg.tensor(values))
    if bn.affine:
        with mg.no_grad():
            bn.weight.copy_(mg.tensor([2.0, 0.5, -1.0]))
            bn.bias.copy_(mg.tensor([0.1, 0.2, 0.3]))
    return bn.eval()


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", [nn.Conv2d, nn.ConvTranspose2d, nn.Linear])
def test_fused_layers_give_the_same(kind, bias, affine):
    if kind is nn.Linear:
        layer, bn, x = nn.Linear(2, 3, bias=bias), nn.BatchNorm1d(3, affine=affine), mg.randn(4, 2)
        if not affine:
            return  # the functions need weight and bias
        fused = nn.utils.fuse_linear_bn_eval(layer.eval(), trained(bn))
    else:
        layer, bn, x = kind(2, 3, 2, bias=bias), nn.BatchNorm2d(3, affine=affine), mg.randn(4, 2, 5, 5)
        fused = nn.utils.fuse_conv_bn_eval(layer.eval(), trained(bn), transpose=kind is nn.ConvTranspose2d)
    np.testing.assert_allclose(fused(x).detach().numpy(), bn(layer(x)).detach().numpy(), 1e-4, 1e-5)
    assert fused is not layer and fused.weight.requires_grad and (layer.bias is None) == (not bias)


@pytest.mark.parametrize(
    "act, error, message",
    [
        (lambda: nn.utils.fuse_conv_bn_eval(nn.Conv1d(1, 1, 1), nn.BatchNorm1d(1).eval()), RuntimeError, "evaluation"),
        (
            lambda: nn.utils.fuse_linear_bn_eval(
                nn.Linear(1, 1).eval(), nn.BatchNorm1d(1, track_running_stats=False).eval()
            ),
            RuntimeError,
            "running statistics",
        ),
        (
            lambda: nn.utils.fuse_linear_bn_eval(nn.Linear(1, 2).eval(), nn.BatchNorm1d(3).eval()),
            ValueError,
            "expected 2 features or 1 to normalize, got 3",
        ),
        (lambda: nn.utils.skip_init(3), RuntimeError, "expected a class of modules, got 3"),
        (lambda: nn.utils.skip_init(nn.ReLU), RuntimeError, "expected a constructor with a device"),
        (lambda: nn.Linear(1, 1).bfloat16(), RuntimeError, "NumPy has no bfloat16"),
        (lambda: nn.Sequential().set_submodule("", nn.ReLU()), ValueError, "got an empty one"),
        (lambda: nn.Sequential().set_submodule("a", 3), ValueError, "expected a Module, got int"),
        (lambda: nn.Sequential().set_submodule("a", nn.ReLU(), strict=True), AttributeError, "no submodule 'a'"),
        (lambda: nn.Linear(1, 1).set_submodule("bias", nn.ReLU()), AttributeError, "no submodule 'bias'"),
    ],
)
def test_errors(act, error, message):
    with pytest.raises(error, match=message):
        act()


# ---- the rest --------------------------------------------------------------------------------------------------------


def test_a_model_of_several_ranks_goes_to_another_layout_and_dtype():
    net = nn.Sequential(nn.Conv2d(2, 3, 2), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(3, 1))
    net.register_buffer("mask", mg.zeros(2, 3, 2, 2, dtype=mg.int64))
    before = [t.detach().numpy().copy() for t in net.state_dict().values()]
    assert net.to("cpu", mg.float64, memory_format=mg.channels_last) is net
    assert net[0].weight.stride() == (8, 1, 4, 2) and net.mask.is_contiguous(memory_format=mg.channels_last)
    assert net[0].weight.dtype is net[3].weight.dtype is mg.float64 and net.mask.dtype is mg.int64
    for t, values in zip(net.state_dict().values(), before, strict=True):
        np.testing.assert_array_equal(t.numpy(), values)
    with pytest.raises(TypeError, match="expected a memory_format"):
        net.to(memory_format="channels_last")
    with pytest.raises(RuntimeError, match="is for 5 dimensions"):
        net.to(memory_format=mg.channels_last_3d)


def test_weights_are_moved_to_another_layout():
    net = nn.Sequential(nn.Conv2d(2, 3, 2), nn.Conv3d(2, 3, 2), nn.Linear(1, 1))
    values = [p.detach().numpy().copy() for p in net.parameters()]
    nn.utils.convert_conv2d_weight_memory_format(net, mg.channels_last)
    assert net[0].weight.is_contiguous(memory_format=mg.channels_last) and net[1].weight.is_contiguous()
    nn.utils.convert_conv3d_weight_memory_format(net, mg.channels_last_3d)
    assert net[1].weight.is_contiguous(memory_format=mg.channels_last_3d)
    for p, before in zip(net.parameters(), values, strict=True):
        np.testing.assert_array_equal(p.detach().numpy(), before)


def test_a_memory_format_is_for_tensors_of_the_dimensions_that_have_it():
    net = nn.Sequential(nn.Conv2d(2, 3, 2), nn.BatchNorm2d(3), nn.Linear(2, 2)).to(memory_format=mg.channels_last)
    assert net[0].weight.is_contiguous(memory_format=mg.channels_last) and net[2].weight.is_contiguous()
    net.to(mg.float64, memory_format=mg.channels_last)
    assert {t.dtype for t in net.parameters()} == {mg.float64}
    with pytest.raises(RuntimeError, match="channels_last"):
        nn.Conv3d(1, 1, 1).to(memory_format=mg.channels_last)


def test_given_tensors_are_dicts():
    for given in (3, None, mg.ones(1), [3]):
        with pytest.raises(ValueError, match="functional_call: expected a dict of tensors"):
            mg.func.functional_call(nn.Linear(1, 1), given, mg.ones(1))


def test_the_old_name_of_clipping_warns():
    w = mg.tensor([3.0, 4.0], requires_grad=True)
    w.grad = mg.tensor([3.0, 4.0])
    with pytest.warns(FutureWarning, match="use clip_grad_norm_"):
        assert nn.utils.clip_grad_norm([w], 1.0).item() == 5
    assert w.grad.allclose(mg.tensor([0.6, 0.8]))


def test_empty_memory_keeps_objects_and_dtypes():
    net = nn.BatchNorm1d(2)
    before = [*net.parameters(), *net.buffers()]
    memory = [t._data for t in before]
    assert net.to_empty(device="cpu") is net and net.share_memory() is net and net.compile() is None
    after = [*net.parameters(), *net.buffers()]
    assert all(a is b for a, b in zip(after, before, strict=True))
    assert all(t._data is not m and t._data.dtype == m.dtype for t, m in zip(after, memory, strict=True))
