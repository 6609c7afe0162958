"""Losses of classes, sequences and triplets; the formulas stand with the functions of the same names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.nn import functional as F
from minigrad.nn.loss import Loss, NLLLoss, WeightedLoss
from minigrad.nn.options import check_options


class NLLLoss2d(NLLLoss):
    """The old name of `NLLLoss` for images, (N, C, H, W) and (N, H, W)."""


class MultiMarginLoss(WeightedLoss):
    """The mean over wrong classes i of ``max(0, margin - input[target] + input[i]) ** p``.

    Shapes: `input` (N, C), `target` (N,); or (C,) and a number.

    Examples
    --------
    >>> nn.MultiMarginLoss()(mg.tensor([[0.1, 0.2, 0.4, 0.8]]), mg.tensor([3]))
    tensor(0.3250)
    """

    def __init__(
        self,
        p: int = 1,
        margin: float = 1.0,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        if p not in (1, 2):
            raise ValueError(f"MultiMarginLoss: expected p to be 1 or 2, got {p!r}")
        if weight is not None and weight.ndim != 1:
            raise ValueError(f"MultiMarginLoss: expected a weight of shape (C,), got {tuple(weight.shape)}")
        check_options(self, margin=margin)
        self.p, self.margin = p, margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multi_margin_loss(input, target, self.p, self.margin, self.weight, reduction=self.reduction)


class MultiLabelMarginLoss(Loss):
    """The sum over right classes j and wrong ones i of ``max(0, 1 - input[j] + input[i])``, divided by C.

    Shapes: `input` and `target` (N, C) or (C,); the target lists the right classes, and ends with -1.
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_margin_loss(input, target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(WeightedLoss):
    """The mean over classes of the binary cross-entropy of logits.

    Shapes: `input` and `target` (N, C); the result is a number, or (N,) without reduction.
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_soft_margin_loss(input, target, self.weight, reduction=self.reduction)


class TripletMarginWithDistanceLoss(Loss):
    """``max(0, margin + d(anchor, positive) - d(anchor, negative))``, d being `distance_function`.

    Shapes: what the function takes; by default, `PairwiseDistance`, that is (N, D) or (D,).
    """

    def __init__(
        self,
        *,
        distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(reduction=reduction)
        check_options(self, margin=margin)
        if not margin > 0:
            raise ValueError(f"TripletMarginWithDistanceLoss: expected margin above 0, got {margin}")
        self.distance_function = F.pairwise_distance if distance_function is None else distance_function
        self.margin, self.swap = margin, swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return F.triplet_margin_with_distance_loss(
            anchor,
            positive,
            negative,
            distance_function=self.distance_function,
            margin=self.margin,
            swap=self.swap,
            reduction=self.reduction,
        )


class CTCLoss(Loss):
    """Minus the log of the probability of all paths through `log_probs` that spell `targets`, see `ctc_loss`.

    Shapes: `log_probs` (T, N, C) or (T, C), `targets` (N, S) or (sum of the lengths,), the lengths (N,).

    Examples
    --------
    >>> log_probs = mg.randn(50, 16, 20).log_softmax(2)
    >>> targets = mg.randint(1, 20, (16, 30))
    >>> nn.CTCLoss()(log_probs, targets, mg.full((16,), 50), mg.full((16,), 30)).shape
    Size([])
    """

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__(reduction=reduction)
        check_options(self, blank=blank)
        self.blank, self.zero_infinity = blank, zero_infinity

    def forward(
        self,
        log_probs: Tensor,
        targets: Tensor,
        input_lengths: Tensor | Sequence[int],
        target_lengths: Tensor | Sequence[int],
    ) -> Tensor:
        lengths: tuple[Any, Any] = (input_lengths, target_lengths)
        return F.ctc_loss(log_probs, targets, *lengths, self.blank, self.reduction, self.zero_infinity)
