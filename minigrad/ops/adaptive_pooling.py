"""Adaptive pooling: as many bins as are wanted, whatever the size of the input."""

from __future__ import annotations

import math
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.kernels import pooling as kernels
from minigrad.ops.checks import check_shape, check_tensor, per_dim, require_floating
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.gathering import gather
from minigrad.ops.primitives.shape import reshape

__all__ = [
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d",
    "adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d",
]  # fmt: skip


@operation(input=lambda g, input_shape, size: _adaptive_spread(g, input_shape[-len(size) :]))
def _adaptive_avg_pool(input: Operand, size: tuple[int, ...]) -> Operand:
    """Return the mean of each bin."""
    return kernels.adaptive_avg_pool(input, size)


@operation(input=lambda g, input_shape, size: _adaptive_avg_pool(g, input_shape[-len(size) :]))
def _adaptive_spread(input: Operand, size: tuple[int, ...]) -> Operand:
    """Return the adjoint of the adaptive mean: each value spread evenly over its bin."""
    return kernels.adaptive_avg_pool_adjoint(input, size)


@operation("input")
def _adaptive_max_indices(input: Operand, size: tuple[int, ...]) -> Operand:
    """Return where in the flattened plane the maximum of each bin is."""
    return kernels.adaptive_max_indices(input, size)


def _bins(name: str, dims: int, input: Any, output_size: Any) -> tuple[int, ...]:
    """Return `output_size` for each dimension; None keeps the input's."""
    shape = check_tensor(name, "input", input).shape
    if 1 < dims >= len(shape):
        error = ValueError if isinstance(output_size, (tuple, list)) else RuntimeError
        raise error(f"{name}: expected an input of {dims + 1} or {dims + 2} dimensions, got shape {shape}")
    # in batches of these PyTorch takes no empty channels, unless it averages whole volumes
    strict = "max_pool" in name and dims > 1 or (dims == 3 and output_size != 1)
    check_shape(name, shape, dims, channels=strict and len(shape) == dims + 2)
    sizes = output_size if isinstance(output_size, (tuple, list)) else (output_size,) * dims
    if len(sizes) != dims:
        raise RuntimeError(f"{name}: expected output_size to be one int or {dims}, got {output_size!r}")
    kept = [n if s is None else s for n, s in zip(input.shape[-dims:], sizes, strict=True)]
    size = per_dim(name, "output_size", kept, dims, 0)
    if math.prod(input.shape[:-dims]) * math.prod(size) >= 2**60:
        raise RuntimeError(f"{name}: an output of size {size} does not fit into memory")
    return size


def _adaptive_average(name: str, dims: int, input: Any, output_size: Any) -> Any:
    size = _bins(name, dims, input, output_size)
    require_floating(name, input, NotImplementedError)
    return _adaptive_avg_pool(input, size)


def adaptive_avg_pool1d(input: Operand, output_size: Any) -> Tensor:
    """Return the mean of `output_size` bins of (N, C, L) or (C, L); see `adaptive_avg_pool2d`.

    Examples
    --------
    >>> F.adaptive_avg_pool1d(mg.tensor([[1.0, 2.0, 6.0]]), 2)
    tensor([[1.5000, 4.0000]])
    """
    return _adaptive_average("adaptive_avg_pool1d", 1, input, output_size)


def adaptive_avg_pool2d(input: Operand, output_size: Any) -> Tensor:
    """Return the mean of as many bins as are wanted, whatever the size of the input.

    Bin i of n covers the elements from ``floor(i * H / n)`` to ``ceil((i + 1) * H / n)``, the latter excluded.

    Parameters
    ----------
    input : (N, C, H, W) or (C, H, W)
    output_size : int or (int, int)
        None in place of one of them keeps that size.

    Returns
    -------
    Tensor, (N, C, *output_size) or (C, *output_size)

    Examples
    --------
    >>> F.adaptive_avg_pool2d(mg.arange(12.0).reshape(1, 3, 4), (None, 2))
    tensor([[[ 0.5000,  2.5000],
             [ 4.5000,  6.5000],
             [ 8.5000, 10.5000]]])
    """
    return _adaptive_average("adaptive_avg_pool2d", 2, input, output_size)


