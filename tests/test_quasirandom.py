"""Sobol's points: even, repeatable, and PyTorch's."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.quasirandom import SobolEngine

pytest.importorskip("scipy")


def test_every_half_of_every_dimension_gets_half_of_the_points():
    points = SobolEngine(7).draw(64).numpy()
    assert points.dtype == np.float32 and points.shape == (64, 7)
    for bits in (1, 2, 3):
        cells = np.floor(points * 2**bits).astype(int)
        counts = [np.bincount(column, minlength=2**bits) for column in cells.T]
        np.testing.assert_array_equal(counts, 64 // 2**bits)


@pytest.mark.parametrize("dimension", [1, 3, 40])
def test_points_are_pytorchs(dimension):
    torch = pytest.importorskip("torch")
    ours, theirs = SobolEngine(dimension), torch.quasirandom.SobolEngine(dimension)
    for count in (5, 1, 10):
        np.testing.assert_array_equal(ours.draw(count, dtype=mg.float64), theirs.draw(count, dtype=torch.float64))
    np.testing.assert_array_equal(ours.fast_forward(7).draw(2), theirs.fast_forward(7).draw(2))
    assert ours.num_generated == theirs.num_generated == 25 and repr(ours) == repr(theirs)
    np.testing.assert_array_equal(ours.reset().draw_base2(3), theirs.reset().draw_base2(3))


def test_scrambled_points_are_even_and_follow_the_seed():
    first, again, other = (SobolEngine(2, scramble=True, seed=s).draw(32).numpy() for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    np.testing.assert_array_equal([np.bincount((c * 4).astype(int)) for c in first.T], 8)


def test_out_and_errors():
    out = mg.zeros(4, 2)
    assert SobolEngine(2).draw(4, out=out) is out and out.any()
    for dimension in (0, 21202):
        with pytest.raises(ValueError, match="SobolEngine: expected from 1 to 21201 dimensions"):
            SobolEngine(dimension)
    engine = SobolEngine(2)
    engine.draw(3)
    with pytest.raises(ValueError, match=r"draw_base2: expected a power of 2 of points in all, got 3 \+ 2"):
        engine.draw_base2(1)
    with pytest.raises(ValueError, match="SobolEngine.draw: expected from 0 to"):
        engine.draw(-1)


def test_scrambled_points_without_a_seed_follow_that_of_the_library():
    drawn = []
    for _ in range(2):
        mg.manual_seed(3)
        drawn += [SobolEngine(2, scramble=True).draw(4).tolist() for _ in range(2)]
    assert drawn[0] == drawn[2] and drawn[1] == drawn[3] and drawn[0] != drawn[1]
