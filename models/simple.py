"""The smallest network with a convolution: one layer of kernels, one pooling, one dense layer.

R. Andreoni: Building a convolutional neural network from scratch using NumPy, 2022.
"""

from __future__ import annotations

import minigrad.nn.functional as F
from minigrad import Tensor, nn


class Simple(nn.Module):
    """32 kernels of 3x3, 2x2 max pooling, ReLU, and a dense layer whose outputs are logits.

    The article applies softmax to them; here that is a part of the loss, `F.cross_entropy`.

    Parameters
    ----------
    num_classes : int, default 10
    in_channels : int, default 1
    image_size : int, default 28
        The side of the images.

    Examples
    --------
    >>> from minigrad.models import Simple
    >>> Simple()(mg.zeros(2, 1, 28, 28)).shape
    Size([2, 10])
    """

    image_size = 28

    def __init__(self, num_classes: int = 10, in_channels: int = 1, image_size: int = 28) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, 32, 3)
        self.fc = nn.Linear(32 * ((image_size - 2) // 2) ** 2, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Map images (N, in_channels, S, S) to logits (N, num_classes)."""
        return self.fc(F.relu(F.max_pool2d(self.conv(x), 2)).flatten(1))
