"""One transform for each part of a tensor: CatTransform, StackTransform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import minigrad as mg
from minigrad.core.tensor import Tensor
from minigrad.distributions import constraints
from minigrad.distributions.transform import Transform
from minigrad.distributions.utils import sum_rightmost

__all__ = ["CatTransform", "StackTransform"]


class _Parts(Transform):
    """Transforms of the parts of a tensor along a dimension."""

    def __init__(self, tseq: Sequence[Transform], dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.transforms, self.dim = [t.with_cache(cache_size) if cache_size else t for t in tseq], dim

    @property
    def bijective(self) -> bool:  # type: ignore[override]
        """Whether each part is."""
        return all(t.bijective for t in self.transforms)

    def _cut(self, x: Tensor) -> Any:
        raise NotImplementedError

    def _join(self, parts: list[Tensor]) -> Tensor:
        raise NotImplementedError

    def _call(self, x: Tensor) -> Tensor:
        return self._join([t(part) for t, part in zip(self.transforms, self._cut(x), strict=True)])

    def _inverse(self, y: Tensor) -> Tensor:
        return self._join([t.inv(part) for t, part in zip(self.transforms, self._cut(y), strict=True)])

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Any:
        """Return those of the parts, joined."""
        event_dim = max(t.domain.event_dim for t in self.transforms)
        logs = [
            sum_rightmost(t.log_abs_det_jacobian(a, b), event_dim - t.domain.event_dim)
            for t, a, b in zip(self.transforms, self._cut(x), self._cut(y), strict=True)
        ]
        dim = self.dim - x.dim() if self.dim >= 0 else self.dim
        dim += event_dim
        if dim < 0:
            self_dim, self.dim = self.dim, dim
            try:
                return self._join(logs)
            finally:
                self.dim = self_dim
        total = logs[0]
        for log in logs[1:]:
            total = total + log
        return total


class CatTransform(_Parts):
    """Transforms of successive parts of the given lengths along `dim`, joined again.

    Examples
    --------
    >>> D = mg.distributions
    >>> D.CatTransform([D.ExpTransform(), D.identity_transform], lengths=[1, 2])(mg.zeros(3))
    tensor([1., 0., 0.])
    """

    def __init__(self, tseq: Any, dim: int = 0, lengths: Any = None, cache_size: int = 0) -> None:
        super().__init__(tseq, dim, cache_size)
        self.lengths = list(lengths) if lengths is not None else [1] * len(self.transforms)

    @property
    def length(self) -> int:
        """The length of all parts together."""
        return sum(self.lengths)

    @property
    def domain(self) -> Any:
        """The set of arguments."""
        return constraints.cat([t.domain for t in self.transforms], self.dim, self.lengths)

    @property
    def codomain(self) -> Any:
        """The set of results."""
        return constraints.cat([t.codomain for t in self.transforms], self.dim, self.lengths)

    def _cut(self, x: Tensor) -> Any:
        return mg.split(x, self.lengths, self.dim)

    def _join(self, parts: list[Tensor]) -> Tensor:
        return mg.cat(parts, self.dim)


class StackTransform(_Parts):
    """One transform for each slice along `dim`.

    Examples
    --------
    >>> D = mg.distributions
    >>> D.StackTransform([D.ExpTransform(), D.identity_transform])(mg.zeros(2))
    tensor([1., 0.])
    """

    @property
    def domain(self) -> Any:
        """The set of arguments."""
        return constraints.stack([t.domain for t in self.transforms], self.dim)

    @property
    def codomain(self) -> Any:
        """The set of results."""
        return constraints.stack([t.codomain for t in self.transforms], self.dim)

    def _cut(self, x: Tensor) -> Any:
        return mg.unbind(x, self.dim)

    def _join(self, parts: list[Tensor]) -> Tensor:
        return mg.stack(parts, self.dim)
