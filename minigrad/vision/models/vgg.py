"""VGG."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minigrad import Tensor, nn
from minigrad.vision.models.weights import refuse_weights, start

# channels of the convolutions between two poolings
_STAGES = {
    11: ((64,), (128,), (256,) * 2, (512,) * 2, (512,) * 2),
    13: ((64,) * 2, (128,) * 2, (256,) * 2, (512,) * 2, (512,) * 2),
    16: ((64,) * 2, (128,) * 2, (256,) * 3, (512,) * 3, (512,) * 3),
    19: ((64,) * 2, (128,) * 2, (256,) * 4, (512,) * 4, (512,) * 4),
}


class VGG(nn.Module):
    """A net of 3x3 convolutions and three linear layers: K. Simonyan, A. Zisserman, Very Deep Networks, 2014.

    Parameters
    ----------
    features : Module
        The convolutions, of 512 channels at the end.
    num_classes : int, default 1000
    init_weights : bool, default True
        Whether to draw the weights anew, as K. He et al. do.
    dropout : float, default 0.5

    Examples
    --------
    >>> from minigrad.vision.models import VGG
    >>> VGG(nn.Conv2d(3, 512, 3), num_classes=10, init_weights=False)(mg.rand(1, 3, 9, 9)).shape
    Size([1, 10])
    """

    def __init__(
        self, features: nn.Module, num_classes: int = 1000, init_weights: bool = True, dropout: float = 0.5
    ) -> None:
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096),
            nn.ReLU(True),
            nn.Dropout(dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(True),
            nn.Dropout(dropout),
            nn.Linear(4096, num_classes),
        )
        if init_weights:
            start(self, 0.01)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.classifier(self.avgpool(self.features(x)).flatten(1))
        return y


def _features(depth: int, batch_norm: bool) -> nn.Sequential:
    layers: list[nn.Module] = []
    inside = 3
    for stage in _STAGES[depth]:
        for outside in stage:
            layers.append(nn.Conv2d(inside, outside, 3, padding=1))
            layers += [nn.BatchNorm2d(outside)] if batch_norm else []
            layers.append(nn.ReLU(inplace=True))
            inside = outside
        layers.append(nn.MaxPool2d(2, 2))
    return nn.Sequential(*layers)


def _maker(depth: int, batch_norm: bool) -> Callable[..., VGG]:
    name = f"vgg{depth}{'_bn' if batch_norm else ''}"

    def make(*, weights: Any = None, progress: bool = True, pretrained: bool = False, **kwargs: Any) -> VGG:
        refuse_weights(name, weights, pretrained)
        return VGG(_features(depth, batch_norm), **kwargs)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = f"Return a :class:`VGG` of {depth} layers{' with batch norm' * batch_norm}; `weights` must be None."
    return make


vgg11, vgg13, vgg16, vgg19 = (_maker(depth, False) for depth in _STAGES)
vgg11_bn, vgg13_bn, vgg16_bn, vgg19_bn = (_maker(depth, True) for depth in _STAGES)
