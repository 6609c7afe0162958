"""Equations, inverses, determinants, decompositions; symmetric matrices are made symmetric inside the expressions."""

import numpy as np

from minigrad.ops import solving
from tests.ops.case import case, normal


def regular(*batch):
    """Matrices whose singular values are far from 0 and from each other."""
    return lambda rng: rng.standard_normal((*batch, 3, 3)) * 0.3 + np.diag([1.0, 2.0, 3.0])


def symmetric(A):
    return A + A.swapaxes(-2, -1)


def positive(A):
    return A @ A.swapaxes(-2, -1)


def reconstructed(m, A):
    """Functions of the singular vectors that do not depend on their signs."""
    u, s, vh = m.linalg.svd(A, full_matrices=False)
    return (u * s.sqrt()[..., None, :]) @ vh, u**2, vh.abs()


def whole(m, A):
    """Functions of square U and V: of the columns that the matrix determines, but for their signs."""
    u, s, vh = m.linalg.svd(A)
    k = s.shape[-1]
    return u[..., :k].abs(), vh[..., :k, :].abs()


def twice_differentiated(H, A):
    """How the cofactors change if A does by H: they are linear in each of the elements."""
    step = 0.5
    cofactors = [
        np.linalg.det(M)[..., None, None] * np.linalg.inv(M).swapaxes(-1, -2) for M in (A + H * step, A - H * step)
    ]
    return (cofactors[0] - cofactors[1]) / (2 * step)


CASES = [
    case("solve", lambda m, A, B: m.linalg.solve(A, B), regular(2), normal(2, 3, 4), reference=np.linalg.solve),
    case("solve vector", lambda m, A, b: m.linalg.solve(A, b), regular(), normal(3)),
    case("solve vectors", lambda m, A, b: m.linalg.solve(A, b), regular(2), normal(2, 3)),
    case("solve broadcast", lambda m, A, B: m.linalg.solve(A, B), regular(), normal(2, 3, 2)),
    case("solve right", lambda m, A, B: m.linalg.solve(A, B, left=False), regular(), normal(2, 3)),
    case(
        "solve_triangular",
        lambda m, A, B: m.linalg.solve_triangular(A, B, upper=True),
        regular(),
        normal(3, 2),
        reference=lambda A, B: np.linalg.solve(np.triu(A), B),
    ),
    case(
        "solve_triangular unit",
        lambda m, A, B: m.linalg.solve_triangular(A, B, upper=False, unitriangular=True),
        regular(),
        normal(3, 2),
    ),
    case(
        "solve_triangular right",
        lambda m, A, B: m.linalg.solve_triangular(A, B, upper=True, left=False),
        regular(),
        normal(2, 3),
    ),
    case("cholesky_solve", lambda m, B, L: m.cholesky_solve(B, L.tril()), normal(3, 2), regular()),
    case("cholesky_solve upper", lambda m, B, L: m.cholesky_solve(B, L.triu(), upper=True), normal(3, 2), regular()),
    case("inv", lambda m, A: m.linalg.inv(A), regular(2), reference=np.linalg.inv),
    case("det", lambda m, A: m.linalg.det(A), regular(2), reference=np.linalg.det),
    case("det of one", lambda m, A: m.det(A), regular()),
    case("det of a singular one", lambda m, A: m.linalg.det(A[:, :2] @ A[:2, :]), regular()),
    case(
        "second derivative of det",
        lambda m, H, A: solving._cofactor_slope(H, A),
        normal(2, 3, 3),
        regular(2),
        reference=twice_differentiated,
        torch="it has no such function",
    ),
    case("slogdet with its sign", lambda m, A: m.linalg.slogdet(-A), regular(3)),
    case("slogdet", lambda m, A: m.linalg.slogdet(-A)[1], regular(2), reference=lambda A: np.linalg.slogdet(A)[1]),
    case("logdet", lambda m, A: m.logdet(positive(A)), regular()),
    case("cholesky", lambda m, A: m.linalg.cholesky(positive(A)), regular(2)),
    case("cholesky upper", lambda m, A: m.linalg.cholesky(positive(A), upper=True), regular()),
    case("qr", lambda m, A: tuple(m.linalg.qr(A)), normal(2, 4, 3)),
    case("qr wide", lambda m, A: tuple(m.linalg.qr(A)), normal(2, 3)),
    case("eigh", lambda m, A: (m.linalg.eigh(symmetric(A))[0], m.linalg.eigh(symmetric(A))[1] ** 2), regular(2)),
    case("eigvalsh", lambda m, A: m.linalg.eigvalsh(symmetric(A), UPLO="U"), regular()),
    case("svd", reconstructed, regular(2)),
    case("svd tall", reconstructed, normal(4, 2)),
    case("svd wide", reconstructed, normal(2, 4)),
    case("svdvals", lambda m, A: m.linalg.svdvals(A), normal(3, 2)),
    case("svd full", lambda m, A: m.linalg.svd(A)[1], normal(3, 2)),
    case("svd full tall", whole, normal(2, 4, 2)),
    case("svd full wide", whole, normal(2, 4)),
    case("pinv of rank 2", lambda m, A: m.linalg.pinv(A[:, :2] @ A[:2, :]), regular()),
    case("nuclear norm", lambda m, A: m.linalg.matrix_norm(A, "nuc"), regular(2)),
    case("spectral norms", lambda m, A: (m.linalg.norm(A, 2), m.linalg.norm(A, -2)), normal(3, 2)),
    case("eigh lower case", lambda m, A: m.linalg.eigh(symmetric(A), UPLO="u")[0], regular()),
    case("pinv", lambda m, A: m.linalg.pinv(A), normal(4, 2), reference=np.linalg.pinv),
    case("lstsq", lambda m, A, B: m.linalg.lstsq(A, B)[0], normal(4, 2), normal(4, 3)),
    case("matrix_power", lambda m, A: m.linalg.matrix_power(A, 5), regular()),
    case("matrix_power negative", lambda m, A: m.matrix_power(A, -2), regular(2)),
    case("matrix_power zero", lambda m, A: m.matrix_power(A, 0), regular()),
    case("matrix_rank", lambda m, A: m.linalg.matrix_rank(A[:, :1] * A[:1]), regular(), differentiable=False),
]
