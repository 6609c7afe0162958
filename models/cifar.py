"""Two networks for the 32x32 colour images of CIFAR-10: a plain one, and one that is good at it."""

from __future__ import annotations

import minigrad.nn.functional as F
from minigrad import Tensor, nn


class CifarNet(nn.Module):
    """Two convolutions of 16 kernels of 5x5, each with ReLU, then 2x2 max pooling and a dense layer.

    Parameters
    ----------
    num_classes : int, default 10
    in_channels : int, default 3
    image_size : int, default 32
        The side of the images.

    Notes
    -----
    The network of a notebook, "Implement convolutional neural networks from scratch for colour images", that trains it
    with plain NumPy loops.

    Examples
    --------
    >>> from minigrad.models import CifarNet
    >>> CifarNet()(mg.zeros(2, 3, 32, 32)).shape
    Size([2, 10])
    """

    image_size = 32

    def __init__(self, num_classes: int = 10, in_channels: int = 3, image_size: int = 32) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, 16, 5)
        self.conv2 = nn.Conv2d(16, 16, 5)
        self.fc = nn.Linear(16 * ((image_size - 8) // 2) ** 2, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Map images (N, in_channels, S, S) to logits (N, num_classes)."""
        x = self.conv2(F.relu(self.conv1(x)))
        return self.fc(F.relu(F.max_pool2d(x, 2)).flatten(1))


class ConvBlock(nn.Module):
    """A 3x3 convolution that keeps the size, 2x2 max pooling if asked for, batch normalization, ReLU."""

    def __init__(self, in_channels: int, out_channels: int, pool: bool = False) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(out_channels)
        self.pool = pool

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, in_channels, H, W) to (N, out_channels, H, W), or half of that size."""
        x = self.conv(x)
        if self.pool:
            x = F.max_pool2d(x, 2)  # before the others, which then have a quarter of the work
        return F.relu(self.norm(x))


class Residual(nn.Module):
    """Two convolutional blocks, and what came in added to what they give."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.blocks = nn.Sequential(ConvBlock(channels, channels), ConvBlock(channels, channels))

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, channels, H, W) to the same shape."""
        return x + self.blocks(x)


class ResNet9(nn.Module):
    """Nine layers, two of their pairs with a way around: fast to train.

    Parameters
    ----------
    num_classes : int, default 10
    in_channels : int, default 3
    width : int, default 32
        The channels of the first layer; after each of three poolings there are twice as many.

    Notes
    -----
    After D. Page: How to train your ResNet, 2018, with half of his channels. As there, the outputs are an eighth of
    what the last layer gives: maxima of normalized maps would make a net that has learned nothing sure of its answers.

    Examples
    --------
    >>> from minigrad.models import ResNet9
    >>> ResNet9()(mg.zeros(2, 3, 32, 32)).shape
    Size([2, 10])
    """

    image_size = 32

    def __init__(self, num_classes: int = 10, in_channels: int = 3, width: int = 32) -> None:
        super().__init__()
        self.features = nn.Sequential(
            ConvBlock(in_channels, width),
            ConvBlock(width, 2 * width, pool=True),
            Residual(2 * width),
            ConvBlock(2 * width, 4 * width, pool=True),
            ConvBlock(4 * width, 8 * width, pool=True),
            Residual(8 * width),
        )
        self.fc = nn.Linear(8 * width, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Map images (N, in_channels, H, W), of at least 8x8, to logits (N, num_classes)."""
        return self.fc(self.features(x).amax((2, 3))) * 0.125
