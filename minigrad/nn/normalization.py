"""Normalization layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.tensor import Tensor
from minigrad.nn import functional as F
from minigrad.nn.init import constant_, ones_, zeros_
from minigrad.nn.layer import Layer, new_parameter, new_tensor, non_negative
from minigrad.nn.module import BUFFER, registered
from minigrad.nn.options import check_options
from minigrad.nn.parameter import Parameter


class _AffineNorm(Layer):
    """The end of most normalizations: times weight plus bias."""

    weight: Parameter | None = registered()
    bias: Parameter | None = registered()

    def _make_parameters(self, shape: tuple[int, ...], affine: bool, bias: bool, device: Any, dtype: Any) -> None:
        self.register_parameter("weight", new_parameter(shape, device, dtype) if affine else None)
        self.register_parameter("bias", new_parameter(shape, device, dtype) if affine and bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the weight to 1 and the bias to 0."""
        if self.weight is not None:
            ones_(self.weight)
        if self.bias is not None:
            zeros_(self.bias)


class NormBase(_AffineNorm):
    """The base of batch and instance normalization: parameters and running statistics per channel."""

    running_mean: Tensor | None = registered(BUFFER)
    running_var: Tensor | None = registered(BUFFER)
    num_batches_tracked: Tensor | None = registered(BUFFER)
    _ndims: tuple[int, ...]  # numbers of dimensions that an input may have

    def __init__(
        self,
        num_features: int,
        eps: float,
        momentum: float | None,
        affine: bool,
        track_running_stats: bool,
        device: Any,
        dtype: Any,
        bias: bool,
    ) -> None:
        super().__init__(eps=eps, momentum=momentum, affine=affine, track_running_stats=track_running_stats)
        non_negative(self, num_features=num_features)
        self.num_features = num_features
        shape, tracked = (num_features,), track_running_stats
        self.register_buffer("running_mean", new_tensor(shape, device, dtype) if tracked else None)
        self.register_buffer("running_var", new_tensor(shape, device, dtype) if tracked else None)
        self.register_buffer("num_batches_tracked", new_tensor((), device, dtypes.int64) if tracked else None)
        self._make_parameters(shape, affine, bias, device, dtype)

    def reset_running_stats(self) -> None:
        """Forget the statistics of all batches so far: mean 0, variance 1."""
        for name, start in (("running_mean", 0), ("running_var", 1), ("num_batches_tracked", 0)):
            if (buffer := self._buffers[name]) is not None:
                constant_(buffer, start)

    def reset_parameters(self) -> None:
        """Set the weight to 1, the bias to 0, and forget the running statistics."""
        self.reset_running_stats()
        super().reset_parameters()

    def _check_input_dim(self, input: Tensor) -> None:
        if input._data.ndim not in self._ndims:
            raise ValueError(
                f"{type(self).__name__}: expected an input of {' or '.join(map(str, self._ndims))} dimensions, "
                f"got shape {tuple(input.shape)}"
            )

    def _channel_dim(self, input: Tensor) -> int:
        return 1

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class BatchNorm(NormBase):
    """Base of the batch norms of inputs of shape (N, C, *), which differ in the dimensions that they accept."""

    _version = 2  # has num_batches_tracked

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-05,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias)

    def _load_from_state_dict(
        self, state_dict: dict[str, Any], prefix: str, local_metadata: dict[str, Any], *others: Any
    ) -> None:
        key = prefix + "num_batches_tracked"  # which states of version 1, and those without a version, may lack
        if local_metadata.get("version", 1) < 2 and self.num_batches_tracked is not None and key not in state_dict:
            state_dict[key] = self.num_batches_tracked.detach()
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *others)

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        tracked = self.num_batches_tracked if self.training and self.track_running_stats else None
        momentum = self.momentum
        if momentum is None:
            momentum = 0.0 if tracked is None else 1 / (tracked._data.item() + 1)
        use_running = not self.training or self.track_running_stats
        output = F.batch_norm(
            input,
            self.running_mean if use_running else None,
            self.running_var if use_running else None,
            self.weight,
            self.bias,
            self.training or self.running_mean is None,
            momentum,
            self.eps,
        )
        if tracked is not None:
            # Do not note a new version: no gradient needs this memory, and every node of the graph would have to look.
            tracked._data += 1
        return output


class BatchNorm1d(BatchNorm):
    """Batch normalization of (N, C) or (N, C, L); see `BatchNorm2d`."""

    _ndims = (2, 3)


class BatchNorm2d(BatchNorm):
    """Batch normalization of images, (N, C, H, W), by channel.

    ``(input - mean) / sqrt(variance + eps) * weight + bias``, with the mean and the biased variance of the batch in
    training, and the running ones in evaluation. Ioffe and Szegedy, "Batch normalization", 2015.

    Parameters
    ----------
    num_features : int
        The number C of channels.
    eps : float
    momentum : float or None
        In training, ``running = (1 - momentum) * running + momentum * batch`` (with the unbiased variance); None
        averages all batches.
    affine : bool, default True
        Whether there are weight and bias.
    track_running_stats : bool, default True
        Without them, evaluation uses the batch's statistics, too.
    bias : bool, default True

    Attributes
    ----------
    weight, bias : Parameter, shape (num_features,), or None
        Start from 1 and 0.
    running_mean, running_var, num_batches_tracked : buffers, or None

    Raises
    ------
    ValueError
        In training, if there is only one value per channel; or if the input has another number of dimensions.

    Examples
    --------
    >>> layer = nn.BatchNorm2d(3)
    >>> y = layer(5 + 2 * mg.randn(8, 3, 4, 4))
    >>> bool(abs(y.mean()) < 1e-5), layer.num_batches_tracked
    (True, tensor(1))
    """

    _ndims = (4,)


