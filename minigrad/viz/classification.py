"""Pictures of what a classifier gets right and wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure

from minigrad.core.tensor import Tensor
from minigrad.viz.style import BLUE, GREY, RED, figure, positive, unit_range


def confusion_matrix(matrix: Any, classes: Sequence[str]) -> Figure:
    """Return how often each class (rows) was taken for each class (columns), as counts.

    The mistakes have colours of their own, so that few of them are seen beside many right answers.

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
        If the matrix is not square or has not as many rows as there are names, or a count is negative.

    Examples
    --------
    >>> from minigrad import viz
    >>> fig = viz.confusion_matrix([[5, 1], [0, 6]], ["cat", "dog"])
    """
    counts = np.asarray(matrix)
    if counts.shape != (len(classes), len(classes)):
        raise ValueError(f"confusion_matrix: expected shape {(len(classes),) * 2} for the classes, got {counts.shape}")
    if counts.dtype.kind not in "iu" or not counts.size or counts.min() < 0:
        raise ValueError(f"confusion_matrix: expected counts, whole numbers from 0 on, got {matrix}")
    size = max(4.0, 0.55 * len(classes) + 1.5)
    fig, axes = figure(size + 0.5, size)
    ax = axes[0, 0]
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    wrong = np.where(np.eye(len(classes), dtype=bool), 0, shares)
    worst = float(wrong.max(initial=0))
    strength = np.where(wrong > 0, 0.15 + 0.85 * np.sqrt(wrong / (worst or 1)), 0)  # so that the rarest is seen
    right = np.eye(len(classes), dtype=bool)
    ax.imshow(np.where(right[..., None], colormaps["Blues"](shares), colormaps["Reds"](strength)))
    for row, column in np.ndindex(*counts.shape):
        if counts[row, column]:
            dark = (shares if row == column else strength)[row, column] > 0.6
            colour = "white" if dark else "black"
            ax.text(column, row, counts[row, column], ha="center", va="center", color=colour, fontsize=9)
    ticks = range(len(classes))
    tilted = max(map(len, classes)) > 3
    ax.set_xticks(ticks, classes, rotation=45 if tilted else 0, ha="right" if tilted else "center")
    ax.set_yticks(ticks, classes)
    ax.set(xlabel="predicted", ylabel="true", title=f"{np.trace(counts)} of {counts.sum()} right")
    if worst:
        note = f"blue: right; red: wrong, the darker the more, up to {worst:.1%} of a class"
        fig.supxlabel(note, fontsize=8, color=GREY)
    return fig


def misclassified(images: Any, probabilities: Any, targets: Any, classes: Sequence[str], most: int = 24) -> Figure:
    r"""Draw the images that were classified wrongly, with prediction, class and both probabilities.

    The surest mistakes come first.

    Parameters
    ----------
    images : (N, H, W) or (N, H, W, 3) array, or a batch of shape (N, 1, H, W) or (N, 3, H, W)
        Colours are uint8 or from 0 to 1; other floats, such as standardized ones, are brought there.
    probabilities : (N, C) array
    targets : (N,) array of ints
    classes : C names
    most : int, default 24
        Show at most this many.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        As `predictions`.

    Examples
    --------
    >>> from minigrad import viz
    >>> fig = viz.misclassified(np.zeros((1, 8, 8)), [[0.9, 0.1]], [1], ["cat", "dog"])
    >>> fig.axes[0].get_title()
    'cat, 90%\nis dog, 10%'
    """
    positive("misclassified", most=most)
    images, probabilities, targets = _checked("misclassified", images, probabilities, targets, classes)
    predicted = probabilities.argmax(1)
    wrong = np.flatnonzero(predicted != targets)
    wrong = wrong[np.argsort(-probabilities[wrong, predicted[wrong]], kind="stable")]
    shown = wrong[:most]
    columns = max(1, min(6, len(shown)))
    rows = max(1, math.ceil(len(shown) / columns))
    side = 1.5 if columns > 3 else 2.4  # few images are shown larger
    fig, axes = figure(max(side * columns, 3.0), (side + 0.4) * rows + 0.5 if len(shown) else 1.2, rows, columns)
    for ax in axes.flat:
        ax.axis("off")
    for ax, i in zip(axes.flat, shown, strict=False):
        ax.imshow(images[i], cmap="gray_r" if images[i].ndim == 2 else None)
        guess, truth = predicted[i], targets[i]
        ax.set_title(
            f"{classes[guess]}, {probabilities[i, guess]:.0%}\nis {classes[truth]}, {probabilities[i, truth]:.0%}",
            fontsize=9,
            color=RED,
        )
    more = "" if len(wrong) <= most else f", the {most} surest ones"
    fig.suptitle(f"{len(wrong)} of {len(targets)} wrong{more}", color=RED if len(wrong) else BLUE)
    if not len(wrong):
        axes[0, 0].text(0.5, 0.5, "nothing to show", color=GREY, ha="center", transform=axes[0, 0].transAxes)
    return fig


def predictions(
    images: Any, probabilities: Any, targets: Any, classes: Sequence[str], most: int = 10, bars: int = 10
) -> Figure:
    r"""Return images with what they were taken for and what they are, and the probabilities of the classes as bars.

    Parameters
    ----------
    images : (N, H, W) or (N, H, W, 3) array, or a batch of shape (N, 1, H, W) or (N, 3, H, W)
        Colours are uint8 or from 0 to 1; other floats, such as standardized ones, are brought there.
    probabilities : (N, C) array
    targets : (N,) array of ints
    classes : C names
    most : int, default 10
        Show this many, the first ones.
    bars : int, default 10
        If there are more classes, show bars for this many, the most probable ones.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the shapes do not fit together, there is no image, a target is none of the classes, or `most` or `bars` is
        below 1.

    Examples
    --------
    >>> from minigrad import viz
    >>> fig = viz.predictions(np.zeros((1, 8, 8)), [[0.9, 0.1]], [1], ["cat", "dog"])
    >>> fig.axes[0].get_title()
    'cat, 90%\nis dog'
    """
    positive("predictions", most=most, bars=bars)
    images, probabilities, targets = _checked("predictions", images, probabilities, targets, classes)
    images, probabilities, targets = images[:most], probabilities[:most], targets[:most]
    predicted = probabilities.argmax(1)
    columns = min(5, len(images))
    rows = math.ceil(len(images) / columns)
    shown = min(bars, len(classes))
    bars_height = 0.13 * shown
    height = rows * (1.6 + bars_height) + 0.4
    width = max(1.75, 0.6 + 0.08 * max(map(len, classes)))
    fig, axes = figure(width * columns, height, 2 * rows, columns, height_ratios=[1.2, bars_height] * rows)
    for ax in axes.flat:
        ax.axis("off")
    for k in range(len(images)):
        row, column = divmod(k, columns)
        _with_bars(axes[2 * row : 2 * row + 2, column], images[k], probabilities[k], targets[k], classes, shown)
    right = int((predicted == targets).sum())
    fig.suptitle(f"{right} of {len(targets)} right", color=BLUE if right == len(targets) else RED)
    return fig


def _checked(
    operation: str, images: Any, probabilities: Any, targets: Any, classes: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Check the three, and return them as arrays that fit together."""
    images, probabilities, targets = (_array(part) for part in (images, probabilities, targets))
    if images.ndim == 4 and images.shape[1] in (1, 3) and images.shape[3] != 3:  # a batch, channels first
        images = images[:, 0] if images.shape[1] == 1 else images.transpose(0, 2, 3, 1)
    if images.ndim != 3 and (images.ndim != 4 or images.shape[3] != 3):
        raise ValueError(
            f"{operation}: expected images of shape (N, H, W), (N, H, W, 3), (N, 1, H, W) or (N, 3, H, W), "
            f"got {images.shape}"
        )
    if images.ndim == 4 and images.dtype.kind == "f" and images.size and not 0 <= images.min() <= images.max() <= 1:
        images = unit_range(images)
    count, most = len(images), len(classes) - 1
    if not count or probabilities.shape != (count, len(classes)) or targets.shape != (count,):
        raise ValueError(
            f"{operation}: expected images, probabilities (N, {len(classes)}) and targets (N,) of at least one image, "
            f"got shapes {images.shape}, {probabilities.shape} and {targets.shape}"
        )
    if targets.dtype.kind not in "iu" or targets.min() < 0 or targets.max() > most:
        raise ValueError(f"{operation}: expected targets of whole numbers from 0 to {most}, got {targets}")
    return images, probabilities, targets


