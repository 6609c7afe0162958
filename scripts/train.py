"""Train an image classifier, and show what it has learned.

    python scripts/train.py                                     LeNet-5 on the bundled digits
    python scripts/train.py --data mnist --model lenet          MNIST, downloaded into data/
    python scripts/train.py --resume runs/lenet5-digits         go on where a run stopped

A run's folder holds ``last.npz`` and ``best.npz`` (checkpoints: the latest, and the one with the best validation
accuracy, among equals with the lowest loss), ``metrics.csv``, and the pictures ``curves.png``, ``confusion.png`` and
``misclassified.png``. A checkpoint is written at the start, after every epoch and when Ctrl-C stops the run. Resuming
leads to the same weights, to the last bit, as a run that was never stopped.
"""

from __future__ import annotations

import argparse
import csv
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

import minigrad as mg
import minigrad.nn.functional as F
from classification import Classifier, Task, load_task, loss_and_accuracy
from minigrad import optim, viz
from minigrad.utils.data import BatchSampler, DataLoader, TensorDataset
from minigrad.vision.transforms import RandomAffine
from models import MODELS

DEFAULTS = {
    "model": "lenet5",
    "data": "digits",
    "root": None,
    "epochs": None,  # by the data set, see below
    "batch_size": 32,
    "lr": 0.05,
    "momentum": 0.9,
    "weight_decay": 5e-4,
    "distort": None,  # by the data set
    "seed": 0,
}
BY_DATA = {
    "digits": {"epochs": 30, "distort": True},  # 1,302 images: each epoch should see others
    "mnist": {"epochs": 10, "distort": False},
    "fashion": {"epochs": 15, "distort": False},
}


class Training:
    """A run: everything that changes, how a step changes it, and how it is saved."""

    def __init__(self, settings: dict[str, Any], folder: Path) -> None:
        self.settings, self.folder = settings, folder
        self.task = task = load_task(settings["data"], settings["root"])
        mg.manual_seed(settings["seed"])
        self.classifier = Classifier.for_task(settings["model"], task)
        self.model = self.classifier.model
        self.optimizer = optim.SGD(
            self.model.parameters(),
            lr=settings["lr"],
            momentum=settings["momentum"],
            weight_decay=settings["weight_decay"],
            nesterov=settings["momentum"] > 0,
        )
        self.batches_an_epoch = -(-len(task.train) // settings["batch_size"])
        self.scheduler = optim.lr_scheduler.OneCycleLR(
            self.optimizer,
            max_lr=settings["lr"],
            total_steps=max(self.batches_an_epoch * settings["epochs"], 1),
            pct_start=0.2,
            cycle_momentum=False,
        )
        self.train_set = TensorDataset(self.classifier.prepare(task.train.images), mg.from_numpy(task.train.labels))
        self.validation_inputs = self.classifier.prepare(task.validation.images)
        self.distort = RandomAffine(
            10,
            translate=(0.08, 0.08),
            scale=(0.85, 1.15),
            shear=10,
            interpolation="bilinear",
            fill=self.classifier.background,
        )
        self.history: list[dict[str, float]] = []
        self.batch = 0  # batches done in the present epoch
        self.loss_sum, self.correct = 0.0, 0  # over those
        self.stop_asked = False

    # ---- training --------------------------------------------------------------------------------------------------

    @property
    def finished(self) -> bool:
        return len(self.history) >= self.settings["epochs"]

    def epoch_batches(self) -> DataLoader:
        """The batches of the present epoch that are still to do: their order depends on seed and epoch alone."""
        generator = mg.Generator().manual_seed(self.settings["seed"] * 100_003 + len(self.history))
        order = mg.randperm(len(self.train_set), generator=generator).tolist()
        size = self.settings["batch_size"]
        batches = BatchSampler(order[self.batch * size :], size, drop_last=False)
        return DataLoader(self.train_set, batch_sampler=batches, generator=generator)

    def step(self, images: mg.Tensor, labels: mg.Tensor) -> None:
        """Learn from one batch."""
        if self.settings["distort"]:
            images = self.distort(images)
        self.optimizer.zero_grad()
        logits = self.model(images)
        loss = F.cross_entropy(logits, labels)
        loss.backward()
        self.optimizer.step()
        self.scheduler.step()
        self.batch += 1
        self.loss_sum += loss.item() * len(labels)
        self.correct += int((logits.argmax(1) == labels).sum())

    def run_epoch(self) -> bool:
        """Train to the end of the present epoch and validate; False if asked to stop before."""
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
        """Become what was saved."""
        rest = mg.load_checkpoint(path, model=self.model, optimizer=self.optimizer, scheduler=self.scheduler)
        self.history = rest["history"]
        self.batch, self.loss_sum, self.correct = rest["epoch_so_far"]

    def write_metrics(self) -> None:
        """The history as metrics.csv, whole or not at all."""
        part = self.folder / "metrics.csv.part"
        with part.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(self.history[0]))
            writer.writeheader()
            writer.writerows(self.history)
        os.replace(part, self.folder / "metrics.csv")


# ---- the report -----------------------------------------------------------------------------------------------------


