"""Losses of scores for classes: cross_entropy of logits, nll_loss of log-probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.as_array import constant
from minigrad.core.tensor import Tensor
from minigrad.kernels import cross_entropy as kernel
from minigrad.kernels.cross_entropy import Classes
from minigrad.kernels.errstate import silent
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.loss_arguments import REDUCTIONS, loss, reduced
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.primitives.summation import sum_over
from minigrad.ops.softmax import log_softmax_over, softmax_over

__all__ = ["cross_entropy", "nll_loss"]


# ---- the operations: scores are (N, C, ...) here ---------------------------------------------------------------------


@operation(
    outputs=("y", "p"),
    input=lambda g, input, classes, p: _cross_entropy_slope(g, input, classes, p),
    holds=("classes",),
)
@silent
def _cross_entropy(input: Operand, classes: Classes) -> Any:
    return kernel.cross_entropy(input, classes)


def _slope_by_grad(g: Any, input: Any, classes: Classes, p: Any, grad_shape: tuple[int, ...]) -> Any:
    """Return the gradient for `grad`: the slope times g, summed over what one element of `grad` went to."""
    unit = _cross_entropy_slope(np.ones(grad_shape, input.dtype), input, classes, p)
    return sum_over(g * unit, (1,) if grad_shape else tuple(range(len(input.shape))), False)


def _slope_by_input(g: Any, grad: Any, input: Any, classes: Classes) -> Any:
    """Return the gradient for `input`, on which the slope depends through the softmax times a factor per row."""
    a, b, weights = classes.factors(input.shape[1], input.dtype)
    factor = grad * (a + b * weights)
    if factor.shape:
        factor = reshape(factor, (factor.shape[0], 1, *factor.shape[1:]))
    p = softmax_over(input, (1,))
    pg = p * g
    return (pg - p * sum_over(pg, (1,), True)) * factor


@operation(grad=_slope_by_grad, input=_slope_by_input, holds=("classes",))
def _cross_entropy_slope(grad: Operand, input: Operand, classes: Classes, p: np.ndarray) -> Operand:
    """Return the gradient of `_cross_entropy`; `p` is the softmax of `input`, known from there."""
    return kernel.cross_entropy_slope(grad, p, classes)


@operation(input=lambda g, input_shape, classes: _nll_slope(g, input_shape, classes), holds=("classes",))
@silent
def _nll(input: Operand, classes: Classes) -> Operand:
    return kernel.nll(input, classes)


@operation(grad=lambda g, classes: _nll(g, classes), holds=("classes",))
def _nll_slope(grad: Operand, shape: tuple[int, ...], classes: Classes) -> Operand:
    return kernel.nll_slope(grad, shape, classes)


# ---- checks ----------------------------------------------------------------------------------------------------------


def _weight(name: str, weight: Any, count: int, dtype: np.dtype) -> np.ndarray | None:
    if weight is None:
        return None
    if tuple(weight.shape) != (count,):
        raise RuntimeError(f"{name}: expected a weight for each of {count} classes, got shape {tuple(weight.shape)}")
    return constant(weight).astype(dtype, copy=False)


_UNSIGNED = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}


def _classes(
    name: str, input: Any, target: Any, weight: Any, ignore_index: int, smoothing: float, reduction: str
) -> Classes:
    """Return the arguments as `Classes`, or an error that says what is wrong with them."""
    shape = tuple(input.shape)
    index = constant(target)
    if input.dtype.kind != "f":
        raise RuntimeError(
            f"{name}: expected floating scores as 'input', got {input.dtype}; convert them with .float()"
        )
    if reduction not in REDUCTIONS:
        raise ValueError(f"{name}: expected reduction 'none', 'mean' or 'sum', got {reduction!r}")
    if index.dtype.kind not in "iu" and index.shape[:1] == shape[:1]:
        raise RuntimeError(
            f"{name}: expected class indices of dtype int64 as 'target', got {index.dtype}; convert them with .long()"
            + (f", or give probabilities of the input's shape {shape}" if name == "cross_entropy" else "")
        )
    if index.shape != shape[:1] + shape[2:]:
        raise (ValueError if index.shape[:1] != shape[:1] else RuntimeError)(
            f"{name}: expected a target of shape {shape[:1] + shape[2:]} for an input of shape {shape}, "
            f"whose classes are dimension 1; got {index.shape}"
        )
    count = shape[1]
    ignored = None
    # a negative index seen as unsigned is a large one
    highest = np.maximum.reduce(index.view(_UNSIGNED[index.itemsize]), None) if index.size else 0
    ignore_index = as_int(name, "ignore_index", ignore_index)
    if highest >= count or 0 <= ignore_index < count:
        ignored = index == ignore_index
        wrong = index[~ignored & ((index < 0) | (index >= count))]
        if wrong.size:
            raise IndexError(
                f"{name}: class {wrong[0]} in 'target' is out of range for {count} classes, which are 0 to {count - 1} "
                f"(ignore_index is {ignore_index})"
            )
        index = np.where(ignored, 0, index)
        ignored = ignored if ignored.any() else None
    if weight is not None and weight.dtype != input.dtype:
        raise RuntimeError(f"{name}: expected a weight of the input's {input.dtype}, got {weight.dtype}; convert it")
    return Classes(index, ignored, _weight(name, weight, count, input.dtype), smoothing, reduction)


def _of_one(name: str, index: np.ndarray) -> np.ndarray:
    """Return the class of the only example, of shape () or (1,), as one of shape (1,)."""
    if index.shape not in ((), (1,)):
        raise ValueError(f"{name}: expected a target of shape () for an input of shape (classes,), got {index.shape}")
    return index.reshape(1)


# ---- public ----------------------------------------------------------------------------------------------------------


@loss
def nll_loss(
    input: Operand,
    target: Operand,
    weight: Operand | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return the negative log-likelihood of classes, given log-probabilities: minus ``input[n, target[n]]``.

    Parameters and errors as for `cross_entropy`, which takes logits instead.

    Raises
    ------
    ValueError
        If `input` has no dimension.

    Examples
    --------
    >>> F.nll_loss(mg.tensor([[-0.1, -2.0], [-3.0, -0.3]]), mg.tensor([0, 1]))
    tensor(0.2000)
    """
    if len(input.shape) == 0:
        raise ValueError("nll_loss: expected an input of shape (classes,) or (N, classes, ...), got a 0-dim tensor")
    if len(input.shape) == 1:
        input, target = reshape(input, (1, *input.shape)), _of_one("nll_loss", constant(target))
        y = _nll(input, _classes("nll_loss", input, target, weight, ignore_index, 0.0, reduction))
        return reshape(y, ())
    return _nll(input, _classes("nll_loss", input, target, weight, ignore_index, 0.0, reduction))


