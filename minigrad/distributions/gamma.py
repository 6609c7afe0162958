"""Laws made of gamma numbers: Gamma, Chi2, Exponential, InverseGamma, Dirichlet, Beta, StudentT, FisherSnedecor."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import minigrad as mg
from minigrad.core.generator import get_generator
from minigrad.core.tensor import Tensor
from minigrad.distributions import constraints
from minigrad.distributions.distribution import Distribution
from minigrad.distributions.exp_family import ExponentialFamily
from minigrad.distributions.utils import broadcast_all, uniform
from minigrad.ops.gamma import gamma_density, igamma_slope
from minigrad.ops.primitives.elementwise import elementwise

__all__ = [
    "Beta", "Chi2", "Dirichlet", "Exponential", "FisherSnedecor", "Gamma", "InverseGamma", "StudentT",
]  # fmt: skip


def _implicit(g: Any, y: Any, concentration: Any) -> Any:
    """Return the gradient of a draw: that which keeps its place ``igamma(concentration, draw)`` as the parameter moves.

    M. Figurnov, S. Mohamed, A. Mnih, Implicit reparameterization gradients (2018).
    """
    return -g * igamma_slope(concentration, y) / gamma_density(concentration, y)


@elementwise(_implicit)
def standard_gamma(concentration: Any) -> Any:
    """Draw gamma numbers of rate 1."""
    drawn = get_generator(None).rng.standard_gamma(concentration.astype(np.float64))
    return np.maximum(drawn, np.finfo(concentration.dtype).tiny).astype(concentration.dtype)


class Gamma(ExponentialFamily):
    """The gamma distribution, the density ``rate ** a * x ** (a - 1) * exp(-rate * x) / gamma(a)``, a = concentration.

    Its draws have gradients for both parameters, implicit ones for `concentration`.

    Examples
    --------
    >>> d = mg.distributions.Gamma(2.0, 0.5)
    >>> d.mean, d.log_prob(mg.tensor(2.0))
    (tensor(4.), tensor(-1.6931))
    """

    arg_constraints: Any = {"concentration": constraints.positive, "rate": constraints.positive}
    event_dims = {"concentration": 0, "rate": 0}
    support = constraints.nonnegative
    has_rsample = True
    _mean_carrier_measure = 0.0
    concentration: Tensor
    rate: Tensor

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        self._set(validate_args, concentration=concentration, rate=rate)

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return self.concentration / self.rate

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        return ((self.concentration - 1) / self.rate).clamp(min=0)

    @property
    def variance(self) -> Tensor:
        """The variance."""
        return self.concentration / self.rate**2

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw with gradients for both parameters."""
        shape = self._extended_shape(sample_shape)
        return standard_gamma(self.concentration.expand(shape)) / self.rate.expand(shape)

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        value = mg.as_tensor(value, dtype=self.rate.dtype)
        a, rate = self.concentration, self.rate
        self._checked(value)
        return mg.xlogy(a, rate) + mg.xlogy(a - 1, value) - rate * value - mg.lgamma(a)

    def cdf(self, value: Tensor) -> Tensor:
        """Return the probability of values up to `value`."""
        return mg.special.gammainc(self.concentration, self.rate * self._checked(value))

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        a = self.concentration
        return a - mg.log(self.rate) + mg.lgamma(a) + (1 - a) * mg.digamma(a)

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return self.concentration - 1, -self.rate

    def _log_normalizer(self, x: Any, y: Any) -> Any:
        return mg.lgamma(x + 1) - (x + 1) * mg.log(-y)


class Chi2(Gamma):
    """The chi-square distribution: the gamma distribution of concentration ``df / 2`` and rate 1/2.

    Examples
    --------
    >>> mg.distributions.Chi2(3.0).mean
    tensor(3.)
    """

    arg_constraints: Any = {"df": constraints.positive}

    def __init__(self, df: Any, validate_args: bool | None = None) -> None:
        super().__init__(0.5 * df, 0.5, validate_args)

    @property
    def df(self) -> Tensor:
        """The degrees of freedom."""
        return self.concentration * 2


