"""Train an image classifier, and show what it has learned.

    python scripts/train.py                                     LeNet-5 on the bundled digits
    python scripts/train.py --data mnist                        LeNet on MNIST, downloaded into data/
    python scripts/train.py --recipe mnist-distorted            another recipe, see below
    python scripts/train.py --data folder --root photos         any photos, in one folder a class
    python scripts/train.py --resume runs/lenet5-digits         go on where a run stopped

A run's folder holds ``last.npz`` and ``best.npz`` (checkpoints: the latest, and the one with the best validation
accuracy, among equals with the lowest loss), ``metrics.csv``, and the pictures ``curves.png``, ``confusion.png``,
``misclassified.png`` and ``predictions.png``. A checkpoint is written at the start, after every epoch, and when Ctrl-C,
SIGTERM or the end of the terminal stops the run. Resuming leads to the same weights, to the last bit, as a run that was
never stopped.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

import minigrad as mg
from command_line import at_least, fraction, free_folder, positive
from minigrad import viz
from models import MODELS
from training import recipes
from training.augmentation import AUGMENTATIONS
from training.report import report
from training.run import OPTIMIZERS, SCHEDULES, Training
from training.tasks import TASKS

HANGUP = getattr(signal, "SIGHUP", None)  # which Windows has not; nohup lets a run ignore it


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=recipes.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--recipe", choices=recipes.RECIPES, help="default: that of the data set; it decides what is not given")
    add("--data", choices=TASKS, help="default: digits, which come with minigrad")
    add("--root", help="folder of the data set's files; without it they are downloaded into data/")
    add("--skip-broken", action="store_true", default=None, help="leave out files of a folder that are no images")
    add("--model", choices=MODELS)
    add("--pool", choices=["avg", "max", "min"], help="of lenet and lenet5; default: the model's own")
    add("--activation", choices=["relu", "sigmoid", "tanh"], help="of lenet and lenet5; default: the model's own")
    add("--image-size", type=positive(int), help="what images are brought to; default: the model's own")
    add("--epochs", type=positive(int))
    add("--batch-size", type=positive(int))
    add("--optimizer", choices=OPTIMIZERS)
    add("--schedule", choices=SCHEDULES, help="of the learning rate")
    add("--lr", type=positive(float), help="the learning rate; the highest one of the cycle")
    add("--momentum", type=at_least(0, float))
    add("--weight-decay", type=at_least(0, float), help="L2: adds so many times w to the gradient of each parameter w")
    add("--l1", type=at_least(0, float), help="adds so many times the sum of all |w| to the loss")
    add("--label-smoothing", type=fraction)
    add("--augment", choices=AUGMENTATIONS, help="how training images are changed at random")
    add("--seed", type=at_least(0, int))
    add("--resume", type=Path, metavar="RUN", help="folder of a run, or its last.npz, to go on with")
    add("--out", type=Path, help="folder of the run; default: runs/<model>-<data>, numbered if taken")
    return parser


def prepare(arguments: list[str] | None) -> tuple[Training, bool]:
    """The run that the command line asks for, and whether it is resumed; exits with a message where it cannot be."""
    parser = options()
    args = parser.parse_args(arguments)
    given = {name: value for name, value in vars(args).items() if name not in ("resume", "out") and value is not None}
    try:
        if args.resume:
            if given or args.out:
                parser.error("--resume goes on with the settings of the run; leave the other options out")
            folder = args.resume.parent if args.resume.suffix == ".npz" else args.resume
            if not (folder / "last.npz").is_file():
                parser.error(f"--resume: there is no checkpoint {folder / 'last.npz'}")
            training = Training(mg.load(folder / "last.npz")["settings"], folder)
            training.restore(folder / "last.npz")
            return training, True
        settings = recipes.settings_for(given)
        folder = args.out or free_folder(Path("runs") / recipes.run_name(settings))
        if (folder / "last.npz").exists():
            parser.error(f"--out: {folder} has a run; go on with it by --resume {folder}, or choose another folder")
        training = Training(settings, folder)
        folder.mkdir(parents=True, exist_ok=True)
        return training, False
    except (KeyError, TypeError) as error:
        parser.error(f"--resume: not a checkpoint of this script (missing {error})")
    except (OSError, RuntimeError, ValueError) as error:
        parser.error(str(error))


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
    by_class = (f"{name} " + "+".join(map(str, column)) for name, column in zip(task.classes, counts.T, strict=True))
    print(f"of each class: {', '.join(by_class)}")
    if task.skipped:
        print(f"{len(task.skipped)} files cannot be read and are left out: {', '.join(task.skipped[:5])}")


def main(arguments: list[str] | None = None) -> int:
    training, resumed = prepare(arguments)
    folder = training.folder

    terminals = [file.fileno() for file in (sys.stdout, sys.stderr) if file.isatty()]

    def ask_to_stop(number: int, frame: Any) -> None:
        training.stop_asked = True
        signal.signal(number, previous[signal.Signals(number)])  # a second time: at once
        if number == HANGUP:  # the terminal is gone, and to write to it would be an error
            for terminal in terminals:
                os.dup2(os.open(os.devnull, os.O_WRONLY), terminal)

    stopping = [s for s in (signal.SIGINT, signal.SIGTERM, HANGUP) if s and signal.getsignal(s) != signal.SIG_IGN]
    previous = {s: signal.signal(s, ask_to_stop) for s in stopping}
    try:
        if not resumed:
            training.save("last.npz")
        introduce(training)
        started = time.perf_counter()
        while not training.finished:
            if not training.run_epoch():
                training.save("last.npz")
                print(f"stopped; go on with: python scripts/train.py --resume {folder}")
                return 130
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    print(f"trained for {time.perf_counter() - started:.1f} s")
    report(training.task, folder, training.settings["seed"])
    viz.curves(training.history).savefig(folder / "curves.png")
    print(f"checkpoints, metrics.csv and pictures are in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
