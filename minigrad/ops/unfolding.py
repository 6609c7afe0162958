"""Windows as a dimension, and back: what convolution is when written as a matrix product."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.ops.checks import Numbers, check_shape, check_tensor, per_dim
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.padding import pad
from minigrad.ops.primitives.dims import one_dim
from minigrad.ops.primitives.indexing import ALL, add_up, look_up, slice_by
from minigrad.ops.primitives.shape import reshape

__all__ = ["fold", "unfold"]


@operation(input=lambda g, input_shape, dim, size, step: _overlaid(g, input_shape, dim, size, step), view=True)
def _windows(input: Operand, dim: int, size: int, step: int) -> Operand:
    """Return a view of all windows along a dimension; the last dimension is the place in the window."""
    windows = np.lib.stride_tricks.sliding_window_view(input, size, dim, writeable=True) if size else None
    if windows is None:  # NumPy has no windows of nothing
        return np.empty((*input.shape[:dim], input.shape[dim] // step + 1, *input.shape[dim + 1 :], 0), input.dtype)
    return windows[(slice(None),) * dim + (slice(None, None, step),)]


@operation(input=lambda g, dim, size, step: _windows(g, dim, size, step))
def _overlaid(input: Operand, shape: tuple[int, ...], dim: int, size: int, step: int) -> Operand:
    """Add windows to zeros of `shape` where they come from: the adjoint of `_windows`.

    By windows or by places in a window, whichever are fewer.
    """
    whole = np.zeros(shape, input.dtype)
    along, windows = np.moveaxis(whole, dim, 0), np.moveaxis(input, (dim, -1), (0, 1))
    count = windows.shape[0]
    if count < size:
        for i in range(count):
            along[i * step : i * step + size] += windows[i]
    else:
        for place in range(size):
            along[place : place + (count - 1) * step + 1 : step] += windows[:, place]
    return whole


@method("unfold", only=True)
def _unfold_method(input: Operand, dimension: int, size: int, step: int) -> Tensor:
    """Return all windows of `size` elements, `step` apart, along a dimension; the last is the place in the window.

    A view: it has the memory of the tensor, as PyTorch's.
    """
    dim = one_dim("unfold", dimension, len(input.shape))
    length = input.shape[dim] if input.shape else 1
    if not 0 <= size <= length or step < 1:
        raise RuntimeError(f"unfold: expected a size of at most {length} and a step from 1, got {size} and {step}")
    if not input.shape:
        return slice_by(reshape(input, (1,)), (slice(size),))
    return _windows(input, dim, size, step)


Pair = tuple[int, ...]


def _arguments(name: str, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> tuple[Pair, Pair, Pair, Pair]:
    for what, value in (("kernel_size", kernel_size), ("dilation", dilation), ("padding", padding), ("stride", stride)):
        if isinstance(value, (tuple, list)) and len(value) == 1:
            raise RuntimeError(f"{name}: expected {what} to be one int or 2, got {value!r}")
    return (
        per_dim(name, "kernel_size", kernel_size, 2, 1),
        per_dim(name, "dilation", dilation, 2, 1),
        per_dim(name, "padding", padding, 2, 0),
        per_dim(name, "stride", stride, 2, 1),
    )


def _places(name: str, size: Pair, kernel: Pair, dilation: Pair, stride: Pair) -> tuple[Any, ...]:
    """Return the index that gives (N, C, kH, kW, rows, columns) of images (N, C, *size)."""
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    if any(r > n for r, n in zip(reach, size, strict=True)):
        raise RuntimeError(f"{name}: the windows reach over {tuple(reach)}, more than the padded image of {size}")
    y, x = (
        np.arange(k)[:, None] * d + np.arange(0, n - r + 1, s)
        for n, k, d, r, s in zip(size, kernel, dilation, reach, stride, strict=True)
    )
    return ALL, ALL, y[:, None, :, None], x[None, :, None, :]


def unfold(
    input: Operand, kernel_size: Numbers, dilation: Numbers = 1, padding: Numbers = 0, stride: Numbers = 1
) -> Tensor:
    """Return all windows of an image as columns.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W) or (C, H, W)

    Returns
    -------
    Tensor of shape (N, C * kH * kW, L), L being the number of windows

    Examples
    --------
    >>> F.unfold(mg.arange(6.0).reshape(1, 1, 2, 3), kernel_size=2)
    tensor([[[0., 1.],
             [1., 2.],
             [3., 4.],
             [4., 5.]]])
    """
    check_tensor("unfold", "input", input)
    shape = tuple(input.shape)
    check_shape("unfold", shape, 2)
    if len(shape) == 3:
        return unfold(input.reshape(1, *shape), kernel_size, dilation, padding, stride)[0]
    kernel, dilation, (py, px), stride = _arguments("unfold", kernel_size, dilation, padding, stride)
    padded = pad(input, (px, px, py, py)) if py or px else input
    windows = look_up(padded, _places("unfold", tuple(padded.shape[2:]), kernel, dilation, stride))
    rows, columns = windows.shape[4:]
    return reshape(windows, (shape[0], shape[1] * kernel[0] * kernel[1], rows * columns))


def fold(
    input: Operand,
    output_size: Numbers,
    kernel_size: Numbers,
    dilation: Numbers = 1,
    padding: Numbers = 0,
    stride: Numbers = 1,
) -> Tensor:
    r"""Put windows as columns back into an image, adding them where they overlap: the adjoint of `unfold`.

    Parameters
    ----------
    input : Tensor of shape (N, C * kH * kW, L) or (C * kH * kW, L)
    output_size : the height and the width of the images

    Returns
    -------
    Tensor of shape (N, C, \*output_size)

    Raises
    ------
    RuntimeError
        If the number or the size of the columns does not match.

    Examples
    --------
    >>> F.fold(mg.ones(1, 4, 2), output_size=(2, 3), kernel_size=2)
    tensor([[[[1., 2., 1.],
              [1., 2., 1.]]]])
    """
    check_tensor("fold", "input", input)
    shape = tuple(input.shape)
    if len(shape) == 2:
        return fold(input.reshape(1, *shape), output_size, kernel_size, dilation, padding, stride)[0]
    kernel, dilation, (py, px), stride = _arguments("fold", kernel_size, dilation, padding, stride)
    height, width = per_dim("fold", "output_size", output_size, 2, 1)
    size = (height + 2 * py, width + 2 * px)
    key = _places("fold", size, kernel, dilation, stride)
    rows, columns, area = key[2].shape[2], key[3].shape[3], kernel[0] * kernel[1]
    if len(shape) != 3 or not shape[1] or shape[1] % area or shape[2] != rows * columns:
        raise RuntimeError(
            f"fold: expected shape (N, C * {area}, {rows * columns}): windows of {kernel}, {rows} x {columns} of them; "
            f"got {shape}"
        )
    windows = reshape(input, (shape[0], shape[1] // area, *kernel, rows, columns))
    whole = add_up(windows, (*windows.shape[:2], *size), key)
    return slice_by(whole, (ALL, ALL, slice(py, py + height), slice(px, px + width))) if py or px else whole
