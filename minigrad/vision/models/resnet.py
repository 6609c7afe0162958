"""ResNet: K. He et al., "Deep Residual Learning for Image Recognition", 2015; and its wide and grouped relatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from minigrad.core.tensor import Tensor
from minigrad.nn import (
    AdaptiveAvgPool2d,
    BatchNorm2d,
    Conv2d,
    Linear,
    MaxPool2d,
    Module,
    ReLU,
    Sequential,
    init,
)
from minigrad.vision.models.weights import registered

__all__ = [
    "BasicBlock", "Bottleneck", "ResNet", "resnet101", "resnet152", "resnet18", "resnet34", "resnet50",
    "resnext101_32x8d", "resnext50_32x4d", "wide_resnet101_2", "wide_resnet50_2",
]  # fmt: skip

Norm = Callable[[int], Module]


def _conv3x3(channels: int, width: int, stride: int = 1, groups: int = 1, dilation: int = 1) -> Conv2d:
    return Conv2d(channels, width, 3, stride=stride, padding=dilation, groups=groups, dilation=dilation, bias=False)


class BasicBlock(Module):
    """Two convolutions of 3x3 beside a connection that skips them."""

    expansion: ClassVar[int] = 1

    def __init__(
        self,
        inplanes: int,
        planes: int,
        stride: int = 1,
        downsample: Module | None = None,
        groups: int = 1,
        base_width: int = 64,
        dilation: int = 1,
        norm_layer: Norm = BatchNorm2d,
    ) -> None:
        super().__init__()
        if groups != 1 or base_width != 64 or dilation != 1:
            raise ValueError("BasicBlock: expected groups=1, base_width=64 and dilation=1; take a Bottleneck")
        self.conv1 = _conv3x3(inplanes, planes, stride)
        self.bn1 = norm_layer(planes)
        self.relu = ReLU(inplace=True)
        self.conv2 = _conv3x3(planes, planes)
        self.bn2 = norm_layer(planes)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(Module):
    """A convolution of 3x3 between two of 1x1 that reduce and restore the channels, beside a connection."""

    expansion: ClassVar[int] = 4

    def __init__(
        self,
        inplanes: int,
        planes: int,
        stride: int = 1,
        downsample: Module | None = None,
        groups: int = 1,
        base_width: int = 64,
        dilation: int = 1,
        norm_layer: Norm = BatchNorm2d,
    ) -> None:
        super().__init__()
        width = int(planes * base_width / 64) * groups
        self.conv1 = Conv2d(inplanes, width, 1, bias=False)
        self.bn1 = norm_layer(width)
        self.conv2 = _conv3x3(width, width, stride, groups, dilation)
        self.bn2 = norm_layer(width)
        self.conv3 = Conv2d(width, planes * self.expansion, 1, bias=False)
        self.bn3 = norm_layer(planes * self.expansion)
        self.relu = ReLU(inplace=True)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(Module):
    """Four stages of blocks, each half as large as the one before and twice as wide, and a linear layer.

    Parameters
    ----------
    block : BasicBlock or Bottleneck
    layers : sequence of four ints
        How many blocks each stage has.
    zero_init_residual : bool, default False
        Let every block begin as the identity.
    groups, width_per_group : int
        Of the convolutions of 3x3 in a Bottleneck.
    replace_stride_with_dilation : sequence of three bools, optional
        Which of the later stages keep the size and widen their convolutions instead.

    Examples
    --------
    >>> from minigrad.vision.models.resnet import BasicBlock, ResNet
    >>> ResNet(BasicBlock, [1, 1, 1, 1], num_classes=10)(mg.zeros(2, 3, 32, 32)).shape
    Size([2, 10])
    """

    def __init__(
        self,
        block: type[BasicBlock | Bottleneck],
        layers: Sequence[int],
        num_classes: int = 1000,
        zero_init_residual: bool = False,
        groups: int = 1,
        width_per_group: int = 64,
        replace_stride_with_dilation: Sequence[bool] | None = None,
        norm_layer: Norm | None = None,
    ) -> None:
        super().__init__()
        dilated = [False, *([False] * 3 if replace_stride_with_dilation is None else replace_stride_with_dilation)]
        if len(dilated) != 4:
            raise ValueError(
                "ResNet: expected None or three bools as replace_stride_with_dilation, got "
                f"{replace_stride_with_dilation}"
            )
        self.groups, self.base_width = groups, width_per_group
        self.inplanes, self.dilation = 64, 1
        self._norm_layer: Norm = norm_layer or BatchNorm2d
        self.conv1 = Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = self._norm_layer(64)
        self.relu = ReLU(inplace=True)
        self.maxpool = MaxPool2d(3, stride=2, padding=1)
        stages = [
            self._make_layer(block, planes, count, 1 if stage == 0 else 2, dilated[stage])
            for stage, (planes, count) in enumerate(zip((64, 128, 256, 512), layers, strict=True))
        ]
        self.layer1, self.layer2, self.layer3, self.layer4 = stages
        self.avgpool = AdaptiveAvgPool2d((1, 1))
        self.fc = Linear(512 * block.expansion, num_classes)
        self.apply(_initialize)
        if zero_init_residual:
            for module in self.modules():
                if isinstance(module, (BasicBlock, Bottleneck)):
                    last = module.bn3 if isinstance(module, Bottleneck) else module.bn2
                    init.zeros_(last.weight)

    def _make_layer(
        self, block: type[BasicBlock | Bottleneck], planes: int, blocks: int, stride: int = 1, dilate: bool = False
    ) -> Sequential:
        first, out = self.dilation, planes * block.expansion
        if dilate:
            self.dilation, stride = self.dilation * stride, 1
        downsample = None
        if stride != 1 or self.inplanes != out:
            downsample = Sequential(Conv2d(self.inplanes, out, 1, stride=stride, bias=False), self._norm_layer(out))
        shared = (self.groups, self.base_width)
        made = [block(self.inplanes, planes, stride, downsample, *shared, first, self._norm_layer)]
        self.inplanes = out
        made += [block(out, planes, 1, None, *shared, self.dilation, self._norm_layer) for _ in range(1, blocks)]
        return Sequential(*made)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(self.avgpool(x).flatten(1))


def _initialize(layer: Module) -> None:
    if isinstance(layer, Conv2d):
        init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")


_KINDS: dict[str, tuple[type[BasicBlock | Bottleneck], tuple[int, ...], dict[str, int]]] = {
    "resnet18": (BasicBlock, (2, 2, 2, 2), {}),
    "resnet34": (BasicBlock, (3, 4, 6, 3), {}),
    "resnet50": (Bottleneck, (3, 4, 6, 3), {}),
    "resnet101": (Bottleneck, (3, 4, 23, 3), {}),
    "resnet152": (Bottleneck, (3, 8, 36, 3), {}),
    "resnext50_32x4d": (Bottleneck, (3, 4, 6, 3), {"groups": 32, "width_per_group": 4}),
    "resnext101_32x8d": (Bottleneck, (3, 4, 23, 3), {"groups": 32, "width_per_group": 8}),
    "wide_resnet50_2": (Bottleneck, (3, 4, 6, 3), {"width_per_group": 128}),
    "wide_resnet101_2": (Bottleneck, (3, 4, 23, 3), {"width_per_group": 128}),
}


def _kind(name: str) -> Callable[..., ResNet]:
    block, layers, widths = _KINDS[name]

    def build(**options: Any) -> ResNet:
        return ResNet(block, layers, **{**widths, **options})

    build.__name__ = build.__qualname__ = name
    build.__doc__ = f"Return a :class:`ResNet` with stages of {', '.join(map(str, layers))} blocks ({block.__name__})."
    return registered(build)


resnet18, resnet34, resnet50, resnet101, resnet152 = (_kind(f"resnet{n}") for n in (18, 34, 50, 101, 152))
resnext50_32x4d, resnext101_32x8d = _kind("resnext50_32x4d"), _kind("resnext101_32x8d")
wide_resnet50_2, wide_resnet101_2 = _kind("wide_resnet50_2"), _kind("wide_resnet101_2")
