"""Exponential families: laws whose density is ``exp(t(x) * theta - F(theta) + k(x))``."""

from __future__ import annotations

from typing import Any

import minigrad as mg
from minigrad.core.tensor import Tensor
from minigrad.distributions.distribution import Distribution

__all__ = ["ExponentialFamily"]


class ExponentialFamily(Distribution):
    """A distribution whose entropy and divergences follow from F, the log normalizer, and its gradient.

    A subclass gives its natural parameters, F as a function of them, and the mean of k(x).

    References
    ----------
    F. Nielsen, R. Nock, Entropies and cross-entropies of exponential families, 2010.

    Examples
    --------
    >>> isinstance(mg.distributions.Normal(0.0, 1.0), mg.distributions.ExponentialFamily)
    True
    """

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        raise NotImplementedError

    def _log_normalizer(self, *natural_params: Any) -> Any:
        raise NotImplementedError

    @property
    def _mean_carrier_measure(self) -> float:
        raise NotImplementedError

    def entropy(self) -> Tensor:
        """Return the entropy, ``F - theta * F' - mean k``."""
        natural = [p.detach().requires_grad_() for p in self._natural_params]
        normalizer = self._log_normalizer(*natural)
        gradients = mg.autograd.grad(normalizer.sum(), natural, create_graph=True)
        result = normalizer - self._mean_carrier_measure
        for p, g in zip(natural, gradients, strict=True):
            result = result - (p * g).reshape(self._batch_shape + (-1,)).sum(-1)
        return result
