"""VGG networks: convolutions of 3 by 3 in stages, each of half the size of the one before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from minigrad import nn
from minigrad.core.tensor import Tensor
from minigrad.vision.models.untrained import check_untrained

__all__ = ["VGG", "vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn"]

_CHANNELS = (64, 128, 256, 512, 512)
_CONVOLUTIONS = {"A": (1, 1, 2, 2, 2), "B": (2, 2, 2, 2, 2), "D": (2, 2, 3, 3, 3), "E": (2, 2, 4, 4, 4)}  # per stage
cfgs: dict[str, list[Any]] = {
    letter: [step for channels, n in zip(_CHANNELS, counts, strict=True) for step in [*[channels] * n, "M"]]
    for letter, counts in _CONVOLUTIONS.items()
}


def make_layers(cfg: Sequence[int | str], batch_norm: bool = False) -> nn.Sequential:
    """Return the layers of a list: a number is a convolution into that many channels, "M" halves the size.

    Parameters
    ----------
    cfg : sequence of int or "M"
    batch_norm : bool, default False
        Put a batch norm behind each convolution.

    Examples
    --------
    >>> from minigrad.vision.models.vgg import make_layers
    >>> make_layers([8, "M"])(mg.ones(1, 3, 6, 6)).shape
    Size([1, 8, 3, 3])
    """
    layers, channels = list[nn.Module](), 3
    for step in cfg:
        if isinstance(step, str):
            layers.append(nn.MaxPool2d(2, stride=2))
            continue
        norms = [nn.BatchNorm2d(step)] if batch_norm else []
        layers += [nn.Conv2d(channels, step, 3, padding=1), *norms, nn.ReLU(inplace=True)]
        channels = step
    return nn.Sequential(*layers)


class VGG(nn.Module):
    """Features of 512 channels, and three linear layers.

    Parameters
    ----------
    features : Module
        See `make_layers`.
    num_classes : int, default 1000
    init_weights : bool, default True
        Normal weights, and biases of 0; else those that layers start with.
    dropout : float, default 0.5
    """

    def __init__(
        self, features: nn.Module, num_classes: int = 1000, init_weights: bool = True, dropout: float = 0.5
    ) -> None:
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096), nn.ReLU(True), nn.Dropout(dropout),
            nn.Linear(4096, 4096), nn.ReLU(True), nn.Dropout(dropout),
            nn.Linear(4096, num_classes),
        )  # fmt: skip
        for module in self.modules() if init_weights else ():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, 0, 0.01)
            if isinstance(module, (nn.Conv2d, nn.Linear)) and module.bias is not None:
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


def _vgg(letter: str, batch_norm: bool) -> Callable[..., VGG]:
    depth = sum(_CONVOLUTIONS[letter]) + 3
    name = f"vgg{depth}" + "_bn" * batch_norm

    def make(*, weights: Any = None, progress: bool = True, pretrained: bool = False, **kwargs: Any) -> VGG:
        check_untrained(name, weights, pretrained)
        return VGG(make_layers(cfgs[letter], batch_norm), **kwargs)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = f"Return a `VGG` of {depth} layers{', with batch norm' * batch_norm}; `kwargs` are its options."
    return make


vgg11, vgg13, vgg16, vgg19 = (_vgg(letter, False) for letter in cfgs)
vgg11_bn, vgg13_bn, vgg16_bn, vgg19_bn = (_vgg(letter, True) for letter in cfgs)
