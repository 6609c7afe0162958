"""Three arms of a spiral, blue, red and black, told apart by a dense net.

    python scripts/spiral.py
    python scripts/spiral.py --hidden                   without a hidden layer: straight lines cannot do it

Softmax and cross-entropy, stochastic gradient descent with momentum, and a learning rate of lr / (1 + decay * epoch).
Half as many points again, drawn in the same way, are held out to test on.

The folder then holds data.png, regions.png (the class of every place of the plane as training goes on) and curves.png.
"""

from __future__ import annotations

import argparse
import copy
import math
import sys
from dataclasses import dataclass
from pathlib import Path

from minigrad.scripts.command_line import Parser, at_least, exit_status, make_folder, positive  # first: see there

# isort: split

import numpy as np
from matplotlib.figure import Figure

import minigrad as mg
from minigrad import optim, viz
from minigrad.models.mlp import MLP
from minigrad.scripts.learning import learn
from minigrad.utils.data import TensorDataset
from minigrad.viz.decision import COLOURS, MARKERS
from minigrad.viz.style import figure, plain

CLASSES = ["blue", "red", "black"]


def spiral(count: int, turns: float, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return `count` points on each of three arms that wind `turns` times around the middle, as far as radius 1.

    (3 * count, 2) float32 and int64 classes; N(0, noise**2) is added to the angles, in radians.
    """
    labels = np.repeat(np.arange(3), count)
    radius = np.tile(np.linspace(0, 1, count), 3)
    angle = 2 * math.pi * (labels / 3 + turns * radius) + noise * rng.standard_normal(3 * count)
    return (radius * np.stack([np.cos(angle), np.sin(angle)])).T.astype(np.float32), labels


@dataclass
class Trained:
    """The result of training: the net after each of some epochs, and loss, accuracy and learning rate by epoch."""

    nets: dict[int, MLP]
    history: list[dict[str, float]]


def train(train_set: TensorDataset, held_out: TensorDataset, args: argparse.Namespace) -> Trained:
    """Train a new net by the options of the command line."""
    net = MLP(2, *args.hidden, len(CLASSES))
    optimizer = optim.SGD(net.parameters(), lr=args.lr, momentum=args.momentum)
    scheduler = optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 1 / (1 + args.decay * epoch))
    kept = {0, *np.geomspace(1, args.epochs, 5).round().astype(int).tolist()}
    nets: dict[int, MLP] = {}
    history = []
    for epoch, row in enumerate(learn(net, optimizer, train_set, held_out, args.epochs, args.batch_size)):
        history.append({**row, "lr": scheduler.get_last_lr()[0]})
        if epoch:
            scheduler.step()
        if epoch in kept:
            nets[epoch] = copy.deepcopy(net)
    return Trained(nets, history)


def scatter(points: np.ndarray, labels: np.ndarray) -> Figure:
    """Return the points."""
    fig, axes = figure(4.4, 4.4)
    ax = axes[0, 0]
    for label, name in enumerate(CLASSES):
        ax.scatter(*points[labels == label].T, s=10, color=COLOURS[label], marker=MARKERS[label], label=name)
    ax.set_aspect("equal")
    ax.set_title(f"{len(points)} points to train on")
    plain(ax)
    fig.legend(loc="outside lower center", ncols=len(CLASSES), markerscale=2, frameon=False)
    return fig


# ---- the command line -----------------------------------------------------------------------------------------------


def options() -> argparse.ArgumentParser:
    parser = Parser(description=__doc__)
    parser.add_argument("--points", type=positive(int), default=300, help="of each class, default: 300")
    parser.add_argument("--turns", type=positive(float), default=1.25, help="of each arm, default: 1.25")
    parser.add_argument("--noise", type=at_least(0, float), default=0.25, help="in radians, default: 0.25")
    parser.add_argument("--hidden", type=positive(int), nargs="*", default=[64] * 3, help="sizes, default: 64 64 64")
    parser.add_argument("--epochs", type=positive(int), default=100, help="default: 100")
    parser.add_argument("--batch-size", type=positive(int), default=32, help="default: 32")
    parser.add_argument("--lr", type=positive(float), default=0.1, help="of the first epoch, default: 0.1")
    parser.add_argument("--decay", type=at_least(0, float), default=0.1, help="default: 0.1")
    parser.add_argument("--momentum", type=at_least(0, float), default=0.9, help="default: 0.9")
    parser.add_argument("--seed", type=at_least(0, int), default=0, help="default: 0")
    parser.add_argument("--out", type=Path, help="folder of the pictures; default: runs/spiral, numbered if taken")
    return parser


def main(arguments: list[str] | None = None) -> int:
    parser = options()
    args = parser.parse_args(arguments)
    folder = make_folder(parser, args.out, Path("runs/spiral"))
    mg.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    points, labels = spiral(args.points, args.turns, args.noise, rng)
    others = spiral(max(args.points // 2, 1), args.turns, args.noise, rng)
    train_set, held_out = (TensorDataset(*map(mg.from_numpy, part)) for part in ((points, labels), others))
    trained = train(train_set, held_out, args)

    scatter(points, labels).savefig(folder / "data.png")
    rates = {i: trained.history[i]["val_accuracy"] for i in trained.nets}
    panels = {f"epoch {i}: {rates[i]:.1%} held-out accuracy": net for i, net in trained.nets.items()}
    viz.decision_regions(panels, *others, CLASSES).savefig(folder / "regions.png")
    viz.curves(trained.history).savefig(folder / "curves.png")
    first, last = trained.history[0], trained.history[-1]
    print(
        f"accuracy on {len(held_out)} held-out points: {first['val_accuracy']:.2%} before training, "
        f"{last['val_accuracy']:.2%} after {args.epochs} epochs; on those to train on {last['train_accuracy']:.2%}; "
        f"learning rate {args.lr:g} to {last['lr']:.4g}"
    )
    print(f"data.png, regions.png and curves.png are in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(main))
