"""Losses of pairs and triplets: what is alike is to be close, and what is not, farther than a margin."""

from __future__ import annotations

from minigrad.core.tensor import Tensor
from minigrad.ops.broadcasting import sum
from minigrad.ops.declare.operation import Operand
from minigrad.ops.distances import pairwise_distance
from minigrad.ops.exponential import hypot
from minigrad.ops.loss_arguments import check_shapes, loss, reduced
from minigrad.ops.norms import vector_norm
from minigrad.ops.selection import clamp, minimum, where
from minigrad.ops.smooth_activation import softplus

__all__ = [
    "cosine_embedding_loss",
    "hinge_embedding_loss",
    "margin_ranking_loss",
    "soft_margin_loss",
    "triplet_margin_loss",
]


@loss
def hinge_embedding_loss(
    input: Operand,
    target: Operand,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return `input` where the target is 1, and ``max(0, margin - input)`` where it is -1.

    Parameters
    ----------
    input : Tensor
        Distances.
    target : Tensor of the same shape
        1 for pairs that are alike, -1 for others.

    Examples
    --------
    >>> F.hinge_embedding_loss(mg.tensor([0.2, 0.3]), mg.tensor([1, -1]), reduction="none")
    tensor([0.2000, 0.7000])
    """
    check_shapes("hinge_embedding_loss", input, target)
    loss = where(target != -1, input, 0.0) + where(target != 1, clamp(margin - input, min=0), 0.0)
    return reduced("hinge_embedding_loss", loss, reduction)


@loss
def cosine_embedding_loss(
    input1: Operand,
    input2: Operand,
    target: Operand,
    margin: float = 0.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``1 - cos`` where the target is 1, and ``max(0, cos - margin)`` where it is -1.

    Parameters
    ----------
    input1, input2 : Tensors of shape (N, D) or (D,)
    target : Tensor of shape (N,) or ()
        1 for pairs that are alike, -1 for others.

    Examples
    --------
    >>> x = mg.tensor([[1.0, 0.0]])
    >>> F.cosine_embedding_loss(x, mg.tensor([[0.0, 2.0]]), mg.tensor([1]))
    tensor(1.)
    """
    check_shapes("cosine_embedding_loss", input1, input2)
    first, second = (x / hypot(vector_norm(x, 2, -1, True), 1e-6) for x in (input1, input2))
    cos = sum(first * second, -1)
    check_shapes("cosine_embedding_loss", cos, target)
    loss = where(target == 1, 1 - cos, clamp(cos - margin, min=0))
    return reduced("cosine_embedding_loss", loss, reduction)


@loss
def margin_ranking_loss(
    input1: Operand,
    input2: Operand,
    target: Operand,
    margin: float = 0.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``max(0, margin - target * (input1 - input2))``: a target of 1 wants `input1` to be larger, -1 `input2`.

    Examples
    --------
    >>> F.margin_ranking_loss(mg.tensor([1.0, 1.0]), mg.tensor([3.0, 3.0]), mg.tensor([1, -1]), reduction="none")
    tensor([2., 0.])
    """
    check_shapes("margin_ranking_loss", input1, input2)
    check_shapes("margin_ranking_loss", input1, target)
    return reduced("margin_ranking_loss", clamp(margin - target * (input1 - input2), min=0), reduction)


@loss
def soft_margin_loss(
    input: Operand,
    target: Operand,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``log(1 + exp(-target * input))``, with targets 1 and -1.

    Examples
    --------
    >>> F.soft_margin_loss(mg.tensor([0.0, 2.0]), mg.tensor([1, 1]), reduction="none")
    tensor([0.6931, 0.1269])
    """
    check_shapes("soft_margin_loss", input, target)
    return reduced("soft_margin_loss", softplus(-target * input, threshold=float("inf")), reduction)


@loss
def triplet_margin_loss(
    anchor: Operand,
    positive: Operand,
    negative: Operand,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``max(0, margin + |anchor - positive| - |anchor - negative|)`` (Balntas et al., 2016).

    Parameters
    ----------
    anchor, positive, negative : Tensors of shape (N, D) or (D,)
    p, eps : as for `pairwise_distance`
    swap : bool, default False
        Measure the negative's distance from the positive where that is less.

    Raises
    ------
    ValueError
        If `margin` is not positive.

    Examples
    --------
    >>> F.triplet_margin_loss(mg.zeros(1, 2), mg.tensor([[3.0, 4.0]]), mg.tensor([[0.0, 2.0]]))
    tensor(4.0000)
    """
    if not margin > 0:
        raise ValueError(f"triplet_margin_loss: expected margin above 0, got {margin}")
    check_shapes("triplet_margin_loss", anchor, positive)
    check_shapes("triplet_margin_loss", anchor, negative)
    far = pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = minimum(far, pairwise_distance(positive, negative, p, eps))
    loss = clamp(margin + pairwise_distance(anchor, positive, p, eps) - far, min=0)
    return reduced("triplet_margin_loss", loss, reduction)
