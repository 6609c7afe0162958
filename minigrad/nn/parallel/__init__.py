"""Modules that work in parallel: in threads, or in processes that may be on many machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.lazy_names import lazy_names
from minigrad.nn.data_parallel import DataParallel as DataParallel
from minigrad.nn.module import Module

_HOMES = {"distributed": "DistributedDataParallel"}
_lazy = lazy_names(__name__, globals(), _HOMES)
__all__ = ["DataParallel", "DistributedDataParallel", "data_parallel"]
__getattr__, __dir__ = _lazy.getattr, _lazy.dir


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
