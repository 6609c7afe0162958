"""Networks for images: their parameters as published, residual networks against the same layers of PyTorch."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.vision import models
from minigrad.vision.models.resnet import BasicBlock, Bottleneck, ResNet
from minigrad.vision.models.vgg import cfgs, make_layers

PUBLISHED = {"resnet18": 11_689_512, "resnet34": 21_797_672, "resnet50": 25_557_032, "alexnet": 61_100_840}


def count(module):
    return sum(p.numel() for p in module.parameters())


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_are_as_many_as_published(name):
    make = getattr(models, name)
    assert count(make(weights=None)) == PUBLISHED[name] and make.__name__ == name


@pytest.mark.parametrize(
    ("letter", "batch_norm", "published"),
    [("A", False, 9_220_480), ("D", False, 14_714_688), ("D", True, 14_723_136), ("E", False, 20_024_384)],
)
def test_features_of_vgg_have_as_many_parameters_as_published(letter, batch_norm, published):
    assert count(make_layers(cfgs[letter], batch_norm)) == published


@pytest.mark.parametrize("name", models.__all__)
def test_trained_weights_are_refused(name):
    if name[0].isupper():
        assert isinstance(getattr(models, name), type)
        return
    for options in ({"weights": "DEFAULT"}, {"pretrained": True}):
        with pytest.raises(ValueError, match=f"{name}: no trained weights come with minigrad"):
            getattr(models, name)(**options)


def reference(state, x, blocks, convolutions, stride_at):
    """A residual network in PyTorch's functions, with a state_dict."""
    torch = pytest.importorskip("torch")
    F = torch.nn.functional

    def norm(x, at):
        weights = (state[f"{at}.{name}"] for name in ("running_mean", "running_var", "weight", "bias"))
        return F.batch_norm(x, *weights)

    x = F.max_pool2d(norm(F.conv2d(x, state["conv1.weight"], stride=2, padding=3), "bn1").relu(), 3, 2, 1)
    for stage, n in enumerate(blocks, 1):
        for i in range(n):
            at, y = f"layer{stage}.{i}", x
            stride = 2 if stage > 1 and i == 0 else 1
            for c in range(1, convolutions + 1):
                w = state[f"{at}.conv{c}.weight"]
                y = F.conv2d(y, w, stride=stride if c == stride_at else 1, padding=w.shape[-1] // 2)
                y = norm(y, f"{at}.bn{c}")
                y = y.relu() if c < convolutions else y
            if f"{at}.downsample.0.weight" in state:
                x = norm(F.conv2d(x, state[f"{at}.downsample.0.weight"], stride=stride), f"{at}.downsample.1")
            x = (x + y).relu()
    return F.linear(x.mean((2, 3)), state["fc.weight"], state["fc.bias"])


@pytest.mark.parametrize(("block", "convolutions", "stride_at"), [(BasicBlock, 2, 1), (Bottleneck, 3, 2)])
def test_residual_networks_compute_what_their_layers_say(block, convolutions, stride_at):
    torch = pytest.importorskip("torch")
    model = ResNet(block, [1, 2, 1, 2], num_classes=5).double()
    x = np.random.default_rng(0).standard_normal((2, 3, 40, 40))
    model(mg.tensor(x))  # so that the running statistics are no longer those of the start
    model.eval()
    state = {name: torch.from_numpy(v.numpy().copy()) for name, v in model.state_dict().items()}
    expected = reference(state, torch.from_numpy(x), [1, 2, 1, 2], convolutions, stride_at)
    np.testing.assert_allclose(model(mg.tensor(x)).detach().numpy(), expected, rtol=1e-9, atol=1e-9)


def test_stages_may_keep_their_size():
    model = ResNet(Bottleneck, [1, 1, 1, 2], replace_stride_with_dilation=[False, True, True])
    strides = {name: (m.stride[0], m.dilation[0]) for name, m in model.named_modules() if name.endswith("conv2")}
    assert strides == {
        "layer1.0.conv2": (1, 1), "layer2.0.conv2": (2, 1), "layer3.0.conv2": (1, 1), "layer4.0.conv2": (1, 2),
        "layer4.1.conv2": (1, 4),
    }  # fmt: skip
    with pytest.raises(ValueError, match="3 values as replace_stride_with_dilation"):
        ResNet(Bottleneck, [1, 1, 1, 1], replace_stride_with_dilation=[True])


def test_blocks_may_start_with_adding_nothing():
    model = ResNet(Bottleneck, [1, 1, 1, 1], zero_init_residual=True)
    assert all((m.bn3.weight == 0).all() for m in model.modules() if isinstance(m, Bottleneck))
    x = mg.rand(1, 256, 4, 4)
    block = Bottleneck(256, 64)
    mg.nn.init.zeros_(block.bn3.weight)
    assert mg.equal(block(x), x)


def test_wide_bottlenecks_and_narrow_blocks():
    wide = ResNet(Bottleneck, [1, 1, 1, 1], groups=2, width_per_group=16)
    assert wide.layer1[0].conv2.weight.shape == (32, 16, 3, 3)
    with pytest.raises(ValueError, match="BasicBlock: expected groups=1"):
        ResNet(BasicBlock, [1, 1, 1, 1], groups=2)


@mg.no_grad()
def test_others_give_a_number_for_each_class():
    vgg = models.VGG(make_layers([8, "M", 512, "M"]), num_classes=3).eval()
    for model in (vgg, models.AlexNet(num_classes=3).eval()):
        assert model(mg.rand(2, 3, 64, 64)).shape == (2, 3)
    weight = vgg.classifier[3].weight
    assert (vgg.classifier[0].bias == 0).all() and abs(weight.std() - 0.01) < 1e-4 and abs(weight.mean()) < 1e-4
