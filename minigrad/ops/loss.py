"""Losses: how far the input is from the target, element by element, then averaged or added up."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from minigrad.core.as_array import constant
from minigrad.core.tensor import Tensor
from minigrad.kernels.activation import log_one_plus
from minigrad.kernels.blocks import in_blocks
from minigrad.kernels.errstate import silent
from minigrad.kernels.relu import limited
from minigrad.ops.broadcasting import broadcast_tensors
from minigrad.ops.declare.operation import Operand, computed
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.exponential import exp, log, log1p, sigmoid, sign, xlogy
from minigrad.ops.loss_arguments import check_shapes, loss, reduced
from minigrad.ops.primitives.elementwise import elementwise
from minigrad.ops.primitives.summation import sum_over
from minigrad.ops.selection import clamp, where
from minigrad.ops.smooth_activation import softplus

__all__ = [
    "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits",
    "kl_div", "poisson_nll_loss", "gaussian_nll_loss",
]  # fmt: skip


def _weighted(name: str, loss: Any, weight: Any, reduction: str) -> Any:
    if weight is not None:
        try:
            np.broadcast_shapes(tuple(weight.shape), tuple(loss.shape))
        except ValueError:
            raise RuntimeError(
                f"{name}: weight of shape {tuple(weight.shape)} does not broadcast to {tuple(loss.shape)}"
            ) from None
        loss = loss * weight
    return reduced(name, loss, reduction)


# ---- distances -------------------------------------------------------------------------------------------------------


@in_blocks
def _square_of_difference(x: Any, y: Any, out: Any = None) -> Any:
    difference = np.asarray(np.subtract(x, y, out=out))
    return np.square(difference, out=difference)


@in_blocks
def _slope_of_square(g: Any, x: Any, y: Any, out: Any = None) -> Any:
    return np.multiply((x - y) * 2, g, out=out)


@elementwise(
    computed(_slope_of_square, lambda g, input, other: (input - other) * 2 * g),
    computed(
        lambda g, input, other: _slope_of_square(g, other, input), lambda g, input, other: (other - input) * 2 * g
    ),
)
def _squared_error(input: Operand, other: Operand) -> Operand:
    return _square_of_difference(input, other)


@loss
def mse_loss(
    input: Operand,
    target: Operand,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Operand | None = None,
) -> Tensor:
    """``(input - target) ** 2``: the mean squared error.

    Parameters
    ----------
    input, target : Tensors of one shape
        Another shape is an error (PyTorch broadcasts, with a warning).
    reduction : {'mean', 'sum', 'none'}
        The mean of all elements, their sum, or the elements.
    weight : Tensor, optional
        Multiplied with the elements; a mean divides by the sum of the weights.

    Raises
    ------
    RuntimeError
        If the shapes differ.

    Examples
    --------
    >>> F.mse_loss(mg.tensor([1.0, 2.0]), mg.tensor([1.0, 4.0]))
    tensor(2.)
    """
    check_shapes("mse_loss", input, target)
    return _weighted_mean("mse_loss", _squared_error(input, target), weight, reduction)


@elementwise(
    in_blocks(lambda g, input, other: sign(input - other) * g),
    in_blocks(lambda g, input, other: sign(other - input) * g),
)
@in_blocks
def _absolute_error(input: Operand, other: Operand) -> Operand:
    return np.abs(input - other)


@loss
def l1_loss(
    input: Operand,
    target: Operand,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Operand | None = None,
) -> Tensor:
    """``|input - target|``: the mean absolute error. Parameters and errors as for `mse_loss`.

    Examples
    --------
    >>> F.l1_loss(mg.tensor([1.0, 2.0]), mg.tensor([1.0, 4.0]))
    tensor(1.)
    """
    check_shapes("l1_loss", input, target)
    return _weighted_mean("l1_loss", _absolute_error(input, target), weight, reduction)


def _weighted_mean(name: str, loss: Any, weight: Any, reduction: str) -> Any:
    """Compute `_weighted`, but divide a mean by the sum of the weights, as PyTorch's mse_loss and l1_loss do."""
    if weight is None or reduction != "mean":
        return _weighted(name, loss, weight, reduction)
    return _weighted(name, loss, weight, "sum") / sum_over(weight, tuple(range(len(weight.shape))), False)


