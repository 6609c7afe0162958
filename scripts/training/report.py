"""The report on a run: a table by class, and pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import minigrad.nn.functional as F
from minigrad import viz
from minigrad.scripts.classification import Classifier, loss_and_accuracy
from minigrad.scripts.training.tasks import Task


def report(task: Task, folder: Path, seed: int) -> float:
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
    images, labels, classes = task.test.images, task.test.labels, task.classes
    some = np.random.default_rng(seed).permutation(len(images))[:10]
    pictures = {
        "confusion": viz.confusion_matrix(matrix, classes),
        "misclassified": viz.misclassified(images, probabilities, labels, classes),
        "predictions": viz.predictions(images[some], probabilities[some], labels[some], classes),
    }
    for name, picture in pictures.items():
        picture.savefig(folder / f"{name}.png")
    return accuracy


def class_table(matrix: np.ndarray, classes: list[str]) -> str:
    """Return precision, recall and F1 of each class, from the matrix of counts (true class, predicted class)."""
    width = max(5, *map(len, classes))
    lines = [f"{'class':<{width}}  precision  recall     F1  images"]
    for i, name in enumerate(classes):
        hits, predicted, true = matrix[i, i], matrix[:, i].sum(), matrix[i].sum()
        precision, recall, f1 = hits / max(predicted, 1), hits / max(true, 1), 2 * hits / max(predicted + true, 1)
        lines.append(f"{name:<{width}}  {precision:>9.2%} {recall:>7.2%} {f1:>6.3f}  {true:>6}")
    return "\n".join(lines)
