"""LeNet-5 against the paper's own numbers, and both variants against PyTorch."""

import numpy as np
import pytest

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import optim
from minigrad.autograd import gradcheck
from models.lenet import TABLE_I, LeNet, LeNet5, TableConv2d


def test_parameters_of_each_layer_are_those_of_the_paper():
    net = LeNet5()
    count = {name: sum(p.numel() for p in layer.parameters()) for name, layer in net.named_children()}
    assert count == {"c1": 156, "c3": 1516, "c5": 48120, "f6": 10164, "output": 850}


def test_shapes():
    assert LeNet5()(mg.zeros(2, 1, 32, 32)).shape == (2, 10)
    assert LeNet(num_classes=4)(mg.zeros(3, 1, 28, 28)).shape == (3, 4)


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


def torch_lenet(torch, state):
    """The modern LeNet written again in PyTorch, with the same weights."""

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = torch.nn.Conv2d(1, 6, 5, padding=2)
            self.conv2 = torch.nn.Conv2d(6, 16, 5)
            self.fc1 = torch.nn.Linear(400, 120)
            self.fc2 = torch.nn.Linear(120, 84)
            self.fc3 = torch.nn.Linear(84, 10)

        def forward(self, x):
            x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
            x = torch.max_pool2d(torch.relu(self.conv2(x)), 2)
            x = torch.relu(self.fc1(x.flatten(1)))
            return self.fc3(torch.relu(self.fc2(x)))

    net = Net().double()
    net.load_state_dict({k: torch.from_numpy(v.numpy().copy()) for k, v in state.items()})
    return net


def test_fifty_steps_give_the_losses_of_pytorch():
    torch = pytest.importorskip("torch")
    mg.manual_seed(0)
    ours = LeNet().double()
    theirs = torch_lenet(torch, ours.state_dict())
    settings = {"lr": 0.05, "momentum": 0.9, "weight_decay": 5e-4, "nesterov": True}
    our_optimizer = optim.SGD(ours.parameters(), **settings)
    their_optimizer = torch.optim.SGD(theirs.parameters(), **settings)
    rng = np.random.default_rng(0)
    losses = []
    for _ in range(50):
        images, labels = rng.standard_normal((8, 1, 28, 28)), rng.integers(0, 10, 8)
        our_optimizer.zero_grad()
        our_loss = F.cross_entropy(ours(mg.tensor(images)), mg.tensor(labels))
        our_loss.backward()
        our_optimizer.step()
        their_optimizer.zero_grad()
        their_loss = torch.nn.functional.cross_entropy(theirs(torch.tensor(images)), torch.tensor(labels))
        their_loss.backward()
        their_optimizer.step()
        losses.append((our_loss.item(), their_loss.item()))
    our_losses, their_losses = np.array(losses).T
    np.testing.assert_allclose(our_losses, their_losses, rtol=0, atol=1e-9)
    assert np.ptp(our_losses) > 0.1  # it did learn something, or at least moved
