"""Framing: from a user's picture to a classifier's input, what is drawn in the size and place that it knows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from minigrad import Tensor
from minigrad.scripts.classification import Classifier, sized
from minigrad.scripts.strokes import strokes
from minigrad.vision.io import read_image
from minigrad.vision.transforms import resize

INK = 0.31  # of the pixels of the bundled digits


def inputs_of_file(classifier: Classifier, path: Path, background: str = "auto") -> Tensor:
    """Return an image file as a model's input (1, C, S, S): whole for coloured images, else what is drawn.

    `background` is "light", "dark" or "auto". Raises OSError or ValueError for a file that cannot be used.
    """
    if classifier.channels == 3:
        return classifier.prepare(read_image(path, "rgb")[None])
    grey = read_image(path, "gray").astype(np.float32) / 255
    return inputs_of_frames(classifier, [frame_of(classifier, grey, background)])


def inputs_of_frames(classifier: Classifier, frames: Sequence[np.ndarray]) -> Tensor:
    """Return images that `frame_of` gave as the input of the model, (N, 1, S, S)."""
    return classifier.prepare(np.round(np.stack(frames) * 255).astype(np.uint8))


def frame_of(classifier: Classifier, image: np.ndarray, background: str = "dark") -> np.ndarray:
    """Return a grey image, (H, W) in [0, 1], as the model's training images have it: (S, S), light on dark.

    Raises ValueError where nothing is drawn.
    """
    size, fill = classifier.image_size, classifier.description["fill"]
    if fill is None:
        return whole(light_on_dark(image, background), size)
    drawn = strokes(image.astype(np.float32), background)
    return as_mnist(drawn, size, fill) if fill < 1 else sized(np.round(255 * as_digits(drawn))[None], size)[0, 0]


def light_on_dark(image: np.ndarray, background: str) -> np.ndarray:
    """Return a grey image, (H, W) in [0, 1], with a dark background, as the training images have it."""
    if background == "auto":
        border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
        background = "light" if np.median(border) > 0.5 else "dark"
    return 1 - image if background == "light" else image


def whole(image: np.ndarray, size: int) -> np.ndarray:
    """Put all of an image in the middle of a (size, size) one, on black."""
    side = max(image.shape)
    top, left = (side - image.shape[0]) // 2, (side - image.shape[1]) // 2
    square = np.zeros((side, side), np.float32)
    square[top : top + image.shape[0], left : left + image.shape[1]] = image
    return resize(square, size)


def as_mnist(image: np.ndarray, size: int, fill: float) -> np.ndarray:
    """Frame as MNIST: scale the bounding box by its longer side, and put the centre of mass in the middle."""
    box = boxed(image)
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


def as_digits(image: np.ndarray) -> np.ndarray:
    """Frame as the bundled digits, (8, 8): upright, in a box of 32x20, of one thickness, counted in 4x4 squares.

    The box takes a narrow 1 as well, but makes it at most 1.8 times as wide. In the bundled digits 31 of 100 pixels are
    ink, whatever the digit. This share is taken here: the darkest pixels of the blurred image, which thins thick lines.

    M. Garris et al.: NIST form-based handprint recognition system. NISTIR 5469, 1994; its programs were used for them.
    """
    box = boxed(upright(boxed(image)))
    width = min(20, max(1, round(1.8 * 32 * box.shape[1] / box.shape[0])))
    left = (32 - width) // 2
    bitmap = np.zeros((32, 32), np.float32)
    bitmap[:, left : left + width] = resize(box, (32, width))
    count = round(INK * bitmap.size)
    order = blurred(bitmap)
    while np.count_nonzero(order) < count:  # a thin line becomes a thick one
        order = blurred(order)
    ink = order >= np.sort(order.ravel())[-count]
    return ink.reshape(8, 4, 8, 4).mean((1, 3))


def boxed(image: np.ndarray) -> np.ndarray:
    """Return the part of an image, from 0 to 1, that something is drawn on."""
    rows, columns = (np.flatnonzero((image > 0.3).any(axis)) for axis in (1, 0))
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def upright(image: np.ndarray) -> np.ndarray:
    """Shift the rows of an image so that it does not lean: its columns' mean is the same above and below."""
    rows, columns = (np.arange(n) for n in image.shape)
    y, x = rows - image.sum(1) @ rows / image.sum(), columns - image.sum(0) @ columns / image.sum()
    slant = float(y @ image @ x) / max(float(image.sum(1) @ y**2), 1e-6)
    reach = int(np.ceil(abs(slant) * len(rows)))
    places = np.arange(-reach, len(columns) + reach)
    moved = (np.interp(places + slant * yi, columns, row, 0, 0) for yi, row in zip(y, image, strict=True))
    return np.stack([*moved])


def blurred(image: np.ndarray) -> np.ndarray:
    """Blur by a binomial filter of 5x5: the mean of the pixels around each, near ones weighing more."""
    weights = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256
    return (np.lib.stride_tricks.sliding_window_view(np.pad(image, 2), (5, 5)) * weights).sum((2, 3))
