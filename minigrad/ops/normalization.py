"""Normalization: activations brought to mean 0 and variance 1 over the batch, a layer, or groups of channels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.tensor import Tensor
from minigrad.graph import versions
from minigrad.kernels import normalization as kernel
from minigrad.kernels.buffering import row_by_row
from minigrad.kernels.errstate import silent
from minigrad.ops.arithmetic import square
from minigrad.ops.checks import require_floating
from minigrad.ops.declare.declaration import shared_rule
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.exponential import rsqrt
from minigrad.ops.primitives.dims import as_shape
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.primitives.summation import sum_to
from minigrad.ops.reduction import mean_over

__all__ = ["batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm"]

Shape = tuple[int, ...]


def _slopes(
    g: Any, input: Any, weight: Any, dims: Shape, eps: float, own: Shape, broad: Shape, mean: Any, inverse: Any
) -> tuple[Any, Any, Any]:
    if weight is not None:
        weight = reshape(weight, broad)
    if not isinstance(g, Tensor):
        slope, by_weight, by_bias = kernel.normalized_slopes(g, input, weight, mean, inverse, dims, broad)
        return slope, by_weight.reshape(own), by_bias.reshape(own)
    # To be differentiated again: the same from the input, so that mean and inverse are part of the graph.
    centered = input - mean_over(input, dims, True)
    inverse = rsqrt(mean_over(square(centered), dims, True) + eps)
    y = centered * inverse
    gy = g if weight is None else g * weight
    slope = (gy - mean_over(gy, dims, True) - y * mean_over(gy * y, dims, True)) * inverse
    return slope, reshape(sum_to(g * y, broad), own), reshape(sum_to(g, broad), own)


_rule = shared_rule(_slopes)


@operation(outputs=("y", "mean", "variance", "inverse"), input=_rule, weight=_rule, bias=_rule)
@silent
def _normalize(
    input: Operand, weight: Operand | None, bias: Operand | None, dims: Shape, eps: float, own: Shape, broad: Shape
) -> Any:
    """Normalize to mean 0 and variance 1 over `dims`, then multiply by weight and add bias.

    Weight and bias have the shape `own`, and `broad` as they are broadcast to the input.
    """
    weight = None if weight is None else weight.reshape(broad)
    bias = None if bias is None else bias.reshape(broad)
    return kernel.normalized(input, weight, bias, dims, eps)


@operation(
    input=lambda g, scale: g * scale,
    scale=lambda g, input, scale_shape: sum_to(g * input, scale_shape),
    shift=lambda g, shift_shape: sum_to(g, shift_shape),
)
@row_by_row("scale")
def _affine(input: Operand, scale: Operand, shift: Operand) -> Operand:
    """``input * scale + shift``, broadcast to the input."""
    y = input * scale
    y += shift
    return y


# ---- checks ----------------------------------------------------------------------------------------------------------


def _check(name: str, input: Any, shape: Shape, what: str, **parameters: Any) -> None:
    require_floating(name, input)
    for key, value in parameters.items():
        if value is not None and tuple(value.shape) != shape:
            raise RuntimeError(
                f"{name}: expected {key} of shape {shape}, {what} of an input of shape {tuple(input.shape)}, "
                f"got {tuple(value.shape)}"
            )
        if value is not None and value.dtype != input.dtype:
            raise RuntimeError(f"{name}: expected {key} of the input's dtype {input.dtype}, got {value.dtype}")


def _channels(name: str, input: Any, **parameters: Any) -> tuple[Shape, Shape]:
    """Return the shape (C,) of a parameter of each channel, and that shape for broadcasting."""
    if len(input.shape) < 2:
        raise RuntimeError(
            f"{name}: expected an input of shape (N, C, ...), got {tuple(input.shape)}; see unsqueeze(0)"
        )
    count = input.shape[1]
    _check(name, input, (count,), "the number of channels", **parameters)
    return (count,), (1, count) + (1,) * (len(input.shape) - 2)


def _check_several(name: str, input: Any, n: int) -> None:
    if n == 1:
        raise ValueError(
            f"{name}: expected more than 1 value per channel in training, got shape {tuple(input.shape)}; "
            "use a larger batch, or eval()"
        )


def _nothing(input: Any, weight: Any, bias: Any, broad: Shape) -> Any:
    """Return the result for an input without elements: a tensor like it, with weight and bias in its graph."""
    scale = np.ones(broad, input.dtype) if weight is None else weight.reshape(broad)
    return _affine(input, scale, np.zeros(broad, input.dtype) if bias is None else bias.reshape(broad))


# ---- running statistics ----------------------------------------------------------------------------------------------


def _array(t: Any) -> np.ndarray:
    return t._data if isinstance(t, Tensor) else np.asarray(t)


@silent
def _update(running_mean: Any, running_var: Any, mean: Any, variance: Any, n: int, momentum: float) -> None:
    """Update running statistics by the mean and the (unbiased) variance of n values, averaged over dim 0."""
    for running, new in ((running_mean, _array(mean)), (running_var, _array(variance) * (n / (n - 1)))):
        if running is not None:
            array = _array(running)
            average = np.add.reduce(new.reshape(len(new), len(array))) / len(new)
            array += momentum * (average - array)
            versions.bump(array)


@rounded_once
def _with_running(name: str, input: Any, mean: Any, var: Any, weight: Any, bias: Any, eps: float, broad: Shape) -> Any:
    """Normalize by known statistics: one multiplication and one addition."""
    if mean is None or var is None:
        raise RuntimeError(f"{name}: expected running_mean and running_var where the input's own are not used")
    inverse = (1 / np.sqrt(_array(var) + eps)).astype(input.dtype)
    scale = inverse if weight is None else weight * inverse
    shift = -(_array(mean).astype(input.dtype) * scale)
    return _affine(input, scale.reshape(broad), (shift if bias is None else shift + bias).reshape(broad))


def batch_norm(
    input: Operand,
    running_mean: Operand | None,
    running_var: Operand | None,
    weight: Operand | None = None,
    bias: Operand | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """``(input - mean) / sqrt(var + eps) * weight + bias`` for each channel (Ioffe, Szegedy, 2015).

    Parameters
    ----------
    input : Tensor of shape (N, C, ...)
    running_mean, running_var : Tensors of shape (C,), or None
        Used without `training`; changed in place with it, the variance being the unbiased one:
        ``running = (1 - momentum) * running + momentum * batch``.
    weight, bias : Tensors of shape (C,), or None
    training : bool, default False
        Whether to use the batch's own mean and (biased) variance.

    Raises
    ------
    ValueError
        In training, with one value per channel; or if `eps` is negative, or 0 in training.
    RuntimeError
        If shapes or dtypes do not fit, or `training` is False without running statistics.

    Examples
    --------
    >>> x = mg.tensor([[1.0, 10.0], [3.0, 30.0]])
    >>> F.batch_norm(x, None, None, training=True)
    tensor([[-1.0000, -1.0000],
            [ 1.0000,  1.0000]])
    """
    if eps < 0 or (training and not eps):
        raise ValueError(f"batch_norm: expected eps above 0 in training, and else at least 0, got {eps}")
    if momentum is None:
        raise TypeError("batch_norm: expected a number as momentum, got None")
    if tuple(input.shape) == (0,):  # as in PyTorch: nothing, of no channels
        return _nothing(input, weight, bias, (0,))
    own, broad = _channels(
        "batch_norm", input, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias
    )
    if not training:
        return _with_running("batch_norm", input, running_mean, running_var, weight, bias, eps, broad)
    dims = tuple(d for d in range(len(input.shape)) if d != 1)
    n = math.prod(input.shape[d] for d in dims)
    if not n:
        return _nothing(input, weight, bias, broad)
    _check_several("batch_norm", input, n)
    y, mean, variance, _ = _normalize(input, weight, bias, dims, eps, own, broad)
    _update(running_mean, running_var, mean, variance, n, momentum)
    return y


def instance_norm(
    input: Operand,
    running_mean: Operand | None = None,
    running_var: Operand | None = None,
    weight: Operand | None = None,
    bias: Operand | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Normalize as `batch_norm`, with a mean and variance per sample and channel (Ulyanov, Vedaldi, Lempitsky, 2016).

    Parameters
    ----------
    input : Tensor of shape (N, C, ...)
    use_input_stats : bool, default True
        Otherwise the running statistics, of shape (C,), are used. With it, they are updated where given.

    Raises
    ------
    ValueError
        If there is only one spatial element in training.

    Examples
    --------
    >>> F.instance_norm(mg.tensor([[[1.0, 3.0]], [[10.0, 30.0]]]))
    tensor([[[-1.0000,  1.0000]],
    <BLANKLINE>
            [[-1.0000,  1.0000]]])
    """
    own, broad = _channels(
        "instance_norm", input, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias
    )
    if not use_input_stats:
        return _with_running("instance_norm", input, running_mean, running_var, weight, bias, eps, broad)
    dims = tuple(range(2, len(input.shape)))
    n = math.prod(input.shape[2:])
    if not n:
        return _nothing(input, weight, bias, broad)
    if n == 1:
        raise ValueError(
            f"instance_norm: expected more than 1 spatial element in training, got shape {tuple(input.shape)}"
        )
    y, mean, variance, _ = _normalize(input, weight, bias, dims, eps, own, broad)
    _update(running_mean, running_var, mean, variance, n, momentum)
    return y


