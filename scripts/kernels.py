"""Filter an image with thirteen classic kernels, each of its channels and their sum.

    python scripts/kernels.py                                   a photo that comes with matplotlib
    python scripts/kernels.py --image photo.jpg --stride 5      any image; 5 pixels from window to window
    python scripts/kernels.py --padding 30                      30 zeros around the image

An image of n pixels, a kernel of k, p zeros at each end and a stride of s leave (n - k + 2p) / s + 1 pixels, rounded
down. The folder then holds a picture for each channel, and sum.png: what one convolution over all channels gives.
"""

from __future__ import annotations

import argparse
import sys
from itertools import product
from pathlib import Path

from minigrad.scripts.command_line import (  # first: see there
    Parser,
    at_least,
    exit_status,
    in_words,
    make_folder,
    positive,
)

# isort: split

import numpy as np
from matplotlib.cbook import get_sample_data
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import minigrad as mg
from minigrad import nn
from minigrad.vision.io import read_image
from minigrad.vision.kernels import KERNELS
from minigrad.viz.layers import NOTE
from minigrad.viz.style import ORANGE, figure, signed


def output_size(n: int, k: int, padding: int, stride: int) -> int:
    """Return how many windows of `k` fit into `n` pixels and the padding at both ends."""
    return (n - k + 2 * padding) // stride + 1


def formula(n: int, k: int, padding: int, stride: int) -> str:
    """Return the same as text, with its numbers."""
    steps = f"({n} - {k} + 2*{padding}) / {stride}"
    exact = (n - k + 2 * padding) % stride == 0
    return f"{steps if exact else f'floor({steps})'} + 1 = {output_size(n, k, padding, stride)}"


def filtered(channels: np.ndarray, padding: int, stride: int) -> np.ndarray:
    """Return what a convolution that starts from KERNELS makes of each channel and of all together.

    Parameters
    ----------
    channels : (C, H, W) float32

    Returns
    -------
    (C + 1, 13, H', W') float32, or (1, 13, H', W') of an image with one channel
        Map [c, k] is channel c under kernel k; the last c is the sum over the channels.
    """
    count = len(channels)
    layers = [nn.Conv2d(n, len(KERNELS), 3, stride=stride, padding=padding, bias=False) for n in (1, count)]
    for layer in layers:
        nn.init.kernels_(layer.weight, KERNELS.values())
    alone, together = layers
    image = mg.from_numpy(channels)
    with mg.no_grad():
        each = alone(image[:, None])
        return (each if count == 1 else mg.cat([each, together(image[None])])).numpy()


# ---- the pictures ---------------------------------------------------------------------------------------------------


def gallery(channel: np.ndarray, maps: np.ndarray, title: str) -> Figure:
    """Return a channel, and what each of the thirteen kernels makes of it, with the kernel in the corner.

    Below each is a detail, the framed square of the input, so large that its pixels can be seen.
    """
    rows, columns, cell = 2, 7, 2.0
    height, width = maps.shape[1:]
    ratio = float(np.clip(height / width, 0.3, 2))
    fig, axes = figure(cell * columns, rows * (cell * (ratio + 1) + 0.3) + 0.9, 2 * rows, columns)
    axes[0, 0].get_gridspec().set_height_ratios([ratio + 0.15, 1] * rows)
    for ax in axes.flat:
        ax.axis("off")
    identity = maps[list(KERNELS).index("identity")]
    top, left, side = liveliest(identity)
    wholes, details = axes[::2].flat, axes[1::2].flat
    names = ["the input", *(name.replace("_", " ") for name in KERNELS)]
    shades = [{}, *(brightness(m, bool(k.sum() == 0)) for m, k in zip(maps, KERNELS.values(), strict=True))]
    for whole, detail, name, shown, shade in zip(wholes, details, names, [channel, *maps], shades, strict=True):
        whole.imshow(shown, cmap="gray", **shade)
        whole.set_title(name, fontsize=10)
        part = (identity if shown is channel else shown)[top : top + side, left : left + side]
        detail.imshow(part, cmap="gray", **shade)
    scale = len(channel) / height  # the input has more pixels than a map
    frame = (scale * left, scale * top), scale * side, scale * side
    axes[0, 0].add_patch(Rectangle(*frame, fill=False, color=ORANGE, linewidth=1.5))
    for ax, kernel in zip(axes[::2].flat[1:], KERNELS.values(), strict=True):
        corner = 0.28 * min(height, width)
        inset = ax.inset_axes((0.02, 0.02, corner / width, corner / height))
        inset.imshow(kernel, **signed(kernel))
        inset.set(xticks=[], yticks=[])
    fig.suptitle(title)
    fig.supxlabel(f"in the corners the weights; {NOTE}; below each the framed detail", fontsize=10)
    return fig


def liveliest(image: np.ndarray, side: int = 32) -> tuple[int, int, int]:
    """Return top, left and side of the square in which neighbouring pixels differ most."""
    side = min(side, *image.shape)
    rows, columns = (range(0, n - side + 1, max(1, side // 2)) for n in image.shape)

    def differences(place: tuple[int, int]) -> float:
        part = image[place[0] : place[0] + side, place[1] : place[1] + side]
        return float(sum(np.abs(np.diff(part, axis=axis)).sum() for axis in (0, 1)))

    return *max(product(rows, columns), key=differences), side


def brightness(shown: np.ndarray, around_zero: bool) -> dict[str, float]:
    """Return the values for black and white: nearly all lie between; 0 is in the middle where it means "none"."""
    low, high = np.percentile(shown, [1, 99])
    if around_zero:
        high = max(-low, high)
        low = -high
    return {"vmin": float(low), "vmax": float(high)}


# ---- the command line -----------------------------------------------------------------------------------------------


def options() -> argparse.ArgumentParser:
    parser = Parser(description=__doc__)
    parser.add_argument("--image", type=Path, help="default: the portrait of Grace Hopper that comes with matplotlib")
    parser.add_argument("--padding", type=at_least(0, int), default=0, help="zeros around the image, default: 0")
    parser.add_argument("--stride", type=positive(int), default=1, help="pixels from window to window, default: 1")
    parser.add_argument("--out", type=Path, help="folder of the pictures; default: runs/kernels, numbered if taken")
    return parser


def main(arguments: list[str] | None = None) -> int:
    parser = options()
    args = parser.parse_args(arguments)
    try:
        image = read_image(args.image or get_sample_data("grace_hopper.jpg", asfileobj=False))
    except (OSError, ValueError) as error:
        parser.error(in_words(error))
    channels = np.ascontiguousarray(np.atleast_3d(image).transpose(2, 0, 1)).astype(np.float32) / 255
    try:
        maps = filtered(channels, args.padding, args.stride)
    except (ValueError, RuntimeError) as error:  # the image is smaller than the kernel
        parser.error(in_words(error))
    sizes = [formula(n, 3, args.padding, args.stride) for n in channels.shape[1:]]
    print(f"size by the formula: height {sizes[0]}, width {sizes[1]}; measured: {maps.shape[2]} x {maps.shape[3]}")

    folder = make_folder(parser, args.out, Path("runs/kernels"))
    names = ["gray"] if len(channels) == 1 else ["red", "green", "blue", "sum"]
    inputs = [*channels, channels.sum(0)]
    for name, channel, shown in zip(names, inputs, maps, strict=False):
        what = "the sum of the channels" if name == "sum" else f"the {name} channel"
        gallery(channel, shown, f"{what}; height {sizes[0]}, width {sizes[1]}").savefig(folder / f"{name}.png")
    print(f"{', '.join(names)}: pictures of {len(KERNELS)} maps each are in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(main))
