"""The drawing board's computations: a prediction, and what every layer of the network made of the drawing."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

import minigrad.nn.functional as F
from minigrad import viz
from minigrad.scripts.classification import Classifier
from minigrad.scripts.framing import frame_of, inputs_of_frames

SIDE = 112  # pixels of a drawing, which is square


@dataclass
class Layer:
    """The output of a layer for one drawing: `values` of shape (C, H, W) or (C,)."""

    name: str
    kind: str
    values: np.ndarray

    def maps(self) -> np.ndarray:
        """Return the values as images (N, H, W): a vector becomes one in rows of at most 30, padded with 0."""
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
        """Return what the network makes of a drawing, (SIDE, SIDE) in [0, 1], light on dark.

        Raises ValueError where nothing is drawn.
        """
        return self._answer(drawing, frame_of(self.classifier, drawing))

    def _answer(self, drawing: np.ndarray, frame: np.ndarray) -> Answer:
        inputs = inputs_of_frames(self.classifier, [frame])
        with self._lock:
            logits = self.classifier.logits(inputs)
            outputs = viz.activations(self.classifier.model, inputs)
        modules = dict(self.classifier.model.named_modules())
        layers = [Layer("input", "framed", frame[None])]
        for name, output in outputs.items():
            kind = type(modules[name.partition("#")[0]]).__name__
            layers.append(Layer(name, kind, output.numpy()[0]))
        return Answer(drawing, F.softmax(logits, dim=1).numpy()[0], layers)
