"""VGG: K. Simonyan and A. Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2014."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.nn import (
    AdaptiveAvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Linear,
    MaxPool2d,
    Module,
    ReLU,
    Sequential,
    init,
)
from minigrad.vision.models.weights import registered

__all__ = ["VGG", "vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn"]

# how many convolutions before each of the five halvings
_DEPTHS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}


class VGG(Module):
    """Convolutions of 3x3 in five stages, and three linear layers.

    Parameters
    ----------
    features : Module
        From images to planes of 512 channels.

    Examples
    --------
    >>> from minigrad.vision.models import VGG
    >>> VGG(nn.Conv2d(3, 512, 1), num_classes=5)(mg.zeros(1, 3, 14, 14)).shape
    Size([1, 5])
    """

    def __init__(
        self, features: Module, num_classes: int = 1000, init_weights: bool = True, dropout: float = 0.5
    ) -> None:
        super().__init__()
        self.features = features
        self.avgpool = AdaptiveAvgPool2d((7, 7))
        self.classifier = Sequential(
            Linear(512 * 7 * 7, 4096), ReLU(True), Dropout(dropout),
            Linear(4096, 4096), ReLU(True), Dropout(dropout),
            Linear(4096, num_classes),
        )  # fmt: skip
        if init_weights:
            self.apply(_initialize)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


def _initialize(layer: Module) -> None:
    if isinstance(layer, Conv2d):
        init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    elif isinstance(layer, Linear):
        init.normal_(layer.weight, 0, 0.01)
    if isinstance(layer, (Conv2d, Linear)) and layer.bias is not None:
        init.zeros_(layer.bias)


def _features(depths: Sequence[int], normalized: bool) -> Sequential:
    layers: list[Module] = []
    channels = 3
    for count, width in zip(depths, (64, 128, 256, 512, 512), strict=True):
        for _ in range(count):
            layers.append(Conv2d(channels, width, 3, padding=1))
            layers += [BatchNorm2d(width)] if normalized else []
            layers.append(ReLU(inplace=True))
            channels = width
        layers.append(MaxPool2d(2, 2))
    return Sequential(*layers)


def _of_depth(depth: int, normalized: bool) -> Callable[..., VGG]:
    def build(**options: Any) -> VGG:
        return VGG(_features(_DEPTHS[depth], normalized), **options)

    build.__name__ = build.__qualname__ = f"vgg{depth}{'_bn' if normalized else ''}"
    build.__doc__ = f"Return a :class:`VGG` of {depth} layers{' with batch normalization' if normalized else ''}."
    return registered(build)


vgg11, vgg13, vgg16, vgg19 = (_of_depth(depth, False) for depth in (11, 13, 16, 19))
vgg11_bn, vgg13_bn, vgg16_bn, vgg19_bn = (_of_depth(depth, True) for depth in (11, 13, 16, 19))
