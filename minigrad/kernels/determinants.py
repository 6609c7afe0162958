"""The derivatives of determinants, which exist for singular matrices, too, though the inverse does not.

With ``A = U diag(s) V.T`` the cofactors are ``det(U) det(V) U diag(p) V.T``, p being the products of all singular
values but one: nothing is divided.
"""

from __future__ import annotations

import numpy as np

__all__ = ["cofactors", "cofactor_slope", "inverse_or_inf"]


def _others(s: np.ndarray) -> np.ndarray:
    """Return the product of all other elements for each place in the last dimension."""
    ones = np.ones((*s.shape[:-1], 1), s.dtype)
    before = np.cumprod(np.concatenate([ones, s[..., :-1]], -1), -1)
    after = np.cumprod(np.concatenate([ones, s[..., :0:-1]], -1), -1)[..., ::-1]
    return before * after


def _parts(A: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return U, s, V.T in float64 and the determinant's sign where no s is 0; s is nan for what has nan."""
    finite = np.isfinite(A).all(axis=(-2, -1), keepdims=True)  # LAPACK gives up a whole batch for one that isn't
    u, s, vh = np.linalg.svd(np.where(finite, A, 0).astype(np.float64, copy=False))
    s = np.where(finite[..., 0], s, np.nan)
    return u, s, vh, np.rint(np.linalg.det(u) * np.linalg.det(vh))[..., None, None]


def cofactors(A: np.ndarray) -> np.ndarray:
    """Return the gradient of the determinant: the transposed adjugate."""
    if not A.size:
        return A.copy()
    try:
        exact = A.astype(np.float64, copy=False)
        inverse = np.linalg.inv(exact)
        sizes = [np.abs(x).sum(axis=-1).max(axis=-1) for x in (exact, inverse)]
        if (sizes[0] * sizes[1] < np.finfo(np.float64).eps ** -0.5).all():
            return np.asarray(np.linalg.det(exact)[..., None, None] * inverse.swapaxes(-1, -2), A.dtype)
    except np.linalg.LinAlgError:
        pass
    u, s, vh, sign = _parts(A)
    gradient: np.ndarray = sign * (u * _others(s)[..., None, :]) @ vh
    return gradient.astype(A.dtype, copy=False)


def inverse_or_inf(A: np.ndarray) -> np.ndarray:
    """Return the inverse, or where there is none its limit: inf with the signs of the cofactors."""
    try:
        return np.linalg.inv(A)
    except np.linalg.LinAlgError:
        if A.ndim > 2:  # one by one: a singular matrix leaves the others as they are
            return np.stack([inverse_or_inf(matrix) for matrix in A])
        return np.asarray(cofactors(A).T / np.linalg.det(A), A.dtype)


def cofactor_slope(x: np.ndarray, A: np.ndarray) -> np.ndarray:
    """Return the second derivative of the determinant applied to `x`: the gradient of ``(x * cofactors(A)).sum()``."""
    if not A.size:
        return A.copy()
    u, s, vh, sign = _parts(A)
    n = s.shape[-1]
    diagonal = np.eye(n, dtype=bool)
    pairs = np.where(diagonal, 0, _others(np.where(diagonal, 1, s[..., None, :])))  # products of all but two
    turned = u.swapaxes(-1, -2) @ x @ vh.swapaxes(-1, -2)
    inner = -(pairs * turned).swapaxes(-1, -2)
    own = np.einsum("...ii->...i", turned)
    inner[..., diagonal] = (pairs * own[..., None, :]).sum(axis=-1)
    return np.asarray(sign * (u @ inner @ vh), A.dtype)
