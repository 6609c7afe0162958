"""AlexNet: A. Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014."""

from __future__ import annotations

from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.nn import AdaptiveAvgPool2d, Conv2d, Dropout, Linear, MaxPool2d, Module, ReLU, Sequential
from minigrad.vision.models.weights import registered

__all__ = ["AlexNet", "alexnet"]


class AlexNet(Module):
    """Five convolutions and three linear layers, for images of 224x224 pixels.

    Examples
    --------
    >>> from minigrad.vision.models import AlexNet
    >>> sum(p.numel() for p in AlexNet(10).parameters())
    57044810
    """

    def __init__(self, num_classes: int = 1000, dropout: float = 0.5) -> None:
        super().__init__()
        self.features = Sequential(
            Conv2d(3, 64, 11, stride=4, padding=2), ReLU(inplace=True), MaxPool2d(3, 2),
            Conv2d(64, 192, 5, padding=2), ReLU(inplace=True), MaxPool2d(3, 2),
            Conv2d(192, 384, 3, padding=1), ReLU(inplace=True),
            Conv2d(384, 256, 3, padding=1), ReLU(inplace=True),
            Conv2d(256, 256, 3, padding=1), ReLU(inplace=True), MaxPool2d(3, 2),
        )  # fmt: skip
        self.avgpool = AdaptiveAvgPool2d((6, 6))
        self.classifier = Sequential(
            Dropout(dropout), Linear(256 * 6 * 6, 4096), ReLU(inplace=True),
            Dropout(dropout), Linear(4096, 4096), ReLU(inplace=True),
            Linear(4096, num_classes),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


@registered
def alexnet(**options: Any) -> AlexNet:
    """Return an :class:`AlexNet`."""
    return AlexNet(**options)
