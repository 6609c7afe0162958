"""Layers that resample images and cut them into windows: what they print, and that they are the functions."""

import pytest

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import nn


def test_layers_print_as_in_pytorch():
    torch = pytest.importorskip("torch")
    for make in (
        lambda n: n.Upsample(scale_factor=2),
        lambda n: n.Upsample(size=(3, 4), mode="bilinear"),
        lambda n: n.UpsamplingBilinear2d(scale_factor=(2, 3)),
        lambda n: n.UpsamplingNearest2d(4),
        lambda n: n.PixelShuffle(3),
        lambda n: n.PixelUnshuffle(3),
        lambda n: n.Unfold(3, padding=1),
        lambda n: n.Fold((4, 4), 2),
    ):
        assert repr(make(nn)) == repr(make(torch.nn))


def test_layers_compute_what_the_functions_do():
    x = mg.randn(1, 4, 4, 6)
    assert mg.equal(nn.UpsamplingNearest2d(8)(x), F.interpolate(x, 8))
    wanted = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
    assert mg.equal(nn.UpsamplingBilinear2d(scale_factor=2)(x), wanted)
    assert mg.equal(nn.PixelUnshuffle(2)(nn.PixelShuffle(2)(x)), x)
    assert mg.equal(nn.Fold((4, 6), 1)(nn.Unfold(1)(x)), x)
