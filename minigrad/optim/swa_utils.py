"""Averages of a model's weights over time: equal ones (SWA), and those that forget (EMA)."""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from minigrad.autograd import no_grad
from minigrad.core.tensor import Tensor
from minigrad.creation import tensor
from minigrad.nn.module import Module
from minigrad.nn.normalization import BatchNorm
from minigrad.optim.lr_scheduler.scheduler import LRScheduler, check_numbers, check_optimizer, one_per_group
from minigrad.optim.optimizer import Optimizer

__all__ = [
    "AveragedModel", "SWALR", "get_ema_avg_fn", "get_ema_multi_avg_fn", "get_swa_avg_fn", "get_swa_multi_avg_fn",
    "update_bn",
]  # fmt: skip

Average = Callable[[Tensor, Tensor, Any], Tensor]
MultiAverage = Callable[[Sequence[Tensor], Sequence[Tensor], Any], None]


# ---- averages --------------------------------------------------------------------------------------------------------


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """Return a function of (average, value, count) that gives ``decay * average + (1 - decay) * value``.

    Raises
    ------
    ValueError
        If `decay` is not within [0, 1].

    Examples
    --------
    >>> from minigrad.optim.swa_utils import get_ema_avg_fn
    >>> get_ema_avg_fn(0.75)(mg.ones(1), mg.zeros(1), 3)
    tensor([0.7500])
    """
    if not 0 <= decay <= 1:
        raise ValueError(f"get_ema_avg_fn: expected a decay from 0 to 1, got {decay}")

    @no_grad()
    def ema_update(ema_param: Tensor, current_param: Tensor, num_averaged: Any) -> Tensor:
        return decay * ema_param + (1 - decay) * current_param

    return ema_update


def get_swa_avg_fn() -> Average:
    """Return a function of (average, value, count) that gives the mean of ``count + 1`` values.

    Examples
    --------
    >>> from minigrad.optim.swa_utils import get_swa_avg_fn
    >>> get_swa_avg_fn()(mg.ones(1), mg.zeros(1), 3)
    tensor([0.7500])
    """

    @no_grad()
    def swa_update(averaged_param: Tensor, current_param: Tensor, num_averaged: Any) -> Tensor:
        return averaged_param + (current_param - averaged_param) / (num_averaged + 1)

    return swa_update


def _of_each(average: Average) -> MultiAverage:
    """Return a function of lists that changes the first one in place."""

    @no_grad()
    def update(averages: Sequence[Tensor], values: Sequence[Tensor], num_averaged: Any) -> None:
        for mean, value in zip(averages, values, strict=True):
            mean.copy_(average(mean, value, num_averaged))

    return update


def get_ema_multi_avg_fn(decay: float = 0.999) -> MultiAverage:
    """Return a function of (averages, values, count), lists of Tensors, that changes the first as `get_ema_avg_fn`."""
    return _of_each(get_ema_avg_fn(decay))


def get_swa_multi_avg_fn() -> MultiAverage:
    """Return a function of (averages, values, count), lists of Tensors, that changes the first as `get_swa_avg_fn`."""
    return _of_each(get_swa_avg_fn())


