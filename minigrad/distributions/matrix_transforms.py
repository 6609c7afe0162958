"""Transforms of vectors and matrices: onto the simplex, triangles, correlations, positive definite matrices."""

from __future__ import annotations

from typing import Any

import minigrad as mg
from minigrad.core.tensor import Tensor
from minigrad.distributions import constraints
from minigrad.distributions.transform import Transform
from minigrad.distributions.utils import tril_matrix_to_vec, vec_to_tril_matrix

__all__ = [
    "CorrCholeskyTransform", "LowerCholeskyTransform", "PositiveDefiniteTransform", "SoftmaxTransform",
    "StickBreakingTransform",
]  # fmt: skip


class _Plain(Transform):
    """A transform without parameters: all of one class are equal."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    __hash__ = object.__hash__


class SoftmaxTransform(_Plain):
    """Exponentials divided by their sum. Its inverse is one of many, the logarithms."""

    domain = constraints.real_vector
    codomain = constraints.simplex

    def _call(self, x: Tensor) -> Tensor:
        return mg.softmax(x, -1)

    def _inverse(self, y: Tensor) -> Tensor:
        return y.log()

    def forward_shape(self, shape: Any) -> mg.Size:
        """Return the shape itself, which must have a dimension."""
        if len(shape) < 1:
            raise ValueError(f"{type(self).__name__}: expected at least 1 dimension, got shape {tuple(shape)}")
        return mg.Size(shape)

    inverse_shape = forward_shape


class StickBreakingTransform(_Plain):
    """Vectors of k numbers become probabilities of k + 1: each breaks its share off what is left of a stick.

    Examples
    --------
    >>> mg.distributions.StickBreakingTransform()(mg.zeros(2))
    tensor([0.3333, 0.3333, 0.3333])
    """

    domain = constraints.real_vector
    codomain = constraints.simplex
    bijective = True

    @staticmethod
    def _offset(x: Tensor, count: int) -> Tensor:
        return mg.arange(count, 0, -1, dtype=x.dtype)

    def _call(self, x: Tensor) -> Tensor:
        share = mg.special.expit(x - self._offset(x, x.shape[-1]).log())
        left = (1 - share).cumprod(-1)
        pad = mg.nn.functional.pad
        return pad(share, (0, 1), value=1.0) * pad(left, (1, 0), value=1.0)

    def _inverse(self, y: Tensor) -> Tensor:
        cropped = y[..., :-1]
        left = (1 - cropped.cumsum(-1)).clamp(min=float(mg.finfo(y.dtype).tiny))
        return cropped.log() - left.log() + self._offset(y, cropped.shape[-1]).log()

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Any:
        """Return the logarithm of the determinant: the matrix is triangular."""
        x = x - self._offset(x, x.shape[-1]).log()
        return (-x + mg.nn.functional.logsigmoid(x) + y[..., :-1].log()).sum(-1)

    def forward_shape(self, shape: Any) -> mg.Size:
        """Return the shape with a last dimension that is longer by 1."""
        if len(shape) < 1:
            raise ValueError(f"StickBreakingTransform: expected at least 1 dimension, got shape {tuple(shape)}")
        return mg.Size((*shape[:-1], shape[-1] + 1))

    def inverse_shape(self, shape: Any) -> mg.Size:
        """Return the shape with a last dimension that is shorter by 1."""
        if len(shape) < 1:
            raise ValueError(f"StickBreakingTransform: expected at least 1 dimension, got shape {tuple(shape)}")
        return mg.Size((*shape[:-1], shape[-1] - 1))


class LowerCholeskyTransform(_Plain):
    """Matrices become lower triangular ones, whose diagonals are exponentials."""

    domain = constraints.independent(constraints.real, 2)
    codomain = constraints.lower_cholesky

    def _call(self, x: Tensor) -> Tensor:
        return x.tril(-1) + x.diagonal(dim1=-2, dim2=-1).exp().diag_embed()

    def _inverse(self, y: Tensor) -> Tensor:
        return y.tril(-1) + y.diagonal(dim1=-2, dim2=-1).log().diag_embed()


class PositiveDefiniteTransform(_Plain):
    """Matrices become positive definite ones, by way of their Cholesky factors."""

    domain = constraints.independent(constraints.real, 2)
    codomain = constraints.positive_definite

    def _call(self, x: Tensor) -> Tensor:
        factor = LowerCholeskyTransform()(x)
        return factor @ factor.mT

    def _inverse(self, y: Tensor) -> Tensor:
        return LowerCholeskyTransform().inv(mg.linalg.cholesky(y))


class CorrCholeskyTransform(_Plain):
    """Vectors of ``n * (n - 1) / 2`` numbers become Cholesky factors of matrices of correlations.

    Their tanh are the partial correlations, row by row (Lewandowski, Kurowicka, Joe, 2009).

    Examples
    --------
    >>> mg.distributions.CorrCholeskyTransform()(mg.zeros(1))
    tensor([[1., 0.],
            [0., 1.]])
    """

    domain = constraints.real_vector
    codomain = constraints.corr_cholesky
    bijective = True

    def _call(self, x: Tensor) -> Tensor:
        eps = float(mg.finfo(x.dtype).eps)
        r = vec_to_tril_matrix(mg.tanh(x).clamp(min=-1 + eps, max=1 - eps), diag=-1)
        left = (1 - r**2).sqrt().cumprod(-1)
        r = r + mg.eye(r.shape[-1], dtype=r.dtype)
        return r * mg.nn.functional.pad(left[..., :-1], [1, 0], value=1)

    def _inverse(self, y: Tensor) -> Tensor:
        left = mg.nn.functional.pad((1 - (y * y).cumsum(-1))[..., :-1], [1, 0], value=1)
        vector = tril_matrix_to_vec(y, diag=-1)
        t = vector / tril_matrix_to_vec(left, diag=-1).sqrt()
        return (t.log1p() - t.neg().log1p()) / 2

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Any:
        """Return the logarithm of the determinant."""
        left = 1 - (y * y).cumsum(-1)
        stretch = 0.5 * tril_matrix_to_vec(left, diag=-2).log().sum(-1)
        slopes = -2 * (x + mg.nn.functional.softplus(-2 * x) - mg.log(mg.tensor(2.0, dtype=x.dtype))).sum(-1)
        return stretch + slopes

    def forward_shape(self, shape: Any) -> mg.Size:
        """Return the shape of the matrices."""
        if len(shape) < 1:
            raise ValueError("CorrCholeskyTransform: expected at least 1 dimension")
        n = round((0.25 + 2 * shape[-1]) ** 0.5 + 0.5)
        if n * (n - 1) // 2 != shape[-1]:
            raise ValueError(f"CorrCholeskyTransform: no matrix has {shape[-1]} elements below its diagonal")
        return mg.Size((*shape[:-1], n, n))

    def inverse_shape(self, shape: Any) -> mg.Size:
        """Return the shape of the vectors."""
        if len(shape) < 2 or shape[-2] != shape[-1]:
            raise ValueError(f"CorrCholeskyTransform: expected square matrices, got shape {tuple(shape)}")
        return mg.Size((*shape[:-2], shape[-1] * (shape[-1] - 1) // 2))
