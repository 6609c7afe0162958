"""Laws that are others transformed: LogNormal, LogisticNormal, Pareto, Weibull, Kumaraswamy, GeneralizedPareto."""

from __future__ import annotations

import math
from typing import Any

import minigrad as mg
from minigrad.core.tensor import Tensor
from minigrad.distributions import constraints
from minigrad.distributions.distribution import Distribution
from minigrad.distributions.elementwise_transforms import AffineTransform, ExpTransform, PowerTransform
from minigrad.distributions.gamma import Exponential
from minigrad.distributions.matrix_transforms import StickBreakingTransform
from minigrad.distributions.normal import Normal, Uniform
from minigrad.distributions.transformed_distribution import TransformedDistribution
from minigrad.distributions.utils import broadcast_all, euler_constant, uniform

__all__ = ["GeneralizedPareto", "Kumaraswamy", "LogNormal", "LogisticNormal", "Pareto", "Weibull"]


class LogNormal(TransformedDistribution):
    """The distribution of ``exp(x)``, x being normal of mean `loc` and standard deviation `scale`.

    Examples
    --------
    >>> mg.distributions.LogNormal(0.0, 1.0).mean
    tensor(1.6487)
    """

    arg_constraints: Any = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.positive
    has_rsample = True
    base_dist: Normal

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Normal(loc, scale, validate_args), ExpTransform(), validate_args)

    @property
    def loc(self) -> Tensor:
        """The mean of the logarithm."""
        return self.base_dist.loc

    @property
    def scale(self) -> Tensor:
        """The standard deviation of the logarithm."""
        return self.base_dist.scale

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return (self.loc + self.scale**2 / 2).exp()

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        return (self.loc - self.scale**2).exp()

    @property
    def variance(self) -> Tensor:
        """The variance."""
        square = self.scale**2
        return square.expm1() * (2 * self.loc + square).exp()

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        return self.base_dist.entropy() + self.loc


class LogisticNormal(TransformedDistribution):
    """The distribution of the probabilities that stick breaking makes of normal numbers.

    Examples
    --------
    >>> mg.distributions.LogisticNormal(mg.zeros(2), mg.ones(2)).sample().sum()
    tensor(1.)
    """

    arg_constraints: Any = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.simplex
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        base = Normal(loc, scale, validate_args)
        if not base.batch_shape:
            base = base.expand([1])
        super().__init__(base, StickBreakingTransform(), validate_args)

    @property
    def loc(self) -> Tensor:
        """The means of the normal numbers."""
        result: Tensor = self.base_dist.base_dist.loc  # type: ignore[attr-defined]
        return result

    @property
    def scale(self) -> Tensor:
        """The standard deviations of the normal numbers."""
        result: Tensor = self.base_dist.base_dist.scale  # type: ignore[attr-defined]
        return result


