"""Kullback-Leibler divergences: a table from pairs of classes to formulas, in which a pair of bases counts, too."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import minigrad as mg
from minigrad.core.tensor import Tensor
from minigrad.distributions.bernoulli import Bernoulli, Binomial, ContinuousBernoulli, Geometric, Poisson
from minigrad.distributions.categorical import Categorical, OneHotCategorical
from minigrad.distributions.distribution import Distribution
from minigrad.distributions.exp_family import ExponentialFamily
from minigrad.distributions.gamma import Beta, Dirichlet, Exponential, Gamma
from minigrad.distributions.log_normal import Pareto
from minigrad.distributions.multivariate_normal import (
    LowRankMultivariateNormal,
    MultivariateNormal,
    half_log_det,
    mahalanobis,
)
from minigrad.distributions.normal import Cauchy, Gumbel, HalfNormal, Laplace, Normal, Uniform
from minigrad.distributions.transformed_distribution import Independent, TransformedDistribution
from minigrad.distributions.utils import broadcast_shapes, euler_constant, sum_rightmost

__all__ = ["kl_divergence", "register_kl"]

Formula = Callable[[Any, Any], Any]
_registry: dict[tuple[type, type], Formula] = {}


def register_kl(type_p: type[Distribution], type_q: type[Distribution]) -> Callable[[Formula], Formula]:
    """Return a decorator that makes a function the formula for a pair of classes and their subclasses.

    Raises
    ------
    TypeError
        If one is no class of distributions.

    Examples
    --------
    >>> D = mg.distributions
    >>> class Mine(D.Normal): ...
    >>> @D.register_kl(Mine, D.Normal)
    ... def formula(p, q):
    ...     return mg.tensor(7.0)
    >>> D.kl_divergence(Mine(0.0, 1.0), D.Normal(0.0, 1.0))
    tensor(7.)
    """
    for kind in (type_p, type_q):
        if not (isinstance(kind, type) and issubclass(kind, Distribution)):
            raise TypeError(f"register_kl: expected classes of distributions, got {kind!r}")

    def register(formula: Formula) -> Formula:
        _registry[type_p, type_q] = formula
        return formula

    return register


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """Return the mean, under `p`, of the logarithm of the quotient of the densities of `p` and `q`.

    Raises
    ------
    NotImplementedError
        If there is no formula for these classes.

    Examples
    --------
    >>> D = mg.distributions
    >>> D.kl_divergence(D.Normal(0.0, 1.0), D.Normal(1.0, 1.0))
    tensor(0.5000)
    """
    a, b = type(p).__mro__, type(q).__mro__
    found = [(a.index(s), b.index(t), f) for (s, t), f in _registry.items() if s in a and t in b]
    if not found:
        raise NotImplementedError(
            f"kl_divergence: no formula for {type(p).__name__} and {type(q).__name__}; register_kl() one"
        )
    result: Tensor = min(found, key=lambda item: item[:2])[2](p, q)
    return result


# ---- pairs of one family ---------------------------------------------------------------------------------------------


def _same(kind: type[Distribution]) -> Callable[[Formula], Formula]:
    return register_kl(kind, kind)


@_same(ExponentialFamily)
def _exponential_family(p: Any, q: Any) -> Any:
    if type(p) is not type(q):
        raise NotImplementedError("kl_divergence: no formula for exponential families of two kinds")
    theirs = q._natural_params
    ours = [t.detach().requires_grad_() for t in p._natural_params]
    normalizer = p._log_normalizer(*ours)
    gradients = mg.autograd.grad(normalizer.sum(), ours, create_graph=True)
    result = q._log_normalizer(*theirs) - normalizer
    for a, b, g in zip(ours, theirs, gradients, strict=True):
        result = result - sum_rightmost((b - a) * g, len(q.event_shape))
    return result


@_same(Bernoulli)
def _bernoulli(p: Any, q: Any) -> Any:
    softplus = mg.nn.functional.softplus
    one = mg.where(p.probs == 0, 0.0, p.probs * (softplus(-q.logits) - softplus(-p.logits)))
    zero = mg.where(p.probs == 1, 0.0, (1 - p.probs) * (softplus(q.logits) - softplus(p.logits)))
    one = mg.where((q.probs == 0) & (p.probs > 0), math.inf, one)
    return one + mg.where((q.probs == 1) & (p.probs < 1), math.inf, zero)


@_same(Beta)
def _beta(p: Any, q: Any) -> Any:
    return kl_divergence(p._dirichlet, q._dirichlet)


@_same(Binomial)
def _binomial(p: Any, q: Any) -> Any:
    if bool((q.total_count < p.total_count).any()):
        raise NotImplementedError("kl_divergence: a Binomial of more trials against one of fewer is not implemented")
    kl = p.total_count * (p.probs * (p.logits - q.logits) + (-p.probs).log1p() - (-q.probs).log1p())
    return mg.where(p.total_count > q.total_count, math.inf, kl)


@_same(Categorical)
def _categorical(p: Any, q: Any) -> Any:
    t = p.probs * (p.logits - q.logits)
    t = mg.where((q.probs == 0).expand(t.shape), math.inf, t)
    return mg.where((p.probs == 0).expand(t.shape), 0.0, t).sum(-1)


@_same(OneHotCategorical)
def _one_hot(p: Any, q: Any) -> Any:
    return kl_divergence(p._categorical, q._categorical)


@_same(ContinuousBernoulli)
def _continuous_bernoulli(p: Any, q: Any) -> Any:
    constants = p._log_constant() + mg.log1p(-p.probs) - q._log_constant() - mg.log1p(-q.probs)
    return p.mean * (p.logits - q.logits) + constants


@_same(Dirichlet)
def _dirichlet(p: Any, q: Any) -> Any:
    a, b = p.concentration, q.concentration
    total = a.sum(-1)
    constants = mg.lgamma(total) - mg.lgamma(b.sum(-1)) - (mg.lgamma(a) - mg.lgamma(b)).sum(-1)
    return constants + ((a - b) * (mg.digamma(a) - mg.digamma(total).unsqueeze(-1))).sum(-1)


@_same(Exponential)
def _exponential(p: Any, q: Any) -> Any:
    ratio = q.rate / p.rate
    return ratio - ratio.log() - 1


@_same(Gamma)
def _gamma(p: Any, q: Any) -> Any:
    a, b = p.concentration, q.concentration
    ratio = q.rate / p.rate
    return -b * ratio.log() + mg.lgamma(b) - mg.lgamma(a) + (a - b) * mg.digamma(a) + (ratio - 1) * a


@_same(Gumbel)
def _gumbel(p: Any, q: Any) -> Any:
    ratio, shift = p.scale / q.scale, (p.loc - q.loc) / q.scale
    return -ratio.log() + shift + ratio * euler_constant + mg.exp(mg.lgamma(1 + ratio) - shift) - (1 + euler_constant)


@_same(Geometric)
def _geometric(p: Any, q: Any) -> Any:
    return -p.entropy() - mg.log1p(-q.probs) / p.probs - q.logits


@_same(HalfNormal)
def _half_normal(p: Any, q: Any) -> Any:
    return kl_divergence(p._base, q._base)


@_same(Laplace)
def _laplace(p: Any, q: Any) -> Any:
    ratio, distance = p.scale / q.scale, (p.loc - q.loc).abs()
    return -ratio.log() + distance / q.scale + ratio * mg.exp(-distance / p.scale) - 1


@_same(Normal)
def _normal(p: Any, q: Any) -> Any:
    ratio = (p.scale / q.scale) ** 2
    return 0.5 * (ratio + ((p.loc - q.loc) / q.scale) ** 2 - 1 - ratio.log())


@_same(Cauchy)
def _cauchy(p: Any, q: Any) -> Any:
    return mg.log((p.scale + q.scale) ** 2 + (p.loc - q.loc) ** 2) - mg.log(4 * p.scale * q.scale)


def _between_normals(p: Any, q: Any) -> Any:
    """Return the divergence of two normal distributions of vectors, whatever their matrices are made of."""
    a, b = p.scale_tril, q.scale_tril
    shape = broadcast_shapes(a.shape, b.shape)
    inner = mg.linalg.solve_triangular(b.expand(shape), a.expand(shape), upper=False)
    trace, square = (inner**2).sum((-2, -1)), mahalanobis(b, q.loc - p.loc)
    return half_log_det(b) - half_log_det(a) + 0.5 * (trace + square - p.event_shape[0])


for _p in (MultivariateNormal, LowRankMultivariateNormal):
    for _q in (MultivariateNormal, LowRankMultivariateNormal):
        register_kl(_p, _q)(_between_normals)


@_same(Pareto)
def _pareto(p: Any, q: Any) -> Any:
    ratio = q.alpha / p.alpha
    result = q.alpha * (p.scale / q.scale).log() - ratio.log() + ratio - 1
    return mg.where(p.scale < q.scale, math.inf, result)


@_same(Poisson)
def _poisson(p: Any, q: Any) -> Any:
    return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)


@_same(TransformedDistribution)
def _transformed(p: Any, q: Any) -> Any:
    if p.transforms != q.transforms or p.event_shape != q.event_shape:
        raise NotImplementedError("kl_divergence: two transformed distributions need equal transforms")
    return kl_divergence(p.base_dist, q.base_dist)


@_same(Uniform)
def _uniform(p: Any, q: Any) -> Any:
    outside = (q.low > p.low) | (q.high < p.high)
    return mg.where(outside, math.inf, ((q.high - q.low) / (p.high - p.low)).log())


@_same(Independent)
def _independent(p: Any, q: Any) -> Any:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError("kl_divergence: two Independent need the same reinterpreted_batch_ndims")
    return sum_rightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)


# ---- pairs of two families: minus the entropy of p, less the mean of log q under p -----------------------------------


def _mean_log(p: Any) -> Any:
    """Return the mean of the logarithm of what `p` draws."""
    if isinstance(p, Beta):
        return mg.digamma(p.concentration1) - mg.digamma(p.concentration1 + p.concentration0)
    if isinstance(p, Pareto):
        return p.scale.log() + p.alpha.reciprocal()
    if isinstance(p, Uniform):
        return (mg.xlogy(p.high, p.high) - mg.xlogy(p.low, p.low)) / (p.high - p.low) - 1
    raise NotImplementedError


def _mean_exp(p: Any, loc: Any, scale: Any) -> Any:
    """Return the mean of ``exp(-(x - loc) / scale)`` of what `p` draws."""
    if isinstance(p, Normal):
        return mg.exp(-(p.loc - loc) / scale + (p.scale / scale) ** 2 / 2)
    if isinstance(p, Uniform):
        return scale * (mg.exp(-(p.low - loc) / scale) - mg.exp(-(p.high - loc) / scale)) / (p.high - p.low)
    power = p.concentration if isinstance(p, Gamma) else 1.0
    return mg.exp(loc / scale - power * mg.log1p(1 / (scale * p.rate)))


def _to_exponential(p: Any, q: Any) -> Any:
    kl = q.rate * p.mean - q.rate.log() - p.entropy()
    return mg.where(p.low < 0, math.inf, kl) if isinstance(p, Uniform) else kl


def _to_gamma(p: Any, q: Any) -> Any:
    if isinstance(p, Exponential):
        mean_log = -euler_constant - p.rate.log()
    else:
        mean_log = _mean_log(p)
    a, b = q.concentration, q.rate
    kl = mg.lgamma(a) - a * b.log() - (a - 1) * mean_log + b * p.mean - p.entropy()
    return mg.where(p.low < 0, math.inf, kl) if isinstance(p, Uniform) else kl


def _to_gumbel(p: Any, q: Any) -> Any:
    return q.scale.log() + (p.mean - q.loc) / q.scale + _mean_exp(p, q.loc, q.scale) - p.entropy()


def _to_normal(p: Any, q: Any) -> Any:
    square = (p.variance + (p.mean - q.loc) ** 2) / (2 * q.scale**2)
    return q.scale.log() + 0.5 * math.log(2 * math.pi) + square - p.entropy()


def _to_uniform(p: Any, q: Any) -> Any:
    kl = (q.high - q.low).log() - p.entropy()
    return mg.where((q.high < 1) | (q.low > 0), math.inf, kl)


def _to_continuous_bernoulli(p: Any, q: Any) -> Any:
    kl = -p.entropy() - p.mean * q.logits - mg.log1p(-q.probs) - q._log_constant()
    return mg.where((p.high > 1) | (p.low < 0), math.inf, kl) if isinstance(p, Uniform) else kl


@register_kl(Uniform, Beta)
def _uniform_beta(p: Any, q: Any) -> Any:
    a, b = q.concentration1, q.concentration0
    mirrored = Uniform(1 - p.high, 1 - p.low, validate_args=False)
    beta = mg.lgamma(a) + mg.lgamma(b) - mg.lgamma(a + b)
    kl = beta - (a - 1) * _mean_log(p) - (b - 1) * _mean_log(mirrored) - p.entropy()
    return mg.where((p.high > 1) | (p.low < 0), math.inf, kl)


@register_kl(Uniform, Pareto)
def _uniform_pareto(p: Any, q: Any) -> Any:
    kl = (q.alpha + 1) * _mean_log(p) - q.alpha.log() - q.alpha * q.scale.log() - p.entropy()
    return mg.where(p.low < q.scale, math.inf, kl)


@register_kl(Normal, Laplace)
def _normal_laplace(p: Any, q: Any) -> Any:
    z = (p.loc - q.loc) / p.scale
    size = math.sqrt(2 / math.pi) * p.scale * mg.exp(-0.5 * z**2) + (p.loc - q.loc) * mg.erf(z * math.sqrt(0.5))
    return (2 * q.scale).log() + size / q.scale - p.entropy()


@register_kl(Bernoulli, Poisson)
def _bernoulli_poisson(p: Any, q: Any) -> Any:
    return -p.entropy() - (p.probs * q.rate.log() - q.rate)


def _infinite(p: Any, q: Any) -> Any:
    shape = broadcast_shapes(p.batch_shape, q.batch_shape)
    return mg.full(shape, math.inf, dtype=p.mean.dtype)


_PAIRS: tuple[tuple[Formula, Any, tuple[Any, ...]], ...] = (
    (_to_exponential, Exponential, (Beta, ContinuousBernoulli, Gamma, Pareto, Uniform)),
    (_to_gamma, Gamma, (Beta, Exponential, Pareto, Uniform)),
    (_to_gumbel, Gumbel, (Exponential, Gamma, Normal, Uniform)),
    (_to_normal, Normal, (Beta, ContinuousBernoulli, Exponential, Gamma, Gumbel, Laplace, Pareto, Uniform)),
    (_to_uniform, Uniform, (Beta, ContinuousBernoulli)),
    (_to_continuous_bernoulli, ContinuousBernoulli, (Beta, Uniform)),
    (_infinite, Pareto, (Beta, ContinuousBernoulli, Exponential, Gamma, Gumbel, Laplace, Normal)),
    (_infinite, Uniform, (Exponential, Gamma, Gumbel, Laplace, Normal, Pareto)),
    (_infinite, Beta, (Exponential, Gamma, Gumbel, Laplace, Normal, Pareto)),
    (_infinite, ContinuousBernoulli, (Exponential, Gamma, Gumbel, Laplace, Normal, Pareto)),
    (_infinite, Exponential, (Gumbel, Laplace, Normal)),
    (_infinite, Gamma, (Gumbel, Laplace, Normal)),
    (_infinite, Bernoulli, (Poisson,)),
    (_infinite, Binomial, (Poisson,)),
)
for _formula, _target, _sources in _PAIRS:
    for _source in _sources:
        register_kl(_source, _target)(_formula)
