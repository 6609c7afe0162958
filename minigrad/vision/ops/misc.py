"""The blocks that known nets consist of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import minigrad as mg
from minigrad import Tensor, nn

_Layer = Callable[..., nn.Module]


class ConvNormActivation(nn.Sequential):
    """A convolution, a normalization and an activation: see :class:`Conv2dNormActivation`.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride : int or tuple
    padding : int, tuple or str, optional
        Half of what the kernel spans where omitted, so that the size stays.
    groups, dilation : int
    norm_layer, activation_layer : callable, optional
        None: without.
    inplace : bool, optional
        Given to the activation, unless None.
    bias : bool, optional
        True without a normalization, which has one, where omitted.
    conv_layer : callable
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, ...] = 3,
        stride: int | tuple[int, ...] = 1,
        padding: int | tuple[int, ...] | str | None = None,
        groups: int = 1,
        norm_layer: _Layer | None = nn.BatchNorm2d,
        activation_layer: _Layer | None = nn.ReLU,
        dilation: int | tuple[int, ...] = 1,
        inplace: bool | None = True,
        bias: bool | None = None,
        conv_layer: _Layer = nn.Conv2d,
    ) -> None:
        if padding is None:
            if isinstance(kernel_size, int) and isinstance(dilation, int):
                padding = (kernel_size - 1) // 2 * dilation
            else:
                dims = len(kernel_size if isinstance(kernel_size, tuple) else dilation)  # type: ignore[arg-type]
                sizes, steps = (v if isinstance(v, tuple) else (v,) * dims for v in (kernel_size, dilation))
                padding = tuple((size - 1) // 2 * step for size, step in zip(sizes, steps, strict=True))
        bias = norm_layer is None if bias is None else bias
        layers = [
            conv_layer(
                in_channels, out_channels, kernel_size, stride, padding, dilation=dilation, groups=groups, bias=bias
            )
        ]
        if norm_layer is not None:
            layers.append(norm_layer(out_channels))
        if activation_layer is not None:
            layers.append(activation_layer(**({} if inplace is None else {"inplace": inplace})))
        super().__init__(*layers)
        self.out_channels = out_channels


class Conv2dNormActivation(ConvNormActivation):
    """A 2-d convolution, BatchNorm2d and ReLU, or others; parameters as of `ConvNormActivation`.

    Examples
    --------
    >>> from minigrad.vision.ops import Conv2dNormActivation
    >>> Conv2dNormActivation(3, 8, stride=2)(mg.rand(2, 3, 8, 8)).shape
    Size([2, 8, 4, 4])
    """


class Conv3dNormActivation(ConvNormActivation):
    """A 3-d convolution, BatchNorm3d and ReLU, or others; parameters as of `ConvNormActivation`.

    Examples
    --------
    >>> from minigrad.vision.ops import Conv3dNormActivation
    >>> Conv3dNormActivation(3, 8, stride=2)(mg.rand(2, 3, 8, 8, 8)).shape
    Size([2, 8, 4, 4, 4])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, ...] = 3,
        stride: int | tuple[int, ...] = 1,
        padding: int | tuple[int, ...] | str | None = None,
        groups: int = 1,
        norm_layer: _Layer | None = nn.BatchNorm3d,
        activation_layer: _Layer | None = nn.ReLU,
        dilation: int | tuple[int, ...] = 1,
        inplace: bool | None = True,
        bias: bool | None = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, groups, norm_layer, activation_layer, dilation,
            inplace, bias, nn.Conv3d,
        )  # fmt: skip


class SqueezeExcitation(nn.Module):
    """Weights of channels, computed from their means: J. Hu et al., Squeeze-and-Excitation Networks, 2017.

    Parameters
    ----------
    input_channels, squeeze_channels : int
    activation, scale_activation : callable
        ReLU and Sigmoid by default.

    Examples
    --------
    >>> from minigrad.vision.ops import SqueezeExcitation
    >>> SqueezeExcitation(8, 2)(mg.rand(1, 8, 4, 4)).shape
    Size([1, 8, 4, 4])
    """

    def __init__(
        self,
        input_channels: int,
        squeeze_channels: int,
        activation: Callable[[], nn.Module] = nn.ReLU,
        scale_activation: Callable[[], nn.Module] = nn.Sigmoid,
    ) -> None:
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(input_channels, squeeze_channels, 1)
        self.fc2 = nn.Conv2d(squeeze_channels, input_channels, 1)
        self.activation = activation()
        self.scale_activation = scale_activation()

    def forward(self, input: Tensor) -> Tensor:
        scale: Tensor = self.scale_activation(self.fc2(self.activation(self.fc1(self.avgpool(input)))))
        return scale * input


class MLP(nn.Sequential):
    """Linear layers with normalizations, activations and dropout between them.

    Parameters
    ----------
    in_channels : int
    hidden_channels : sequence of int
        Of each linear layer; the last has no normalization and activation after it.
    norm_layer, activation_layer : callable, optional
    inplace : bool, optional
        Given to activations and dropout, unless None.
    bias : bool, default True
    dropout : float, default 0.0

    Examples
    --------
    >>> from minigrad.vision.ops import MLP
    >>> MLP(4, [8, 2])(mg.rand(3, 4)).shape
    Size([3, 2])
    """

    def __init__(
        self,
        in_channels: int,
        hidden_channels: Sequence[int],
        norm_layer: _Layer | None = None,
        activation_layer: _Layer | None = nn.ReLU,
        inplace: bool | None = None,
        bias: bool = True,
        dropout: float = 0.0,
    ) -> None:
        inplace_too: dict[str, Any] = {} if inplace is None else {"inplace": inplace}
        layers: list[nn.Module] = []
        *hidden, last = hidden_channels
        for width in hidden:
            layers.append(nn.Linear(in_channels, width, bias=bias))
            layers += [] if norm_layer is None else [norm_layer(width)]
            layers += [] if activation_layer is None else [activation_layer(**inplace_too)]
            layers.append(nn.Dropout(dropout, **inplace_too))
            in_channels = width
        layers += [nn.Linear(in_channels, last, bias=bias), nn.Dropout(dropout, **inplace_too)]
        super().__init__(*layers)


class FrozenBatchNorm2d(nn.Module):
    """Batch normalization whose statistics and weights are buffers, which no training changes.

    Parameters
    ----------
    num_features : int
    eps : float, default 1e-5

    Examples
    --------
    >>> from minigrad.vision.ops import FrozenBatchNorm2d
    >>> layer = FrozenBatchNorm2d(3)
    >>> len(list(layer.parameters())), list(layer.state_dict())
    (0, ['weight', 'bias', 'running_mean', 'running_var'])
    """

    def __init__(self, num_features: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.register_buffer("weight", mg.ones(num_features))
        self.register_buffer("bias", mg.zeros(num_features))
        self.register_buffer("running_mean", mg.zeros(num_features))
        self.register_buffer("running_var", mg.ones(num_features))

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *args: Any) -> None:
        state_dict.pop(prefix + "num_batches_tracked", None)  # of a BatchNorm2d
        super()._load_from_state_dict(state_dict, prefix, *args)

    def forward(self, x: Tensor) -> Tensor:
        scale = self.weight * (self.running_var + self.eps).rsqrt()
        bias = self.bias - self.running_mean * scale
        y: Tensor = x * scale[:, None, None] + bias[:, None, None]
        return y

    def __repr__(self) -> str:
        return f"FrozenBatchNorm2d({self.weight.shape[0]}, eps={self.eps})"


class Permute(nn.Module):
    """:func:`minigrad.permute` as a layer.

    Parameters
    ----------
    dims : sequence of int

    Examples
    --------
    >>> from minigrad.vision.ops import Permute
    >>> Permute([0, 2, 3, 1])(mg.rand(1, 3, 4, 5)).shape
    Size([1, 4, 5, 3])
    """

    def __init__(self, dims: Sequence[int]) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(*self.dims)


def stochastic_depth(input: Tensor, p: float, mode: str, training: bool = True) -> Tensor:
    """Return `input`, or 0 with probability `p`, and otherwise divided by ``1 - p``: all of it, or row by row.

    Parameters
    ----------
    input : Tensor, shape (N, ...)
    p : float
    mode : {"batch", "row"}
    training : bool, default True

    References
    ----------
    G. Huang et al., Deep Networks with Stochastic Depth, 2016.

    Examples
    --------
    >>> from minigrad.vision.ops import stochastic_depth
    >>> stochastic_depth(mg.ones(2, 2), 0.0, "row")
    tensor([[1., 1.],
            [1., 1.]])
    """
    if not 0 <= p <= 1:
        raise ValueError(f"stochastic_depth: expected p from 0 to 1, got {p}")
    if mode not in ("batch", "row"):
        raise ValueError(f'stochastic_depth: expected mode "batch" or "row", got {mode!r}')
    if not training or p == 0.0:
        return input
    shape = [input.shape[0] if mode == "row" else 1] + [1] * (input.ndim - 1)
    kept = mg.empty(shape, dtype=input.dtype).bernoulli_(1 - p)
    return input * (kept / (1 - p) if p < 1 else kept)


class StochasticDepth(nn.Module):
    """:func:`stochastic_depth` as a layer.

    Parameters
    ----------
    p : float
    mode : {"batch", "row"}

    Examples
    --------
    >>> from minigrad.vision.ops import StochasticDepth
    >>> StochasticDepth(0.5, "row").eval()(mg.ones(2))
    tensor([1., 1.])
    """

    def __init__(self, p: float, mode: str) -> None:
        super().__init__()
        self.p, self.mode = p, mode

    def forward(self, input: Tensor) -> Tensor:
        return stochastic_depth(input, self.p, self.mode, self.training)

    def __repr__(self) -> str:
        return f"StochasticDepth(p={self.p}, mode={self.mode})"
