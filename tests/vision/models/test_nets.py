"""Known nets: as many weights as are published, by the names that are published, and the same outputs by hand."""

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn
from minigrad.vision import models

PUBLISHED = {  # parameters of the nets whose weights torchvision offers
    "alexnet": 61100840,
    "vgg11": 132863336,
    "vgg13": 133047848,
    "vgg16": 138357544,
    "vgg19": 143667240,
    "vgg11_bn": 132868840,
    "vgg13_bn": 133053736,
    "vgg16_bn": 138365992,
    "vgg19_bn": 143678248,
    "resnet18": 11689512,
    "resnet34": 21797672,
    "resnet50": 25557032,
    "resnet101": 44549160,
    "resnet152": 60192808,
    "resnext50_32x4d": 25028904,
    "resnext101_32x8d": 88791336,
    "wide_resnet50_2": 68883240,
    "wide_resnet101_2": 126886696,
    "squeezenet1_0": 1248424,
    "squeezenet1_1": 1235496,
    "mobilenet_v2": 3504872,
}


@pytest.fixture
def undrawn(monkeypatch):
    """Leave weights as they lie in memory, which takes no time."""
    for layer in (nn.Linear, nn.Conv2d):
        monkeypatch.setattr(layer, "reset_parameters", lambda self: None)
    for name in ("kaiming_normal_", "kaiming_uniform_", "normal_", "ones_", "zeros_"):
        monkeypatch.setattr(nn.init, name, lambda tensor, *args, **kwargs: tensor)


@pytest.mark.parametrize("name", PUBLISHED)
def test_as_many_weights_as_published(name, undrawn):
    assert sum(p.numel() for p in getattr(models, name)().parameters()) == PUBLISHED[name]


def test_every_net_is_counted():
    makers = {name for name in models.__all__ if name[0].islower() and "model" not in name and "weight" not in name}
    assert makers == set(PUBLISHED)


@pytest.mark.parametrize(
    "name, keys",
    [
        ("resnet50", "bn1.running_var layer2.0.downsample.0.weight layer4.2.bn3.num_batches_tracked fc.bias"),
        ("mobilenet_v2", "features.0.0.weight features.1.conv.0.1.bias"
         " features.2.conv.1.0.weight features.17.conv.3.bias"),
        ("squeezenet1_0", "features.0.bias features.3.squeeze.weight features.12.expand3x3.bias classifier.1.weight"),
        ("vgg16_bn", "features.0.weight features.1.running_mean features.41.bias classifier.6.weight"),
        ("alexnet", "features.10.weight classifier.1.weight classifier.6.bias"),
    ],
)  # fmt: skip
def test_published_names_of_weights(name, keys, undrawn):
    assert set(keys.split()) <= set(getattr(models, name)().state_dict())


def by_hand(torch, state, x):
    """A residual net's outputs from its weights alone, in eval mode."""
    f = torch.nn.functional

    def conv_norm(x, conv, norm, stride=1, padding=0):
        statistics = [state[f"{norm}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")]
        return f.batch_norm(f.conv2d(x, state[f"{conv}.weight"], None, stride, padding), *statistics)

    x = f.max_pool2d(conv_norm(x, "conv1", "bn1", 2, 3).relu(), 3, 2, 1)
    stage = 1
    while f"layer{stage}.0.conv1.weight" in state:
        block = 0
        while (at := f"layer{stage}.{block}") + ".conv1.weight" in state:
            stride = 2 if stage > 1 and block == 0 else 1
            if f"{at}.conv3.weight" in state:
                y = conv_norm(x, f"{at}.conv1", f"{at}.bn1").relu()
                y = conv_norm(y, f"{at}.conv2", f"{at}.bn2", stride, 1).relu()
                y = conv_norm(y, f"{at}.conv3", f"{at}.bn3")
            else:
                y = conv_norm(x, f"{at}.conv1", f"{at}.bn1", stride, 1).relu()
                y = conv_norm(y, f"{at}.conv2", f"{at}.bn2", 1, 1)
            if f"{at}.downsample.0.weight" in state:
                x = conv_norm(x, f"{at}.downsample.0", f"{at}.downsample.1", stride)
            x = (y + x).relu()
            block += 1
        stage += 1
    return f.linear(x.mean((2, 3)), state["fc.weight"], state["fc.bias"])


@pytest.mark.parametrize("block", ["BasicBlock", "Bottleneck"])
def test_residual_nets_by_hand(block):
    torch = pytest.importorskip("torch")
    net = models.ResNet(getattr(models, block), (2, 1, 1, 1), num_classes=3)
    net(mg.randn(4, 3, 32, 32))  # some statistics
    x = mg.randn(2, 3, 33, 40)
    state = {name: torch.from_numpy(value.numpy()) for name, value in net.eval().state_dict().items()}
    expected = by_hand(torch, state, torch.from_numpy(x.numpy()))
    np.testing.assert_allclose(net(x).numpy(force=True), expected.numpy(), atol=2e-4, rtol=1e-3)


def test_weights_in_a_file_of_pytorchs_load(tmp_path):
    torch = pytest.importorskip("torch")
    net = models.squeezenet1_1(num_classes=4)
    shaped = {name: torch.randn(tuple(value.shape)) for name, value in net.state_dict().items()}
    torch.save(shaped, tmp_path / "net.pth")
    assert str(net.load_state_dict(mg.load(tmp_path / "net.pth"))) == "<All keys matched successfully>"
    np.testing.assert_array_equal(net.features[3].squeeze.bias.numpy(force=True), shaped["features.3.squeeze.bias"])


def test_options():
    with pytest.raises(ValueError, match=r"resnet18: expected weights=None, got 'DEFAULT'; .*mg.load\('file.pth'\)"):
        models.resnet18(weights="DEFAULT")
    with pytest.raises(ValueError, match="alexnet: expected weights=None, got True"):
        models.alexnet(pretrained=True)
    with pytest.raises(ValueError, match="SqueezeNet: expected version"):
        models.SqueezeNet("2")
    with pytest.raises(ValueError, match="ResNet: expected replace_stride_with_dilation of three bools"):
        models.ResNet(models.BasicBlock, (1, 1, 1, 1), replace_stride_with_dilation=[True])
    with pytest.raises(ValueError, match="MobileNetV2: expected inverted_residual_setting"):
        models.mobilenet_v2(inverted_residual_setting=[])
    with pytest.raises(NotImplementedError, match="BasicBlock: expected dilation=1"):
        models.BasicBlock(4, 4, dilation=2)
    net = models.ResNet(models.Bottleneck, (1, 1, 1, 1), 2, True, replace_stride_with_dilation=[False, True, True])
    assert net.layer4[0].conv2.dilation == (2, 2) and net.layer4[0].conv2.stride == (1, 1)
    assert (net.layer3[0].bn3.weight == 0).all() and net.layer4(net.layer3(mg.ones(1, 512, 4, 4))).shape[2:] == (4, 4)
