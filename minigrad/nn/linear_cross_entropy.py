"""A linear layer and the cross entropy of its outputs, as one loss."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.nn import functional as F
from minigrad.nn.layer import non_negative
from minigrad.nn.linear import Linear
from minigrad.nn.loss import WeightedLoss
from minigrad.nn.options import check_options

_NAME = "LinearCrossEntropyLoss"


@dataclass
class LinearCrossEntropyOptions:
    """How PyTorch would cut the batch to save memory; accepted, and of no effect here."""

    allow_retain_graph: bool = False
    batch_chunk_size: int | None = None
    chunking_method: str | None = "auto"
    acc_policy: str = "auto"
    acc_dtype: Any = None


class LinearCrossEntropyLoss(WeightedLoss):
    """The cross entropy of ``Linear(in_features, num_classes)``, see `linear_cross_entropy`.

    Parameters
    ----------
    in_features, num_classes : int
    out_features : ints, optional
        Further dimensions of the logits, (N, num_classes, *out_features).
    bias : bool, default False
    weight, reduction, ignore_index, label_smoothing : as of `CrossEntropyLoss`
    options : LinearCrossEntropyOptions, optional
        Changes nothing here.

    Examples
    --------
    >>> nn.LinearCrossEntropyLoss(5, 10)(mg.randn(3, 5), mg.tensor([1, 0, 4])).shape
    Size([])
    """

    _optional = frozenset({"ignore_index"})

    def __init__(
        self,
        in_features: int,
        num_classes: int,
        *,
        out_features: Sequence[int] = (),
        bias: bool = False,
        device: Any = None,
        dtype: Any = None,
        reduction: str = "mean",
        weight: Tensor | None = None,
        ignore_index: int | None = None,
        label_smoothing: float = 0.0,
        options: LinearCrossEntropyOptions | None = None,
    ) -> None:
        super().__init__(weight, reduction=reduction)
        non_negative(self, in_features=in_features, num_classes=num_classes)
        check_options(self, label_smoothing=label_smoothing, ignore_index=ignore_index)
        if weight is not None and tuple(weight.shape) != (num_classes,):
            raise RuntimeError(f"{_NAME}: expected a weight of shape ({num_classes},), got {tuple(weight.shape)}")
        if not all(isinstance(n, int) for n in out_features):
            raise TypeError(f"{_NAME}: expected ints as out_features, got {out_features!r}")
        if options is not None and not hasattr(options, "chunking_method"):
            raise TypeError(f"{_NAME}: expected LinearCrossEntropyOptions as options, got {options!r}")
        self.in_features, self.num_classes, self.out_features = in_features, num_classes, tuple(out_features)
        self.linear = Linear(in_features, num_classes * math.prod(self.out_features), bias, device, dtype)
        self.ignore_index, self.label_smoothing, self.options = ignore_index, label_smoothing, options

    def extra_repr(self) -> str:
        return (
            f"in_features={self.in_features}, num_classes={self.num_classes}, out_features={self.out_features}, "
            f"bias={self.linear.bias is not None}, reduction={self.reduction}, ignore_index={self.ignore_index}, "
            f"label_smoothing={self.label_smoothing}, options={self.options}"
        )

    def reset_parameters(self) -> None:
        """Draw new initial values."""
        self.linear.reset_parameters()

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        shape = (self.num_classes, *self.out_features)
        bias = self.linear.bias
        return F.linear_cross_entropy(
            input,
            self.linear.weight.reshape(*shape, self.in_features),
            target,
            linear_bias=None if bias is None else bias.reshape(shape),
            weight=self.weight,
            reduction=self.reduction,
            ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing,
        )
