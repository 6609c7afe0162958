"""Batch normalization by the statistics of all processes."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.graph.versions import bump
from minigrad.nn.module import Module
from minigrad.nn.normalization import BatchNorm
from minigrad.ops.joining import cat, stack


class SyncBatchNorm(BatchNorm):
    """Batch normalization of (N, C, ...) in training by the mean and variance of the batches of all processes.

    In evaluation, in one process, and where `minigrad.distributed` is not initialized, it is that of this process.

    Parameters
    ----------
    num_features, eps, momentum, affine, track_running_stats : as of `BatchNorm2d`
    process_group : ProcessGroup, optional
        By default all processes.

    Notes
    -----
    The processes exchange ``2 C + 1`` numbers in forward and in backward: all of them call forward, and backward. The
    shares may have different lengths, also 0.

    Examples
    --------
    >>> net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    >>> nn.SyncBatchNorm.convert_sync_batchnorm(net)[1]
    SyncBatchNorm(2, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        process_group: Any = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype)
        self.process_group = process_group

    def _check_input_dim(self, input: Tensor) -> None:
        if input.ndim < 2:
            raise ValueError(
                f"SyncBatchNorm: expected an input of at least 2 dimensions, got shape {tuple(input.shape)}"
            )

    def forward(self, input: Tensor) -> Tensor:
        group = self._group() if self.training or self.running_mean is None else None
        if group is None:
            return super().forward(input)
        self._check_input_dim(input)
        if input.shape[1] != self.num_features:
            raise RuntimeError(f"SyncBatchNorm: expected {self.num_features} channels, got shape {tuple(input.shape)}")
        x = input if input._data.dtype != np.float16 else input.float()
        mean, variance, count = _statistics(x, group)
        if count == 1:
            raise ValueError("SyncBatchNorm: expected more than 1 value per channel in training, over all processes")
        if self.training and self.track_running_stats:
            self._track(mean._data, variance._data * (count / (count - 1)))
        broad = (1, -1, *[1] * (input.ndim - 2))
        scale = (variance + self.eps) ** -0.5
        scale = scale if self.weight is None else scale * self.weight
        y = (x - mean.reshape(broad)) * scale.reshape(broad)
        y = y if self.bias is None else y + self.bias.reshape(broad)
        return y.to(input.dtype)

    def _group(self) -> Any:
        """Return the group, if it has several members."""
        from minigrad.distributed import groups

        if not groups.is_initialized():
            return None
        group = groups.the_group("SyncBatchNorm", self.process_group)
        return None if group is None or group.size() == 1 else group

    def _track(self, mean: np.ndarray, variance: np.ndarray) -> None:
        if self.num_batches_tracked is not None:
            self.num_batches_tracked._data += 1
        momentum = self.momentum
        if momentum is None:
            momentum = 0.0 if self.num_batches_tracked is None else 1 / self.num_batches_tracked._data.item()
        for running, new in ((self.running_mean, mean), (self.running_var, variance)):
            if running is not None:
                running._data += momentum * (new - running._data)
                bump(running._data)

    @classmethod
    def convert_sync_batchnorm(cls, module: Module, process_group: Any = None) -> Module:
        """Return `module` with each batch normalization in it replaced by one of this class with the same tensors."""
        converted = module
        if isinstance(module, BatchNorm):
            options = (module.eps, module.momentum, module.affine, module.track_running_stats, process_group)
            converted = cls(module.num_features, *options)
            for name, tensor in (*module._parameters.items(), *module._buffers.items()):
                setattr(converted, name, tensor)
            converted.train(module.training)
        for name, child in module.named_children():
            converted.add_module(name, cls.convert_sync_batchnorm(child, process_group))
        return converted


def _statistics(x: Tensor, group: Any) -> tuple[Tensor, Tensor, int]:
    """Return mean and (biased) variance per channel of all ranks' inputs, and how many values each channel has.

    Each rank sends its own mean and sum of squares around it, which loses no digits, as sums of squares alone would.
    """
    from minigrad.distributed.nn.functional import all_gather

    channels, dims = x.shape[1], [d for d in range(x.ndim) if d != 1]
    own = x._data.size // max(channels, 1)
    mean = x.sum(dims) / max(own, 1)
    squares = ((x - mean.reshape((1, -1, *[1] * (x.ndim - 2)))) ** 2).sum(dims)
    count = Tensor._wrap(np.array([own], x._data.dtype))
    rows = stack(all_gather(cat([mean, squares, count]), group))
    counts = rows[:, -1:].detach()
    total = int(counts._data.sum(dtype=np.float64))
    means = rows[:, :channels]
    mean = (means * counts).sum(0) / max(total, 1)
    squares = rows[:, channels:-1].sum(0) + (counts * (means - mean) ** 2).sum(0)
    return mean, squares / max(total, 1), total
