"""The data sets to train on, each split into images to train, to validate and to test."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from minigrad.utils.data import DataLoader
from minigrad.vision import datasets
from minigrad.vision.datasets import ImageFolder
from minigrad.vision.datasets.images import every_nth
from minigrad.vision.io import read_image
from minigrad.vision.transforms import Resize


@dataclass
class Split:
    """Images, uint8 of shape (N, H, W) or (N, H, W, 3), and their classes, int64 of shape (N,)."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, chosen: np.ndarray) -> Split:
        return Split(self.images[chosen], self.labels[chosen])


@dataclass
class Task:
    """A data set: what to train on, what to choose by, and what to report on.

    `fill` says how what is drawn fills the images: its longer side as a part of the frame's. Prediction brings other
    images to the same; None leaves them as they are. `skipped` are files that could not be read.
    """

    name: str
    classes: list[str]
    train: Split
    validation: Split
    test: Split
    fill: float | None = None
    skipped: Sequence[str] = ()


def load_task(settings: dict[str, Any], size: int) -> Task:
    """Return the data set of a run, with every tenth training image of each class set aside for validation.

    Parameters
    ----------
    settings : dict
        With ``data``, one of TASKS; ``root``, the folder of its files, without which they are downloaded into ``data``;
        and ``skip_broken``, whether files that are no images are left out.
    size : int
        What the images of a folder, which may have any size, are brought to.

    Raises
    ------
    OSError, RuntimeError, ValueError
        If files are missing or damaged; says which.
    """
    return TASKS[settings["data"]](settings, size)


def _digits(settings: dict[str, Any], size: int) -> Task:
    return _of_arrays("digits", datasets.Digits(train=True), datasets.Digits(train=False), fill=1.0)


def _downloaded(kind: Any, fill: float | None = None, **of_train: Any) -> Callable[[dict[str, Any], int], Task]:
    """Return a data set that is downloaded where no folder is given."""

    def load(settings: dict[str, Any], size: int) -> Task:
        where = {"root": settings["root"] or "data", "download": settings["root"] is None}
        if settings["root"] is not None and not Path(settings["root"]).is_dir():
            raise ValueError(f"--root: there is no folder {settings['root']}; without --root the files are downloaded")
        return _of_arrays(settings["data"], kind(train=True, **where, **of_train), kind(train=False, **where), fill)

    return load


def _folder(settings: dict[str, Any], size: int) -> Task:
    """``root/train`` and ``root/test``; or one folder for both, every fifth image of a class of which is to test."""
    if settings["root"] is None:
        raise ValueError("--data folder needs --root, a folder that has a folder of images for each class")
    root = Path(settings["root"])

    def loader(path: str) -> np.ndarray:
        return resized(read_image(path, "rgb"))

    resized = Resize((size, size))
    on_error = "skip" if settings["skip_broken"] else "raise"
    apart = all((root / part).is_dir() for part in ("train", "test"))
    found = [
        ImageFolder(root / part, lambda image: image, loader=loader, on_error=on_error, cache=True)
        for part in (("train", "test") if apart else ("",))
    ]
    if found[0].classes != found[-1].classes or len(found[0].classes) < 2:
        raise ValueError(
            f"{root}: expected a folder for each of two or more classes, the same ones to train and to test, "
            f"got {' and '.join(', '.join(part.classes) for part in found)}"
        )
    splits = [Split(*_read_all(part)) for part in found]
    train, test = splits if apart else stratified(splits[0], 5)
    task = _task(root.resolve().name, found[0].classes, train, test)
    task.skipped = [path for part in found for path, _ in part.skipped]
    return task


TASKS: dict[str, Callable[[dict[str, Any], int], Task]] = {
    "digits": _digits,
    "mnist": _downloaded(datasets.MNIST, fill=20 / 28),
    "fashion": _downloaded(datasets.FashionMNIST),
    "cifar10": _downloaded(datasets.CIFAR10),
    "cifar10-batch1": _downloaded(datasets.CIFAR10, batches=(1,)),
    "folder": _folder,
}


def _of_arrays(name: str, train: Any, test: Any, fill: float | None = None) -> Task:
    """Return the task of two data sets that are arrays."""
    kept, tested = (Split(part.data.numpy(), part.targets.numpy()) for part in (train, test))
    return _task(name, list(train.classes), kept, tested, fill)


def _task(name: str, classes: list[str], train: Split, test: Split, fill: float | None = None) -> Task:
    kept, aside = stratified(train, 10)
    for part, use in ((aside, "validate"), (test, "test")):
        if not len(part):
            raise ValueError(f"{name}: too few images to set some aside to {use}; at least 15 per class are needed")
    return Task(name, classes, kept, aside, test, fill)


def _read_all(folder: ImageFolder) -> tuple[np.ndarray, np.ndarray]:
    """Return all images of a folder, by several threads, and their classes."""
    batches = list(DataLoader(folder, batch_size=100, num_workers=os.cpu_count() or 1))
    images, labels = zip(*batches, strict=True)
    return np.concatenate([part.numpy() for part in images]), np.concatenate([part.numpy() for part in labels])


def stratified(split: Split, every: int) -> tuple[Split, Split]:
    """Return the images without and with every `every`-th of each class, in their order: the same split each time."""
    aside = every_nth(split.labels, every)
    return split[~aside], split[aside]
