"""The largest parts of a matrix, by random projections."""

from __future__ import annotations

from typing import Any

from minigrad.core.array_attributes import as_int
from minigrad.core.generator import get_generator
from minigrad.core.tensor import Tensor
from minigrad.ops.declare.operation import Operand
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.decompositions import qr, raw, svd
from minigrad.ops.linalg import matmul
from minigrad.ops.shape import adjoint

__all__ = ["pca_lowrank", "svd_lowrank"]


def _basis(A: Any, count: int, niter: int) -> Any:
    """Return orthonormal columns that nearly span the range of `A` (Halko, Martinsson, Tropp, 2011, algorithm 4.4)."""
    omega = get_generator().gaussian((*A.shape[:-2], A.shape[-1], count), raw(A).dtype)
    Q = qr(matmul(A, Tensor._wrap(omega))).Q
    for _ in range(niter):
        Q = qr(matmul(adjoint(A), Q)).Q
        Q = qr(matmul(A, Q)).Q
    return Q


@rounded_once
def svd_lowrank(A: Operand, q: int | None = 6, niter: int | None = 2, M: Operand | None = None) -> tuple[Tensor, ...]:
    r"""Return U, S and V of the `q` largest singular values of ``A - M``, nearly, by random projections.

    Parameters
    ----------
    A : Tensor of shape (\*, m, n)
    q : int, default 6
    niter : int, default 2
        Power iterations: more are more exact.
    M : Tensor that broadcasts to `A`, optional

    Examples
    --------
    >>> U, S, V = mg.svd_lowrank(mg.tensor([[3.0, 0.0], [0.0, 0.0]]), q=1)
    >>> S.round()
    tensor([3.])
    """
    A = A if M is None else A - M
    *_, m, n = A.shape
    if m < n:
        V, S, U = svd_lowrank(adjoint(A), q, niter)
        return U, S, V
    Q = _basis(A, min(6 if q is None else as_int("svd_lowrank", "q", q), n), 2 if niter is None else niter)
    U, S, Vh = svd(matmul(adjoint(Q), A), full_matrices=False)
    return matmul(Q, U), S, adjoint(Vh)


@rounded_once
def pca_lowrank(A: Operand, q: int | None = None, center: bool = True, niter: int = 2) -> tuple[Tensor, ...]:
    r"""Return U, S and V of the `q` largest principal components of the rows of `A`, by random projections.

    Parameters
    ----------
    A : Tensor of shape (\*, m, n)
    q : int, optional
        By default 6, or the smaller of m and n.
    center : bool, default True
        Subtract the mean of each column.

    Raises
    ------
    ValueError
        If `q` is not between 0 and the smaller of m and n.

    Examples
    --------
    >>> mg.pca_lowrank(mg.tensor([[1.0, 0.0], [3.0, 0.0]]), q=1)[1].square().round()
    tensor([2.])
    """
    m, n = A.shape[-2:]
    count = min(6, m, n) if q is None else as_int("pca_lowrank", "q", q)
    if not 0 <= count <= min(m, n):
        raise ValueError(f"pca_lowrank: expected q between 0 and {min(m, n)}, got {q}")
    return svd_lowrank(A - A.mean(-2, keepdim=True) if center else A, count, niter)
