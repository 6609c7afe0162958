"""Relaxations of discrete laws, of which draws have gradients: RelaxedBernoulli, RelaxedOneHotCategorical.

C. J. Maddison, A. Mnih, Y. W. Teh, The concrete distribution (2017); E. Jang, S. Gu, B. Poole, Categorical
reparameterization with Gumbel-softmax (2017).
"""

from __future__ import annotations

from typing import Any

import minigrad as mg
from minigrad.core.tensor import Tensor
from minigrad.distributions import constraints
from minigrad.distributions.bernoulli import ProbsOrLogits
from minigrad.distributions.categorical import Categorical
from minigrad.distributions.distribution import Distribution
from minigrad.distributions.elementwise_transforms import ExpTransform, SigmoidTransform
from minigrad.distributions.transformed_distribution import TransformedDistribution
from minigrad.distributions.utils import clamp_probs, uniform

__all__ = ["ExpRelaxedCategorical", "LogitRelaxedBernoulli", "RelaxedBernoulli", "RelaxedOneHotCategorical"]


class LogitRelaxedBernoulli(ProbsOrLogits):
    """The distribution of the log-odds of a RelaxedBernoulli number: a logistic number over the temperature.

    Examples
    --------
    >>> mg.distributions.LogitRelaxedBernoulli(mg.tensor(0.5), 0.25).sample().shape
    Size([])
    """

    arg_constraints: Any = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.real
    has_rsample = True

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self.temperature = temperature
        self._choose(probs, logits, validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """Return this distribution expanded to `batch_shape`."""
        new = super().expand(batch_shape, _instance)
        new.temperature = self.temperature
        return new

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw with a gradient for the parameter."""
        shape = self._extended_shape(sample_shape)
        probs = clamp_probs(self.probs.expand(shape))
        u = clamp_probs(uniform(shape, probs))
        result: Tensor = (u.log() - (-u).log1p() + probs.log() - (-probs).log1p()) / self.temperature
        return result

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        logits, value = mg.broadcast_tensors(self.logits, self._checked(value))
        diff = logits - value * self.temperature
        log = diff - 2 * diff.exp().log1p()
        return log + mg.log(mg.as_tensor(self.temperature, dtype=log.dtype))


class _Relaxed(TransformedDistribution):
    """A relaxed law: a transform of one on the real line that has the parameters."""

    has_rsample = True
    base_dist: Any

    @property
    def temperature(self) -> Any:
        """The temperature: the lower, the nearer draws are to 0 and 1."""
        return self.base_dist.temperature

    @property
    def logits(self) -> Tensor:
        """The log-odds, or the logarithms of the probabilities."""
        result: Tensor = self.base_dist.logits
        return result

    @property
    def probs(self) -> Tensor:
        """The probabilities."""
        result: Tensor = self.base_dist.probs
        return result


class RelaxedBernoulli(_Relaxed):
    """A law on (0, 1) that comes near to Bernoulli's as the temperature sinks.

    Examples
    --------
    >>> mg.distributions.RelaxedBernoulli(mg.tensor(0.5), 0.25).support
    Interval(lower_bound=0.0, upper_bound=1.0)
    """

    arg_constraints: Any = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.unit_interval

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        super().__init__(LogitRelaxedBernoulli(temperature, probs, logits), SigmoidTransform(), validate_args)


class ExpRelaxedCategorical(Distribution):
    """The distribution of the logarithm of a RelaxedOneHotCategorical vector.

    Examples
    --------
    >>> mg.distributions.ExpRelaxedCategorical(mg.tensor(0.5), mg.ones(3)).event_shape
    Size([3])
    """

    arg_constraints: Any = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._categorical, self.temperature = Categorical(probs, logits), temperature
        shape = self._categorical.param_shape
        super().__init__(shape[:-1], shape[-1:], validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """Return this distribution expanded to `batch_shape`."""
        new = object.__new__(type(self)) if _instance is None else _instance
        new.__dict__.update(vars(self), _categorical=self._categorical.expand(batch_shape))
        new._batch_shape = mg.Size(batch_shape)
        return new

    @property
    def param_shape(self) -> mg.Size:
        """The shape of `probs` and of `logits`."""
        return self._categorical.param_shape

    @property
    def logits(self) -> Tensor:
        """The logarithms of the probabilities."""
        result: Tensor = self._categorical.logits
        return result

    @property
    def probs(self) -> Tensor:
        """The probabilities."""
        result: Tensor = self._categorical.probs
        return result

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw with a gradient for the parameter."""
        u = clamp_probs(uniform(self._extended_shape(sample_shape), self.logits))
        scores = (self.logits - (-(u.log())).log()) / self.temperature
        return scores - scores.logsumexp(dim=-1, keepdim=True)

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        k = self._event_shape[0]
        logits, value = mg.broadcast_tensors(self.logits, self._checked(value))
        t = mg.as_tensor(self.temperature, dtype=logits.dtype)
        scale = mg.lgamma(mg.tensor(float(k), dtype=logits.dtype)) + t.log() * (k - 1)
        score = logits - value * self.temperature
        return (score - score.logsumexp(dim=-1, keepdim=True)).sum(-1) + scale


class RelaxedOneHotCategorical(_Relaxed):
    """A law on the simplex that comes near to OneHotCategorical's as the temperature sinks.

    Examples
    --------
    >>> mg.distributions.RelaxedOneHotCategorical(mg.tensor(0.5), mg.ones(3)).rsample().sum().round()
    tensor(1.)
    """

    arg_constraints: Any = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = constraints.simplex

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        super().__init__(ExpRelaxedCategorical(temperature, probs, logits), ExpTransform(), validate_args)
