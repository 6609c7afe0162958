"""From a picture that a user has to what a classifier is given: what is drawn, in the size and place that it knows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from classification import Classifier
from minigrad import Tensor
from minigrad.vision.io import read_image
from minigrad.vision.transforms import resize


def inputs_of_file(classifier: Classifier, path: Path, background: str = "auto") -> Tensor:
    """An image file as the input of a model, (1, C, S, S): the whole for one of coloured images, else what is drawn.

    `background` is "light", "dark" or "auto". Raises OSError or ValueError for a file that cannot be used.
    """
    if classifier.channels == 3:
        return classifier.prepare(read_image(path, "rgb")[None])
    grey = read_image(path, "gray").astype(np.float32) / 255
    return inputs_of_frames(classifier, [frame_of(classifier, light_on_dark(grey, background))])


def inputs_of_frames(classifier: Classifier, frames: Sequence[np.ndarray]) -> Tensor:
    """Images that `frame_of` gave as the input of the model, (N, 1, S, S)."""
    return classifier.prepare(np.round(np.stack(frames) * 255).astype(np.uint8))


def frame_of(classifier: Classifier, image: np.ndarray) -> np.ndarray:
    """A grey image, (H, W) in [0, 1], light on dark, as the model's training images have it: (S, S)."""
    return framed(image, classifier.image_size, classifier.description["fill"])


def light_on_dark(image: np.ndarray, background: str) -> np.ndarray:
    """A grey image, (H, W) in [0, 1], with a dark background, as the training images have it."""
    if background == "auto":
        border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
        background = "light" if np.median(border) > 0.5 else "dark"
    return 1 - image if background == "light" else image


def framed(image: np.ndarray, size: int, fill: float | None) -> np.ndarray:
    """A (size, size) image: of what is drawn if `fill` says how much of the frame it takes, else of the whole.

    As MNIST was made: the bounding box is scaled by its longer side, and its centre of mass put in the middle.
    """
    if fill is None:
        side = max(image.shape)
        top, left = (side - image.shape[0]) // 2, (side - image.shape[1]) // 2
        square = np.zeros((side, side), np.float32)
        square[top : top + image.shape[0], left : left + image.shape[1]] = image
        return resize(square, size)
    low, high = float(image.min()), float(image.max())
    if high - low < 0.1:
        raise ValueError("nothing is drawn: all pixels have nearly the same brightness")
    image = (image - low) / (high - low)
    rows, columns = (np.flatnonzero((image > 0.3).any(axis)) for axis in (1, 0))
    box = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = fill * size / max(box.shape)
    height, width = (max(1, min(size, round(n * scale))) for n in box.shape)
    small = resize(box, (height, width))
    weight = max(float(small.sum()), 1e-6)
    top, left = (
        int(np.clip(round(size / 2 - 0.5 - float(small.sum(1 - axis) @ np.arange(n)) / weight), 0, size - n))
        for axis, n in ((0, height), (1, width))
    )
    frame = np.zeros((size, size), np.float32)
    frame[top : top + height, left : left + width] = small
    return frame
