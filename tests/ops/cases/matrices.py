"""Factorizations and functions of matrices, statistics, copies with a part replaced, views by steps in memory."""

import numpy as np

from tests.ops.case import case, distinct, fixed, integers, normal, uniform


def regular(*shape):
    """Matrices far from singular ones, whose pivots do not change with small differences."""

    def make(rng):
        x = rng.standard_normal(shape) * 0.3
        k = min(shape[-2:])
        x[..., range(k), range(k)] += np.arange(2, k + 2)
        return x

    return make


def definite(n):
    return lambda rng: np.linalg.cholesky(np.cov(rng.standard_normal((n, 3 * n))) + np.eye(n))


def fixed_integers(*values):
    return lambda rng: np.array(values)


def trapezoids(y, x):
    return np.cumsum((y[:, 1:] + y[:, :-1]) / 2 * np.diff(x), 1)


CASES = [
    case("matrix_exp", lambda m, x: m.matrix_exp(x), normal(3, 3)),
    case("matrix_exp of a batch, large", lambda m, x: m.linalg.matrix_exp(x * 3), normal(2, 2, 2)),
    case("lu_factor", lambda m, x: m.linalg.lu_factor(x)[0], regular(3, 3)),
    case("lu_factor wide", lambda m, x: m.linalg.lu_factor(x)[0], regular(2, 2, 4)),
    case("lu_factor tall", lambda m, x: m.linalg.lu_factor(x)[0], regular(4, 2)),
    case("lu", lambda m, x: m.linalg.lu(x.flip(0))[1:], regular(3, 3)),
    case("lu_solve", lambda m, x, b: m.linalg.lu_solve(*m.linalg.lu_factor(x), b), regular(3, 3), normal(3, 2)),
    case(
        "lu_solve from the right, transposed",
        lambda m, x, b: m.linalg.lu_solve(*m.linalg.lu_factor(x), b, left=False, adjoint=True),
        regular(3, 3),
        normal(2, 3),
    ),
    case("lu_unpack", lambda m, x: m.lu_unpack(*m.linalg.lu_factor(x))[1:], regular(3, 2)),
    case("householder_product", lambda m, x, t: m.linalg.householder_product(x, t), normal(4, 2), uniform(0.5, 1, 2)),
    case(
        "ormqr",
        lambda m, x, t, y: m.ormqr(x, t, y, transpose=True),
        fixed(normal(3, 2)),
        fixed(uniform(0.5, 1, 2)),
        normal(3, 2),
        torch="PyTorch has no second derivative",
    ),
    case("multi_dot", lambda m, *x: m.linalg.multi_dot(x), normal(2), normal(2, 5), normal(5, 3), normal(3, 1)),
    case("tensorinv", lambda m, x: m.linalg.tensorinv(x.reshape(2, 2, 4), 2), regular(4, 4)),
    case("tensorsolve", lambda m, x, b: m.linalg.tensorsolve(x.reshape(2, 2, 4), b), regular(4, 4), normal(2, 2)),
    case(
        "tensorsolve dims",
        lambda m, x, b: m.linalg.tensorsolve(x.reshape(2, 4, 2), b, (2, 0)),
        regular(4, 4),
        normal(4),
    ),
    case(
        "triangular_solve",
        lambda m, x, b: m.triangular_solve(b, x, transpose=True)[0],
        regular(3, 3),
        normal(3, 2),
        torch="warns",
    ),
    case("cholesky_inverse", lambda m, x: m.cholesky_inverse(m.tril(x)), definite(3)),
    case("cholesky_ex", lambda m, x: m.linalg.cholesky_ex(x @ x.mT)[0], definite(3)),
    case("inv_ex", lambda m, x: m.linalg.inv_ex(x)[0], regular(3, 3)),
    case("solve_ex", lambda m, x, b: m.linalg.solve_ex(x, b)[0], regular(3, 3), normal(3, 1)),
    case("cond", lambda m, x: m.linalg.cond(x), regular(3, 3)),
    case("cond 1", lambda m, x: m.linalg.cond(x, 1), regular(3, 3), torch="its backward fails in PyTorch"),
    case("vander", lambda m, x: m.linalg.vander(x, N=4), normal(2, 3)),
    case(
        "vander in NumPy's order",
        lambda m, x: m.vander(x, 4),
        normal(3),
        reference=lambda x: np.vander(x, 4),
        torch="its backward fails in PyTorch",
    ),
    case("vecdot", lambda m, x, y: m.linalg.vecdot(x, y, dim=0), normal(2, 3), normal(2, 3)),
    case("linalg.diagonal", lambda m, x: m.linalg.diagonal(x, offset=1), normal(2, 3, 3)),
    case("mH", lambda m, x: x.mH @ x[0].H, normal(2, 3, 3)),
    # statistics
    case("cov", lambda m, x: m.cov(x), normal(3, 5), reference=np.cov),
    case(
        "cov weighted",
        lambda m, x, f, a: m.cov(x, correction=0, fweights=f, aweights=a),
        normal(3, 5),
        integers(1, 4, 5),
        fixed(uniform(0.5, 1, 5)),
        reference=lambda x, f, a: np.cov(x, ddof=0, fweights=f, aweights=a),
    ),
    case("corrcoef", lambda m, x: m.corrcoef(x), normal(3, 5), reference=np.corrcoef),
    case("dist", lambda m, x, y: m.dist(x, y, 3), normal(3), normal(2, 3)),
    case("renorm", lambda m, x: m.renorm(x, 2, 0, 1.9), lambda rng: rng.uniform(0.5, 1, (3, 4)) * [[1], [2], [0.5]]),
    case("nanquantile", lambda m, x: m.nanquantile(x, 0.3, 1, interpolation="midpoint"), distinct(2, 5)),
    case("gradient", lambda m, x: m.gradient(x, spacing=0.5), normal(3, 4)),
    case(
        "gradient of coordinates",
        lambda m, x: m.gradient(x, spacing=(m.tensor([0.0, 1, 2.5, 3], dtype=x.dtype),), dim=1),
        normal(2, 4),
    ),
    case("gradient at edges", lambda m, x: m.gradient(x, dim=0, edge_order=2), normal(4, 2)),
    case(
        "cumulative_trapezoid",
        lambda m, y, x: m.cumulative_trapezoid(y, x),
        normal(2, 4),
        normal(4),
        reference=trapezoids,
    ),
    # parts replaced
    case("select_scatter", lambda m, x, y: m.select_scatter(x, y, 1, -1), normal(2, 3), normal(2)),
    case("slice_scatter", lambda m, x, y: m.slice_scatter(x, y, 1, 0, 3, 2), normal(2, 3), normal(2, 2)),
    case("diagonal_scatter", lambda m, x, y: m.diagonal_scatter(x, y, 1), normal(3, 3), normal(2)),
    case(
        "as_strided_scatter",
        lambda m, x, y: m.as_strided_scatter(x, y, (2, 2), (3, 1)),
        normal(2, 3),
        normal(2, 2),
        torch="PyTorch's gradient is that of the part replaced",
    ),
    case("put", lambda m, x, i, y: m.put(x, i, y), normal(2, 3), fixed_integers(1, -1, 0), normal(3)),
    case("put accumulate", lambda m, x, i, y: m.put(x, i, y, True), normal(2, 3), fixed_integers(1, 1, 0), normal(3)),
    *[
        case(
            f"index_reduce {how} {itself}",
            lambda m, x, i, y, how=how, itself=itself: m.index_reduce(x, 1, i, y, how, include_self=itself),
            distinct(2, 3),
            fixed_integers(0, 2, 2),
            lambda rng: distinct(2, 3)(rng) + 0.043,
            torch="PyTorch has no second derivative",
        )
        for how in ("prod", "mean", "amax", "amin")
        for itself in (True, False)
    ],
    case("as_strided", lambda m, x: m.as_strided(x * 1, (3, 2), (1, 2)), normal(5)),
    case("as_strided offset", lambda m, x: m.as_strided(x * 1, (2,), (2,), 1), normal(6)),
    case("view copies", lambda m, x: (m.t_copy(x), m.expand_copy(x[:, :1], (3, 4)), *m.split_copy(x, 2)), normal(3, 2)),
    case("rot90", lambda m, x: (m.rot90(x), m.rot90(x, -1, (1, 2)), m.rot90(x, 2)), normal(2, 3, 2)),
    case("block_diag", lambda m, x, y: m.block_diag(x, y, y[0]), normal(2, 3), normal(2)),
    case("combinations", lambda m, x: m.combinations(x, 2, True), normal(3)),
    case("splits", lambda m, x: (*m.split_with_sizes(x, [1, 2], 1), *x.hsplit(3), *x.vsplit(2)), normal(2, 3)),
    case("dsplit", lambda m, x: m.dsplit(x, [1]), normal(1, 2, 3)),
]
