"""Losses that want the scores of the right classes above those of others; and of triplets with a distance of one's own.

Scores have shape (N, C) or (C,), and `size_average`, `reduce` and `reduction` mean what they do in `mse_loss`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.core.as_array import constant
from minigrad.core.tensor import Tensor
from minigrad.ops.activation import relu
from minigrad.ops.checks import index_array, require_floating
from minigrad.ops.declare.operation import Operand
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.distances import pairwise_distance
from minigrad.ops.gathering import gather
from minigrad.ops.loss_arguments import check_reduction, check_shapes, loss, reduced
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.primitives.summation import sum_over
from minigrad.ops.reduction import mean_over
from minigrad.ops.selection import minimum, where
from minigrad.ops.smooth_activation import logsigmoid

__all__ = [
    "multi_margin_loss", "multilabel_margin_loss", "multilabel_soft_margin_loss", "triplet_margin_with_distance_loss",
]  # fmt: skip


def _scores(name: str, input: Any) -> tuple[int, ...]:
    """Return (N, C) of scores, which must be such, or (C,)."""
    require_floating(name, input)
    shape = tuple(input.shape)
    if len(shape) > 2 or shape[-1:] == (0,):
        raise RuntimeError(f"{name}: expected scores of shape (N, classes) or (classes,), got {shape}")
    return shape if len(shape) == 2 else (1, *(shape or (1,)))


def _in_range(name: str, index: np.ndarray, least: int, count: int) -> np.ndarray:
    wrong = index[(index < least) | (index >= count)]
    if wrong.size:
        raise RuntimeError(f"{name}: class {wrong[0]} in 'target' is out of range for {count} classes")
    return index


@loss
def multi_margin_loss(
    input: Operand,
    target: Operand,
    p: int = 1,
    margin: float = 1.0,
    weight: Operand | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return the mean over the wrong classes i of ``max(0, margin - input[target] + input[i]) ** p``.

    Parameters
    ----------
    input : Tensor of shape (N, C) or (C,)
    target : int64 Tensor of shape (N,) or ()
        The right classes.
    p : 1 or 2
    weight : Tensor of shape (C,), optional
        A factor for examples of each class.

    Raises
    ------
    ValueError
        If `p` is neither 1 nor 2, or `weight` has not one dimension.
    RuntimeError
        If shapes or dtypes do not fit, or a class is out of range.

    Examples
    --------
    >>> F.multi_margin_loss(mg.tensor([[0.1, 0.2, 0.4, 0.8]]), mg.tensor([3]))
    tensor(0.3250)
    """
    name = "multi_margin_loss"
    check_reduction(name, reduction)
    if p not in (1, 2):
        raise ValueError(f"{name}: expected p to be 1 or 2, got {p}")
    if weight is not None and len(weight.shape) != 1:
        raise ValueError(f"{name}: expected a weight of shape (classes,), got {tuple(weight.shape)}")
    rows, count = _scores(name, input)
    index = index_array(name, target)
    if index.shape not in ((rows,), () if rows == 1 else (rows,)):
        raise RuntimeError(f"{name}: expected a target of shape ({rows},), got {index.shape}")
    if weight is not None and tuple(weight.shape) != (count,):
        raise RuntimeError(f"{name}: expected a weight of shape ({count},), got {tuple(weight.shape)}")
    places = _in_range(name, index.reshape(-1, 1), 0, count)
    scores = reshape(input, (rows, count))
    z = relu(margin - gather(scores, 1, places) + scores)
    z = where(np.arange(count) == places, 0.0, z if p == 1 else z * z)
    if weight is not None:
        z = z * constant(weight)[places]
    losses = sum_over(z, (1,), False) / count
    return reduced(name, losses if len(input.shape) == 2 or not index.shape == () else reshape(losses, ()), reduction)


