"""Laws of a probability or its log-odds, Bernoulli, Binomial, Geometric and others; and Poisson's."""

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
from minigrad.distributions.utils import clamp_probs, lazy_property, logits_to_probs, probs_to_logits, uniform

__all__ = ["Bernoulli", "Binomial", "ContinuousBernoulli", "Geometric", "NegativeBinomial", "Poisson"]


class ProbsOrLogits(Distribution):
    """A law of a probability `probs`, which may be given by `logits`; each is computed from the other when needed."""

    event_dims = {"probs": 0, "logits": 0}
    _binary = True

    def _choose(self, probs: Any, logits: Any, validate_args: bool | None, **others: Any) -> None:
        if (probs is None) == (logits is None):
            got = "neither" if probs is None else "both"
            raise ValueError(f"{type(self).__name__}: expected either probs or logits, got {got}")
        given = {"probs": probs} if logits is None else {"logits": logits}
        self._set(validate_args, **others, **given)

    @property
    def _param(self) -> Tensor:
        param: Tensor = self.probs if "probs" in vars(self) else self.logits
        return param

    @property
    def param_shape(self) -> mg.Size:
        """The shape of `probs` and of `logits`."""
        return self._param.shape

    @lazy_property
    def logits(self) -> Tensor:
        """The log-odds."""
        return probs_to_logits(self.probs, is_binary=self._binary)

    @lazy_property
    def probs(self) -> Tensor:
        """The probabilities."""
        return logits_to_probs(self.logits, is_binary=self._binary)


_ARGS: Any = {"probs": constraints.unit_interval, "logits": constraints.real}


class Bernoulli(ProbsOrLogits, ExponentialFamily):
    """The distribution of 1, of probability `probs`, and 0.

    Examples
    --------
    >>> mg.distributions.Bernoulli(0.25).log_prob(mg.tensor([1.0, 0.0]))
    tensor([-1.3863, -0.2877])
    """

    arg_constraints = _ARGS
    support = constraints.boolean
    has_enumerate_support = True
    _mean_carrier_measure = 0.0

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._choose(probs, logits, validate_args)

    @property
    def mean(self) -> Tensor:
        """The mean."""
        result: Tensor = self.probs
        return result

    @property
    def mode(self) -> Tensor:
        """The most probable value; nan where both are as probable."""
        return mg.where(self.probs == 0.5, math.nan, (self.probs >= 0.5).to(self.probs.dtype))

    @property
    def variance(self) -> Tensor:
        """The variance."""
        result: Tensor = self.probs * (1 - self.probs)
        return result

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw zeros and ones."""
        with mg.no_grad():
            return mg.bernoulli(self.probs.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the probability of `value`."""
        logits, value = mg.broadcast_tensors(self.logits, self._checked(value))
        return -mg.nn.functional.binary_cross_entropy_with_logits(logits, value.to(logits.dtype), reduction="none")

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        return mg.nn.functional.binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """Return 0 and 1 along a new first dimension."""
        return self._enumerated(mg.arange(2, dtype=self._param.dtype), expand)

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (mg.logit(self.probs),)

    def _log_normalizer(self, x: Any) -> Any:
        return mg.log1p(mg.exp(x))


class Binomial(ProbsOrLogits):
    """The distribution of the number of successes of `total_count` trials of probability `probs`.

    Examples
    --------
    >>> mg.distributions.Binomial(4, 0.5).log_prob(mg.tensor(2.0)).exp()
    tensor(0.3750)
    """

    arg_constraints: Any = {"total_count": constraints.nonnegative_integer, **_ARGS}
    event_dims = {"total_count": 0, "probs": 0, "logits": 0}
    has_enumerate_support = True
    total_count: Tensor

    def __init__(
        self, total_count: Any = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._choose(probs, logits, validate_args, total_count=total_count)
        self.total_count = self.total_count.to(self._param.dtype)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:
        """The set of possible values."""
        return constraints.integer_interval(0, self.total_count)

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return self.total_count * self.probs

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        return ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count)

    @property
    def variance(self) -> Tensor:
        """The variance."""
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw numbers of successes."""
        shape = self._extended_shape(sample_shape)
        with mg.no_grad():
            return mg.binomial(self.total_count.expand(shape), self.probs.expand(shape))

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the probability of `value`."""
        self._checked(value)
        n, logits = self.total_count, self.logits
        choose = mg.lgamma(n + 1) - mg.lgamma(value + 1) - mg.lgamma(n - value + 1)
        return choose + value * logits - n * mg.nn.functional.softplus(logits)

    def entropy(self) -> Tensor:
        """Return the entropy, in nats; for one `total_count` of all."""
        values = self.enumerate_support(False)
        log_prob = self.log_prob(values)
        return -(mg.exp(log_prob) * log_prob).sum(0)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """Return 0 ... `total_count`, which must be one for all, along a new first dimension."""
        count = int(self.total_count.max())
        if not bool((self.total_count == count).all()):
            raise NotImplementedError("Binomial: with several total_counts the supports differ in length")
        return self._enumerated(mg.arange(1 + count, dtype=self._param.dtype), expand)