class AveragedModel(Module):
    """A copy of a model whose parameters are averages of those that the model had (Izmailov et al., 2018).

    Parameters
    ----------
    model : Module
    device : accepted; there is only the CPU
    avg_fn : callable, optional
        Takes (average, value, how many are in it), and returns the new average; by default they have equal weights.
    multi_avg_fn : callable, optional
        Instead of `avg_fn`: takes lists of averages and values, and changes the first in place.
    use_buffers : bool, default False
        Average the buffers, too; otherwise they are copied.

    Attributes
    ----------
    module : Module
        The averaged model.
    n_averaged : Tensor, 0-dim, int64
        How many models are in it.

    Raises
    ------
    ValueError
        If both functions are given.

    Examples
    --------
    >>> from minigrad.optim.swa_utils import AveragedModel
    >>> model = nn.Linear(1, 1, bias=False)
    >>> averaged = AveragedModel(model)
    >>> for value in (1.0, 2.0, 6.0):
    ...     _ = nn.init.constant_(model.weight, value)
    ...     averaged.update_parameters(model)
    >>> averaged.module.weight.item(), averaged.n_averaged
    (3.0, tensor(3))
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Average | None = None,
        multi_avg_fn: MultiAverage | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise ValueError("AveragedModel: expected at most one of avg_fn and multi_avg_fn, got both")
        self.module = copy.deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", tensor(0))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the averaged model gives."""
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Take the parameters that `model` has now into the averages; the first ones are copied."""
        averages, values = ([t.detach() for t in self._averaged(m)] for m in (self.module, model))
        if not self.n_averaged.item():
            for mean, value in zip(averages, values, strict=False):
                mean.copy_(value)
        else:
            update = self.multi_avg_fn or _of_each(self.avg_fn or get_swa_avg_fn())
            by_dtype: dict[Any, tuple[list[Tensor], list[Tensor]]] = {}
            for mean, value in zip(averages, values, strict=False):
                means, news = by_dtype.setdefault(mean.dtype, ([], []))
                means.append(mean)
                news.append(value)
            for means, news in by_dtype.values():
                update(means, news, self.n_averaged)
        if not self.use_buffers:
            for mean, value in zip(self.module.buffers(), model.buffers(), strict=True):
                mean.detach().copy_(value.detach())
        self.n_averaged += 1

    def _averaged(self, model: Module) -> Iterable[Tensor]:
        return itertools.chain(model.parameters(), model.buffers() if self.use_buffers else ())


@no_grad()
def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Compute the running statistics of all batch normalizations anew, by one pass over the data.

    Parameters
    ----------
    loader : iterable of Tensor, or of tuples and lists whose first element is the input
    model : Module
    device : accepted; there is only the CPU

    Examples
    --------
    >>> from minigrad.optim.swa_utils import update_bn
    >>> model = nn.BatchNorm1d(1)
    >>> update_bn([mg.tensor([[1.0], [3.0]]), mg.tensor([[5.0], [7.0]])], model)
    >>> model.running_mean
    tensor([4.])
    """
    layers = [module for module in model.modules() if isinstance(module, BatchNorm)]
    if not layers:
        return
    was_training, momenta = model.training, [layer.momentum for layer in layers]
    model.train()
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # all batches weigh the same
    for batch in loader:
        input = batch[0] if isinstance(batch, (list, tuple)) else batch
        model(input if device is None else input.to(device))
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum
    model.train(was_training)


# ---- the learning rate -----------------------------------------------------------------------------------------------


class SWALR(LRScheduler):
    """From the learning rate as it is to `swa_lr`, along half a cosine wave or a line, and then there.

    Parameters
    ----------
    optimizer : Optimizer
    swa_lr : float, or list of float, one for each group
    anneal_epochs : int, default 10
    anneal_strategy : {'cos', 'linear'}
    last_epoch : int, default -1

    Raises
    ------
    ValueError
        For another strategy, or negative `anneal_epochs`.

    Examples
    --------
    >>> from minigrad.optim.swa_utils import SWALR
    >>> optimizer = optim.SGD([mg.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = SWALR(optimizer, swa_lr=0.5, anneal_epochs=2, anneal_strategy="linear")
    >>> for epoch in range(4):
    ...     print(scheduler.get_last_lr()[0], end=" ")
    ...     optimizer.step()
    ...     scheduler.step()
    1.0 0.75 0.5 0.5
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float | list[float],
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(self, optimizer)
        check_numbers(self, swa_lr=swa_lr)
        rates = one_per_group("SWALR: swa_lr", optimizer, swa_lr)
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"SWALR: expected anneal_strategy 'cos' or 'linear', got {anneal_strategy!r}")
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"SWALR: expected anneal_epochs as an integer of 0 or more, got {anneal_epochs!r}")
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["swa_lr"] = rate
        self.anneal_epochs = anneal_epochs
        self._anneal_strategy = anneal_strategy
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        step = max(1, self._step_count - 1) if self.anneal_epochs == 0 else self._step_count - 1
        before, now = (self._done(epoch) for epoch in (step - 1, step))
        rates = []
        for group in self.optimizer.param_groups:
            lr, end = float(group["lr"]), float(group["swa_lr"])
            start = end if before == 1 else (lr - before * end) / (1 - before)
            rates.append(end * now + start * (1 - now))
        return rates

    def _done(self, epoch: int) -> float:
        """Return which part of the way lies behind at `epoch`."""
        t = max(0.0, min(1.0, epoch / max(1, self.anneal_epochs)))
        return (1 - math.cos(math.pi * t)) / 2 if self._anneal_strategy == "cos" else t