@loss
def multilabel_margin_loss(
    input: Operand,
    target: Operand,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return the sum over right classes j and wrong ones i of ``max(0, 1 - input[j] + input[i])``, divided by C.

    Parameters
    ----------
    input : Tensor of shape (N, C) or (C,)
    target : int64 Tensor of the same shape
        The right classes, and then -1, after which nothing counts.

    Raises
    ------
    RuntimeError
        If shapes or dtypes do not fit, or a class is out of range.

    Examples
    --------
    >>> F.multilabel_margin_loss(mg.tensor([[0.1, 0.2, 0.4, 0.8]]), mg.tensor([[3, 0, -1, 1]]))
    tensor(0.8500)
    """
    name = "multilabel_margin_loss"
    check_reduction(name, reduction)
    shape = _scores(name, input)
    index = index_array(name, target)
    if index.shape != tuple(input.shape):
        raise RuntimeError(f"{name}: expected a target of the input's shape {tuple(input.shape)}, got {index.shape}")
    index = _in_range(name, index.reshape(shape), -1, shape[1])
    labels = np.logical_and.accumulate(index >= 0, axis=1)
    index = np.where(labels, index, 0)
    right = np.zeros(shape, bool)
    np.logical_or.at(right, (np.arange(shape[0])[:, None], index), labels)
    scores = reshape(input, shape)
    z = relu(1 - reshape(gather(scores, 1, index), (*shape, 1)) + reshape(scores, (shape[0], 1, shape[1])))
    z = where(labels[:, :, None] & ~right[:, None, :], z, 0.0)
    losses = sum_over(z, (1, 2), False) / shape[1]
    return reduced(name, losses if len(input.shape) == 2 else reshape(losses, ()), reduction)


@loss
def multilabel_soft_margin_loss(
    input: Operand,
    target: Operand,
    weight: Operand | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return the mean over classes of `binary_cross_entropy_with_logits`.

    Parameters
    ----------
    input, target : Tensors of shape (..., C)
        Logits; and 1 for right classes, 0 for others.
    weight : Tensor of shape (C,), optional
        A factor for each class.

    Raises
    ------
    RuntimeError
        If shapes or dtypes do not fit.

    Examples
    --------
    >>> F.multilabel_soft_margin_loss(mg.tensor([[0.0, 9.0]]), mg.tensor([[1.0, 1.0]]))
    tensor(0.3466)
    """
    check_shapes("multilabel_soft_margin_loss", input, target)
    losses = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        losses = losses * weight
    return reduced("multilabel_soft_margin_loss", mean_over(losses, (len(losses.shape) - 1,), False), reduction)


@rounded_once
def triplet_margin_with_distance_loss(
    anchor: Operand,
    positive: Operand,
    negative: Operand,
    *,
    distance_function: Callable[[Any, Any], Any] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """``max(0, margin + d(anchor, positive) - d(anchor, negative))``, with any function d of two Tensors.

    Parameters
    ----------
    distance_function : callable, optional
        By default `pairwise_distance`.
    swap : bool, default False
        Measure the negative's distance from the positive where that is less.

    Raises
    ------
    ValueError
        If `margin` is not positive.
    RuntimeError
        If the numbers of dimensions differ.

    Examples
    --------
    >>> x = mg.zeros(1, 2)
    >>> F.triplet_margin_with_distance_loss(x, x + 3, x + 1, distance_function=lambda a, b: (a - b).abs().sum(-1))
    tensor(5.)
    """
    name = "triplet_margin_with_distance_loss"
    if not margin > 0:
        raise ValueError(f"{name}: expected margin above 0, got {margin}")
    dims = [len(t.shape) for t in (anchor, positive, negative)]
    if len({*dims}) > 1:
        raise RuntimeError(f"{name}: expected three tensors of one number of dimensions, got {dims}")
    distance = distance_function or pairwise_distance
    far = distance(anchor, negative)
    if swap:
        far = minimum(far, distance(positive, negative))
    return reduced(name, relu(margin + distance(anchor, positive) - far), reduction)
