"""What the pictures have in common: sizes, and colours that colour-blind people can tell apart."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

# M. Okabe, K. Ito: Color Universal Design, 2008
BLUE, ORANGE, GREEN, RED, PURPLE = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7"
GREY = "#666666"


def figure(width: float, height: float, rows: int = 1, columns: int = 1, **options: Any) -> tuple[Figure, Any]:
    """A Figure of `width` x `height` inches without a window, and its array of axes, (rows, columns)."""
    fig = Figure(figsize=(width, height), layout="constrained", dpi=120)
    return fig, fig.subplots(rows, columns, squeeze=False, **options)


def plain(axes: Any) -> None:
    """Only the lines that are needed."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.3, linewidth=0.6)
    axes.set_axisbelow(True)