class Geometric(ProbsOrLogits):
    """The distribution of the number of failures before the first success of probability `probs`.

    Examples
    --------
    >>> mg.distributions.Geometric(0.25).mean
    tensor(3.)
    """

    arg_constraints = _ARGS
    support = constraints.nonnegative_integer

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._choose(probs, logits, validate_args)
        if self._validate_args and probs is not None and not bool((self.probs > 0).all()):
            raise ValueError(
                f"Geometric: Expected parameter probs to be positive, but found invalid values:\n{self.probs}"
            )

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return 1.0 / self.probs - 1.0

    @property
    def mode(self) -> Tensor:
        """The most probable value: 0."""
        return mg.zeros_like(self.probs)

    @property
    def variance(self) -> Tensor:
        """The variance."""
        return (1.0 / self.probs - 1.0) / self.probs

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw numbers of failures."""
        with mg.no_grad():
            u = uniform(self._extended_shape(sample_shape), self.probs)
            return (u.log() / (-self.probs).log1p()).floor()

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the probability of `value`."""
        value, probs = mg.broadcast_tensors(self._checked(value), self.probs)
        return mg.special.xlog1py(value, -probs) + probs.log()

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        entropy: Tensor = mg.nn.functional.binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")
        return entropy / self.probs


class NegativeBinomial(ProbsOrLogits):
    """The distribution of the number of successes, of probability `probs`, before `total_count` failures.

    Examples
    --------
    >>> mg.distributions.NegativeBinomial(2.0, 0.5).mean
    tensor(2.)
    """

    arg_constraints: Any = {
        "total_count": constraints.greater_than_eq(0),
        "probs": constraints.half_open_interval(0.0, 1.0),
        "logits": constraints.real,
    }
    event_dims = {"total_count": 0, "probs": 0, "logits": 0}
    support = constraints.nonnegative_integer
    total_count: Tensor

    def __init__(
        self, total_count: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._choose(probs, logits, validate_args, total_count=total_count)
        self.total_count = self.total_count.to(self._param.dtype)

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return self.total_count * mg.exp(self.logits)

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0.0)

    @property
    def variance(self) -> Tensor:
        """The variance."""
        return self.mean / mg.sigmoid(-self.logits)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw Poisson numbers whose rates are gamma numbers."""
        shape = self._extended_shape(sample_shape)
        rng = get_generator(None).rng
        with mg.no_grad():
            rate = rng.standard_gamma(self.total_count.expand(shape).numpy()) * np.exp(self.logits.detach().numpy())
        return mg.tensor(rng.poisson(rate), dtype=self._param.dtype)

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the probability of `value`."""
        self._checked(value)
        n, log_sigmoid = self.total_count, mg.nn.functional.logsigmoid
        unnormalized = n * log_sigmoid(-self.logits) + value * log_sigmoid(self.logits)
        count = n + value
        normalization = mg.lgamma(1.0 + value) + mg.lgamma(n) - mg.lgamma(count)
        return unnormalized - mg.where(count == 0, 0.0, normalization)


class Poisson(ExponentialFamily):
    """Poisson's distribution of numbers of events of which `rate` are expected.

    Examples
    --------
    >>> mg.distributions.Poisson(2.0).log_prob(mg.tensor(0.0))
    tensor(-2.)
    """

    arg_constraints: Any = {"rate": constraints.nonnegative}
    event_dims = {"rate": 0}
    support = constraints.nonnegative_integer
    rate: Tensor

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        self._set(validate_args, rate=rate)

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return self.rate

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        return self.rate.floor()

    @property
    def variance(self) -> Tensor:
        """The variance."""
        return self.rate

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw numbers of events."""
        with mg.no_grad():
            return mg.poisson(self.rate.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the probability of `value`."""
        rate, value = mg.broadcast_tensors(self.rate, self._checked(value))
        return mg.xlogy(value, rate) - rate - (value + 1).lgamma()

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (mg.log(self.rate),)

    def _log_normalizer(self, x: Any) -> Any:
        return mg.exp(x)


