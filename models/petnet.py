"""A small network for photos in two classes.

A. Ali: Convolutional neural network (CNN) with practical implementation, 2019.
"""

from __future__ import annotations

import minigrad.nn.functional as F
from minigrad import Tensor, nn


class PetNet(nn.Module):
    """Twice 32 kernels of 3x3, ReLU and 2x2 max pooling; then 128 units with ReLU, and one whose sigmoid is P(class 1).

    The sigmoid is a part of the loss, `F.binary_cross_entropy_with_logits`. With more than two classes each has an
    output, for `F.cross_entropy`.

    Parameters
    ----------
    num_classes : int, default 2
    in_channels : int, default 3
    image_size : int or (height, width), default 64
        At least 10 each way.

    Raises
    ------
    ValueError
        If the images are too small.

    Examples
    --------
    >>> from minigrad.models import PetNet
    >>> PetNet(image_size=(32, 48))(mg.zeros(5, 3, 32, 48)).sigmoid().shape
    Size([5, 1])
    """

    image_size = 64

    def __init__(self, num_classes: int = 2, in_channels: int = 3, image_size: int | tuple[int, int] = 64) -> None:
        super().__init__()
        height, width = (image_size, image_size) if isinstance(image_size, int) else image_size
        if min(height, width) < 10:
            raise ValueError(f"PetNet: expected images of at least 10x10 pixels, got {height}x{width}")
        self.conv1 = nn.Conv2d(in_channels, 32, 3)
        self.conv2 = nn.Conv2d(32, 32, 3)
        left = [((n - 2) // 2 - 2) // 2 for n in (height, width)]  # by both convolutions and poolings
        self.fc1 = nn.Linear(32 * left[0] * left[1], 128)
        self.fc2 = nn.Linear(128, 1 if num_classes == 2 else num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Map images (N, in_channels, H, W) to logits (N, 1) of class 1, or (N, num_classes)."""
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = F.relu(F.max_pool2d(self.conv2(x), 2))
        return self.fc2(F.relu(self.fc1(x.flatten(1))))
