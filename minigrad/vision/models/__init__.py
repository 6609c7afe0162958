"""Networks for images, with the names that torchvision gives their parameters, so that its weights can be loaded.

No weights come with the package: a file of them is loaded by ``model.load_state_dict(mg.load("resnet18.pth"))``.
"""

from minigrad.vision.models.alexnet import AlexNet, alexnet
from minigrad.vision.models.resnet import ResNet, resnet18, resnet34, resnet50, resnet101, resnet152
from minigrad.vision.models.vgg import (
    VGG,
    vgg11,
    vgg11_bn,
    vgg13,
    vgg13_bn,
    vgg16,
    vgg16_bn,
    vgg19,
    vgg19_bn,
)

__all__ = [
    "AlexNet", "ResNet", "VGG", "alexnet", "resnet101", "resnet152", "resnet18", "resnet34", "resnet50", "vgg11",
    "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn",
]  # fmt: skip
