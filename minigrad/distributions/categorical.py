"""Choices of one of several: Categorical, OneHotCategorical, Multinomial."""

from __future__ import annotations

import math
from typing import Any

import minigrad as mg
from minigrad.core.tensor import Tensor
from minigrad.distributions import constraints
from minigrad.distributions.bernoulli import Binomial, ProbsOrLogits
from minigrad.distributions.distribution import Distribution
from minigrad.distributions.utils import broadcast_shapes

__all__ = ["Categorical", "Multinomial", "OneHotCategorical", "OneHotCategoricalStraightThrough"]

_ARGS: Any = {"probs": constraints.simplex, "logits": constraints.real_vector}


class Categorical(ProbsOrLogits):
    """The distribution of the numbers 0 ... k - 1, whose probabilities or their logarithms lie in the last dimension.

    Parameters
    ----------
    probs : Tensor of shape (..., k), 0 or more; they are divided by their sum
    logits : Tensor of shape (..., k); any constant may be added to them

    Examples
    --------
    >>> d = mg.distributions.Categorical(mg.tensor([1.0, 3.0]))
    >>> d.probs, d.log_prob(mg.tensor(1)), d.entropy()
    (tensor([0.2500, 0.7500]), tensor(-0.2877), tensor(0.5623))
    """

    arg_constraints = _ARGS
    event_dims = {"probs": 1, "logits": 1}
    has_enumerate_support = True
    _binary = False

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Categorical: expected either probs or logits, and not both")
        given, name = (probs, "probs") if logits is None else (logits, "logits")
        if given.dim() < 1:
            raise ValueError(f"Categorical: expected {name} to have at least 1 dimension")
        if logits is None:
            self.probs = probs / probs.sum(-1, keepdim=True)
        else:
            self.logits = logits - logits.logsumexp(dim=-1, keepdim=True)
        self._num_events = given.shape[-1]
        Distribution.__init__(self, given.shape[:-1], (), validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:
        """The set of possible values."""
        return constraints.integer_interval(0, self._num_events - 1)

    @property
    def mean(self) -> Tensor:
        """The mean: nan, as the numbers stand for anything."""
        return mg.full(self._batch_shape, math.nan, dtype=self.probs.dtype)

    @property
    def mode(self) -> Tensor:
        """The most probable number."""
        result: Tensor = self.probs.argmax(dim=-1)
        return result

    @property
    def variance(self) -> Tensor:
        """The variance: nan."""
        return mg.full(self._batch_shape, math.nan, dtype=self.probs.dtype)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw numbers."""
        count = math.prod(sample_shape)
        probs = self.probs.detach().reshape(-1, self._num_events)
        drawn = mg.multinomial(probs, count, True).T if count else mg.zeros(0, len(probs), dtype=mg.int64)
        return drawn.reshape(self._extended_shape(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the probability of `value`."""
        value = self._checked(value).long().unsqueeze(-1)
        shape = broadcast_shapes(value.shape[:-1], self.logits.shape[:-1])
        logits = self.logits.expand((*shape, self._num_events))
        return logits.gather(-1, value.expand((*shape, 1))).squeeze(-1)

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        logits = self.logits.clamp(min=float(mg.finfo(self.logits.dtype).min))
        return -(logits * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """Return 0 ... k - 1 along a new first dimension."""
        return self._enumerated(mg.arange(self._num_events), expand)


class _OfCategorical(Distribution):
    """A distribution of vectors that is made of a Categorical one."""

    _categorical: Categorical
    event_dims = {"_categorical": 0}

    @property
    def probs(self) -> Tensor:
        """The probabilities."""
        result: Tensor = self._categorical.probs
        return result

    @property
    def logits(self) -> Tensor:
        """The logarithms of the probabilities."""
        result: Tensor = self._categorical.logits
        return result

    @property
    def param_shape(self) -> mg.Size:
        """The shape of `probs` and of `logits`."""
        return self._categorical.param_shape

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """Return this distribution with its parameters expanded to `batch_shape`."""
        new = object.__new__(type(self)) if _instance is None else _instance
        new.__dict__.update(vars(self), _categorical=self._categorical.expand(batch_shape))
        new._batch_shape = mg.Size(batch_shape)
        return new


class OneHotCategorical(_OfCategorical):
    """The distribution of vectors with a 1 in the place that a Categorical distribution chooses, and zeros.

    Examples
    --------
    >>> mg.distributions.OneHotCategorical(mg.tensor([1.0, 3.0])).log_prob(mg.tensor([0.0, 1.0]))
    tensor(-0.2877)
    """

    arg_constraints = _ARGS
    support = constraints.one_hot
    has_enumerate_support = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._categorical = Categorical(probs, logits, validate_args)
        shape = self._categorical.param_shape
        super().__init__(shape[:-1], shape[-1:], validate_args)

    @property
    def mean(self) -> Tensor:
        """The mean: the probabilities."""
        return self.probs

    @property
    def mode(self) -> Tensor:
        """The most probable vector."""
        return self._vectors(self._categorical.mode)

    @property
    def variance(self) -> Tensor:
        """The variance of each element."""
        return self.probs * (1 - self.probs)

    def _vectors(self, indices: Tensor) -> Tensor:
        return mg.nn.functional.one_hot(indices, self._event_shape[0]).to(self.probs.dtype)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw vectors."""
        return self._vectors(self._categorical.sample(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the probability of `value`."""
        return self._categorical.log_prob(self._checked(value).argmax(-1))

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        return self._categorical.entropy()

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """Return the unit vectors along a new first dimension."""
        n = self._event_shape[0]
        values = mg.eye(n, dtype=self.probs.dtype).view(n, *(1,) * len(self._batch_shape), n)
        return values.expand((n, *self._batch_shape, n)) if expand else values


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """A OneHotCategorical whose draws pass gradients on to the probabilities, as if they were these.

    References
    ----------
    Y. Bengio, N. Leonard, A. Courville, Estimating or propagating gradients through stochastic neurons, 2013.

    Examples
    --------
    >>> mg.distributions.OneHotCategoricalStraightThrough(mg.tensor([1.0, 3.0])).rsample().sum()
    tensor(1.)
    """

    has_rsample = True

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw vectors; their gradient is that of the probabilities."""
        return self.sample(sample_shape) + (self.probs - self.probs.detach())


class Multinomial(_OfCategorical):
    """The distribution of how often each of k numbers comes among `total_count` draws.

    Examples
    --------
    >>> d = mg.distributions.Multinomial(4, mg.tensor([1.0, 3.0]))
    >>> d.mean, d.sample().sum()
    (tensor([1., 3.]), tensor(4.))
    """

    arg_constraints = _ARGS

    def __init__(
        self, total_count: int = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        if not isinstance(total_count, int):
            raise NotImplementedError("Multinomial: expected total_count to be one int for all")
        self.total_count = total_count
        self._categorical = Categorical(probs, logits)
        shape = self._categorical.param_shape
        super().__init__(shape[:-1], shape[-1:], validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=1)
    def support(self) -> Any:
        """The set of possible values."""
        return constraints.multinomial(self.total_count)

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return self.probs * self.total_count

    @property
    def variance(self) -> Tensor:
        """The variance of each element."""
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw counts."""
        drawn = self._categorical.sample((self.total_count, *sample_shape))
        return mg.nn.functional.one_hot(drawn, self._event_shape[0]).sum(0).to(self.probs.dtype)

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the probability of `value`."""
        logits, value = mg.broadcast_tensors(self.logits, self._checked(value))
        powers = mg.where((value == 0) & (logits == -math.inf), 0.0, logits * value)
        return mg.lgamma(value.sum(-1) + 1) - mg.lgamma(value + 1).sum(-1) + powers.sum(-1)

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        n = mg.tensor(float(self.total_count), dtype=self.probs.dtype)
        counts = mg.arange(1, 1 + self.total_count, dtype=self.probs.dtype).reshape((-1,) + (1,) * self.probs.ndim)
        weights = Binomial(self.total_count, self.probs, validate_args=False).log_prob(counts).exp() * mg.lgamma(
            counts + 1
        )
        return n * self._categorical.entropy() - mg.lgamma(n + 1) + weights.sum((0, -1))