class Pareto(TransformedDistribution):
    """Pareto's distribution, the density ``alpha * scale ** alpha / x ** (alpha + 1)`` for x from `scale` on.

    Examples
    --------
    >>> mg.distributions.Pareto(1.0, 3.0).mean
    tensor(1.5000)
    """

    arg_constraints: Any = {"alpha": constraints.positive, "scale": constraints.positive}

    def __init__(self, scale: Any, alpha: Any, validate_args: bool | None = None) -> None:
        self.scale, self.alpha = broadcast_all(scale, alpha)
        base = Exponential(
            self.alpha if isinstance(alpha, Tensor) or isinstance(scale, Tensor) else alpha, validate_args
        )
        super().__init__(base, [ExpTransform(), AffineTransform(0, self.scale)], validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """Return this distribution expanded to `batch_shape`."""
        return type(self)(self.scale.expand(batch_shape), self.alpha.expand(batch_shape), False)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        """The set of possible values."""
        return constraints.greater_than_eq(self.scale)

    @property
    def mean(self) -> Tensor:
        """The mean; inf for `alpha` up to 1."""
        a = self.alpha.clamp(min=1)
        return a * self.scale / (a - 1)

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        return self.scale

    @property
    def variance(self) -> Tensor:
        """The variance; inf for `alpha` up to 2."""
        a = self.alpha.clamp(min=2)
        return self.scale**2 * a / ((a - 1) ** 2 * (a - 2))

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        return (self.scale / self.alpha).log() + (1 + self.alpha.reciprocal())


class Weibull(TransformedDistribution):
    """Weibull's distribution: ``1 - exp(-(x / scale) ** concentration)`` is the probability of values up to x.

    Examples
    --------
    >>> mg.distributions.Weibull(2.0, 1.0).mean
    tensor(2.)
    """

    arg_constraints: Any = {"scale": constraints.positive, "concentration": constraints.positive}
    support = constraints.positive

    def __init__(self, scale: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self.scale, self.concentration = broadcast_all(scale, concentration)
        self.concentration_reciprocal = self.concentration.reciprocal()
        numbers = not isinstance(scale, Tensor) and not isinstance(concentration, Tensor)
        base = Exponential(1.0 if numbers else mg.ones_like(self.scale), validate_args)
        transforms = [PowerTransform(self.concentration_reciprocal), AffineTransform(0, self.scale)]
        super().__init__(base, transforms, validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """Return this distribution expanded to `batch_shape`."""
        return type(self)(self.scale.expand(batch_shape), self.concentration.expand(batch_shape), False)

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return self.scale * mg.exp(mg.lgamma(1 + self.concentration_reciprocal))

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        return self.scale * ((self.concentration - 1) / self.concentration) ** self.concentration.reciprocal()

    @property
    def variance(self) -> Tensor:
        """The variance."""
        r = self.concentration_reciprocal
        return self.scale**2 * (mg.exp(mg.lgamma(1 + 2 * r)) - mg.exp(2 * mg.lgamma(1 + r)))

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        r = self.concentration_reciprocal
        return euler_constant * (1 - r) + mg.log(self.scale * r) + 1


class Kumaraswamy(TransformedDistribution):
    """The distribution on (0, 1) where ``1 - (1 - x ** concentration1) ** concentration0`` belongs to values up to x.

    Examples
    --------
    >>> mg.distributions.Kumaraswamy(1.0, 1.0).mean
    tensor(0.5000)
    """

    arg_constraints: Any = {"concentration1": constraints.positive, "concentration0": constraints.positive}
    support = constraints.unit_interval
    has_rsample = True

    def __init__(self, concentration1: Any, concentration0: Any, validate_args: bool | None = None) -> None:
        self.concentration1, self.concentration0 = broadcast_all(concentration1, concentration0)
        numbers = not isinstance(concentration1, Tensor) and not isinstance(concentration0, Tensor)
        one = mg.ones_like(self.concentration0)
        base = Uniform(0.0, 1.0, validate_args) if numbers else Uniform(mg.zeros_like(one), one, validate_args)
        transforms = [
            PowerTransform(self.concentration0.reciprocal()),
            AffineTransform(1.0, -1.0),
            PowerTransform(self.concentration1.reciprocal()),
        ]
        super().__init__(base, transforms, validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """Return this distribution expanded to `batch_shape`."""
        return type(self)(self.concentration1.expand(batch_shape), self.concentration0.expand(batch_shape), False)

    def _moment(self, n: int) -> Tensor:
        a, b = self.concentration1, self.concentration0
        return mg.exp(b.log() + mg.lgamma(1 + n / a) + mg.lgamma(b) - mg.lgamma(1 + n / a + b))

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return self._moment(1)

    @property
    def mode(self) -> Tensor:
        """The most probable value; nan where there is none inside."""
        a, b = self.concentration1, self.concentration0
        log = a.reciprocal() * ((a - 1).log() - (a * b - 1).log())
        return mg.where((a < 1) | (b < 1), math.nan, log.exp())

    @property
    def variance(self) -> Tensor:
        """The variance."""
        return self._moment(2) - self.mean**2

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        a, b = self.concentration1, self.concentration0
        harmonic = mg.digamma(b + 1) + euler_constant
        return (1 - b.reciprocal()) + (1 - a.reciprocal()) * harmonic - mg.log(a) - mg.log(b)


class GeneralizedPareto(Distribution):
    """The generalized Pareto distribution, of excesses over a threshold `loc`.

    Examples
    --------
    >>> mg.distributions.GeneralizedPareto(0.0, 1.0, 0.5).mean
    tensor(2.)
    """

    arg_constraints: Any = {
        "loc": constraints.real,
        "scale": constraints.positive,
        "concentration": constraints.real,
    }
    event_dims = {"loc": 0, "scale": 0, "concentration": 0}
    has_rsample = True
    loc: Tensor
    scale: Tensor
    concentration: Tensor

    def __init__(self, loc: Any, scale: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self._set(validate_args, loc=loc, scale=scale, concentration=concentration)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        """The set of possible values."""
        negative = self.concentration < 0
        end = self.loc - self.scale / mg.where(negative, self.concentration, -1.0)
        return constraints.interval(self.loc, mg.where(negative, end, math.inf))

    def _split(self) -> tuple[Tensor, Tensor]:
        """Return where the concentration is 0, and other concentrations there."""
        zero = mg.isclose(self.concentration, mg.zeros_like(self.concentration))
        return zero, mg.where(zero, 1.0, self.concentration)

    def log_survival_function(self, value: Tensor) -> Tensor:
        """Return the logarithm of the probability of values above `value`."""
        z = (self._checked(value) - self.loc) / self.scale
        zero, k = self._split()
        near = -z + self.concentration * z**2 / 2  # the series at 0, which has the gradient, too
        return mg.where(zero, near, -mg.log1p(k * z) / k)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw with gradients for all parameters."""
        return self.icdf(uniform(self._extended_shape(sample_shape), self.loc))

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        return self.log_survival_function(value) * (1 + self.concentration) - self.scale.log()

    def log_cdf(self, value: Tensor) -> Tensor:
        """Return the logarithm of the probability of values up to `value`."""
        return mg.log1p(-mg.exp(self.log_survival_function(value)))

    def cdf(self, value: Tensor) -> Tensor:
        """Return the probability of values up to `value`."""
        return mg.exp(self.log_cdf(value))

    def icdf(self, value: Tensor) -> Tensor:
        """Return the value up to which the probability is `value`."""
        log = mg.log1p(-value)
        zero, k = self._split()
        near = -log + self.concentration * log**2 / 2
        return self.loc + self.scale * mg.where(zero, near, mg.expm1(-k * log) / k)

    @property
    def mean(self) -> Tensor:
        """The mean; inf for concentrations from 1 on."""
        below = self.concentration < 1
        return mg.where(below, self.loc + self.scale / (1 - mg.where(below, self.concentration, 0.0)), math.inf)

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        return self.loc

    @property
    def variance(self) -> Tensor:
        """The variance; inf for concentrations from 1/2 on."""
        below = self.concentration < 0.5
        k = mg.where(below, self.concentration, 0.0)
        return mg.where(below, self.scale**2 / ((1 - k) ** 2 * (1 - 2 * k)), math.inf)

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        return mg.log(self.scale) + self.concentration + 1
