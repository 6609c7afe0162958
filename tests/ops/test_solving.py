"""Equations and decompositions: errors and edges; the rest is in the table of operations."""

import re

import numpy as np
import pytest

import minigrad as mg

SQUARE, TALL = mg.eye(3), mg.ones(3, 2)


@pytest.mark.parametrize(
    ("function", "error", "says"),
    [
        (lambda: mg.linalg.solve(mg.zeros(2, 2), mg.ones(2)), mg.linalg.LinAlgError, "solve: .*ingular"),
        (lambda: mg.linalg.inv(mg.zeros(2, 2)), RuntimeError, "inv: .*ingular.*\\(2, 2\\)"),
        (lambda: mg.linalg.cholesky(-SQUARE), mg.linalg.LinAlgError, "cholesky: .*ositive definite"),
        (lambda: mg.linalg.inv(TALL), RuntimeError, "inv: expected square matrices.*\\(3, 2\\)"),
        (lambda: mg.linalg.det(mg.ones(2, 2).long()), RuntimeError, "det: .*floating.*int64"),
        (lambda: mg.linalg.solve(SQUARE, mg.ones(2)), RuntimeError, "solve: expected 3 rows"),
        (lambda: mg.linalg.solve(SQUARE, mg.ones(3).double()), RuntimeError, "one dtype"),
        (lambda: mg.linalg.qr(SQUARE, "raw"), RuntimeError, "qr: expected mode"),
        (lambda: mg.linalg.lstsq(TALL, mg.ones(2, 1)), RuntimeError, "lstsq: .*\\(\\*, 3, k\\)"),
        (lambda: mg.linalg.eigh(SQUARE, "lower"), RuntimeError, "eigh: .*UPLO"),
    ],
)
def test_errors(function, error, says):
    with pytest.raises(error, match=says):
        function()


def test_equal_eigenvalues_and_singular_values_have_gradients():
    A = mg.eye(3, dtype=mg.float64).requires_grad_()
    mg.linalg.eigvalsh(A).sum().backward()
    np.testing.assert_allclose(A.grad.numpy(), np.eye(3), atol=1e-12)
    A.grad = None
    mg.linalg.svdvals(A).sum().backward()
    np.testing.assert_allclose(A.grad.numpy(), np.eye(3), atol=1e-12)


def test_least_squares_say_how_good_they_are():
    A, B = mg.tensor([[1.0], [1.0]]), mg.tensor([[1.0], [3.0]])
    result = mg.linalg.lstsq(A, B)
    assert result.residuals.allclose(mg.tensor([2.0])) and result.rank.item() == 1
    assert mg.linalg.lstsq(mg.ones(3, 2), mg.ones(3, 1)).residuals.numel() == 0


@pytest.mark.parametrize("columns", [1, 4, 8])
def test_solutions_and_gradients_are_as_exact_as_float32_can_hold(columns):
    """However many right sides there are: by one factorization for each of the two, or by one inverse for both."""
    random = np.random.default_rng(0)
    turned = [np.linalg.qr(random.standard_normal((8, 8)))[0] for _ in range(2)]
    a = (turned[0] * np.logspace(0, 5, 8) @ turned[1]).astype(np.float32)
    b, g = random.standard_normal((2, 8, columns)).astype(np.float32)
    A, B = mg.tensor(a, requires_grad=True), mg.tensor(b, requires_grad=True)
    x = mg.linalg.solve(A, B)
    x.backward(mg.tensor(g))
    exact = np.linalg.solve(a.astype(float), b)
    back = np.linalg.solve(a.T.astype(float), g)
    np.testing.assert_allclose(x.detach().numpy(), exact, rtol=2e-7)
    np.testing.assert_allclose(B.grad.numpy(), back, rtol=2e-7)
    np.testing.assert_allclose(A.grad.numpy(), -back @ exact.T, rtol=1e-5, atol=1e-6 * np.abs(back @ exact.T).max())


@pytest.mark.parametrize("n", [3, 40])
@pytest.mark.parametrize("upper", [True, False])
@pytest.mark.parametrize("place", [0, 1, -1])
@pytest.mark.parametrize("right", ["any", "zeros"])
def test_a_zero_on_the_diagonal_of_a_triangle_gives_inf_or_nan_as_substitution_does(n, upper, place, right):
    random = np.random.default_rng(0)
    A, B = random.standard_normal((2, n, n)), random.standard_normal((2, n, 2))
    A[:, place, place] = 0
    if right == "zeros":
        B[:, 1] = 0
    expected = B.copy()
    with np.errstate(all="ignore"):
        for i in reversed(range(n)) if upper else range(n):
            known = range(i + 1, n) if upper else range(i)
            for j in known:
                expected[:, i] -= A[:, i, j, None] * expected[:, j]
            expected[:, i] /= A[:, i, i, None]
    found = mg.linalg.solve_triangular(mg.tensor(A), mg.tensor(B), upper=upper)
    assert not found.isfinite().all()
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-9)


def test_errors_of_a_triangle_name_solve_triangular():
    for A, B in [
        (mg.ones(3, 3), mg.ones(2, 2)),
        (mg.ones(3, 2), mg.ones(3, 2)),
        (mg.ones(2, 2), mg.ones(2, 2).double()),
    ]:
        with pytest.raises(RuntimeError, match=r"^linalg.solve_triangular: expected"):
            mg.linalg.solve_triangular(A, B, upper=True)


@pytest.mark.parametrize("name", ["cholesky", "inv", "solve"])
@pytest.mark.parametrize("batch, at", [((3,), 1), ((2, 2), (1, 0))])
def test_an_error_says_which_matrix_of_a_batch_it_is(name, batch, at):
    matrices = np.broadcast_to(np.eye(2), (*batch, 2, 2)).copy()
    matrices[at] = [[1, 2], [2, 4]]
    arguments = [mg.tensor(matrices), *[mg.ones(2, 1).double()] * (name == "solve")]
    which = re.escape(f"(matrix {at} in a batch of shape")
    with pytest.raises(mg.linalg.LinAlgError, match=f"linalg.{name}: .*{which}"):
        getattr(mg.linalg, name)(*arguments)
    with pytest.raises(mg.linalg.LinAlgError, match=r"\(matrix of shape \(2, 2\)\)"):
        getattr(mg.linalg, name)(arguments[0][at], *arguments[1:])


@pytest.mark.parametrize("b", [(3,), (2, 3), (3, 2), (2, 3, 2), (2, 2, 3)], ids=str)
@pytest.mark.parametrize("a", [(3, 3), (2, 3, 3)], ids=str)
@pytest.mark.parametrize("left", [True, False])
@pytest.mark.parametrize("name", ["solve", "solve_triangular"])
def test_what_are_vectors_and_what_are_matrices(name, left, a, b):
    """A batch of rows is one matrix to `solve_triangular`, and to `solve` with left=False an error."""
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    A, B = np.triu(rng.uniform(1, 2, a)), rng.standard_normal(b)
    options = {"left": left} | ({"upper": True} if name == "solve_triangular" else {})
    try:
        expected = getattr(torch.linalg, name)(torch.tensor(A), torch.tensor(B), **options).numpy()
    except RuntimeError:
        with pytest.raises(RuntimeError, match=f"linalg.{name}: expected"):
            getattr(mg.linalg, name)(mg.tensor(A), mg.tensor(B), **options)
    else:
        found = getattr(mg.linalg, name)(mg.tensor(A), mg.tensor(B), **options).numpy()
        np.testing.assert_allclose(found, expected, rtol=1e-9, strict=True)