class Exponential(ExponentialFamily):
    """The exponential distribution, the density ``rate * exp(-rate * x)``.

    Examples
    --------
    >>> mg.distributions.Exponential(2.0).mean
    tensor(0.5000)
    """

    arg_constraints: Any = {"rate": constraints.positive}
    event_dims = {"rate": 0}
    support = constraints.nonnegative
    has_rsample = True
    _mean_carrier_measure = 0.0
    rate: Tensor

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        self._set(validate_args, rate=rate)

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return self.rate.reciprocal()

    @property
    def mode(self) -> Tensor:
        """The most probable value: 0."""
        return mg.zeros_like(self.rate)

    @property
    def stddev(self) -> Tensor:
        """The standard deviation."""
        return self.rate.reciprocal()

    @property
    def variance(self) -> Tensor:
        """The variance."""
        return self.rate.pow(-2)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw with a gradient for `rate`."""
        return -mg.log(uniform(self._extended_shape(sample_shape), self.rate)) / self.rate

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        return self.rate.log() - self.rate * self._checked(value)

    def cdf(self, value: Tensor) -> Tensor:
        """Return the probability of values up to `value`."""
        return -mg.expm1(-self.rate * self._checked(value))

    def icdf(self, value: Tensor) -> Tensor:
        """Return the value up to which the probability is `value`."""
        return -mg.log1p(-value) / self.rate

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        return 1 - mg.log(self.rate)

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (-self.rate,)

    def _log_normalizer(self, x: Any) -> Any:
        return -mg.log(-x)


class Dirichlet(ExponentialFamily):
    """Dirichlet's distribution of probabilities that add up to 1, the density ``prod(x ** (concentration - 1))``.

    A draw consists of gamma numbers over their sum, and has their gradients.

    Examples
    --------
    >>> mg.distributions.Dirichlet(mg.tensor([1.0, 3.0])).mean
    tensor([0.2500, 0.7500])
    """

    arg_constraints: Any = {"concentration": constraints.independent(constraints.positive, 1)}
    event_dims = {"concentration": 1}
    support = constraints.simplex
    has_rsample = True
    concentration: Tensor

    def __init__(self, concentration: Tensor, validate_args: bool | None = None) -> None:
        if concentration.dim() < 1:
            raise ValueError("Dirichlet: expected concentration to have at least 1 dimension")
        self.concentration = concentration
        super().__init__(concentration.shape[:-1], concentration.shape[-1:], validate_args)

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return self.concentration / self.concentration.sum(-1, True)

    @property
    def mode(self) -> Tensor:
        """The most probable value; where no concentration is above 1, a corner of the largest."""
        above = (self.concentration - 1).clamp(min=0)
        total = above.sum(-1, True)
        corner = mg.zeros_like(above).scatter(-1, self.concentration.argmax(-1, True), 1.0)
        return mg.where((self.concentration < 1).all(-1, True), corner, above / mg.where(total == 0, 1.0, total))

    @property
    def variance(self) -> Tensor:
        """The variance."""
        total = self.concentration.sum(-1, True)
        return self.concentration * (total - self.concentration) / (total**2 * (total + 1))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw with gradients for the concentrations."""
        drawn = standard_gamma(self.concentration.expand(self._extended_shape(sample_shape)))
        return drawn / drawn.sum(-1, True)

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        c = self.concentration
        self._checked(value)
        return mg.xlogy(c - 1, value).sum(-1) + mg.lgamma(c.sum(-1)) - mg.lgamma(c).sum(-1)

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        c = self.concentration
        k, total = c.shape[-1], c.sum(-1)
        normalizer = mg.lgamma(c).sum(-1) - mg.lgamma(total)
        return normalizer - (k - total) * mg.digamma(total) - ((c - 1) * mg.digamma(c)).sum(-1)

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (self.concentration,)

    def _log_normalizer(self, x: Any) -> Any:
        return x.lgamma().sum(-1) - mg.lgamma(x.sum(-1))


