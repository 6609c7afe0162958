"""Convolution in one, two and three dimensions, and its transpose.

Three operations are enough, each bilinear, and they differentiate into one another: the convolution, its transpose
(which is its gradient in the input) and its gradient in the weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.kernels.convolution import correlate, correlate_input, correlate_weight
from minigrad.ops.checks import Numbers, check_shape, check_tensor, hashable, per_dim
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.primitives.summation import sum_over

__all__ = ["conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"]

Pairs = tuple[tuple[int, int], ...]


# ---- the operations --------------------------------------------------------------------------------------------------


@operation(
    input=lambda g, weight, input_shape, stride, padding, dilation, groups: _convolution_transpose(
        g, weight, None, input_shape[2:], stride, padding, dilation, groups
    ),
    weight=lambda g, input, weight_shape, stride, padding, dilation, groups: _convolution_weight(
        input, g, weight_shape[2:], stride, padding, dilation, groups
    ),
    bias=lambda g: sum_over(g, (0, *range(2, g.ndim)), False),
)
def _convolution(
    input: Operand, weight: Operand, bias: Operand, stride: tuple[int, ...], padding: Pairs, dilation: tuple[int, ...],
    groups: int,
) -> Operand:  # fmt: skip
    """y[n, o, i] = bias[o] + sum over c, u of input[n, c, stride * i + dilation * u - padding] * weight[o, c, u]."""
    return correlate(input, weight, bias, stride, padding, dilation, groups)


@operation(
    input=lambda g, weight, stride, padding, dilation, groups: _convolution(
        g, weight, None, stride, padding, dilation, groups
    ),
    weight=lambda g, input, weight_shape, stride, padding, dilation, groups: _convolution_weight(
        g, input, weight_shape[2:], stride, padding, dilation, groups
    ),
    bias=lambda g: sum_over(g, (0, *range(2, g.ndim)), False),
)
def _convolution_transpose(
    input: Operand, weight: Operand, bias: Operand, size: tuple[int, ...], stride: tuple[int, ...], padding: Pairs,
    dilation: tuple[int, ...], groups: int,
) -> Operand:  # fmt: skip
    """y[n, c] = bias[c]; then y[n, c, stride * i + dilation * u - padding] += input[n, o, i] * weight[o, c, u]."""
    y = correlate_input(input, weight, size, stride, padding, dilation, groups)
    if bias is not None:
        y += bias.reshape(-1, *[1] * len(size))
    return y


@operation(
    input=lambda g, other, input_shape, stride, padding, dilation, groups: _convolution_transpose(
        other, g, None, input_shape[2:], stride, padding, dilation, groups
    ),
    other=lambda g, input, stride, padding, dilation, groups: _convolution(
        input, g, None, stride, padding, dilation, groups
    ),
)
def _convolution_weight(
    input: Operand, other: Operand, kernel: tuple[int, ...], stride: tuple[int, ...], padding: Pairs,
    dilation: tuple[int, ...], groups: int,
) -> Operand:  # fmt: skip
    """Return the adjoint of the convolution in its weight; `other` has the shape of the output."""
    return correlate_weight(input, other, kernel, stride, padding, dilation, groups)


# ---- arguments -------------------------------------------------------------------------------------------------------


def _pairs(name: str, padding: Any, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]) -> Pairs:
    """Return `padding` as (before, after) for each dimension; "same" puts the odd one behind."""
    if padding == "valid":
        return ((0, 0),) * len(kernel)
    if padding == "same":
        if max(stride) > 1:
            raise RuntimeError(
                f"{name}: padding='same' needs stride 1, got stride {tuple(stride)}; give padding as ints"
            )
        total = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
        return tuple((t // 2, t - t // 2) for t in total)
    if isinstance(padding, str):
        raise RuntimeError(f"{name}: expected padding to be 'valid', 'same' or ints, got {padding!r}")
    return tuple((p, p) for p in per_dim(name, "padding", padding, len(kernel), 0))


def _check(
    name: str, dims: int, shape: tuple[int, ...], weight: tuple[int, ...], groups: Any, transposed: bool
) -> None:
    """Raise unless input and weight fit each other."""
    check_shape(name, shape, dims)
    layout = "in_channels, out_channels / groups" if transposed else "out_channels, in_channels / groups"
    if len(weight) != dims + 2 or 0 in weight[2:]:
        kernel = ", ".join("k" + letter for letter in "DHW"[-dims:])
        raise RuntimeError(f"{name}: expected a weight of shape ({layout}, {kernel}), got {tuple(weight)}")
    if isinstance(groups, bool) or not hasattr(groups, "__index__"):
        raise TypeError(f"{name}: expected groups to be an int, got {groups!r}")
    if groups < 1 or weight[0] % groups:
        raise RuntimeError(f"{name}: groups={groups} does not divide the first dimension of the weight {tuple(weight)}")
    channels, wanted = shape[-dims - 1], weight[0] if transposed else weight[1] * groups
    if channels != wanted:
        raise RuntimeError(
            f"{name}: a weight of shape {tuple(weight)} ({layout}) with groups={groups} expects {wanted} input "
            f"channels, got {channels} in an input of shape {tuple(shape)}{_misplaced(tuple(shape), wanted, dims)}"
        )


def _misplaced(shape: tuple[int, ...], channels: int, dims: int) -> str:
    """Return a hint where the channels come last, or are left out because there is one."""
    batch = len(shape) - dims - 1
    if shape[-1] == channels:
        order = (*range(batch), len(shape) - 1, *range(batch, len(shape) - 1))
        return f"; if the channels are its last dimension, .permute{order} puts them where they belong"
    if channels == 1 and not batch:
        return "; if these are images of one channel, .unsqueeze(1) gives them that dimension"
    return ""


@lru_cache(maxsize=1024, typed=True)  # typed: 1.0 is not the 1 that was accepted before
def _arguments(
    name: str, dims: int, shape: tuple[int, ...], weight: tuple[int, ...], stride: Any, padding: Any, dilation: Any,
    groups: int,
) -> tuple[tuple[int, ...], Pairs, tuple[int, ...]]:  # fmt: skip
    """Return stride, padding and dilation for each dimension; raise if anything does not fit."""
    _check(name, dims, shape, weight, groups, False)
    kernel = weight[2:]
    stride = per_dim(name, "stride", stride, dims, 1)
    dilation = per_dim(name, "dilation", dilation, dims, 1)
    pairs = _pairs(name, padding, kernel, stride, dilation)
    padded = tuple(n + before + after for n, (before, after) in zip(shape[-dims:], pairs, strict=True))
    reach = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))
    if any(n < r for n, r in zip(padded, reach, strict=True)):
        raise RuntimeError(
            f"{name}: the kernel, {reach} with its dilation, is larger than the padded input, {padded}; "
            "use a smaller kernel, more padding, or less pooling before"
        )
    return stride, pairs, dilation


@lru_cache(maxsize=1024, typed=True)  # typed: 1.0 is not the 1 that was accepted before
def _transposed_arguments(
    name: str, dims: int, shape: tuple[int, ...], weight: tuple[int, ...], stride: Any, padding: Any,
    output_padding: Any, groups: int, dilation: Any,
) -> tuple[tuple[int, ...], tuple[int, ...], Pairs, tuple[int, ...]]:  # fmt: skip
    """Return output size, stride, padding and dilation for each dimension; raise if anything does not fit."""
    _check(name, dims, shape, weight, groups, True)
    stride = per_dim(name, "stride", stride, dims, 1)
    dilation = per_dim(name, "dilation", dilation, dims, 1)
    padding = per_dim(name, "padding", padding, dims, 0)
    extra = per_dim(name, "output_padding", output_padding, dims, 0)
    if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
        raise RuntimeError(
            f"{name}: expected output_padding to be less than stride or dilation, got output_padding={extra}, "
            f"stride={stride}, dilation={dilation}"
        )
    size = tuple(
        (n - 1) * s + d * (k - 1) + 1 - 2 * p + e
        for n, k, s, d, p, e in zip(shape[-dims:], weight[2:], stride, dilation, padding, extra, strict=True)
    )
    if min(size) < 1:
        raise RuntimeError(f"{name}: an input of shape {shape} would give an output of size {size}; use less padding")
    return size, stride, tuple((p, p - e) for p, e in zip(padding, extra, strict=True)), dilation


def _shapes(name: str, input: Any, weight: Any, bias: Any) -> list[tuple[int, ...]]:
    """Return the shapes of what is given; raise unless all are tensors of one dtype."""
    given = {"input": input, "weight": weight} if bias is None else {"input": input, "weight": weight, "bias": bias}
    arrays = [check_tensor(name, what, value) for what, value in given.items()]
    dtypes = [a.dtype for a in arrays]
    if dtypes.count(dtypes[0]) < len(dtypes):
        raise RuntimeError(
            f"{name}: expected {', '.join(given)} of one dtype, got {', '.join(map(str, dtypes))}; "
            "convert with .to(dtype)"
        )
    return [a.shape for a in arrays]


def _check_bias(name: str, shapes: list[tuple[int, ...]], outputs: int) -> None:
    if len(shapes) == 3 and shapes[2] != (outputs,):
        raise RuntimeError(f"{name}: expected a bias of shape ({outputs},), got {shapes[2]}")


# ---- PyTorch's names -------------------------------------------------------------------------------------------------


def _convolve(
    name: str, dims: int, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int
) -> Any:
    shape, sizes, *_ = shapes = _shapes(name, input, weight, bias)
    steps = _arguments(
        name, dims, shape, sizes, hashable(name, "stride", stride), hashable(name, "padding", padding),
        hashable(name, "dilation", dilation), hashable(name, "groups", groups),
    )  # fmt: skip
    _check_bias(name, shapes, sizes[0])
    if len(shape) == dims + 2:
        return _convolution(input, weight, bias, *steps, groups)
    y = _convolution(reshape(input, (1, *shape)), weight, bias, *steps, groups)
    return reshape(y, tuple(y.shape[1:]))


def _convolve_transposed(
    name: str, dims: int, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, output_padding: Any,
    groups: int, dilation: Any,
) -> Any:  # fmt: skip
    shape, sizes, *_ = shapes = _shapes(name, input, weight, bias)
    steps = _transposed_arguments(
        name, dims, shape, sizes, hashable(name, "stride", stride), hashable(name, "padding", padding),
        hashable(name, "output_padding", output_padding), hashable(name, "groups", groups),
        hashable(name, "dilation", dilation),
    )  # fmt: skip
    _check_bias(name, shapes, sizes[1] * groups)
    if len(shape) == dims + 2:
        return _convolution_transpose(input, weight, bias, *steps, groups)
    y = _convolution_transpose(reshape(input, (1, *shape)), weight, bias, *steps, groups)
    return reshape(y, tuple(y.shape[1:]))


def conv1d(
    input: Operand, weight: Operand, bias: Operand = None, stride: Numbers = 1, padding: Numbers | str = 0,
    dilation: Numbers = 1, groups: int = 1,
) -> Tensor:  # fmt: skip
    """Convolve (cross-correlate) along one dimension; see `conv2d`.

    Parameters
    ----------
    input : (N, C, L) or (C, L)
    weight : (out_channels, C / groups, kL)

    Returns
    -------
    Tensor, (N, out_channels, L') or (out_channels, L')

    Examples
    --------
    >>> x = mg.tensor([[1.0, 2.0, 4.0, 8.0]])
    >>> F.conv1d(x, mg.tensor([[[-1.0, 1.0]]]))
    tensor([[1., 2., 4.]])
    """
    return _convolve("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Operand, weight: Operand, bias: Operand = None, stride: Numbers = 1, padding: Numbers | str = 0,
    dilation: Numbers = 1, groups: int = 1,
) -> Tensor:  # fmt: skip
    """Convolve (cross-correlate) images with kernels.

    ``y[n, o, i, j] = bias[o] + sum over c, u, v of input[n, c, s*i + d*u - p, s*j + d*v - p] * weight[o, c, u, v]``,
    with stride s, dilation d and padding p, zeros around the image.

    Parameters
    ----------
    input : (N, C, H, W) or (C, H, W)
    weight : (out_channels, C / groups, kH, kW)
    bias : (out_channels,), optional
    stride : int or (int, int)
    padding : int, (int, int), "valid" for none, or "same" for as much as keeps the size; then stride must be 1, and an
        odd amount has its larger part on the right and below
    dilation : int or (int, int)
        The step between the elements of the kernel.
    groups : int
        Input and output channels are cut into this many parts, each convolved on its own.

    Returns
    -------
    Tensor, (N, out_channels, H', W') or (out_channels, H', W')
        With ``H' = (H + 2 * padding - dilation * (kH - 1) - 1) // stride + 1``.

    Raises
    ------
    RuntimeError
        If shapes, channels, groups or dtypes do not fit, or the kernel is larger than the padded input.

    Examples
    --------
    >>> image = mg.arange(9.0).reshape(1, 1, 3, 3)
    >>> F.conv2d(image, mg.ones(1, 1, 2, 2))
    tensor([[[[ 8., 12.],
              [20., 24.]]]])
    """
    return _convolve("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Operand, weight: Operand, bias: Operand = None, stride: Numbers = 1, padding: Numbers | str = 0,
    dilation: Numbers = 1, groups: int = 1,
) -> Tensor:  # fmt: skip
    """Convolve (cross-correlate) volumes; see `conv2d`.

    Parameters
    ----------
    input : (N, C, D, H, W) or (C, D, H, W)
    weight : (out_channels, C / groups, kD, kH, kW)

    Returns
    -------
    Tensor, (N, out_channels, D', H', W') or (out_channels, D', H', W')

    Examples
    --------
    >>> F.conv3d(mg.ones(1, 4, 4, 4), mg.ones(2, 1, 3, 3, 3), padding="same").shape
    Size([2, 4, 4, 4])
    """
    return _convolve("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: Operand, weight: Operand, bias: Operand = None, stride: Numbers = 1, padding: Numbers = 0,
    output_padding: Numbers = 0, groups: int = 1, dilation: Numbers = 1,
) -> Tensor:  # fmt: skip
    """Return the adjoint of `conv1d`; see `conv_transpose2d`.

    Parameters
    ----------
    input : (N, C, L) or (C, L)
    weight : (C, out_channels / groups, kL)

    Returns
    -------
    Tensor, (N, out_channels, L') or (out_channels, L')

    Examples
    --------
    >>> F.conv_transpose1d(mg.tensor([[1.0, 2.0]]), mg.tensor([[[1.0, 1.0, 1.0]]]), stride=2)
    tensor([[1., 1., 3., 2., 2.]])
    """
    return _convolve_transposed(
        "conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation
    )


def conv_transpose2d(
    input: Operand, weight: Operand, bias: Operand = None, stride: Numbers = 1, padding: Numbers = 0,
    output_padding: Numbers = 0, groups: int = 1, dilation: Numbers = 1,
) -> Tensor:  # fmt: skip
    """Return the adjoint of `conv2d`: each element of the input adds its multiple of the kernel to the output.

    Parameters
    ----------
    input : (N, C, H, W) or (C, H, W)
    weight : (C, out_channels / groups, kH, kW)
        As `conv2d` would take it to go from the output to the input.
    bias : (out_channels,), optional
    stride, padding, dilation : int or (int, int)
        Those of that `conv2d`; padding cuts off the border of the output.
    output_padding : int or (int, int)
        Rows and columns added at the end, less than stride or dilation: several sizes have the same convolution.
    groups : int

    Returns
    -------
    Tensor, (N, out_channels, H', W') or (out_channels, H', W')
        With ``H' = (H - 1) * stride - 2 * padding + dilation * (kH - 1) + output_padding + 1``.

    Raises
    ------
    RuntimeError
        If shapes, channels, groups, dtypes or output_padding do not fit, or nothing is left of the output.

    Examples
    --------
    >>> F.conv_transpose2d(mg.tensor([[[1.0, 2.0]]]), mg.ones(1, 1, 2, 2), stride=2)
    tensor([[[1., 1., 2., 2.],
             [1., 1., 2., 2.]]])
    """
    return _convolve_transposed(
        "conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation
    )


def conv_transpose3d(
    input: Operand, weight: Operand, bias: Operand = None, stride: Numbers = 1, padding: Numbers = 0,
    output_padding: Numbers = 0, groups: int = 1, dilation: Numbers = 1,
) -> Tensor:  # fmt: skip
    """Return the adjoint of `conv3d`; see `conv_transpose2d`.

    Parameters
    ----------
    input : (N, C, D, H, W) or (C, D, H, W)
    weight : (C, out_channels / groups, kD, kH, kW)

    Returns
    -------
    Tensor, (N, out_channels, D', H', W') or (out_channels, D', H', W')

    Examples
    --------
    >>> F.conv_transpose3d(mg.ones(2, 1, 1, 1), mg.ones(2, 1, 2, 2, 2)).shape
    Size([1, 2, 2, 2])
    """
    return _convolve_transposed(
        "conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups, dilation
    )
