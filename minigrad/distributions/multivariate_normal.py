"""Laws of vectors and matrices: MultivariateNormal, LowRankMultivariateNormal, Wishart, LKJCholesky."""

from __future__ import annotations

import math
from typing import Any

import minigrad as mg
from minigrad.core.tensor import Tensor
from minigrad.distributions import constraints
from minigrad.distributions.distribution import Distribution
from minigrad.distributions.exp_family import ExponentialFamily
from minigrad.distributions.gamma import Beta, Chi2
from minigrad.distributions.utils import broadcast_shapes, lazy_property

__all__ = ["LKJCholesky", "LowRankMultivariateNormal", "MultivariateNormal", "Wishart"]

_MATRIX: Any = {
    "covariance_matrix": constraints.positive_definite,
    "precision_matrix": constraints.positive_definite,
    "scale_tril": constraints.lower_cholesky,
}


def half_log_det(tril: Tensor) -> Tensor:
    """Return the logarithm of a triangular matrix' determinant."""
    return tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)


def mahalanobis(tril: Tensor, x: Tensor) -> Tensor:
    """Return the square of the length of ``tril ** -1 @ x``, vectors in the last dimension."""
    shape = broadcast_shapes(tril.shape[:-1], x.shape)
    tril = tril.expand((*shape, shape[-1]))
    solved = mg.linalg.solve_triangular(tril, x.expand(shape).unsqueeze(-1), upper=False)
    return (solved**2).sum((-2, -1))


def tril_of_precision(precision: Tensor) -> Tensor:
    """Return the Cholesky factor of the inverse of `precision`."""
    return mg.linalg.cholesky(mg.linalg.inv(precision))


class _OfMatrix(Distribution):
    """A law that a positive definite matrix, its inverse or its Cholesky factor parametrizes."""

    _unbroadcasted_scale_tril: Tensor

    def _choose(self, name: str, first: Tensor, matrices: dict[str, Any], dims: int) -> mg.Size:
        """Keep the one matrix that is given, and `first`, of `dims` dimensions, broadcast; return the batch shape."""
        given = {k: v for k, v in matrices.items() if v is not None}
        if len(given) != 1:
            raise ValueError(f"{type(self).__name__}: expected exactly one of {', '.join(matrices)}, got {len(given)}")
        ((kind, matrix),) = given.items()
        if matrix.dim() < 2:
            raise ValueError(
                f"{type(self).__name__}: expected {kind} to have at least 2 dimensions, got {matrix.dim()}"
            )
        batch = broadcast_shapes(matrix.shape[:-2], first.shape[: first.ndim - dims])
        setattr(self, kind, matrix.expand((*batch, *matrix.shape[-2:])))
        setattr(self, name, first.expand((*batch, *first.shape[first.ndim - dims :])))
        return batch

    def _factor(self) -> Tensor:
        """Return the Cholesky factor of the matrix that was given."""
        if "scale_tril" in vars(self):
            return self.scale_tril
        if "covariance_matrix" in vars(self):
            return mg.linalg.cholesky(self.covariance_matrix)
        return tril_of_precision(self.precision_matrix)

    @lazy_property
    def scale_tril(self) -> Tensor:
        """The Cholesky factor of the covariance."""
        return self._unbroadcasted_scale_tril.expand((*self._batch_shape, *self._unbroadcasted_scale_tril.shape[-2:]))

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        """The covariance."""
        tril = self._unbroadcasted_scale_tril
        return (tril @ tril.mT).expand((*self._batch_shape, *tril.shape[-2:]))

    @lazy_property
    def precision_matrix(self) -> Tensor:
        """The inverse of the covariance."""
        tril = self._unbroadcasted_scale_tril
        return mg.cholesky_inverse(tril) if hasattr(mg, "cholesky_inverse") else mg.linalg.inv(tril @ tril.mT)


