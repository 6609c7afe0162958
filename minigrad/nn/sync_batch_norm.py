"""Batch normalization across processes: there is one here."""

from __future__ import annotations

from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.nn.module import Module
from minigrad.nn.normalization import BatchNorm


class SyncBatchNorm(BatchNorm):
    """Batch normalization of (N, C, ...) by the statistics of all processes, which is to say of the only one.

    Parameters
    ----------
    num_features, eps, momentum, affine, track_running_stats : as of `BatchNorm2d`
    process_group : must be None

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
        if process_group is not None:
            raise ValueError("SyncBatchNorm: expected process_group=None, as there is one process")
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype)
        self.process_group = process_group

    def _check_input_dim(self, input: Tensor) -> None:
        if input.ndim < 2:
            raise ValueError(
                f"SyncBatchNorm: expected an input of at least 2 dimensions, got shape {tuple(input.shape)}"
            )

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
