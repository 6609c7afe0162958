"""A run of `scripts/train.py`: a Trainer that knows its task, its recipe and its folder."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import minigrad as mg
from minigrad import Tensor, optim
from minigrad.models import MODELS
from minigrad.models.registry import check_finite
from minigrad.nn import SyncBatchNorm
from minigrad.nn.parallel import DistributedDataParallel
from minigrad.saving.together import from_first, gathered
from minigrad.scripts.classification import Classifier, loss_and_accuracy
from minigrad.scripts.training import ranks
from minigrad.scripts.training.augmentation import AUGMENTATIONS
from minigrad.scripts.training.tasks import load_task
from minigrad.training import Trainer, accuracy
from minigrad.utils.data import BatchSampler, DataLoader, TensorDataset


def _sgd(nesterov: bool) -> Callable[..., optim.Optimizer]:
    return lambda parameters, settings: optim.SGD(
        parameters,
        lr=settings["lr"],
        momentum=settings["momentum"],
        weight_decay=settings["weight_decay"],
        nesterov=nesterov and settings["momentum"] > 0,
    )


def _adam(parameters: Iterable[Tensor], settings: dict[str, Any]) -> optim.Optimizer:
    return optim.Adam(parameters, lr=settings["lr"], weight_decay=settings["weight_decay"])


OPTIMIZERS: dict[str, Callable[..., optim.Optimizer]] = {"sgd": _sgd(False), "nesterov": _sgd(True), "adam": _adam}

SCHEDULES: dict[str, Callable[..., Any]] = {
    "constant": lambda optimizer, steps: optim.lr_scheduler.ConstantLR(optimizer, factor=1.0),
    "one-cycle": lambda optimizer, steps: optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=optimizer.defaults["lr"], total_steps=steps, pct_start=0.2, cycle_momentum=False
    ),
}


def l1_norm(parameters: Iterable[Tensor]) -> Tensor:
    """Return the sum of the absolute values of all parameters."""
    return mg.stack([p.abs().sum() for p in parameters]).sum()


class Training(Trainer):
    """A run in its folder."""

    folder: Path

    def __init__(self, settings: dict[str, Any], folder: Path) -> None:
        self.settings = settings
        size = settings["image_size"] or MODELS[settings["model"]].image_size  # type: ignore[attr-defined]
        self.task = task = from_first(lambda: load_task(settings, size))
        mg.manual_seed(settings["seed"])
        options = {name: settings[name] for name in ("pool", "activation")}
        self.classifier = Classifier.for_task(settings["model"], task, size, **options)
        model = self.classifier.model
        optimizer = OPTIMIZERS[settings["optimizer"]](model.parameters(), settings)
        self.augment = AUGMENTATIONS[settings["augment"]](size)
        self.train_set = TensorDataset(mg.from_numpy(task.train.images), mg.from_numpy(task.train.labels))
        self.loader = DataLoader(self.train_set, batch_size=settings["batch_size"])
        self.validation = [(self.classifier.prepare(task.validation.images), task.validation.labels)]
        steps = max(len(self.loader) * settings["epochs"], 1)
        scheduler = SCHEDULES[settings["schedule"]](optimizer, steps)
        super().__init__(
            model, self.classifier.loss, optimizer, scheduler=scheduler, scheduler_step="batch", folder=folder
        )
        self.epochs = settings["epochs"]
        if ranks.rank() > 0:
            mg.manual_seed(settings["seed"] + 1_000_003 * ranks.rank())  # of what is drawn for this rank's images
        self.net: Any = model  # what is called in training: on all ranks at once, from `begin` on

    def begin(self) -> None:
        """Take the weights of rank 0 on all ranks, and from now on average gradients and statistics over them."""
        if ranks.count() > 1:
            SyncBatchNorm.convert_sync_batchnorm(self.model)
            self.net = DistributedDataParallel(self.model)

    # ---- training --------------------------------------------------------------------------------------------------

    def epoch_batches(self, train: Any) -> Iterator[Any]:
        """Return the batches of the present epoch that are still to do: their order depends on seed and epoch alone."""
        generator = mg.Generator().manual_seed(self.settings["seed"] * 100_003 + len(self.history))
        order = mg.randperm(len(self.train_set), generator=generator).tolist()
        size = self.settings["batch_size"]
        batches = BatchSampler(order[self.batch * size :], size, drop_last=False)
        return iter(DataLoader(self.train_set, batch_sampler=ranks.shares(batches), generator=generator))

    def asked_to_stop(self) -> bool:
        """Return whether any rank was asked to."""
        (asked,) = ranks.any_of(self.stop_asked)
        if asked:  # else it is left alone: this rank may have been asked while it waited for the others
            self.stop_asked = True
        return asked

    def step(self, *batch: Any) -> None:
        """Learn from one batch of images as they are stored. Raises Diverged before anything has changed.

        Of several ranks each has a share of the batch. Gradients are averaged over them, so the loss is weighted by
        what the share is of an equal one; a rank for which there is no image has one that counts nothing.
        """
        images, labels = batch
        size = min(self.settings["batch_size"], len(self.train_set) - self.batch * self.settings["batch_size"])
        counted = len(labels) if ranks.rank() < size else 0
        inputs = self.classifier.normalize(self.augment(self.classifier.sized(images.numpy())))
        self.optimizer.zero_grad()
        outputs = self.net(inputs)
        loss = objective = self.classifier.loss(outputs, labels, self.settings["label_smoothing"])
        if ranks.count() > 1:
            objective = loss * (counted * ranks.count() / size)
        if self.settings["l1"]:
            objective = objective + self.settings["l1"] * l1_norm(self.model.parameters())
        (failed,) = ranks.any_of(not math.isfinite(loss.item()))
        where = f"in batch {self.batch + 1} of epoch {len(self.history) + 1}"
        self.check_loss(math.nan if failed and math.isfinite(loss.item()) else loss.item(), where)
        objective.backward()
        self.optimizer.step()
        self.scheduler.step()
        self.batch += 1
        self.count({"loss": loss.item(), "accuracy": accuracy(outputs.detach(), labels)}, counted)

    def averages_of_epoch(self) -> dict[str, float]:
        """Return the means over the shares of all ranks."""
        seen, *totals = ranks.sums(self.seen, *self.totals.values())
        return {name: total / seen for name, total in zip(self.totals, totals, strict=True)}

    def evaluate(self, data: Any) -> dict[str, float]:
        """Return loss and accuracy on prepared images, without smoothing, by the logits of all classes."""
        ((inputs, labels),) = data
        loss, part = loss_and_accuracy(self.classifier.logits(inputs), labels)
        return {"loss": loss, "accuracy": part}

    def score(self, row: dict[str, float]) -> Any:
        """Return the accuracy in validation and, among equals, how low the loss is."""
        return row["val_accuracy"], -row["val_loss"]

    # ---- saving ----------------------------------------------------------------------------------------------------

    def extras(self) -> dict[str, Any]:
        """Return the settings, and all that the input and the output of the model mean."""
        shares = {"shares": gathered((self.seen, self.totals))} if ranks.count() > 1 else {}
        return {"settings": self.settings, "description": self.classifier.description, **shares}

    def restore(self, path: Any = None) -> None:
        """Become what was saved. Raises ValueError where its weights are no numbers."""
        super().restore(path)
        if ranks.count() > 1:
            path = path or self.folder / "last.npz"
            self._take_share(from_first(lambda: mg.load(path).get("shares", [(self.seen, self.totals)])))
        check_finite(self.model, path)

    def _take_share(self, shares: list[Any]) -> None:
        """Go on with what this rank has seen of the epoch; other ranks than those of before, with rank 0 for all."""
        if len(shares) != ranks.count():
            names = shares[0][1]
            total = {name: sum(totals[name] for _, totals in shares) for name in names}
            nothing = (0, dict.fromkeys(names, 0.0))
            shares = [(sum(seen for seen, _ in shares), total), *[nothing] * (ranks.count() - 1)]
        self.seen, self.totals = shares[ranks.rank()][0], dict(shares[ranks.rank()][1])

    def extend(self, epochs: int) -> None:
        """Go on to this number of epochs: the schedule begins anew and covers the remaining ones."""
        todo = (epochs - len(self.history)) * len(self.loader) - self.batch
        if todo <= 0:
            raise ValueError(f"--epochs {epochs}: the run has done {len(self.history)} already; give a larger number")
        self.settings["epochs"] = self.epochs = epochs
        for group in self.optimizer.param_groups:
            group["lr"] = self.settings["lr"]
        self.scheduler = SCHEDULES[self.settings["schedule"]](self.optimizer, todo)

    def start_from(self, path: Path) -> str:
        """Take over the weights of another checkpoint, as far as they fit, and say which do not.

        Raises ValueError where none do.
        """
        other = Classifier.from_checkpoint(path)
        mine, theirs = self.model.state_dict(), other.model.state_dict()
        fitting = {name: value for name, value in theirs.items() if name in mine and mine[name].shape == value.shape}
        if not any(name in fitting for name, _ in self.model.named_parameters()):
            kind, model = other.description["model"], self.settings["model"]
            raise ValueError(f"--init: nothing of {path}, a {kind}, fits a {model}; try --model {kind}")
        self.model.load_state_dict(fitting, strict=False)
        new = [name for name in mine if name not in fitting]
        return f"{len(fitting)} of {len(mine)} arrays are from {path}" + (f"; new: {', '.join(new)}" if new else "")
