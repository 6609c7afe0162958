"""Networks of the literature: as many parameters as their authors publish, torchvision's names, and trainable."""

import pytest

import minigrad as mg
from minigrad.vision import models

# as torchvision's documentation gives them
PARAMETERS = {
    "alexnet": 61100840, "mobilenet_v2": 3504872, "resnet18": 11689512, "resnet50": 25557032,
    "resnext50_32x4d": 25028904, "squeezenet1_0": 1248424, "squeezenet1_1": 1235496, "vgg11": 132863336,
}  # fmt: skip


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_are_as_many_as_published(name):
    net = getattr(models, name)(**({"init_weights": False} if "vgg" in name else {}))
    assert sum(p.numel() for p in net.parameters()) == PARAMETERS[name]


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v2", "squeezenet1_1"])
def test_a_step_changes_every_parameter(name):
    mg.manual_seed(0)
    net = models.get_model(name, num_classes=3)
    before = {n: p.detach().clone() for n, p in net.named_parameters()}
    mg.nn.functional.cross_entropy(net(mg.randn(4, 3, 64, 64)), mg.tensor([0, 1, 2, 0])).backward()
    mg.optim.SGD(net.parameters(), lr=1.0).step()
    unchanged = [n for n, p in net.named_parameters() if (p == before[n]).all()]
    assert unchanged == [] and net.eval()(mg.randn(1, 3, 64, 64)).shape == (1, 3)


def test_names_are_torchvisions():
    keys = set(models.resnet50().state_dict())
    assert {"conv1.weight", "bn1.running_mean", "layer1.0.downsample.0.weight", "layer4.2.bn3.bias", "fc.bias"} <= keys
    assert {"features.1.conv.0.0.weight", "classifier.1.bias"} <= set(models.mobilenet_v2().state_dict())
    assert {"features.3.squeeze.weight", "classifier.1.weight"} <= set(models.squeezenet1_1().state_dict())
    assert {"features.0.weight", "classifier.6.bias"} <= set(models.alexnet().state_dict())


def test_the_linear_layer_may_be_replaced_and_the_rest_frozen():
    net = models.resnet18()
    for p in net.parameters():
        p.requires_grad = False
    net.fc = mg.nn.Linear(net.fc.in_features, 2)
    net(mg.randn(2, 3, 32, 32)).sum().backward()
    assert [n for n, p in net.named_parameters() if p.grad is not None] == ["fc.weight", "fc.bias"]


def test_dilated_stages_keep_the_size():
    net = models.resnet50(replace_stride_with_dilation=[False, True, True], num_classes=4).eval()
    with mg.no_grad():
        planes = net.layer4(net.layer3(net.layer2(net.layer1(mg.randn(1, 64, 16, 16)))))
    assert planes.shape == (1, 2048, 8, 8)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: models.resnet18(weights="DEFAULT"), r"resnet18: expected weights=None, got 'DEFAULT'.*resnet18\.pth"),
        (lambda: models.vgg11(pretrained=True), "vgg11: expected weights=None"),
        (lambda: models.get_model("resnet17"), "get_model: expected one of alexnet"),
        (lambda: models.SqueezeNet("2"), "SqueezeNet: expected the version"),
        (lambda: models.resnet18(width_per_group=128), "BasicBlock: expected groups=1"),
        (lambda: models.resnet50(replace_stride_with_dilation=[True]), "ResNet: expected None or three bools"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()
