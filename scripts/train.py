"""Train an image classifier, and show what it has learned.

    python scripts/train.py                                     LeNet-5 on the bundled digits
    python scripts/train.py --data mnist                        LeNet on MNIST, downloaded into data/
    python scripts/train.py --recipe mnist-distorted            another recipe, see below
    python scripts/train.py --data folder --root photos         any photos, in one folder per class
    python scripts/train.py --resume runs/lenet5-digits         go on where a run stopped
    python scripts/train.py --resume runs/lenet5-digits --epochs 40             train on, to 40 epochs
    python scripts/train.py --data fashion --init runs/lenet-mnist/best.npz     start from another's weights

A run's folder holds ``last.npz`` and ``best.npz`` (checkpoints: the latest, and the one with the best validation
accuracy, among equals with the lowest loss), ``metrics.csv``, and the pictures ``curves.png``, ``confusion.png``,
``misclassified.png`` and ``predictions.png``. A checkpoint is written at the start, after every epoch, and when Ctrl-C,
SIGTERM or the end of the terminal stops the run. Resuming leads to the same weights, to the last bit, as a run that was
never stopped. With other --epochs the learning rate's schedule begins anew, and covers the epochs that are still to do.
A run whose loss is no number any more ends with an error; its checkpoints are those of before.

    mpiexec -n 4 python scripts/train.py --data mnist           the same in 4 processes, on one machine or many

Each process learns from a share of every batch, and the first one prints, draws and writes. A run goes on to the same
bits in as many processes, and goes on in any number.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from minigrad.scripts.command_line import (  # first: see there
    Parser,
    as_called,
    at_least,
    between,
    exit_status,
    fraction,
    in_words,
    locked,
    make_folder,
    positive,
    program,
)

# isort: split

import numpy as np

import minigrad as mg
from minigrad import viz
from minigrad.models import MODELS
from minigrad.saving.together import from_first
from minigrad.scripts.training import ranks, recipes
from minigrad.scripts.training.augmentation import AUGMENTATIONS
from minigrad.scripts.training.report import report
from minigrad.scripts.training.run import OPTIMIZERS, SCHEDULES, Training
from minigrad.scripts.training.tasks import TASKS
from minigrad.training import Diverged

HANGUP = getattr(signal, "SIGHUP", None)  # which Windows has not; nohup lets a run ignore it


def options() -> argparse.ArgumentParser:
    parser = Parser(description=__doc__, epilog=recipes.__doc__)
    add = parser.add_argument
    add("--recipe", choices=recipes.RECIPES, help="default: that of the data set; it decides what is not given")
    add("--data", choices=TASKS, help="default: digits, which come with minigrad")
    add("--root", help="folder of the data set's files; without it they are downloaded into data/")
    add("--skip-broken", action="store_true", default=None, help="leave out files of a folder that are no images")
    add("--model", choices=MODELS)
    add("--pool", choices=["avg", "max", "min"], help="of lenet and lenet5; default: the model's own")
    add("--activation", choices=["relu", "sigmoid", "tanh"], help="of lenet and lenet5; default: the model's own")
    add("--image-size", type=between(1, 1024), help="what images are brought to; default: the model's own")
    add("--epochs", type=positive(int))
    add("--batch-size", type=positive(int))
    add("--optimizer", choices=OPTIMIZERS)
    add("--schedule", choices=SCHEDULES, help="of the learning rate")
    add("--lr", type=positive(float), help="the learning rate; the highest one of the cycle")
    add("--momentum", type=at_least(0, float))
    add("--weight-decay", type=at_least(0, float), help="L2: adds this multiple of each parameter w to its gradient")
    add("--l1", type=at_least(0, float), help="adds this multiple of the sum of all |w| to the loss")
    add("--label-smoothing", type=fraction)
    add("--augment", choices=AUGMENTATIONS, help="how training images are changed at random")
    add("--seed", type=at_least(0, int))
    add("--resume", type=Path, metavar="RUN", help="folder of a run, or its last.npz, to go on with")
    add("--init", type=Path, metavar="CHECKPOINT", help="start from its weights, as far as they fit")
    add("--out", type=Path, help="folder of the run; default: runs/<model>-<data>, numbered if taken")
    return parser


def prepare(arguments: list[str] | None, held: ExitStack) -> tuple[Training, bool]:
    """Return the run of the command line, and whether it is resumed; exit with a message where it cannot be.

    `held` holds its folder: no other process can train in it meanwhile.
    """
    parser = options()
    args = parser.parse_args(arguments)  # on all ranks, as all else here but what is for rank 0 alone
    ours = ("resume", "out", "init")
    given = {name: value for name, value in vars(args).items() if name not in ours and value is not None}
    try:
        if args.resume:
            if given.keys() - {"epochs"} or args.out or args.init:
                parser.error("--resume goes on with the settings of the run; but for --epochs, leave other options out")
            return resumed(args.resume, args.epochs, held), True
        training = Training(recipes.settings_for(given), Path())
        if args.init:
            print(training.start_from(args.init))
        default = Path("runs") / recipes.run_name(training.settings)
        training.folder = from_first(lambda: make_folder(parser, args.out, default))
        from_first(lambda: held.enter_context(locked(training.folder)))
        if from_first((training.folder / "last.npz").exists):
            folder = training.folder
            parser.error(f"--out: {folder} has a run; go on with it by --resume {folder}, or choose another folder")
        return training, False
    except BlockingIOError:
        parser.error(f"another process trains in {args.resume or args.out}; wait for its end, or choose another folder")
    except (AttributeError, LookupError, TypeError) as error:
        missing = f" (missing {error})" if isinstance(error, KeyError) else ""
        parser.error(f"--resume: not a checkpoint of this script{missing}")
    except (OSError, RuntimeError, ValueError) as error:
        parser.error(in_words(error))


def resumed(run: Path, epochs: int | None, held: ExitStack) -> Training:
    """Return the run in a folder, or of its last.npz, as it was saved; up to `epochs`, if given."""
    folder = run.parent if run.suffix == ".npz" else run
    if not from_first((folder / "last.npz").is_file):
        raise ValueError(f"--resume: there is no checkpoint {folder / 'last.npz'}")
    from_first(lambda: held.enter_context(locked(folder)))
    training = Training(from_first(lambda: mg.load(folder / "last.npz")["settings"]), folder)
    training.restore(folder / "last.npz")
    if epochs and epochs != training.settings["epochs"]:
        training.extend(epochs)
        print(f"the learning rate's schedule begins anew, for the {epochs - len(training.history)} epochs to do")
    return training


def introduce(training: Training) -> None:
    """Say what is trained on what."""
    task, settings = training.task, training.settings
    size = sum(p.numel() for p in training.model.parameters())
    parts = (task.train, task.validation, task.test)
    counts = np.array([np.bincount(part.labels, minlength=len(task.classes)) for part in parts])
    print(
        f"{settings['model']} ({size:,} parameters) on {task.name}, recipe {settings['recipe']}: "
        "{:,} images to train, {:,} to validate, {:,} to test; ".format(*counts.sum(1))
        + f"writing to {training.folder}"
    )
    each = (f"{_range(count)} to {use}" for count, use in zip(counts, ("train", "validate", "test"), strict=True))
    print(f"each of the {len(task.classes)} classes ({_names(task.classes)}) has {', '.join(each)}")
    if task.skipped:
        print(f"{len(task.skipped)} files cannot be read and are left out: {', '.join(task.skipped[:5])}")


def _range(counts: np.ndarray) -> str:
    low, high = int(counts.min()), int(counts.max())
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _names(classes: list[str]) -> str:
    return ", ".join(classes if len(classes) <= 12 else [*classes[:10], "...", classes[-1]])


def main(arguments: list[str] | None = None) -> int:
    with ExitStack() as held:
        held.enter_context(ranks.together())
        with ranks.quiet():
            training, again = prepare(arguments, held)
        return train(training, again)


@contextmanager
def stopped_by_signals(training: Training) -> Iterator[None]:
    """Make Ctrl-C, SIGTERM and the terminal's end ask the run to stop; a second time they stop it at once."""
    terminals = [file.fileno() for file in (sys.stdout, sys.stderr) if file.isatty()]

    def ask_to_stop(number: int, frame: Any) -> None:
        training.stop()
        signal.signal(number, previous[signal.Signals(number)])
        if number == HANGUP:  # the terminal is gone, and to write to it would be an error
            for terminal in terminals:
                os.dup2(os.open(os.devnull, os.O_WRONLY), terminal)

    stopping = [s for s in (signal.SIGINT, signal.SIGTERM, HANGUP) if s and signal.getsignal(s) != signal.SIG_IGN]
    previous = {s: signal.signal(s, ask_to_stop) for s in stopping}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def train(training: Training, again: bool) -> int:
    """Train to the end, test and draw; `again` says that the run has begun before. Gives the exit status."""
    folder = training.folder
    try:
        with stopped_by_signals(training):
            training.begin()
            if not again:
                training.save("last.npz")
            introduce(training)
            started = time.perf_counter()
            training.fit(training.loader, training.validation, training.epochs)
            if training.stopped:
                print(as_called(f"stopped; go on with: python scripts/train.py --resume {folder}"))
                return 130
    except Diverged as error:
        done = len(training.history)
        kept = f"{folder} holds the checkpoints of the {done} epochs before" if done else "there is no best.npz"
        with ranks.quiet():
            print(f"{program()}: error: {in_words(error)}; {kept}", file=sys.stderr)
        return 1
    if ranks.rank() > 0:
        return 0
    print(f"trained for {time.perf_counter() - started:.1f} s")
    try:
        viz.curves(training.history).savefig(folder / "curves.png")
        report(training.task, folder, training.settings["seed"])
    except KeyboardInterrupt:
        print(f"\nstopped while testing; the training is complete, test again with: --resume {folder}", file=sys.stderr)
        return 130
    print(f"checkpoints, metrics.csv and pictures are in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(main))
