"""Written by scripts/stubs.py out of the declarations; do not edit."""

from builtins import int as _int
from builtins import str as _str
from collections.abc import Sequence
from minigrad.core.tensor import Tensor
from minigrad.nn.module import Module
from typing import Any

from minigrad.nn.data_parallel import DataParallel as DataParallel
from minigrad.nn.parallel.distributed import DistributedDataParallel as DistributedDataParallel
def data_parallel(module: Module, inputs: Any, device_ids: Sequence[Any] | None = None, output_device: Any = None, dim: _int = 0, module_kwargs: dict[_str, Any] | None = None) -> Tensor:
    """Call `module` with `inputs` in shares of the batch, each in a thread of its own; see `DataParallel`."""
