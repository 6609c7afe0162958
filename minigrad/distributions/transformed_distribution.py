"""Distributions made of others: Independent, TransformedDistribution, MixtureSameFamily."""

from __future__ import annotations

from typing import Any

import minigrad as mg
from minigrad.core.tensor import Tensor
from minigrad.distributions import constraints
from minigrad.distributions.categorical import Categorical
from minigrad.distributions.distribution import Distribution
from minigrad.distributions.transform import ComposeTransform, Transform
from minigrad.distributions.utils import sum_rightmost

__all__ = ["Independent", "MixtureSameFamily", "TransformedDistribution"]


class Independent(Distribution):
    """A distribution whose last batch dimensions count as dimensions of an event.

    Parameters
    ----------
    base_distribution : Distribution
    reinterpreted_batch_ndims : int
        How many of its batch dimensions.

    Raises
    ------
    ValueError
        If it has fewer.

    Examples
    --------
    >>> D = mg.distributions
    >>> D.Independent(D.Normal(mg.zeros(2, 3), 1.0), 1).log_prob(mg.zeros(2, 3)).shape
    Size([2])
    """

    arg_constraints: Any = {}

    def __init__(
        self, base_distribution: Distribution, reinterpreted_batch_ndims: int, validate_args: bool | None = None
    ) -> None:
        batch, count = base_distribution.batch_shape, reinterpreted_batch_ndims
        if count > len(batch):
            raise ValueError(
                f"Independent: expected reinterpreted_batch_ndims of at most {len(batch)}, the batch dimensions of "
                f"the base distribution, got {count}"
            )
        self.base_dist, self.reinterpreted_batch_ndims = base_distribution, count
        split = len(batch) - count
        super().__init__(batch[:split], batch[split:] + base_distribution.event_shape, validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """Return this distribution expanded to `batch_shape`."""
        inner = tuple(self._event_shape[: self.reinterpreted_batch_ndims])
        new = object.__new__(type(self)) if _instance is None else _instance
        new.__dict__.update(vars(self), base_dist=self.base_dist.expand((*batch_shape, *inner)))
        new._batch_shape = mg.Size(batch_shape)
        return new

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        """Whether draws have gradients."""
        return self.base_dist.has_rsample

    @property
    def has_enumerate_support(self) -> bool:  # type: ignore[override]
        """Whether `enumerate_support` is defined."""
        return self.base_dist.has_enumerate_support and not self.reinterpreted_batch_ndims

    @constraints.dependent_property
    def support(self) -> Any:
        """The set of possible values."""
        inner, count = self.base_dist.support, self.reinterpreted_batch_ndims
        return constraints.independent(inner, count) if count else inner

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return self.base_dist.mean

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        return self.base_dist.mode

    @property
    def variance(self) -> Tensor:
        """The variance."""
        return self.base_dist.variance

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw from the base distribution."""
        return self.base_dist.sample(sample_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw from the base distribution, with gradients."""
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`: the sum over the event."""
        result: Tensor = sum_rightmost(self.base_dist.log_prob(value), self.reinterpreted_batch_ndims)
        return result

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        result: Tensor = sum_rightmost(self.base_dist.entropy(), self.reinterpreted_batch_ndims)
        return result

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """Return all values of the base distribution, if no dimension is reinterpreted."""
        if self.reinterpreted_batch_ndims > 0:
            raise NotImplementedError("Independent: the values of several dimensions at once are not enumerated")
        return self.base_dist.enumerate_support(expand)

    def __repr__(self) -> str:
        return f"Independent({self.base_dist}, {self.reinterpreted_batch_ndims})"


class TransformedDistribution(Distribution):
    """The distribution of what a transform, or several one after the other, make of another one's draws.

    Parameters
    ----------
    base_distribution : Distribution
    transforms : Transform, or a list of them

    Examples
    --------
    >>> D = mg.distributions
    >>> D.TransformedDistribution(D.Normal(0.0, 1.0), [D.ExpTransform()]).log_prob(mg.tensor(1.0))
    tensor(-0.9189)
    """

    arg_constraints: Any = {}

    def __init__(self, base_distribution: Distribution, transforms: Any, validate_args: bool | None = None) -> None:
        if isinstance(transforms, Transform):
            transforms = [transforms]
        if not isinstance(transforms, list) or not all(isinstance(t, Transform) for t in transforms):
            raise ValueError(f"TransformedDistribution: expected a Transform or a list of them, got {transforms!r}")
        self.transforms = transforms
        self._build(base_distribution, validate_args)

    def _build(self, base: Distribution, validate_args: bool | None) -> None:
        shape = base.batch_shape + base.event_shape
        whole = ComposeTransform(self.transforms)
        if len(shape) < whole.domain.event_dim:
            raise ValueError(
                f"TransformedDistribution: expected a base of at least {whole.domain.event_dim} dimensions, got {base}"
            )
        forward = whole.forward_shape(shape)
        base = base.expand(whole.inverse_shape(forward)[: len(shape) - len(base.event_shape)])
        if (missing := whole.domain.event_dim - len(base.event_shape)) > 0:
            base = Independent(base, missing)
        self.base_dist = base
        event_dim = whole.codomain.event_dim + max(len(base.event_shape) - whole.domain.event_dim, 0)
        cut = len(forward) - event_dim
        Distribution.__init__(self, forward[:cut], forward[cut:], validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """Return this distribution expanded to `batch_shape`."""
        new = object.__new__(type(self)) if _instance is None else _instance
        new.__dict__.update(vars(self))
        shape = ComposeTransform(self.transforms).inverse_shape(mg.Size(batch_shape) + self._event_shape)
        new.base_dist = self.base_dist.expand(shape[: len(shape) - len(self.base_dist.event_shape)])
        new._batch_shape = mg.Size(batch_shape)
        return new

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        """Whether draws have gradients."""
        return self.base_dist.has_rsample

    @constraints.dependent_property(is_discrete=False)
    def support(self) -> Any:
        """The set of possible values."""
        if not self.transforms:
            return self.base_dist.support
        codomain = self.transforms[-1].codomain
        extra = len(self._event_shape) - codomain.event_dim
        return constraints.independent(codomain, extra) if extra > 0 else codomain

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw, and transform."""
        with mg.no_grad():
            x = self.base_dist.sample(sample_shape)
            for transform in self.transforms:
                x = transform(x)
            return x

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw with gradients, and transform."""
        x = self.base_dist.rsample(sample_shape)
        for transform in self.transforms:
            x = transform(x)
        return x

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`: the base's there, less the stretching on the way."""
        event_dim, y, result = len(self._event_shape), self._checked(value), 0.0
        for transform in reversed(self.transforms):
            x = transform.inv(y)
            event_dim += transform.domain.event_dim - transform.codomain.event_dim
            stretched = transform.log_abs_det_jacobian(x, y)
            result = result - sum_rightmost(stretched, event_dim - transform.domain.event_dim)
            y = x
        base = self.base_dist.log_prob(y)
        return result + sum_rightmost(base, event_dim - len(self.base_dist.event_shape))

    def _monotonize(self, value: Any) -> Any:
        sign = 1
        for transform in self.transforms:
            sign = sign * transform.sign
        if isinstance(sign, int) and sign == 1:
            return value
        return sign * (value - 0.5) + 0.5

    def cdf(self, value: Tensor) -> Tensor:
        """Return the probability of values up to `value`, for transforms that are monotonic."""
        for transform in self.transforms[::-1]:
            value = transform.inv(value)
        if self._validate_args:
            self.base_dist._validate_sample(value)
        result: Tensor = self._monotonize(self.base_dist.cdf(value))
        return result

    def icdf(self, value: Tensor) -> Tensor:
        """Return the value up to which the probability is `value`."""
        value = self.base_dist.icdf(self._monotonize(value))
        for transform in self.transforms:
            value = transform(value)
        return value


class MixtureSameFamily(Distribution):
    """A mixture: `mixture_distribution` chooses one of the last batch dimension of `component_distribution`.

    Raises
    ------
    ValueError
        If the first is not Categorical, or the batch shapes do not fit.

    Examples
    --------
    >>> D = mg.distributions
    >>> mix = D.Categorical(mg.tensor([0.5, 0.5]))
    >>> D.MixtureSameFamily(mix, D.Normal(mg.tensor([-1.0, 1.0]), 1.0)).mean
    tensor(0.)
    """

    arg_constraints: Any = {}

    def __init__(
        self,
        mixture_distribution: Categorical,
        component_distribution: Distribution,
        validate_args: bool | None = None,
    ) -> None:
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError("MixtureSameFamily: expected a Categorical as mixture_distribution")
        if not isinstance(component_distribution, Distribution):
            raise ValueError("MixtureSameFamily: expected a Distribution as component_distribution")
        self._mixture_distribution, self._component_distribution = mixture_distribution, component_distribution
        mixture, components = mixture_distribution.batch_shape, component_distribution.batch_shape[:-1]
        if any(i != j and 1 not in (i, j) for i, j in zip(reversed(mixture), reversed(components), strict=False)):
            raise ValueError(f"MixtureSameFamily: batch shapes {tuple(mixture)} and {tuple(components)} do not fit")
        count, have = mixture_distribution.param_shape[-1], component_distribution.batch_shape[-1]
        if count != have:
            raise ValueError(f"MixtureSameFamily: expected {count} components, got {have}")
        event = component_distribution.event_shape
        self._event_ndims = len(event)
        super().__init__(components, event, validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """Return this distribution expanded to `batch_shape`."""
        new = object.__new__(type(self)) if _instance is None else _instance
        count = self._component_distribution.batch_shape[-1]
        new.__dict__.update(
            vars(self),
            _mixture_distribution=self._mixture_distribution.expand(batch_shape),
            _component_distribution=self._component_distribution.expand((*batch_shape, count)),
        )
        new._batch_shape = mg.Size(batch_shape)
        return new

    @constraints.dependent_property
    def support(self) -> Any:
        """The set of possible values."""
        return constraints.MixtureSameFamilyConstraint(self._component_distribution.support)

    @property
    def mixture_distribution(self) -> Categorical:
        """The distribution that chooses the component."""
        return self._mixture_distribution

    @property
    def component_distribution(self) -> Distribution:
        """The batch of components."""
        return self._component_distribution

    def _weights(self) -> Tensor:
        probs = self.mixture_distribution.probs
        return probs.reshape(probs.shape + (1,) * self._event_ndims)

    @property
    def mean(self) -> Tensor:
        """The mean."""
        return (self._weights() * self._component_distribution.mean).sum(-1 - self._event_ndims)

    @property
    def variance(self) -> Tensor:
        """The variance: the mean of the variances, and the variance of the means."""
        dim, weights, parts = -1 - self._event_ndims, self._weights(), self._component_distribution
        within = (weights * parts.variance).sum(dim)
        return within + (weights * (parts.mean - self.mean.unsqueeze(dim)) ** 2).sum(dim)

    def cdf(self, x: Tensor) -> Tensor:
        """Return the probability of values up to `x`."""
        return (self._component_distribution.cdf(self._padded(x)) * self.mixture_distribution.probs).sum(-1)

    def log_prob(self, x: Tensor) -> Tensor:
        """Return the logarithm of the density at `x`."""
        parts = self._component_distribution.log_prob(self._padded(self._checked(x)))
        return mg.logsumexp(parts + mg.log_softmax(self.mixture_distribution.logits, -1), -1)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw from a component that is drawn first."""
        with mg.no_grad():
            chosen = self.mixture_distribution.expand(self._batch_shape).sample(sample_shape)
            drawn = self._component_distribution.sample(sample_shape)
            dim = drawn.ndim - 1 - self._event_ndims
            index = chosen.reshape(chosen.shape + (1,) * (1 + self._event_ndims))
            index = index.expand((*chosen.shape, 1, *self._event_shape))
            return drawn.gather(dim, index).squeeze(dim)

    def _padded(self, x: Tensor) -> Tensor:
        return x.unsqueeze(-1 - self._event_ndims)

    def __repr__(self) -> str:
        return f"MixtureSameFamily({self.mixture_distribution}, {self.component_distribution})"
