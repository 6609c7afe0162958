"""Convolutions and their transposes, in one to three dimensions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.nn import functional as F
from minigrad.nn.init import uniform_by_fan_in
from minigrad.nn.layer import new_parameter, non_negative, repeated
from minigrad.nn.module import Module, registered
from minigrad.nn.options import check_options
from minigrad.nn.parameter import Parameter

_PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class ConvNd(Module):
    """The base of all convolutions: their arguments and parameters. The length of `kernel_size` says how many dims."""

    weight: Parameter = registered()
    bias: Parameter | None = registered()
    _dims: int = 0

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        transposed: bool,
        output_padding: Any,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        name, n = type(self).__name__, self._dims or len(kernel_size)
        non_negative(self, in_channels=in_channels, out_channels=out_channels, groups=groups)
        if not groups or in_channels % groups or out_channels % groups:
            raise ValueError(
                f"{name}: in_channels={in_channels} and out_channels={out_channels} must be divisible by "
                f"groups={groups}, which must be at least 1"
            )
        if padding_mode not in _PADDING_MODES:
            raise ValueError(f"{name}: expected padding_mode from {_PADDING_MODES}, got {padding_mode!r}")
        self._dims = n
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride = repeated(kernel_size, n), repeated(stride, n)
        self.dilation, self.output_padding = repeated(dilation, n), repeated(output_padding, n)
        self.padding = padding if isinstance(padding, str) else repeated(padding, n)
        self.transposed, self.padding_mode = transposed, padding_mode
        self._check_sizes()
        # Modes other than zeros pad the input beforehand: left and right of each dimension, the last one first.
        self._reversed_padding_repeated_twice: list[int] = []
        for k, d, p in reversed(list(zip(self.kernel_size, self.dilation, self._pads(), strict=True))):
            left = d * (k - 1) // 2 if padding == "same" else p
            self._reversed_padding_repeated_twice += [left, d * (k - 1) - left if padding == "same" else p]
        self.weight = new_parameter(self._weight_shape(), device, dtype)
        self.register_parameter("bias", new_parameter((out_channels,), device, dtype) if bias else None)
        self.reset_parameters()

    def _check_sizes(self) -> None:
        name, n = type(self).__name__, self._dims
        for what in ("kernel_size", "stride", "dilation", "padding", "output_padding"):
            value = getattr(self, what)
            if what == "padding" and isinstance(value, str) and not self.transposed:
                if value not in ("same", "valid"):
                    raise ValueError(f"{name}: expected padding 'same', 'valid' or numbers, got {value!r}")
                if value == "same" and any(s != 1 for s in self.stride):
                    raise ValueError(f"{name}: padding='same' needs stride 1, got stride={self.stride}")
                continue
            check_options(self, **{what: value})
            if len(value) == 1 and what != "kernel_size":  # one number stands for all dimensions, as in PyTorch
                value = value * n
                setattr(self, what, value)
            if len(value) != n:
                raise ValueError(f"{name}: expected one int or {n} as {what}, got {value}")

    def _weight_shape(self) -> tuple[int, ...]:
        first, second = (self.in_channels, self.out_channels)[:: 1 if self.transposed else -1]
        return (first, second // self.groups, *self.kernel_size)

    def _pads(self) -> tuple[int, ...]:
        return (0,) * self._dims if isinstance(self.padding, str) else self.padding

    def reset_parameters(self) -> None:
        """Draw new initial values."""
        uniform_by_fan_in(self.weight, self.bias)

    def extra_repr(self) -> str:
        n = self._dims
        parts = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"]
        usual = {"padding": (0,) * n, "dilation": (1,) * n, "output_padding": (0,) * n, "groups": 1}
        parts += [f"{what}={getattr(self, what)}" for what, value in usual.items() if getattr(self, what) != value]
        parts += ["bias=False"] * (self.bias is None)
        parts += [f"padding_mode={self.padding_mode}"] * (self.padding_mode != "zeros")
        return ", ".join(parts)


class _Conv(ConvNd):
    _function: Callable[..., Tensor]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int] | str = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        sizes = (kernel_size, stride, padding, dilation)
        super().__init__(in_channels, out_channels, *sizes, False, 0, groups, bias, padding_mode, device, dtype)

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        padding: Any = self.padding
        if self.padding_mode != "zeros":
            input, padding = F.pad(input, self._reversed_padding_repeated_twice, self.padding_mode), 0
        return self._function(input, weight, bias, self.stride, padding, self.dilation, self.groups)

    def forward(self, input: Tensor) -> Tensor:
        return self._conv_forward(input, self.weight, self.bias)


class Conv1d(_Conv):
    """Cross-correlation over sequences, (N, in_channels, L) or (in_channels, L); parameters as of `Conv2d`."""

    _dims = 1
    _function = staticmethod(F.conv1d)


class Conv2d(_Conv):
    """Cross-correlation over images, (N, in_channels, H, W) or (in_channels, H, W).

    Each output channel is the sum over the input channels (of its group) of the input, weighted by a kernel that
    slides over it. Sizes become ``floor((size + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1``.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size : int or (height, width)
    stride, padding, dilation : int or one for each dimension
        `padding` may be ``"valid"`` for none, or with stride 1 ``"same"``, which keeps the size.
    groups : int
        Input and output channels are split into this many groups that don't see each other.
    bias : bool, default True
    padding_mode : {'zeros', 'reflect', 'replicate', 'circular'}
        What stands in the padding.

    Attributes
    ----------
    weight : Parameter, shape (out_channels, in_channels / groups, height, width)
    bias : Parameter, shape (out_channels,), or None
        Both start from U(-1/sqrt(fan_in), 1/sqrt(fan_in)), fan_in = in_channels / groups * height * width.

    Raises
    ------
    ValueError
        If the channels are not divisible by `groups`, or "same" meets a stride.

    Examples
    --------
    >>> nn.Conv2d(1, 6, 5, padding=2)(mg.randn(8, 1, 28, 28)).shape
    Size([8, 6, 28, 28])
    """

    _dims = 2
    _function = staticmethod(F.conv2d)


class Conv3d(_Conv):
    """Cross-correlation over volumes, (N, in_channels, D, H, W) or without N; parameters as of `Conv2d`."""

    _dims = 3
    _function = staticmethod(F.conv3d)


class ConvTransposeNd(ConvNd):
    """The base of transposed convolutions."""

    _function: Callable[..., Tensor]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int] = 0,
        output_padding: int | Sequence[int] = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | Sequence[int] = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f"{type(self).__name__}: only padding_mode='zeros' is possible, got {padding_mode!r}")
        sizes = (kernel_size, stride, padding, dilation)
        others: Any = (groups, bias, padding_mode, device, dtype)
        super().__init__(in_channels, out_channels, *sizes, True, output_padding, *others)

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        extra = self.output_padding if output_size is None else self._extra(input, output_size)
        return self._function(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )

    def _extra(self, input: Tensor, output_size: Sequence[int]) -> tuple[int, ...]:
        """Return the output_padding that gives `output_size`."""
        n = self._dims
        if len(output_size) not in (n, input.ndim):
            raise ValueError(f"{type(self).__name__}: expected {n} numbers as output_size, got {tuple(output_size)}")
        least = [
            (size - 1) * s - 2 * p + d * (k - 1) + 1
            for size, s, p, d, k in zip(
                input.shape[-n:], self.stride, self._pads(), self.dilation, self.kernel_size, strict=True
            )
        ]
        extra = tuple(wanted - low for wanted, low in zip(output_size[-n:], least, strict=True))
        if not all(0 <= e < s for e, s in zip(extra, self.stride, strict=True)):
            most = [low + s - 1 for low, s in zip(least, self.stride, strict=True)]
            raise ValueError(
                f"{type(self).__name__}: output_size {tuple(output_size)} is out of reach for an input of shape "
                f"{tuple(input.shape)}: from {least} to {most} is possible"
            )
        return extra


class ConvTranspose1d(ConvTransposeNd):
    """The transpose of `Conv1d`: every input adds its weighted kernel to the output; see `ConvTranspose2d`.

    Shape: (N, in_channels, L) or (in_channels, L) to (N, out_channels, L') or (out_channels, L').
    """

    _dims = 1
    _function = staticmethod(F.conv_transpose1d)


class ConvTranspose2d(ConvTransposeNd):
    """The transpose of `Conv2d` with the same arguments, as a linear map: it undoes the shape of it, not the values.

    Sizes become ``(size - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + output_padding + 1``.

    Parameters
    ----------
    in_channels, out_channels, kernel_size, stride, padding, groups, bias, dilation : as of `Conv2d`
    output_padding : int or one for each dimension
        Added to the size at one side: with a stride, several sizes are convolved to the same one. Calling
        ``layer(input, output_size)`` chooses it.

    Attributes
    ----------
    weight : Parameter, shape (in_channels, out_channels / groups, height, width)
    bias : Parameter, shape (out_channels,), or None

    Examples
    --------
    >>> nn.ConvTranspose2d(6, 1, 2, stride=2)(mg.randn(8, 6, 14, 14)).shape
    Size([8, 1, 28, 28])
    """

    _dims = 2
    _function = staticmethod(F.conv_transpose2d)


class ConvTranspose3d(ConvTransposeNd):
    """The transpose of `Conv3d`; see `ConvTranspose2d`.

    Shape: (N, in_channels, D, H, W) or without N to (N, out_channels, D', H', W') or without N.
    """

    _dims = 3
    _function = staticmethod(F.conv_transpose3d)
