"""Maxima with where they are, by PyTorch's names for that."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.ops.adaptive_pooling import adaptive_max_pool2d, adaptive_max_pool3d
from minigrad.ops.fractional_pooling import fractional_max_pool2d, fractional_max_pool3d
from minigrad.ops.pooling import max_pool1d, max_pool2d, max_pool3d

__all__ = [
    "adaptive_max_pool2d_with_indices", "adaptive_max_pool3d_with_indices", "fractional_max_pool2d_with_indices",
    "fractional_max_pool3d_with_indices", "max_pool1d_with_indices", "max_pool2d_with_indices",
    "max_pool3d_with_indices",
]  # fmt: skip


def _with_indices(function: Callable[..., Any], shape: str, size: str = "2") -> Callable[..., tuple[Tensor, Tensor]]:
    name = f"{function.__name__}_with_indices"

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
        values, indices = function(*args, **{**kwargs, "return_indices": True})
        return values, indices

    call.__name__ = call.__qualname__ = name
    call.__module__ = __name__
    call.__doc__ = f"""Return the result of `{function.__name__}` and its indices.

    Examples
    --------
    >>> [t.shape[-1] for t in F.{name}(mg.ones({shape}), {size})]
    [2, 2]
    """
    return call


max_pool1d_with_indices = _with_indices(max_pool1d, "1, 4")
max_pool2d_with_indices = _with_indices(max_pool2d, "1, 4, 4")
max_pool3d_with_indices = _with_indices(max_pool3d, "1, 4, 4, 4")
adaptive_max_pool2d_with_indices = _with_indices(adaptive_max_pool2d, "1, 4, 4")
adaptive_max_pool3d_with_indices = _with_indices(adaptive_max_pool3d, "1, 4, 4, 4")
fractional_max_pool2d_with_indices = _with_indices(fractional_max_pool2d, "1, 4, 4", "2, 2")
fractional_max_pool3d_with_indices = _with_indices(fractional_max_pool3d, "1, 4, 4, 4", "2, 2")
