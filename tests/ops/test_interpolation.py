"""Interpolation and windows: errors; the rest is in the table of operations."""

import pytest

import minigrad as mg
import minigrad.nn.functional as F


@pytest.mark.parametrize(
    ("function", "error", "says"),
    [
        (lambda: F.interpolate(mg.ones(1, 1, 2, 2)), ValueError, "either size or scale_factor"),
        (lambda: F.interpolate(mg.ones(1, 2, 2), size=3, mode="bilinear"), NotImplementedError, "wants 4 dimensions"),
        (lambda: F.interpolate(mg.ones(1, 1, 2), size=3, mode="best"), NotImplementedError, "mode to be one of"),
        (lambda: F.interpolate(mg.ones(1, 1, 2), size=3, align_corners=True), ValueError, "align_corners"),
        (lambda: F.interpolate(mg.ones(1, 1, 2), size=(3, 3)), ValueError, "size to be one number or 1"),
        (lambda: F.interpolate(mg.ones(1, 1, 2), scale_factor=0.1), RuntimeError, "sizes from 1"),
        (lambda: F.pixel_shuffle(mg.ones(3, 2, 2), 2), RuntimeError, "multiple of the factor's square 4"),
        (lambda: F.pixel_unshuffle(mg.ones(1, 3, 2), 2), RuntimeError, "multiples of the factor 2"),
        (lambda: F.unfold(mg.ones(1, 1, 2, 2), 3), RuntimeError, "unfold: the windows reach"),
        (lambda: F.fold(mg.ones(1, 4, 3), (2, 3), 2), RuntimeError, "fold: expected shape"),
    ],
)
def test_errors(function, error, says):
    with pytest.raises(error, match=says):
        function()
