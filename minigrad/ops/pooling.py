"""Pooling in one, two and three dimensions: maximum and average."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.tensor import Tensor
from minigrad.graph.grad_mode import is_grad_enabled
from minigrad.kernels import pooling as kernels
from minigrad.kernels.pooling import Window
from minigrad.ops.checks import Numbers, check_shape, check_tensor, hashable, per_dim, require_floating
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.primitives.casting import cast

__all__ = [
    "max_pool1d", "max_pool2d", "max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d",
]  # fmt: skip


# ---- maximum ---------------------------------------------------------------------------------------------------------


@operation(
    outputs=("y", "winners"),
    input=lambda g, winners, input_shape, window: _scatter_winners(g, winners, _pooled(input_shape, window), window),
)
def _max_pool(input: Operand, window: Window) -> Operand:
    """Return the maximum of each window, and which of the window's elements it is."""
    return kernels.max_pool_winners(input, window)


@operation("input")
def _max_pool_values(input: Operand, window: Window) -> Operand:
    """Return the maximum of each window alone, for when no gradient is wanted: half the time."""
    return kernels.max_pool(input, window)


@operation("winners", input=lambda g, winners, window: _gather_winners(g, winners, window))
def _scatter_winners(input: Operand, winners: Operand, size: tuple[int, ...], window: Window) -> Operand:
    """Return zeros to which each window adds its value at the place of its winner."""
    return kernels.scatter_winners(input, winners, size, window)


@operation(
    "winners",
    input=lambda g, winners, input_shape, window: _scatter_winners(g, winners, _pooled(input_shape, window), window),
)
def _gather_winners(input: Operand, winners: Operand, window: Window) -> Operand:
    """Return the value at the place of each window's winner."""
    return kernels.gather_winners(input, winners, window)


@operation("winners")
def _winner_indices(winners: Operand, size: tuple[int, ...], window: Window) -> Operand:
    """Return the winners as PyTorch counts them, in the flattened plane."""
    return kernels.winner_indices(winners, size, window)


# ---- average ---------------------------------------------------------------------------------------------------------


@operation(
    input=lambda g, input_shape, window, count_include_pad, divisor: _spread(
        g, _pooled(input_shape, window), window, count_include_pad, divisor
    )
)
def _avg_pool(input: Operand, window: Window, count_include_pad: bool, divisor: int | None) -> Operand:
    """Return the mean of each window."""
    return kernels.avg_pool(input, window, count_include_pad, divisor)


@operation(
    input=lambda g, window, count_include_pad, divisor: _avg_pool(g, window, count_include_pad, divisor),
)
def _spread(
    input: Operand, size: tuple[int, ...], window: Window, count_include_pad: bool, divisor: int | None
) -> Operand:
    """Return the adjoint of the mean: each value spread evenly over its window."""
    return kernels.avg_pool_adjoint(input, size, window, count_include_pad, divisor)


def _pooled(shape: Sequence[int], window: Window) -> tuple[int, ...]:
    """Return the dimensions of `shape` that are pooled."""
    return tuple(shape[-len(window.out) :])


