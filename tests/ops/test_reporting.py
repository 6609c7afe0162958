"""Decompositions that report where they fail: matrices made to fail at each place, and PyTorch's report of them."""

import numpy as np
import pytest

import minigrad as mg

RNG = np.random.default_rng(0)


def definite_up_to(size, n):
    """A symmetric matrix whose leading parts of `size` and more rows are not positive definite."""
    root = RNG.standard_normal((n, n)) + 3 * np.eye(n)
    matrix = root @ root.T
    if size:
        matrix[size - 1, size - 1] = -1
    return matrix


def without_pivot(place, n):
    """A matrix of which one pivot, counted from 1, is the first that is 0, exactly."""
    upper = np.triu(RNG.integers(1, 5, (n, n))).astype(float)
    if place:
        upper[place - 1 :, place - 1] = 0
        upper[place - 1, place - 1 :] = 0
    return upper


@pytest.mark.parametrize("n", [1, 2, 7, 20])
def test_cholesky_says_how_large_a_part_fails(n):
    sizes = [*range(n + 1)]
    matrices = np.stack([definite_up_to(size, n) for size in sizes])
    L, info = mg.linalg.cholesky_ex(mg.tensor(matrices))
    assert info.tolist() == sizes and info.dtype == mg.int32
    np.testing.assert_allclose((L @ L.mT).numpy()[0], matrices[0])
    with pytest.raises(mg.linalg.LinAlgError, match=rf"cholesky_ex: {n} of the matrices .* at 1"):
        mg.linalg.cholesky_ex(mg.tensor(matrices), check_errors=True)


@pytest.mark.parametrize("n", [1, 2, 7, 20])
def test_inverses_and_solutions_say_which_pivot_is_0(n):
    places = [*range(n + 1)]
    matrices = np.stack([without_pivot(place, n) for place in places])
    inverse, info = mg.linalg.inv_ex(mg.tensor(matrices))
    assert info.tolist() == places
    np.testing.assert_allclose((inverse @ mg.tensor(matrices)).numpy()[0], np.eye(n), atol=1e-9)
    solved = mg.linalg.solve_ex(mg.tensor(matrices), mg.ones(n, 1).double())
    assert solved.info.tolist() == places


@pytest.mark.parametrize("name, make", [("cholesky_ex", definite_up_to), ("inv_ex", without_pivot)])
def test_reports_are_those_of_pytorch(name, make):
    torch = pytest.importorskip("torch")
    matrices = np.stack([make(place, 9) for place in range(10)])
    ours, theirs = (getattr(m.linalg, name)(m.tensor(matrices)).info for m in (mg, torch))
    assert ours.tolist() == theirs.tolist()
