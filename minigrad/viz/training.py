"""Pictures of a training run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from minigrad.viz.style import BLUE, GREY, ORANGE, figure, plain

PARTS = {"train": ("training", BLUE), "val": ("validation", ORANGE), "": ("", BLUE)}


def curves(history: Sequence[Mapping[str, float]]) -> Figure:
    """Return what was measured in each epoch, a panel for each quantity, such as loss and accuracy.

    Parameters
    ----------
    history : one mapping per epoch
        Columns such as ``train_loss`` and ``val_loss`` are drawn together, every other one alone; ``epoch`` counts the
        rows (without it they are counted from 1), and ``lr`` is left out. Accuracies are from 0 to 1. The epoch with
        the best ``val_accuracy``, or else the lowest ``val_loss``, is marked. What is nan or infinite is left out.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError
        If a row is not a mapping from names to numbers.
    ValueError
        If there is no epoch yet, or nothing but epochs.

    Examples
    --------
    >>> from minigrad import viz
    >>> row = dict(epoch=1, train_loss=0.5, train_accuracy=0.9, val_loss=0.6, val_accuracy=0.8)
    >>> len(viz.curves([row]).axes)
    2
    >>> [ax.get_title() for ax in viz.curves([dict(mse=0.5), dict(mse=0.1)]).axes]
    ['mse']
    """
    rows = _checked(history)
    epochs = [row.get("epoch", i) for i, row in enumerate(rows, 1)]
    panels: dict[str, dict[str, str]] = {}  # by quantity and part, the column
    for column in dict.fromkeys(name for row in rows for name in row if name not in ("epoch", "lr")):
        part, _, quantity = column.partition("_")
        part, quantity = (part, quantity) if part in ("train", "val") and quantity else ("", column)
        panels.setdefault(quantity, {})[part] = column
    if not panels:
        raise ValueError(f"curves: expected columns such as train_loss and val_loss, got {', '.join(rows[0])}")
    best = _best(rows)
    fig, axes = figure(4.5 * len(panels), 3.6, 1, len(panels))
    for ax, (quantity, columns) in zip(axes[0], panels.items(), strict=True):
        for part, column in columns.items():
            values = [row.get(column, math.nan) for row in rows]
            _line(ax, epochs, values, quantity, part, 0 if len(rows) == 1 else best)
        ax.set(xlabel="epoch" if best is None else f"epoch; dots: the best one, {epochs[best]:g}", title=quantity)
        ticks = MaxNLocator(integer=True, steps=[1, 2, 5, 10]).tick_values(epochs[0], epochs[-1])
        ax.set_xticks(sorted({epochs[0], *(tick for tick in ticks if epochs[0] < tick <= epochs[-1])}))
        plain(ax)
        ax.legend(frameon=False)
    return fig


def _checked(history: Any) -> Sequence[Mapping[str, float]]:
    rows = list(history)
    if not rows:
        raise ValueError("curves: expected at least one epoch, got an empty history")
    for row in rows:
        if not isinstance(row, Mapping):
            raise TypeError(f"curves: expected a mapping from names to numbers for each epoch, got {row!r}")
        for name, value in row.items():
            try:
                math.isfinite(value)
            except TypeError:
                raise TypeError(f"curves: expected a number as {name}, got {value!r}") from None
    return rows


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
        ax.text(0.5, 0.4 if part == "val" else 0.5, note, transform=ax.transAxes, ha="center", color=GREY)


def _shown(quantity: str, value: float) -> str:
    return f"{value:.2%}" if quantity.endswith("accuracy") else f"{value:.3g}"
