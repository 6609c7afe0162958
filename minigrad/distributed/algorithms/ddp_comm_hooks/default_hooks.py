"""Hooks of communication: the mean as it is, or on its way in float16, which halves what is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.distributed.collectives import all_reduce
from minigrad.distributed.ranks import get_world_size
from minigrad.futures import Future

__all__ = ["allreduce_hook", "fp16_compress_hook", "fp16_compress_wrapper"]

Hook = Callable[[Any, Any], Any]


def allreduce_hook(process_group: Any, bucket: Any) -> Future[Tensor]:
    """Take the mean over the ranks, as without a hook.

    Examples
    --------
    >>> from minigrad.distributed.algorithms.ddp_comm_hooks import default_hooks
    >>> net.register_comm_hook(None, default_hooks.allreduce_hook)  # doctest: +SKIP
    """
    buffer = bucket.buffer()
    np.divide(buffer._data, get_world_size(process_group), out=buffer._data)
    work = all_reduce(buffer, group=process_group, async_op=True)
    assert work is not None
    return work.get_future().then(lambda future: future.value()[0])


def fp16_compress_wrapper(hook: Hook) -> Hook:
    """Return a hook that gives `hook` the gradients in float16, and returns its result in their own dtype.

    Examples
    --------
    >>> from minigrad.distributed.algorithms.ddp_comm_hooks import default_hooks
    >>> halved = default_hooks.fp16_compress_wrapper(default_hooks.allreduce_hook)
    >>> net.register_comm_hook(None, halved)  # doctest: +SKIP
    """

    def compressed(state: Any, bucket: Any) -> Any:
        wide = bucket.array
        bucket.array = wide.astype(np.float16)
        try:
            future = hook(state, bucket)
        finally:
            bucket.array = wide

        def widened(done: Any) -> Tensor:
            value = done.value()
            value = value[0] if isinstance(value, (list, tuple)) else value
            wide[...] = value._data
            return Tensor._wrap(wide)

        return future.then(widened)

    return compressed


def fp16_compress_hook(process_group: Any, bucket: Any) -> Any:
    """Take the mean over the ranks in float16, and return it in the dtype of the gradients.

    Examples
    --------
    >>> from minigrad.distributed.algorithms.ddp_comm_hooks import default_hooks
    >>> net.register_comm_hook(None, default_hooks.fp16_compress_hook)  # doctest: +SKIP
    """
    return fp16_compress_wrapper(allreduce_hook)(process_group, bucket)