def report(task: Task, folder: Path) -> float:
    """Test the best checkpoint: a table by class, and the pictures. Returns the accuracy."""
    classifier = Classifier.from_checkpoint(folder / "best.npz")
    logits = classifier.logits(classifier.prepare(task.test.images))
    loss, accuracy = loss_and_accuracy(logits, task.test.labels)
    probabilities = F.softmax(logits, dim=1).numpy()
    predicted = probabilities.argmax(1)
    count = len(task.classes)
    matrix = np.bincount(task.test.labels * count + predicted, minlength=count**2).reshape(count, count)
    print(f"\n{class_table(matrix, task.classes)}\n")
    print(f"test accuracy {accuracy:.2%} ({np.trace(matrix)} of {len(task.test)}), loss {loss:.4f}")
    viz.confusion_matrix(matrix, task.classes).savefig(folder / "confusion.png")
    viz.misclassified(task.test.images, probabilities, task.test.labels, task.classes).savefig(
        folder / "misclassified.png"
    )
    return accuracy


def class_table(matrix: np.ndarray, classes: list[str]) -> str:
    """Precision, recall and F1 of each class, from the matrix of counts (true class, predicted class)."""
    width = max(5, *map(len, classes))
    lines = [f"{'class':<{width}}  precision  recall     F1  images"]
    for i, name in enumerate(classes):
        hits, predicted, true = matrix[i, i], matrix[:, i].sum(), matrix[i].sum()
        precision, recall, f1 = hits / max(predicted, 1), hits / max(true, 1), 2 * hits / max(predicted + true, 1)
        lines.append(f"{name:<{width}}  {precision:>9.2%} {recall:>7.2%} {f1:>6.3f}  {true:>6}")
    return "\n".join(lines)


# ---- the command line -----------------------------------------------------------------------------------------------


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=MODELS, help="default: lenet5")
    parser.add_argument("--data", choices=BY_DATA, help="default: digits, which come with minigrad")
    parser.add_argument("--root", help="folder with the data set's files; without it they are downloaded into data/")
    parser.add_argument("--epochs", type=positive(int), help="default: 30 for digits, 10 for mnist, 15 for fashion")
    parser.add_argument("--batch-size", type=positive(int), help="default: 32")
    parser.add_argument("--lr", type=positive(float), help="the highest learning rate of the cycle; default: 0.05")
    parser.add_argument("--momentum", type=float, help="default: 0.9 (Nesterov)")
    parser.add_argument("--weight-decay", type=float, help="default: 0.0005")
    parser.add_argument(
        "--distort",
        action=argparse.BooleanOptionalAction,
        help="turn, move, scale and shear training images at random; default: for digits only",
    )
    parser.add_argument("--seed", type=int, help="default: 0")
    parser.add_argument("--resume", type=Path, metavar="RUN", help="folder of a run, or its last.npz, to go on with")
    parser.add_argument("--out", type=Path, help="folder of the run; default: runs/<model>-<data>, numbered if taken")
    return parser


def prepare(arguments: list[str] | None) -> tuple[Training, bool]:
    """The run that the command line asks for, and whether it is resumed; exits with a message where it cannot be."""
    parser = options()
    args = parser.parse_args(arguments)
    given = {name: value for name in DEFAULTS if (value := getattr(args, name)) is not None}
    try:
        if args.resume:
            if given or args.out:
                parser.error("--resume goes on with the settings of the run; leave the other options out")
            folder = args.resume.parent if args.resume.suffix == ".npz" else args.resume
            if not (folder / "last.npz").is_file():
                parser.error(f"--resume: there is no checkpoint {folder / 'last.npz'}")
            training = Training(mg.load(folder / "last.npz")["settings"], folder)
            training.restore(folder / "last.npz")
            return training, True
        settings = {**DEFAULTS, **BY_DATA[given.get("data", "digits")], **given}
        folder = args.out or free_folder(Path("runs") / "{model}-{data}".format(**settings))
        if (folder / "last.npz").exists():
            parser.error(f"--out: {folder} has a run; go on with it by --resume {folder}, or choose another folder")
        return Training(settings, folder), False
    except (KeyError, TypeError) as error:
        parser.error(f"--resume: not a checkpoint of this script (missing {error})")
    except (OSError, RuntimeError, ValueError) as error:
        parser.error(str(error))


def positive(kind: type) -> Any:
    def convert(text: str) -> Any:
        value = kind(text)
        if value <= 0:
            raise argparse.ArgumentTypeError(f"expected a positive number, got {text}")
        return value

    return convert


def free_folder(wanted: Path) -> Path:
    """`wanted`, or the same with the first number that is not taken."""
    folder, number = wanted, 2
    while folder.exists():
        folder, number = wanted.with_name(f"{wanted.name}-{number}"), number + 1
    return folder


def main(arguments: list[str] | None = None) -> int:
    training, resumed = prepare(arguments)
    task, folder = training.task, training.folder
    if not resumed:
        folder.mkdir(parents=True, exist_ok=True)
        training.save("last.npz")
    size = sum(p.numel() for p in training.model.parameters())
    print(
        f"{training.settings['model']} ({size:,} parameters) on {task.name}: {len(task.train):,} images to train, ",
        end="",
    )
    print(f"{len(task.validation):,} to validate, {len(task.test):,} to test; writing to {folder}")

    def ask_to_stop(number: int, frame: Any) -> None:
        training.stop_asked = True
        signal.signal(number, previous[signal.Signals(number)])  # a second time: at once

    previous = {s: signal.signal(s, ask_to_stop) for s in (signal.SIGINT, signal.SIGTERM)}
    started = time.perf_counter()
    try:
        while not training.finished:
            if not training.run_epoch():
                training.save("last.npz")
                print(f"stopped; go on with: python scripts/train.py --resume {folder}")
                return 130
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    print(f"trained for {time.perf_counter() - started:.1f} s")
    report(task, folder)
    viz.curves(training.history).savefig(folder / "curves.png")
    print(f"checkpoints, metrics.csv and pictures are in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
