"""ReduceLROnPlateau."""

from __future__ import annotations

import math
from typing import Any

from minigrad.optim.lr_scheduler.scheduler import (
    LRScheduler,
    check_numbers,
    check_optimizer,
    current_lrs,
    one_per_group,
    set_lr,
)
from minigrad.optim.optimizer import Optimizer


class ReduceLROnPlateau(LRScheduler):
    """``lr * factor`` when a metric has not become better for more than `patience` epochs.

    Parameters
    ----------
    optimizer : Optimizer
    mode : {'min', 'max'}
        Whether smaller or greater is better.
    factor : float, default 0.1
        Less than 1.
    patience : int, default 10
    threshold : float, default 1e-4
        By how much it must be better than the best so far to count.
    threshold_mode : {'rel', 'abs'}
        Whether `threshold` is a part of the best so far, or a difference.
    cooldown : int, default 0
        Epochs after a reduction in which nothing is counted.
    min_lr : float, or list of float, one for each group
    eps : float, default 1e-8
        A reduction by no more than this is not made.

    Examples
    --------
    >>> optimizer = optim.SGD([mg.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=1)
    >>> for loss in (3.0, 2.0, 2.0, 2.0):
    ...     scheduler.step(loss)
    >>> scheduler.get_last_lr()
    [0.1]
    """

    _derived = frozenset(("default_min_lr", "mode_worse"))

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | list[float] = 0,
        eps: float = 1e-8,
    ) -> None:
        self.optimizer = check_optimizer(self, optimizer)
        check_numbers(self, factor=factor, patience=patience, threshold=threshold, cooldown=cooldown, eps=eps)
        check_numbers(self, min_lr=min_lr)
        if factor >= 1:
            raise ValueError(f"ReduceLROnPlateau: expected a factor of less than 1, got {factor}")
        if mode not in ("min", "max"):
            raise ValueError(f"ReduceLROnPlateau: expected mode 'min' or 'max', got {mode!r}")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"ReduceLROnPlateau: expected threshold_mode 'rel' or 'abs', got {threshold_mode!r}")
        self.min_lrs = one_per_group("ReduceLROnPlateau: min_lr", optimizer, min_lr)
        self.mode, self.factor, self.patience, self.cooldown, self.eps = mode, factor, patience, cooldown, eps
        self.threshold, self.threshold_mode = threshold, threshold_mode
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = self.last_epoch = 0
        self._last_lr = current_lrs(optimizer)

    @property
    def in_cooldown(self) -> bool:
        """Whether a reduction was made less than `cooldown` epochs ago."""
        return self.cooldown_counter > 0

    def _is_better(self, metric: float) -> bool:
        sign = -1 if self.mode == "min" else 1
        margin = self.threshold
        if self.threshold_mode == "rel":
            return sign * metric > sign * self.best * (1 + sign * margin)
        return sign * metric > sign * self.best + margin

    def step(self, metrics: Any, epoch: int | None = None) -> None:  # type: ignore[override]
        """Look at `metrics`, the value of the metric in this epoch, and reduce the learning rates if it is time."""
        metric = float(metrics)
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if self._is_better(metric):
            self.best, self.num_bad_epochs = metric, 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._last_lr = current_lrs(self.optimizer)

    def _reduce(self) -> None:
        groups = self.optimizer.param_groups
        if len(set(self.min_lrs)) == 1:
            self.min_lrs = self.min_lrs[:1] * len(groups)  # for groups added since
        if len(self.min_lrs) != len(groups):
            raise RuntimeError(
                f"ReduceLROnPlateau.step: made for {len(self.min_lrs)} parameter groups, each with a min_lr, the "
                f"optimizer has {len(groups)} now; add groups before the scheduler is made, or make another one"
            )
        for group, least in zip(groups, self.min_lrs, strict=True):
            before = float(group["lr"])
            lr = max(before * self.factor, least)
            if before - lr > self.eps:
                set_lr(group, lr)
