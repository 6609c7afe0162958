"""Known nets for images, with torchvision's names of layers and weights.

Weights that are published for torchvision load by ``net.load_state_dict(mg.load("resnet18.pth"))``. Nothing is
downloaded.
"""

from minigrad.lazy_names import lazy_names

_HOMES = {
    "alexnet": "AlexNet alexnet",
    "vgg": "VGG vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn",
    "resnet": (
        "BasicBlock Bottleneck ResNet resnet18 resnet34 resnet50 resnet101 resnet152 resnext50_32x4d "
        "resnext101_32x8d wide_resnet50_2 wide_resnet101_2"
    ),
    "squeezenet": "SqueezeNet squeezenet1_0 squeezenet1_1",
    "mobilenetv2": "MobileNetV2 mobilenet_v2",
}
_lazy = lazy_names(__name__, globals(), _HOMES)
__all__ = _lazy.names
__getattr__, __dir__ = _lazy.getattr, _lazy.dir
