"""The law of von Mises, a normal distribution on the circle."""

from __future__ import annotations

import math
from typing import Any

import minigrad as mg
from minigrad.core.generator import get_generator
from minigrad.core.tensor import Tensor
from minigrad.distributions import constraints
from minigrad.distributions.distribution import Distribution

__all__ = ["VonMises"]


class VonMises(Distribution):
    """The distribution of angles whose density is proportional to ``exp(concentration * cos(x - loc))``.

    Examples
    --------
    >>> mg.distributions.VonMises(0.0, 1.0).log_prob(mg.tensor(0.0))
    tensor(-1.0738)
    """

    arg_constraints: Any = {"loc": constraints.real, "concentration": constraints.positive}
    event_dims = {"loc": 0, "concentration": 0}
    support = constraints.real
    loc: Tensor
    concentration: Tensor

    def __init__(self, loc: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self._set(validate_args, loc=loc, concentration=concentration)

    @property
    def mean(self) -> Tensor:
        """The mean direction."""
        return self.loc

    @property
    def mode(self) -> Tensor:
        """The most probable angle."""
        return self.loc

    @property
    def variance(self) -> Tensor:
        """The circular variance: 1 less the length of the mean of points on the circle."""
        return 1 - mg.special.i1e(self.concentration) / mg.special.i0e(self.concentration)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw angles from [-pi, pi)."""
        shape = tuple(self._extended_shape(sample_shape))
        rng, loc, k = get_generator(None).rng, self.loc.detach().numpy(), self.concentration.detach().numpy()
        return mg.tensor(rng.vonmises((loc + math.pi) % (2 * math.pi) - math.pi, k, shape), dtype=self.loc.dtype)

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density at `value`."""
        turned = mg.cos(self._checked(value) - self.loc) - 1
        return self.concentration * turned - math.log(2 * math.pi) - mg.special.i0e(self.concentration).log()
