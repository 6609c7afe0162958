"""Classify image files with a checkpoint of scripts/train.py.

    python scripts/predict.py runs/lenet5-digits/best.npz digit.png [more.jpg ...]
    python scripts/predict.py runs/petnet-pets/best.npz photo.jpg

Images may have any size. A model of coloured images sees the whole picture, brought to its size. For a model of grey
ones they may be in colour, too, and show light on dark or dark on light: the border tells which, unless --background
does. What is drawn is cut out, and brought to the size and place that it has in the training images.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

import minigrad.nn.functional as F
from classification import Classifier
from minigrad.vision.io import read_image
from minigrad.vision.transforms import resize


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


def predict(classifier: Classifier, path: Path, background: str) -> np.ndarray:
    """The probabilities of the classes for an image file. Raises OSError or ValueError for one that cannot be used."""
    if classifier.channels == 3:
        image = read_image(path, "rgb")
    else:
        grey = light_on_dark(read_image(path, "gray").astype(np.float32) / 255, background)
        image = np.round(framed(grey, classifier.image_size, classifier.description["fill"]) * 255).astype(np.uint8)
    return F.softmax(classifier.logits(classifier.prepare(image[None])), dim=1).numpy()[0]


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("images", type=Path, nargs="+")
    parser.add_argument("--background", choices=["auto", "light", "dark"], default="auto")
    parser.add_argument("--top", type=int, default=3, help="how many classes to print, default: 3")
    return parser


def main(arguments: list[str] | None = None) -> int:
    parser = options()
    args = parser.parse_args(arguments)
    try:
        classifier = Classifier.from_checkpoint(args.checkpoint)
    except (OSError, ValueError, RuntimeError) as error:
        parser.error(str(error))
    failed = False
    for path in args.images:
        try:
            probabilities = predict(classifier, path, args.background)
        except (OSError, ValueError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            failed = True
            continue
        best = np.argsort(-probabilities, kind="stable")[: args.top]
        print(f"{path}: " + ", ".join(f"{classifier.classes[i]} {probabilities[i]:.2f}" for i in best))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
