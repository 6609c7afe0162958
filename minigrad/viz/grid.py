"""Grids of small pictures, placed to the inch: how feature maps and kernels are laid out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from minigrad.viz.style import GREY, Picture

FRAME = "#DDDDDD"


@dataclass
class Grid:
    """Pictures of one size, in rows, with a title above and a label to each; all lengths are in inches.

    `pictures` has the shape (K, H, W) or, in colour, (K, H, W, 3); `options` go to `imshow`.
    """

    title: str
    pictures: np.ndarray
    columns: int
    side: float  # the longer one of a picture
    labels: Sequence[str] = ()
    row_labels: Sequence[str] = ()
    options: dict[str, Any] | None = None

    LABEL, GAP, ROW_LABEL = 0.14, 0.06, 0.75

    @property
    def head(self) -> float:
        """The height of the title."""
        return 0.17 + 0.16 * len(self.title.splitlines())

    @property
    def picture_size(self) -> tuple[float, float]:
        """Width and height of one picture."""
        height, width = self.pictures.shape[1:3]
        return self.side * width / max(width, height), self.side * height / max(width, height)

    @property
    def step(self) -> tuple[float, float]:
        """The distance from one picture to the next, to the right and down."""
        width, height = self.picture_size
        return width + self.GAP, height + (self.LABEL if self.labels else 0) + self.GAP

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the whole; the title may be wider."""
        rows = -(-len(self.pictures) // self.columns)
        margin = self.ROW_LABEL if self.row_labels else 0
        return margin + min(self.columns, len(self.pictures)) * self.step[0], self.head + rows * self.step[1]

    def draw(self, fig: Figure, left: float, top: float) -> Any:
        """Draw it with its left upper corner there, measured from that of the figure; gives the axes."""
        whole_width, whole_height = fig.get_size_inches()
        width, height = self.size
        place = (left / whole_width, 1 - (top + height) / whole_height, width / whole_width, height / whole_height)
        ax = fig.add_axes(place)
        margin = self.ROW_LABEL if self.row_labels else 0
        picture_width, picture_height = self.picture_size
        for k, picture in enumerate(self.pictures):
            row, column = divmod(k, self.columns)
            x, y = margin + column * self.step[0], self.head + row * self.step[1]
            if k < len(self.labels):
                y += self.LABEL
                ax.text(x, y - 0.02, self.labels[k], fontsize=6.5, color=GREY, va="bottom")
            if column == 0 and row < len(self.row_labels):
                ax.text(
                    margin - 0.08, y + picture_height / 2, self.row_labels[row], fontsize=7, ha="right", va="center"
                )
            extent = (x, x + picture_width, y + picture_height, y)
            frame = Rectangle((x, y), picture_width, picture_height, fill=False, edgecolor=FRAME, linewidth=0.8)
            ax.add_patch(frame)  # a picture that is all white is seen too
            ax.imshow(picture, extent=extent, interpolation=_interpolation(picture), **(self.options or {}))
        ax.text(0, 0.1, self.title, fontsize=9, va="top")
        ax.set(xlim=(0, width), ylim=(height, 0), aspect="auto")
        ax.axis("off")
        return ax


def _interpolation(picture: np.ndarray) -> str:
    return "nearest" if max(picture.shape[:2]) <= 64 else "antialiased"


def stacked(grids: Sequence[Grid], note: str = "", narrowest: float = 4.0) -> Figure:
    """Return a Figure of the grids, one below the other, and a note below them all."""
    margin = 0.15
    width = max(narrowest, *(grid.size[0] for grid in grids)) + 2 * margin
    fig = Picture(figsize=(width, sum(g.size[1] for g in grids) + 2 * margin + 0.25 * bool(note)), dpi=120)
    top = margin
    for grid in grids:
        grid.draw(fig, margin, top)
        top += grid.size[1]
    fig.text(margin / width, margin / fig.get_figheight(), note, fontsize=8, color=GREY, va="bottom")
    return fig
