"""Pictures of a training run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from minigrad.viz.style import BLUE, ORANGE, figure, plain


def curves(history: Sequence[Mapping[str, float]]) -> Figure:
    """Loss and accuracy by epoch, of training and validation.

    Parameters
    ----------
    history : one mapping an epoch
        With ``epoch``, ``train_loss``, ``train_accuracy``, ``val_loss``, ``val_accuracy``; accuracies from 0 to 1.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there is no epoch yet.

    Examples
    --------
    >>> from minigrad import viz
    >>> row = dict(epoch=1, train_loss=0.5, train_accuracy=0.9, val_loss=0.6, val_accuracy=0.8)
    >>> len(viz.curves([row]).axes)
    2
    """
    if not history:
        raise ValueError("curves: expected at least one epoch, got an empty history")
    epochs = [row["epoch"] for row in history]
    fig, axes = figure(9, 3.6, 1, 2)
    for ax, quantity in zip(axes[0], ("loss", "accuracy"), strict=True):
        for part, name, colour in (("train", "training", BLUE), ("val", "validation", ORANGE)):
            values = [row[f"{part}_{quantity}"] for row in history]
            marker = "o" if len(epochs) == 1 else ""
            ax.plot(
                epochs, values, color=colour, marker=marker, label=f"{name}, at last {_shown(quantity, values[-1])}"
            )
        ax.set(xlabel="epoch", title=quantity)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        plain(ax)
        ax.legend(frameon=False)
    axes[0, 0].set_yscale("log")
    axes[0, 1].yaxis.set_major_formatter(PercentFormatter(1.0))
    return fig


def _shown(quantity: str, value: float) -> str:
    return f"{value:.2%}" if quantity == "accuracy" else f"{value:.3g}"
