"""SqueezeNet: F. Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters", 2016."""

from __future__ import annotations

from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.nn import AdaptiveAvgPool2d, Conv2d, Dropout, MaxPool2d, Module, ReLU, Sequential, init
from minigrad.ops.joining import cat
from minigrad.vision.models.weights import registered

__all__ = ["Fire", "SqueezeNet", "squeezenet1_0", "squeezenet1_1"]


class Fire(Module):
    """A convolution of 1x1 to few channels, and from there one of 1x1 and one of 3x3 side by side."""

    def __init__(self, inplanes: int, squeeze_planes: int, expand1x1_planes: int, expand3x3_planes: int) -> None:
        super().__init__()
        self.squeeze = Conv2d(inplanes, squeeze_planes, 1)
        self.squeeze_activation = ReLU(inplace=True)
        self.expand1x1 = Conv2d(squeeze_planes, expand1x1_planes, 1)
        self.expand1x1_activation = ReLU(inplace=True)
        self.expand3x3 = Conv2d(squeeze_planes, expand3x3_planes, 3, padding=1)
        self.expand3x3_activation = ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.squeeze_activation(self.squeeze(x))
        sides = self.expand1x1_activation(self.expand1x1(x)), self.expand3x3_activation(self.expand3x3(x))
        return cat(sides, 1)


# by version: the first layer, and before which of the eight Fires the planes are halved
_VERSIONS = {"1_0": ((96, 7), (0, 3, 7)), "1_1": ((64, 3), (0, 2, 4))}


class SqueezeNet(Module):
    """Eight Fires between two convolutions.

    Parameters
    ----------
    version : {"1_0", "1_1"}

    Raises
    ------
    ValueError
        If there is no such version.

    Examples
    --------
    >>> from minigrad.vision.models import SqueezeNet
    >>> SqueezeNet("1_1", num_classes=10)(mg.zeros(1, 3, 64, 64)).shape
    Size([1, 10])
    """

    def __init__(self, version: str = "1_0", num_classes: int = 1000, dropout: float = 0.5) -> None:
        super().__init__()
        if version not in _VERSIONS:
            raise ValueError(f'SqueezeNet: expected the version "1_0" or "1_1", got {version!r}')
        (channels, size), halvings = _VERSIONS[version]
        self.num_classes = num_classes
        layers: list[Module] = [Conv2d(3, channels, size, stride=2), ReLU(inplace=True)]
        for number, planes in enumerate((16, 16, 32, 32, 48, 48, 64, 64)):
            if number in halvings:
                layers.append(MaxPool2d(3, stride=2, ceil_mode=True))
            layers.append(Fire(channels, planes, 4 * planes, 4 * planes))
            channels = 8 * planes
        self.features = Sequential(*layers)
        last = Conv2d(512, num_classes, 1)
        self.classifier = Sequential(Dropout(dropout), last, ReLU(inplace=True), AdaptiveAvgPool2d((1, 1)))
        for module in self.modules():
            if isinstance(module, Conv2d):
                if module is last:
                    init.normal_(module.weight, 0, 0.01)
                else:
                    init.kaiming_uniform_(module.weight)
                if module.bias is not None:
                    init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x)).flatten(1)


@registered
def squeezenet1_0(**options: Any) -> SqueezeNet:
    """Return a :class:`SqueezeNet` of the version 1.0."""
    return SqueezeNet("1_0", **options)


@registered
def squeezenet1_1(**options: Any) -> SqueezeNet:
    """Return a :class:`SqueezeNet` of the version 1.1, which takes less than half of the time."""
    return SqueezeNet("1_1", **options)
