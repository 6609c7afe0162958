"""LeNet-5 against the paper's own numbers; its options; the modern variant against PyTorch."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.autograd import gradcheck
from minigrad.models.lenet import ACTIVATIONS, POOLS, TABLE_I, LeNet, LeNet5, TableConv2d, min_pool2d
from tests.models.parity import losses


def test_parameters_of_each_layer_are_those_of_the_paper():
    net = LeNet5()
    count = {name: sum(p.numel() for p in layer.parameters()) for name, layer in net.named_children()}
    assert count == {"c1": 156, "c3": 1516, "c5": 48120, "f6": 10164, "output": 850}


def test_shapes():
    assert LeNet5()(mg.zeros(2, 1, 32, 32)).shape == (2, 10)
    assert LeNet(num_classes=4)(mg.zeros(3, 1, 28, 28)).shape == (3, 4)


@pytest.mark.parametrize("network, size, other", [(LeNet5, 32, 28), (LeNet, 28, 32), (LeNet, 28, 12)])
def test_images_of_another_size_are_refused_by_name(network, size, other):
    with pytest.raises(RuntimeError, match=rf"{network.__name__}: expected .*{size}, {size}\), got \(1, 1, {other}"):
        network()(mg.zeros(1, 1, other, other))


def test_table_is_that_of_the_paper():
    table = np.array(TABLE_I)
    assert table.shape == (6, 16)
    # three neighbouring maps, then four neighbouring ones, then four others, and all for the last
    assert table.sum(0).tolist() == [3] * 6 + [4] * 6 + [4] * 3 + [6]


def test_table_convolution_is_a_sum_over_its_connections():
    table = [[1, 0, 1], [1, 1, 0]]  # 2 inputs, 3 outputs
    layer = TableConv2d(table, 2)
    x = np.random.default_rng(0).standard_normal((1, 2, 4, 4)).astype(np.float32)
    weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    inputs = {0: [0, 1], 1: [1], 2: [0]}  # of each output
    expected = np.zeros((3, 3, 3), np.float32)
    kernel = iter(weight)
    for out, seen in inputs.items():
        expected[out] += bias[out]
        for i in seen:
            w = next(kernel)
            for r, c in np.ndindex(3, 3):
                expected[out, r, c] += (x[0, i, r : r + 2, c : c + 2] * w).sum()
    np.testing.assert_allclose(layer(mg.from_numpy(x)).detach().numpy()[0], expected, rtol=1e-5, atol=1e-6)


def test_table_convolution_gradients():
    layer = TableConv2d([[1, 0], [1, 1]], 2).double()
    x = mg.randn(2, 2, 3, 3, dtype=mg.float64, requires_grad=True)
    assert gradcheck(lambda x, w, b: layer(x), (x, layer.weight, layer.bias))


def test_initial_weights_are_within_the_fan_in_bound():
    layer = TableConv2d(TABLE_I, 5)
    kernels = iter(np.abs(layer.weight.detach().numpy()))
    for j in range(16):
        fan_in = sum(row[j] for row in TABLE_I) * 25
        largest = max(next(kernels).max() for _ in range(fan_in // 25))
        assert 0.5 / np.sqrt(fan_in) < largest <= 1 / np.sqrt(fan_in)


def brute_force_pool(x, reduce):
    n, c, h, w = x.shape
    out = np.empty((n, c, h // 2, w // 2), x.dtype)
    for i, j in np.ndindex(h // 2, w // 2):
        out[:, :, i, j] = reduce(x[:, :, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2], (2, 3))
    return out


@pytest.mark.parametrize("name, reduce", [("avg", np.mean), ("max", np.max), ("min", np.min)])
def test_pools_are_what_their_names_say(name, reduce):
    x = np.random.default_rng(0).standard_normal((2, 3, 6, 6))
    np.testing.assert_allclose(POOLS[name](mg.from_numpy(x), 2).numpy(), brute_force_pool(x, reduce), rtol=1e-12)


def test_min_pool_gives_the_gradient_to_the_minimum():
    x = mg.tensor([[[[3.0, 1.0], [2.0, 5.0]]]], requires_grad=True)
    (7 * min_pool2d(x, 2)).sum().backward()
    assert x.grad.tolist() == [[[[0, 7], [0, 0]]]]
    assert gradcheck(lambda x: min_pool2d(x, 2), mg.randn(2, 2, 4, 4, dtype=mg.float64, requires_grad=True))


@pytest.mark.parametrize("model, size", [(LeNet5, 32), (LeNet, 28)])
def test_an_option_changes_the_function_and_not_the_parameters(model, size):
    x = mg.randn(2, 3, size, size)
    default = model(in_channels=3)
    outputs = []
    for pool in POOLS:
        for activation in ACTIVATIONS:
            net = model(in_channels=3, pool=pool, activation=activation)
            net.load_state_dict(default.state_dict())
            outputs.append(net(x).detach().numpy())
    assert len({o.tobytes() for o in outputs}) == 9
    assert sum(np.array_equal(o, default(x).detach().numpy()) for o in outputs) == 1


def test_an_unknown_pool_is_refused():
    with pytest.raises(ValueError, match="expected pool of avg, max, min, got 'median'"):
        LeNet(pool="median")


TORCH = {
    "avg": lambda torch, x: torch.nn.functional.avg_pool2d(x, 2),
    "max": lambda torch, x: torch.nn.functional.max_pool2d(x, 2),
    "min": lambda torch, x: -torch.nn.functional.max_pool2d(-x, 2),
}


def torch_lenet(torch, pool, activation):
    """The modern LeNet written again in PyTorch."""

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = torch.nn.Conv2d(1, 6, 5, padding=2)
            self.conv2 = torch.nn.Conv2d(6, 16, 5)
            self.fc1 = torch.nn.Linear(400, 120)
            self.fc2 = torch.nn.Linear(120, 84)
            self.fc3 = torch.nn.Linear(84, 10)

        def forward(self, x):
            act = getattr(torch, activation)
            x = TORCH[pool](torch, act(self.conv1(x)))
            x = TORCH[pool](torch, act(self.conv2(x)))
            x = act(self.fc1(x.flatten(1)))
            return self.fc3(act(self.fc2(x)))

    return Net()


@pytest.mark.parametrize("pool, activation, steps", [("max", "relu", 50), ("avg", "tanh", 10), ("min", "sigmoid", 10)])
def test_steps_give_the_losses_of_pytorch(pool, activation, steps):
    torch = pytest.importorskip("torch")
    ours = LeNet(pool=pool, activation=activation)
    settings = {"lr": 0.05, "momentum": 0.9, "weight_decay": 5e-4, "nesterov": True}
    mine, reference = losses(torch, ours, torch_lenet(torch, pool, activation), (8, 1, 28, 28), steps, **settings)
    np.testing.assert_allclose(mine, reference, rtol=0, atol=1e-9)
    assert np.ptp(mine) > 0.05  # it did learn something, or at least moved