class BatchNorm3d(BatchNorm):
    """Batch normalization of volumes, (N, C, D, H, W); see `BatchNorm2d`."""

    _ndims = (5,)


class InstanceNorm(NormBase):
    """Base of the instance norms, which differ in the dimensions of inputs that they accept."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-05,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias)

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        batched = bool(self._channel_dim(input))
        if input.shape[batched] != self.num_features:
            raise ValueError(
                f"{type(self).__name__}: expected {self.num_features} channels, got shape {tuple(input.shape)}"
            )
        output = F.instance_norm(
            input if batched else input.unsqueeze(0),
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )
        return output if batched else output.squeeze(0)

    def _channel_dim(self, input: Tensor) -> int:
        return int(input._data.ndim == self._ndims[1])  # 0 of a single example


class InstanceNorm1d(InstanceNorm):
    """Instance normalization of (N, C, L) or (C, L); see `InstanceNorm2d`."""

    _ndims = (2, 3)


class InstanceNorm2d(InstanceNorm):
    """Normalization of each channel of each image by itself, (N, C, H, W) or (C, H, W).

    Parameters as of `BatchNorm2d`, with other defaults. Ulyanov, Vedaldi and Lempitsky, "Instance normalization", 2016.
    """

    _ndims = (3, 4)


class InstanceNorm3d(InstanceNorm):
    """Instance normalization of (N, C, D, H, W) or without N; see `InstanceNorm2d`."""

    _ndims = (4, 5)


def _as_shape(layer: Layer, normalized_shape: int | Sequence[int]) -> tuple[int, ...]:
    """Return the lengths of the last dimensions, over which a layer normalizes."""
    check_options(layer, normalized_shape=normalized_shape)
    return (normalized_shape,) if isinstance(normalized_shape, (int, np.integer)) else tuple(normalized_shape)


class LayerNorm(_AffineNorm):
    """Normalization of each example over its last dimensions: mean 0, variance 1, then times weight plus bias.

    Ba, Kiros and Hinton, "Layer normalization", 2016.

    Parameters
    ----------
    normalized_shape : int or tuple
        The lengths of the dimensions to normalize over.
    eps : float
    elementwise_affine : bool, default True
        Whether there are weight (1 at first) and, unless `bias` is False, bias (0), of shape `normalized_shape`.

    Examples
    --------
    >>> y = nn.LayerNorm(4)(mg.randn(2, 3, 4))
    >>> bool((y.mean(-1).abs() < 1e-5).all())
    True
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-05,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(eps=eps, elementwise_affine=elementwise_affine)
        self.normalized_shape = _as_shape(self, normalized_shape)
        self._make_parameters(self.normalized_shape, elementwise_affine, bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, {super().extra_repr()}, bias={self.bias is not None}"


class RMSNorm(Layer):
    """``input / sqrt(mean(input**2) + eps) * weight`` over the last dimensions.

    Zhang and Sennrich, "Root mean square layer normalization", 2019.

    Parameters
    ----------
    normalized_shape : int or tuple
    eps : float, optional
        By default the machine epsilon of the input's dtype.
    elementwise_affine : bool, default True
        Whether there is a weight, 1 at first.
    """

    weight: Parameter | None = registered()

    _optional = frozenset({"eps"})

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(eps=eps, elementwise_affine=elementwise_affine)
        self.normalized_shape = _as_shape(self, normalized_shape)
        made = new_parameter(self.normalized_shape, device, dtype) if elementwise_affine else None
        self.register_parameter("weight", made)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the weight to 1."""
        if self.weight is not None:
            ones_(self.weight)

    def forward(self, input: Tensor) -> Tensor:
        return F.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, {super().extra_repr()}"


class GroupNorm(_AffineNorm):
    """Normalization of each example over groups of its channels, (N, C, ...). Wu and He, "Group normalization", 2018.

    Parameters
    ----------
    num_groups, num_channels : int
        The channels must be divisible by the groups.
    eps : float
    affine : bool, default True
        Whether there are weight (1 at first) and, unless `bias` is False, bias (0) by channel.

    Examples
    --------
    >>> nn.GroupNorm(2, 6)(mg.randn(8, 6, 4, 4)).shape
    Size([8, 6, 4, 4])
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-05,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(eps=eps, affine=affine)
        non_negative(self, num_groups=num_groups, num_channels=num_channels)
        if not num_groups or num_channels % num_groups:
            raise ValueError(f"GroupNorm: num_channels={num_channels} must be divisible by num_groups={num_groups}")
        self.num_groups, self.num_channels = num_groups, num_channels
        self._make_parameters((num_channels,), affine, bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return f"{self.num_groups}, {self.num_channels}, {super().extra_repr()}, bias={self.bias is not None}"