def _array(values: Any) -> np.ndarray:
    return values.detach().numpy() if isinstance(values, Tensor) else np.asarray(values)


def _with_bars(
    axes: Any, image: np.ndarray, probabilities: np.ndarray, target: int, classes: Sequence[str], shown: int
) -> None:
    """Draw an image in the first of two axes, the probabilities in the second."""
    guess = int(probabilities.argmax())
    colours = {guess: RED, int(target): BLUE}
    axes[0].imshow(image, cmap="gray_r" if image.ndim == 2 else None)
    verdict = "right" if guess == target else f"is {classes[target]}"
    axes[0].set_title(
        f"{classes[guess]}, {probabilities[guess]:.0%}\n{verdict}", fontsize=9, color=BLUE if guess == target else RED
    )
    chosen = np.arange(len(classes))
    if shown < len(classes):
        chosen = np.sort(np.argsort(-probabilities, kind="stable")[:shown])
    places = range(len(chosen))
    axes[1].barh(places, probabilities[chosen], color=[colours.get(int(c), GREY) for c in chosen], height=0.75)
    axes[1].set_yticks(places, [classes[int(c)] for c in chosen], fontsize=6.5)
    axes[1].tick_params(length=0, pad=2)
    axes[1].set(xlim=(0, 1), xticks=[], ylim=(len(chosen) - 0.5, -0.5))
    axes[1].spines[["top", "right", "bottom"]].set_visible(False)
    axes[1].axis("on")
