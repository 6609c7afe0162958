"""What the drawing board computes: a prediction, and what every layer of the network made of the drawing."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np

import minigrad.nn.functional as F
from classification import Classifier
from minigrad import Tensor, nn
from predict import framed

SIDE = 112  # pixels of a drawing, which is square


@dataclass
class Layer:
    """The output of a layer for one drawing: `values` of shape (C, H, W) or (C,)."""

    name: str
    kind: str
    values: np.ndarray

    def maps(self) -> np.ndarray:
        """The values as images, (N, H, W): a vector becomes one, in rows of at most 30, its end filled up with 0."""
        count = self.values.size
        if self.values.ndim == 3 and count > len(self.values):
            return self.values
        rows = -(-count // 30)
        columns = -(-count // rows)
        return np.pad(self.values.ravel(), (0, rows * columns - count)).reshape(1, rows, columns)


@dataclass
class Answer:
    """A drawing, (SIDE, SIDE) in [0, 1], the probabilities of the classes, and the layers in their order."""

    drawing: np.ndarray
    probabilities: np.ndarray
    layers: list[Layer]


class Board:
    """A classifier that shows its work. It may be asked by several threads."""

    def __init__(self, classifier: Classifier, title: str) -> None:
        self.classifier, self.title = classifier, title
        self.classes = classifier.classes
        self._lock = threading.Lock()
        self.blank = self._answer(np.zeros((SIDE, SIDE)), np.zeros((classifier.image_size,) * 2))

    def look(self, drawing: np.ndarray) -> Answer:
        """What the network makes of a drawing, (SIDE, SIDE) in [0, 1], light on dark.

        Raises ValueError where nothing is drawn.
        """
        return self._answer(drawing, framed(drawing, self.classifier.image_size, self.classifier.description["fill"]))

    def _answer(self, drawing: np.ndarray, frame: np.ndarray) -> Answer:
        inputs = self.classifier.prepare(np.round(frame * 255).astype(np.uint8)[None])
        with self._lock:
            logits, layers = layer_outputs(self.classifier, inputs)
        seen = Layer("input", "framed", frame[None])
        return Answer(drawing, F.softmax(logits, dim=1).numpy()[0], [seen, *layers])


def layer_outputs(classifier: Classifier, inputs: Tensor) -> tuple[Tensor, list[Layer]]:
    """The logits of the one image in `inputs`, and the outputs of all layers on the way to them."""
    layers: list[Layer] = []

    def keep_as(name: str) -> Any:
        def hook(module: nn.Module, arguments: Any, output: Tensor) -> None:
            layers.append(Layer(name, type(module).__name__, output.numpy()[0]))

        return hook

    leaves = [(name, m) for name, m in classifier.model.named_modules() if not list(m.children())]
    handles = [module.register_forward_hook(keep_as(name)) for name, module in leaves]
    try:
        return classifier.logits(inputs), layers
    finally:
        for handle in handles:
            handle.remove()
