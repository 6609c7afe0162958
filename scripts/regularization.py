"""Weights that explode, and penalties that hold them: LeNet-5 with too high a learning rate, without and with them.

    python scripts/regularization.py                            without, with L1 and with L2, on the bundled digits
    python scripts/regularization.py --l2 0.01 --lr 0.3         another penalty, another learning rate

The loss gets l1 * sum(abs(w)) or l2 * sum(w**2), over all parameters w. The gradient of the second is 2 * l2 * w, which
is what optimizers know as a weight decay of 2 * l2. The folder then holds weights.png and weights.csv: the largest and
the mean absolute parameter by epoch, and how many validation images are right.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from minigrad.scripts.command_line import Parser, at_least, exit_status, make_folder, positive  # first: see there

# isort: split

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter
from tqdm.auto import tqdm

import minigrad as mg
from minigrad import optim
from minigrad.scripts.classification import Classifier, loss_and_accuracy
from minigrad.scripts.training.recipes import COMMON
from minigrad.scripts.training.run import l1_norm
from minigrad.scripts.training.tasks import Task, load_task
from minigrad.utils.data import DataLoader, TensorDataset
from minigrad.viz.style import BLUE, GREEN, RED, figure, plain

Row = dict[str, float]  # of an epoch: "epoch", "largest", "mean", "accuracy"


def trained(task: Task, epochs: int, lr: float, momentum: float, l1: float, l2: float, seed: int) -> list[Row]:
    """Return LeNet-5's weights by epoch, from the same start and with the same batches whatever the penalty."""
    mg.manual_seed(seed)
    classifier = Classifier.for_task("lenet5", task, 32)
    model = classifier.model
    optimizer = optim.SGD(model.parameters(), lr=lr, momentum=momentum, weight_decay=2 * l2)
    train_set = TensorDataset(classifier.prepare(task.train.images), mg.from_numpy(task.train.labels))
    batches: DataLoader = DataLoader(train_set, batch_size=64, shuffle=True)
    validation = classifier.prepare(task.validation.images)
    rows = [measured(classifier, validation, task.validation.labels, 0)]
    for epoch in tqdm(range(1, epochs + 1), desc=f"l1 {l1:g}, l2 {l2:g}", unit="epoch", leave=False):
        model.train()
        for images, labels in batches:
            optimizer.zero_grad()
            loss = classifier.loss(model(images), labels)
            if l1:
                loss = loss + l1 * l1_norm(model.parameters())
            loss.backward()
            optimizer.step()
        rows.append(measured(classifier, validation, task.validation.labels, epoch))
    return rows


def measured(classifier: Classifier, inputs: mg.Tensor, labels: np.ndarray, epoch: int) -> Row:
    """Return the sizes of all parameters, and the part of the images that are right."""
    sizes = np.concatenate([np.abs(p.detach().numpy()).ravel() for p in classifier.model.parameters()])
    _, accuracy = loss_and_accuracy(classifier.logits(inputs), labels)
    return {"epoch": epoch, "largest": float(sizes.max()), "mean": float(sizes.mean()), "accuracy": accuracy}


def picture(runs: dict[str, list[Row]]) -> Figure:
    """Draw the largest and mean absolute parameter, and accuracy, by epoch."""
    fig, axes = figure(11, 3.6, 1, 3)
    titles = {"largest": "largest |w|", "mean": "mean |w|", "accuracy": "validation accuracy"}
    for ax, (quantity, title) in zip(axes[0], titles.items(), strict=True):
        for (name, rows), colour, style in zip(runs.items(), (RED, BLUE, GREEN), ("-", "--", "-."), strict=True):
            ax.plot([r["epoch"] for r in rows], [r[quantity] for r in rows], style, color=colour, label=name)
        ax.set(xlabel="epoch", title=title)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        plain(ax)
        if quantity == "accuracy":
            ax.yaxis.set_major_formatter(PercentFormatter(1.0))
        else:
            ax.set_ylim(bottom=0)
    axes[0, 0].legend(frameon=False)
    return fig


def options() -> argparse.ArgumentParser:
    parser = Parser(description=__doc__)
    parser.add_argument("--epochs", type=positive(int), default=30, help="default: 30")
    parser.add_argument("--lr", type=positive(float), default=0.5, help="default: 0.5, ten times what is good")
    parser.add_argument("--momentum", type=at_least(0, float), default=0.9, help="default: 0.9")
    parser.add_argument("--l1", type=positive(float), default=0.001, help="default: 0.001")
    parser.add_argument("--l2", type=positive(float), default=0.0015, help="default: 0.0015")
    parser.add_argument("--seed", type=at_least(0, int), default=0)
    parser.add_argument("--out", type=Path, help="default: runs/regularization, numbered if taken")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    parser = options()
    args = parser.parse_args(arguments)
    folder = make_folder(parser, args.out, Path("runs/regularization"))
    task = load_task({**COMMON, "data": "digits"}, 32)
    penalties = {"no penalty": (0.0, 0.0), f"L1 of {args.l1:g}": (args.l1, 0.0), f"L2 of {args.l2:g}": (0.0, args.l2)}
    runs = {
        name: trained(task, args.epochs, args.lr, args.momentum, l1, l2, args.seed)
        for name, (l1, l2) in penalties.items()
    }
    with (folder / "weights.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["penalty", "epoch", "largest", "mean", "accuracy"])
        writer.writeheader()
        writer.writerows({"penalty": name, **row} for name, rows in runs.items() for row in rows)
    picture(runs).savefig(folder / "weights.png")
    width = max(map(len, runs))
    print(f"{'':{width}}  largest |w|  mean |w|  validation accuracy after {args.epochs} epochs")
    for name, rows in runs.items():
        print(f"{name:<{width}}  {{largest:>11.3f}}  {{mean:>8.3f}}  {{accuracy:>19.2%}}".format(**rows[-1]))
    print(f"weights.png and weights.csv are in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(main))
