"""Modules that work in parallel: threads do here, other processes and devices are a word of explanation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.nn.data_parallel import DataParallel as DataParallel
from minigrad.nn.module import Module

__all__ = ["DataParallel", "DistributedDataParallel", "data_parallel"]


class DistributedDataParallel(Module):
    """A module whose gradients are averaged over processes. There is one process: making one raises RuntimeError."""

    def __init__(self, module: Module, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        raise RuntimeError(
            "DistributedDataParallel: minigrad trains in one process; use the module itself, or nn.DataParallel, "
            "whose threads share a batch"
        )


def data_parallel(
    module: Module,
    inputs: Any,
    device_ids: Sequence[Any] | None = None,
    output_device: Any = None,
    dim: int = 0,
    module_kwargs: dict[str, Any] | None = None,
) -> Tensor:
    """Call `module` with `inputs` in shares of the batch, each in a thread of its own; see `DataParallel`.

    Examples
    --------
    >>> nn.parallel.data_parallel(nn.Linear(3, 2), mg.ones(4, 3)).shape
    Size([4, 2])
    """
    arguments = inputs if isinstance(inputs, tuple) else (inputs,)
    return DataParallel(module, device_ids, output_device, dim)(*arguments, **module_kwargs or {})
