"""Draw the pictures of docs/gallery.md anew, by its commands, and put them into docs/.

    python scripts/gallery.py
    python scripts/gallery.py --out pictures    into another folder

They are at most 1000 pixels wide. That of the drawing board is none of them, but a screenshot of its page.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from minigrad.scripts.command_line import Parser, exit_status, make_folder  # first: see there

# isort: split

from PIL import Image

SCRIPTS = Path(__file__).resolve().parent
WIDEST = 1000  # pixels; the page shows half of them
PICTURES = {
    "train.py": {
        "runs/lenet5-digits/curves.png": "curves.png",
        "runs/lenet5-digits/predictions.png": "predictions.png",
    },
    "feature_maps.py": {"runs/feature-maps/feature-maps.png": "feature-maps.png"},
    "feature_maps.py --checkpoint runs/lenet5-digits/best.npz": {
        "runs/feature-maps-2/feature-maps.png": "lenet-feature-maps.png",
        "runs/feature-maps-2/saliency.png": "saliency.png",
        "runs/feature-maps-2/graph.png": "graph.png",
    },
    "kernels.py": {"runs/kernels/sum.png": "kernels.png"},
    "xo.py": {"runs/xo/by_hand_X.png": "xo.png"},
    "spiral.py": {"runs/spiral/regions.png": "spiral.png"},
    "regularization.py": {"runs/regularization/weights.png": "regularization.png"},
}
"""By command: what it draws, and the name of that in docs/."""


def shrink(source: Path, target: Path) -> None:
    """Copy a picture, no wider than WIDEST, in 256 colours."""
    image = Image.open(source).convert("RGB")
    image.thumbnail((WIDEST, image.height), Image.Resampling.LANCZOS)
    image = image.quantize(256, Image.Quantize.MAXCOVERAGE)  # which keeps colours that only few pixels have
    image.save(target, optimize=True)


def options() -> argparse.ArgumentParser:
    parser = Parser(description=__doc__)
    parser.add_argument("--out", type=Path, default=SCRIPTS.parent / "docs", help="folder; default: docs")
    return parser


def main(arguments: list[str] | None = None) -> int:
    parser = options()
    args = parser.parse_args(arguments)
    make_folder(parser, args.out, args.out)
    with tempfile.TemporaryDirectory() as folder:
        for command, pictures in PICTURES.items():
            print(f"scripts/{command}", flush=True)
            script, *rest = shlex.split(command)
            subprocess.run([sys.executable, SCRIPTS / script, *rest], cwd=folder, check=True, stdout=subprocess.DEVNULL)
            for drawn, name in pictures.items():
                shrink(Path(folder, drawn), args.out / name)
    print(f"pictures are in {args.out}")
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(main))
