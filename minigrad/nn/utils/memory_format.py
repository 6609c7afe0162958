"""Memory formats of convolutions' weights."""

from __future__ import annotations

from typing import Any, TypeVar

from minigrad.nn.conv import ConvNd
from minigrad.nn.module import Module

__all__ = ["convert_conv2d_weight_memory_format", "convert_conv3d_weight_memory_format"]

Model = TypeVar("Model", bound=Module)


def convert_conv2d_weight_memory_format(module: Model, memory_format: Any) -> Model:
    """Give the 4-dimensional weights of all convolutions in `module` this layout; returns `module`.

    Examples
    --------
    >>> conv = nn.Conv2d(2, 3, 3)
    >>> _ = nn.utils.convert_conv2d_weight_memory_format(conv, mg.channels_last)
    >>> conv.weight.stride()
    (18, 1, 6, 2)
    """
    return _convert(module, memory_format, 4)


def convert_conv3d_weight_memory_format(module: Model, memory_format: Any) -> Model:
    """Give the 5-dimensional weights of all convolutions in `module` this layout; returns `module`.

    Examples
    --------
    >>> conv = nn.Conv3d(2, 3, 2)
    >>> _ = nn.utils.convert_conv3d_weight_memory_format(conv, mg.channels_last_3d)
    >>> conv.weight.stride()
    (16, 1, 8, 4, 2)
    """
    return _convert(module, memory_format, 5)


def _convert(module: Model, memory_format: Any, ndim: int) -> Model:
    for layer in module.modules():
        if isinstance(layer, ConvNd) and layer.weight.ndim == ndim:
            layer.weight.data = layer.weight.detach().clone(memory_format=memory_format)
    return module
