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
from command_line import positive
from framing import inputs_of_file


def predict(classifier: Classifier, path: Path, background: str) -> np.ndarray:
    """The probabilities of the classes for an image file. Raises OSError or ValueError for one that cannot be used."""
    return F.softmax(classifier.logits(inputs_of_file(classifier, path, background)), dim=1).numpy()[0]


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("images", type=Path, nargs="+")
    parser.add_argument("--background", choices=["auto", "light", "dark"], default="auto")
    parser.add_argument("--top", type=positive(int), default=3, help="how many classes to print, default: 3")
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
