"""What a model costs, layer by layer, by hand."""

import re

import pytest

import minigrad as mg
from minigrad import nn
from minigrad.models import MODELS
from minigrad.utils import summary


def test_a_convolutional_net_by_hand():
    net = nn.Sequential(nn.Conv2d(3, 8, 3, stride=2, groups=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(),
                        nn.Linear(8 * 4 * 4, 5, bias=False))  # fmt: skip
    net[0].bias.requires_grad_(False)
    found = summary(net, (2, 3, 9, 9))
    assert [layer.output_shape for layer in found.layers[1:]] == [(2, 8, 4, 4)] * 3 + [(2, 128), (2, 5)]
    assert [layer.parameters for layer in found.layers] == [0, 8 * 27 + 8, 16, 0, 0, 640]
    assert [layer.multiply_adds for layer in found.layers] == [0, 2 * 8 * 16 * 27, 0, 0, 0, 2 * 128 * 5]
    assert found.parameters == 224 + 16 + 640 and found.trainable == found.parameters - 8
    assert found.multiply_adds == 6912 + 1280
    assert found.parameter_bytes == 4 * (880 + 16) + 8  # and the running averages, and their count in int64
    assert found.output_bytes == 4 * (4 * 256 + 10)


@pytest.mark.parametrize(
    "layer, size, count",
    [
        (lambda: nn.Conv2d(4, 6, 3, groups=2, padding=1), (1, 4, 5, 5), 6 * 25 * 2 * 9),
        (lambda: nn.ConvTranspose2d(4, 6, 3, stride=2), (1, 4, 5, 5), 4 * 25 * 6 * 9),
        (lambda: nn.Linear(3, 5), (2, 7, 3), 14 * 15),
        (lambda: nn.RNN(3, 5), (7, 2, 3), 14 * (15 + 25)),
        (lambda: nn.LSTM(3, 5, proj_size=2), (7, 2, 3), 14 * (4 * 15 + 4 * 10 + 10)),
        (lambda: nn.MultiheadAttention(8, 2), [(5, 1, 8)] * 3, 5 * 8 * 24 + 5 * 64 + 2 * (2 * 25 * 4)),
    ],
)
def test_multiply_adds(layer, size, count):
    assert summary(layer(), size).multiply_adds == count


@pytest.mark.parametrize("name", MODELS)
def test_models_count_what_they_have(name):
    net = MODELS[name](10, in_channels=3)
    found = summary(net, (1, 3, net.image_size, net.image_size))
    assert found.parameters == sum(p.numel() for p in net.parameters())
    assert found.layers[0].output_shape == (1, 10) and found.multiply_adds > 0


class Odd(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.tied = nn.Linear(4, 4)
        self.tied.weight = self.first.weight
        self.never = nn.ReLU()
        self.several = nn.ModuleList([nn.Dropout()])

    def forward(self, x):
        return {"y": self.tied(self.first(self.first(x))), "others": [x, x @ x.T]}


def test_shared_repeated_and_unused_layers():
    net = Odd().train()
    before = mg.get_rng_state()
    found = summary(net, input_data=mg.ones(3, 4))
    assert mg.equal(mg.get_rng_state(), before) and all(module.training for module in net.modules())
    by_name = {layer.name: layer for layer in found.layers}
    assert found.parameters == 16 + 4 + 4 and by_name["tied"].parameters == 4
    assert by_name[""].output_shape == [(3, 4), (3, 4), (3, 3)] and by_name[""].multiply_adds == 3 * 3 * 4
    assert by_name["first"].multiply_adds == 2 * 3 * 16
    assert re.search(r"first: Linear \(2 calls\) +\(3, 4\)", str(found))
    assert re.search(r"never: ReLU +not called", str(found)) and not re.search(r"ModuleList +not", str(found))
    assert not net.first._forward_hooks and not net.first._forward_pre_hooks


def test_lazy_layers_and_other_dtypes():
    found = summary(nn.Sequential(nn.Embedding(9, 6), nn.LazyLinear(2)), (3, 5), dtypes=[mg.int64])
    assert [layer.kind for layer in found.layers[1:]] == ["Embedding", "Linear"] and found.parameters == 54 + 14


def test_a_notebook_shows_a_table():
    html = summary(nn.Sequential(nn.Linear(1000, 3)), (1, 1000))._repr_html_()
    assert html.count("<tr>") == 3 and ">3,003<" in html and "3,003 parameters" in html


def test_mistakes_leave_the_model_as_it_was():
    net = nn.Sequential(nn.Linear(4, 4))
    with pytest.raises(TypeError, match="summary: expected a Module, got int"):
        summary(3, (1, 4))
    with pytest.raises(TypeError, match=r"expected input_size with the batch, such as \(1, 3\), got 3"):
        summary(nn.Linear(3, 2), 3)
    with pytest.raises(ValueError, match="expected an input_size"):
        summary(net)
    with pytest.raises(RuntimeError):
        summary(net, (1, 5))
    assert net.training and not net[0]._forward_hooks
    assert net(mg.ones(1, 4)).shape == (1, 4)
