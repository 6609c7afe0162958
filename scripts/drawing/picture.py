"""A drawing, its prediction and the maps of all layers in one picture."""

from __future__ import annotations

import io
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from minigrad.scripts.drawing.board import Answer, Layer
from minigrad.viz.style import BLUE, GREY, plain, signed


def picture(answer: Answer, classes: list[str], title: str) -> Figure:
    """Return the drawing, what the network sees of it and the probabilities on the left, the layers on the right."""
    fig = Figure(figsize=(10, 5.6), layout=ConstrainedLayoutEngine(w_pad=0.1, wspace=0.03), dpi=110)
    grid = fig.add_gridspec(1, 2, width_ratios=[1, 1.15])
    left = grid[0].subgridspec(2, 2, height_ratios=[1, 1.2])
    drawing, bars = fig.add_subplot(left[0, 0]), fig.add_subplot(left[1, :])
    best = int(answer.probabilities.argmax())
    drawing.imshow(answer.drawing, cmap="gray_r", vmin=0, vmax=1)
    drawing.set(xticks=[], yticks=[])
    drawing.set_title("drawn", fontsize=9, loc="left")
    bars.barh(classes, answer.probabilities, color=[BLUE if i == best else GREY for i in range(len(classes))])
    bars.invert_yaxis()
    bars.set(xlim=(0, 1), xlabel="probability")
    bars.set_title(f"{classes[best]}, {answer.probabilities[best]:.1%}", fontsize=14)
    plain(bars)
    seen, *layers = answer.layers
    show_layer(fig.add_subplot(left[0, 1]), seen)
    mosaics = [mosaic(layer) for layer in layers]
    right = grid[1].subgridspec(len(layers), 1, height_ratios=[m.shape[0] / m.shape[1] + 0.05 for m in mosaics])
    for place, layer in zip(right, layers, strict=True):  # type: ignore[call-overload]
        show_layer(fig.add_subplot(place), layer)
    fig.suptitle(f"{title}; blue: negative, orange: positive", fontsize=10, color=GREY)
    return fig


def show_layer(ax: Any, layer: Layer) -> None:
    """Draw the maps of a layer, with its name and shape above."""
    ax.imshow(mosaic(layer), interpolation="nearest", **signed(layer.values))
    ax.axis("off")
    ax.set_title(f"{layer.name}: {layer.kind}, {' x '.join(map(str, layer.values.shape))}", fontsize=9, loc="left")


def mosaic(layer: Layer) -> np.ndarray:
    """Return the maps of a layer side by side, at most 8 in a row, with gaps of nan."""
    maps = layer.maps()
    columns = min(len(maps), 8)
    rows = -(-len(maps) // columns)
    gap = max(1, maps.shape[2] // 12) if len(maps) > 1 else 0
    padded = np.full((rows * columns, maps.shape[1] + gap, maps.shape[2] + gap), np.nan)
    padded[: len(maps), : maps.shape[1], : maps.shape[2]] = maps
    tiled = padded.reshape(rows, columns, *padded.shape[1:]).swapaxes(1, 2)
    return tiled.reshape(rows * padded.shape[1], columns * padded.shape[2])


def write_numbered(fig: Figure, folder: Path) -> Path:
    """Write a PNG file whose name is the first free number in `folder`."""
    data = io.BytesIO()
    fig.savefig(data, format="png")
    folder.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        try:
            with (folder / f"{number:04}.png").open("xb") as file:
                file.write(data.getvalue())
        except FileExistsError:
            continue
        break
    return folder / f"{number:04}.png"