# ---- arguments -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1024, typed=True)  # typed: 1.0 is not the 1 that was accepted before
def _window(
    name: str, dims: int, shape: tuple[int, ...], kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> Window:
    """Return the windows that these arguments mean; raise if they mean none."""
    check_shape(name, shape, dims)
    size = shape[-dims:]
    kernel = per_dim(name, "kernel_size", kernel, dims, 1)
    stride = kernel if stride is None or stride == () else per_dim(name, "stride", stride, dims, 1)
    padding = per_dim(name, "padding", padding, dims, 0)
    dilation = per_dim(name, "dilation", dilation, dims, 1)
    if any(p > k // 2 for p, k in zip(padding, kernel, strict=True)):
        raise RuntimeError(
            f"{name}: expected padding to be at most half of kernel_size, got padding={padding}, kernel_size={kernel}; "
            "a window must not lie in the padding alone"
        )
    window = kernels.pool_window(size, kernel, stride, padding, dilation, bool(ceil_mode))
    if min(window.out) < 1:
        raise RuntimeError(
            f"{name}: an input of size {size} would give an output of size {window.out} with kernel_size={kernel}, "
            f"padding={padding}, dilation={dilation}; use a smaller kernel, or larger images"
        )
    return window


def _maximum(
    name: str, dims: int, input: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool,
    return_indices: bool,
) -> Any:  # fmt: skip
    shape = check_tensor(name, "input", input).shape
    if input.dtype.kind == "b":
        raise NotImplementedError(f"{name}: expected numbers, got bools; convert with .float()")
    window = _window(
        name, dims, shape, hashable(name, "kernel_size", kernel), hashable(name, "stride", stride),
        hashable(name, "padding", padding), hashable(name, "dilation", dilation), ceil_mode,
    )  # fmt: skip
    recorded = isinstance(input, Tensor) and input.requires_grad and is_grad_enabled()
    if not (recorded or return_indices):
        return _max_pool_values(input, window)
    values, winners = _max_pool(input, window)
    return (values, _winner_indices(winners, shape[-dims:], window)) if return_indices else values


def _average(
    name: str, dims: int, input: Any, kernel: Any, stride: Any, padding: Any, ceil_mode: bool, count_include_pad: bool,
    divisor: int | None,
) -> Any:  # fmt: skip
    shape = check_tensor(name, "input", input).shape
    if input.dtype == np.int64:  # the only integers that PyTorch averages: exactly, and rounded towards zero
        exact = cast(input, dtypes.float64)
        args = (kernel, stride, padding, ceil_mode, count_include_pad, divisor)
        return cast(_average(name, dims, exact, *args), dtypes.int64)
    require_floating(name, input, NotImplementedError)
    if divisor == 0:
        raise RuntimeError(f"{name}: expected divisor_override not to be 0")
    window = _window(
        name, dims, shape, hashable(name, "kernel_size", kernel), hashable(name, "stride", stride),
        hashable(name, "padding", padding), 1, ceil_mode,
    )  # fmt: skip
    return _avg_pool(input, window, bool(count_include_pad), divisor)


# ---- PyTorch's names -------------------------------------------------------------------------------------------------


def max_pool1d(
    input: Operand, kernel_size: Numbers, stride: Numbers | None = None, padding: Numbers = 0, dilation: Numbers = 1,
    ceil_mode: bool = False, return_indices: bool = False,
) -> Tensor | tuple[Tensor, Tensor]:  # fmt: skip
    """Return the maximum of windows of (N, C, L) or (C, L); see `max_pool2d`.

    Examples
    --------
    >>> F.max_pool1d(mg.tensor([[1.0, 3.0, 2.0, 5.0, 4.0]]), 2)
    tensor([[3., 5.]])
    """
    return _maximum("max_pool1d", 1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(
    input: Operand, kernel_size: Numbers, stride: Numbers | None = None, padding: Numbers = 0, dilation: Numbers = 1,
    ceil_mode: bool = False, return_indices: bool = False,
) -> Tensor | tuple[Tensor, Tensor]:  # fmt: skip
    """Return the maximum of each window of the planes; NaN where there is one in the window.

    The gradient goes to the first maximum of a window; where windows overlap, gradients add up.

    Parameters
    ----------
    input : (N, C, H, W) or (C, H, W)
    kernel_size : int or (int, int)
    stride : int or (int, int), optional
        The kernel's size by default.
    padding : int or (int, int)
        With -inf, on both sides; at most half of the kernel.
    dilation : int or (int, int)
        The step between the elements of a window.
    ceil_mode : bool
        Round the number of windows up: the last one may reach over the end, if it does not start there.
    return_indices : bool
        Also return where in its flattened plane each maximum is.

    Returns
    -------
    Tensor, (N, C, H', W') or (C, H', W'); with `return_indices` and int64 indices of that shape
        ``H' = (H + 2 * padding - dilation * (kH - 1) - 1) // stride + 1``.

    Raises
    ------
    RuntimeError
        If shapes do not fit, padding is more than half of the kernel, or nothing is left of the input.

    Examples
    --------
    >>> F.max_pool2d(mg.arange(16.0).reshape(1, 4, 4), 2, return_indices=True)
    (tensor([[[ 5.,  7.],
             [13., 15.]]]), tensor([[[ 5,  7],
             [13, 15]]]))
    """
    return _maximum("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool3d(
    input: Operand, kernel_size: Numbers, stride: Numbers | None = None, padding: Numbers = 0, dilation: Numbers = 1,
    ceil_mode: bool = False, return_indices: bool = False,
) -> Tensor | tuple[Tensor, Tensor]:  # fmt: skip
    """Return the maximum of windows of (N, C, D, H, W) or (C, D, H, W); see `max_pool2d`.

    Examples
    --------
    >>> F.max_pool3d(mg.arange(8.0).reshape(1, 2, 2, 2), 2)
    tensor([[[[7.]]]])
    """
    return _maximum("max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def avg_pool1d(
    input: Operand, kernel_size: Numbers, stride: Numbers | None = None, padding: Numbers = 0, ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:  # fmt: skip
    """Return the mean of windows of (N, C, L) or (C, L); see `avg_pool2d`.

    Examples
    --------
    >>> F.avg_pool1d(mg.tensor([[1.0, 3.0, 2.0, 6.0]]), 2)
    tensor([[2., 4.]])
    """
    return _average("avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def avg_pool2d(
    input: Operand, kernel_size: Numbers, stride: Numbers | None = None, padding: Numbers = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Tensor:  # fmt: skip
    """Return the mean of each window of the planes.

    Parameters
    ----------
    input : (N, C, H, W) or (C, H, W)
    kernel_size, stride, padding, ceil_mode
        As in `max_pool2d`; padding is with zeros.
    count_include_pad : bool
        Whether padding counts in what the sum is divided by; what `ceil_mode` adds never does.
    divisor_override : int, optional
        Divide by this instead.

    Returns
    -------
    Tensor, (N, C, H', W') or (C, H', W')

    Raises
    ------
    RuntimeError
        As `max_pool2d`; if the input is not floating, or the divisor 0.

    Examples
    --------
    >>> F.avg_pool2d(mg.arange(16.0).reshape(1, 4, 4), 2)
    tensor([[[ 2.5000,  4.5000],
             [10.5000, 12.5000]]])
    """
    return _average(
        "avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


def avg_pool3d(
    input: Operand, kernel_size: Numbers, stride: Numbers | None = None, padding: Numbers = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Tensor:  # fmt: skip
    """Return the mean of windows of (N, C, D, H, W) or (C, D, H, W); see `avg_pool2d`.

    Examples
    --------
    >>> F.avg_pool3d(mg.arange(8.0).reshape(1, 2, 2, 2), 2)
    tensor([[[[3.5000]]]])
    """
    return _average(
        "avg_pool3d", 3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )
