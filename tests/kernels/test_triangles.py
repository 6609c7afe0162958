"""Triangular systems and LU by halves: the same as by rows, whatever the size, for batches, and as exact."""

import numpy as np
import pytest

from minigrad.kernels import lu, triangles

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("n", [0, 1, 5, 33, 70, 131])
def test_triangular_systems(n, upper):
    A = (np.triu if upper else np.tril)(RNG.standard_normal((3, n, n))) + 2 * np.sqrt(n) * np.eye(n)
    for a, x in [(A, RNG.standard_normal((3, n, 4))), (A[0], RNG.standard_normal((2, n, 1)))]:
        np.testing.assert_allclose(triangles.solve_triangle(a, a @ x, upper), x, rtol=1e-9, atol=1e-11)
    single = A.astype(np.float32)
    found = triangles.solve_triangle(single, np.ones((3, n, 1), np.float32), upper)
    exact = np.linalg.solve(single.astype(np.float64), np.ones((3, n, 1)))
    np.testing.assert_allclose(found, exact, rtol=2e-7)
    assert found.dtype == np.float32


@pytest.mark.parametrize("upper", [False, True])
def test_unknowns_that_a_zero_on_the_diagonal_leaves_open_are_not_finite(upper):
    A, B = np.eye(70), np.ones((70, 1))
    A[50, 50] = 0
    X = triangles.solve_triangle(A, B, upper)
    assert np.isinf(X[50, 0]) and not np.isfinite(X[(slice(50), slice(51, None))[not upper]]).any()
    assert (X[(slice(51, None), slice(50))[not upper]] == 1).all()


@pytest.mark.parametrize("pivot", [False, True])
@pytest.mark.parametrize("shape", [(40, 40), (2, 33, 33), (70, 35), (35, 70), (3, 20, 50), (50, 3), (0, 4), (2, 0, 0)])
def test_lu(shape, pivot):
    A = RNG.standard_normal(shape)
    m, n = shape[-2:]
    k = min(m, n)
    A[..., np.arange(k), np.arange(k)] += 0 if pivot else 3 * max(shape)  # without exchanges it must be dominant
    before = A.copy()
    packed, pivots = lu.lu(A, pivot)
    np.testing.assert_array_equal(A, before)
    L, U = np.tril(packed[..., :k], -1) + np.eye(m, k), np.triu(packed[..., :k, :])
    rows = np.take_along_axis(A, lu.order_of_rows(pivots, m)[..., None], -2)
    np.testing.assert_allclose(L @ U, rows, atol=1e-11 * max(shape))
    assert pivots.shape == (*shape[:-2], k) and pivots.dtype == np.int32
    assert not pivot or (np.abs(L) <= 1).all()  # the largest element of a column is its pivot
    assert pivot or (pivots == np.arange(1, k + 1)).all()
