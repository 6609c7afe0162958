"""SqueezeNet."""

from __future__ import annotations

from typing import Any

import minigrad as mg
from minigrad import Tensor, nn
from minigrad.vision.models.weights import refuse_weights


class Fire(nn.Module):
    """A 1x1 convolution to few channels, and a 1x1 and a 3x3 one to many, side by side.

    Parameters
    ----------
    inplanes, squeeze_planes, expand1x1_planes, expand3x3_planes : int
    """

    def __init__(self, inplanes: int, squeeze_planes: int, expand1x1_planes: int, expand3x3_planes: int) -> None:
        super().__init__()
        self.inplanes = inplanes
        self.squeeze = nn.Conv2d(inplanes, squeeze_planes, 1)
        self.squeeze_activation = nn.ReLU(inplace=True)
        self.expand1x1 = nn.Conv2d(squeeze_planes, expand1x1_planes, 1)
        self.expand1x1_activation = nn.ReLU(inplace=True)
        self.expand3x3 = nn.Conv2d(squeeze_planes, expand3x3_planes, 3, padding=1)
        self.expand3x3_activation = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.squeeze_activation(self.squeeze(x))
        one, three = self.expand1x1_activation(self.expand1x1(x)), self.expand3x3_activation(self.expand3x3(x))
        return mg.cat([one, three], 1)


# by version: the first convolution's channels and size, then "pool" or the channels squeezed and expanded to
_LAYERS: dict[str, tuple[tuple[int, int], tuple[Any, ...]]] = {
    "1_0": ((96, 7), ("pool", (16, 64), (16, 64), (32, 128), "pool", (32, 128), (48, 192), (48, 192), (64, 256), "pool",
                      (64, 256))),
    "1_1": ((64, 3), ("pool", (16, 64), (16, 64), "pool", (32, 128), (32, 128), "pool", (48, 192), (48, 192), (64, 256),
                      (64, 256))),
}  # fmt: skip


class SqueezeNet(nn.Module):
    """A net of :class:`Fire` modules without linear layers: F. N. Iandola et al., SqueezeNet, 2016.

    Parameters
    ----------
    version : {"1_0", "1_1"}
    num_classes : int, default 1000
    dropout : float, default 0.5

    Raises
    ------
    ValueError
        If there is no such version.

    Examples
    --------
    >>> from minigrad.vision.models import squeezenet1_1
    >>> squeezenet1_1(num_classes=10)(mg.rand(1, 3, 32, 32)).shape
    Size([1, 10])
    """

    def __init__(self, version: str = "1_0", num_classes: int = 1000, dropout: float = 0.5) -> None:
        super().__init__()
        if version not in _LAYERS:
            raise ValueError(f'SqueezeNet: expected version "1_0" or "1_1", got {version!r}')
        self.num_classes = num_classes
        (channels, size), rest = _LAYERS[version]
        layers: list[nn.Module] = [nn.Conv2d(3, channels, size, 2), nn.ReLU(inplace=True)]
        for layer in rest:
            if layer == "pool":
                layers.append(nn.MaxPool2d(3, 2, ceil_mode=True))
            else:
                squeezed, expanded = layer
                layers.append(Fire(channels, squeezed, expanded, expanded))
                channels = 2 * expanded
        self.features = nn.Sequential(*layers)
        last = nn.Conv2d(512, num_classes, 1)
        self.classifier = nn.Sequential(nn.Dropout(dropout), last, nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d((1, 1)))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                if module is last:
                    nn.init.normal_(module.weight, 0.0, 0.01)
                else:
                    nn.init.kaiming_uniform_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.classifier(self.features(x)).flatten(1)
        return y


def squeezenet1_0(*, weights: Any = None, progress: bool = True, pretrained: bool = False, **kwargs: Any) -> SqueezeNet:
    """Return a :class:`SqueezeNet` 1.0; `weights` must be None."""
    refuse_weights("squeezenet1_0", weights, pretrained)
    return SqueezeNet("1_0", **kwargs)


def squeezenet1_1(*, weights: Any = None, progress: bool = True, pretrained: bool = False, **kwargs: Any) -> SqueezeNet:
    """Return a :class:`SqueezeNet` 1.1, which takes 2.4 times less to compute; `weights` must be None."""
    refuse_weights("squeezenet1_1", weights, pretrained)
    return SqueezeNet("1_1", **kwargs)
