"""MobileNetV2: M. Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.nn import BatchNorm2d, Conv2d, Dropout, Linear, Module, ReLU6, Sequential, init
from minigrad.vision.models.weights import registered

__all__ = ["InvertedResidual", "MobileNetV2", "mobilenet_v2"]

# how much wider a block is inside, its channels, how many there are, the stride of the first
_SETTING = (
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
)  # fmt: skip


def _divisible(value: float, divisor: int = 8) -> int:
    """Return the multiple of a number that is nearest to a value, and not less than nine tenths of it."""
    rounded = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * value else rounded


def _convolution(channels: int, width: int, size: int = 3, stride: int = 1, groups: int = 1) -> Sequential:
    layer = Conv2d(channels, width, size, stride=stride, padding=size // 2, groups=groups, bias=False)
    return Sequential(layer, BatchNorm2d(width), ReLU6(inplace=True))


class InvertedResidual(Module):
    """Wide inside and narrow outside, with a convolution per channel in the middle."""

    def __init__(self, inp: int, oup: int, stride: int, expand_ratio: int) -> None:
        super().__init__()
        width = inp * expand_ratio
        self.use_res_connect = stride == 1 and inp == oup
        wider = [] if expand_ratio == 1 else [_convolution(inp, width, 1)]
        self.conv = Sequential(
            *wider, _convolution(width, width, 3, stride, width), Conv2d(width, oup, 1, bias=False), BatchNorm2d(oup)
        )

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x)
        return x + y if self.use_res_connect else y


class MobileNetV2(Module):
    """Seventeen inverted residuals between two convolutions, and a linear layer.

    Parameters
    ----------
    width_mult : float, default 1
        How wide all layers are.
    inverted_residual_setting : sequence of (expand_ratio, channels, count, stride), optional

    Examples
    --------
    >>> from minigrad.vision.models import MobileNetV2
    >>> MobileNetV2(10, width_mult=0.25)(mg.zeros(2, 3, 32, 32)).shape
    Size([2, 10])
    """

    def __init__(
        self,
        num_classes: int = 1000,
        width_mult: float = 1.0,
        inverted_residual_setting: Sequence[Sequence[int]] | None = None,
        round_nearest: int = 8,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        channels = _divisible(32 * width_mult, round_nearest)
        self.last_channel = _divisible(1280 * max(1.0, width_mult), round_nearest)
        features: list[Module] = [_convolution(3, channels, stride=2)]
        for ratio, planes, count, stride in inverted_residual_setting or _SETTING:
            width = _divisible(planes * width_mult, round_nearest)
            for i in range(count):
                features.append(InvertedResidual(channels, width, stride if i == 0 else 1, ratio))
                channels = width
        self.features = Sequential(*features, _convolution(channels, self.last_channel, 1))
        self.classifier = Sequential(Dropout(dropout), Linear(self.last_channel, num_classes))
        for module in self.modules():
            if isinstance(module, Conv2d):
                init.kaiming_normal_(module.weight, mode="fan_out")
            elif isinstance(module, Linear):
                init.normal_(module.weight, 0, 0.01)
                init.zeros_(module.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x).mean([2, 3]))


@registered
def mobilenet_v2(**options: Any) -> MobileNetV2:
    """Return a :class:`MobileNetV2`."""
    return MobileNetV2(**options)