class Beta(ExponentialFamily):
    """The beta distribution, the density ``x ** (concentration1 - 1) * (1 - x) ** (concentration0 - 1) / B``.

    Examples
    --------
    >>> mg.distributions.Beta(1.0, 3.0).mean
    tensor(0.2500)
    """

    arg_constraints: Any = {"concentration1": constraints.positive, "concentration0": constraints.positive}
    event_dims = {"_dirichlet": 0}
    support = constraints.unit_interval
    has_rsample = True

    def __init__(self, concentration1: Any, concentration0: Any, validate_args: bool | None = None) -> None:
        one, zero = broadcast_all(concentration1, concentration0)
        self._dirichlet = Dirichlet(mg.stack([one, zero], -1), validate_args=validate_args)
        super().__init__(self._dirichlet.batch_shape, (), validate_args)

    @property
    def concentration1(self) -> Tensor:
        """The parameter that pulls towards 1."""
        return self._dirichlet.concentration[..., 0]

    @property
    def concentration0(self) -> Tensor:
        """The parameter that pulls towards 0."""
        return self._dirichlet.concentration[..., 1]

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return self.concentration1 / (self.concentration1 + self.concentration0)

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        return self._dirichlet.mode[..., 0]

    @property
    def variance(self) -> Tensor:
        """The variance."""
        total = self.concentration1 + self.concentration0
        return self.concentration1 * self.concentration0 / (total**2 * (total + 1))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw with gradients for both parameters."""
        return self._dirichlet.rsample(sample_shape)[..., 0]

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        self._checked(value)
        return self._dirichlet.log_prob(mg.stack([value, 1 - value], -1))

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        return self._dirichlet.entropy()

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return self.concentration1, self.concentration0

    def _log_normalizer(self, x: Any, y: Any) -> Any:
        return mg.lgamma(x) + mg.lgamma(y) - mg.lgamma(x + y)


class StudentT(Distribution):
    """Student's distribution of `df` degrees of freedom, moved by `loc` and stretched by `scale`.

    Examples
    --------
    >>> mg.distributions.StudentT(4.0).variance
    tensor(2.)
    """

    arg_constraints: Any = {"df": constraints.positive, "loc": constraints.real, "scale": constraints.positive}
    event_dims = {"df": 0, "loc": 0, "scale": 0}
    support = constraints.real
    has_rsample = True
    df: Tensor
    loc: Tensor
    scale: Tensor

    def __init__(self, df: Any, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool | None = None) -> None:
        self._set(validate_args, df=df, loc=loc, scale=scale)

    @property
    def mean(self) -> Tensor:
        """The mean; nan for `df` up to 1."""
        return mg.where(self.df <= 1, math.nan, self.loc)

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        return self.loc

    @property
    def variance(self) -> Tensor:
        """The variance; inf for `df` up to 2, nan up to 1."""
        large = self.scale**2 * self.df / mg.where(self.df > 2, self.df - 2, 1.0)
        return mg.where(self.df > 2, large, mg.where(self.df > 1, math.inf, math.nan))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw a normal number over the root of a chi-square one; with gradients for all parameters."""
        shape = self._extended_shape(sample_shape)
        chi2 = 2 * standard_gamma((self.df / 2).expand(shape))
        return self.loc + self.scale * mg.randn(shape, dtype=self.df.dtype) * mg.rsqrt(chi2 / self.df)

    def _log_norm(self) -> Any:
        half = 0.5 * self.df
        return 0.5 * self.df.log() + 0.5 * math.log(math.pi) + mg.lgamma(half) - mg.lgamma(half + 0.5)

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        y = (self._checked(value) - self.loc) / self.scale
        return -0.5 * (self.df + 1) * mg.log1p(y**2 / self.df) - self.scale.log() - self._log_norm()

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        half = 0.5 * self.df
        spread = 0.5 * (self.df + 1) * (mg.digamma(half + 0.5) - mg.digamma(half))
        return self.scale.log() + spread + self._log_norm()


