"""The loss of sequences of labels without a place in time (Graves et al., 2006)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.as_array import constant
from minigrad.core.tensor import Tensor
from minigrad.kernels import ctc as kernel
from minigrad.kernels.ctc import Lattice
from minigrad.kernels.errstate import silent
from minigrad.ops.checks import check_tensor, require_floating
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.loss_arguments import check_reduction, reduced
from minigrad.ops.primitives.shape import reshape

__all__ = ["ctc_loss"]


@operation(
    outputs=("y", "alpha"),
    log_probs=lambda g, alpha, log_probs, lattice, zero: _slope(g, log_probs, alpha, lattice, zero),
    holds=("lattice",),
)
@silent
def _ctc_loss(log_probs: Operand, lattice: Lattice, zero: bool) -> Any:
    """Return the losses, 0 for inf if `zero`, and the log-probabilities of the states."""
    alpha = kernel.forward(log_probs, lattice)
    losses = -kernel.log_likelihood(alpha, lattice)
    if zero:
        losses[losses == np.inf] = 0
    return losses, np.maximum(alpha, np.finfo(alpha.dtype).min)  # what is kept holds no inf of its own


def _no_second_derivative(g: Any) -> Any:
    raise RuntimeError("ctc_loss: the second derivative is not implemented, as in PyTorch")


@operation(
    "alpha",
    input=_no_second_derivative,
    log_probs=_no_second_derivative,
    name="ctc_loss_slope",
    holds=("lattice",),
)
@silent
def _slope(input: Operand, log_probs: Operand, alpha: Operand, lattice: Lattice, zero: bool) -> Operand:
    """Return the gradient, as PyTorch's is: that of the scores from which a softmax before made `log_probs`."""
    alpha = np.where(alpha == np.finfo(alpha.dtype).min, -np.inf, alpha)
    losses = -kernel.log_likelihood(alpha, lattice)
    slope = np.exp(log_probs) - kernel.occupancy(log_probs, lattice, losses, alpha)
    slope *= input[:, None]
    slope[np.arange(len(slope))[:, None] >= lattice.steps] = 0
    slope[:, (input == 0) | (zero & (losses == np.inf))] = 0
    return slope


def _lengths(which: str, lengths: Any, count: int, most: int, what: str) -> np.ndarray:
    array = constant(lengths) if isinstance(lengths, (Tensor, np.ndarray)) else np.asarray(lengths)
    if array.dtype.kind not in "iu" and array.size:
        raise RuntimeError(f"ctc_loss: expected integers as {which}, got {array.dtype}; convert with .long()")
    array = array.astype(np.int64).reshape(-1) if array.ndim < 2 else array
    if array.shape != (count,):
        raise RuntimeError(f"ctc_loss: expected {which} to be {count}, one per example, got shape {array.shape}")
    if array.size and (array.min() < 0 or array.max() > most):
        raise RuntimeError(f"ctc_loss: expected {which} from 0 to {most}, {what}, got {array.tolist()}")
    return array


def _padded(targets: np.ndarray, lengths: np.ndarray, width: int) -> np.ndarray:
    """Return the labels in rows, whether they were so or lay one example after the other; behind the end are 0."""
    inside = np.arange(width) < lengths[:, None]
    if targets.ndim == 2:
        return np.where(inside, targets[:, :width], 0)
    rows = np.zeros(inside.shape, np.int64)
    rows[inside] = targets[: int(lengths.sum())]
    return rows


@rounded_once
def ctc_loss(
    log_probs: Operand,
    targets: Operand,
    input_lengths: Operand | Sequence[int],
    target_lengths: Operand | Sequence[int],
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """Return minus the log of the probability of all paths through `log_probs` that spell `targets`.

    A path spells the labels that are left when repetitions become one and blanks are dropped.

    Parameters
    ----------
    log_probs : Tensor of shape (T, N, C), or (T, C) of one example
        Logarithms of probabilities that add up to 1 over the C classes, as `log_softmax` gives them. As in PyTorch, the
        gradient takes this for granted, and has no derivative.
    targets : integer Tensor of shape (N, S), or (sum of target_lengths,) with one example behind the other
        Labels, which are not blank.
    input_lengths, target_lengths : integer Tensors or lists of N numbers
        How many of the T steps and of the S labels belong to each example.
    blank : int, default 0
    reduction : {'mean', 'sum', 'none'}
        ``'mean'`` divides each loss by the number of its labels, and averages.
    zero_infinity : bool, default False
        Take a loss as 0 where there are more labels than steps.

    Returns
    -------
    Tensor, 0-dim, or of shape (N,) with ``reduction='none'``

    Raises
    ------
    RuntimeError
        If shapes, lengths, dtypes or labels do not fit.

    References
    ----------
    A. Graves et al., Connectionist temporal classification: labelling unsegmented sequence data with recurrent neural
    networks, 2006.

    Examples
    --------
    >>> log_probs = mg.log_softmax(mg.zeros(2, 1, 3), 2)  # two steps, three classes: of 9 paths, 3 spell [1]
    >>> F.ctc_loss(log_probs, mg.tensor([[1]]), [2], [1]).exp()
    tensor(3.)
    """
    check_reduction("ctc_loss", reduction)
    check_tensor("ctc_loss", "log_probs", log_probs)
    require_floating("ctc_loss", log_probs)
    shape, labels = tuple(log_probs.shape), constant(check_tensor("ctc_loss", "targets", targets))
    if len(shape) == 2:
        log_probs, labels = reshape(log_probs, (shape[0], 1, shape[1])), labels.reshape(-1)
    elif len(shape) != 3:
        raise RuntimeError(f"ctc_loss: expected log_probs of shape (T, N, C) or (T, C), got {shape}")
    steps, count, classes = (int(n) for n in log_probs.shape)
    if not count:
        raise RuntimeError(f"ctc_loss: expected at least one example, got log_probs of shape {shape}")
    if labels.dtype.kind not in "iu" or labels.ndim not in (1, 2) or labels.ndim == 2 and len(labels) != count:
        raise RuntimeError(
            f"ctc_loss: expected integer targets of shape ({count}, S) or (sum of target_lengths,), "
            f"got {labels.dtype} of shape {labels.shape}"
        )
    if not 0 <= blank < classes:
        raise RuntimeError(f"ctc_loss: expected blank from 0 to {classes - 1}, got {blank}")
    lengths = _lengths("input_lengths", input_lengths, count, steps, "the length of log_probs")
    wanted = _lengths("target_lengths", target_lengths, count, labels.shape[-1], "the length of targets")
    if labels.ndim == 1 and wanted.sum() != labels.size:
        raise RuntimeError(f"ctc_loss: target_lengths add up to {wanted.sum()}, but there are {labels.size} targets")
    rows = _padded(labels.astype(np.int64), wanted, int(wanted.max()))
    if rows.size and (rows.min() < 0 or rows.max() >= classes):
        raise RuntimeError(f"ctc_loss: expected targets from 0 to {classes - 1}, got {rows.min()} to {rows.max()}")
    losses = _ctc_loss(log_probs, kernel.lattice(rows, lengths, wanted, blank), bool(zero_infinity))[0]
    if reduction == "mean":
        losses = losses / np.maximum(wanted, 1).astype(losses.dtype)
    return reduced("ctc_loss", reshape(losses, ()) if len(shape) == 2 else losses, reduction)
