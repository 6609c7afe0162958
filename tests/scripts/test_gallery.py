"""scripts/gallery.py: README's pictures, all of them, by commands that exist, no wider than they may be."""

import importlib
import re
import shlex
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

from minigrad.scripts import gallery
from minigrad.vision.io import read_image, write_image

ROOT = Path(__file__).resolve().parents[2]


def test_every_picture_of_the_gallery_is_drawn():
    shown = set(re.findall(r"!\[.*?\]\((.*?)\)", (ROOT / "docs/gallery.md").read_text()))
    drawn = [name for pictures in gallery.PICTURES.values() for name in pictures.values()]
    assert shown == {*drawn, "draw.png"}  # which is a screenshot
    assert len(drawn) == len(set(drawn))


@pytest.mark.parametrize("command", gallery.PICTURES)
def test_commands_are_taken(command):
    script, *arguments = shlex.split(command)
    importlib.import_module(f"minigrad.scripts.{Path(script).stem}").options().parse_args(arguments)


def test_wide_pictures_are_shrunk(tmp_path, monkeypatch):
    drawn = {"runs/spiral/curves.png": "wide.png", "runs/spiral/data.png": "narrow.png"}
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setattr(gallery, "PICTURES", {"spiral.py --points 10 --epochs 1 --hidden 4": drawn})
    assert gallery.main(["--out", str(tmp_path / "out")]) == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"wide.png", "narrow.png"}
    sizes = [read_image(tmp_path / "out" / name).shape[:2] for name in ("wide.png", "narrow.png")]
    assert sizes == [(400, 1000), (528, 528)]  # of 9 x 3.6 and 4.4 x 4.4 inches, at 120 pixels an inch


def test_colours_of_few_pixels_are_kept(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (80, 100, 1), np.uint8).repeat(3, 2)
    pixels[:4, :4] = 0, 114, 178
    write_image(pixels, tmp_path / "photo.png")
    gallery.shrink(tmp_path / "photo.png", tmp_path / "small.png")
    off = read_image(tmp_path / "small.png", "rgb").astype(int) - pixels
    assert np.abs(off).max() < 16
