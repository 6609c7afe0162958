"""`Trainer`: the loop of a training run, and what goes into a checkpoint of it."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np

from minigrad.core.generator import Generator, get_generator
from minigrad.core.tensor import Tensor
from minigrad.graph.grad_mode import no_grad
from minigrad.nn.module import Module
from minigrad.ops.joining import cat
from minigrad.optim.lr_scheduler import CyclicLR, OneCycleLR, ReduceLROnPlateau
from minigrad.optim.optimizer import Optimizer
from minigrad.saving.checkpoint import load_checkpoint, save_checkpoint
from minigrad.saving.together import several
from minigrad.training.record import Record, Row, shown
from minigrad.utils.data import Dataset

Metric = Callable[[Tensor, Tensor], Any]


class Diverged(ArithmeticError):
    """The loss is nan or infinite: nothing that is computed from here on means anything."""


def accuracy(outputs: Tensor, targets: Tensor) -> float:
    """Return the part of the rows whose largest output is that of the class in `targets`.

    A single output per row is a logit, positive for class 1.

    Examples
    --------
    >>> from minigrad.training import accuracy
    >>> accuracy(mg.tensor([[0.1, 0.9], [0.8, 0.2]]), mg.tensor([1, 1]))
    0.5
    """
    single = outputs.ndim == 1 or outputs.shape[1] == 1
    predicted = outputs.flatten() > 0 if single else outputs.argmax(1)
    return float((predicted == targets.flatten()).float().mean().item())


class Trainer(Record):
    """A training run: a model, its loss, its optimizer, and everything that changes while it learns.

    Parameters
    ----------
    model : Module
    loss : callable
        ``loss(outputs, targets)``, a scalar: the mean over the batch.
    optimizer : Optimizer
    metrics : dict of str to callable, optional
        ``metric(outputs, targets)``, a number: the mean over the batch. The name ``accuracy`` is shown in percent.
    scheduler : of `optim.lr_scheduler`, optional
    scheduler_step : {"epoch", "batch"}, optional
        When the scheduler steps: by default ``OneCycleLR`` and ``CyclicLR``, which count batches, after each batch, the
        others after each epoch. ``ReduceLROnPlateau`` gets what is monitored.
    folder : path, optional
        Where ``last.npz``, ``best.npz`` and ``metrics.csv`` are written after each epoch. Without it nothing is.
    monitor : str, optional
        The column of `history` by which the best epoch is known, by default ``val_loss``, without validation
        ``train_loss``. Of what ends with ``loss`` or ``error`` less is better, of all else more.
    patience : int, optional
        End the run after so many epochs in a row that were not better than the best.
    callbacks : sequence of callables, optional
        ``callback(trainer, row)`` after each epoch, when its files are written. It may call :meth:`stop`.
    progress : bool, default True
        Whether to show a bar, if tqdm is installed, and print a line per epoch.

    Attributes
    ----------
    history : list of dict
        A row per epoch: ``epoch``, ``train_loss``, ``val_loss``, the metrics likewise, and ``lr``.
    batch : int
        How many batches of the present epoch are done.
    stopped : bool
        Whether the last :meth:`fit` ended because it was asked to.
    main : bool
        Whether this process prints and writes; of several that train together one does.

    Notes
    -----
    A subclass changes one step (:meth:`step`), the batches (:meth:`epoch_batches`), the validation (:meth:`evaluate`),
    the order of epochs (:meth:`score`) or what a checkpoint holds (:meth:`extras`): `scripts/train.py` does.

    Examples
    --------
    >>> from minigrad.training import Trainer, accuracy
    >>> from minigrad.utils.data import DataLoader
    >>> from minigrad.vision.datasets import Digits
    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    >>> trainer = Trainer(net, nn.CrossEntropyLoss(), optim.Adam(net.parameters(), lr=0.01),
    ...                   metrics={"accuracy": accuracy}, progress=False)
    >>> history = trainer.fit(DataLoader(Digits(), batch_size=32, shuffle=True),
    ...                       DataLoader(Digits(train=False), batch_size=100), epochs=3)
    >>> [*history[-1]]
    ['epoch', 'train_loss', 'train_accuracy', 'val_loss', 'val_accuracy', 'lr']
    >>> history[-1]["val_accuracy"] > 0.9
    True
    """

    def __init__(
        self,
        model: Module,
        loss: Callable[[Any, Any], Tensor],
        optimizer: Optimizer,
        *,
        metrics: Mapping[str, Metric] | None = None,
        scheduler: Any = None,
        scheduler_step: str | None = None,
        folder: str | os.PathLike[str] | None = None,
        monitor: str | None = None,
        patience: int | None = None,
        callbacks: Sequence[Callable[[Any, Row], Any]] = (),
        progress: bool = True,
    ) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"Trainer: expected an Optimizer, as optim.Adam(model.parameters()), got {optimizer!r}")
        if not callable(loss) or isinstance(loss, type):
            raise TypeError(f"Trainer: expected loss as a function, such as nn.CrossEntropyLoss(), got {loss!r}")
        if metrics is not None and not isinstance(metrics, Mapping):
            raise TypeError(f'Trainer: expected metrics as a dict, such as {{"accuracy": accuracy}}, got {metrics!r}')
        if callable(callbacks):
            raise TypeError("Trainer: expected callbacks as a list of functions, got one function; put it into a list")
        if scheduler_step is None:
            scheduler_step = "batch" if isinstance(scheduler, (CyclicLR, OneCycleLR)) else "epoch"
        if scheduler_step not in ("epoch", "batch"):
            raise ValueError(f"Trainer: expected scheduler_step of 'epoch' or 'batch', got {scheduler_step!r}")
        if patience is not None and patience < 1:
            raise ValueError(f"Trainer: expected patience of at least 1, got {patience}")
        super().__init__(folder, monitor, patience, progress)
        self.model, self.loss, self.optimizer, self.scheduler = model, loss, optimizer, scheduler
        self.metrics, self.callbacks = dict(metrics or {}), list(callbacks)
        self.scheduler_step = scheduler_step
        self.stop_asked = self.stopped = False
        self._generator: Generator | None = None  # of the loader
        self._started: Any = None  # its state when the epoch began
        self._resumed: Any = None  # and that of a checkpoint from which the run goes on

    # ---- running ---------------------------------------------------------------------------------------------------

    def fit(self, train: Iterable[Any], valid: Iterable[Any] | None = None, epochs: int = 1) -> list[Row]:
        """Train until `epochs` epochs are done, with those done before, or until asked to stop; return the history.

        Parameters
        ----------
        train, valid : DataLoader or another iterable of batches
            A batch is a tuple of the inputs of the model and, last, the targets.
        epochs : int
            In all: a run that was restored does the rest.

        Raises
        ------
        Diverged
            If a loss is nan or infinite. That batch has changed nothing, and that epoch leaves no row.
        TypeError
            If `train` or `valid` is not made of batches, or `epochs` is no int.
        OSError
            If the folder cannot be made. Nothing has been trained then.
        ValueError
            If there is no batch, as in a generator that an epoch has used up.
        """
        if not isinstance(epochs, int):
            raise TypeError(f"fit: expected epochs as an int, got {epochs!r}")
        _check_batches("fit", train)
        _check_batches("fit", valid)
        if self.folder is not None and self.main:
            self._make_folder()
        self.epochs = epochs
        if self.progress and self.main and self.history and len(self.history) >= epochs:
            done = len(self.history)
            print(f"epochs done: {done}; nothing is left to do. epochs={done + 1} trains one more")
        while not (self.finished or self.asked_to_stop()):
            self.run_epoch(train, valid)
        self.stopped, self.stop_asked = self.stop_asked, False
        return self.history

    def stop(self) -> None:
        """End :meth:`fit` after the present batch. A checkpoint is written, and the run can go on to the same bits."""
        self.stop_asked = True

    def asked_to_stop(self) -> bool:
        """Return whether to stop now; of several processes that train together, all must return the same."""
        return self.stop_asked

    def run_epoch(self, train: Iterable[Any], valid: Iterable[Any] | None = None) -> None:
        """Train to the end of the present epoch and validate, or save as soon as asked to stop."""
        self.model.train()
        with self._bar(train) as bar:
            for batch in self.epoch_batches(train):
                self.step(*_parts_of("fit", batch))
                if bar is not None:
                    bar.set_postfix_str(", ".join(shown(self.averages())), refresh=False)
                    bar.update()
                if self.asked_to_stop():
                    self.save("last.npz")
                    return
        if not self.batch:
            epoch = len(self.history) + 1
            raise ValueError(
                f"fit: train has no batch in epoch {epoch}; a generator gives each once: give a DataLoader"
            )
        averages = self.averages_of_epoch()
        row = {"epoch": len(self.history) + 1, **{f"train_{k}": v for k, v in averages.items()}}
        if valid is not None:
            row |= {f"val_{k}": v for k, v in self.evaluate(valid).items()}
            self.check_loss(row["val_loss"], f"in validation after epoch {row['epoch']}")
        self._end_epoch(row)

    def _end_epoch(self, row: Row) -> None:
        row["lr"] = self.optimizer.param_groups[0]["lr"]
        score = self.score(row)
        best = not self.history or score > max(map(self.score, self.history))
        self.history.append(row)
        self.batch, self.seen, self.totals = 0, 0, {}
        if self.scheduler is not None and self.scheduler_step == "epoch":
            plateau = isinstance(self.scheduler, ReduceLROnPlateau)
            self.scheduler.step(*[row[self._monitored(row)]] * plateau)
        if best:
            self.save("best.npz")
        self.save("last.npz")
        self.write_metrics()
        self._show(row, best)
        for callback in self.callbacks:
            callback(self, row)

    def epoch_batches(self, train: Iterable[Any]) -> Iterator[Any]:
        """Return the batches of the present epoch that are still to do.

        A loader that is asked again, with its generator as it was when the epoch began, gives the same ones.
        """
        self._generator = generator = get_generator(getattr(train, "generator", None))
        now = generator.get_state() if self._resumed is None else self._resumed
        self._started, self._resumed = self._started if self.batch else now, None
        generator.set_state(self._started)
        batches = iter(train)
        done = sum(1 for _ in islice(batches, self.batch))
        if done < self.batch:
            raise ValueError(f"fit: {self.batch} batches of this epoch are done, but train has only {done}")
        if self.batch:
            generator.set_state(now)
        return batches

    def step(self, *batch: Any) -> None:
        """Learn from one batch: its inputs and, last, its targets. Raises Diverged before anything has changed."""
        *inputs, targets = batch
        self.optimizer.zero_grad()
        outputs = self.model(*inputs)
        loss = self.loss(outputs, targets)
        self.check_loss(loss.item(), f"in batch {self.batch + 1} of epoch {len(self.history) + 1}")
        loss.backward()
        self.optimizer.step()
        if self.scheduler is not None and self.scheduler_step == "batch":
            self.scheduler.step()
        self.batch += 1
        self.count(self.measured(loss, outputs.detach(), targets), len(targets))

    def evaluate(self, data: Iterable[Any]) -> Row:
        """Return the means of the loss and the metrics over data, in evaluation mode and without a graph.

        Examples
        --------
        >>> from minigrad.training import Trainer
        >>> net = nn.Linear(2, 1, bias=False)
        >>> nn.init.zeros_(net.weight)
        Parameter containing:
        tensor([[0., 0.]], requires_grad=True)
        >>> trainer = Trainer(net, nn.MSELoss(), optim.SGD(net.parameters(), lr=0.1))
        >>> trainer.evaluate([(mg.ones(3, 2), mg.ones(3, 1)), (mg.ones(1, 2), mg.full((1, 1), 3.0))])
        {'loss': 3.0}
        """
        training = self.model.training
        totals: dict[str, float] = {}
        seen = 0
        self.model.eval()
        try:
            with no_grad():
                for batch in data:
                    *inputs, targets = _parts_of("evaluate", batch)
                    outputs = self.model(*inputs)
                    for name, value in self.measured(self.loss(outputs, targets), outputs, targets).items():
                        totals[name] = totals.get(name, 0.0) + value * len(targets)
                    seen += len(targets)
        finally:
            self.model.train(training)
        if not seen:
            raise ValueError("evaluate: expected at least one batch, got none")
        return {name: total / seen for name, total in totals.items()}

    def predict(self, data: Iterable[Any]) -> Tensor:
        """Return the outputs of the model for all batches, one below the other, in evaluation mode without a graph.

        Parameters
        ----------
        data : DataLoader or another iterable of batches
            As :meth:`fit` takes them, whose targets are not looked at; or of Tensors alone, the inputs.

        Examples
        --------
        >>> from minigrad.training import Trainer
        >>> net = nn.Linear(2, 3)
        >>> trainer = Trainer(net, nn.MSELoss(), optim.SGD(net.parameters(), lr=0.1))
        >>> trainer.predict([mg.ones(4, 2), mg.ones(1, 2)]).shape
        Size([5, 3])
        """
        _check_batches("predict", data)
        training = self.model.training
        self.model.eval()
        try:
            with no_grad():
                batches = ((batch,) if isinstance(batch, Tensor) else batch[:-1] for batch in data)
                outputs = [self.model(*inputs) for inputs in batches]
        finally:
            self.model.train(training)
        if not outputs:
            raise ValueError("predict: expected at least one batch, got none")
        return cat(outputs)

    def measured(self, loss: Tensor, outputs: Any, targets: Any) -> Row:
        """Return the loss and the metrics of a batch."""
        return {"loss": loss.item(), **{name: float(metric(outputs, targets)) for name, metric in self.metrics.items()}}

    def check_loss(self, loss: float, where: str) -> None:
        """Raise Diverged if a loss is no number."""
        if not math.isfinite(loss):
            lr = self.optimizer.param_groups[0]["lr"]
            raise Diverged(f"the loss is {loss} {where}: the run has diverged; try a lower lr than {lr:g}")

    # ---- saving ----------------------------------------------------------------------------------------------------

    def extras(self) -> dict[str, Any]:
        """Return what else a checkpoint holds: plain data by name. None here."""
        return {}

    def save(self, name: str) -> None:
        """Write everything that is needed to go on into the folder, if there is one, whole or not at all."""
        if self.folder is None or not (self.main or several()):  # if there are several processes, all take part
            return
        if self.main:
            self._make_folder()
        now = self._resumed if self._generator is None else self._generator.get_state()
        progress = {"batch": self.batch, "seen": self.seen, "totals": self.totals, "loader": (self._started, now)}
        save_checkpoint(self.folder / name, **self._parts(), history=self.history, progress=progress, **self.extras())

    def restore(self, path: str | os.PathLike[str] | None = None) -> None:
        """Become what was saved, to the bit: by default the ``last.npz`` of the folder. Then :meth:`fit` goes on.

        Raises
        ------
        FileNotFoundError, RuntimeError, ValueError
            As `load_checkpoint` does; everything is then as before.
        """
        if path is None:
            if self.folder is None:
                raise ValueError("restore: expected a path, as this Trainer has no folder")
            path = self.folder / "last.npz"
        rest = load_checkpoint(path, **self._parts())
        progress = rest["progress"]
        self.history = list(rest["history"])
        self.batch, self.seen, self.totals = progress["batch"], progress["seen"], dict(progress["totals"])
        self._started, self._resumed = progress["loader"]
        self._generator = None
        if self.history:
            self.write_metrics()  # which a kill after the checkpoint may have kept from the file

    def _parts(self) -> dict[str, Any]:
        parts = {"model": self.model, "optimizer": self.optimizer, "scheduler": self.scheduler}
        return {name: part for name, part in parts.items() if part is not None}


def _check_batches(name: str, data: Any) -> None:
    """Raise TypeError if data are samples, not batches of them."""
    if isinstance(data, (Tensor, np.ndarray)) or isinstance(data, Dataset) and not hasattr(data, "__iter__"):
        advice = "DataLoader(data, batch_size=32, shuffle=True), of Tensors in a TensorDataset"
        raise TypeError(f"{name}: expected batches, got {type(data).__name__}; give a DataLoader: {advice}")
    if data is not None and not hasattr(data, "__iter__"):
        also = "; the number of epochs has a name: epochs=3" if isinstance(data, int) else ""
        raise TypeError(f"{name}: expected batches, as a DataLoader gives them, got {data!r:.80}{also}")


def _parts_of(name: str, batch: Any) -> Any:
    """Return a batch of inputs and targets. Raise TypeError if it is one Tensor, whose rows would pass for those."""
    if isinstance(batch, (Tensor, np.ndarray)):
        raise TypeError(
            f"{name}: expected batches of inputs and targets, got a {type(batch).__name__} of shape "
            f"{tuple(batch.shape)} as a batch; one pair alone is a list of it: [(inputs, targets)]"
        )
    return batch
