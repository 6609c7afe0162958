"""The cross entropy of a linear layer's outputs, in one call."""

from __future__ import annotations

import math
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.ops.cross_entropy import cross_entropy
from minigrad.ops.declare.operation import Operand
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.linear import linear
from minigrad.ops.primitives.shape import reshape

__all__ = ["linear_cross_entropy"]


@rounded_once
def linear_cross_entropy(
    input: Operand,
    linear_weight: Operand,
    target: Operand,
    *,
    linear_bias: Operand | None = None,
    weight: Operand | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: Any = None,
) -> Tensor:
    """Return the `cross_entropy` of ``linear(input, linear_weight, linear_bias)``.

    Parameters
    ----------
    input : Tensor of shape (N, in_features) or (in_features,)
    linear_weight : Tensor of shape (C, in_features), or (C, d1, ..., in_features) for logits of shape (N, C, d1, ...)
    target, weight, reduction, label_smoothing : as in `cross_entropy`
    linear_bias : Tensor of the shape of `linear_weight` without its last dimension, optional
    ignore_index : int, optional
        By default -100, where `target` holds classes.
    options : LinearCrossEntropyOptions, optional
        Changes nothing here: the logits are computed at once.

    Raises
    ------
    RuntimeError
        If shapes do not fit.

    Examples
    --------
    >>> F.linear_cross_entropy(mg.ones(3, 2), mg.zeros(10, 2), mg.tensor([1, 0, 4]))
    tensor(2.3026)
    """
    shape, sizes = tuple(input.shape), tuple(linear_weight.shape)
    if len(sizes) < 2 or len(shape) not in (1, 2) or (len(sizes) > 2 and len(shape) == 1):
        raise RuntimeError(
            "linear_cross_entropy: expected an input of shape (N, in_features) and a weight of shape "
            f"(C, ..., in_features), or (in_features,) and (C, in_features), got {shape} and {sizes}"
        )
    outputs = (math.prod(sizes[:-1]),)
    if linear_bias is not None:
        if tuple(linear_bias.shape) != sizes[:-1]:
            raise RuntimeError(
                f"linear_cross_entropy: expected linear_bias of shape {sizes[:-1]}, got {tuple(linear_bias.shape)}"
            )
        linear_bias = reshape(linear_bias, outputs)
    logits = linear(input, reshape(linear_weight, (*outputs, sizes[-1])), linear_bias)
    if len(sizes) > 2:
        logits = reshape(logits, (shape[0], *sizes[:-1]))
    ignored = -100 if ignore_index is None else ignore_index
    given: dict[str, Any] = {"reduction": reduction, "label_smoothing": label_smoothing}
    return cross_entropy(logits, target, weight, ignore_index=ignored, **given)
