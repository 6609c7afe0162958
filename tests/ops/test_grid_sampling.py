"""The operations behind `grid_sample` and `affine_grid` by their own names, which count modes."""

import itertools

import pytest

import minigrad as mg
import minigrad.nn.functional as F

MODES, PADDINGS = ("bilinear", "nearest", "bicubic"), ("zeros", "border", "reflection")


@pytest.mark.parametrize(("i", "p", "align"), list(itertools.product(range(3), range(3), (False, True))))
def test_modes_are_counted_as_they_are_named(i, p, align):
    mg.manual_seed(0)
    x, grid = mg.randn(2, 3, 4, 5), mg.rand(2, 3, 3, 2) * 3 - 1.5
    expected = F.grid_sample(x, grid, MODES[i], PADDINGS[p], align)
    assert mg.equal(mg.grid_sampler(x, grid, i, p, align), expected)
    assert mg.equal(mg.grid_sampler_2d(x, grid, i, p, align), expected)


def test_the_number_of_dimensions_is_checked():
    x, grid = mg.randn(1, 1, 2, 2, 2), mg.zeros(1, 1, 1, 1, 3)
    assert mg.allclose(mg.grid_sampler_3d(x, grid, 0, 0, True), x.mean()), "the middle of eight values"
    for name, image in (("grid_sampler_2d", x), ("grid_sampler_3d", x[0])):
        with pytest.raises(RuntimeError, match=name):
            getattr(mg, name)(image, grid, 0, 0, True)
    for modes in ((3, 0), (0, -1)):
        with pytest.raises(RuntimeError, match="expected 0, 1 or 2"):
            mg.grid_sampler(mg.ones(1, 1, 2, 2), mg.zeros(1, 1, 1, 2), *modes, True)


def test_affine_grid_has_an_older_name():
    theta = mg.randn(2, 2, 3)
    assert mg.equal(mg.affine_grid_generator(theta, (2, 1, 3, 4), True), F.affine_grid(theta, (2, 1, 3, 4), True))