@elementwise(
    in_blocks(lambda g, input, other, beta, scale: clamp((input - other) * (scale / beta), -scale, scale) * g),
    in_blocks(lambda g, input, other, beta, scale: clamp((other - input) * (scale / beta), -scale, scale) * g),
)
@in_blocks
def _smooth_error(input: Operand, other: Operand, beta: float, scale: float) -> Operand:
    far = np.abs(input - other)
    near = np.minimum(far, beta)
    return (far - near * 0.5) * near * (scale / beta)


@loss
def smooth_l1_loss(
    input: Operand,
    target: Operand,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """`l1_loss` with a parabola below `beta`: ``d * d / (2 * beta)`` if ``d < beta``, else ``d - beta / 2``.

    Parameters and errors as for `mse_loss`; a `beta` of 0 gives l1_loss. (Girshick, Fast R-CNN, 2015)

    Raises
    ------
    RuntimeError
        If `beta` is negative.

    Examples
    --------
    >>> F.smooth_l1_loss(mg.tensor([1.0, 2.0]), mg.tensor([1.5, 5.0]), reduction="none")
    tensor([0.1250, 2.5000])
    """
    if beta < 0:
        raise RuntimeError(f"smooth_l1_loss: expected beta of at least 0, got {beta}")
    check_shapes("smooth_l1_loss", input, target)
    loss = _smooth_error(input, target, beta, 1.0) if beta else _absolute_error(input, target)
    return reduced("smooth_l1_loss", loss, reduction)


@rounded_once
def huber_loss(
    input: Operand, target: Operand, reduction: str = "mean", delta: float = 1.0, weight: Operand | None = None
) -> Tensor:
    """``d * d / 2`` if ``d < delta``, else ``delta * (d - delta / 2)``, d being ``|input - target|``.

    Parameters and errors as for `mse_loss`, but a mean does not divide by the weights. (Huber, 1964)

    Raises
    ------
    RuntimeError
        If `delta` is not positive.

    Examples
    --------
    >>> F.huber_loss(mg.tensor([1.0, 2.0]), mg.tensor([1.5, 5.0]), reduction="none")
    tensor([0.1250, 2.5000])
    """
    if delta <= 0:
        raise RuntimeError(f"huber_loss: expected a positive delta, got {delta}")
    check_shapes("huber_loss", input, target)
    return _weighted("huber_loss", _smooth_error(input, target, delta, delta), weight, reduction)


# ---- binary cross entropy --------------------------------------------------------------------------------------------


@elementwise(
    in_blocks(lambda g, input, target: g * ((input - target) / clamp((1 - input) * input, min=1e-12))),
    in_blocks(lambda g, input: g * (clamp(log1p(-input), min=-100) - clamp(log(input), min=-100))),
)
@in_blocks
@silent
def _binary_cross_entropy(input: Operand, target: Operand) -> Operand:
    return (target - 1) * np.maximum(np.log1p(-input), -100) - target * np.maximum(np.log(input), -100)


@loss
def binary_cross_entropy(
    input: Operand,
    target: Operand,
    weight: Operand | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``-target * log(input) - (1 - target) * log(1 - input)``; logarithms are at least -100.

    Parameters
    ----------
    input : Tensor
        Probabilities. If they come from a sigmoid, `binary_cross_entropy_with_logits` is more exact.
    target : Tensor of the same shape
        Floating, in [0, 1].
    weight : Tensor, optional
        Multiplied with the elements.
    reduction : {'mean', 'sum', 'none'}

    Raises
    ------
    ValueError
        If the shapes differ.
    RuntimeError
        If an input or a target is not in [0, 1].

    Examples
    --------
    >>> F.binary_cross_entropy(mg.tensor([0.5, 1.0]), mg.tensor([1.0, 0.0]), reduction="none")
    tensor([  0.6931, 100.0000])
    """
    check_shapes("binary_cross_entropy", input, target, ValueError)
    _check_probabilities("input", input, "of logits take binary_cross_entropy_with_logits")
    _check_probabilities("target", target, "divide what is counted in other units, such as pixels of 0 to 255")
    return _weighted("binary_cross_entropy", _binary_cross_entropy(input, target), weight, reduction)


def _check_probabilities(name: str, operand: Operand, mend: str) -> None:
    values = operand._data if isinstance(operand, Tensor) else operand
    outside = values[~((values >= 0) & (values <= 1))]  # NaN is outside, too
    if outside.size:
        raise RuntimeError(
            f"binary_cross_entropy: expected probabilities in [0, 1] as {name!r}, got {outside[0]:.4g}; {mend}"
        )


_LEAST = {"f": -80.0, "d": -700.0}  # inputs, by dtype: exp of more than 88 or 709 would be infinite


def _positive(target: Any, pos_weight: Any) -> Any:
    """Return the factor of ``log(1 + exp(-input))``; that of ``log(1 + exp(input))`` is ``1 - target``."""
    return target if pos_weight is None else target * pos_weight


def _logit_slope(g: Any, input: Any, target: Any, pos_weight: Any) -> Any:
    return g * ((1 - target) * sigmoid(input) - _positive(target, pos_weight) * sigmoid(-input))


@silent
@in_blocks(cost=10)
def _logit_slope_of_arrays(g: Any, x: Any, target: Any, pos_weight: Any, out: Any = None) -> Any:
    """Return the same, with both sigmoids from one exponential: the second is ``exp(-x)`` times the first."""
    exponential = np.exp(-limited(x, _LEAST[x.dtype.char], None))
    sigmoid = np.reciprocal(1 + exponential)
    exponential *= sigmoid
    exponential *= _positive(target, pos_weight)
    sigmoid *= 1 - target
    sigmoid -= exponential
    return np.multiply(sigmoid, g, out=out)


@elementwise(
    computed(_logit_slope_of_arrays, _logit_slope),
    in_blocks(
        lambda g, input, pos_weight: (
            -g * input if pos_weight is None else g * ((pos_weight - 1) * softplus(-input) - input)
        )
    ),
)
@silent
@in_blocks(cost=14)
def _logit_loss(input: Operand, target: Operand, pos_weight: np.ndarray | None) -> Operand:
    negative, positive = 1 - target, _positive(target, pos_weight)
    far = negative * limited(input, 0, None) - positive * limited(input, None, 0)
    near = log_one_plus(np.exp(-np.abs(input)))
    return far + (near if pos_weight is None else (negative + positive) * near)


@loss
def binary_cross_entropy_with_logits(
    input: Operand,
    target: Operand,
    weight: Operand | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Operand | None = None,
) -> Tensor:
    """`binary_cross_entropy` of ``sigmoid(input)``, finite for every input.

    Parameters
    ----------
    input : Tensor
        Logits: any real numbers.
    target : Tensor of the same shape
        Floating, in [0, 1].
    weight : Tensor, optional
        Multiplied with the elements.
    reduction : {'mean', 'sum', 'none'}
    pos_weight : Tensor that broadcasts to the shape, optional
        Multiplied with the term of ``target``: more than 1 increases the recall.

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> F.binary_cross_entropy_with_logits(mg.tensor([0.0, 10000.0]), mg.tensor([1.0, 0.0]), reduction="none")
    tensor([6.9315e-01, 1.0000e+04])
    """
    name = "binary_cross_entropy_with_logits"
    check_shapes(name, input, target, ValueError)
    if pos_weight is not None:
        pos_weight = constant(pos_weight).astype(input.dtype, copy=False)
        try:
            np.broadcast_to(pos_weight, tuple(input.shape))
        except ValueError:
            raise RuntimeError(
                f"{name}: pos_weight of shape {pos_weight.shape} does not broadcast to {tuple(input.shape)}"
            ) from None
    return _weighted(name, _logit_loss(input, target, pos_weight), weight, reduction)


# ---- likelihoods -----------------------------------------------------------------------------------------------------


@loss
def kl_div(
    input: Operand,
    target: Operand,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """Return the Kullback-Leibler divergence ``target * (log(target) - input)``, given log-probabilities.

    Parameters
    ----------
    input : Tensor
        Log-probabilities.
    target : Tensor of the same shape
        Probabilities, or with `log_target` their logarithms.
    reduction : {'mean', 'batchmean', 'sum', 'none'}
        ``'batchmean'``, the sum over the length of dimension 0, is the mathematical one. ``'mean'`` averages elements.

    Raises
    ------
    RuntimeError
        If the shapes differ.

    Examples
    --------
    >>> F.kl_div(mg.tensor([[0.5, 0.5]]).log(), mg.tensor([[1.0, 0.0]]), reduction="batchmean")
    tensor(0.6931)
    """
    check_shapes("kl_div", input, target)
    loss = exp(target) * (target - input) if log_target else xlogy(target, target) - target * input
    if reduction == "mean":
        warnings.warn(
            "kl_div: reduction='mean' divides by the number of elements; the divergence is reduction='batchmean'",
            UserWarning,
            stacklevel=2,
        )
    if reduction == "batchmean":
        return reduced("kl_div", loss, "sum") / (input.shape[0] if input.shape else 1)
    return reduced("kl_div", loss, reduction)


@loss
def poisson_nll_loss(
    input: Operand,
    target: Operand,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``exp(input) - target * input``: the negative log-likelihood of counts, `input` being the log of their mean.

    Parameters
    ----------
    log_input : bool, default True
        Otherwise `input` is the mean itself: ``input - target * log(input + eps)``.
    full : bool, default False
        Add Stirling's approximation of ``log(target!)`` where the target is larger than 1.

    Examples
    --------
    >>> F.poisson_nll_loss(mg.tensor([0.0, 1.0]), mg.tensor([1.0, 2.0]), reduction="none")
    tensor([1.0000, 0.7183])
    """
    check_shapes("poisson_nll_loss", input, target)
    loss = exp(input) - target * input if log_input else input - target * log(input + eps)
    if full:
        n = where(target > 1, target, 1.0)
        loss = loss + where(target > 1, n * log(n) - n + 0.5 * log(2 * math.pi * n), 0.0)
    return reduced("poisson_nll_loss", loss, reduction)


@rounded_once
def gaussian_nll_loss(
    input: Operand,
    target: Operand,
    var: Operand | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """``(log(var) + (input - target) ** 2 / var) / 2``: the negative log-likelihood of a normal distribution.

    Parameters
    ----------
    input, target : Tensors that broadcast
        Unlike those of other losses; PyTorch's do, too.
    var : Tensor or float
        Variances, of the input's shape, or with one dimension of length 1, or without the last one.
    full : bool, default False
        Add ``log(2 * pi) / 2``.
    eps : float, default 1e-6
        The variances are clamped to it, without effect on their gradient.

    Raises
    ------
    RuntimeError
        If the shapes of `input` and `target` do not fit.
    ValueError
        If that of `var` does not, or a variance is negative.

    Examples
    --------
    >>> F.gaussian_nll_loss(mg.tensor([0.0, 2.0]), mg.tensor([0.0, 0.0]), mg.tensor([1.0, 1.0]))
    tensor(1.)
    """
    name, shape = "gaussian_nll_loss", tuple(input.shape)
    one, other = broadcast_tensors(input, target)
    check_shapes(name, one, other)
    variance = var if isinstance(var, (Tensor, np.ndarray)) else np.full((*shape[:-1], 1), var, input.dtype)
    if tuple(variance.shape) == shape[:-1] != shape:
        variance = variance.reshape(*shape[:-1], 1)
    others = [v for v, n in zip(variance.shape, shape, strict=False) if v != n]
    if len(variance.shape) != len(shape) or others not in ([], [1]):
        raise ValueError(f"{name}: var of shape {tuple(variance.shape)} does not fit an input of {shape}")
    values = variance._data if isinstance(variance, Tensor) else variance
    if (values < 0).any():
        raise ValueError(f"{name}: expected variances of at least 0, got {values.min():.4g}")
    variance = variance + np.maximum(eps - values, 0).astype(values.dtype)  # a clamp that the gradient passes
    loss = 0.5 * (log(variance) + _squared_error(input, target) / variance)
    return reduced(name, loss + 0.5 * math.log(2 * math.pi) if full else loss, reduction)
