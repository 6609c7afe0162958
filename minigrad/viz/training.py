"""Pictures of a training run."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from minigrad.viz.style import BLUE, GREEN, GREY, ORANGE, figure, plain

PARTS = {"train": ("training", BLUE), "val": ("validation", ORANGE), "test": ("test", GREEN), "": ("", BLUE)}

History = Sequence[Mapping[str, Any]] | Mapping[str, Sequence[Any]] | str | os.PathLike[str]


def curves(history: History, columns: Sequence[str] | None = None) -> Figure:
    """Return what was measured in each epoch, a panel for each quantity, such as loss and accuracy.

    Parameters
    ----------
    history : one mapping per epoch, or a mapping from columns to their values, or the path of a ``metrics.csv``
        Columns such as ``train_loss``, ``val_loss`` and ``test_loss`` are drawn together, every other one alone;
        ``epoch`` counts the rows, without it they are counted from 1. Accuracies are from 0 to 1. The epoch with the
        best ``val_accuracy``, or else the lowest ``val_loss``, is marked. What is None, nan or infinite is left out.
    columns : sequence of str, optional
        The columns or quantities to draw, in their order: ``["loss", "lr"]``. By default all but ``lr``.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError
        If a row is not a mapping from names to numbers.
    ValueError
        If there is no epoch yet, nothing but epochs, or no such column.

    Examples
    --------
    >>> from minigrad import viz
    >>> row = dict(epoch=1, train_loss=0.5, train_accuracy=0.9, val_loss=0.6, val_accuracy=0.8)
    >>> len(viz.curves([row]).axes)
    2
    >>> [ax.get_title() for ax in viz.curves([dict(mse=0.5), dict(mse=0.1)]).axes]
    ['mse']
    >>> history = {"train_loss": [0.7, 0.4], "val_loss": [0.8, 0.6], "lr": [0.1, 0.01]}
    >>> [ax.get_title() for ax in viz.curves(history, columns=["lr", "val_loss"]).axes]
    ['lr', 'loss']
    """
    rows = _checked(history)
    epochs = [row.get("epoch", i) for i, row in enumerate(rows, 1)]
    panels = _panels(rows, columns)
    best = _best(rows)
    fig, axes = figure(4.5 * len(panels), 3.6, 1, len(panels))
    for ax, (quantity, parts) in zip(axes[0], panels.items(), strict=True):
        for part, column in parts.items():
            values = [row.get(column, math.nan) for row in rows]
            _line(ax, epochs, values, quantity, part, 0 if len(rows) == 1 else best)
        ax.set(xlabel="epoch" if best is None else f"epoch; dots: the best one, {epochs[best]:g}", title=quantity)
        ticks = MaxNLocator(integer=True, steps=[1, 2, 5, 10]).tick_values(epochs[0], epochs[-1])
        ax.set_xticks(sorted({epochs[0], *(tick for tick in ticks if epochs[0] < tick <= epochs[-1])}))
        plain(ax)
        ax.legend(frameon=False)
    return fig


def _panels(rows: Sequence[Mapping[str, float]], wanted: Sequence[str] | None) -> dict[str, dict[str, str]]:
    """Return the columns to draw, by quantity and part."""
    found = [*dict.fromkeys(name for row in rows for name in row if name != "epoch")]
    places: dict[str, tuple[str, str]] = {}
    for column in found:
        part, _, quantity = column.partition("_")
        places[column] = (quantity, part) if part in PARTS and part and quantity else (column, "")
    panels: dict[str, dict[str, str]] = {}
    for name in [c for c in found if c != "lr"] if wanted is None else wanted:
        chosen = [name] if name in places else [c for c in found if places[c][0] == name]
        if not chosen:
            raise ValueError(f"curves: expected columns among {', '.join(found)}, got {name!r}")
        for column in chosen:
            quantity, part = places[column]
            panels.setdefault(quantity, {})[part] = column
    if not panels:
        raise ValueError(f"curves: expected columns such as train_loss and val_loss, got {', '.join(rows[0])}")
    return panels


def _rows(history: Any) -> list[Any]:
    """Return a history of any form as one mapping per epoch."""
    if isinstance(history, (str, os.PathLike)):
        with open(history, newline="") as file:
            return [{k: float(v) if v else None for k, v in row.items()} for row in csv.DictReader(file)]
    if isinstance(history, Mapping):
        return [dict(zip(history, values, strict=True)) for values in zip(*history.values(), strict=True)]
    return list(history)


def _checked(history: Any) -> Sequence[Mapping[str, float]]:
    rows = _rows(history)
    if not rows:
        raise ValueError("curves: expected at least one epoch, got an empty history")
    for row in rows:
        if not isinstance(row, Mapping):
            raise TypeError(f"curves: expected a mapping from names to numbers for each epoch, got {row!r}")
        for name, value in row.items():
            try:
                value is None or math.isfinite(value)
            except TypeError:
                raise TypeError(f"curves: expected a number as {name}, got {value!r}") from None
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def _best(rows: Sequence[Mapping[str, float]]) -> int | None:
    """Return the row with the best validation accuracy, then the lowest loss; None if there is nothing to say."""
    keys = [(row.get("val_accuracy", 0.0), -row.get("val_loss", 0.0)) for row in rows]
    usable = [i for i, key in enumerate(keys) if all(map(math.isfinite, key))]
    if not usable or not {"val_accuracy", "val_loss"} & set(rows[0]):
        return None
    return max(usable, key=lambda i: keys[i])


def _line(
    ax: Any, epochs: Sequence[float], values: Sequence[float], quantity: str, part: str, dotted: int | None
) -> None:
    """Draw the values by epoch without those that are no numbers, and a dot at one of them."""
    name, colour = PARTS[part]
    last = f"at last {_shown(quantity, values[-1])}"
    finite = [value if math.isfinite(value) else math.nan for value in values]
    dots = {} if dotted is None else {"marker": "o", "markevery": [dotted]}
    ax.plot(epochs, finite, color=colour, label=f"{name}, {last}" if name else last, **dots)
    if quantity.endswith("accuracy"):
        ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    elif all(value > 0 for value in finite if not math.isnan(value)):
        ax.set_yscale("log")
    if all(map(math.isnan, finite)):  # what else is drawn has its own place
        note = f"{name or quantity}: {values[0]} in all epochs"
        ax.text(0.5, {"val": 0.4, "test": 0.3}.get(part, 0.5), note, transform=ax.transAxes, ha="center", color=GREY)


def _shown(quantity: str, value: float) -> str:
    return f"{value:.2%}" if quantity.endswith("accuracy") else f"{value:.3g}"
