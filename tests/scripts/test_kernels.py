"""scripts/kernels.py against loops over pixels, and its pictures."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from minigrad.scripts import kernels
from minigrad.vision.io import read_image, write_image
from minigrad.vision.kernels import KERNELS

ROOT = Path(__file__).resolve().parents[2]


def by_loops(channel, kernel, padding, stride):
    """The sum of products of each window that lies in the padded channel."""
    height, width = channel.shape
    padded = np.zeros((height + 2 * padding, width + 2 * padding))
    padded[padding : padding + height, padding : padding + width] = channel
    tops, lefts = (range(0, n - 2, stride) for n in padded.shape)
    return np.array([[(padded[t : t + 3, c : c + 3] * kernel).sum() for c in lefts] for t in tops])


@pytest.mark.parametrize("padding", [0, 1, 4])
@pytest.mark.parametrize("stride", [1, 2, 5])
def test_every_map_is_what_loops_give(padding, stride):
    channels = np.random.default_rng(0).random((3, 8, 11)).astype(np.float32)
    maps = kernels.filtered(channels, padding, stride)
    assert maps.shape[:2] == (4, 13) and maps.dtype == np.float32
    for k, kernel in enumerate(KERNELS.values()):
        each = [by_loops(channel, kernel, padding, stride) for channel in channels]
        for got, expected in zip(maps[:, k], [*each, sum(each)], strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


def test_a_grey_image_has_no_sum():
    assert kernels.filtered(np.ones((1, 5, 5), np.float32), 0, 1).shape == (1, 13, 3, 3)


@pytest.mark.parametrize("padding", [0, 1, 30])
@pytest.mark.parametrize("stride", [1, 2, 7])
@pytest.mark.parametrize(("n", "k"), [(3, 3), (28, 3), (199, 5), (188, 4)])
def test_the_formula_counts_the_windows(n, k, padding, stride):
    windows = [start for start in range(0, n + 2 * padding, stride) if start + k <= n + 2 * padding]
    assert kernels.output_size(n, k, padding, stride) == len(windows)


def test_the_formula_is_shown_with_its_numbers():
    assert kernels.formula(28, 3, 1, 1) == "(28 - 3 + 2*1) / 1 + 1 = 28"
    assert kernels.formula(600, 3, 0, 5) == "floor((600 - 3 + 2*0) / 5) + 1 = 120"


def test_without_arguments_it_draws_the_photo(tmp_path):
    """As its user runs it, from another folder, in which it makes `runs`."""
    (tmp_path / "runs/kernels").mkdir(parents=True)  # so this name is taken
    command = [sys.executable, str(ROOT / "scripts/kernels.py"), "--stride", "9"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert run.stderr == ""
    assert "+ 1 = 67, width" in run.stdout and "measured: 67 x 57" in run.stdout  # of 600 x 512 pixels
    folder = tmp_path / "runs/kernels-2"
    assert {path.name for path in folder.iterdir()} == {"red.png", "green.png", "blue.png", "sum.png"}
    assert read_image(folder / "sum.png").std() > 20  # something is drawn


def test_a_picture_shows_the_input_and_each_map():
    channels = np.random.default_rng(0).random((1, 9, 12)).astype(np.float32)
    maps = kernels.filtered(channels, 0, 1)[0]
    figure = kernels.gallery(channels[0], maps, "title")
    panels = [ax for ax in figure.axes if ax.images and ax.get_title()]
    assert [ax.get_title() for ax in panels] == ["the input", *(name.replace("_", " ") for name in KERNELS)]
    for ax, shown in zip(panels[1:], maps, strict=True):
        assert np.array_equal(ax.images[0].get_array(), shown)
        (inset,) = ax.child_axes
        assert np.array_equal(inset.images[0].get_array(), list(KERNELS.values())[panels.index(ax) - 1])


def test_a_detail_of_each_map_is_the_liveliest_square():
    channels = np.full((1, 70, 90), 0.5, np.float32)
    channels[0, 35:60, 40:60] = np.random.default_rng(0).random((25, 20))
    maps = kernels.filtered(channels, 1, 1)[0]
    top, left, side = kernels.liveliest(maps[0])
    assert side == 32 and top <= 35 and 60 <= top + side and left <= 40 and 60 <= left + side
    details = [ax for ax in kernels.gallery(channels[0], maps, "title").axes if ax.images and not ax.get_title()]
    for ax, shown in zip(details[:14], [maps[0], *maps], strict=True):
        assert np.array_equal(ax.images[0].get_array(), shown[top : top + side, left : left + side])
    assert kernels.liveliest(np.zeros((5, 3))) == (0, 0, 3)


@pytest.mark.parametrize("sign", [1, -1])
def test_zero_is_mid_grey_for_the_edges(sign):
    values = sign * np.linspace(-1, 3, 101)
    assert kernels.brightness(values, around_zero=True) == pytest.approx({"vmin": -2.96, "vmax": 2.96})
    low, high = sorted([sign * -0.96, sign * 2.96])
    assert kernels.brightness(values, around_zero=False) == pytest.approx({"vmin": low, "vmax": high})


def test_grey_images_and_those_of_one_brightness(tmp_path):
    write_image(np.full((5, 6), 100, np.uint8), tmp_path / "grey.png")
    assert kernels.main(["--image", str(tmp_path / "grey.png"), "--out", str(tmp_path / "out")]) == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["gray.png"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--image", "nowhere.png"], "there is no file nowhere.png"),
        (["--image", __file__], "expected an image"),
        (["--image", "tiny.png"], r"larger than the padded input, \(2, 9\)"),
        (["--stride", "0"], "a positive number, got 0"),
        (["--padding", "-1"], "at least 0, got -1"),
    ],
)
def test_what_cannot_be_done_is_said(arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_image(np.zeros((2, 9), np.uint8), "tiny.png")
    with pytest.raises(SystemExit):
        kernels.main(arguments)
    assert re.search(message, capsys.readouterr().err)
    assert not Path("runs").exists()
