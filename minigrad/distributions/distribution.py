"""The base of all distributions: shapes, checks of parameters and values, and what follows from the rest."""

from __future__ import annotations

import warnings
from typing import Any

import minigrad as mg
from minigrad.core.tensor import Tensor
from minigrad.distributions import constraints
from minigrad.distributions.utils import broadcast_all, lazy_property

__all__ = ["Distribution"]


class Distribution:
    """A probability distribution, or a batch of them: `batch_shape` counts them, `event_shape` is that of a draw.

    A subclass names its parameters in `arg_constraints` and, with the dimensions that a single one has, in
    `event_dims`, by which `expand` knows them.

    Parameters
    ----------
    batch_shape, event_shape : Size
    validate_args : bool, optional
        Whether parameters and values are checked; by default what `set_default_validate_args` said last, or True.

    Examples
    --------
    >>> d = mg.distributions.Normal(mg.zeros(2), 1.0)
    >>> d.batch_shape, d.event_shape, d.sample((3,)).shape
    (Size([2]), Size([]), Size([3, 2]))
    """

    has_rsample = False
    has_enumerate_support = False
    event_dims: dict[str, int] = {}
    _validate_args = __debug__

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Set whether distributions that are not told otherwise check parameters and values."""
        if value not in (True, False):
            raise ValueError(f"set_default_validate_args: expected a bool, got {value!r}")
        Distribution._validate_args = value

    def __init__(self, batch_shape: Any = (), event_shape: Any = (), validate_args: bool | None = None) -> None:
        self._batch_shape, self._event_shape = mg.Size(batch_shape), mg.Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            self._check_parameters()
        super().__init__()

    def _set(self, validate_args: bool | None, **parameters: Any) -> None:
        """Broadcast the parameters of univariate laws against each other, keep them, and check them."""
        for name, value in zip(parameters, broadcast_all(*parameters.values()), strict=True):
            setattr(self, name, value)
        batch = () if all(isinstance(v, (int, float)) for v in parameters.values()) else value.shape
        Distribution.__init__(self, batch, (), validate_args)

    def _check_parameters(self) -> None:
        try:
            expected = self.arg_constraints
        except NotImplementedError:
            expected = {}
            warnings.warn(
                f"{type(self).__name__}: it has no arg_constraints; set them to {{}} or pass validate_args=False",
                stacklevel=4,
            )
        for name, constraint in expected.items():
            lazy = name not in vars(self) and isinstance(getattr(type(self), name, None), lazy_property)
            if constraints.is_dependent(constraint) or lazy:
                continue
            value = getattr(self, name)
            if not bool(constraint.check(value).all()):
                raise ValueError(
                    f"{type(self).__name__}: Expected parameter {name} ({type(value).__name__} of shape "
                    f"{tuple(value.shape)}) to satisfy the constraint {constraint!r}, but found invalid values:\n"
                    f"{value}"
                )

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """Return this distribution with its parameters expanded to `batch_shape`, which takes no memory."""
        new = object.__new__(type(self)) if _instance is None else _instance
        batch = mg.Size(batch_shape)
        for name, value in vars(self).items():
            if isinstance(value, Distribution):
                value = value.expand(batch + self._event_shape[: len(value.batch_shape) - len(self._batch_shape)])
            elif name in self.event_dims and isinstance(value, Tensor):
                value = value.expand(batch + value.shape[value.ndim - self.event_dims[name] :])
            elif isinstance(value, Tensor):
                continue  # kept by a lazy_property
            new.__dict__[name] = value
        new._batch_shape = batch
        return new

    @property
    def batch_shape(self) -> mg.Size:
        """The shape of the batch of distributions."""
        return self._batch_shape

    @property
    def event_shape(self) -> mg.Size:
        """The shape of one draw from one of them."""
        return self._event_shape

    @property
    def arg_constraints(self) -> dict[str, constraints.Constraint]:
        """By name, the set that each parameter must be in."""
        raise NotImplementedError

    @property
    def support(self) -> Any:
        """The set of possible values."""
        raise NotImplementedError

    @property
    def mean(self) -> Tensor:
        """The mean."""
        raise NotImplementedError

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        raise NotImplementedError(f"{type(self).__name__}: it has no mode here")

    @property
    def variance(self) -> Tensor:
        """The variance."""
        raise NotImplementedError

    @property
    def stddev(self) -> Tensor:
        """The standard deviation."""
        return self.variance.sqrt()

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw a tensor of shape ``sample_shape + batch_shape + event_shape``, without gradients."""
        with mg.no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw as `sample` does, with gradients for the parameters."""
        raise NotImplementedError(f"{type(self).__name__}: its draws have no gradient; use sample()")

    def sample_n(self, n: int) -> Tensor:
        """Draw `n` times: an old name of ``sample((n,))``."""
        warnings.warn("sample_n: deprecated; use sample((n,))", FutureWarning, stacklevel=2)
        return self.sample((n,))

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density, or of the probability, of `value`."""
        raise NotImplementedError

    def cdf(self, value: Tensor) -> Tensor:
        """Return the probability of values up to `value`."""
        raise NotImplementedError

    def icdf(self, value: Tensor) -> Tensor:
        """Return the inverse of `cdf`."""
        raise NotImplementedError

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """Return all possible values along a new first dimension, expanded to the batch if `expand`."""
        raise NotImplementedError

    def entropy(self) -> Tensor:
        """Return the entropy, in nats."""
        raise NotImplementedError

    def perplexity(self) -> Tensor:
        """Return the exponential of the entropy."""
        return mg.exp(self.entropy())

    def _extended_shape(self, sample_shape: Any = ()) -> mg.Size:
        return mg.Size(tuple(sample_shape) + tuple(self._batch_shape) + tuple(self._event_shape))

    def _enumerated(self, values: Tensor, expand: bool) -> Tensor:
        values = values.reshape((-1,) + (1,) * len(self._batch_shape))
        return values.expand((-1, *self._batch_shape)) if expand else values

    def _validate_sample(self, value: Any) -> None:
        """Raise ValueError unless `value` has a shape and values that this distribution can have."""
        name = type(self).__name__
        if not isinstance(value, Tensor):
            raise ValueError(f"{name}: expected a Tensor as value, got {type(value).__name__}")
        shape, expected = tuple(value.shape), tuple(self._batch_shape) + tuple(self._event_shape)
        if shape[len(shape) - len(self._event_shape) :] != tuple(self._event_shape):
            raise ValueError(f"{name}: expected a value that ends in shape {tuple(self._event_shape)}, got {shape}")
        if any(i != j and 1 not in (i, j) for i, j in zip(reversed(shape), reversed(expected), strict=False)):
            raise ValueError(f"{name}: a value of shape {shape} does not broadcast with the distribution's {expected}")
        try:
            support = self.support
        except NotImplementedError:
            warnings.warn(f"{name}: it has no support to check values with; pass validate_args=False", stacklevel=3)
            return
        if not bool(support.check(value).all()):
            raise ValueError(
                f"{name}: Expected value argument ({type(value).__name__} of shape {shape}) to be within the support "
                f"({support!r}), but found invalid values:\n{value}"
            )

    def _checked(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        return value

    def __repr__(self) -> str:
        names = [k for k in self.arg_constraints if k in vars(self)]
        shown = [
            f"{p}: {v if getattr(v, 'ndim', 1) == 0 or isinstance(v, (int, float)) else tuple(v.shape)}"
            for p in names
            for v in [vars(self)[p]]
        ]
        return f"{type(self).__name__}({', '.join(shown)})"
