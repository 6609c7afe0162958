"""Pictures of what a classifier gets right and wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from minigrad.viz.style import BLUE, GREY, RED, figure


def confusion_matrix(matrix: Any, classes: Sequence[str]) -> Figure:
    """How often each class (rows) was taken for each class (columns), as counts.

    Parameters
    ----------
    matrix : (C, C) array of ints
    classes : C names

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the matrix is not square or has not as many rows as there are names.

    Examples
    --------
    >>> from minigrad import viz
    >>> fig = viz.confusion_matrix([[5, 1], [0, 6]], ["cat", "dog"])
    """
    counts = np.asarray(matrix)
    if counts.shape != (len(classes), len(classes)):
        raise ValueError(f"confusion_matrix: expected shape {(len(classes),) * 2} for the classes, got {counts.shape}")
    size = max(4.0, 0.55 * len(classes) + 1.5)
    fig, axes = figure(size + 0.5, size)
    ax = axes[0, 0]
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(*counts.shape):
        if counts[row, column]:
            colour = "white" if shares[row, column] > 0.5 else "black"
            ax.text(column, row, counts[row, column], ha="center", va="center", color=colour, fontsize=9)
    ticks = range(len(classes))
    tilted = max(map(len, classes)) > 3
    ax.set_xticks(ticks, classes, rotation=45 if tilted else 0, ha="right" if tilted else "center")
    ax.set_yticks(ticks, classes)
    right = int(np.trace(counts))
    ax.set(xlabel="predicted", ylabel="true", title=f"{right} of {counts.sum()} right")
    return fig


def misclassified(images: Any, probabilities: Any, targets: Any, classes: Sequence[str], most: int = 24) -> Figure:
    """The images that were classified wrongly, each with what it was taken for, what it is, and both probabilities.

    The surest mistakes come first.

    Parameters
    ----------
    images : (N, H, W) or (N, H, W, 3) array
    probabilities : (N, C) array
    targets : (N,) array of ints
    classes : C names
    most : int, default 24
        Show so many at the most.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> from minigrad import viz
    >>> fig = viz.misclassified(np.zeros((1, 8, 8)), [[0.9, 0.1]], [1], ["cat", "dog"])
    >>> fig.axes[0].get_title()
    'cat 90%\\nis dog 10%'
    """
    images, probabilities, targets = np.asarray(images), np.asarray(probabilities), np.asarray(targets)
    predicted = probabilities.argmax(1)
    wrong = np.flatnonzero(predicted != targets)
    wrong = wrong[np.argsort(-probabilities[wrong, predicted[wrong]], kind="stable")]
    shown = wrong[:most]
    columns = min(6, max(len(shown), 3))
    rows = max(1, math.ceil(len(shown) / columns))
    fig, axes = figure(1.5 * columns, 1.9 * rows + 0.5, rows, columns)
    for ax in axes.flat:
        ax.axis("off")
    for ax, i in zip(axes.flat, shown, strict=False):
        ax.imshow(images[i], cmap="gray_r" if images[i].ndim == 2 else None)
        guess, truth = predicted[i], targets[i]
        ax.set_title(
            f"{classes[guess]} {probabilities[i, guess]:.0%}\nis {classes[truth]} {probabilities[i, truth]:.0%}",
            fontsize=9,
            color=RED,
        )
    more = "" if len(wrong) <= most else f", the {most} surest ones"
    fig.suptitle(f"{len(wrong)} of {len(targets)} wrong{more}", color=RED if len(wrong) else BLUE)
    if not len(wrong):
        axes[0, 0].text(0, 0.5, "nothing to show", color=GREY, transform=axes[0, 0].transAxes)
    return fig