class ContinuousBernoulli(ProbsOrLogits, ExponentialFamily):
    """The density on [0, 1] that is proportional to ``probs ** x * (1 - probs) ** (1 - x)``.

    Near ``probs`` 1/2, within `lims`, its formulas divide 0 by 0, and Taylor's series take their place.

    References
    ----------
    G. Loaiza-Ganem, J. P. Cunningham, The continuous Bernoulli: fixing a pervasive error in variational autoencoders,
    2019.

    Examples
    --------
    >>> mg.distributions.ContinuousBernoulli(0.5).mean
    tensor(0.5000)
    """

    arg_constraints = _ARGS
    support = constraints.unit_interval
    has_rsample = True
    _mean_carrier_measure = 0.0

    def __init__(
        self,
        probs: Any = None,
        logits: Any = None,
        lims: tuple[float, float] = (0.499, 0.501),
        validate_args: bool | None = None,
    ) -> None:
        self._choose(probs, logits, validate_args)
        if probs is not None:
            self.probs = clamp_probs(self.probs)
        self._lims = lims

    def _split(self) -> tuple[Tensor, Tensor]:
        """Return where the formulas hold, and probabilities at which they are computed."""
        far = (self.probs <= self._lims[0]) | (self.probs > self._lims[1])
        return far, mg.where(far, clamp_probs(self.probs), self._lims[0])

    def _log_constant(self) -> Tensor:
        far, p = self._split()
        ratio = mg.log(mg.abs(mg.log1p(-p) - mg.log(p))) - mg.log(mg.abs(1 - 2 * p))
        x = (self.probs - 0.5) ** 2
        return mg.where(far, ratio, math.log(2.0) + (4.0 / 3.0 + 104.0 / 45.0 * x) * x)

    @property
    def mean(self) -> Tensor:
        """The mean."""
        far, p = self._split()
        x = self.probs - 0.5
        formula = p / (2.0 * p - 1.0) + 1.0 / (mg.log1p(-p) - mg.log(p))
        return mg.where(far, formula, 0.5 + (1.0 / 3.0 + 16.0 / 45.0 * x**2) * x)

    @property
    def variance(self) -> Tensor:
        """The variance."""
        far, p = self._split()
        x = (self.probs - 0.5) ** 2
        formula = p * (p - 1.0) / (1.0 - 2.0 * p) ** 2 + 1.0 / (mg.log1p(-p) - mg.log(p)) ** 2
        return mg.where(far, formula, 1.0 / 12.0 - (1.0 / 15.0 - 128.0 / 945.0 * x) * x)

    @property
    def stddev(self) -> Tensor:
        """The standard deviation."""
        return mg.sqrt(self.variance)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw with a gradient for the parameter."""
        return self.icdf(uniform(self._extended_shape(sample_shape), self.probs))

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        logits, value = mg.broadcast_tensors(self.logits, self._checked(value))
        loss = mg.nn.functional.binary_cross_entropy_with_logits(logits, value, reduction="none")
        return self._log_constant() - loss

    def cdf(self, value: Tensor) -> Tensor:
        """Return the probability of values up to `value`."""
        self._checked(value)
        far, p = self._split()
        formula = (mg.pow(p, value) * mg.pow(1.0 - p, 1.0 - value) + p - 1.0) / (2.0 * p - 1.0)
        inside = mg.where(far, formula, value)
        return mg.where(value <= 0.0, 0.0, mg.where(value >= 1.0, 1.0, inside))

    def icdf(self, value: Tensor) -> Tensor:
        """Return the value up to which the probability is `value`."""
        far, p = self._split()
        formula = mg.log1p(-p + value * (2.0 * p - 1.0)) - mg.log1p(-p)
        return mg.where(far, formula / (mg.log(p) - mg.log1p(-p)), value)

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        log0, log1 = mg.log1p(-self.probs), mg.log(self.probs)
        return self.mean * (log0 - log1) - self._log_constant() - log0

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (mg.logit(self.probs),)

    def _log_normalizer(self, x: Any) -> Any:
        far = mg.abs(x) > 4 * (0.5 - self._lims[0])
        y = mg.where(far, x, 1.0)
        series = 0.5 * x + x**2 / 24.0 - x**4 / 2880.0
        return mg.where(far, mg.log(mg.abs(mg.expm1(y))) - mg.log(mg.abs(y)), series)
