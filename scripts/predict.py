"""Classify image files with a checkpoint of scripts/train.py.

    python scripts/predict.py runs/lenet-mnist/best.npz digit.png [more.jpg ...]
    python scripts/predict.py runs/petnet-pets/best.npz photo.jpg

Images may have any size. A model of coloured images sees the whole picture, brought to its size. For a model of grey
ones they may be in colour, too, and show light on dark or dark on light: what stands out tells which, unless
--background does. Uneven light, shadows and the lines of the paper are taken away; what is drawn is cut out, and
brought to the size and place that it has in the training images. --show saves what comes of it.

An answer whose probability is below 0.9 is called unsure; for a network of the bundled digits below 0.99. They are few,
small, and written in one country: one that has learned from MNIST (scripts/train.py --data mnist) knows more
handwritings.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

import minigrad.nn.functional as F
from minigrad import Tensor
from minigrad.scripts.classification import Classifier
from minigrad.scripts.command_line import Parser, as_called, exit_status, in_words, positive
from minigrad.scripts.framing import inputs_of_file
from minigrad.vision.io import write_image

SURE = {"digits": 0.99}
"""From which probability on an answer is sure, by the data set of the network; see above."""
OTHERWISE_SURE = 0.9


def predict(classifier: Classifier, path: Path, background: str) -> np.ndarray:
    """Return the class probabilities of an image file. Raise OSError or ValueError if it cannot be used."""
    return probabilities_of(classifier, inputs_of_file(classifier, path, background))


def probabilities_of(classifier: Classifier, inputs: Tensor) -> np.ndarray:
    """Return the probabilities of the classes for the one image of the inputs."""
    return F.softmax(classifier.logits(inputs), dim=1).numpy()[0]


def answer_of(classifier: Classifier, probabilities: np.ndarray, top: int) -> str:
    """Return the most probable classes, with a word before them where not even the first is sure."""
    best = np.argsort(-probabilities, kind="stable")[:top]
    sure = probabilities[best[0]] >= SURE.get(classifier.description["data"], OTHERWISE_SURE)
    return ("" if sure else "unsure: ") + ", ".join(f"{classifier.classes[i]} {probabilities[i]:.2f}" for i in best)


def seen(classifier: Classifier, inputs: Tensor) -> np.ndarray:
    """Return inputs of the network as a picture: uint8, enlarged, side by side."""
    images = classifier.unprepare(inputs).numpy().transpose(0, 2, 3, 1)
    images = np.pad(np.kron(images, np.ones((1, 8, 8, 1))), ((0, 0), (4, 4), (4, 4), (0, 0)), constant_values=0.5)
    row = np.concatenate(list(np.round(255 * np.clip(images, 0, 1)).astype(np.uint8)), 1)
    return row[..., 0] if row.shape[2] == 1 else row


def options() -> argparse.ArgumentParser:
    parser = Parser(description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="of scripts/train.py, or the folder of a run, for its best.npz")
    parser.add_argument("images", type=Path, nargs="+")
    parser.add_argument("--background", choices=["auto", "light", "dark"], default="auto")
    parser.add_argument("--top", type=positive(int), default=3, help="how many classes to print, default: 3")
    parser.add_argument("--show", type=Path, metavar="FILE", help="write what the network saw, as a PNG")
    return parser


def main(arguments: list[str] | None = None) -> int:
    parser = options()
    args = parser.parse_args(arguments)
    try:
        classifier = Classifier.from_checkpoint(args.checkpoint)
    except (OSError, ValueError, RuntimeError) as error:
        parser.error(in_words(error))
    inputs, answers = [], []
    for path in args.images:
        try:
            inputs.append(inputs_of_file(classifier, path, args.background))
        except (OSError, ValueError) as error:
            said = in_words(error)
            print(said if str(path) in said else f"{path}: {said}", file=sys.stderr)
            continue
        answers.append(answer_of(classifier, probabilities_of(classifier, inputs[-1]), args.top))
        print(f"{path}: {answers[-1]}")
    if classifier.description["data"] == "digits" and any(answer.startswith("unsure") for answer in answers):
        print(as_called("a network trained by scripts/train.py --data mnist knows more handwritings"), file=sys.stderr)
    if args.show and inputs:
        try:
            write_image(np.concatenate([seen(classifier, x) for x in inputs], 1), args.show)
        except (OSError, ValueError) as error:
            parser.error(f"--show: {args.show} cannot be written: {in_words(error)}")
    return int(len(inputs) < len(args.images))


if __name__ == "__main__":
    sys.exit(exit_status(main))
