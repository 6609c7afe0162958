"""Layers that change the size of images, or make columns of their windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.nn import functional as F
from minigrad.nn.layer import Layer
from minigrad.nn.options import check_options

_MODES = ("nearest", "nearest-exact", "linear", "bilinear", "bicubic", "trilinear", "area")


class Upsample(Layer):
    """Images in another size, see `interpolate`.

    Examples
    --------
    >>> nn.Upsample(scale_factor=2, mode="bilinear")(mg.zeros(1, 3, 4, 5)).shape
    Size([1, 3, 8, 10])
    """

    def __init__(
        self,
        size: int | Sequence[int] | None = None,
        scale_factor: float | Sequence[float] | None = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:
        super().__init__()
        if mode not in _MODES:
            raise ValueError(f"{type(self).__name__}: expected mode from {_MODES}, got {mode!r}")
        check_options(self, size=size, scale_factor=scale_factor)
        several = isinstance(scale_factor, (tuple, list))
        self.size, self.mode = size, mode
        self.scale_factor: Any = tuple(map(float, scale_factor)) if several else scale_factor and float(scale_factor)  # type: ignore[arg-type]
        self.align_corners, self.recompute_scale_factor = align_corners, recompute_scale_factor

    def forward(self, input: Tensor) -> Tensor:
        return F.interpolate(
            input, self.size, self.scale_factor, self.mode, self.align_corners, self.recompute_scale_factor
        )

    def extra_repr(self) -> str:
        what = "size" if self.scale_factor is None else "scale_factor"
        return f"{what}={getattr(self, what)!r}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """Images in another size by the nearest pixels.

    Shape: (N, C, H, W) to (N, C, H', W').
    """

    def __init__(self, size: int | Sequence[int] | None = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "nearest")


class UpsamplingBilinear2d(Upsample):
    """Images in another size by bilinear interpolation; the centres of the corner pixels stay where they are.

    Shape: (N, C, H, W) to (N, C, H', W').
    """

    def __init__(self, size: int | Sequence[int] | None = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "bilinear", align_corners=True)


class PixelShuffle(Layer):
    r"""(\*, C * r * r, H, W) to (\*, C, H * r, W * r) (Shi et al., 2016).

    Examples
    --------
    >>> nn.PixelShuffle(2)(mg.zeros(1, 12, 3, 3)).shape
    Size([1, 3, 6, 6])
    """

    def __init__(self, upscale_factor: int) -> None:
        super().__init__(upscale_factor=upscale_factor)

    def forward(self, input: Tensor) -> Tensor:
        return F.pixel_shuffle(input, self.upscale_factor)


class PixelUnshuffle(Layer):
    r"""(\*, C, H * r, W * r) to (\*, C * r * r, H, W).

    Shape: (*, C, H * r, W * r) to (*, C * r * r, H, W).
    """

    def __init__(self, downscale_factor: int) -> None:
        super().__init__(downscale_factor=downscale_factor)

    def forward(self, input: Tensor) -> Tensor:
        return F.pixel_unshuffle(input, self.downscale_factor)


class ChannelShuffle(Layer):
    """The channels of (N, C, *) in another order: the first of each group, the second of each, and so on.

    Examples
    --------
    >>> nn.ChannelShuffle(2)(mg.arange(4.0).reshape(1, 4, 1)).flatten()
    tensor([0., 2., 1., 3.])
    """

    def __init__(self, groups: int) -> None:
        super().__init__(groups=groups)

    def forward(self, input: Tensor) -> Tensor:
        return F.channel_shuffle(input, self.groups)


class Unfold(Layer):
    """The windows of an image as columns, see `unfold`.

    Examples
    --------
    >>> nn.Unfold(3, padding=1)(mg.zeros(1, 2, 4, 4)).shape
    Size([1, 18, 16])
    """

    def __init__(self, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> None:
        super().__init__(kernel_size=kernel_size, dilation=dilation, padding=padding, stride=stride)

    def forward(self, input: Tensor) -> Tensor:
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)


class Fold(Layer):
    """Windows as columns put back into an image and added up where they overlap; see `fold`.

    Shape: (N, C * kH * kW, windows) to (N, C, *output_size), or both without N.
    """

    def __init__(
        self, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
    ) -> None:
        super().__init__(
            output_size=output_size, kernel_size=kernel_size, dilation=dilation, padding=padding, stride=stride
        )

    def forward(self, input: Tensor) -> Tensor:
        return F.fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)
