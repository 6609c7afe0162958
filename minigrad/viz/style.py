"""The style of all pictures: sizes, and colours that colour-blind people can tell apart."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

# M. Okabe, K. Ito: Color Universal Design, 2008
BLUE, ORANGE, GREEN, RED, PURPLE = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7"
GREY = "#666666"

# negative, zero, positive; an odd number of colours, so that 0 is pure white
SIGNED = LinearSegmentedColormap.from_list("signed", ["#003B5C", BLUE, "white", RED, "#5C2800"], N=257)


class Picture(Figure):
    """A Figure without a window, which shows by itself as the last line of a notebook's cell."""

    def _repr_png_(self) -> bytes:
        file = io.BytesIO()
        self.savefig(file, format="png")
        return file.getvalue()


def figure(width: float, height: float, rows: int = 1, columns: int = 1, **options: Any) -> tuple[Figure, Any]:
    """Return a Figure of `width` x `height` inches without a window, and its array of axes, (rows, columns)."""
    fig = Picture(figsize=(width, height), layout="constrained", dpi=120)
    return fig, fig.subplots(rows, columns, squeeze=False, **options)


def plain(axes: Any) -> None:
    """Hide the lines that are not needed."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.3, linewidth=0.6)
    axes.set_axisbelow(True)


def signed(values: np.ndarray, part: float = 1.0) -> dict[str, Any]:
    """Return options for `imshow` of signed numbers: 0 is white, colours reach the magnitude of `part` of them."""
    magnitudes = np.abs(values[np.isfinite(values)])
    largest = float(np.quantile(magnitudes, part)) if magnitudes.size else 0.0
    return {"cmap": SIGNED, "vmin": -(largest or 1.0), "vmax": largest or 1.0}


def unit_range(image: np.ndarray) -> np.ndarray:
    """Return an image whose darkest value is 0 and whose lightest is 1, whatever it was scaled by."""
    low, high = float(image.min()), float(image.max())
    return (image - low) / (high - low) if high > low else np.zeros_like(image)


def positive(operation: str, **counts: int) -> None:
    """Raise ValueError if a count is below 1."""
    for name, count in counts.items():
        if count < 1:
            raise ValueError(f"{operation}: expected {name} of at least 1, got {count}")