class MultivariateNormal(_OfMatrix):
    """The normal distribution of vectors of mean `loc`; exactly one of the three matrices is given.

    Examples
    --------
    >>> d = mg.distributions.MultivariateNormal(mg.zeros(2), mg.eye(2))
    >>> d.log_prob(mg.zeros(2))
    tensor(-1.8379)
    """

    arg_constraints: Any = {"loc": constraints.real_vector, **_MATRIX}
    event_dims = {
        "loc": 1, "covariance_matrix": 2, "precision_matrix": 2, "scale_tril": 2, "_unbroadcasted_scale_tril": 2,
    }  # fmt: skip
    support = constraints.real_vector
    has_rsample = True
    loc: Tensor

    def __init__(
        self,
        loc: Tensor,
        covariance_matrix: Any = None,
        precision_matrix: Any = None,
        scale_tril: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        if loc.dim() < 1:
            raise ValueError("MultivariateNormal: expected loc to have at least 1 dimension")
        matrices = {
            "covariance_matrix": covariance_matrix,
            "scale_tril": scale_tril,
            "precision_matrix": precision_matrix,
        }
        batch = self._choose("loc", loc, matrices, 1)
        super().__init__(batch, self.loc.shape[-1:], validate_args)
        self._unbroadcasted_scale_tril = self._factor()

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return self.loc

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        return self.loc

    @property
    def variance(self) -> Tensor:
        """The variance of each element."""
        return (self._unbroadcasted_scale_tril**2).sum(-1).expand(self._batch_shape + self._event_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw with gradients for the parameters."""
        eps = mg.randn(self._extended_shape(sample_shape), dtype=self.loc.dtype)
        return self.loc + (self._unbroadcasted_scale_tril @ eps.unsqueeze(-1)).squeeze(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        square = mahalanobis(self._unbroadcasted_scale_tril, self._checked(value) - self.loc)
        log_det = half_log_det(self._unbroadcasted_scale_tril)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + square) - log_det

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        half = half_log_det(self._unbroadcasted_scale_tril)
        return (0.5 * self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + half).expand(self._batch_shape)


class LowRankMultivariateNormal(Distribution):
    """The normal distribution of vectors whose covariance is ``cov_factor @ cov_factor.T + diag(cov_diag)``.

    Examples
    --------
    >>> d = mg.distributions.LowRankMultivariateNormal(mg.zeros(2), mg.tensor([[1.0], [0.0]]), mg.ones(2))
    >>> d.covariance_matrix
    tensor([[2., 0.],
            [0., 1.]])
    """

    arg_constraints: Any = {
        "loc": constraints.real_vector,
        "cov_factor": constraints.independent(constraints.real, 2),
        "cov_diag": constraints.independent(constraints.positive, 1),
    }
    event_dims = {"loc": 1, "cov_factor": 2, "cov_diag": 1}
    support = constraints.real_vector
    has_rsample = True

    def __init__(self, loc: Tensor, cov_factor: Tensor, cov_diag: Tensor, validate_args: bool | None = None) -> None:
        if loc.dim() < 1:
            raise ValueError("LowRankMultivariateNormal: expected loc to have at least 1 dimension")
        n = loc.shape[-1:]
        if cov_factor.dim() < 2 or cov_factor.shape[-2:-1] != n:
            raise ValueError(
                f"LowRankMultivariateNormal: expected cov_factor of {n[0]} rows, got {tuple(cov_factor.shape)}"
            )
        if cov_diag.shape[-1:] != n:
            raise ValueError(
                f"LowRankMultivariateNormal: expected cov_diag of length {n[0]}, got {tuple(cov_diag.shape)}"
            )
        try:
            batch = broadcast_shapes(loc.shape[:-1], cov_factor.shape[:-2], cov_diag.shape[:-1])
        except RuntimeError:
            raise ValueError("LowRankMultivariateNormal: the batch shapes of the parameters do not broadcast") from None
        self.loc = loc.expand((*batch, *n))
        self.cov_factor = cov_factor.expand((*batch, *cov_factor.shape[-2:]))
        self.cov_diag = cov_diag.expand((*batch, *n))
        super().__init__(batch, n, validate_args)

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return self.loc

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        return self.loc

    @lazy_property
    def variance(self) -> Tensor:
        """The variance of each element."""
        return (self.cov_factor**2).sum(-1) + self.cov_diag

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        """The covariance."""
        return self.cov_factor @ self.cov_factor.mT + mg.diag_embed(self.cov_diag)

    @lazy_property
    def scale_tril(self) -> Tensor:
        """The Cholesky factor of the covariance."""
        return mg.linalg.cholesky(self.covariance_matrix)

    @lazy_property
    def precision_matrix(self) -> Tensor:
        """The inverse of the covariance, by Woodbury's formula."""
        scaled = self.cov_factor.mT / self.cov_diag.unsqueeze(-2)
        solved = mg.linalg.solve(self.capacitance(), scaled)
        return mg.diag_embed(self.cov_diag.reciprocal()) - scaled.mT @ solved

    def capacitance(self) -> Tensor:
        """Return ``1 + cov_factor.T @ diag(cov_diag) ** -1 @ cov_factor``: as small as the rank."""
        w = self.cov_factor
        small = w.mT @ (w / self.cov_diag.unsqueeze(-1))
        return small + mg.eye(w.shape[-1], dtype=w.dtype)

    def log_det(self) -> Tensor:
        """Return the logarithm of the covariance's determinant."""
        return 2 * half_log_det(mg.linalg.cholesky(self.capacitance())) + self.cov_diag.log().sum(-1)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw with gradients for the parameters."""
        shape = self._extended_shape(sample_shape)
        small = mg.randn((*shape[:-1], self.cov_factor.shape[-1]), dtype=self.loc.dtype)
        large = mg.randn(shape, dtype=self.loc.dtype)
        return self.loc + (self.cov_factor @ small.unsqueeze(-1)).squeeze(-1) + self.cov_diag.sqrt() * large

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        diff = self._checked(value) - self.loc
        scaled = ((self.cov_factor / self.cov_diag.unsqueeze(-1)).mT @ diff.unsqueeze(-1)).squeeze(-1)
        square = (diff**2 / self.cov_diag).sum(-1) - mahalanobis(mg.linalg.cholesky(self.capacitance()), scaled)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + self.log_det() + square)

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        return 0.5 * (self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + self.log_det())


class Wishart(_OfMatrix, ExponentialFamily):
    """Wishart's distribution of positive definite matrices, of `df` degrees of freedom.

    Its draws are made by Bartlett's decomposition.

    Examples
    --------
    >>> mg.distributions.Wishart(mg.tensor(3.0), mg.eye(2)).mean
    tensor([[3., 0.],
            [0., 3.]])
    """

    arg_constraints: Any = {"df": constraints.greater_than(0), **_MATRIX}
    event_dims = {
        "df": 0, "covariance_matrix": 2, "precision_matrix": 2, "scale_tril": 2, "_unbroadcasted_scale_tril": 2,
    }  # fmt: skip
    support = constraints.positive_definite
    has_rsample = True
    _mean_carrier_measure = 0.0
    df: Tensor

    def __init__(
        self,
        df: Any,
        covariance_matrix: Any = None,
        precision_matrix: Any = None,
        scale_tril: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        matrices = {
            "covariance_matrix": covariance_matrix,
            "precision_matrix": precision_matrix,
            "scale_tril": scale_tril,
        }
        like = next((m for m in matrices.values() if m is not None), None)
        if like is None:
            raise ValueError("Wishart: expected exactly one of covariance_matrix, precision_matrix, scale_tril, got 0")
        df = df if isinstance(df, Tensor) and df.is_floating_point() else mg.as_tensor(df, dtype=like.dtype)
        batch = self._choose("df", df, matrices, 0)
        shape = like.shape[-2:]
        if bool((self.df <= shape[-1] - 1).any()):
            raise ValueError(f"Wishart: expected df greater than {shape[-1] - 1}, got {df}")
        super().__init__(batch, shape, validate_args)
        self._unbroadcasted_scale_tril = self._factor()

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return self.df.view((*self._batch_shape, 1, 1)) * self.covariance_matrix

    @property
    def mode(self) -> Tensor:
        """The most probable matrix; nan where there is none."""
        factor = self.df - self.covariance_matrix.shape[-1] - 1
        factor = mg.where(factor <= 0, math.nan, factor)
        return factor.view((*self._batch_shape, 1, 1)) * self.covariance_matrix

    @property
    def variance(self) -> Tensor:
        """The variance of each element."""
        v = self.covariance_matrix
        diagonal = v.diagonal(dim1=-2, dim2=-1)
        outer = diagonal.unsqueeze(-1) * diagonal.unsqueeze(-2)
        return self.df.view((*self._batch_shape, 1, 1)) * (v**2 + outer)

    def rsample(self, sample_shape: Any = (), max_try_correction: Any = None) -> Tensor:
        """Draw with gradients for the parameters."""
        shape, p = self._extended_shape(sample_shape), self._event_shape[-1]
        df = self.df.unsqueeze(-1) - mg.arange(p, dtype=self.df.dtype)
        roots = Chi2(df.expand(shape[:-1]), validate_args=False).rsample().clamp(min=float(mg.finfo(df.dtype).tiny))
        noise = mg.randn(shape, dtype=df.dtype).tril(-1) + mg.diag_embed(roots.sqrt())
        chol = self._unbroadcasted_scale_tril @ noise
        return chol @ chol.mT

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        self._checked(value)
        p, nu = self._event_shape[-1], self.df
        trace = mg.linalg.solve(self.covariance_matrix, value).diagonal(dim1=-2, dim2=-1).sum(-1)
        return (
            -nu * (p * math.log(2) / 2 + half_log_det(self._unbroadcasted_scale_tril))
            - mg.mvlgamma(nu / 2, p)
            + (nu - p - 1) / 2 * mg.linalg.slogdet(value)[1]
            - trace / 2
        )

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        p, nu = self._event_shape[-1], self.df
        digammas = mg.digamma((nu.unsqueeze(-1) - mg.arange(p, dtype=nu.dtype)) / 2).sum(-1)
        return (
            (p + 1) * (p * math.log(2) / 2 + half_log_det(self._unbroadcasted_scale_tril))
            + mg.mvlgamma(nu / 2, p)
            - (nu - p - 1) / 2 * digammas
            + nu * p / 2
        )


class LKJCholesky(Distribution):
    """The distribution of Cholesky factors of matrices of correlations whose density is ``det ** (concentration - 1)``.

    It is drawn by the onion method (Lewandowski, Kurowicka, Joe, Generating random correlation matrices, 2009).

    Examples
    --------
    >>> mg.distributions.LKJCholesky(3, 0.5).sample().shape
    Size([3, 3])
    """

    arg_constraints: Any = {"concentration": constraints.positive}
    event_dims = {"concentration": 0, "_beta": 0}
    support = constraints.corr_cholesky
    concentration: Tensor

    def __init__(self, dim: int, concentration: Any = 1.0, validate_args: bool | None = None) -> None:
        if dim < 2:
            raise ValueError(f"LKJCholesky: expected dim of at least 2, got {dim}")
        self.dim = dim
        self._set(validate_args, concentration=concentration)
        self._event_shape = mg.Size((dim, dim))

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """Return this distribution expanded to `batch_shape`."""
        return type(self)(self.dim, self.concentration.expand(batch_shape), False)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw factors."""
        shape, n = self._extended_shape(sample_shape), self.dim
        with mg.no_grad():
            marginal = self.concentration.unsqueeze(-1) + 0.5 * (n - 2)
            offset = mg.cat([mg.zeros(1), mg.arange(n - 1).float()]).to(marginal.dtype)
            y = Beta(offset + 0.5, marginal - 0.5 * offset, False).sample(sample_shape).unsqueeze(-1)
            u = mg.randn(shape, dtype=marginal.dtype).tril(-1)
            size = u.norm(dim=-1, keepdim=True)
            sphere = mg.where(size > 0, u / mg.where(size > 0, size, 1.0), 0.0)
            w = mg.sqrt(y) * sphere
            rest = mg.clamp(1 - (w**2).sum(-1), min=float(mg.finfo(w.dtype).tiny)).sqrt()
            return w + mg.diag_embed(rest)

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        self._checked(value)
        n = self.dim
        diagonal = value.diagonal(dim1=-1, dim2=-2)[..., 1:]
        order = 2 * (self.concentration - 1).unsqueeze(-1) + n - mg.arange(2, n + 1, dtype=value.dtype)
        unnormalized = (order * diagonal.log()).sum(-1)
        alpha = self.concentration + 0.5 * (n - 1)
        constant = (n - 1) * math.log(math.pi) * 0.5
        return unnormalized - (constant + mg.mvlgamma(alpha - 0.5, n - 1) - mg.lgamma(alpha) * (n - 1))
