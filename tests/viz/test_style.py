"""Figures show by themselves in a notebook."""

import re
from pathlib import Path

import pytest

import minigrad as mg
from minigrad import nn

ROOT = Path(mg.__file__).parent
viz = pytest.importorskip("minigrad.viz", reason="needs matplotlib")

NET = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(72, 3))
X = mg.ones(1, 1, 8, 8)
PICTURES = {
    "confusion_matrix": lambda: viz.confusion_matrix([[3, 1], [0, 2]], ["a", "b"]),
    "curves": lambda: viz.curves([{"loss": 1.0}]),
    "feature_maps": lambda: viz.feature_maps(NET, X),
    "filters": lambda: viz.filters(NET[0]),
    "graph": lambda: viz.graph(NET(X).sum()),
    "saliency": lambda: viz.saliency(NET, X),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_notebook_shows_them(name):
    """IPython asks an object for its PNG by this name, and what a figure without a window is has no other."""
    shown = PICTURES[name]()._repr_png_()
    assert shown.startswith(b"\x89PNG")


def test_no_figure_is_made_otherwise():
    files = [path for room in ("viz", "testing") for path in (ROOT / room).glob("*.py")]
    assert len(files) > 10
    assert [path.name for path in files if re.search(r"[^(] Figure\(|pyplot", path.read_text())] == []
