"""Losses of pairs and triplets: what is alike is to be close, and what is not, farther than a margin."""

from __future__ import annotations

from typing import Any

from minigrad.autograd.operation import Operand
from minigrad.ops.broadcasting import _sum
from minigrad.ops.elementwise import abs, rsqrt
from minigrad.ops.loss import check_shapes, reduced
from minigrad.ops.norms import vector_norm
from minigrad.ops.selection import clamp, minimum, where
from minigrad.ops.shape import one_dim
from minigrad.ops.smooth_activation import softplus

__all__ = [
    "cdist", "cosine_embedding_loss", "cosine_similarity", "hinge_embedding_loss", "margin_ranking_loss", "normalize",
    "pairwise_distance", "soft_margin_loss", "triplet_margin_loss",
]  # fmt: skip


def _length(x: Any, p: float, dim: int, keepdim: bool) -> Any:
    """The p-norm over `dim`; its slope at 0 is 0."""
    total = _sum(x * x if p == 2 else abs(x) ** p, (dim,), keepdim)
    zero = total == 0
    return where(zero, 0.0, where(zero, 1.0, total) ** (1 / p))


def normalize(input: Operand, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Any:
    """``input / max(norm(input, p, dim), eps)``: vectors of length 1 along `dim`.

    Examples
    --------
    >>> F.normalize(mg.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]])
    """
    dim = one_dim("normalize", dim, len(input.shape))
    return input / clamp(_length(input, p, dim, True), min=eps)


def cosine_similarity(x1: Operand, x2: Operand, dim: int = 1, eps: float = 1e-8) -> Any:
    """The cosine of the angle between vectors along `dim`; lengths count as at least `eps`.

    Examples
    --------
    >>> F.cosine_similarity(mg.tensor([[1.0, 0.0]]), mg.tensor([[1.0, 1.0]]))
    tensor([0.7071])
    """
    product = normalize(x1, 2.0, dim, eps) * normalize(x2, 2.0, dim, eps)
    return _sum(product, (one_dim("cosine_similarity", dim, len(product.shape)),), False)


def pairwise_distance(x1: Operand, x2: Operand, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Any:
    """The p-norm of ``x1 - x2 + eps`` over the last dimension.

    Examples
    --------
    >>> F.pairwise_distance(mg.tensor([[1.0, 1.0]]), mg.tensor([[4.0, 5.0]]))
    tensor([5.0000])
    """
    difference = x1 - x2 + eps
    return _length(difference, p, len(difference.shape) - 1, keepdim)


def cdist(x1: Operand, x2: Operand, p: float = 2.0) -> Any:
    """The p-norms of the differences of each row of `x1` and each row of `x2`.

    Parameters
    ----------
    x1, x2 : Tensors of shapes (\\*, P, D) and (\\*, R, D)

    Returns
    -------
    Tensor of shape (\\*, P, R)

    Examples
    --------
    >>> mg.cdist(mg.tensor([[0.0, 0.0], [3.0, 0.0]]), mg.tensor([[3.0, 4.0]]))
    tensor([[5.],
            [4.]])
    """
    a, b = tuple(x1.shape), tuple(x2.shape)
    if len(a) < 2 or len(b) < 2 or a[-1] != b[-1]:
        raise RuntimeError(f"cdist: expected rows of the same length in both, got shapes {a} and {b}")
    difference = x1.reshape(*a[:-1], 1, a[-1]) - x2.reshape(*b[:-2], 1, *b[-2:])
    return vector_norm(difference, p, -1)


def hinge_embedding_loss(input: Operand, target: Operand, margin: float = 1.0, *, reduction: str = "mean") -> Any:
    """`input` where the target is 1, and ``max(0, margin - input)`` where it is -1.

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


def cosine_embedding_loss(
    input1: Operand, input2: Operand, target: Operand, margin: float = 0.0, *, reduction: str = "mean"
) -> Any:
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
    last = (len(input1.shape) - 1,)
    squares = (_sum(input1 * input1, last, False) + 1e-12) * (_sum(input2 * input2, last, False) + 1e-12)
    cos = _sum(input1 * input2, last, False) * rsqrt(squares)
    check_shapes("cosine_embedding_loss", cos, target)
    loss = where(target == 1, 1 - cos, clamp(cos - margin, min=0))
    return reduced("cosine_embedding_loss", loss, reduction)


def margin_ranking_loss(
    input1: Operand, input2: Operand, target: Operand, margin: float = 0.0, *, reduction: str = "mean"
) -> Any:
    """``max(0, margin - target * (input1 - input2))``: a target of 1 wants `input1` to be larger, -1 `input2`.

    Examples
    --------
    >>> F.margin_ranking_loss(mg.tensor([1.0, 1.0]), mg.tensor([3.0, 3.0]), mg.tensor([1, -1]), reduction="none")
    tensor([2., 0.])
    """
    check_shapes("margin_ranking_loss", input1, input2)
    check_shapes("margin_ranking_loss", input1, target)
    return reduced("margin_ranking_loss", clamp(margin - target * (input1 - input2), min=0), reduction)


def soft_margin_loss(input: Operand, target: Operand, *, reduction: str = "mean") -> Any:
    """``log(1 + exp(-target * input))``, with targets 1 and -1.

    Examples
    --------
    >>> F.soft_margin_loss(mg.tensor([0.0, 2.0]), mg.tensor([1, 1]), reduction="none")
    tensor([0.6931, 0.1269])
    """
    check_shapes("soft_margin_loss", input, target)
    return reduced("soft_margin_loss", softplus(-target * input, threshold=float("inf")), reduction)


def triplet_margin_loss(
    anchor: Operand,
    positive: Operand,
    negative: Operand,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    *,
    reduction: str = "mean",
) -> Any:
    """``max(0, margin + |anchor - positive| - |anchor - negative|)``. (Balntas et al., 2016)

    Parameters
    ----------
    anchor, positive, negative : Tensors of shape (N, D) or (D,)
    p, eps : as for `pairwise_distance`
    swap : bool, default False
        Measure the negative's distance from the positive where that is less.

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
