"""Maxima put back where `max_pool1d`, `max_pool2d` and `max_pool3d` found them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.as_array import constant
from minigrad.core.tensor import Tensor
from minigrad.ops.checks import Numbers, check_shape, check_tensor, per_dim, require_floating
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.gathering import gather
from minigrad.ops.primitives.shape import reshape

__all__ = ["max_unpool1d", "max_unpool2d", "max_unpool3d"]


@operation(input=lambda g, index: gather(g, -1, index), holds=("index",))
def _unpooled(input: Operand, index: np.ndarray, size: int) -> Operand:
    """Return zeros of length `size` in which `input` is written at `index`; of several the last one stays."""
    whole = np.zeros((*input.shape[:-1], size), input.dtype)
    np.put_along_axis(whole, index, input, -1)
    return whole


def _sizes(name: str, size: Sequence[int], kernel: Any, stride: Any, padding: Any, wanted: Any) -> tuple[int, ...]:
    """Return the size before pooling: as windows without remainder tell, or `wanted`, if pooling could come from it."""
    dims = len(size)
    usual = [(n - 1) * s + k - 2 * p for n, k, s, p in zip(size, kernel, stride, padding, strict=True)]
    if wanted is None:
        return tuple(usual)
    given = tuple(int(n) for n in wanted)
    if len(given) not in (dims, dims + 2):
        raise ValueError(f"{name}: expected output_size of {dims} or {dims + 2} numbers, got {given}")
    for n, default, step in zip(given[-dims:], usual, stride, strict=True):
        if not default - step < n < default + step:
            raise ValueError(f"{name}: output_size {given[-dims:]} is not within a stride {stride} of {tuple(usual)}")
    return given[-dims:]


def _max_unpool(
    dims: int, input: Any, indices: Any, kernel_size: Any, stride: Any, padding: Any, output_size: Any
) -> Any:
    name = f"max_unpool{dims}d"
    shape = tuple(check_tensor(name, "input", input).shape)
    index = constant(check_tensor(name, "indices", indices))
    kernel = per_dim(name, "kernel_size", kernel_size, dims, 1)
    steps = kernel if stride is None else per_dim(name, "stride", stride, dims, 1)
    check_shape(name, shape, dims)
    sizes = _sizes(name, shape[-dims:], kernel, steps, per_dim(name, "padding", padding, dims, 0), output_size)
    if index.dtype != np.int64:
        raise RuntimeError(f"{name}: expected indices of dtype int64, got {index.dtype}; convert them with .long()")
    if index.shape != shape:
        raise RuntimeError(f"{name}: expected indices of the input's shape {shape}, got {index.shape}")
    require_floating(name, input, NotImplementedError)
    size, lead = math.prod(sizes), shape[:-dims]
    if index.size and (index.min() < 0 or index.max() >= size):
        wrong = index.min() if index.min() < 0 else index.max()
        raise RuntimeError(f"{name}: index {wrong} is outside of an output of size {sizes}")
    flat = (*lead, math.prod(shape[-dims:]))
    return reshape(_unpooled(reshape(input, flat), constant(reshape(indices, flat)), size), (*lead, *sizes))


def max_unpool1d(
    input: Operand, indices: Operand, kernel_size: Numbers, stride: Numbers | None = None, padding: Numbers = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:  # fmt: skip
    """Return zeros with the maxima of `max_pool1d` where they were; see `max_unpool2d`.

    Examples
    --------
    >>> F.max_unpool1d(*F.max_pool1d(mg.tensor([[1.0, 3.0, 2.0, 0.0]]), 2, return_indices=True), 2)
    tensor([[0., 3., 2., 0.]])
    """
    return _max_unpool(1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Operand, indices: Operand, kernel_size: Numbers, stride: Numbers | None = None, padding: Numbers = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:  # fmt: skip
    """Return zeros with the maxima of `max_pool2d` where they were.

    Parameters
    ----------
    input : (N, C, H, W) or (C, H, W)
    indices : int64 Tensor of the same shape
        As `max_pool2d` returns them.
    kernel_size, stride, padding
        As they were for `max_pool2d`.
    output_size : ints, optional
        The size before pooling, where it is not a multiple of the windows'; that of the whole tensor is welcome, too.

    Raises
    ------
    ValueError
        If pooling could not lead from `output_size` to the input's size.
    RuntimeError
        If shapes or dtypes do not fit, or an index is out of range.

    Examples
    --------
    >>> maxima, indices = F.max_pool2d(mg.arange(4.0).reshape(1, 2, 2), 2, return_indices=True)
    >>> F.max_unpool2d(maxima, indices, 2)
    tensor([[[0., 0.],
             [0., 3.]]])
    """
    return _max_unpool(2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(
    input: Operand, indices: Operand, kernel_size: Numbers, stride: Numbers | None = None, padding: Numbers = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:  # fmt: skip
    """Return zeros with the maxima of `max_pool3d` where they were; see `max_unpool2d`.

    Examples
    --------
    >>> F.max_unpool3d(mg.tensor([[[[5.0]]]]), mg.tensor([[[[1]]]]), (1, 1, 2))
    tensor([[[[0., 5.]]]])
    """
    return _max_unpool(3, input, indices, kernel_size, stride, padding, output_size)
