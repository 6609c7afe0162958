"""Softmax over very many classes, in clusters by how frequent they are (Grave et al., 2017)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.nn import functional as F
from minigrad.nn.container import ModuleList, Sequential
from minigrad.nn.layer import non_negative
from minigrad.nn.linear import Linear
from minigrad.nn.module import Module
from minigrad.nn.options import check_options
from minigrad.ops.joining import cat


class ASMoutput(NamedTuple):
    """The log-probability of each example's class, and minus their mean."""

    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """Log-probabilities of classes of which the frequent ones are computed first, the others in clusters behind them.

    Parameters
    ----------
    in_features, n_classes : int
    cutoffs : ints, increasing
        The classes before the first one are in the head; from each on, a cluster of its own.
    div_value : float, default 4
        By how much the features of each cluster are fewer than those of the one before.
    head_bias : bool, default False

    Attributes
    ----------
    head : Linear
        Gives scores of the frequent classes, and of each cluster.
    tail : ModuleList of Sequential
        For each cluster, a projection to fewer features, and the scores of its classes.

    Raises
    ------
    ValueError
        If the cutoffs are not different positive ints in order, less than `n_classes`.

    References
    ----------
    E. Grave et al., Efficient softmax approximation for GPUs, 2017.

    Examples
    --------
    >>> layer = nn.AdaptiveLogSoftmaxWithLoss(8, 20, cutoffs=[4, 10])
    >>> output, loss = layer(mg.randn(3, 8), mg.tensor([0, 5, 19]))
    >>> output.shape, layer.log_prob(mg.randn(3, 8)).shape
    (Size([3]), Size([3, 20]))
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        non_negative(self, in_features=in_features, n_classes=n_classes)
        check_options(self, div_value=div_value)
        ends = list(cutoffs)
        whole = all(isinstance(c, (int, np.integer)) for c in ends)
        if not ends or not whole or ends != sorted({*ends}) or min(ends) <= 0 or max(ends) > n_classes - 1:
            raise ValueError(
                "AdaptiveLogSoftmaxWithLoss: expected cutoffs to be different positive ints in order, less than "
                f"n_classes={n_classes}, got {ends}"
            )
        self.in_features, self.n_classes, self.div_value, self.head_bias = in_features, n_classes, div_value, head_bias
        self.cutoffs = [*ends, n_classes]
        self.shortlist_size, self.n_clusters = ends[0], len(ends)
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, head_bias, device, dtype)
        self.tail = ModuleList()
        for i, (low, high) in enumerate(zip(self.cutoffs[:-1], self.cutoffs[1:], strict=True)):
            width = int(in_features // div_value ** (i + 1))
            down = Linear(in_features, width, False, device, dtype)
            self.tail.append(Sequential(down, Linear(width, high - low, False, device, dtype)))

    def reset_parameters(self) -> None:
        """Draw new initial values."""
        for layer in self.modules():
            if isinstance(layer, Linear):
                layer.reset_parameters()

    def forward(self, input_: Tensor, target_: Tensor) -> ASMoutput:
        single = target_.ndim == 0
        if target_.ndim > 1 or input_.ndim != target_.ndim + 1 or (not single and len(input_) != len(target_)):
            raise RuntimeError(
                "AdaptiveLogSoftmaxWithLoss: expected an input of shape (N, in_features) and a target of shape (N,), "
                f"or without N, got {tuple(input_.shape)} and {tuple(target_.shape)}"
            )
        input, classes = (input_[None], target_[None]) if single else (input_, target_)
        numbers = classes._data
        if numbers.size and (numbers.min() < 0 or numbers.max() >= self.n_classes):
            raise RuntimeError(
                f"AdaptiveLogSoftmaxWithLoss: expected targets from 0 to {self.n_classes - 1}, got {numbers.tolist()}"
            )
        head = F.log_softmax(self.head(input), 1)
        cluster = np.searchsorted(self.cutoffs, numbers, side="right")  # 0 is the head
        place = np.where(cluster == 0, numbers, self.shortlist_size + cluster - 1)
        output = head.gather(1, Tensor._wrap(place[:, None].astype(np.int64))).squeeze(1)
        for i in np.unique(cluster[cluster > 0]):
            rows = Tensor._wrap(np.flatnonzero(cluster == i))
            scores = F.log_softmax(self.tail[int(i) - 1](input.index_select(0, rows)), 1)
            within = Tensor._wrap((numbers[rows._data] - self.cutoffs[i - 1])[:, None].astype(np.int64))
            output = output.index_add(0, rows, scores.gather(1, within).squeeze(1))
        return ASMoutput(output[0] if single else output, (-output).mean())

    def log_prob(self, input: Tensor) -> Tensor:
        """Return the log-probabilities of all classes, (N, n_classes)."""
        head = F.log_softmax(self.head(input), 1)
        first = self.shortlist_size
        tails = [
            F.log_softmax(cluster(input), 1) + head[:, first + i].unsqueeze(1) for i, cluster in enumerate(self.tail)
        ]
        return cat([head[:, :first], *tails], 1)

    def predict(self, input: Tensor) -> Tensor:
        """Return the most probable class of each example, (N,)."""
        return self.log_prob(input).argmax(1)