class FisherSnedecor(Distribution):
    """The distribution of the quotient of two chi-square numbers, each divided by its degrees of freedom.

    Examples
    --------
    >>> mg.distributions.FisherSnedecor(2.0, 4.0).mean
    tensor(2.)
    """

    arg_constraints: Any = {"df1": constraints.positive, "df2": constraints.positive}
    event_dims = {"df1": 0, "df2": 0}
    support = constraints.positive
    has_rsample = True
    df1: Tensor
    df2: Tensor

    def __init__(self, df1: Any, df2: Any, validate_args: bool | None = None) -> None:
        self._set(validate_args, df1=df1, df2=df2)

    @property
    def mean(self) -> Tensor:
        """The mean; nan for `df2` up to 2."""
        df2 = mg.where(self.df2 <= 2, math.nan, self.df2)
        return df2 / (df2 - 2)

    @property
    def mode(self) -> Tensor:
        """The most probable value; nan for `df1` up to 2."""
        first = mg.where(self.df1 <= 2, math.nan, (self.df1 - 2) / self.df1)
        return first * self.df2 / (self.df2 + 2)

    @property
    def variance(self) -> Tensor:
        """The variance; nan for `df2` up to 4."""
        df2 = mg.where(self.df2 <= 4, math.nan, self.df2)
        return 2 * df2**2 * (self.df1 + df2 - 2) / (self.df1 * (df2 - 2) ** 2 * (df2 - 4))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw with gradients for both parameters."""
        shape = self._extended_shape(sample_shape)
        first, second = (standard_gamma((df / 2).expand(shape)) / df for df in (self.df1, self.df2))
        return first / second

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        self._checked(value)
        one, two = self.df1 / 2, self.df2 / 2
        ratio = self.df1 / self.df2
        beta = mg.lgamma(one) + mg.lgamma(two) - mg.lgamma(one + two)
        return one * ratio.log() + (one - 1) * mg.log(value) - (one + two) * mg.log1p(ratio * value) - beta


class InverseGamma(Distribution):
    """The distribution of 1 over a gamma number.

    Examples
    --------
    >>> mg.distributions.InverseGamma(3.0, 4.0).mean
    tensor(2.)
    """

    arg_constraints: Any = {"concentration": constraints.positive, "rate": constraints.positive}
    event_dims = {"base_dist": 0}
    support = constraints.positive
    has_rsample = True

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        self.base_dist = Gamma(concentration, rate, validate_args)
        super().__init__(self.base_dist.batch_shape, (), validate_args)

    @property
    def concentration(self) -> Tensor:
        """The concentration of the gamma number."""
        return self.base_dist.concentration

    @property
    def rate(self) -> Tensor:
        """The rate of the gamma number."""
        return self.base_dist.rate

    @property
    def mean(self) -> Tensor:
        """The mean; inf for concentrations up to 1."""
        above = self.concentration > 1
        return mg.where(above, self.rate / mg.where(above, self.concentration - 1, 1.0), math.inf)

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        return self.rate / (self.concentration + 1)

    @property
    def variance(self) -> Tensor:
        """The variance; inf for concentrations up to 2."""
        above = self.concentration > 2
        c = mg.where(above, self.concentration, 3.0)
        return mg.where(above, self.rate**2 / ((c - 1) ** 2 * (c - 2)), math.inf)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw with gradients for both parameters."""
        return self.base_dist.rsample(sample_shape).reciprocal()

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        self._checked(value)
        return self.base_dist.log_prob(1 / value) - 2 * mg.log(value)

    def cdf(self, value: Tensor) -> Tensor:
        """Return the probability of values up to `value`."""
        return mg.special.gammaincc(self.concentration, self.rate / self._checked(value))

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        a = self.concentration
        return a + self.rate.log() + mg.lgamma(a) - (1 + a) * mg.digamma(a)
