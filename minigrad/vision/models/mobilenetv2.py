"""MobileNet V2."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from minigrad import Tensor, nn
from minigrad.vision.models.weights import refuse_weights, start
from minigrad.vision.ops import Conv2dNormActivation

_SETTING = (  # expansion, channels, blocks, stride
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
)  # fmt: skip


def _divisible(channels: float, divisor: int) -> int:
    """Return the nearest multiple of `divisor` that is not below 9/10 of `channels`."""
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded


class InvertedResidual(nn.Module):
    """A 1x1 convolution to many channels, a 3x3 one of each by itself, and a 1x1 one to few.

    Parameters
    ----------
    inp, oup : int
        Channels before and after.
    stride : {1, 2}
    expand_ratio : float
    norm_layer : callable, optional
    """

    def __init__(
        self,
        inp: int,
        oup: int,
        stride: int,
        expand_ratio: float,
        norm_layer: Callable[..., nn.Module] | None = None,
    ) -> None:
        super().__init__()
        if stride not in (1, 2):
            raise ValueError(f"InvertedResidual: expected stride of 1 or 2, got {stride}")
        norm_layer = norm_layer or nn.BatchNorm2d
        hidden = round(inp * expand_ratio)
        common = {"norm_layer": norm_layer, "activation_layer": nn.ReLU6}
        layers: list[nn.Module] = []
        if expand_ratio != 1:
            layers.append(Conv2dNormActivation(inp, hidden, 1, **common))
        layers += [
            Conv2dNormActivation(hidden, hidden, stride=stride, groups=hidden, **common),
            nn.Conv2d(hidden, oup, 1, bias=False),
            norm_layer(oup),
        ]
        self.conv = nn.Sequential(*layers)
        self.stride, self.out_channels = stride, oup
        self.use_res_connect = stride == 1 and inp == oup

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv(x)
        return x + y if self.use_res_connect else y


class MobileNetV2(nn.Module):
    """A small net of inverted residuals: M. Sandler et al., MobileNetV2, 2018.

    Parameters
    ----------
    num_classes : int, default 1000
    width_mult : float, default 1.0
        Multiplies all numbers of channels.
    inverted_residual_setting : sequence of (expansion, channels, blocks, stride), optional
    round_nearest : int, default 8
        Numbers of channels are multiples of it.
    block : callable, optional
        :class:`InvertedResidual` where omitted.
    norm_layer : callable, optional
    dropout : float, default 0.2

    Raises
    ------
    ValueError
        If `inverted_residual_setting` is empty or not of fours.

    Examples
    --------
    >>> from minigrad.vision.models import mobilenet_v2
    >>> mobilenet_v2(num_classes=10, width_mult=0.25)(mg.rand(2, 3, 32, 32)).shape
    Size([2, 10])
    """

    def __init__(
        self,
        num_classes: int = 1000,
        width_mult: float = 1.0,
        inverted_residual_setting: Sequence[Sequence[int]] | None = None,
        round_nearest: int = 8,
        block: Callable[..., nn.Module] | None = None,
        norm_layer: Callable[..., nn.Module] | None = None,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        setting = _SETTING if inverted_residual_setting is None else inverted_residual_setting
        if not setting or len(setting[0]) != 4:
            raise ValueError(f"MobileNetV2: expected inverted_residual_setting of fours of ints, got {setting!r}")
        block, norm_layer = block or InvertedResidual, norm_layer or nn.BatchNorm2d
        common = {"norm_layer": norm_layer, "activation_layer": nn.ReLU6}
        channels = _divisible(32 * width_mult, round_nearest)
        self.last_channel = _divisible(1280 * max(1.0, width_mult), round_nearest)
        features: list[nn.Module] = [Conv2dNormActivation(3, channels, stride=2, **common)]
        for expansion, outside, blocks, stride in setting:
            outside = _divisible(outside * width_mult, round_nearest)
            for i in range(blocks):
                features.append(block(channels, outside, 1 if i else stride, expansion, norm_layer=norm_layer))
                channels = outside
        features.append(Conv2dNormActivation(channels, self.last_channel, 1, **common))
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(nn.Dropout(dropout), nn.Linear(self.last_channel, num_classes))
        start(self, 0.01)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.classifier(nn.functional.adaptive_avg_pool2d(self.features(x), (1, 1)).flatten(1))
        return y


def mobilenet_v2(*, weights: Any = None, progress: bool = True, pretrained: bool = False, **kwargs: Any) -> MobileNetV2:
    """Return a :class:`MobileNetV2`; `weights` must be None."""
    refuse_weights("mobilenet_v2", weights, pretrained)
    return MobileNetV2(**kwargs)
