"""The loss of scores (N, C) or (N, C, d1, ...) against one class each, indices (N,) or (N, d1, ...).

With z the scores and p their softmax, the loss of row n with class t is

    a * (logsumexp(z) - z[t]) + b * sum over c of w[c] * (logsumexp(z) - z[c])

where a holds the weight of the class and b the label smoothing, and both hold what a mean divides by. Its gradient is
``p * (a + b * sum(w)) - a * onehot(t) - b * w``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigrad.kernels.buffering import times_rows
from minigrad.kernels.softmax import softmax_and_logs
from minigrad.kernels.summation import sums

FEW_CLASSES = 32  # classes: NumPy reduces short rows one after the other, and columns all at once


class Classes(NamedTuple):
    """The classes of a batch, and how much each counts.

    index : the class of each row; any class for rows to ignore
    ignored : where to ignore it, or None if nowhere
    weight : of each class, or None
    smoothing : the part of the target that is spread over all classes
    reduction : 'none', 'mean' or 'sum'
    """

    index: np.ndarray  # type: ignore[assignment]  # instead of tuple.index
    ignored: np.ndarray | None = None
    weight: np.ndarray | None = None
    smoothing: float = 0.0
    reduction: str = "mean"

    def place(self) -> tuple[Any, ...]:
        """``scores[place]`` is the score of each row's class."""
        if self.index.ndim == 1:
            return np.arange(len(self.index)), self.index
        n, *rest = np.ogrid[tuple(slice(s) for s in self.index.shape)]
        return (n, self.index, *rest)

    def factors(self, count: int, dtype: np.dtype) -> tuple[Any, Any, Any]:
        """Return a, b and the sum of w for `count` classes; a and b are floats, or arrays like the index."""
        rows: Any = 1.0
        counted: Any = 1.0
        total: Any = self.index.size
        if self.ignored is not None:
            rows = counted = (~self.ignored).astype(dtype)
            total = np.count_nonzero(~self.ignored)
        if self.weight is not None:
            rows = self.weight[self.index] * counted
            total = np.add.reduce(rows, axis=None)
        if not total:  # the mean of rows that weigh nothing is nan, and so is its slope; where there is no row, it is 0
            total = np.nan if self.weight is not None and np.any(counted) else 1
        divisor = float(total) if self.reduction == "mean" else 1.0
        weights = float(count) if self.weight is None else np.add.reduce(self.weight)
        return rows * (1 - self.smoothing) / divisor, counted * (self.smoothing / max(count, 1)) / divisor, weights

    def scaled(self, factors: Any, g: Any) -> Any:
        """Return the `factors` of the rows times `g`, and 0 for ignored rows even if `g` is inf or nan."""
        y = factors * g
        return y if self.ignored is None else np.where(self.ignored, y.dtype.type(0), y)

    def reduced(self, losses: np.ndarray) -> Any:
        """Return the losses of the rows, added up unless reduction is 'none'. The mean of nothing is nan."""
        if self.ignored is not None:
            losses[self.ignored] = 0  # whatever the scores were
        if self.reduction == "none":
            return losses
        counted = self.index.size if self.ignored is None else np.count_nonzero(~self.ignored)
        return np.add.reduce(losses, axis=None) if counted or self.reduction == "sum" else losses.dtype.type(np.nan)


def cross_entropy(scores: np.ndarray, classes: Classes) -> tuple[Any, np.ndarray]:
    """Return the loss, and the softmax that the gradient needs, with one exponential of each score."""
    by_rows, dtype = scores.flags.c_contiguous, scores.dtype
    if scores.ndim == 2 and scores.shape[1] <= FEW_CLASSES:
        scores = np.asfortranarray(scores)
    p, logs, top = softmax_and_logs(scores, (1,))
    logs = logs.reshape(classes.index.shape)
    a, b, weights = classes.factors(scores.shape[1], dtype)
    losses = top.reshape(logs.shape) - scores[classes.place()]
    losses += logs
    losses *= a
    if classes.smoothing:
        losses += b * (weights * logs - _weighted(scores - top.astype(dtype), classes.weight))
    # in the order of the scores: what follows in backward meets arrays of that order
    return classes.reduced(losses).astype(dtype, copy=False), np.ascontiguousarray(p) if by_rows else p


def cross_entropy_slope(g: Any, p: np.ndarray, classes: Classes) -> np.ndarray:
    """Return the gradient of the scores."""
    a, b, weights = classes.factors(p.shape[1], p.dtype)
    a, b = classes.scaled(a, g), classes.scaled(b, g)
    slope = times_rows(p, np.asarray(_column(a + b * weights if classes.smoothing else a)))
    slope[classes.place()] -= a
    if classes.smoothing:
        w = 1 if classes.weight is None else _along_classes(classes.weight, p.ndim)
        slope -= _column(b) * w
    return slope


def nll(scores: np.ndarray, classes: Classes) -> Any:
    """Return the loss of log-probabilities: minus those of the classes, weighted."""
    a, _, _ = classes.factors(scores.shape[1], scores.dtype)
    return classes.reduced(scores[classes.place()] * -a)


def nll_slope(g: Any, shape: tuple[int, ...], classes: Classes) -> np.ndarray:
    """Return the gradient of the log-probabilities."""
    g = np.asarray(g)
    a, _, _ = classes.factors(shape[1], g.dtype)
    slope = np.zeros(shape, g.dtype)
    slope[classes.place()] = -classes.scaled(a, g)
    return slope


def _weighted(z: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    return sums(z if weight is None else z * _along_classes(weight, z.ndim), (1,), keepdim=False)


def _along_classes(weight: np.ndarray, ndim: int) -> np.ndarray:
    return weight.reshape(-1, *[1] * (ndim - 2))


def _column(rows: Any) -> Any:
    """Return one number per row, to be multiplied with the scores of the row."""
    return rows[:, None] if np.ndim(rows) else rows
