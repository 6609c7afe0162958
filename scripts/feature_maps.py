"""Draw the feature maps of a photo, or those of a trained model.

    python scripts/feature_maps.py                                    edges of a photo that comes with matplotlib
    python scripts/feature_maps.py --image cat.jpg --color            of another one, in colour
    python scripts/feature_maps.py --stages 4@2x4,2@5x3               other kernels, of any size
    python scripts/feature_maps.py --checkpoint runs/lenet5-digits/best.npz

The photo passes three stages of convolution, ReLU and max pooling: two filters that find vertical and horizontal edges,
then three of 5x5 and one of 7x7 with random weights. The folder gets ``input.png``, ``stage1.png`` and so on, and
``feature-maps.png`` with all of them.

With a checkpoint of scripts/train.py it gets the model's ``feature-maps.png`` for a test image of the bundled digits,
or for a picture such as scripts/predict.py takes; also its filters, and what the prediction depends on:
``saliency.png``, ``occlusion.png`` and the graph of the loss, ``graph.png``.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from minigrad.scripts.command_line import Parser, at_least, exit_status, in_words, make_folder  # first: see there

# isort: split

import numpy as np
from matplotlib.cbook import get_sample_data
from matplotlib.figure import Figure

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import Tensor, nn, viz
from minigrad.scripts.classification import Classifier
from minigrad.scripts.framing import frame_of, inputs_of_file, inputs_of_frames
from minigrad.vision.datasets import Digits
from minigrad.vision.io import read_image
from minigrad.viz.grid import Grid, stacked
from minigrad.viz.layers import MOST_VALUES, NOTE, kernel_grid, spread
from minigrad.viz.probing import classified
from minigrad.viz.style import GREY, signed

EDGES = [  # vertical ones, dark on the left; horizontal ones, dark below
    [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
    [[1, 1, 1], [0, 0, 0], [-1, -1, -1]],
]
STAGES = "2@3x3,3@5x5,1@7x7"
STEPS = {"conv": "convolution", "relu": "ReLU", "pool": "max pooling"}
Stage = tuple[int, int, int]  # filters, height, width


def build(stages: list[Stage], channels: int, seed: int) -> nn.Sequential:
    """Build stages of convolution, ReLU and 2x2 max pooling, for images with this many channels.

    Weights are random, as `nn.Conv2d` begins; two filters of 3x3 in the first stage are those of `EDGES`, on every
    channel.
    """
    mg.manual_seed(seed)
    model = nn.Sequential()
    for number, (filters, height, width) in enumerate(stages, 1):
        stage = nn.Sequential()
        stage.add_module("conv", nn.Conv2d(channels, filters, (height, width), bias=False))
        stage.add_module("relu", nn.ReLU())
        stage.add_module("pool", nn.MaxPool2d(2))
        model.add_module(f"stage{number}", stage)
        channels = filters
    if stages[0] == (2, 3, 3):
        model.stage1.conv.weight.data[:] = mg.tensor(EDGES, dtype=mg.float32)[:, None]
    return model


def read(path: Path, colour: bool) -> Tensor:
    """Return an image file as (1, C, H, W) float32 in [0, 1]."""
    pixels = _light(read_image(path, "rgb" if colour else "gray"))
    return mg.from_numpy(pixels.transpose(2, 0, 1)[None].copy() if colour else pixels[None, None])


def overview(image: Tensor, model: nn.Sequential, maps: dict[str, Tensor], side: float = 1.9) -> Figure:
    """Draw the image and the filters on the left, then a column for each stage with its maps, in one scale."""
    columns = [[image_grid(image, side)]]
    for name, stage in model.named_children():
        title = f"{name[:5]} {name[5:]}"
        weights = stage.conv.weight.detach().numpy()
        columns[0].append(kernel_grid(f"filters of {title}, {spread(weights)}", weights, 8, rgb=False, side=0.45))
        options = signed(maps[f"{name}.conv"].numpy(), MOST_VALUES)
        columns.append([])
        for step, what in STEPS.items():
            pictures = maps[f"{name}.{step}"].numpy()[0]
            size = "x".join(map(str, pictures.shape[1:]))
            head = f"{title}: {what}, {size}" if step == "conv" else f"{what}, {size}"
            columns[-1].append(Grid(f"{head}\n{spread(pictures)}", pictures, 4, side, options=options))
    margin, gap = 0.15, 0.3
    widths = [max(2.1, *(grid.size[0] for grid in column)) for column in columns]
    heights = [sum(grid.size[1] for grid in column) for column in columns]
    fig = Figure(figsize=(sum(widths) + gap * (len(widths) - 1) + 2 * margin, max(heights) + 2 * margin), dpi=120)
    left = margin
    for column, width in zip(columns, widths, strict=True):
        top = margin
        for grid in column:
            grid.draw(fig, left, top)
            top += grid.size[1]
        left += width + gap
    fig.text(margin / fig.get_figwidth(), margin / fig.get_figheight(), NOTE, fontsize=8, color=GREY)
    return fig


def image_grid(image: Tensor, side: float) -> Grid:
    """Return the image itself, as a grid of one."""
    pixels = image.numpy()[0]
    title = f"input, {'x'.join(map(str, pixels.shape[1:]))}, {'grey' if len(pixels) == 1 else 'colour'}"
    picture = pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)
    return Grid(title, picture[None], 1, side, options={"cmap": "gray", "vmin": 0, "vmax": 1})


# ---- what is drawn --------------------------------------------------------------------------------------------------


def of_photo(image: Tensor, stages: list[Stage], seed: int) -> dict[str, Figure]:
    """Return the pictures of a photo that passes the stages, by file names."""
    model = build(stages, image.shape[1], seed)
    maps = viz.activations(model, image)
    figures = {"input.png": stacked([image_grid(image, 4.0)]), "feature-maps.png": overview(image, model, maps)}
    for stage, _ in model.named_children():
        figures[f"{stage}.png"] = viz.feature_maps(model, image, [f"{stage}.{step}" for step in STEPS])
        figures[f"{stage}-filters.png"] = viz.filters(getattr(model, stage).conv, rgb=False)
    return figures


def of_model(classifier: Classifier, inputs: Tensor, labels: Tensor | None) -> dict[str, Figure]:
    """Return the pictures of a trained model, by file names: the maps of the first input, the rest of all."""
    model, classes = classifier.model, classifier.classes
    figures = {
        "feature-maps.png": viz.feature_maps(model, inputs[:1]),
        "saliency.png": viz.saliency(model, inputs, classes=classes),
        "occlusion.png": viz.occlusion(model, inputs, classes=classes),
    }
    for name, layer in model.named_modules():
        weight = getattr(layer, "weight", None)
        if isinstance(weight, Tensor) and weight.ndim in (3, 4):
            figures[f"filters-{name}.png"] = viz.filters(layer)
    logits = classified("feature_maps", model, inputs)
    loss = F.cross_entropy(logits, logits.argmax(1) if labels is None else labels)
    figures["graph.png"] = viz.graph(loss, model.named_parameters())
    return figures


def inputs_for(classifier: Classifier, path: Path | None, count: int = 5) -> tuple[Tensor, Tensor | None]:
    """Return what the model is shown: a picture as scripts/predict.py takes it, else test digits, and their labels."""
    if path is not None:
        return inputs_of_file(classifier, path), None
    if classifier.channels == 3:
        raise ValueError("--image is needed: the model is one of coloured images, the bundled digits are grey")
    test = Digits(train=False)
    digits, labels = test.data.numpy()[:count], test.targets[:count]
    if classifier.description["data"] == "digits":
        return classifier.prepare(digits), labels
    return inputs_of_frames(classifier, [frame_of(classifier, _light(digit)) for digit in digits]), labels


def _light(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(np.float32) / 255


# ---- the command line -----------------------------------------------------------------------------------------------


def stage_list(text: str) -> list[Stage]:
    """Return the text 2@3x3,1@2x4 as [(2, 3, 3), (1, 2, 4)]."""
    stages = []
    for part in text.split(","):
        match = re.fullmatch(r"(\d+)@(\d+)x(\d+)", part.strip())
        numbers = [int(group) for group in match.groups()] if match else [0]
        if 0 in numbers:
            raise argparse.ArgumentTypeError(f"expected stages such as {STAGES}: filters@heightxwidth; got {part!r}")
        stages.append((numbers[0], numbers[1], numbers[2]))
    return stages


def options() -> argparse.ArgumentParser:
    parser = Parser(description=__doc__)
    parser.add_argument("--image", type=Path, help="default: matplotlib's grace_hopper.jpg; for a model, test digits")
    parser.add_argument("--color", action="store_true", help="keep the colours of the photo; default: make it grey")
    parser.add_argument("--stages", type=stage_list, help=f"filters and their sizes; default: {STAGES}")
    parser.add_argument("--seed", type=at_least(0, int), help="of the random filters; default: 0")
    parser.add_argument("--checkpoint", type=Path, help="draw a trained model instead")
    parser.add_argument("--out", type=Path, help="folder; default: runs/feature-maps, numbered if taken")
    return parser


def main(arguments: list[str] | None = None) -> int:
    parser = options()
    args = parser.parse_args(arguments)
    if args.checkpoint and (args.color or args.stages or args.seed is not None):
        parser.error("--color, --stages and --seed are for photos; with --checkpoint the model decides")
    try:
        if args.checkpoint:
            classifier = Classifier.from_checkpoint(args.checkpoint)
            figures = of_model(classifier, *inputs_for(classifier, args.image))
        else:
            path = args.image or Path(get_sample_data("grace_hopper.jpg", asfileobj=False))
            figures = of_photo(read(path, args.color), args.stages or stage_list(STAGES), args.seed or 0)
    except (OSError, RuntimeError, ValueError, MemoryError) as error:
        parser.error("; ".join([in_words(error), *getattr(error, "__notes__", [])]))
    folder = make_folder(parser, args.out, Path("runs/feature-maps"))
    for name, fig in figures.items():
        fig.savefig(folder / name)
    print(f"{', '.join(figures)} are in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(main))
