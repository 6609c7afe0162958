"""The base of the schedulers."""

from __future__ import annotations

import copy
import types
import warnings
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from minigrad.autograd import no_grad
from minigrad.core.tensor import Tensor
from minigrad.optim.optimizer import Optimizer
from minigrad.optim.options import as_number


class LRScheduler:
    """Base of the schedulers: sets each group's learning rate at epoch 0, when it is made, and at every `step`.

    A subclass defines `get_lr`. Where that multiplies the current learning rate instead of computing it from the
    initial one, schedulers of one optimizer combine, as do changes by hand.

    Parameters
    ----------
    optimizer : Optimizer
    last_epoch : int, default -1
        The epoch to go on after, for an optimizer whose groups have an ``"initial_lr"``; -1 starts.

    Attributes
    ----------
    last_epoch : int
        The number of steps so far.
    base_lrs : list of float
        The learning rate of each group before the first epoch, also kept there as ``"initial_lr"``.

    Raises
    ------
    TypeError
        If `optimizer` is not one.
    KeyError
        If a group has no ``"initial_lr"`` to go on with.
    """

    _get_lr_called_within_step = False  # which get_lr of a user's class may ask

    _derived: ClassVar[frozenset[str]] = frozenset()  # what PyTorch's files have, too, and what follows from the rest

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer = check_optimizer(self, optimizer)
        check_integers(self, last_epoch=last_epoch)
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", float(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"{type(self).__name__}: parameter group {i} has no 'initial_lr' to go on from with "
                    f"last_epoch={last_epoch}; load the optimizer's state first, or leave last_epoch out"
                )
        self.base_lrs = [float(group["initial_lr"]) for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._start()

    def _start(self) -> None:
        self._step_count = 0
        self.step()

    @property
    def _starting(self) -> bool:
        """Whether this is the step of the constructor."""
        return self._step_count == 1

    def get_lr(self) -> list[float]:
        """Return the learning rate of each group at ``last_epoch``. Called by `step`; others want `get_last_lr`."""
        raise NotImplementedError(f"{type(self).__name__}: a scheduler defines get_lr()")

    def _get_closed_form_lr(self) -> list[float]:
        """Compute the rates from the initial ones alone, where there is such a formula."""
        return self.get_lr()

    def get_last_lr(self) -> list[float]:
        """Return the learning rates that the last step set."""
        return self._last_lr

    def step(self, epoch: int | None = None) -> None:
        """Set the learning rates of the next epoch, or (PyTorch has deprecated it) those of `epoch`.

        Raises
        ------
        ValueError
            If it has no rates for parameter groups that were added since it was made. Nothing is changed then.
        """
        optimizer = self.optimizer
        if epoch is None and self._starting and not optimizer._step_count:
            warnings.warn(
                "scheduler.step() before optimizer.step() skips the first learning rate; call optimizer.step() first",
                UserWarning,
                stacklevel=2,
            )
        if epoch is not None:
            warn_of_epoch(self)
        self._move(epoch)

    def _move(self, epoch: int | None) -> None:
        before = self._step_count, self.last_epoch
        self._step_count += 1
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        self._get_lr_called_within_step = True
        try:
            self._set(list(self.get_lr() if epoch is None else self._get_closed_form_lr()))
        except Exception:
            self._step_count, self.last_epoch = before
            self._check_groups()
            raise
        finally:
            self._get_lr_called_within_step = False

    def _check_groups(self) -> None:
        groups, known = len(self.optimizer.param_groups), len(self.base_lrs)
        if groups != known:
            raise ValueError(
                f"{type(self).__name__}.step: made for {known} parameter groups, the optimizer has {groups} now; "
                "add groups before the scheduler is made, or make another one"
            )

    def _begin_at(self, epoch: int) -> None:
        """Take over from another scheduler, or go to an epoch together with others."""
        self._move(epoch)

    def _set(self, rates: list[float]) -> None:
        groups = self.optimizer.param_groups
        if len(rates) != len(groups):
            raise ValueError(f"{type(self).__name__}: expected {len(groups)} rates, one per group, got {len(rates)}")
        for group, lr in zip(groups, rates, strict=True):
            set_lr(group, lr)
        self._last_lr = current_lrs(self.optimizer)

    def state_dict(self) -> dict[str, Any]:
        """Return all that determines the rates to come, but the optimizer and functions that are not objects."""
        return {key: value for key, value in self.__dict__.items() if key != "optimizer"}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from where `state_dict()` was called. Load the optimizer's state, too: it has the current rates.

        Raises
        ------
        ValueError
            If it is the state of another kind of scheduler. The scheduler is unchanged then. One of a user's own takes
            all that it finds, as it may set attributes later.
        """
        state = {key: value for key, value in self._translated(state_dict).items() if key not in self._derived}
        if type(self).__module__.partition(".")[0] == __name__.partition(".")[0]:
            other = [key for key in state if key not in self.__dict__ and not key.startswith("_")]
            if other:
                raise ValueError(
                    f"{type(self).__name__}.load_state_dict: has no {', '.join(other)}; is it another kind's?"
                )
            state = {key: value for key, value in state.items() if key in self.__dict__}
        self.__dict__.update(copy.deepcopy(state))

    def _translated(self, state_dict: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the state as this class has it, if it is PyTorch's."""
        return state_dict


class _LRScheduler(LRScheduler):
    """The name that `LRScheduler` had once; classes are derived from either."""


def check_optimizer(scheduler: Any, optimizer: Any) -> Optimizer:
    """Return `optimizer` if it is one; raise otherwise."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(scheduler).__name__}: expected an Optimizer, got {type(optimizer).__name__}")
    return optimizer


def set_lr(group: dict[str, Any], lr: float) -> None:
    """Set the learning rate of a group, in place where it is a Tensor."""
    if isinstance(group["lr"], Tensor):
        with no_grad():
            group["lr"]._write(float(lr))
    else:
        group["lr"] = float(lr)


def current_lrs(optimizer: Optimizer) -> list[float]:
    """Return the learning rate of each group."""
    return [float(group["lr"]) for group in optimizer.param_groups]


def one_per_group(name: str, optimizer: Optimizer, value: Any) -> list[Any]:
    """Return `value` as a list with an element for each parameter group."""
    count = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [value] * count
    if len(value) != count:
        raise ValueError(f"{name}: expected one for each of the {count} parameter groups, got {len(value)}")
    return list(value)


def attributes(function: Any) -> dict[str, Any] | None:
    """Return what there is to save of a user's function: a copy of its attributes if it is an object, else None."""
    return None if isinstance(function, types.FunctionType) else dict(getattr(function, "__dict__", {}))


def warn_of_epoch(scheduler: Any) -> None:
    warnings.warn(
        f"{type(scheduler).__name__}.step(epoch): PyTorch has deprecated the epoch; call step() once per epoch",
        UserWarning,
        stacklevel=3,
    )


# options that may be lists: of a number for each parameter group, and of epochs
_LISTS = {"base_lr", "max_lr", "min_lr", "base_momentum", "max_momentum", "milestones", "swa_lr"}


def check_numbers(scheduler: Any, **options: Any) -> None:
    """Raise TypeError for an option that is no number, or, where it may be a list, holds something else."""
    for name, value in options.items():
        for each in value if isinstance(value, (list, tuple)) and name in _LISTS else (value,):
            as_number(type(scheduler).__name__, name, each)


def check_integers(scheduler: Any, **options: Any) -> None:
    """Raise TypeError for an option that is no integer."""
    for name, value in options.items():
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            wanted = f"{type(scheduler).__name__}: expected an integer as {name}"
            raise TypeError(f"{wanted}, got {type(value).__name__} {value!r:.40}")
