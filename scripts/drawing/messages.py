"""The messages between the page and the server, in JSON."""

from __future__ import annotations

import base64
import json
from typing import Any, NoReturn

import numpy as np

from minigrad.scripts.drawing.board import SIDE, Answer, Board, Layer


def read_drawing(body: bytes) -> np.ndarray:
    """Return the drawing in ``{"pixels": [[0, 255, ...], ...]}``, (SIDE, SIDE) float64 in [0, 1].

    Raises ValueError, with a message for the sender, for anything else.
    """
    try:
        message = json.loads(body, parse_constant=_not_finite)
    except RecursionError:
        raise ValueError("not JSON that could be a drawing: too deeply nested") from None
    except ValueError as error:  # which JSONDecodeError and UnicodeDecodeError are
        raise ValueError(f"not JSON: {error}") from None
    if not isinstance(message, dict) or set(message) != {"pixels"}:
        raise ValueError('expected an object with "pixels" and nothing else')
    rows = message["pixels"]
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == SIDE for row in rows):
        raise ValueError(f"expected pixels as a list of lists of {SIDE} numbers")
    if len(rows) != SIDE:
        raise ValueError(f"expected {SIDE} rows of pixels, got {len(rows)}")
    if not {type(value) for row in rows for value in row} <= {int, float}:
        raise ValueError("expected numbers as pixels")
    if not all(0 <= value <= 255 for row in rows for value in row):
        raise ValueError("expected pixels from 0 to 255")
    return np.array(rows, np.float64) / 255


def _not_finite(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def describe_board(board: Board, titles: list[str]) -> dict[str, Any]:
    """Return what the page needs to know before anything is drawn, with the titles of all networks."""
    return {
        "title": board.title,
        "networks": titles,
        "classes": board.classes,
        "side": SIDE,
        "layers": [describe_layer(layer) for layer in board.blank.layers],
    }


def describe_layer(layer: Layer) -> dict[str, Any]:
    """Return names and shapes: of what the layer gives, and of the images that show it."""
    return {
        "name": layer.name,
        "kind": layer.kind,
        "shape": list(layer.values.shape),
        "maps": list(layer.maps().shape),
    }


def describe_answer(answer: Answer, classes: list[str], milliseconds: float) -> dict[str, Any]:
    """Return a prediction, with the maps of each layer as base64 of bytes: 128 + 127 * value / scale."""
    return {
        "label": classes[int(answer.probabilities.argmax())],
        "probabilities": [round(float(p), 6) for p in answer.probabilities],
        "milliseconds": round(milliseconds, 2),
        "layers": [_encode(layer.maps()) for layer in answer.layers],
    }


def _encode(maps: np.ndarray) -> dict[str, Any]:
    scale = float(np.abs(maps).max()) or 1.0
    levels = np.round(128 + 127 * (maps / scale)).astype(np.uint8)
    return {"scale": scale, "data": base64.b64encode(levels.tobytes()).decode("ascii")}
