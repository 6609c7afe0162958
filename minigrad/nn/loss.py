"""Losses as modules; the formulas and their sources stand with the functions of the same names.

`reduction` is ``"mean"``, ``"sum"`` or, for the loss of every example or element, ``"none"``.
"""

from __future__ import annotations

from minigrad.core.tensor import Tensor
from minigrad.nn import functional as F
from minigrad.nn.module import BUFFER, Module, registered
from minigrad.nn.options import check_options
from minigrad.ops.loss_arguments import chosen_reduction


class Loss(Module):
    """The base of losses: a reduction, which the old options `size_average` and `reduce` choose if they are given."""

    _reductions: tuple[str, ...] = ("mean", "sum", "none")

    def __init__(self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean") -> None:
        reduction = chosen_reduction(type(self).__name__, size_average, reduce, reduction)
        if reduction not in self._reductions:
            raise ValueError(f"{type(self).__name__}: expected reduction from {self._reductions}, got {reduction!r}")
        super().__init__()
        self.reduction = reduction


class WeightedLoss(Loss):
    """The base of losses with a weight, a buffer: a factor for each class or element."""

    weight: Tensor | None = registered(BUFFER)

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)


class MSELoss(Loss):
    """``(input - target) ** 2``.

    Shapes: `input` and `target` (*); the result is a number, or (*) without reduction.

    Examples
    --------
    >>> nn.MSELoss()(mg.tensor([1.0, 2.0]), mg.tensor([1.0, 4.0]))
    tensor(2.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)


class L1Loss(Loss):
    """``|input - target|``.

    Shapes: `input` and `target` (*); the result is a number, or (*) without reduction.
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.l1_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(Loss):
    """Quadratic where ``|input - target| < beta``, linear beyond; see also `HuberLoss`.

    Shapes: `input` and `target` (*); the result is a number, or (*) without reduction.
    """

    def __init__(
        self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean", beta: float = 1.0
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        check_options(self, beta=beta)
        if not beta >= 0:
            raise ValueError(f"SmoothL1Loss: expected beta of at least 0, got {beta}")
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(Loss):
    """Quadratic where ``|input - target| < delta``, linear beyond: `delta` times `SmoothL1Loss`.

    Shapes: `input` and `target` (*); the result is a number, or (*) without reduction.
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction=reduction)
        check_options(self, delta=delta)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.huber_loss(input, target, reduction=self.reduction, delta=self.delta)


class CrossEntropyLoss(WeightedLoss):
    """Minus the log of the softmax of the logits `input`, (N, C, ...), at the classes `target`.

    Parameters
    ----------
    weight : Tensor, shape (C,), optional
        A weight for each class; a mean is divided by the sum of the targets' weights.
    ignore_index : int, default -100
        A target that does not count.
    reduction : str, default "mean"
    label_smoothing : float, default 0
        How much of the target to spread over all classes.

    Examples
    --------
    >>> nn.CrossEntropyLoss()(mg.zeros(3, 10), mg.tensor([1, 0, 4]))
    tensor(2.3026)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        check_options(self, ignore_index=ignore_index)
        self.ignore_index = ignore_index
        check_options(self, label_smoothing=label_smoothing)
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(
            input,
            target,
            weight=self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )


class NLLLoss(WeightedLoss):
    """Minus the log-probabilities `input`, (N, C, ...), at the classes `target`; see `CrossEntropyLoss`."""

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        check_options(self, ignore_index=ignore_index)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.nll_loss(input, target, weight=self.weight, ignore_index=self.ignore_index, reduction=self.reduction)


class BCELoss(WeightedLoss):
    """Binary cross-entropy of the probabilities `input`; `weight` is a factor on each element.

    Shapes: `input` and `target` (*); the result is a number, or (*) without reduction.
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy(input, target, weight=self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(WeightedLoss):
    """Binary cross-entropy of logits, without overflow; `pos_weight` is a factor on the positive targets.

    Shapes: `input` and `target` (*); the result is a number, or (*) without reduction.
    """

    pos_weight: Tensor | None = registered(BUFFER)

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(
            input, target, weight=self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )


class KLDivLoss(Loss):
    """Divergence of the log-probabilities `input` from `target`; the mathematical mean is ``"batchmean"``.

    Shapes: `input` and `target` (*); the result is a number, or (*) without reduction.
    """

    _reductions = ("mean", "sum", "none", "batchmean")

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        log_target: bool = False,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)


class PoissonNLLLoss(Loss):
    """Minus the log-likelihood of counts `target` under a Poisson distribution of (log) mean `input`.

    Shapes: `input` and `target` (*); the result is a number, or (*) without reduction.
    """

    def __init__(
        self,
        log_input: bool = True,
        full: bool = False,
        size_average: bool | None = None,
        eps: float = 1e-8,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_input = log_input
        self.full = full
        check_options(self, eps=eps)
        self.eps = eps

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.poisson_nll_loss(
            input, target, log_input=self.log_input, full=self.full, eps=self.eps, reduction=self.reduction
        )


class GaussianNLLLoss(Loss):
    """Minus the log-likelihood of `target` under a normal distribution of mean `input` and variance `var`.

    Shapes: `input` and `target` (*), `var` the same or 1 in the last dimension, or without it.
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.full = full
        check_options(self, eps=eps)
        self.eps = eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor) -> Tensor:
        return F.gaussian_nll_loss(input, target, var, full=self.full, eps=self.eps, reduction=self.reduction)


