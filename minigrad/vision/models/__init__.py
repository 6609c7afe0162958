"""Networks of the literature for images, by torchvision's names: its parameters' names, so that its weights load.

They come with random weights. Published ones are read from a file that you have:
``net.load_state_dict(minigrad.load("resnet18.pth"))``.
"""

from minigrad.vision.models.alexnet import AlexNet, alexnet
from minigrad.vision.models.mobilenet import MobileNetV2, mobilenet_v2
from minigrad.vision.models.resnet import (
    ResNet,
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
    resnext50_32x4d,
    resnext101_32x8d,
    wide_resnet50_2,
    wide_resnet101_2,
)
from minigrad.vision.models.squeezenet import SqueezeNet, squeezenet1_0, squeezenet1_1
from minigrad.vision.models.vgg import VGG, vgg11, vgg11_bn, vgg13, vgg13_bn, vgg16, vgg16_bn, vgg19, vgg19_bn
from minigrad.vision.models.weights import get_model, list_models

__all__ = [
    "AlexNet", "MobileNetV2", "ResNet", "SqueezeNet", "VGG", "alexnet", "get_model", "list_models", "mobilenet_v2",
    "resnet101", "resnet152", "resnet18", "resnet34", "resnet50", "resnext101_32x8d", "resnext50_32x4d",
    "squeezenet1_0", "squeezenet1_1", "vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19",
    "vgg19_bn", "wide_resnet101_2", "wide_resnet50_2",
]  # fmt: skip
