"""Residual nets, wide ones and those with groups among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from minigrad import Tensor, nn
from minigrad.vision.models.weights import refuse_weights, start

_Norm = Callable[[int], nn.Module]


def _conv3x3(inside: int, outside: int, stride: int = 1, groups: int = 1, dilation: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inside, outside, 3, stride, padding=dilation, dilation=dilation, groups=groups, bias=False)


class BasicBlock(nn.Module):
    """Two 3x3 convolutions, and what came in added to what goes out.

    Parameters
    ----------
    inplanes, planes : int
        Channels before and after.
    stride : int, default 1
    downsample : Module, optional
        Brings what came in to the shape of what goes out.
    groups, base_width, dilation : int
        1, 64 and 1; there are no others here.
    norm_layer : callable, optional
        From a number of channels to a layer; BatchNorm2d where omitted.

    Examples
    --------
    >>> from minigrad.vision.models.resnet import BasicBlock
    >>> BasicBlock(4, 4)(mg.rand(1, 4, 8, 8)).shape
    Size([1, 4, 8, 8])
    """

    expansion: ClassVar[int] = 1

    def __init__(
        self,
        inplanes: int,
        planes: int,
        stride: int = 1,
        downsample: nn.Module | None = None,
        groups: int = 1,
        base_width: int = 64,
        dilation: int = 1,
        norm_layer: _Norm | None = None,
    ) -> None:
        super().__init__()
        norm_layer = norm_layer or nn.BatchNorm2d
        if groups != 1 or base_width != 64:
            raise ValueError(f"BasicBlock: expected groups=1 and base_width=64, got {groups} and {base_width}")
        if dilation > 1:
            raise NotImplementedError(f"BasicBlock: expected dilation=1, got {dilation}")
        self.conv1 = _conv3x3(inplanes, planes, stride)
        self.bn1 = norm_layer(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = _conv3x3(planes, planes)
        self.bn2 = norm_layer(planes)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y = y + (x if self.downsample is None else self.downsample(x))
        y = self.relu(y)
        return y


class Bottleneck(nn.Module):
    """A 1x1, a 3x3 and a 1x1 convolution, and what came in added to what goes out; parameters as of `BasicBlock`.

    What goes out has four times `planes` channels. The 3x3 convolution has the stride.

    Examples
    --------
    >>> from minigrad.vision.models.resnet import Bottleneck
    >>> Bottleneck(16, 4)(mg.rand(1, 16, 8, 8)).shape
    Size([1, 16, 8, 8])
    """

    expansion: ClassVar[int] = 4

    def __init__(
        self,
        inplanes: int,
        planes: int,
        stride: int = 1,
        downsample: nn.Module | None = None,
        groups: int = 1,
        base_width: int = 64,
        dilation: int = 1,
        norm_layer: _Norm | None = None,
    ) -> None:
        super().__init__()
        norm_layer = norm_layer or nn.BatchNorm2d
        width = int(planes * (base_width / 64.0)) * groups
        self.conv1 = nn.Conv2d(inplanes, width, 1, bias=False)
        self.bn1 = norm_layer(width)
        self.conv2 = _conv3x3(width, width, stride, groups, dilation)
        self.bn2 = norm_layer(width)
        self.conv3 = nn.Conv2d(width, planes * self.expansion, 1, bias=False)
        self.bn3 = norm_layer(planes * self.expansion)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        y = y + (x if self.downsample is None else self.downsample(x))
        y = self.relu(y)
        return y


class ResNet(nn.Module):
    """A residual net: K. He et al., Deep Residual Learning for Image Recognition, 2015.

    Parameters
    ----------
    block : BasicBlock or Bottleneck
    layers : sequence of four ints
        Blocks per stage.
    num_classes : int, default 1000
    zero_init_residual : bool, default False
        Whether each block begins as the identity.
    groups, width_per_group : int
        Of the 3x3 convolutions of Bottlenecks: S. Xie et al., Aggregated Residual Transformations, 2016.
    replace_stride_with_dilation : sequence of three bools, optional
        For the last three stages.
    norm_layer : callable, optional

    Raises
    ------
    ValueError
        If `replace_stride_with_dilation` has another length.

    Examples
    --------
    >>> from minigrad.vision.models import resnet18
    >>> net = resnet18(num_classes=10)
    >>> net(mg.rand(2, 3, 32, 32)).shape, sum(p.numel() for p in net.parameters())
    (Size([2, 10]), 11181642)
    """

    def __init__(
        self,
        block: type[BasicBlock] | type[Bottleneck],
        layers: Sequence[int],
        num_classes: int = 1000,
        zero_init_residual: bool = False,
        groups: int = 1,
        width_per_group: int = 64,
        replace_stride_with_dilation: Sequence[bool] | None = None,
        norm_layer: _Norm | None = None,
    ) -> None:
        super().__init__()
        self._norm_layer = norm_layer or nn.BatchNorm2d
        self.inplanes, self.dilation, self.groups, self.base_width = 64, 1, groups, width_per_group
        dilate = [False] * 3 if replace_stride_with_dilation is None else list(replace_stride_with_dilation)
        if len(dilate) != 3:
            raise ValueError(f"ResNet: expected replace_stride_with_dilation of three bools, got {dilate!r}")
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = self._norm_layer(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = self._make_layer(block, 64, layers[0])
        self.layer2 = self._make_layer(block, 128, layers[1], 2, dilate[0])
        self.layer3 = self._make_layer(block, 256, layers[2], 2, dilate[1])
        self.layer4 = self._make_layer(block, 512, layers[3], 2, dilate[2])
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(512 * block.expansion, num_classes)
        start(self, None)
        if zero_init_residual:
            for module in self.modules():
                last = {Bottleneck: "bn3", BasicBlock: "bn2"}.get(type(module))
                if last:
                    nn.init.zeros_(getattr(module, last).weight)

    def _make_layer(
        self,
        block: type[BasicBlock] | type[Bottleneck],
        planes: int,
        blocks: int,
        stride: int = 1,
        dilate: bool = False,
    ) -> nn.Sequential:
        outside, first_dilation = planes * block.expansion, self.dilation
        if dilate:
            self.dilation *= stride
            stride = 1
        downsample = None
        if stride != 1 or self.inplanes != outside:
            downsample = nn.Sequential(
                nn.Conv2d(self.inplanes, outside, 1, stride, bias=False), self._norm_layer(outside)
            )
        width = {"groups": self.groups, "base_width": self.base_width, "norm_layer": self._norm_layer}
        made = [block(self.inplanes, planes, stride, downsample, dilation=first_dilation, **width)]  # type: ignore[arg-type]
        self.inplanes = outside
        made += [block(outside, planes, dilation=self.dilation, **width) for _ in range(1, blocks)]  # type: ignore[arg-type]
        return nn.Sequential(*made)

    def forward(self, x: Tensor) -> Tensor:
        y = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        y = self.layer4(self.layer3(self.layer2(self.layer1(y))))
        y = self.fc(self.avgpool(y).flatten(1))
        return y


def _maker(name: str, block: type[Any], layers: tuple[int, ...], **options: int) -> Callable[..., ResNet]:
    def make(*, weights: Any = None, progress: bool = True, pretrained: bool = False, **kwargs: Any) -> ResNet:
        refuse_weights(name, weights, pretrained)
        return ResNet(block, layers, **{**options, **kwargs})

    make.__name__ = make.__qualname__ = name
    make.__doc__ = f"Return a :class:`ResNet` of {layers} {block.__name__}s; `weights` must be None."
    return make


resnet18 = _maker("resnet18", BasicBlock, (2, 2, 2, 2))
resnet34 = _maker("resnet34", BasicBlock, (3, 4, 6, 3))
resnet50 = _maker("resnet50", Bottleneck, (3, 4, 6, 3))
resnet101 = _maker("resnet101", Bottleneck, (3, 4, 23, 3))
resnet152 = _maker("resnet152", Bottleneck, (3, 8, 36, 3))
resnext50_32x4d = _maker("resnext50_32x4d", Bottleneck, (3, 4, 6, 3), groups=32, width_per_group=4)
resnext101_32x8d = _maker("resnext101_32x8d", Bottleneck, (3, 4, 23, 3), groups=32, width_per_group=8)
wide_resnet50_2 = _maker("wide_resnet50_2", Bottleneck, (3, 4, 6, 3), width_per_group=128)
wide_resnet101_2 = _maker("wide_resnet101_2", Bottleneck, (3, 4, 23, 3), width_per_group=128)
