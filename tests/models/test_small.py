"""The networks of the articles, Simple, CifarNet and PetNet: parameters counted by hand, steps against PyTorch."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.models import CifarNet, PetNet, Simple
from tests.models.parity import losses


def counts(net):
    return [p.numel() for p in net.parameters()]


def test_simple_has_32_kernels_and_a_dense_layer():
    assert counts(Simple()) == [32 * 9, 32, 10 * 32 * 13 * 13, 10]
    assert Simple(num_classes=4, in_channels=3, image_size=9)(mg.zeros(2, 3, 9, 9)).shape == (2, 4)


def test_cifar_net_has_16_kernels_twice():
    assert counts(CifarNet()) == [16 * 3 * 25, 16, 16 * 16 * 25, 16, 10 * 16 * 12 * 12, 10]
    assert CifarNet(num_classes=4, image_size=17)(mg.zeros(2, 3, 17, 17)).shape == (2, 4)


def test_petnet_has_32_kernels_twice_and_128_units():
    assert counts(PetNet()) == [32 * 3 * 9, 32, 32 * 32 * 9, 32, 128 * 32 * 14 * 14, 128, 128, 1]


@pytest.mark.parametrize("size", [10, 11, 21, (13, 40), (64, 33)])
def test_petnet_takes_images_of_any_size(size):
    height, width = (size, size) if isinstance(size, int) else size
    assert PetNet(image_size=size)(mg.zeros(3, 3, height, width)).shape == (3, 1)


def test_petnet_with_more_classes_has_an_output_for_each():
    assert PetNet(num_classes=3, in_channels=1, image_size=12)(mg.zeros(2, 1, 12, 12)).shape == (2, 3)


def test_petnet_refuses_images_that_its_layers_would_eat_up():
    with pytest.raises(ValueError, match="expected images of at least 10x10 pixels, got 64x9"):
        PetNet(image_size=(64, 9))


def torch_simple(torch):
    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = torch.nn.Conv2d(1, 32, 3)
            self.fc = torch.nn.Linear(32 * 13 * 13, 10)

        def forward(self, x):
            return self.fc(torch.relu(torch.max_pool2d(self.conv(x), 2)).flatten(1))

    return Net()


def torch_cifar(torch):
    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = torch.nn.Conv2d(3, 16, 5)
            self.conv2 = torch.nn.Conv2d(16, 16, 5)
            self.fc = torch.nn.Linear(16 * 12 * 12, 10)

        def forward(self, x):
            x = torch.relu(self.conv2(torch.relu(self.conv1(x))))  # the article's order
            return self.fc(torch.max_pool2d(x, 2).flatten(1))

    return Net()


def torch_petnet(torch, outputs):
    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = torch.nn.Conv2d(3, 32, 3)
            self.conv2 = torch.nn.Conv2d(32, 32, 3)
            self.fc1 = torch.nn.Linear(32 * 4 * 5, 128)
            self.fc2 = torch.nn.Linear(128, outputs)

        def forward(self, x):
            x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
            x = torch.max_pool2d(torch.relu(self.conv2(x)), 2)
            return self.fc2(torch.relu(self.fc1(x.flatten(1))))

    return Net()


def assert_same(mine, reference):
    np.testing.assert_allclose(mine, reference, rtol=0, atol=1e-9)
    assert np.ptp(mine) > 0.05  # it moved


def test_simple_learns_as_in_pytorch():
    torch = pytest.importorskip("torch")
    assert_same(*losses(torch, Simple(), torch_simple(torch), (8, 1, 28, 28), 20, lr=0.05, momentum=0.9))


def test_cifar_net_learns_as_in_pytorch():
    torch = pytest.importorskip("torch")
    assert_same(*losses(torch, CifarNet(), torch_cifar(torch), (8, 3, 32, 32), 10, lr=0.01, momentum=0.95))


@pytest.mark.parametrize("classes", [2, 3])
def test_petnet_learns_as_in_pytorch(classes):
    torch = pytest.importorskip("torch")
    ours = PetNet(num_classes=classes, image_size=(22, 26))
    theirs = torch_petnet(torch, 1 if classes == 2 else classes)
    settings = {"classes": classes, "binary": classes == 2, "optimizer": "Adam", "lr": 0.001}
    assert_same(*losses(torch, ours, theirs, (8, 3, 22, 26), 20, **settings))
