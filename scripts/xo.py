"""X or O: a net with weights that were set by hand, and the same net trained from noise.

    python scripts/xo.py

First the net of models/xo.py as A. Ali's article has it ("Convolutional Neural Network (CNN) with Practical
Implementation", 2019), from the pixels to the votes. Then it forgets everything: random weights are trained on noisy
letters that stand in nine places, up to a pixel from the middle to each side, and tested on 2,000 others, drawn in the
same way, that it was never trained on.

The folder then holds by_hand_X.png, by_hand_O.png, trained_X.png and trained_O.png (an image on its way through the
net: for the trained one, a held-out one), filters.png (held-out images, filters before and after) and curves.png.

The article's numbers come out, up to how it prints them: it cuts off after two decimals (0.77 for 7/9), and slips once
(1.55 for 0.55, in the third map after one pooling). Its X is that of the chapters on convolution; other drawings of it
differ in a row or in single pixels, which tests/scripts/test_xo.py lists beside all tables.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from minigrad.scripts.command_line import Parser, at_least, exit_status, make_folder, positive  # first: see there

# isort: split

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import minigrad as mg
from minigrad import Tensor, optim, viz
from minigrad.models.xo import FILTERS, LETTERS, XO
from minigrad.scripts.learning import evaluate, learn
from minigrad.utils.data import TensorDataset
from minigrad.viz.style import BLUE, ORANGE, figure

NAMES = list(LETTERS)
NOISY_INPUT = [0.9, 0.65, 0.45, 0.87, 0.96, 0.73, 0.23, 0.63, 0.44, 0.89, 0.94, 0.53]  # the article's, of an unknown X
STAGES = ["convolution", "ReLU", "max pooling", "max pooling again"]


def stages(net: XO, image: Tensor) -> list[np.ndarray]:
    """Return the maps of a (9, 9) image after each of STAGES: (3, 7, 7), (3, 7, 7), (3, 4, 4) and (3, 2, 2)."""
    maps, x = [], image[None, None]
    with mg.no_grad():
        for layer in net.features[:-1]:
            x = layer(x)
            maps.append(x.numpy()[0])
    return maps


def filters_of(net: XO) -> np.ndarray:
    """Return a copy of its filters, (3, 3, 3)."""
    return net.features[0].weight.detach().numpy()[:, 0].copy()


# ---- training -------------------------------------------------------------------------------------------------------


def noisy_letters(count: int, noise: float, rng: np.random.Generator) -> TensorDataset:
    """Return letters at random in one of nine places, each pixel with N(0, noise**2) added.

    (count, 1, 9, 9) float32 and int64 labels, 0 for X and 1 for O.
    """
    labels = rng.integers(0, len(NAMES), count)
    shifts = rng.integers(-1, 2, (count, 2))  # the letters have a margin of one pixel
    pixels = [np.roll(LETTERS[NAMES[label]], shift, (0, 1)) for label, shift in zip(labels, shifts, strict=True)]
    images = np.stack(pixels) + noise * rng.standard_normal((count, 9, 9))
    return TensorDataset(mg.from_numpy(images[:, None].astype(np.float32)), mg.from_numpy(labels))


@dataclass
class Trained:
    """The result of training: the net, its filters before, the images, and loss and accuracy by epoch."""

    net: XO
    filters_before: np.ndarray
    train: TensorDataset
    held_out: TensorDataset
    history: list[dict[str, float]]


def train(noise: float, count: int, epochs: int, lr: float, seed: int) -> Trained:
    """Return the net of random weights, trained on `count` noisy letters."""
    mg.manual_seed(seed)
    rng = np.random.default_rng(seed)
    data, held_out = noisy_letters(count, noise, rng), noisy_letters(2000, noise, rng)
    net = XO()
    before = filters_of(net)
    history = [*learn(net, optim.Adam(net.parameters(), lr=lr), data, held_out, epochs)]
    return Trained(net, before, data, held_out, history)


# ---- the pictures ---------------------------------------------------------------------------------------------------

COLOURS = [BLUE, ORANGE]  # of X and O


def way(net: XO, image: Tensor, title: str) -> Figure:
    """Return an image on its way through the net: a row for each filter, a column for each stage, and the votes."""
    maps = [filters_of(net), *stages(net, image)]
    fig, axes = figure(12.5, 6.8, len(FILTERS), 1 + len(maps))
    for column, (name, stage) in enumerate(zip(["filter", *STAGES], maps, strict=True), 1):
        axes[0, column].set_title(name, fontsize=10)
        for ax, values in zip(axes[:, column], stage, strict=True):
            tile(ax, values / np.abs(stage).max(), values)
    for_letter = net.vote.weight.detach().numpy().reshape(len(NAMES), *maps[-1].shape)
    for row, r, c in np.argwhere(for_letter.max(0) > for_letter.min(0)):  # by hand, some values vote for neither
        colour = COLOURS[int(for_letter[:, row, r, c].argmax())]
        frame = Rectangle((c - 0.4, r - 0.4), 0.8, 0.8, fill=False, linewidth=3, edgecolor=colour)
        axes[row, -1].add_patch(frame)
    tile(axes[0, 0], image.numpy())
    axes[0, 0].set_title("image", fontsize=10)
    with mg.no_grad():
        ballot(axes[1, 0], net(image[None, None]).numpy()[0])
    axes[2, 0].axis("off")
    note = "The frames at the right have\nthe colour of the letter that\na value votes for."
    axes[2, 0].text(0, 1, note, va="top", fontsize=9, linespacing=1.5, transform=axes[2, 0].transAxes)
    fig.suptitle(title)
    return fig


def tile(ax: Axes, brightness: np.ndarray, numbers: np.ndarray | None = None) -> None:
    """Draw a small map, black at -1 and white at 1, and its numbers."""
    ax.imshow(brightness, cmap="gray", vmin=-1, vmax=1)
    ax.set(xticks=[], yticks=[])
    if numbers is not None:
        for (r, c), value in np.ndenumerate(numbers):
            colour = "black" if brightness[r, c] > 0 else "white"
            ax.text(c, r, f"{value:.2f}", ha="center", va="center", color=colour, fontsize=6 if len(numbers) > 4 else 9)


def ballot(ax: Axes, votes: np.ndarray) -> None:
    """Draw the votes as bars."""
    ax.barh([f"{name}  {vote:.2f}" for name, vote in zip(NAMES, votes, strict=True)], votes, color=COLOURS)
    ax.set_title("votes", fontsize=10)
    ax.set(xticks=[])
    ax.axvline(0, color="black", linewidth=0.8)
    ax.tick_params(length=0)
    ax.invert_yaxis()
    ax.spines[:].set_visible(False)


def images_and_filters(trained: Trained) -> Figure:
    """Return some held-out images, and the filters before and after training beside those set by hand."""
    filters = {
        "before training": trained.filters_before,
        "after": filters_of(trained.net),
        "by hand": np.stack([*FILTERS.values()]),
    }
    gap = 0.25
    fig, axes = figure(12.5, 3.1, 2, 11, width_ratios=[1, 1, 1, gap, 1, 1, 1, gap, 1, 1, 1])
    for ax in axes[:, [3, 7]].flat:
        ax.axis("off")
    places = [0, 1, 2, 4, 5, 6, 8, 9, 10]
    for column, image in zip(places, trained.held_out.tensors[0].numpy()[:, 0], strict=False):
        tile(axes[0, column], image)
    for column, kernel in zip(places, np.concatenate([*filters.values()]), strict=True):
        tile(axes[1, column], kernel / np.abs(kernel).max())
    axes[0, 5].set_title("held-out images", fontsize=11)
    for column, name in zip((1, 5, 9), filters, strict=True):
        axes[1, column].set_title(f"filters {name}", fontsize=11)
    return fig


# ---- the command line -----------------------------------------------------------------------------------------------


def options() -> argparse.ArgumentParser:
    parser = Parser(description=__doc__)
    parser.add_argument("--noise", type=at_least(0, float), default=0.3, help="its standard deviation, default: 0.3")
    parser.add_argument("--images", type=positive(int), default=2000, help="how many to train on, default: 2000")
    parser.add_argument("--epochs", type=positive(int), default=20, help="default: 20")
    parser.add_argument("--lr", type=positive(float), default=0.05, help="of Adam, default: 0.05")
    parser.add_argument("--seed", type=at_least(0, int), default=0, help="default: 0")
    parser.add_argument("--out", type=Path, help="folder of the pictures; default: runs/xo, numbered if taken")
    return parser


def main(arguments: list[str] | None = None) -> int:
    parser = options()
    args = parser.parse_args(arguments)
    folder = make_folder(parser, args.out, Path("runs/xo"))

    by_hand = XO.by_hand()
    for name, pixels in LETTERS.items():
        way(by_hand, mg.from_numpy(pixels), f"{name}, by hand").savefig(folder / f"by_hand_{name}.png")
        with mg.no_grad():
            features = by_hand.features(mg.from_numpy(pixels)[None, None])
        report(f"features of {name}", features[0].numpy(), by_hand)
    report("the unknown letter", np.array(NOISY_INPUT, np.float32), by_hand)

    trained = train(args.noise, args.images, args.epochs, args.lr, args.seed)
    images, labels = trained.held_out.tensors
    for label, name in enumerate(NAMES):
        image = images[labels == label][0, 0]
        way(trained.net, image, f"{name}, trained from noise").savefig(folder / f"trained_{name}.png")
    images_and_filters(trained).savefig(folder / "filters.png")
    viz.curves(trained.history).savefig(folder / "curves.png")
    before, after = trained.history[0], trained.history[-1]
    print(
        f"trained on {len(trained.train):,} noisy letters: of {len(trained.held_out):,} held-out ones "
        f"{after['val_accuracy']:.2%} are right, {before['val_accuracy']:.2%} before; "
        f"by hand {evaluate(by_hand, trained.held_out)[1]:.2%}"
    )
    print(f"pictures are in {folder}")
    return 0


def report(name: str, features: np.ndarray, net: XO) -> None:
    """Print 12 features and the votes that they give."""
    with mg.no_grad():
        votes = net.vote(mg.from_numpy(features)).tolist()
    print(f"{name}: {' '.join(f'{value:.2f}' for value in features)}")
    print(f"    votes {', '.join(f'{letter} {vote:.4f}' for letter, vote in zip(NAMES, votes, strict=True))}")


if __name__ == "__main__":
    sys.exit(exit_status(main))
