"""Pictures of what a classifier makes of the plane."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from minigrad.core.tensor import Tensor
from minigrad.graph.grad_mode import no_grad
from minigrad.nn.module import Module
from minigrad.viz.probing import evaluating
from minigrad.viz.style import BLUE, GREEN, ORANGE, PURPLE, RED, figure

# Told apart by colour and by shape; more classes than these begin again.
COLOURS = [BLUE, RED, "black", ORANGE, GREEN, PURPLE]
MARKERS = ["o", "^", "s", "D", "v", "P"]

Classifier = Callable[[Tensor], Any]


def decision_regions(
    model: Classifier | Mapping[str, Classifier],
    points: Any,
    labels: Any,
    classes: Sequence[str] | None = None,
    resolution: int = 250,
) -> Figure:
    """Return the class that a model gives to every place of the plane, and the points that it should tell apart.

    Parameters
    ----------
    model : callable, or mapping from title to callable
        From an (M, 2) Tensor, of the dtype of its parameters if it is a Module, else float32, to (M, C) scores; the
        largest wins. It runs without gradients, a Module in evaluation mode, which is undone at the end. A mapping
        draws one panel for each, such as a copy of the model from each of several epochs.
    points : (N, 2) array
    labels : (N,) array of ints
        The class of each point, from 0.
    classes : C names, optional
    resolution : int, default 250
        Into how many columns, and rows, a panel is divided.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If points or labels have other shapes, the model gives something else than (M, C) scores, a label or name has
        no score, or the resolution is below 2.

    Examples
    --------
    >>> from minigrad import viz
    >>> net = nn.Linear(2, 3)
    >>> fig = viz.decision_regions(net, [[0, 1], [1, 0], [1, 1]], [0, 1, 2])
    >>> fig = viz.decision_regions({"as is": net, "flipped": lambda x: net(-x)}, np.eye(2), [0, 2], list("abc"))
    >>> [ax.get_title() for ax in fig.axes]
    ['as is', 'flipped']
    """
    where, targets = _checked(points, labels, resolution)
    models = model if isinstance(model, Mapping) else {"": model}
    low, high = where.min(0), where.max(0)
    margin = 0.08 * max((high - low).max(), 1e-6)
    xs, ys = np.linspace(low - margin, high + margin, resolution).T
    grid = np.stack([a.ravel() for a in np.meshgrid(xs, ys)], 1)

    columns = min(3, len(models))
    rows = math.ceil(len(models) / columns)
    fig, axes = figure(3.6 * columns + 0.4, 3.6 * rows + 0.5, rows, columns, sharex=True, sharey=True)
    for ax in axes.flat[len(models) :]:
        ax.axis("off")
    for ax, (title, one) in zip(axes.flat, models.items(), strict=False):
        scores = _scores(one, grid)
        names = _names(classes, targets, scores.shape[1])
        _draw(ax, (xs, ys), scores.argmax(1).reshape(len(ys), len(xs)), len(names))
        for label in np.unique(targets):
            colour, marker = _look(label)
            ax.scatter(*where[targets == label].T, s=9, color=colour, marker=marker, edgecolor="white", linewidth=0.3)
        ax.set_title(title)
    handles = [
        Line2D([], [], linestyle="", color=_look(label)[0], marker=_look(label)[1], label=name)
        for label, name in enumerate(names)
    ]
    fig.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False)
    return fig


def _checked(points: Any, labels: Any, resolution: int) -> tuple[np.ndarray, np.ndarray]:
    """Return points and labels as arrays that fit together."""
    where, targets = np.asarray(points, np.float64), np.asarray(labels)
    if where.ndim != 2 or where.shape[1] != 2 or not len(where):
        raise ValueError(f"decision_regions: expected points of shape (N, 2), got {where.shape}")
    if targets.shape != where.shape[:1] or targets.dtype.kind not in "iu":
        raise ValueError(
            f"decision_regions: expected {len(where)} whole numbers as labels, got shape {targets.shape} "
            f"of {targets.dtype}"
        )
    if resolution < 2:
        raise ValueError(f"decision_regions: expected a resolution of at least 2, got {resolution}")
    return where, targets


def _look(label: int) -> tuple[str, str]:
    return COLOURS[label % len(COLOURS)], MARKERS[label % len(MARKERS)]


def _scores(model: Classifier, grid: np.ndarray) -> np.ndarray:
    """Return what `model` gives for the places of the grid, (M, C)."""
    parameters = model.parameters() if isinstance(model, Module) else iter(())
    places = Tensor(grid.astype(next((p.dtype for p in parameters), np.float32)))
    with no_grad(), evaluating(model) if isinstance(model, Module) else nullcontext():
        scores = np.asarray(model(places))
    if scores.ndim != 2 or len(scores) != len(grid):
        raise ValueError(
            f"decision_regions: expected a model from ({len(grid)}, 2) points to ({len(grid)}, classes) scores, "
            f"but it gave {scores.shape}"
        )
    return scores


def _names(classes: Sequence[str] | None, targets: np.ndarray, count: int) -> Sequence[str]:
    """Return the names of the `count` classes."""
    names = [str(i) for i in range(count)] if classes is None else classes
    if len(names) != count or targets.min() < 0 or targets.max() >= count:
        raise ValueError(
            f"decision_regions: the model gives {count} scores, but there are {len(names)} names "
            f"and labels from {targets.min()} to {targets.max()}"
        )
    return names


def _draw(ax: Axes, places: tuple[np.ndarray, np.ndarray], regions: np.ndarray, count: int) -> None:
    """Draw the regions in pale colours, with a line around each."""
    pale = ListedColormap([tuple(1 - 0.3 * (1 - c) for c in to_rgb(_look(i)[0])) for i in range(count)])
    ax.pcolormesh(*places, regions, cmap=pale, vmin=-0.5, vmax=count - 0.5, shading="nearest", rasterized=True)
    for label in np.unique(regions)[1:]:
        ax.contour(*places, regions == label, levels=[0.5], colors="white", linewidths=1)
    ax.set_aspect("equal")
