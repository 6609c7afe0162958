"""Layers that learn the number of their inputs from the first input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minigrad.core.tensor import Tensor
from minigrad.nn.conv import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvNd,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
)
from minigrad.nn.linear import Linear
from minigrad.nn.module import Module
from minigrad.nn.normalization import (
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    InstanceNorm1d,
    InstanceNorm2d,
    InstanceNorm3d,
    NormBase,
)
from minigrad.nn.parameter import Uninitialized, UninitializedBuffer, UninitializedParameter


class LazyModuleMixin(Module):
    """A layer whose parameters get their shape at its first call, when it becomes one of class `cls_to_become`.

    Before the first call, parameters can be registered, listed, converted, frozen and loaded, but not read. A subclass
    that names no class to become keeps its own, with all that it overrides.
    """

    cls_to_become: type[Module]
    _inferred = False

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Set the attributes, and give the parameters their shapes; called once, with what the first call gets."""
        raise NotImplementedError

    def has_uninitialized_params(self) -> bool:
        """Return whether there are parameters or buffers without a shape."""
        return any(isinstance(t, Uninitialized) for r in (self._parameters, self._buffers) for t in r.values())

    if not TYPE_CHECKING:  # takes and gives what forward does, as in Module

        def __call__(self, *args, **kwargs):
            if not self._inferred:
                self.initialize_parameters(*args, **kwargs)
                if self.has_uninitialized_params():
                    raise RuntimeError(
                        f"{type(self).__name__}.initialize_parameters: a parameter or buffer has no shape yet; "
                        "materialize(shape) all of them"
                    )
                self._inferred = True
            if "cls_to_become" in type(self).__dict__:
                self.__class__ = self.cls_to_become
                return self(*args, **kwargs)
            return super().__call__(*args, **kwargs)


class LazyLinear(LazyModuleMixin, Linear):
    """A `Linear` that learns `in_features` from its first input.

    Examples
    --------
    >>> layer = nn.LazyLinear(3)
    >>> _ = layer(mg.ones(5, 4))
    >>> layer
    Linear(in_features=4, out_features=3, bias=True)
    """

    cls_to_become = Linear

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(0, out_features, False, device, dtype)
        self.weight = UninitializedParameter(dtype=dtype)
        if bias:
            self.bias = UninitializedParameter(dtype=dtype)

    def initialize_parameters(self, input: Tensor) -> None:
        self.in_features = input.shape[-1]
        if isinstance(self.weight, UninitializedParameter):
            self.weight.materialize((self.out_features, self.in_features))
            if isinstance(self.bias, UninitializedParameter):
                self.bias.materialize((self.out_features,))
            self.reset_parameters()


# ---- convolutions ----------------------------------------------------------------------------------------------------


class _LazyConvolution(LazyModuleMixin, ConvNd):
    """A lazy convolution: its first input tells `in_channels`; other arguments are those of the class it becomes."""

    def __init__(self, out_channels: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(0, out_channels, *args, **kwargs)
        dtype = self.weight.dtype
        self.weight = UninitializedParameter(dtype=dtype)
        if self.bias is not None:
            self.bias = UninitializedParameter(dtype=dtype)

    def initialize_parameters(self, input: Tensor) -> None:
        if input.ndim not in (self._dims + 1, self._dims + 2):
            raise RuntimeError(
                f"{type(self).__name__}: expected an input of {self._dims + 1} or {self._dims + 2} dimensions, "
                f"got shape {tuple(input.shape)}"
            )
        self.in_channels = input.shape[-self._dims - 1]
        if self.in_channels % self.groups:
            raise ValueError(f"{type(self).__name__}: {self.in_channels} input channels for {self.groups} groups")
        if isinstance(self.weight, UninitializedParameter):
            self.weight.materialize(self._weight_shape())
            if isinstance(self.bias, UninitializedParameter):
                self.bias.materialize((self.out_channels,))
            self.reset_parameters()


class LazyConv1d(_LazyConvolution, Conv1d):
    """A `Conv1d` that learns `in_channels` from its first input."""

    cls_to_become = Conv1d


class LazyConv2d(_LazyConvolution, Conv2d):
    """A `Conv2d` that learns `in_channels` from its first input.

    Examples
    --------
    >>> layer = nn.LazyConv2d(6, kernel_size=5)
    >>> _ = layer(mg.ones(1, 3, 8, 8))
    >>> layer
    Conv2d(3, 6, kernel_size=(5, 5), stride=(1, 1))
    """

    cls_to_become = Conv2d


class LazyConv3d(_LazyConvolution, Conv3d):
    """A `Conv3d` that learns `in_channels` from its first input."""

    cls_to_become = Conv3d


class LazyConvTranspose1d(_LazyConvolution, ConvTranspose1d):
    """A `ConvTranspose1d` that learns `in_channels` from its first input."""

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_LazyConvolution, ConvTranspose2d):
    """A `ConvTranspose2d` that learns `in_channels` from its first input."""

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(_LazyConvolution, ConvTranspose3d):
    """A `ConvTranspose3d` that learns `in_channels` from its first input."""

    cls_to_become = ConvTranspose3d


# ---- normalization ---------------------------------------------------------------------------------------------


class LazyNormBase(LazyModuleMixin, NormBase):
    """The base of lazy batch and instance norms: the first input tells `num_features`."""

    def __init__(
        self,
        eps: float = 1e-05,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        made: Any = super().__init__  # of the class that it becomes
        made(0, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)
        for name in ("weight", "bias"):
            if (parameter := self._parameters[name]) is not None:
                setattr(self, name, UninitializedParameter(dtype=parameter.dtype))
        for name in ("running_mean", "running_var"):
            if (buffer := self._buffers[name]) is not None:
                setattr(self, name, UninitializedBuffer(dtype=buffer.dtype))

    def initialize_parameters(self, input: Tensor) -> None:
        self._check_input_dim(input)
        self.num_features = input.shape[self._channel_dim(input)]
        waiting = [t for t in (*self.parameters(), *self.buffers()) if isinstance(t, Uninitialized)]
        for tensor in waiting:
            tensor.materialize((self.num_features,))
        if waiting:
            self.reset_parameters()


class LazyBatchNorm1d(LazyNormBase, BatchNorm1d):
    """A `BatchNorm1d` that learns `num_features` from its first input."""

    cls_to_become = BatchNorm1d


class LazyBatchNorm2d(LazyNormBase, BatchNorm2d):
    """A `BatchNorm2d` that learns `num_features` from its first input."""

    cls_to_become = BatchNorm2d


class LazyBatchNorm3d(LazyNormBase, BatchNorm3d):
    """A `BatchNorm3d` that learns `num_features` from its first input."""

    cls_to_become = BatchNorm3d


class LazyInstanceNorm1d(LazyNormBase, InstanceNorm1d):
    """A `InstanceNorm1d` that learns `num_features` from its first input."""

    cls_to_become = InstanceNorm1d


class LazyInstanceNorm2d(LazyNormBase, InstanceNorm2d):
    """A `InstanceNorm2d` that learns `num_features` from its first input."""

    cls_to_become = InstanceNorm2d


class LazyInstanceNorm3d(LazyNormBase, InstanceNorm3d):
    """A `InstanceNorm3d` that learns `num_features` from its first input."""

    cls_to_become = InstanceNorm3d
