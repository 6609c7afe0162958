"""Schedulers that go up and down: cosine annealing, with and without restarts, one cycle, and cycles."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from minigrad.optim.lr_scheduler.scheduler import (
    LRScheduler,
    attributes,
    check_integers,
    check_numbers,
    check_optimizer,
    current_lrs,
    one_per_group,
    set_lr,
)
from minigrad.optim.optimizer import Optimizer


def _half_cosine(start: float, end: float, done: float) -> float:
    """Interpolate from `start` at done = 0 to `end` at done = 1 along half a cosine wave."""
    return end + (start - end) * (1 + math.cos(math.pi * done)) / 2


def _straight(start: float, end: float, done: float) -> float:
    return start + (end - start) * done


class CosineAnnealingLR(LRScheduler):
    """Half a cosine wave from ``initial_lr`` to `eta_min` at epoch `T_max`, and back (Loshchilov, Hutter, 2017).

    ``eta_min + (initial_lr - eta_min) * (1 + cos(pi * epoch / T_max)) / 2``

    Parameters
    ----------
    optimizer : Optimizer
    T_max : int
    eta_min : float, default 0
    last_epoch : int, default -1

    Examples
    --------
    >>> optimizer = optim.SGD([mg.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=4)
    >>> for epoch in range(5):
    ...     print(f"{scheduler.get_last_lr()[0]:.3f}", end=" ")
    ...     optimizer.step()
    ...     scheduler.step()
    1.000 0.854 0.500 0.146 0.000
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        check_numbers(self, T_max=T_max, eta_min=eta_min)
        if not T_max:
            raise ValueError("CosineAnnealingLR: expected a T_max other than 0")
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        rates = current_lrs(self.optimizer)
        if self._starting:
            return rates
        before, now = (1 + math.cos(math.pi * epoch / self.T_max) for epoch in (self.last_epoch - 1, self.last_epoch))
        if (self.last_epoch - 1 - self.T_max) % (2 * self.T_max) == 0:  # at the bottom, where `before` is 0
            up = (1 - math.cos(math.pi / self.T_max)) / 2
            return [lr + (base - self.eta_min) * up for lr, base in zip(rates, self.base_lrs, strict=True)]
        return [self.eta_min + (lr - self.eta_min) * now / before for lr in rates]

    def _get_closed_form_lr(self) -> list[float]:
        return [_half_cosine(base, self.eta_min, self.last_epoch / self.T_max) for base in self.base_lrs]


class CosineAnnealingWarmRestarts(LRScheduler):
    """Half a cosine wave from ``initial_lr`` to `eta_min`, again and again (SGDR; Loshchilov and Hutter, 2017).

    Parameters
    ----------
    optimizer : Optimizer
    T_0 : int
        Epochs until the first restart.
    T_mult : int, default 1
        How many times longer each period is than the one before.
    eta_min : float, default 0
    last_epoch : int, default -1

    Examples
    --------
    >>> optimizer = optim.SGD([mg.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=2)
    >>> for epoch in range(4):
    ...     print(f"{scheduler.get_last_lr()[0]:.3f}", end=" ")
    ...     optimizer.step()
    ...     scheduler.step()
    1.000 0.500 1.000 0.500
    """

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        for name, value in (("T_0", T_0), ("T_mult", T_mult)):
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"CosineAnnealingWarmRestarts: expected a positive integer {name}, got {value!r}")
        if not isinstance(eta_min, (int, float)):
            raise ValueError(f"CosineAnnealingWarmRestarts: expected a number as eta_min, got {eta_min!r}")
        self.T_0, self.T_i, self.T_mult, self.eta_min = T_0, T_0, T_mult, eta_min
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return [_half_cosine(base, self.eta_min, self.T_cur / self.T_i) for base in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:
        """Set the learning rates of the next epoch, or those of `epoch`, which may be a fraction.

        Raises
        ------
        ValueError
            If `epoch` is negative.
        """
        self._check_groups()
        if epoch is not None and epoch < 0:
            raise ValueError(f"CosineAnnealingWarmRestarts.step: expected an epoch of 0 or more, got {epoch}")
        if epoch is None and self.last_epoch < 0:
            epoch = 0
        if epoch is None:
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur, self.T_i = self.T_cur - self.T_i, self.T_i * self.T_mult
            now = self.last_epoch + 1
        else:
            self.T_cur, self.T_i = epoch, self.T_0
            while self.T_cur >= self.T_i:
                self.T_cur, self.T_i = self.T_cur - self.T_i, self.T_i * self.T_mult
            now = math.floor(epoch)
        self._move(now)

    def _begin_at(self, epoch: int) -> None:
        self.step(epoch)


def _check_momentum(scheduler: str, optimizer: Optimizer) -> None:
    if not {"momentum", "betas"} & optimizer.defaults.keys():
        raise ValueError(
            f"{scheduler}: {type(optimizer).__name__} has neither momentum nor betas to cycle; use cycle_momentum=False"
        )


def _set_momentum(group: dict[str, Any], momentum: float) -> None:
    if "betas" in group:
        group["betas"] = (momentum, *group["betas"][1:])
    else:
        group["momentum"] = momentum


class OneCycleLR(LRScheduler):
    """Up to `max_lr` and down to almost nothing, once, while the momentum goes down and up (Smith and Topin, 2019).

    Parameters
    ----------
    optimizer : Optimizer
    max_lr : float, or list of float, one for each group
    total_steps : int, optional
        Or `epochs` and `steps_per_epoch`. One step per batch.
    pct_start : float, default 0.3
        The part of the steps that goes up.
    anneal_strategy : {'cos', 'linear'}
    cycle_momentum : bool, default True
        Move ``momentum``, or the first of ``betas``, between `max_momentum` and `base_momentum`.
    base_momentum, max_momentum : float, or list of float, one for each group
    div_factor, final_div_factor : float
        It starts at ``max_lr / div_factor`` and ends at that over `final_div_factor`.
    three_phase : bool, default False
        Go down as fast as up, then on to the end.
    last_epoch : int, default -1

    Raises
    ------
    ValueError
        For options out of range; in `step`, after `total_steps`.

    Examples
    --------
    >>> optimizer = optim.SGD([mg.ones(1, requires_grad=True)], lr=1.0, momentum=0.9)
    >>> scheduler = optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=5, pct_start=0.4)
    >>> for batch in range(4):
    ...     print(f"{scheduler.get_last_lr()[0]:.3f}", end=" ")
    ...     optimizer.step()
    ...     scheduler.step()
    0.040 1.000 0.750 0.250
    """

    _derived = frozenset(("use_beta1",))

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(self, optimizer)
        if total_steps is None and epochs is not None and steps_per_epoch is not None:
            check_integers(self, epochs=epochs, steps_per_epoch=steps_per_epoch)
            total_steps = epochs * steps_per_epoch
        check_numbers(self, max_lr=max_lr, base_momentum=base_momentum, max_momentum=max_momentum)
        check_numbers(self, div_factor=div_factor, final_div_factor=final_div_factor)
        if not div_factor or not final_div_factor:
            raise ValueError("OneCycleLR: expected div_factor and final_div_factor other than 0")
        if not isinstance(total_steps, int) or total_steps < 1:
            raise ValueError("OneCycleLR: expected a positive integer total_steps, or epochs and steps_per_epoch")
        if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
            raise ValueError(f"OneCycleLR: expected pct_start as a float between 0 and 1, got {pct_start!r}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"OneCycleLR: expected anneal_strategy 'cos' or 'linear', got {anneal_strategy!r}")
        if cycle_momentum:
            _check_momentum("OneCycleLR", optimizer)
        self.total_steps, self.pct_start, self.three_phase = total_steps, pct_start, three_phase
        self.anneal_strategy, self.cycle_momentum = anneal_strategy, cycle_momentum
        bounds = zip(
            optimizer.param_groups,
            one_per_group("OneCycleLR: max_lr", optimizer, max_lr),
            one_per_group("OneCycleLR: base_momentum", optimizer, base_momentum),
            one_per_group("OneCycleLR: max_momentum", optimizer, max_momentum),
            strict=True,
        )
        for group, top, low, high in bounds if last_epoch == -1 else ():
            initial = top / div_factor
            group.update(initial_lr=initial, max_lr=top, min_lr=initial / final_div_factor)
            if cycle_momentum:
                group.update(base_momentum=low, max_momentum=high)
        super().__init__(optimizer, last_epoch)

    def _phases(self) -> list[tuple[float, str, str, str, str]]:
        """Return the last step of each phase; from which learning rate to which; and from which momentum to which."""
        up, end = self.pct_start * self.total_steps - 1, self.total_steps - 1
        rise = (up, "initial_lr", "max_lr", "max_momentum", "base_momentum")
        if self.three_phase:
            fall = (2 * up, "max_lr", "initial_lr", "base_momentum", "max_momentum")
            return [rise, fall, (end, "initial_lr", "min_lr", "max_momentum", "max_momentum")]
        return [rise, (end, "max_lr", "min_lr", "base_momentum", "max_momentum")]

    def get_lr(self) -> list[float]:
        self._check_groups()
        if self.last_epoch > self.total_steps:
            raise ValueError(f"OneCycleLR.step: the cycle has {self.total_steps} steps, this is step {self.last_epoch}")
        begin, phases = 0.0, self._phases()
        while len(phases) > 1 and self.last_epoch > phases[0][0]:
            begin = phases.pop(0)[0]
        end, lr_from, lr_to, momentum_from, momentum_to = phases[0]
        done = (self.last_epoch - begin) / (end - begin) if end != begin else 1.0
        move = _half_cosine if self.anneal_strategy == "cos" else _straight
        groups = self.optimizer.param_groups
        for group in groups if self.cycle_momentum else ():
            _set_momentum(group, move(group[momentum_from], group[momentum_to], done))
        return [move(group[lr_from], group[lr_to], done) for group in groups]


class CyclicLR(LRScheduler):
    """Straight lines up from `base_lr` to `max_lr` and down again, over and over (Smith, 2017).

    Parameters
    ----------
    optimizer : Optimizer
    base_lr, max_lr : float, or list of float, one for each group
    step_size_up, step_size_down : int
        Steps of each half of a cycle; as many down as up where omitted.
    mode : {'triangular', 'triangular2', 'exp_range'}
        All cycles of the same height; each half as high as the one before; height times ``gamma ** step``.
    gamma : float, default 1
    scale_fn : callable, optional
        Instead of `mode`: from the number of the cycle (from 1), or of the step, to the factor of the height.
    scale_mode : {'cycle', 'iterations'}
        What `scale_fn` is given.
    cycle_momentum : bool, default True
        Move ``momentum``, or the first of ``betas``, the other way between `base_momentum` and `max_momentum`.
    base_momentum, max_momentum : float, or list of float, one for each group
    last_epoch : int, default -1

    Examples
    --------
    >>> optimizer = optim.SGD([mg.ones(1, requires_grad=True)], lr=1.0, momentum=0.9)
    >>> scheduler = optim.lr_scheduler.CyclicLR(optimizer, base_lr=0.0, max_lr=1.0, step_size_up=2)
    >>> for batch in range(5):
    ...     print(scheduler.get_last_lr()[0], end=" ")
    ...     optimizer.step()
    ...     scheduler.step()
    0.0 0.5 1.0 0.5 0.0
    """

    _derived = frozenset(("use_beta1", "total_size", "step_ratio"))

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.8,
        max_momentum: float | list[float] = 0.9,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(self, optimizer)
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ValueError(f"CyclicLR: expected mode 'triangular', 'triangular2' or 'exp_range', got {mode!r}")
        check_numbers(self, base_lr=base_lr, max_lr=max_lr, base_momentum=base_momentum, max_momentum=max_momentum)
        check_numbers(self, gamma=gamma, step_size_up=step_size_up)
        for name, size in (("step_size_up", step_size_up), ("step_size_down", step_size_down)):
            if size is not None:
                check_numbers(self, **{name: size})
                if not size > 0:
                    raise ValueError(f"CyclicLR: expected {name} above 0, got {size}")
        if scale_mode not in ("cycle", "iterations"):
            raise ValueError(f"CyclicLR: expected scale_mode 'cycle' or 'iterations', got {scale_mode!r}")
        check_integers(self, last_epoch=last_epoch)
        if scale_fn is not None and not callable(scale_fn):
            raise TypeError(f"CyclicLR: expected a function as scale_fn, got {type(scale_fn).__name__}")
        if cycle_momentum:
            _check_momentum("CyclicLR", optimizer)
        base_lrs = one_per_group("CyclicLR: base_lr", optimizer, base_lr)
        self.max_lrs = one_per_group("CyclicLR: max_lr", optimizer, max_lr)
        self.base_momentums = one_per_group("CyclicLR: base_momentum", optimizer, base_momentum)
        self.max_momentums = one_per_group("CyclicLR: max_momentum", optimizer, max_momentum)
        self.step_size_up = step_size_up
        self.step_size_down = step_size_up if step_size_down is None else step_size_down
        self.mode, self.gamma, self.cycle_momentum = mode, gamma, cycle_momentum
        self.scale_fn, self.scale_mode = scale_fn, scale_mode
        for group, lr in zip(optimizer.param_groups, base_lrs, strict=True):
            if last_epoch == -1:  # else the group has its own, from the run that goes on
                group["initial_lr"] = lr
                set_lr(group, lr)
        super().__init__(optimizer, last_epoch)

    def _scale(self, cycle: int) -> float:
        if self.scale_fn is not None:
            return self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.mode == "exp_range":
            return self.gamma**self.last_epoch
        return 0.5 ** (cycle - 1) if self.mode == "triangular2" else 1.0

    def get_lr(self) -> list[float]:
        self._check_groups()
        cycle, step = divmod(self.last_epoch, self.step_size_up + self.step_size_down)
        left = self.step_size_up + self.step_size_down - step
        height = step / self.step_size_up if step <= self.step_size_up else left / self.step_size_down
        height *= self._scale(cycle + 1)
        if self.cycle_momentum:
            momentums = zip(self.optimizer.param_groups, self.max_momentums, self.base_momentums, strict=True)
            for group, high, low in momentums:
                _set_momentum(group, high - (high - low) * height)
        return [low + (high - low) * height for low, high in zip(self.base_lrs, self.max_lrs, strict=True)]

    def _translated(self, state_dict: Mapping[str, Any]) -> Mapping[str, Any]:
        if "total_size" not in state_dict:
            return state_dict
        up = state_dict["total_size"] * state_dict["step_ratio"]
        return {**state_dict, "step_size_up": up, "step_size_down": state_dict["total_size"] - up}

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "scale_fn": self.scale_fn and attributes(self.scale_fn)}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        super().load_state_dict({key: value for key, value in state_dict.items() if key != "scale_fn"})
        if state_dict.get("scale_fn") is not None:
            self.scale_fn.__dict__.update(state_dict["scale_fn"])
