"""Pooling that few nets have: its inverse, power means, and windows at random places."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from minigrad.core.tensor import Tensor
from minigrad.nn import functional as F
from minigrad.nn.layer import Layer, repeated
from minigrad.nn.module import Module
from minigrad.nn.options import check_options

Size = int | Sequence[int]


class MaxUnpoolNd(Layer):
    """The base of layers that put maxima back where they were."""

    _dims: int
    _function: Callable[..., Tensor]

    def __init__(self, kernel_size: Size, stride: Size | None = None, padding: Size = 0) -> None:
        check_options(self, kernel_size=kernel_size, padding=padding)
        sizes = (kernel_size, kernel_size if stride is None else stride, padding)
        kernel, step, border = (repeated(size, self._dims) for size in sizes)
        super().__init__(kernel_size=kernel, stride=step, padding=border)

    def forward(self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        return self._function(input, indices, self.kernel_size, self.stride, self.padding, output_size)


class MaxUnpool1d(MaxUnpoolNd):
    """Zeros with the maxima of `MaxPool1d` where they were; see `MaxUnpool2d`.

    Shape: (N, C, L), or without N, and indices of that shape, to the size before pooling.
    """

    _dims = 1
    _function = staticmethod(F.max_unpool1d)


class MaxUnpool2d(MaxUnpoolNd):
    """Zeros with the maxima of `MaxPool2d` where they were, given the arguments of that layer.

    Shape: (N, C, H, W), or without N, and indices of that shape, to the size before pooling; `output_size` chooses
    among several.

    Examples
    --------
    >>> maxima, indices = nn.MaxPool2d(2, return_indices=True)(mg.arange(4.0).reshape(1, 2, 2))
    >>> nn.MaxUnpool2d(2)(maxima, indices)
    tensor([[[0., 0.],
             [0., 3.]]])
    """

    _dims = 2
    _function = staticmethod(F.max_unpool2d)


class MaxUnpool3d(MaxUnpoolNd):
    """Zeros with the maxima of `MaxPool3d` where they were; see `MaxUnpool2d`.

    Shape: (N, C, D, H, W), or without N, and indices of that shape, to the size before pooling.
    """

    _dims = 3
    _function = staticmethod(F.max_unpool3d)


# ---- power means -----------------------------------------------------------------------------------------------------


class LPPoolNd(Layer):
    """The base of layers that return ``sum(x ** p) ** (1 / p)`` of windows."""

    _function: Callable[..., Tensor]
    _optional = frozenset({"stride"})

    def __init__(
        self, norm_type: float, kernel_size: Size, stride: Size | None = None, ceil_mode: bool = False
    ) -> None:
        super().__init__(norm_type=norm_type, kernel_size=kernel_size, stride=stride, ceil_mode=ceil_mode)

    def forward(self, input: Tensor) -> Tensor:
        return self._function(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)


class LPPool1d(LPPoolNd):
    """``sum(x ** p) ** (1 / p)`` of each window of a sequence, (N, C, L) or (C, L), p being `norm_type`."""

    _function = staticmethod(F.lp_pool1d)


class LPPool2d(LPPoolNd):
    """``sum(x ** p) ** (1 / p)`` of each window of an image, (N, C, H, W) or (C, H, W), p being `norm_type`.

    Examples
    --------
    >>> nn.LPPool2d(2, kernel_size=2)(mg.ones(1, 2, 2))
    tensor([[[2.]]])
    """

    _function = staticmethod(F.lp_pool2d)


class LPPool3d(LPPoolNd):
    """``sum(x ** p) ** (1 / p)`` of each window of a volume, (N, C, D, H, W) or without N, p being `norm_type`."""

    _function = staticmethod(F.lp_pool3d)


# ---- random windows --------------------------------------------------------------------------------------------------


class _FractionalMaxPool(Module):
    _dims: int
    _function: Callable[..., Tensor]

    def __init__(
        self,
        kernel_size: Size,
        output_size: Size | None = None,
        output_ratio: float | Sequence[float] | None = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> None:
        super().__init__()
        name, dims = type(self).__name__, self._dims
        check_options(self, kernel_size=kernel_size, output_size=output_size, scale_factor=output_ratio)
        if (output_size is None) == (output_ratio is None):
            raise ValueError(f"{name}: expected either output_size or output_ratio")
        if output_ratio is not None and not all(0 < r < 1 for r in repeated(output_ratio, dims)):
            raise ValueError(f"{name}: expected output_ratio between 0 and 1, got {output_ratio}")
        self.kernel_size, self.return_indices = repeated(kernel_size, dims), return_indices
        self.output_size = None if output_size is None else repeated(output_size, dims)
        self.output_ratio = None if output_ratio is None else repeated(output_ratio, dims)
        self.register_buffer("_random_samples", _random_samples)

    def forward(self, input: Tensor) -> Tensor:
        sizes = (self.kernel_size, self.output_size, self.output_ratio)
        return self._function(input, *sizes, self.return_indices, self._random_samples)


class FractionalMaxPool2d(_FractionalMaxPool):
    """The maxima of windows of an image at random places, as many as are wanted; see `fractional_max_pool2d`.

    Shape: (N, C, H, W) or (C, H, W) to the same with `output_size`, or `output_ratio` times the size.

    Examples
    --------
    >>> nn.FractionalMaxPool2d(2, output_ratio=0.5)(mg.randn(1, 3, 10, 8)).shape
    Size([1, 3, 5, 4])
    """

    _dims = 2
    _function = staticmethod(F.fractional_max_pool2d)


class FractionalMaxPool3d(_FractionalMaxPool):
    """The maxima of windows of a volume at random places, as many as are wanted.

    Shape: (N, C, D, H, W) or without N to the same with `output_size`, or `output_ratio` times the size.
    """

    _dims = 3
    _function = staticmethod(F.fractional_max_pool3d)