def layer_norm(
    input: Operand,
    normalized_shape: Sequence[int],
    weight: Operand | None = None,
    bias: Operand | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """``(input - mean) / sqrt(var + eps) * weight + bias`` over the last dimensions (Ba, Kiros, Hinton, 2016).

    Parameters
    ----------
    normalized_shape : ints
        The lengths of these dimensions; also the shape of `weight` and `bias`.

    Raises
    ------
    RuntimeError
        If the input does not end with `normalized_shape`.

    Examples
    --------
    >>> F.layer_norm(mg.tensor([[1.0, 3.0], [10.0, 30.0]]), (2,))
    tensor([[-1.0000,  1.0000],
            [-1.0000,  1.0000]])
    """
    shape = _last("layer_norm", input, normalized_shape, weight=weight, bias=bias)
    before = len(input.shape) - len(shape)
    dims = tuple(range(before, len(input.shape)))
    own = () if weight is None and bias is None else shape  # no gradients are summed for what is not there
    return _normalize(input, weight, bias, dims, eps, own, (1,) * (len(input.shape) - len(own)) + own)[0]


def _last(name: str, input: Any, normalized_shape: Any, **parameters: Any) -> Shape:
    if isinstance(normalized_shape, int):
        normalized_shape = (normalized_shape,)
    shape = as_shape(name, (normalized_shape,))
    if not shape or tuple(input.shape[-len(shape) :]) != shape:
        raise RuntimeError(
            f"{name}: expected an input whose last dimensions are normalized_shape {shape}, got {tuple(input.shape)}"
        )
    _check(name, input, shape, "the last dimensions", **parameters)
    return shape


def group_norm(
    input: Operand, num_groups: int, weight: Operand | None = None, bias: Operand | None = None, eps: float = 1e-5
) -> Tensor:
    """`layer_norm` of each of `num_groups` groups of channels, with a weight and bias per channel (Wu, He, 2018).

    Parameters
    ----------
    input : Tensor of shape (N, C, ...)
    num_groups : int
        A divisor of C.
    weight, bias : Tensors of shape (C,), or None

    Raises
    ------
    ValueError
        With one value in all: normalized, nothing would be left of it.
    RuntimeError
        If `num_groups` does not divide C, or shapes do not fit.

    Examples
    --------
    >>> F.group_norm(mg.tensor([[1.0, 3.0, 10.0, 30.0]]), 2)
    tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
    own, _ = _channels("group_norm", input, weight=weight, bias=bias)
    shape = tuple(input.shape)
    num_groups = as_int("group_norm", "num_groups", num_groups)
    if num_groups <= 0 or shape[1] % num_groups:
        raise RuntimeError(f"group_norm: expected num_groups to divide the {shape[1]} channels, got {num_groups}")
    size = shape[1] // num_groups
    _check_several("group_norm", input, shape[0] * size * math.prod(shape[2:]))
    grouped = reshape(input, (shape[0], num_groups, size, *shape[2:]))
    dims, ones = tuple(range(2, len(shape) + 1)), (1,) * (len(shape) - 2)
    y = _normalize(grouped, weight, bias, dims, eps, own, (1, num_groups, size, *ones))[0]
    return reshape(y, shape)


@rounded_once
def rms_norm(
    input: Operand, normalized_shape: Sequence[int], weight: Operand | None = None, eps: float | None = None
) -> Tensor:
    """``input / sqrt(mean(input ** 2) + eps) * weight`` over the last dimensions (Zhang, Sennrich, 2019).

    Parameters
    ----------
    normalized_shape : ints
        The lengths of these dimensions; also the shape of `weight`.
    eps : float, optional
        By default the distance from 1 to the next number of the dtype, float32 if that is float16.

    Examples
    --------
    >>> F.rms_norm(mg.tensor([3.0, -3.0]), (2,))
    tensor([ 1., -1.])
    """
    shape = _last("rms_norm", input, normalized_shape, weight=weight)
    dims = tuple(range(len(input.shape) - len(shape), len(input.shape)))
    eps = float(np.finfo(input.dtype).eps) if eps is None else eps
    y = input * rsqrt(mean_over(square(input), dims, True) + eps)
    return y if weight is None else y * weight