@loss
def cross_entropy(
    input: Operand,
    target: Operand,
    weight: Operand | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """Return the cross entropy of classes, given logits: minus ``log_softmax(input)`` of the target's class.

    Parameters
    ----------
    input : Tensor of shape (N, C), (N, C, d1, ...) or (C,)
        Logits: any real numbers, before a softmax.
    target : int64 Tensor of shape (N,), (N, d1, ...) or (), or floating Tensor of the input's shape
        The index of the class, in [0, C), or the probability of each class.
    weight : Tensor of shape (C,), optional
        What each class counts. A mean over class indices divides by the sum of the targets' weights.
    ignore_index : int, default -100
        A class index that marks what does not count. If nothing counts, the mean is nan.
    reduction : {'mean', 'sum', 'none'}
    label_smoothing : float in [0, 1], default 0
        The part of the target that is spread evenly over all classes. (Szegedy et al., 2015)

    Raises
    ------
    IndexError
        If a class is out of range.
    ValueError, RuntimeError
        If shapes or dtypes do not fit.

    Examples
    --------
    >>> logits = mg.tensor([[2.0, 0.0], [0.0, 10000.0]], requires_grad=True)
    >>> F.cross_entropy(logits, mg.tensor([0, 1]))
    tensor(0.0635, grad_fn=<NllLossBackward0>)
    >>> F.cross_entropy(logits, mg.tensor([[0.5, 0.5], [0.0, 1.0]]), reduction="sum")
    tensor(1.1269, grad_fn=<SumBackward0>)
    """
    if not 0 <= label_smoothing <= 1:
        raise RuntimeError(f"cross_entropy: expected label_smoothing in [0, 1], got {label_smoothing}")
    shape, wanted = tuple(input.shape), tuple(target.shape)
    if not shape:
        raise ValueError(
            "cross_entropy: expected an input of shape (classes,) or (N, classes, ...), got a 0-dim tensor"
        )
    if len(shape) == 1:
        input = reshape(input, (1, *shape))
        target = reshape(target, (1, *wanted)) if wanted == shape else _of_one("cross_entropy", constant(target))
    options = (weight, ignore_index, label_smoothing, reduction)
    if shape == wanted:
        y = _of_probabilities(input, target, *options)
    else:
        y = _cross_entropy(input, _classes("cross_entropy", input, target, *options))[0]
    return reshape(y, ()) if len(shape) == 1 else y


def _of_probabilities(input: Any, target: Any, weight: Any, ignore_index: int, smoothing: float, reduction: str) -> Any:
    if target.dtype.kind != "f":
        raise RuntimeError(
            f"cross_entropy: a target of the input's shape {tuple(input.shape)} holds probabilities, but this one is "
            f"{target.dtype}; convert it with .float(), or give class indices, one for each row"
        )
    if ignore_index >= 0:
        raise RuntimeError("cross_entropy: ignore_index means nothing where the target holds probabilities")
    count = input.shape[1]
    if smoothing:
        target = target * (1 - smoothing) + smoothing / count
    y = log_softmax_over(input, (1,)) * target
    w = _weight("cross_entropy", weight, count, input.dtype)
    if w is not None:
        y = y * w.reshape(-1, *[1] * (len(input.shape) - 2))
    if reduction == "none":
        return -sum_over(y, (1,), False)
    return reduced("cross_entropy", y * -float(count) if reduction == "mean" else -y, reduction)
