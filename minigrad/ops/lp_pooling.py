"""Pooling by a power mean, between the sum of windows and their maximum; and normalization by neighbouring channels."""

from __future__ import annotations

import math
from typing import Any

from minigrad.core.array_attributes import as_int
from minigrad.core.tensor import Tensor
from minigrad.ops.activation import relu
from minigrad.ops.checks import Numbers, check_tensor, per_dim
from minigrad.ops.declare.operation import Operand
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.exponential import sign
from minigrad.ops.padding import pad
from minigrad.ops.pooling import avg_pool1d, avg_pool2d, avg_pool3d
from minigrad.ops.primitives.shape import reshape

__all__ = ["local_response_norm", "lp_pool1d", "lp_pool2d", "lp_pool3d"]

_AVERAGES: Any = {1: avg_pool1d, 2: avg_pool2d, 3: avg_pool3d}


def _lp_pool(dims: int, input: Any, norm_type: float, kernel_size: Any, stride: Any, ceil_mode: bool) -> Any:
    name = f"lp_pool{dims}d"
    check_tensor(name, "input", input)
    norm_type = float(norm_type)
    if not norm_type:
        raise ZeroDivisionError(f"{name}: expected a norm_type other than 0")
    kernel = per_dim(name, "kernel_size", kernel_size, dims, 1)
    means = _AVERAGES[dims](input**norm_type, kernel, stride, 0, ceil_mode)
    sums = sign(means) * relu(abs(means)) * math.prod(kernel)
    return sums ** (1.0 / norm_type)


@rounded_once
def lp_pool1d(
    input: Operand, norm_type: float, kernel_size: Numbers, stride: Numbers | None = None, ceil_mode: bool = False
) -> Tensor:
    """``sum(x ** p) ** (1 / p)`` of windows of (N, C, L) or (C, L); see `lp_pool2d`.

    Examples
    --------
    >>> F.lp_pool1d(mg.tensor([[3.0, 4.0]]), 2, 2)
    tensor([[5.]])
    """
    return _lp_pool(1, input, norm_type, kernel_size, stride, ceil_mode)


@rounded_once
def lp_pool2d(
    input: Operand, norm_type: float, kernel_size: Numbers, stride: Numbers | None = None, ceil_mode: bool = False
) -> Tensor:
    """``sum(x ** p) ** (1 / p)`` of the elements x of each window, p being `norm_type`.

    Parameters
    ----------
    input : (N, C, H, W) or (C, H, W)
    kernel_size, stride, ceil_mode
        As in `avg_pool2d`.

    Raises
    ------
    RuntimeError
        If shapes do not fit.

    Examples
    --------
    >>> F.lp_pool2d(mg.ones(1, 1, 2, 2), 1, 2)
    tensor([[[[4.]]]])
    """
    return _lp_pool(2, input, norm_type, kernel_size, stride, ceil_mode)


@rounded_once
def lp_pool3d(
    input: Operand, norm_type: float, kernel_size: Numbers, stride: Numbers | None = None, ceil_mode: bool = False
) -> Tensor:
    """``sum(x ** p) ** (1 / p)`` of windows of (N, C, D, H, W) or (C, D, H, W); see `lp_pool2d`.

    Examples
    --------
    >>> F.lp_pool3d(mg.ones(1, 2, 2, 2), 3, 2)
    tensor([[[[2.]]]])
    """
    return _lp_pool(3, input, norm_type, kernel_size, stride, ceil_mode)


@rounded_once
def local_response_norm(input: Operand, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """``input / (k + alpha * mean of input ** 2) ** beta``, the mean being over `size` neighbouring channels.

    Parameters
    ----------
    input : Tensor of shape (N, C, ...) with at least 3 dimensions
    size : int
        How many channels a mean is of; those before the first and behind the last count as 0.

    Raises
    ------
    ValueError
        If the input has less than 3 dimensions.

    References
    ----------
    A. Krizhevsky, I. Sutskever and G. Hinton, ImageNet classification with deep convolutional neural networks, 2012.

    Examples
    --------
    >>> F.local_response_norm(mg.ones(1, 2, 1), size=1, alpha=1.0, beta=1.0)
    tensor([[[0.5000],
             [0.5000]]])
    """
    shape = tuple(check_tensor("local_response_norm", "input", input).shape)
    if len(shape) < 3:
        raise ValueError(f"local_response_norm: expected an input of shape (N, C, ...), got {shape}")
    size = as_int("local_response_norm", "size", size)
    if size < 1:
        raise RuntimeError(f"local_response_norm: expected a positive size, got {size}")
    if 0 in shape:
        return input
    squares = reshape(input * input, (shape[0], 1, shape[1], math.prod(shape[2:])))
    means = avg_pool2d(pad(squares, (0, 0, size // 2, (size - 1) // 2)), (size, 1), stride=1)
    return input / (reshape(means, shape) * alpha + k) ** beta
