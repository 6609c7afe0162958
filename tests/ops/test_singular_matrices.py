"""Singular matrices, and equal singular values: gradients that are right or nan, but never finite and wrong."""

import itertools

import numpy as np
import pytest

import minigrad as mg

rng = np.random.default_rng(0)
TURN, OTHER = (np.linalg.qr(rng.standard_normal((3, 3)))[0] for _ in range(2))
MATRICES = {
    "random": rng.standard_normal((3, 3)),
    "tall": rng.standard_normal((4, 2)),
    "wide": rng.standard_normal((2, 4)),
    "identity": np.eye(3),
    "orthogonal": TURN,
    "two equal": TURN @ np.diag([2.0, 2, 1]) @ OTHER,
    "rank 1": np.outer(rng.standard_normal(3), rng.standard_normal(3)),
    "rank 1 of integers": np.outer([1.0, 2, 3], [2, 4, 6]),
    "rank 1, tall": np.outer(rng.standard_normal(4), rng.standard_normal(2)),
    "rank 2": rng.standard_normal((3, 2)) @ rng.standard_normal((2, 3)),
    "one not 0": np.diag([1.0, 0, 0]),
    "zeros": np.zeros((3, 3)),
    "zeros, wide": np.zeros((2, 3)),
    "one element": np.array([[2.0]]),
    "one 0": np.array([[0.0]]),
}
SQUARE = {name: A for name, A in MATRICES.items() if A.shape[0] == A.shape[1]}


def minors(A):
    """The cofactors by their definition."""
    n, signs = len(A), np.zeros(A.shape)
    for i, j in itertools.product(range(n), range(n)):
        rest = np.delete(np.delete(A, i, 0), j, 1)
        signs[i, j] = (-1) ** (i + j) * (np.linalg.det(rest) if n > 1 else 1)
    return signs


@pytest.mark.parametrize("name", SQUARE)
def test_determinants_have_derivatives_wherever_they_are(name):
    A = SQUARE[name]
    x = mg.tensor(A, requires_grad=True)
    (slope,) = mg.autograd.grad(mg.linalg.det(x), x, create_graph=True)
    np.testing.assert_allclose(slope.detach().numpy(), minors(A), atol=1e-12)
    H = np.random.default_rng(1).standard_normal(A.shape)
    (second,) = mg.autograd.grad(slope, x, mg.tensor(H))
    for i in np.ndindex(A.shape):  # cofactors are linear in each element
        step = np.zeros(A.shape)
        step[i] = 0.5
        by_minors = ((minors(A + step) - minors(A - step)) * H).sum()
        np.testing.assert_allclose(second.numpy()[i], by_minors, atol=1e-11)


def test_determinants_of_batches_and_of_nothing():
    A = np.stack([np.eye(2), [[1, 2], [2, 4]], np.zeros((2, 2))]).astype(np.float32)
    x = mg.tensor(A, requires_grad=True)
    mg.linalg.det(x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), [minors(a) for a in A], atol=1e-6)
    assert mg.linalg.det(mg.zeros(0, 0)).item() == 1 and mg.linalg.det(mg.zeros(2, 0, 0)).tolist() == [1, 1]


def test_the_logarithm_of_a_determinant_of_0_has_no_finite_slope():
    for A in ([[1.0, 2.0], [2.0, 4.0]], [[0.0, 0.0], [0.0, 0.0]]):
        x = mg.tensor(A, requires_grad=True)
        y = mg.linalg.slogdet(x).logabsdet
        y.backward()
        assert y.item() == -np.inf and not np.isfinite(x.grad.numpy()).any()


def test_a_determinant_has_a_third_derivative():
    x = mg.tensor(MATRICES["random"], requires_grad=True)
    slope = lambda x: mg.autograd.grad(mg.linalg.det(x), x, create_graph=True)[0]  # noqa: E731
    assert mg.autograd.gradgradcheck(slope, x)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", MATRICES)
def test_what_is_put_together_again_has_the_gradient_of_the_identity_or_none(name, dtype):
    """``U diag(S) V.T`` is A, so that the gradient is the one that comes in."""
    A = MATRICES[name].astype(dtype)
    G = np.random.default_rng(1).standard_normal(A.shape).astype(dtype)
    symmetric = A + A.T if A.shape[0] == A.shape[1] else A @ A.T
    own = G + G.T if A.shape[0] == A.shape[1] else G @ G.T
    distinct = name in ("random", "tall", "wide", "one element")
    for decompose, matrix, g in ((mg.linalg.svd, A, G), (mg.linalg.eigh, symmetric, own)):
        x = mg.tensor(matrix, requires_grad=True)
        if decompose is mg.linalg.svd:
            u, s, vh = mg.linalg.svd(x, full_matrices=False)
            y = (u * s) @ vh
        else:
            w, v = mg.linalg.eigh(x)
            y = (v * w) @ v.mT
        y.backward(mg.tensor(g))
        found = x.grad.numpy()
        assert np.isfinite(found).all() or not distinct
        if np.isfinite(found).all():
            np.testing.assert_allclose(found, g, atol=1e-9 if dtype == np.float64 else 2e-3)


@pytest.mark.parametrize("name", MATRICES)
def test_values_alone_have_gradients_where_they_are_equal(name):
    A = MATRICES[name]
    x = mg.tensor(A, requires_grad=True)
    u, s, vh = np.linalg.svd(A, full_matrices=False)
    for values in (mg.linalg.svdvals, lambda x: mg.linalg.svd(x, full_matrices=False).S):
        x.grad = None
        (values(x) ** 2).sum().backward()  # the sum of squares of all elements
        np.testing.assert_allclose(x.grad.numpy(), 2 * A, atol=1e-12)
    for norm in (lambda x: mg.norm(x, "nuc"), lambda x: mg.linalg.matrix_norm(x, "nuc")):
        np.testing.assert_allclose(norm(x).item(), s.sum(), atol=1e-12)
    for ord, k in ((2, 0), (-2, -1)):
        x.grad = None
        y = mg.linalg.matrix_norm(x, ord)
        y.backward()
        share = s == s[k]
        np.testing.assert_allclose(y.item(), s[k], atol=1e-12)
        if not 1 < share.sum() < len(s):
            np.testing.assert_allclose(x.grad.numpy(), (u * (share / share.sum())) @ vh, atol=1e-9)


@pytest.mark.parametrize("rank", [1, 2])
def test_pseudo_inverses_of_low_rank_are_differentiable_twice(rank):
    b, c = (mg.tensor(np.random.default_rng(i).standard_normal((3, rank)), requires_grad=True) for i in (1, 2))
    function = lambda b, c: mg.linalg.pinv(b @ c.mT)  # noqa: E731
    assert mg.autograd.gradcheck(function, (b, c)) and mg.autograd.gradgradcheck(function, (b, c))


def test_qr_of_dependent_columns_has_no_gradient():
    for A in (np.ones((3, 2)), np.zeros((3, 2)), MATRICES["rank 2"]):
        x = mg.tensor(A, requires_grad=True)
        mg.linalg.qr(x).R.sum().backward()
        assert np.isnan(x.grad.numpy()).all()
