"""The classifier that training and prediction share: it knows what it was trained on."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import Tensor, nn
from minigrad.models import MODELS, load
from minigrad.scripts.training.tasks import Task
from minigrad.vision.transforms import resize


def sized(images: np.ndarray, size: int) -> np.ndarray:
    """Return (N, H, W) or (N, H, W, 3) uint8 as (N, C, size, size) float32 in [0, 1].

    A few missing pixels are added around a square image; for more, or for fewer, it is resized.
    """
    x = images.astype(np.float32) / 255
    x = x[:, None] if x.ndim == 3 else x.transpose(0, 3, 1, 2)
    missing = size - x.shape[-1]
    if x.shape[-1] == x.shape[-2] and 0 < missing <= 4 and missing % 2 == 0:
        return np.pad(x, ((0, 0), (0, 0), *[(missing // 2, missing // 2)] * 2))
    return x if x.shape[-2:] == (size, size) else resize(x, size)


def part_of_frame(image: np.ndarray, size: int) -> float:
    """Return how much of the model's frame an image takes: less than all where `sized` adds pixels around it."""
    return float((sized(np.full_like(image[None], 255), size)[0, 0] > 0).any(1).mean())


class Classifier:
    """A model together with all that its input and output mean. `description` is plain data, for a checkpoint."""

    def __init__(self, description: dict[str, Any], model: nn.Module | None = None) -> None:
        self.description = description
        self.classes: list[str] = list(description["classes"])
        self.model = model or MODELS[description["model"]](len(self.classes), **description["options"])

    @classmethod
    def for_task(cls, model: str, task: Task, size: int, **options: Any) -> Classifier:
        """Return a new model for `task` that standardizes each channel by the training images' mean and deviation.

        `size` is the side of the images that the model will see; `options` are arguments of the model's class, of which
        those that are None are left out. Raises ValueError for what the model does not take.
        """
        options = {name: value for name, value in options.items() if value is not None}
        parameters = {name: inspect.signature(kind).parameters for name, kind in MODELS.items()}
        for option in options:
            having = [name for name in MODELS if option in parameters[name]]
            if model not in having:
                raise ValueError(f"{model} has no choice of {option}; {', '.join(having)} have")
        if "image_size" in parameters[model]:
            options["image_size"] = size
        mean, std = statistics(task.train.images, size)
        classifier = cls(
            {
                "model": model,
                "options": {"in_channels": len(mean), **options},
                "image_size": size,
                "data": task.name,
                "classes": task.classes,
                "fill": task.fill and task.fill * part_of_frame(task.train.images[0], size),
                "mean": mean,
                "std": std,
            }
        )
        try:
            classifier.logits(mg.zeros(1, len(mean), size, size))
        except (RuntimeError, ValueError) as error:
            raise ValueError(f"{model} does not take images of {size}x{size} pixels: {error}") from None
        return classifier

    @classmethod
    def from_checkpoint(cls, path: Path) -> Classifier:
        """Return the classifier that `train.py` saved in a file, or as best.npz in a folder; `models.load` refuses."""
        model = load(path)
        return cls(model.description, model)

    @property
    def image_size(self) -> int:
        """The side of the images that the model sees."""
        return self.description["image_size"]

    @property
    def channels(self) -> int:
        """1 for a model of grey images, 3 for one of coloured ones."""
        return len(self.description["mean"])

    def sized(self, images: np.ndarray) -> Tensor:
        """Return (N, H, W) or (N, H, W, 3) uint8 images in the model's size, (N, C, S, S) float32 in [0, 1]."""
        return mg.from_numpy(sized(images, self.image_size))

    def normalize(self, images: Tensor) -> Tensor:
        """Return images in [0, 1], standardized by channel: what the model is given."""
        mean, std = self._statistics()
        return (images - mean) / std

    def unprepare(self, inputs: Tensor) -> Tensor:
        """Undo `prepare`: return the images in [0, 1] that the standardized ones were."""
        mean, std = self._statistics()
        return inputs * std + mean

    def _statistics(self) -> tuple[Tensor, Tensor]:
        mean, std = (mg.tensor(self.description[name]).reshape(-1, 1, 1) for name in ("mean", "std"))
        return mean, std

    def prepare(self, images: np.ndarray) -> Tensor:
        """Return (N, H, W) or (N, H, W, 3) uint8 images as the model's input, (N, C, S, S) float32."""
        return self.normalize(self.sized(images))

    def loss(self, outputs: Tensor, labels: Tensor, label_smoothing: float = 0.0) -> Tensor:
        """Return the mean cross-entropy of the model's outputs, of which two classes may share one."""
        if outputs.shape[1] > 1:
            return F.cross_entropy(outputs, labels, label_smoothing=label_smoothing)
        targets = labels.to(outputs.dtype) * (1 - label_smoothing) + label_smoothing / 2
        return F.binary_cross_entropy_with_logits(outputs[:, 0], targets)

    def logits(self, inputs: Tensor, batch_size: int = 500) -> Tensor:
        """Return a logit for each class, (N, classes), for prepared images; computed in batches and without a graph."""
        self.model.eval()
        with mg.no_grad():
            return by_class(mg.cat([self.model(x) for x in _batches(inputs, batch_size)]))


def by_class(outputs: Tensor) -> Tensor:
    """Return a logit for each class: the single one that two classes share is the second's, the first's is 0."""
    return outputs if outputs.shape[1] > 1 else mg.cat([mg.zeros_like(outputs), outputs], 1)


def statistics(images: np.ndarray, size: int) -> tuple[list[float], list[float]]:
    """Return the mean and the standard deviation of each channel of all images, as `sized` gives them."""
    count, total, squares = 0, np.zeros(1), np.zeros(1)
    for start in range(0, len(images), 1000):  # a large data set as floats would not leave much memory
        pixels = sized(images[start : start + 1000], size).astype(np.float64)
        count += pixels[:, 0].size
        total = total + pixels.sum((0, 2, 3))
        squares = squares + (pixels**2).sum((0, 2, 3))
    mean = total / count
    return mean.tolist(), np.sqrt(squares / count - mean**2).tolist()


def _batches(inputs: Tensor, size: int) -> Iterator[Tensor]:
    return (inputs[i : i + size] for i in range(0, len(inputs), size))


def loss_and_accuracy(logits: Tensor, labels: np.ndarray) -> tuple[float, float]:
    """Return the mean cross-entropy, and the part of the images whose largest logit is the right one."""
    loss = F.cross_entropy(logits, mg.from_numpy(labels)).item()
    return loss, float((logits.numpy().argmax(1) == labels).mean())
