"""Draw a digit in the browser and see what a network makes of it, layer by layer, while you draw.

    python scripts/draw.py                                        the best network in runs/; without one, train it first
    python scripts/draw.py --checkpoint runs/lenet-mnist/best.npz --open
    python scripts/draw.py --demo 3                               no browser: a picture of a digit that is already drawn

The page is served to this machine only, and asks no other. Mouse, finger and pen draw; so does the keyboard: the
arrow keys move the pen, Space puts it down and lifts it, C clears, U undoes, E draws an example, S saves a picture in
runs/drawings/, which the page then offers to download. Where runs/ has several networks for digits, the page has them
to choose from. Ctrl-C ends it.

The bundled digits are few, and written in one country; a network that has learned from MNIST (scripts/train.py --data
mnist) recognizes more handwritings, and is taken first where it gets 90% of its validation images right;
next counts how many those are, then which run is newer.
"""

from __future__ import annotations

import argparse
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import minigrad as mg
from minigrad.scripts import train
from minigrad.scripts.classification import Classifier
from minigrad.scripts.command_line import Parser, exit_status, in_words
from minigrad.scripts.drawing.board import SIDE, Board
from minigrad.scripts.drawing.picture import picture, write_numbered
from minigrad.scripts.drawing.server import BoardServer
from minigrad.vision.datasets import Digits
from minigrad.vision.transforms import resize

DRAWINGS = Path("runs/drawings")
PORT = 8000


def load_board(path: Path) -> Board:
    """Return the board of a checkpoint. Raises OSError, RuntimeError or ValueError where it is not one for digits."""
    classifier = Classifier.from_checkpoint(path)
    digits = [name.partition(" - ")[0] for name in classifier.classes]  # MNIST's names are such as "0 - zero"
    if digits != Digits.classes:
        known = ", ".join(classifier.classes)
        raise ValueError(f"{path}: expected a network that knows the digits, got one for {known}")
    classifier.classes = digits
    return Board(classifier, "{model}, trained on {data}".format(**classifier.description))


def usable_checkpoints(runs: Path) -> list[Path]:
    """Return the usable checkpoints of `runs`/*/best.npz, the best one first; see the head of this file."""
    found = []
    for path in sorted(runs.glob("*/best.npz")):
        try:
            board, history = load_board(path), mg.load(path)["history"]
        except (OSError, RuntimeError, ValueError) as error:
            print(f"left out: {in_words(error)}", file=sys.stderr)
            continue
        accuracy = history[-1]["val_accuracy"]
        of_mnist = board.classifier.description["data"] == "mnist" and accuracy >= 0.9
        found.append(((of_mnist, accuracy, path.stat().st_mtime), path))
    found.sort(reverse=True)
    for (_, accuracy, _), path in found[:1]:
        print(f"{path}, the best of {len(found)} in {runs}: {accuracy:.1%} of its validation images are right")
    return [path for _, path in found]


def serve(board: Board, port: int | None, open_browser: bool, others: Sequence[Board] = ()) -> int:
    """Serve until Ctrl-C."""
    try:
        server = BoardServer(board, PORT if port is None else port, DRAWINGS, others)
    except OSError as error:
        if port is not None:
            print(f"port {port} cannot be had ({error.strerror}); without --port a free one is taken", file=sys.stderr)
            return 1
        server = BoardServer(board, 0, DRAWINGS, others)
    with server:
        print(f"{board.title}: draw at {server.url} (Ctrl-C ends)", flush=True)
        if open_browser:
            webbrowser.open(server.url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nended")
    return 0


def demonstrate(board: Board, digit: int) -> int:
    """Write the picture of the first bundled test image of `digit`."""
    test = Digits(train=False)
    image = test.data.numpy()[int(np.flatnonzero(test.targets.numpy() == digit)[0])]
    answer = board.look(np.clip(resize(image / 255, SIDE), 0, 1))
    path = write_numbered(picture(answer, board.classes, board.title), DRAWINGS)
    best = int(answer.probabilities.argmax())
    print(f"a {digit} is taken for {board.classes[best]}, {answer.probabilities[best]:.2f}; see {path}")
    return 0


def options() -> argparse.ArgumentParser:
    parser = Parser(description=__doc__)
    parser.add_argument(
        "--checkpoint", type=Path, help="of scripts/train.py; default: the best runs/*/best.npz that knows the digits"
    )
    parser.add_argument("--port", type=port_number, help=f"default: {PORT}, or a free one where that is taken")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    parser.add_argument("--demo", type=int, choices=range(10), metavar="DIGIT", help="only write a picture, and end")
    return parser


def port_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 2**16):
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 65535, got {text}")
    return int(text)


def main(arguments: list[str] | None = None) -> int:
    parser = options()
    args = parser.parse_args(arguments)
    runs = Path("runs")
    paths = [args.checkpoint] if args.checkpoint else usable_checkpoints(runs)
    if not paths:
        print("no network for digits in runs/ yet: training one on the bundled digits first")
        if status := train.main([]):
            return status
        paths = usable_checkpoints(runs)
    try:
        board, *others = map(load_board, paths)
    except (OSError, RuntimeError, ValueError) as error:
        parser.error(in_words(error))
    for path, one in zip(paths, [board, *others] if others else [], strict=False):
        one.title += f" ({path.parent.name})"
    return serve(board, args.port, args.open, others) if args.demo is None else demonstrate(board, args.demo)


if __name__ == "__main__":
    sys.exit(exit_status(main))