def adaptive_avg_pool3d(input: Operand, output_size: Any) -> Tensor:
    """Return the mean of bins of (N, C, D, H, W) or (C, D, H, W); see `adaptive_avg_pool2d`.

    Examples
    --------
    >>> F.adaptive_avg_pool3d(mg.arange(8.0).reshape(1, 2, 2, 2), 1)
    tensor([[[[3.5000]]]])
    """
    return _adaptive_average("adaptive_avg_pool3d", 3, input, output_size)


def _adaptive_maximum(name: str, dims: int, input: Any, output_size: Any, return_indices: bool) -> Any:
    size = _bins(name, dims, input, output_size)
    if input.dtype.kind == "b":
        raise NotImplementedError(f"{name}: expected numbers, got bools; convert with .float()")
    indices = _adaptive_max_indices(input, size)
    lead = tuple(input.shape[:-dims])
    flat = [reshape(t, (*lead, math.prod(t.shape[-dims:]))) for t in (input, indices)]
    values = reshape(gather(flat[0], -1, flat[1]), tuple(indices.shape))
    return (values, indices) if return_indices else values


def adaptive_max_pool1d(
    input: Operand, output_size: Any, return_indices: bool = False
) -> Tensor | tuple[Tensor, Tensor]:
    """Return the maximum of `output_size` bins of (N, C, L) or (C, L); see `adaptive_max_pool2d`.

    Examples
    --------
    >>> F.adaptive_max_pool1d(mg.tensor([[1.0, 2.0, 6.0]]), 2)
    tensor([[2., 6.]])
    """
    return _adaptive_maximum("adaptive_max_pool1d", 1, input, output_size, return_indices)


def adaptive_max_pool1d_with_indices(input: Operand, output_size: Any) -> tuple[Tensor, Tensor]:
    """`adaptive_max_pool1d` with its indices, as PyTorch has it outside of `nn.functional`."""
    values, indices = _adaptive_maximum("adaptive_max_pool1d", 1, input, output_size, True)
    return values, indices


def adaptive_max_pool2d(
    input: Operand, output_size: Any, return_indices: bool = False
) -> Tensor | tuple[Tensor, Tensor]:
    """Return the maximum of the bins of `adaptive_avg_pool2d`; the first one wins, NaN is greater than all.

    Parameters
    ----------
    input : (N, C, H, W) or (C, H, W)
    output_size : int or (int, int)
        None in place of one of them keeps that size.
    return_indices : bool
        Also return where in its flattened plane each maximum is.

    Returns
    -------
    Tensor, (N, C, *output_size) or (C, *output_size); with `return_indices` and int64 indices of that shape

    Examples
    --------
    >>> F.adaptive_max_pool2d(mg.arange(12.0).reshape(1, 3, 4), (None, 2))
    tensor([[[ 1.,  3.],
             [ 5.,  7.],
             [ 9., 11.]]])
    """
    return _adaptive_maximum("adaptive_max_pool2d", 2, input, output_size, return_indices)


def adaptive_max_pool3d(
    input: Operand, output_size: Any, return_indices: bool = False
) -> Tensor | tuple[Tensor, Tensor]:
    """Return the maximum of bins of (N, C, D, H, W) or (C, D, H, W); see `adaptive_max_pool2d`.

    Examples
    --------
    >>> F.adaptive_max_pool3d(mg.arange(8.0).reshape(1, 2, 2, 2), 1)
    tensor([[[[7.]]]])
    """
    return _adaptive_maximum("adaptive_max_pool3d", 3, input, output_size, return_indices)
