"""Pooling: the maximum or the mean of windows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from minigrad.core.tensor import Tensor
from minigrad.nn import functional as F
from minigrad.nn.layer import Layer, repeated
from minigrad.nn.options import check_options

Size = int | Sequence[int]


class MaxPoolNd(Layer):
    """The base of layers that return maxima of windows."""

    _function: Callable[..., Tensor]

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        dilation: Size = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        stride = kernel_size if stride is None else stride
        super().__init__(
            kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode
        )
        self.return_indices = return_indices

    def forward(self, input: Tensor) -> Tensor:
        return self._function(
            input, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode, self.return_indices
        )


class MaxPool1d(MaxPoolNd):
    """The maximum of each window of a sequence, (N, C, L) or (C, L); parameters as of `MaxPool2d`."""

    _function = staticmethod(F.max_pool1d)


class MaxPool2d(MaxPoolNd):
    """The maximum of each window of an image, (N, C, H, W) or (C, H, W).

    Parameters
    ----------
    kernel_size : int or (height, width)
    stride : int or one for each dimension
        By default the kernel's size.
    padding : int or one for each dimension
        With minus infinity, by at most half of the kernel.
    dilation : int or one for each dimension
    return_indices : bool, default False
        Return where the maxima are, too: (output, indices).
    ceil_mode : bool, default False
        Round sizes up, as long as a window starts within the input or its left padding.

    Examples
    --------
    >>> nn.MaxPool2d(2)(mg.randn(8, 6, 28, 28)).shape
    Size([8, 6, 14, 14])
    """

    _function = staticmethod(F.max_pool2d)


class MaxPool3d(MaxPoolNd):
    """The maximum of each window of a volume, (N, C, D, H, W) or without N; parameters as of `MaxPool2d`."""

    _function = staticmethod(F.max_pool3d)


class AvgPoolNd(Layer):
    """The base of layers that return means of windows."""

    _function: Callable[..., Tensor]

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        stride = kernel_size if stride is None else stride
        super().__init__(kernel_size=kernel_size, stride=stride, padding=padding)
        check_options(self, ceil_mode=ceil_mode, count_include_pad=count_include_pad, divisor_override=divisor_override)
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Tensor:
        return self._function(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )


class AvgPool1d(AvgPoolNd):
    """The mean of each window of a sequence, (N, C, L) or (C, L); parameters as of `AvgPool2d`."""

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        stride = kernel_size if stride is None else stride
        kernel, step, border = (repeated(size, 1) for size in (kernel_size, stride, padding))
        super().__init__(kernel, step, border, ceil_mode, count_include_pad)

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool1d(input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad)


class AvgPool2d(AvgPoolNd):
    """The mean of each window of an image, (N, C, H, W) or (C, H, W).

    Parameters
    ----------
    kernel_size : int or (height, width)
    stride : int or one for each dimension
        By default the kernel's size.
    padding : int or one for each dimension
        With zeros, by at most half of the kernel.
    ceil_mode : bool, default False
        Round sizes up, as long as a window starts within the input or its left padding.
    count_include_pad : bool, default True
        Whether the padding counts as elements of the mean.
    divisor_override : int, optional
        Divide sums by this instead of the number of elements.

    Examples
    --------
    >>> nn.AvgPool2d(2)(mg.randn(8, 6, 28, 28)).shape
    Size([8, 6, 14, 14])
    """

    _function = staticmethod(F.avg_pool2d)


class AvgPool3d(AvgPoolNd):
    """The mean of each window of a volume, (N, C, D, H, W) or without N; parameters as of `AvgPool2d`."""

    _function = staticmethod(F.avg_pool3d)


class AdaptiveAvgPoolNd(Layer):
    """The base of layers that return means of as many windows as are wanted."""

    _function: Callable[..., Tensor]

    def __init__(self, output_size: int | None | Sequence[int | None]) -> None:
        super().__init__(output_size=output_size)

    def forward(self, input: Tensor) -> Tensor:
        return self._function(input, self.output_size)


class AdaptiveAvgPool1d(AdaptiveAvgPoolNd):
    """The mean of each of `output_size` windows that cover a sequence.

    Shape: (N, C, L), or without N, to (N, C, output_size).
    """

    _function = staticmethod(F.adaptive_avg_pool1d)


class AdaptiveAvgPool2d(AdaptiveAvgPoolNd):
    """The mean of each window of an image, windows being chosen so that there are `output_size` of them.

    Parameters
    ----------
    output_size : int or (height, width)
        None keeps the input's.

    Examples
    --------
    >>> nn.AdaptiveAvgPool2d(1)(mg.randn(8, 6, 7, 9)).shape
    Size([8, 6, 1, 1])
    """

    _function = staticmethod(F.adaptive_avg_pool2d)


class AdaptiveAvgPool3d(AdaptiveAvgPoolNd):
    """The mean of each of `output_size` windows that cover a volume.

    Shape: (N, C, D, H, W), or without N, to (N, C, *output_size).
    """

    _function = staticmethod(F.adaptive_avg_pool3d)


class AdaptiveMaxPoolNd(Layer):
    """The base of layers that return maxima of as many windows as are wanted."""

    _function: Callable[..., Tensor]

    def __init__(self, output_size: int | None | Sequence[int | None], return_indices: bool = False) -> None:
        super().__init__(output_size=output_size)
        self.return_indices = return_indices

    def forward(self, input: Tensor) -> Tensor:
        return self._function(input, self.output_size, self.return_indices)


class AdaptiveMaxPool1d(AdaptiveMaxPoolNd):
    """The maximum of each of `output_size` windows that cover a sequence.

    Shape: (N, C, L), or without N, to (N, C, output_size).
    """

    _function = staticmethod(F.adaptive_max_pool1d)


class AdaptiveMaxPool2d(AdaptiveMaxPoolNd):
    """The maximum of each window of an image, windows being chosen so that there are `output_size` of them.

    Shape: (N, C, H, W), or without N, to (N, C, *output_size).

    Parameters
    ----------
    output_size : int or (height, width)
        None keeps the input's.
    return_indices : bool, default False
        Return where the maxima are, too: (output, indices).
    """

    _function = staticmethod(F.adaptive_max_pool2d)


class AdaptiveMaxPool3d(AdaptiveMaxPoolNd):
    """The maximum of each of `output_size` windows that cover a volume.

    Shape: (N, C, D, H, W), or without N, to (N, C, *output_size).
    """

    _function = staticmethod(F.adaptive_max_pool3d)
