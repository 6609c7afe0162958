"""A run: everything that changes, how a step changes it, and how it is saved."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tqdm import tqdm

import minigrad as mg
from minigrad import Tensor, optim
from minigrad.models import MODELS
from minigrad.models.registry import check_finite
from minigrad.scripts.classification import Classifier, by_class, loss_and_accuracy
from minigrad.scripts.training.augmentation import AUGMENTATIONS
from minigrad.scripts.training.tasks import load_task
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


class Diverged(ArithmeticError):
    """The loss is nan or infinite: nothing that is computed from here on means anything."""


class Training:
    """A run in its folder."""

    def __init__(self, settings: dict[str, Any], folder: Path) -> None:
        self.settings, self.folder = settings, folder
        size = settings["image_size"] or MODELS[settings["model"]].image_size  # type: ignore[attr-defined]
        self.task = task = load_task(settings, size)
        mg.manual_seed(settings["seed"])
        options = {name: settings[name] for name in ("pool", "activation")}
        self.classifier = Classifier.for_task(settings["model"], task, size, **options)
        self.model = self.classifier.model
        self.batches_an_epoch = -(-len(task.train) // settings["batch_size"])
        self.optimizer = OPTIMIZERS[settings["optimizer"]](self.model.parameters(), settings)
        steps = max(self.batches_an_epoch * settings["epochs"], 1)
        self.scheduler = SCHEDULES[settings["schedule"]](self.optimizer, steps)
        self.augment = AUGMENTATIONS[settings["augment"]](size)
        self.train_set = TensorDataset(mg.from_numpy(task.train.images), mg.from_numpy(task.train.labels))
        self.validation_inputs = self.classifier.prepare(task.validation.images)
        self.history: list[dict[str, float]] = []
        self.batch = 0  # batches done in the present epoch
        self.loss_sum, self.correct = 0.0, 0  # over those
        self.stop_asked = False

    # ---- training --------------------------------------------------------------------------------------------------

    @property
    def finished(self) -> bool:
        return len(self.history) >= self.settings["epochs"]

    def epoch_batches(self) -> DataLoader:
        """Return the batches of the present epoch that are still to do: their order depends on seed and epoch alone."""
        generator = mg.Generator().manual_seed(self.settings["seed"] * 100_003 + len(self.history))
        order = mg.randperm(len(self.train_set), generator=generator).tolist()
        size = self.settings["batch_size"]
        batches = BatchSampler(order[self.batch * size :], size, drop_last=False)
        return DataLoader(self.train_set, batch_sampler=batches, generator=generator)

    def step(self, images: Tensor, labels: Tensor) -> None:
        """Learn from one batch of images as they are stored. Raises Diverged before anything has changed."""
        inputs = self.classifier.normalize(self.augment(self.classifier.sized(images.numpy())))
        self.optimizer.zero_grad()
        outputs = self.model(inputs)
        loss = objective = self.classifier.loss(outputs, labels, self.settings["label_smoothing"])
        if self.settings["l1"]:
            objective = loss + self.settings["l1"] * l1_norm(self.model.parameters())
        self.check_loss(loss.item(), f"in batch {self.batch + 1} of epoch {len(self.history) + 1}")
        objective.backward()
        self.optimizer.step()
        self.scheduler.step()
        self.batch += 1
        self.loss_sum += loss.item() * len(labels)
        self.correct += int((by_class(outputs.detach()).argmax(1) == labels).sum())

    def check_loss(self, loss: float, where: str) -> None:
        """Raise Diverged if a loss is no number."""
        if not math.isfinite(loss):
            lr = self.settings["lr"]
            raise Diverged(f"the loss is {loss} {where}: the run has diverged; try a lower --lr than {lr:g}")

    def run_epoch(self) -> bool:
        """Train to the end of the present epoch and validate; False if asked to stop before.

        Raises Diverged where a loss is nan or infinite; such an epoch leaves neither a checkpoint nor a row.
        """
        size = self.settings["batch_size"]
        self.model.train()
        name = f"epoch {len(self.history) + 1:>{len(str(self.settings['epochs']))}}/{self.settings['epochs']}"
        with tqdm(total=self.batches_an_epoch, initial=self.batch, desc=name, unit="batch", leave=False) as bar:
            for images, labels in self.epoch_batches():
                self.step(images, labels)
                seen = min(self.batch * size, len(self.train_set))
                bar.set_postfix_str(
                    f"loss {self.loss_sum / seen:.4f}, accuracy {self.correct / seen:.2%}", refresh=False
                )
                bar.update()
                if self.stop_asked:
                    return False
        lr = self.scheduler.get_last_lr()[0]
        loss, accuracy = loss_and_accuracy(self.classifier.logits(self.validation_inputs), self.task.validation.labels)
        self.check_loss(loss, f"on the validation images after epoch {len(self.history) + 1}")
        row = {
            "epoch": len(self.history) + 1,
            "train_loss": self.loss_sum / len(self.train_set),
            "train_accuracy": self.correct / len(self.train_set),
            "val_loss": loss,
            "val_accuracy": accuracy,
            "lr": lr,
        }
        best = all((accuracy, -loss) > (r["val_accuracy"], -r["val_loss"]) for r in self.history)
        self.history.append(row)
        self.batch, self.loss_sum, self.correct = 0, 0.0, 0
        if best:
            self.save("best.npz")
        self.save("last.npz")
        self.write_metrics()
        print(
            f"{name}   training loss {row['train_loss']:.4f} accuracy {row['train_accuracy']:.2%}   "
            f"validation loss {loss:.4f} accuracy {accuracy:.2%}{'   best' if best else ''}"
        )
        return not self.stop_asked

    # ---- saving ----------------------------------------------------------------------------------------------------

    def save(self, name: str) -> None:
        """Write everything that is needed to go on, to a temporary file that then takes its place."""
        mg.save_checkpoint(
            self.folder / name,
            model=self.model,
            optimizer=self.optimizer,
            scheduler=self.scheduler,
            settings=self.settings,
            description=self.classifier.description,
            history=self.history,
            epoch_so_far=(self.batch, self.loss_sum, self.correct),
        )

    def restore(self, path: Path) -> None:
        """Become what was saved. Raises ValueError where its weights are no numbers."""
        rest = mg.load_checkpoint(path, model=self.model, optimizer=self.optimizer, scheduler=self.scheduler)
        check_finite(self.model, path)
        self.history = list(rest["history"])
        self.batch, self.loss_sum, self.correct = rest["epoch_so_far"]
        if self.history:
            self.write_metrics()  # which a kill after the checkpoint may have kept from the file

    def extend(self, epochs: int) -> None:
        """Go on to this number of epochs: the schedule begins anew and covers the remaining ones."""
        todo = (epochs - len(self.history)) * self.batches_an_epoch - self.batch
        if todo <= 0:
            raise ValueError(f"--epochs {epochs}: the run has done {len(self.history)} already; give a larger number")
        self.settings["epochs"] = epochs
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

    def write_metrics(self) -> None:
        """Write the history as metrics.csv, whole or not at all."""
        part = self.folder / "metrics.csv.part"
        with part.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(self.history[0]))
            writer.writeheader()
            writer.writerows(self.history)
        os.replace(part, self.folder / "metrics.csv")
