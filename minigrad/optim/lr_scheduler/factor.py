"""Schedulers that multiply the learning rate by a factor: a function of the user, or a formula."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from minigrad.optim.lr_scheduler.scheduler import (
    LRScheduler,
    attributes,
    check_numbers,
    check_optimizer,
    current_lrs,
    one_per_group,
)
from minigrad.optim.optimizer import Optimizer

# ---- functions of the user -------------------------------------------------------------------------------------------


class LambdaLR(LRScheduler):
    """The initial learning rate times a function of the epoch.

    Parameters
    ----------
    optimizer : Optimizer
    lr_lambda : callable, or list of callables, one for each group
        From the epoch to the factor. Functions are not saved by `state_dict`; the attributes of callable objects are.
    last_epoch : int, default -1

    Examples
    --------
    >>> optimizer = optim.SGD([mg.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 1 / (1 + 0.5 * epoch))
    >>> optimizer.step(), scheduler.step(), scheduler.step(), scheduler.get_last_lr()
    (None, None, None, [0.5])
    """

    def __init__(self, optimizer: Optimizer, lr_lambda: Any, last_epoch: int = -1) -> None:
        name = f"{type(self).__name__}: lr_lambda"
        self.lr_lambdas: list[Callable[[int], float]] = one_per_group(name, check_optimizer(self, optimizer), lr_lambda)
        for function in self.lr_lambdas:
            if not callable(function):
                raise TypeError(f"{name}: expected a function of the epoch, got {type(function).__name__}")
        super().__init__(optimizer, last_epoch)

    def _factors(self) -> list[float]:
        return [function(self.last_epoch) for function in self.lr_lambdas]

    def get_lr(self) -> list[float]:
        return [base * factor for base, factor in zip(self.base_lrs, self._factors(), strict=True)]

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "lr_lambdas": [attributes(function) for function in self.lr_lambdas]}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        super().load_state_dict({key: value for key, value in state_dict.items() if key != "lr_lambdas"})
        for function, saved in zip(self.lr_lambdas, state_dict.get("lr_lambdas", ()), strict=False):
            if saved is not None:
                function.__dict__.update(copy.deepcopy(saved))


class MultiplicativeLR(LambdaLR):
    """The learning rate is multiplied by a function of the epoch at each step.

    Parameters
    ----------
    optimizer, lr_lambda, last_epoch
        As those of `LambdaLR`.

    Examples
    --------
    >>> optimizer = optim.SGD([mg.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = optim.lr_scheduler.MultiplicativeLR(optimizer, lambda epoch: 0.5)
    >>> optimizer.step(), scheduler.step(), scheduler.step(), scheduler.get_last_lr()
    (None, None, None, [0.25])
    """

    def get_lr(self) -> list[float]:
        rates = current_lrs(self.optimizer)
        return rates if self._starting else [lr * f for lr, f in zip(rates, self._factors(), strict=True)]


# ---- formulas --------------------------------------------------------------------------------------------------------


class _FactorLR(LRScheduler):
    """The learning rate is multiplied by `_factor()` at each step, which comes to `_total()` times the initial one."""

    def _factor(self) -> float:
        raise NotImplementedError

    def _total(self) -> float:
        raise NotImplementedError

    def get_lr(self) -> list[float]:
        factor = self._factor()
        return [lr * factor for lr in current_lrs(self.optimizer)]

    def _get_closed_form_lr(self) -> list[float]:
        total = self._total()
        return [base * total for base in self.base_lrs]


class StepLR(_FactorLR):
    """``lr * gamma`` every `step_size` epochs: ``initial_lr * gamma ** (epoch // step_size)``.

    Parameters
    ----------
    optimizer : Optimizer
    step_size : int
    gamma : float, default 0.1
    last_epoch : int, default -1

    Examples
    --------
    >>> optimizer = optim.SGD([mg.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
    >>> for epoch in range(5):
    ...     print(scheduler.get_last_lr()[0], end=" ")
    ...     optimizer.step()
    ...     scheduler.step()
    1.0 1.0 0.5 0.5 0.25
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        check_numbers(self, step_size=step_size, gamma=gamma)
        if step_size < 1:
            raise ValueError(f"StepLR: expected a step_size of 1 or more, got {step_size}")
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer, last_epoch)

    def _factor(self) -> float:
        return self.gamma if self.last_epoch and self.last_epoch % self.step_size == 0 else 1.0

    def _total(self) -> float:
        return self.gamma ** (self.last_epoch // self.step_size)


class MultiStepLR(_FactorLR):
    """``lr * gamma`` at each of `milestones`.

    Parameters
    ----------
    optimizer : Optimizer
    milestones : iterable of int
        Epochs; one that is named twice counts twice.
    gamma : float, default 0.1
    last_epoch : int, default -1

    Examples
    --------
    >>> optimizer = optim.SGD([mg.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = optim.lr_scheduler.MultiStepLR(optimizer, milestones=[1, 3], gamma=0.5)
    >>> for epoch in range(5):
    ...     print(scheduler.get_last_lr()[0], end=" ")
    ...     optimizer.step()
    ...     scheduler.step()
    1.0 0.5 0.5 0.25 0.25
    """

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        if not isinstance(milestones, Iterable):
            raise TypeError(f"MultiStepLR: expected a list of epochs as milestones, got {type(milestones).__name__}")
        self.milestones, self.gamma = list(milestones), gamma
        check_numbers(self, milestones=self.milestones, gamma=gamma)
        self.milestones.sort()
        super().__init__(optimizer, last_epoch)

    def _translated(self, state_dict: Mapping[str, Any]) -> Mapping[str, Any]:
        milestones = state_dict.get("milestones")
        if not isinstance(milestones, Mapping):
            return state_dict
        return {**state_dict, "milestones": sorted(epoch for epoch, n in milestones.items() for _ in range(n))}

    def _factor(self) -> float:
        return self.gamma ** self.milestones.count(self.last_epoch)

    def _total(self) -> float:
        return self.gamma ** sum(epoch <= self.last_epoch for epoch in self.milestones)


class ExponentialLR(_FactorLR):
    """``lr * gamma`` at every epoch: ``initial_lr * gamma ** epoch``.

    Parameters
    ----------
    optimizer : Optimizer
    gamma : float
    last_epoch : int, default -1

    Examples
    --------
    >>> optimizer = optim.SGD([mg.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> optimizer.step(), scheduler.step(), scheduler.get_last_lr()
    (None, None, [0.5])
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        check_numbers(self, gamma=gamma)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _factor(self) -> float:
        return 1.0 if self._starting else self.gamma

    def _total(self) -> float:
        return self.gamma**self.last_epoch


class ConstantLR(_FactorLR):
    """``initial_lr * factor`` before epoch `total_iters`, then ``initial_lr``.

    Parameters
    ----------
    optimizer : Optimizer
    factor : float, default 1/3
        More than 0, at most 1.
    total_iters : int, default 5
    last_epoch : int, default -1

    Examples
    --------
    >>> optimizer = optim.SGD([mg.ones(1, requires_grad=True)], lr=1.0)
    >>> optim.lr_scheduler.ConstantLR(optimizer, factor=0.25).get_last_lr()
    [0.25]
    """

    def __init__(self, optimizer: Optimizer, factor: float = 1 / 3, total_iters: int = 5, last_epoch: int = -1) -> None:
        check_numbers(self, factor=factor, total_iters=total_iters)
        if not 0 < factor <= 1:
            raise ValueError(f"ConstantLR: expected a factor of more than 0 and at most 1, got {factor}")
        self.factor, self.total_iters = factor, total_iters
        super().__init__(optimizer, last_epoch)

    def _factor(self) -> float:
        if self.last_epoch == 0:
            return self.factor
        return 1 / self.factor if self.last_epoch == self.total_iters else 1.0

    def _total(self) -> float:
        return self.factor if self.last_epoch < self.total_iters else 1.0


class LinearLR(_FactorLR):
    """A straight line from ``initial_lr * start_factor`` to ``initial_lr * end_factor`` at epoch `total_iters`.

    Parameters
    ----------
    optimizer : Optimizer
    start_factor : float, default 1/3
        More than 0, at most 1.
    end_factor : float, default 1
        Between 0 and 1.
    total_iters : int, default 5
    last_epoch : int, default -1

    Examples
    --------
    >>> optimizer = optim.SGD([mg.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = optim.lr_scheduler.LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> for epoch in range(4):
    ...     print(scheduler.get_last_lr()[0], end=" ")
    ...     optimizer.step()
    ...     scheduler.step()
    0.5 0.75 1.0 1.0
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        check_numbers(self, start_factor=start_factor, end_factor=end_factor, total_iters=total_iters)
        if not 0 < start_factor <= 1:
            raise ValueError(f"LinearLR: expected a start_factor of more than 0 and at most 1, got {start_factor}")
        if not 0 <= end_factor <= 1:
            raise ValueError(f"LinearLR: expected an end_factor between 0 and 1, got {end_factor}")
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer, last_epoch)

    def _factor(self) -> float:
        if self.last_epoch == 0:
            return self.start_factor
        if self._starting or self.last_epoch > self.total_iters:
            return 1.0
        rise = self.end_factor - self.start_factor
        return 1 + rise / (self.total_iters * self.start_factor + (self.last_epoch - 1) * rise)

    def _total(self) -> float:
        done = min(self.total_iters, self.last_epoch) / self.total_iters
        return self.start_factor + (self.end_factor - self.start_factor) * done


class PolynomialLR(_FactorLR):
    """``initial_lr * (1 - epoch / total_iters) ** power``, and 0 from epoch `total_iters` on.

    Parameters
    ----------
    optimizer : Optimizer
    total_iters : int, default 5
    power : float, default 1
    last_epoch : int, default -1

    Examples
    --------
    >>> optimizer = optim.SGD([mg.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = optim.lr_scheduler.PolynomialLR(optimizer, total_iters=4, power=2)
    >>> optimizer.step(), scheduler.step(), scheduler.get_last_lr()
    (None, None, [0.5625])
    """

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        check_numbers(self, total_iters=total_iters, power=power)
        if power < 0:
            raise ValueError(f"PolynomialLR: expected a power of 0 or more, got {power}")
        self.total_iters, self.power = total_iters, power
        super().__init__(optimizer, last_epoch)

    def _factor(self) -> float:
        if self._starting or not 0 < self.last_epoch <= self.total_iters:
            return 1.0
        left = self.total_iters - self.last_epoch
        return (left / (left + 1)) ** self.power

    def _total(self) -> float:
        return (1 - min(self.total_iters, self.last_epoch) / self.total_iters) ** self.power