class HingeEmbeddingLoss(Loss):
    """Distances `input` where `target` is 1; ``max(0, margin - input)`` where it is -1.

    Shapes: `input` and `target` (*); the result is a number, or (*) without reduction.
    """

    def __init__(
        self, margin: float = 1.0, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        check_options(self, margin=margin)
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.hinge_embedding_loss(input, target, margin=self.margin, reduction=self.reduction)


class CosineEmbeddingLoss(Loss):
    """A loss that brings vectors together where `target` is 1, and apart by their cosine where it is -1.

    Shapes: `input1` and `input2` (N, D), `target` (N,); or (D,) and a number.
    """

    def __init__(
        self, margin: float = 0.0, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        check_options(self, margin=margin)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return F.cosine_embedding_loss(input1, input2, target, margin=self.margin, reduction=self.reduction)


class MarginRankingLoss(Loss):
    """``max(0, margin - target * (input1 - input2))`` for targets 1 and -1.

    Shapes: `input1`, `input2` and `target` (*); the result is a number, or (*) without reduction.
    """

    def __init__(
        self, margin: float = 0.0, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        check_options(self, margin=margin)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return F.margin_ranking_loss(input1, input2, target, margin=self.margin, reduction=self.reduction)


class SoftMarginLoss(Loss):
    """``log(1 + exp(-target * input))`` for targets 1 and -1.

    Shapes: `input` and `target` (*); the result is a number, or (*) without reduction.
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.soft_margin_loss(input, target, reduction=self.reduction)


class TripletMarginLoss(Loss):
    """``max(0, d(anchor, positive) - d(anchor, negative) + margin)``, d being the distance of norm `p`.

    Shapes: the three (N, D) or (D,); the result is a number, or (N,) without reduction.
    """

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2.0,
        eps: float = 1e-6,
        swap: bool = False,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        check_options(self, margin=margin, p=p, eps=eps)
        if not margin > 0:
            raise ValueError(f"TripletMarginLoss: expected margin above 0, got {margin}")
        self.margin = margin
        self.p = p
        self.eps = eps
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return F.triplet_margin_loss(
            anchor,
            positive,
            negative,
            margin=self.margin,
            p=self.p,
            eps=self.eps,
            swap=self.swap,
            reduction=self.reduction,
        )


class CosineSimilarity(Module):
    """The cosine of the angle between vectors along `dim`.

    Shapes: `x1` and `x2` (*) that broadcast, to the same without `dim`.
    """

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        check_options(self, dim=dim, eps=eps)
        self.dim, self.eps = dim, eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return F.cosine_similarity(x1, x2, self.dim, self.eps)


class PairwiseDistance(Module):
    """The distance of norm `p` between vectors along the last dimension.

    Shapes: `x1` and `x2` (N, D) or (D,), to (N,) or a number; (N, 1) or (1,) with `keepdim`.
    """

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        check_options(self, p=p, eps=eps)
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)
