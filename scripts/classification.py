"""What training and prediction share: the data of a task, and a classifier that knows what it was trained on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that `models` is found from anywhere

import minigrad as mg  # noqa: E402
import minigrad.nn.functional as F  # noqa: E402
from minigrad import Tensor, nn  # noqa: E402
from minigrad.vision import datasets  # noqa: E402
from minigrad.vision.transforms import resize  # noqa: E402
from models import MODELS  # noqa: E402

# How the images of a data set fill their frame: the longer side of what is drawn, as a part of the frame's. Prediction
# brings other images to the same; None leaves them as they are.
FILL: dict[str, float | None] = {"digits": 1.0, "mnist": 20 / 28, "fashion": None}


@dataclass
class Split:
    """Images, uint8 of shape (N, H, W), and their classes, int64 of shape (N,)."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)


@dataclass
class Task:
    """A data set: what to train on, what to choose by, and what to report on."""

    name: str
    classes: list[str]
    train: Split
    validation: Split
    test: Split


def load_task(name: str, root: str | None) -> Task:
    """The data set `name`, with every tenth training image of each class set aside for validation."""
    train: Any
    test: Any
    if name == "digits":
        train, test = (datasets.Digits(train=part) for part in (True, False))
    else:
        kind = {"mnist": datasets.MNIST, "fashion": datasets.FashionMNIST}[name]
        train, test = (kind(root or "data", train=part, download=root is None) for part in (True, False))
    everything = Split(train.data.numpy(), train.targets.numpy())
    kept, aside = stratified(everything, 10)
    return Task(name, train.classes, kept, aside, Split(test.data.numpy(), test.targets.numpy()))


def stratified(split: Split, every: int) -> tuple[Split, Split]:
    """The images without and with every `every`-th of each class, in their order: the same split each time."""
    rank = np.empty(len(split), np.int64)  # the number of an image within its class
    for label in np.unique(split.labels):
        of_class = split.labels == label
        rank[of_class] = np.arange(of_class.sum())
    aside = rank % every == every - 1
    return Split(split.images[~aside], split.labels[~aside]), Split(split.images[aside], split.labels[aside])


def fit(images: np.ndarray, size: int) -> np.ndarray:
    """(N, H, W) uint8 as (N, size, size) float32 in [0, 1]: a few pixels are added around, for more it is resized."""
    x = images.astype(np.float32) / 255
    missing = size - x.shape[-1]
    if x.shape[-1] == x.shape[-2] and 0 < missing <= 4 and missing % 2 == 0:
        return np.pad(x, ((0, 0), *[(missing // 2, missing // 2)] * 2))
    return x if x.shape[-2:] == (size, size) else resize(x, size)


class Classifier:
    """A model together with all that its input and output mean. `description` is plain data, for a checkpoint."""

    def __init__(self, description: dict[str, Any]) -> None:
        self.description = description
        self.classes: list[str] = list(description["classes"])
        self.model: nn.Module = MODELS[description["model"]](len(self.classes))

    @classmethod
    def for_task(cls, model: str, task: Task) -> Classifier:
        """A new model for `task`, which standardizes pixels by the mean and deviation of the training images."""
        pixels = fit(task.train.images, MODELS[model].image_size)  # type: ignore[attr-defined]
        return cls(
            {
                "model": model,
                "data": task.name,
                "classes": task.classes,
                "fill": FILL[task.name],
                "mean": float(pixels.mean(dtype=np.float64)),
                "std": float(pixels.std(dtype=np.float64)),
            }
        )

    @classmethod
    def from_checkpoint(cls, path: Path) -> Classifier:
        """The classifier that `train.py` saved. Raises ValueError where the file holds something else."""
        checkpoint = mg.load(path)
        try:
            classifier = cls(checkpoint["description"])
            classifier.model.load_state_dict(checkpoint["model"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"{path}: not a checkpoint of scripts/train.py (missing {error})") from None
        classifier.model.eval()
        return classifier

    @property
    def image_size(self) -> int:
        """The side of the images that the model sees."""
        return MODELS[self.description["model"]].image_size  # type: ignore[attr-defined]

    @property
    def background(self) -> float:
        """What a black pixel becomes in `prepare`."""
        return -self.description["mean"] / self.description["std"]

    def prepare(self, images: np.ndarray) -> Tensor:
        """(N, H, W) uint8 images as the model's input, (N, 1, S, S) float32."""
        x = (fit(images, self.image_size) - self.description["mean"]) / self.description["std"]
        return mg.from_numpy(x.astype(np.float32)[:, None])

    def logits(self, inputs: Tensor, batch_size: int = 500) -> Tensor:
        """The model's outputs for prepared images, computed in batches and without a graph."""
        self.model.eval()
        with mg.no_grad():
            return mg.cat([self.model(x) for x in _batches(inputs, batch_size)])


def _batches(inputs: Tensor, size: int) -> Iterator[Tensor]:
    return (inputs[i : i + size] for i in range(0, len(inputs), size))


def loss_and_accuracy(logits: Tensor, labels: np.ndarray) -> tuple[float, float]:
    """The mean cross-entropy, and the part of the images whose largest logit is the right one."""
    loss = F.cross_entropy(logits, mg.from_numpy(labels)).item()
    return loss, float((logits.numpy().argmax(1) == labels).mean())
