"""A layer and the batch normalization behind it as one layer, for inference."""

from __future__ import annotations

import copy
from typing import Any

from minigrad.autograd import no_grad
from minigrad.core.tensor import Tensor
from minigrad.nn.parameter import Parameter

__all__ = ["fuse_conv_bn_eval", "fuse_conv_bn_weights", "fuse_linear_bn_eval", "fuse_linear_bn_weights"]


def fuse_conv_bn_eval(conv: Any, bn: Any, transpose: bool = False) -> Any:
    """Return a new convolution that does what `conv` and then `bn` do in evaluation mode.

    Parameters
    ----------
    conv : convolution
    bn : batch normalization, with running statistics
    transpose : bool, default False
        Whether the weight's outputs are its dimension 1, as in a transposed convolution.

    Raises
    ------
    RuntimeError
        If one of them is in training mode, or there are no running statistics.

    Examples
    --------
    >>> conv, bn = nn.Conv2d(1, 2, 3).eval(), nn.BatchNorm2d(2).eval()
    >>> x = mg.ones(1, 1, 4, 4)
    >>> nn.utils.fuse_conv_bn_eval(conv, bn)(x).allclose(bn(conv(x)), atol=1e-6)
    True
    """
    _check("fuse_conv_bn_eval", conv, bn)
    fused = copy.deepcopy(conv)
    fused.weight, fused.bias = fuse_conv_bn_weights(
        conv.weight, conv.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias, transpose
    )
    return fused


def fuse_linear_bn_eval(linear: Any, bn: Any) -> Any:
    """Return a new linear layer that does what `linear` and then `bn` do in evaluation mode.

    Raises
    ------
    RuntimeError
        If one of them is in training mode, or there are no running statistics.
    ValueError
        If `bn` has another number of features, other than 1.

    Examples
    --------
    >>> linear, bn = nn.Linear(2, 3).eval(), nn.BatchNorm1d(3).eval()
    >>> x = mg.ones(1, 2)
    >>> nn.utils.fuse_linear_bn_eval(linear, bn)(x).allclose(bn(linear(x)), atol=1e-6)
    True
    """
    _check("fuse_linear_bn_eval", linear, bn)
    if bn.num_features not in (1, linear.out_features):
        raise ValueError(
            f"fuse_linear_bn_eval: expected {linear.out_features} features or 1 to normalize, got {bn.num_features}"
        )
    fused = copy.deepcopy(linear)
    fused.weight, fused.bias = fuse_linear_bn_weights(
        linear.weight, linear.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias
    )
    return fused


def _check(function: str, layer: Any, bn: Any) -> None:
    if layer.training or bn.training:
        raise RuntimeError(f"{function}: expected both in evaluation mode; call .eval() first")
    if bn.running_mean is None or bn.running_var is None:
        raise RuntimeError(f"{function}: expected a batch normalization with running statistics")


def fuse_conv_bn_weights(
    conv_w: Tensor,
    conv_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
    transpose: bool = False,
) -> tuple[Parameter, Parameter]:
    """Return the weight and bias of a convolution that contains the batch normalization behind it.

    Examples
    --------
    >>> mean, variance = mg.tensor([1.0]), mg.tensor([4.0])
    >>> weight, bias = nn.utils.fuse_conv_bn_weights(mg.ones(1, 1, 1), None, mean, variance, 0.0, None, None)
    >>> weight.item(), bias.item()
    (0.5, -0.5)
    """
    shape = [1, -1] if transpose else [-1, 1]
    shape += [1] * (conv_w.ndim - 2)
    return _fused(conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, shape)


def fuse_linear_bn_weights(
    linear_w: Tensor,
    linear_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor,
    bn_b: Tensor,
) -> tuple[Parameter, Parameter]:
    """Return the weight and bias of a linear layer that contains the batch normalization behind it.

    Examples
    --------
    >>> mean, variance, one = mg.tensor([1.0]), mg.tensor([4.0]), mg.tensor([1.0])
    >>> weight, bias = nn.utils.fuse_linear_bn_weights(mg.ones(1, 1), None, mean, variance, 0.0, one, one)
    >>> weight.item(), bias.item()
    (0.5, 0.5)
    """
    return _fused(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, [-1, 1])


@no_grad()
def _fused(
    weight: Tensor,
    bias: Tensor | None,
    mean: Tensor,
    variance: Tensor,
    eps: float,
    scale: Tensor | None,
    shift: Tensor | None,
    shape: list[int],
) -> tuple[Parameter, Parameter]:
    factor = (variance + eps).rsqrt() if scale is None else (variance + eps).rsqrt() * scale
    moved = (-mean if bias is None else bias - mean) * factor
    moved = moved if shift is None else moved + shift
    dtype = weight.dtype if bias is None else bias.dtype
    return (
        Parameter((weight * factor.reshape(shape)).to(weight.dtype), weight.requires_grad),
        Parameter(moved.to(dtype), bias is not None and bias.requires_grad),
    )
