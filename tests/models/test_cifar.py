"""ResNet9: layers counted by hand, steps against PyTorch."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.models import ResNet9
from tests.models.parity import losses


def test_parameters_counted_by_hand():
    def block(i, o):
        return 9 * i * o + 2 * o  # a kernel without bias, and the normalization's weight and bias

    expected = block(3, 8) + block(8, 16) + 2 * block(16, 16) + block(16, 32) + block(32, 64) + 2 * block(64, 64)
    assert sum(p.numel() for p in ResNet9(width=8).parameters()) == expected + 64 * 10 + 10


@pytest.mark.parametrize("size", [(8, 8), (32, 32), (40, 24)])
def test_images_of_any_size(size):
    assert ResNet9(num_classes=4, in_channels=1, width=4)(mg.zeros(2, 1, *size)).shape == (2, 4)


def torch_resnet9(torch, width):
    nn = torch.nn

    class Block(nn.Module):
        def __init__(self, i, o, pool=False):
            super().__init__()
            self.conv, self.norm, self.pool = nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), pool

        def forward(self, x):
            x = self.conv(x)
            return torch.relu(self.norm(torch.max_pool2d(x, 2) if self.pool else x))

    class Residual(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.blocks = nn.Sequential(Block(c, c), Block(c, c))

        def forward(self, x):
            return x + self.blocks(x)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            w = width
            self.features = nn.Sequential(
                Block(3, w), Block(w, 2 * w, True), Residual(2 * w), Block(2 * w, 4 * w, True),
                Block(4 * w, 8 * w, True), Residual(8 * w),
            )  # fmt: skip
            self.fc = nn.Linear(8 * w, 10)

        def forward(self, x):
            return self.fc(self.features(x).amax((2, 3))) / 8

    return Net()


def test_steps_and_running_statistics_are_those_of_pytorch():
    torch = pytest.importorskip("torch")
    ours, theirs = ResNet9(width=4), torch_resnet9(torch, 4)
    settings = {"lr": 0.05, "momentum": 0.9, "weight_decay": 5e-4, "nesterov": True}
    mine, reference = losses(torch, ours, theirs, (6, 3, 16, 16), 15, **settings)
    np.testing.assert_allclose(mine, reference, rtol=0, atol=1e-8)
    assert np.ptp(mine) > 0.1
    for name, value in theirs.state_dict().items():
        np.testing.assert_allclose(ours.state_dict()[name].numpy(), value.numpy(), rtol=0, atol=1e-7, err_msg=name)
