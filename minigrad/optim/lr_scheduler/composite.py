"""Schedulers made of schedulers: one after the other, or all at a time."""

from __future__ import annotations

import warnings
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from minigrad.optim.lr_scheduler.plateau import ReduceLROnPlateau
from minigrad.optim.lr_scheduler.scheduler import (
    LRScheduler,
    check_integers,
    check_optimizer,
    current_lrs,
    set_lr,
    warn_of_epoch,
)
from minigrad.optim.optimizer import Optimizer


class _Composite(LRScheduler):
    def __init__(self, optimizer: Optimizer | None, schedulers: Sequence[LRScheduler]) -> None:
        name = type(self).__name__
        if not schedulers:
            raise ValueError(f"{name}: expected at least one scheduler, got none")
        self.optimizer = check_optimizer(self, optimizer or getattr(schedulers[0], "optimizer", None))
        for i, scheduler in enumerate(schedulers):
            if not isinstance(scheduler, LRScheduler):
                raise TypeError(f"{name}: expected schedulers, got {type(scheduler).__name__} at index {i}")
            if isinstance(scheduler, ReduceLROnPlateau):
                raise ValueError(f"{name}: ReduceLROnPlateau (index {i}) needs a metric; step it apart")
            if scheduler.optimizer is not self.optimizer:
                raise ValueError(f"{name}: the scheduler at index {i} belongs to another optimizer")
        self._schedulers = list(schedulers)

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "_schedulers": [scheduler.state_dict() for scheduler in self._schedulers]}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        parts = state_dict.get("_schedulers", ())
        if len(parts) != len(self._schedulers):
            raise ValueError(
                f"{type(self).__name__}.load_state_dict: expected {len(self._schedulers)} schedulers, got {len(parts)}"
            )
        before = [scheduler.state_dict() for scheduler in self._schedulers]
        try:
            for scheduler, part in zip(self._schedulers, parts, strict=True):
                scheduler.load_state_dict(part)
            super().load_state_dict({key: value for key, value in state_dict.items() if key != "_schedulers"})
        except ValueError:
            for scheduler, part in zip(self._schedulers, before, strict=True):
                scheduler.load_state_dict(part)
            raise


class SequentialLR(_Composite):
    """Schedulers one after the other, such as a warm-up and then another.

    Parameters
    ----------
    optimizer : Optimizer
    schedulers : list of LRScheduler
    milestones : list of int
        The epochs at which the second, third, ... scheduler takes over, at its own epoch 0.

    Examples
    --------
    >>> from minigrad.optim.lr_scheduler import ConstantLR, ExponentialLR, SequentialLR
    >>> optimizer = optim.SGD([mg.ones(1, requires_grad=True)], lr=1.0)
    >>> parts = [ConstantLR(optimizer, factor=0.125), ExponentialLR(optimizer, gamma=0.5)]
    >>> scheduler = SequentialLR(optimizer, parts, milestones=[2])
    >>> for epoch in range(5):
    ...     print(scheduler.get_last_lr()[0], end=" ")
    ...     optimizer.step()
    ...     scheduler.step()
    0.125 0.125 1.0 0.5 0.25
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int], last_epoch: int = -1
    ) -> None:
        super().__init__(optimizer, schedulers)
        check_integers(self, last_epoch=last_epoch)
        for milestone in milestones:
            check_integers(self, milestones=milestone)
        if len(milestones) != len(schedulers) - 1:
            count = f"{len(schedulers)} schedulers and {len(milestones)} milestones"
            raise ValueError(f"SequentialLR: expected a milestone for each scheduler but the first, got {count}")
        self._milestones = list(milestones)
        self.last_epoch = last_epoch + 1
        for group in optimizer.param_groups:  # undo what the schedulers did to it when they were made
            set_lr(group, group["initial_lr"])
        for scheduler in self._schedulers:
            _undo(scheduler)
        first = self._schedulers[bisect_right(self._milestones, 0)]
        first._start()
        self._last_lr = first.get_last_lr()

    def _start(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # no optimizer has made a step yet
            self.step()  # as PyTorch does: the first part of another has counted its first epoch before

    def step(self, epoch: int | None = None) -> None:
        """Set the learning rates of the next epoch, or (PyTorch has deprecated it) those of `epoch`."""
        if epoch is not None:
            warn_of_epoch(self)
            return self._begin_at(epoch)
        i, since = self._at(self.last_epoch + 1)
        if since:
            self._schedulers[i].step()
        else:
            self._schedulers[i]._begin_at(0)
        self.last_epoch += 1
        self._last_lr = self._schedulers[i].get_last_lr()

    def _begin_at(self, epoch: int) -> None:
        i, since = self._at(epoch)
        self._schedulers[i]._begin_at(since)
        self.last_epoch = epoch
        self._last_lr = self._schedulers[i].get_last_lr()

    def _at(self, epoch: int) -> tuple[int, int]:
        """Return the number of the scheduler for an epoch, and its own epoch then."""
        i = bisect_right(self._milestones, epoch)
        return i, epoch - (self._milestones[i - 1] if i else 0)


def _undo(scheduler: LRScheduler) -> None:
    if isinstance(scheduler, _Composite):
        for part in scheduler._schedulers:
            _undo(part)
    else:
        scheduler.last_epoch -= 1


class ChainedScheduler(_Composite):
    """Several schedulers at once, each of which changes what the one before it has set.

    Parameters
    ----------
    schedulers : list of LRScheduler
    optimizer : Optimizer, optional
        That of the schedulers.

    Examples
    --------
    >>> from minigrad.optim.lr_scheduler import ChainedScheduler, ConstantLR, ExponentialLR
    >>> optimizer = optim.SGD([mg.ones(1, requires_grad=True)], lr=1.0)
    >>> parts = [ConstantLR(optimizer, factor=0.5, total_iters=2), ExponentialLR(optimizer, gamma=0.5)]
    >>> scheduler = ChainedScheduler(parts)
    >>> for epoch in range(4):
    ...     print(scheduler.get_last_lr()[0], end=" ")
    ...     optimizer.step()
    ...     scheduler.step()
    0.5 0.25 0.25 0.125
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        super().__init__(optimizer, schedulers)
        self._last_lr = current_lrs(self.optimizer)

    def _start(self) -> None:
        for scheduler in self._schedulers:  # as PyTorch does, an ordinary step, which multiplies the rates
            scheduler._start() if isinstance(scheduler, _Composite) else scheduler._move(None)
        self._last_lr = current_lrs(self.optimizer)

    def step(self, epoch: int | None = None) -> None:
        """Set the learning rates of the next epoch, or those of `epoch`, by every scheduler."""
        if epoch is not None:
            warn_of_epoch(self)
            return self._begin_at(epoch)
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = current_lrs(self.optimizer)

    def _begin_at(self, epoch: int) -> None:
        for scheduler in self._schedulers:
            scheduler._begin_at(epoch)
        self._last_lr = current_lrs(self.optimizer)
