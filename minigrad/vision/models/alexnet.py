"""AlexNet."""

from __future__ import annotations

from typing import Any

from minigrad import Tensor, nn
from minigrad.vision.models.weights import refuse_weights


class AlexNet(nn.Module):
    """Five convolutions and three linear layers: A. Krizhevsky, One weird trick, 2014. For images from 63x63 on.

    Parameters
    ----------
    num_classes : int, default 1000
    dropout : float, default 0.5

    Examples
    --------
    >>> from minigrad.vision.models import AlexNet
    >>> AlexNet(num_classes=10)(mg.rand(1, 3, 64, 64)).shape
    Size([1, 10])
    """

    def __init__(self, num_classes: int = 1000, dropout: float = 0.5) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inside, outside, size, stride, padding, pool in (
            (3, 64, 11, 4, 2, True),
            (64, 192, 5, 1, 2, True),
            (192, 384, 3, 1, 1, False),
            (384, 256, 3, 1, 1, False),
            (256, 256, 3, 1, 1, True),
        ):
            layers += [nn.Conv2d(inside, outside, size, stride, padding), nn.ReLU(inplace=True)]
            layers += [nn.MaxPool2d(3, 2)] if pool else []
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
        self.classifier = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(256 * 6 * 6, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(inplace=True),
            nn.Linear(4096, num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.classifier(self.avgpool(self.features(x)).flatten(1))
        return y


def alexnet(*, weights: Any = None, progress: bool = True, pretrained: bool = False, **kwargs: Any) -> AlexNet:
    """Return an :class:`AlexNet`; `weights` must be None."""
    refuse_weights("alexnet", weights, pretrained)
    return AlexNet(**kwargs)
