"""Products of matrices and vectors, einsum."""

import numpy as np

from tests.ops.case import case, integers, normal


def einsum(equation, *shapes):
    return case(
        f"einsum {equation} {shapes}",
        lambda m, *xs: m.einsum(equation, *xs),
        *[normal(*s) for s in shapes],
        reference=lambda *xs: np.einsum(equation, *xs),
    )


def matmul(a, b):
    return case(f"matmul {a} {b}", lambda m, x, y: x @ y, normal(*a), normal(*b), reference=np.matmul)


CASES = [
    matmul((3,), (3,)),
    matmul((2, 3), (3,)),
    matmul((3,), (3, 2)),
    matmul((2, 3), (3, 4)),
    matmul((5, 2, 3), (3, 4)),
    matmul((2, 3), (5, 3, 4)),
    matmul((5, 2, 3), (5, 3, 4)),
    matmul((4, 1, 2, 3), (5, 3, 2)),
    matmul((3,), (5, 3, 2)),
    matmul((5, 2, 3), (3,)),
    matmul((1, 2, 3), (4, 3, 2)),
    case("matmul of transposed", lambda m, x, y: m.matmul(x.T, y.mT), normal(3, 2), normal(5, 4, 3)),
    case("matmul of expanded", lambda m, x, y: x.expand(2, 3) @ y, normal(1, 3), normal(3, 2)),
    case(
        "matmul ints",
        lambda m, i, j: i @ j,
        integers(-3, 4, 2, 3),
        integers(-3, 4, 3, 2),
        reference=np.matmul,
        differentiable=False,
    ),
    case("mm", lambda m, x, y: m.mm(x, y), normal(2, 3), normal(3, 4), reference=np.matmul),
    case("bmm", lambda m, x, y: m.bmm(x, y), normal(2, 3, 4), normal(2, 4, 1), reference=np.matmul),
    case("mv", lambda m, x, y: m.mv(x, y), normal(2, 3), normal(3), reference=np.matmul),
    case(
        "dot", lambda m, x, y: m.dot(x, y) * m.vdot(y, y), normal(3), normal(3), reference=lambda x, y: x @ y * (y @ y)
    ),
    case("inner", lambda m, x, y: m.inner(x, y), normal(2, 3), normal(4, 2, 3), reference=np.inner),
    case("inner number", lambda m, x, y: m.inner(x, y), normal(2, 3), normal(), reference=np.inner),
    case(
        "outer",
        lambda m, x, y: m.outer(x, y) - m.ger(y, x).T * 2,
        normal(2),
        normal(3),
        reference=lambda x, y: -np.outer(x, y),
    ),
    case(
        "addmm",
        lambda m, x, y, z: m.addmm(x, y, z, beta=0.5, alpha=2),
        normal(4),
        normal(2, 3),
        normal(3, 4),
        reference=lambda x, y, z: 0.5 * x + 2 * y @ z,
    ),
    case(
        "addmv",
        lambda m, x, y, z: m.addmv(x, y, z, alpha=-1),
        normal(2),
        normal(2, 3),
        normal(3),
        reference=lambda x, y, z: x - y @ z,
    ),
    case(
        "addr",
        lambda m, x, y, z: x.addr(y, z),
        normal(2, 3),
        normal(2),
        normal(3),
        reference=lambda x, y, z: x + np.outer(y, z),
    ),
    case(
        "baddbmm",
        lambda m, x, y, z: m.baddbmm(x, y, z),
        normal(2, 3, 1),
        normal(2, 3, 4),
        normal(2, 4, 1),
        reference=lambda x, y, z: x + y @ z,
    ),
    case(
        "addbmm",
        lambda m, x, y, z: m.addbmm(x, y, z),
        normal(3, 1),
        normal(2, 3, 4),
        normal(2, 4, 1),
        reference=lambda x, y, z: x + (y @ z).sum(0),
    ),
    case("kron", lambda m, x, y: m.kron(x, y), normal(2, 3), normal(2), reference=np.kron),
    case("trace", lambda m, x: m.trace(x), normal(2, 3), reference=np.trace),
    case("cross", lambda m, x, y: m.cross(x, y, dim=-1), normal(2, 3), normal(2, 3), reference=np.cross),
    case(
        "tensordot",
        lambda m, x, y: m.tensordot(x, y, dims=1),
        normal(2, 3),
        normal(3, 2, 2),
        reference=lambda x, y: np.tensordot(x, y, 1),
    ),
    case(
        "tensordot dims",
        lambda m, x, y: m.tensordot(x, y, dims=([0, -1], [2, 1])),
        normal(2, 3, 4),
        normal(3, 4, 2),
        reference=lambda x, y: np.tensordot(x, y, ([0, -1], [2, 1])),
    ),
    case(
        "tensordot none", lambda m, x, y: m.tensordot(x, y, dims=0), normal(2), normal(3), reference=np.multiply.outer
    ),
    case(
        "chain_matmul",
        lambda m, x, y, z: m.chain_matmul(x, y, z),
        normal(2, 5),
        normal(5, 3),
        normal(3, 1),
        reference=lambda x, y, z: x @ y @ z,
        torch="deprecated there",
    ),
    einsum("ij,jk->ik", (2, 3), (3, 4)),
    einsum("ij,jk", (2, 3), (3, 4)),
    einsum("ij->ji", (2, 3)),
    einsum("ba", (2, 3)),
    einsum("ij->", (2, 3)),
    einsum("ii", (3, 3)),
    einsum("ii->i", (3, 3)),
    einsum("iij->j", (2, 2, 3)),
    einsum("iii->i", (3, 3, 3)),
    einsum("i,j->ij", (2,), (3,)),
    einsum("i,i", (3,), (3,)),
    einsum("bij,bjk->bik", (2, 3, 2), (2, 2, 4)),
    einsum("bij,kj->bki", (2, 3, 4), (5, 4)),
    einsum("...ij,...jk->...ik", (2, 1, 3, 2), (4, 2, 3)),
    einsum("i...,i...->...", (3, 2), (3, 2)),
    einsum("...,...", (2, 3), (3,)),
    einsum("bn,anm,bm->ba", (2, 3), (4, 3, 5), (2, 5)),
    einsum("ij,ij->ij", (2, 3), (2, 3)),
    einsum("ij,kl->", (2, 3), (2, 2)),
    einsum("ab,bc,cd,de->ae", (2, 3), (3, 2), (2, 4), (4, 2)),
    einsum("ij,ij->ij", (2, 3), (1, 3)),
    einsum("ij,j->i", (2, 3), (1,)),
    einsum("bhqd,bhkd->bhqk", (2, 2, 3, 4), (2, 2, 5, 4)),
    einsum("ii,jj->ij", (2, 2), (3, 3)),
    einsum(",ij->ij", (), (2, 3)),
    einsum("A,a->aA", (2,), (3,)),
    case(
        "einsum sublists",
        lambda m, x, y: m.einsum(x, [0, 1], y, [1, 2], [2, 0]),
        normal(2, 3),
        normal(3, 4),
        reference=lambda x, y: (x @ y).T,
    ),
    case(
        "einsum sublists with ellipsis",
        lambda m, x, y: m.einsum(x, [..., 0], y, [0], [...]),
        normal(2, 3),
        normal(3),
        reference=lambda x, y: x @ y,
    ),
    case("einsum list", lambda m, x, y: m.einsum("i,i->i", [x, y]), normal(3), normal(3), reference=np.multiply),
]
