"""Laws of a location and a scale on the real line: Normal, Laplace, Cauchy, Gumbel, Uniform, and two halves."""

from __future__ import annotations

import math
from typing import Any

import minigrad as mg
from minigrad.core.tensor import Tensor
from minigrad.distributions import constraints
from minigrad.distributions.distribution import Distribution
from minigrad.distributions.exp_family import ExponentialFamily
from minigrad.distributions.utils import euler_constant, uniform

__all__ = ["Cauchy", "Gumbel", "HalfCauchy", "HalfNormal", "Laplace", "Normal", "Uniform"]

_LOC_SCALE: Any = {"loc": constraints.real, "scale": constraints.positive}
_SCALE: Any = {"scale": constraints.positive}


class _LocationScale(Distribution):
    """A law of ``loc + scale * z``, z being a standard number: the subclass says what of z."""

    arg_constraints = _LOC_SCALE
    event_dims = {"loc": 0, "scale": 0}
    support = constraints.real
    has_rsample = True
    loc: Tensor
    scale: Tensor

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self._set(validate_args, loc=loc, scale=scale)

    def _standard(self, shape: Any) -> Tensor:
        raise NotImplementedError

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        return self.loc

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw a standard number, scale and move it; with gradients for both parameters."""
        return self.loc + self._standard(self._extended_shape(sample_shape)) * self.scale

    def _z(self, value: Any) -> Any:
        return (self._checked(value) - self.loc) / self.scale


class Normal(_LocationScale, ExponentialFamily):
    """The normal distribution of mean `loc` and standard deviation `scale`.

    Examples
    --------
    >>> d = mg.distributions.Normal(0.0, 1.0)
    >>> d.log_prob(mg.tensor(0.0)), d.cdf(mg.tensor(1.96))
    (tensor(-0.9189), tensor(0.9750))
    """

    _mean_carrier_measure = 0.0

    @property
    def mean(self) -> Tensor:
        """The mean, `loc`."""
        return self.loc

    @property
    def stddev(self) -> Tensor:
        """The standard deviation, `scale`."""
        return self.scale

    @property
    def variance(self) -> Tensor:
        """The variance."""
        return self.scale**2

    def _standard(self, shape: Any) -> Tensor:
        return mg.randn(shape, dtype=self.loc.dtype)

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        return self._z(value) ** 2 * -0.5 - self.scale.log() - math.log(math.sqrt(2 * math.pi))

    def cdf(self, value: Tensor) -> Tensor:
        """Return the probability of values up to `value`."""
        return mg.special.ndtr(self._z(value))

    def icdf(self, value: Tensor) -> Tensor:
        """Return the value up to which the probability is `value`."""
        return self.loc + self.scale * mg.special.ndtri(value)

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        return 0.5 + 0.5 * math.log(2 * math.pi) + self.scale.log()

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return self.loc / self.scale**2, -0.5 * self.scale**-2

    def _log_normalizer(self, x: Any, y: Any) -> Any:
        return -0.25 * x**2 / y + 0.5 * mg.log(-math.pi / y)


class Laplace(_LocationScale):
    """Laplace's distribution, the density ``exp(-|x - loc| / scale) / (2 * scale)``.

    Examples
    --------
    >>> mg.distributions.Laplace(0.0, 1.0).cdf(mg.tensor(0.0))
    tensor(0.5000)
    """

    @property
    def mean(self) -> Tensor:
        """The mean, `loc`."""
        return self.loc

    @property
    def variance(self) -> Tensor:
        """The variance."""
        return 2 * self.scale**2

    @property
    def stddev(self) -> Tensor:
        """The standard deviation."""
        return self.scale * 2**0.5

    def _standard(self, shape: Any) -> Tensor:
        u = uniform(shape, self.loc) - 0.5
        return -mg.sign(u) * mg.log1p(-2 * mg.abs(u))

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        return -mg.log(2 * self.scale) - mg.abs(self._z(value))

    def cdf(self, value: Tensor) -> Tensor:
        """Return the probability of values up to `value`."""
        z = self._z(value)
        return 0.5 - 0.5 * mg.sign(z) * mg.expm1(-mg.abs(z))

    def icdf(self, value: Tensor) -> Tensor:
        """Return the value up to which the probability is `value`."""
        term = value - 0.5
        return self.loc - self.scale * mg.sign(term) * mg.log1p(-2 * mg.abs(term))

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        return 1 + mg.log(2 * self.scale)


class Cauchy(_LocationScale):
    """Cauchy's distribution of median `loc` and half width `scale`. It has no mean: that is nan, the variance inf.

    Examples
    --------
    >>> mg.distributions.Cauchy(0.0, 1.0).cdf(mg.tensor(1.0))
    tensor(0.7500)
    """

    @property
    def mean(self) -> Tensor:
        """The mean: nan."""
        return mg.full(self._batch_shape, math.nan, dtype=self.loc.dtype)

    @property
    def variance(self) -> Tensor:
        """The variance: inf."""
        return mg.full(self._batch_shape, math.inf, dtype=self.loc.dtype)

    def _standard(self, shape: Any) -> Tensor:
        return mg.tan(math.pi * (uniform(shape, self.loc) - 0.5))

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        return -math.log(math.pi) - self.scale.log() - mg.log1p(self._z(value) ** 2)

    def cdf(self, value: Tensor) -> Tensor:
        """Return the probability of values up to `value`."""
        return mg.atan(self._z(value)) / math.pi + 0.5

    def icdf(self, value: Tensor) -> Tensor:
        """Return the value up to which the probability is `value`."""
        return mg.tan(math.pi * (value - 0.5)) * self.scale + self.loc

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        return math.log(4 * math.pi) + self.scale.log()


class Gumbel(_LocationScale):
    """Gumbel's distribution, of maxima: ``exp(-exp(-z))`` is the probability of values up to ``loc + scale * z``.

    Examples
    --------
    >>> mg.distributions.Gumbel(0.0, 1.0).cdf(mg.tensor(0.0))
    tensor(0.3679)
    """

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return self.loc + self.scale * euler_constant

    @property
    def stddev(self) -> Tensor:
        """The standard deviation."""
        return math.pi / math.sqrt(6) * self.scale

    @property
    def variance(self) -> Tensor:
        """The variance."""
        return self.stddev**2

    def _standard(self, shape: Any) -> Tensor:
        return -mg.log(-mg.log(uniform(shape, self.loc)))

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        z = self._z(value)
        return -z - mg.exp(-z) - self.scale.log()

    def cdf(self, value: Tensor) -> Tensor:
        """Return the probability of values up to `value`."""
        return mg.exp(-mg.exp(-self._z(value)))

    def icdf(self, value: Tensor) -> Tensor:
        """Return the value up to which the probability is `value`."""
        return self.loc - self.scale * mg.log(-mg.log(value))

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        return self.scale.log() + (1 + euler_constant)


class Uniform(Distribution):
    """The uniform distribution between `low` and `high`.

    Examples
    --------
    >>> mg.distributions.Uniform(0.0, 4.0).log_prob(mg.tensor(1.0))
    tensor(-1.3863)
    """

    arg_constraints: Any = {"low": constraints.dependent, "high": constraints.dependent}
    event_dims = {"low": 0, "high": 0}
    has_rsample = True
    low: Tensor
    high: Tensor

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self._set(validate_args, low=low, high=high)
        if self._validate_args and not bool((self.low < self.high).all()):
            raise ValueError("Uniform: expected low to be less than high")

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        """The set of possible values."""
        return constraints.interval(self.low, self.high)

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return (self.high + self.low) / 2

    @property
    def mode(self) -> Tensor:
        """The most probable value: nan, as all are."""
        return math.nan * self.high

    @property
    def stddev(self) -> Tensor:
        """The standard deviation."""
        return (self.high - self.low) / 12**0.5

    @property
    def variance(self) -> Tensor:
        """The variance."""
        return (self.high - self.low) ** 2 / 12

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw with gradients for both ends."""
        rand = mg.rand(self._extended_shape(sample_shape), dtype=self.low.dtype)
        return self.low + rand * (self.high - self.low)

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`; -inf outside."""
        self._checked(value)
        inside = (value >= self.low) & (value < self.high)
        return mg.log(inside.to(self.low.dtype)) - mg.log(self.high - self.low)

    def cdf(self, value: Tensor) -> Tensor:
        """Return the probability of values up to `value`."""
        return ((self._checked(value) - self.low) / (self.high - self.low)).clamp(min=0, max=1)

    def icdf(self, value: Tensor) -> Tensor:
        """Return the value up to which the probability is `value`."""
        return value * (self.high - self.low) + self.low

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        return mg.log(self.high - self.low)


class _Half(Distribution):
    """The absolute value of a symmetric law around 0."""

    arg_constraints = _SCALE
    event_dims = {"scale": 0}
    support = constraints.nonnegative
    has_rsample = True
    scale: Tensor
    _whole: type[_LocationScale]

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        self._set(validate_args, scale=scale)

    @property
    def _base(self) -> _LocationScale:
        return self._whole(mg.zeros_like(self.scale), self.scale, validate_args=False)

    @property
    def mode(self) -> Tensor:
        """The most probable value: 0."""
        return mg.zeros_like(self.scale)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw with a gradient for `scale`."""
        return mg.abs(self._base.rsample(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`; -inf below 0."""
        inside = self._base.log_prob(self._checked(value)) + math.log(2)
        return mg.where(value >= 0, inside, -math.inf)

    def cdf(self, value: Tensor) -> Tensor:
        """Return the probability of values up to `value`."""
        return 2 * self._base.cdf(self._checked(value)) - 1

    def icdf(self, value: Tensor) -> Tensor:
        """Return the value up to which the probability is `value`."""
        return self._base.icdf((value + 1) / 2)

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        return self._base.entropy() - math.log(2)


class HalfNormal(_Half):
    """The absolute value of a normal number of mean 0 and standard deviation `scale`.

    Examples
    --------
    >>> mg.distributions.HalfNormal(1.0).mean
    tensor(0.7979)
    """

    _whole = Normal

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return self.scale * math.sqrt(2 / math.pi)

    @property
    def variance(self) -> Tensor:
        """The variance."""
        return self.scale**2 * (1 - 2 / math.pi)


class HalfCauchy(_Half):
    """The absolute value of a number of Cauchy's distribution of half width `scale`.

    Examples
    --------
    >>> mg.distributions.HalfCauchy(1.0).cdf(mg.tensor(1.0))
    tensor(0.5000)
    """

    _whole = Cauchy

    @property
    def mean(self) -> Tensor:
        """The mean: inf."""
        return mg.full(self._batch_shape, math.inf, dtype=self.scale.dtype)

    @property
    def variance(self) -> Tensor:
        """The variance: inf."""
        return mg.full(self._batch_shape, math.inf, dtype=self.scale.dtype)
