"""Sets of values, which parameters and samples must be in: each checks a tensor, event by event.

``constraint.check(value)`` gives bools of the batch's shape: the last `event_dim` dimensions of `value` make one event.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import minigrad as mg
from minigrad.core.tensor import Tensor

__all__ = [
    "Constraint", "MixtureSameFamilyConstraint", "boolean", "cat", "corr_cholesky", "dependent", "dependent_property",
    "greater_than", "greater_than_eq", "half_open_interval", "independent", "integer_interval", "interval",
    "is_dependent", "less_than", "lower_cholesky", "lower_triangular", "multinomial", "nonnegative",
    "nonnegative_integer", "one_hot", "positive", "positive_definite", "positive_integer", "positive_semidefinite",
    "real", "real_vector", "simplex", "square", "stack", "symmetric", "unit_interval",
]  # fmt: skip


class Constraint:
    """A set of values. `is_discrete` says whether they are whole numbers, `event_dim` how many dimensions make one.

    Examples
    --------
    >>> mg.distributions.constraints.positive.check(mg.tensor([1.0, 0.0]))
    tensor([ True, False])
    """

    is_discrete = False
    event_dim = 0

    def check(self, value: Tensor) -> Tensor:
        """Return whether each event of `value` is in the set."""
        raise NotImplementedError(f"{type(self).__name__}: check is not defined")

    def __repr__(self) -> str:
        bounds = [f"{k}={v}" for k, v in vars(self).items() if k.endswith(("bound", "cardinality", "max"))]
        return type(self).__name__.removeprefix("_") + (f"({', '.join(bounds)})" if bounds else "()")


class _Dependent(Constraint):
    """A set that depends on other parameters, and cannot be checked without them."""

    def __init__(self, *, is_discrete: Any = NotImplemented, event_dim: Any = NotImplemented) -> None:
        self._is_discrete, self._event_dim = is_discrete, event_dim
        super().__init__()

    @property
    def is_discrete(self) -> bool:  # type: ignore[override]
        if self._is_discrete is NotImplemented:
            raise NotImplementedError("is_discrete: this constraint does not know it without the distribution")
        return bool(self._is_discrete)

    @property
    def event_dim(self) -> int:  # type: ignore[override]
        if self._event_dim is NotImplemented:
            raise NotImplementedError("event_dim: this constraint does not know it without the distribution")
        return int(self._event_dim)

    def __call__(self, *, is_discrete: Any = NotImplemented, event_dim: Any = NotImplemented) -> _Dependent:
        known = self._is_discrete if is_discrete is NotImplemented else is_discrete
        return _Dependent(is_discrete=known, event_dim=self._event_dim if event_dim is NotImplemented else event_dim)

    def check(self, value: Tensor) -> Tensor:
        raise ValueError("constraint: it depends on other parameters, and cannot be checked alone")


def is_dependent(constraint: Any) -> bool:
    """Return whether `constraint` depends on other parameters."""
    return isinstance(constraint, _Dependent)


class dependent_property(property, _Dependent):  # noqa: N801
    """A property whose value is a constraint: of the class it is a dependent one, of an object the set itself."""

    def __init__(
        self,
        fn: Callable[..., Any] | None = None,
        *,
        is_discrete: Any = NotImplemented,
        event_dim: Any = NotImplemented,
    ) -> None:
        super().__init__(fn)
        self._is_discrete, self._event_dim = is_discrete, event_dim

    def __call__(self, fn: Callable[..., Any]) -> dependent_property:  # type: ignore[override]
        return dependent_property(fn, is_discrete=self._is_discrete, event_dim=self._event_dim)


class _Where(Constraint):
    """The values for which a function of them holds."""

    def __init__(self, name: str, holds: Callable[[Any], Any], is_discrete: bool = False, event_dim: int = 0) -> None:
        self._name, self._holds = name, holds
        self.is_discrete, self.event_dim = is_discrete, event_dim

    def check(self, value: Tensor) -> Tensor:
        result: Tensor = self._holds(value)
        return result

    def __repr__(self) -> str:
        return self._name


class _GreaterThan(Constraint):
    def __init__(self, lower_bound: Any) -> None:
        self.lower_bound = lower_bound

    def check(self, value: Tensor) -> Tensor:
        return value > self.lower_bound


class _GreaterThanEq(_GreaterThan):
    def check(self, value: Tensor) -> Tensor:
        return value >= self.lower_bound


class _LessThan(Constraint):
    def __init__(self, upper_bound: Any) -> None:
        self.upper_bound = upper_bound

    def check(self, value: Tensor) -> Tensor:
        return value < self.upper_bound


class _Interval(Constraint):
    def __init__(self, lower_bound: Any, upper_bound: Any) -> None:
        self.lower_bound, self.upper_bound = lower_bound, upper_bound

    def check(self, value: Tensor) -> Tensor:
        return (value >= self.lower_bound) & (value <= self.upper_bound)


class _HalfOpenInterval(_Interval):
    def check(self, value: Tensor) -> Tensor:
        return (value >= self.lower_bound) & (value < self.upper_bound)


class _IntegerInterval(_Interval):
    is_discrete = True

    def check(self, value: Tensor) -> Tensor:
        return (value % 1 == 0) & super().check(value)


class _IntegerGreaterThan(_GreaterThan):
    is_discrete = True

    def check(self, value: Tensor) -> Tensor:
        return (value % 1 == 0) & (value >= self.lower_bound)


class _Multinomial(Constraint):
    """Whole numbers that add up to at most a total."""

    is_discrete, event_dim = True, 1

    def __init__(self, upper_bound: Any) -> None:
        self.upper_bound = upper_bound

    def check(self, value: Tensor) -> Tensor:
        return (value >= 0).all(-1) & (value.sum(-1) <= self.upper_bound)


class _Independent(Constraint):
    """A set of events that are all in another set."""

    def __init__(self, base_constraint: Constraint, reinterpreted_batch_ndims: int) -> None:
        self.base_constraint, self.reinterpreted_batch_ndims = base_constraint, reinterpreted_batch_ndims
        super().__init__()

    @property
    def is_discrete(self) -> bool:  # type: ignore[override]
        return self.base_constraint.is_discrete

    @property
    def event_dim(self) -> int:  # type: ignore[override]
        return self.base_constraint.event_dim + self.reinterpreted_batch_ndims

    def check(self, value: Tensor) -> Tensor:
        result, count = self.base_constraint.check(value), self.reinterpreted_batch_ndims
        if result.ndim < count:
            raise ValueError(f"constraint: expected at least {self.event_dim} dimensions, got {value.ndim}")
        return result.reshape(result.shape[: result.ndim - count] + (-1,)).all(-1)

    def __repr__(self) -> str:
        return f"IndependentConstraint({self.base_constraint!r}, {self.reinterpreted_batch_ndims})"


class MixtureSameFamilyConstraint(Constraint):
    """The support of a mixture: that of its components, without their dimension.

    Examples
    --------
    >>> c = mg.distributions.constraints
    >>> c.MixtureSameFamilyConstraint(c.positive).event_dim
    0
    """

    def __init__(self, base_constraint: Constraint) -> None:
        self.base_constraint = base_constraint

    @property
    def is_discrete(self) -> bool:  # type: ignore[override]
        return self.base_constraint.is_discrete

    @property
    def event_dim(self) -> int:  # type: ignore[override]
        return self.base_constraint.event_dim

    def check(self, value: Tensor) -> Tensor:
        """Return whether each event of `value` is in the set."""
        dim = value.ndim - self.event_dim
        result = self.base_constraint.check(value.unsqueeze(dim))
        return result.reshape(result.shape[:dim] + (-1,)).all(-1)


class _Joined(Constraint):
    """Several sets, each for a part of the value along a dimension: slices, or parts of given lengths."""

    def __init__(self, cseq: Sequence[Constraint], dim: int = 0, lengths: Sequence[int] | None = None) -> None:
        self.cseq, self.dim = list(cseq), dim
        self.lengths = list(lengths) if lengths is not None else [1] * len(self.cseq)

    @property
    def is_discrete(self) -> bool:  # type: ignore[override]
        return any(c.is_discrete for c in self.cseq)

    @property
    def event_dim(self) -> int:  # type: ignore[override]
        return max(c.event_dim for c in self.cseq)


class _Cat(_Joined):
    def check(self, value: Tensor) -> Tensor:
        parts = mg.split(value, self.lengths, self.dim)
        return mg.cat([c.check(v) for c, v in zip(self.cseq, parts, strict=True)], self.dim)


class _Stack(_Joined):
    @property
    def event_dim(self) -> int:  # type: ignore[override]
        dim = max(c.event_dim for c in self.cseq)
        return dim + 1 if self.dim + dim < 0 else dim

    def check(self, value: Tensor) -> Tensor:
        parts = mg.unbind(value, self.dim)
        return mg.stack([c.check(v) for c, v in zip(self.cseq, parts, strict=True)], self.dim)


# ---- matrices --------------------------------------------------------------------------------------------------------


def _symmetric(value: Any) -> Any:
    square_ones = value.shape[-2] == value.shape[-1]
    if not square_ones:
        return mg.zeros(value.shape[:-2], dtype=mg.bool)
    return mg.isclose(value, value.mT, atol=1e-6).all(-2).all(-1)


def _smallest_eigenvalue(value: Any) -> Any:
    return mg.linalg.eigvalsh(value.detach())[..., 0]


def _lower_triangular(value: Any) -> Any:
    return (mg.tril(value) == value).reshape(value.shape[:-2] + (-1,)).all(-1)


def _lower_cholesky(value: Any) -> Any:
    return _lower_triangular(value) & (mg.diagonal(value, dim1=-2, dim2=-1) > 0).all(-1)


def _corr_cholesky(value: Any) -> Any:
    tolerance = float(mg.finfo(value.dtype).eps) * value.shape[-1] * 10
    return _lower_cholesky(value) & ((value**2).sum(-1) - 1).abs().lt(tolerance).all(-1)


def _one_hot(value: Any) -> Any:
    return ((value == 0) | (value == 1)).all(-1) & (value.sum(-1) == 1)


dependent = _Dependent()
independent = _Independent
boolean = _Where("Boolean()", lambda v: (v == 0) | (v == 1), is_discrete=True)
one_hot = _Where("OneHot()", _one_hot, is_discrete=True, event_dim=1)
nonnegative_integer = _IntegerGreaterThan(0)
positive_integer = _IntegerGreaterThan(1)
integer_interval = _IntegerInterval
real = _Where("Real()", lambda v: v == v)
real_vector = independent(real, 1)
positive = _GreaterThan(0.0)
nonnegative = _GreaterThanEq(0.0)
greater_than = _GreaterThan
greater_than_eq = _GreaterThanEq
less_than = _LessThan
multinomial = _Multinomial
unit_interval = _Interval(0.0, 1.0)
interval = _Interval
half_open_interval = _HalfOpenInterval
simplex = _Where("Simplex()", lambda v: (v >= 0).all(-1) & ((v.sum(-1) - 1).abs() < 1e-6), event_dim=1)
lower_triangular = _Where("LowerTriangular()", _lower_triangular, event_dim=2)
lower_cholesky = _Where("LowerCholesky()", _lower_cholesky, event_dim=2)
corr_cholesky = _Where("CorrCholesky()", _corr_cholesky, event_dim=2)
square = _Where("Square()", lambda v: mg.full(v.shape[:-2], v.shape[-2] == v.shape[-1], dtype=mg.bool), event_dim=2)
symmetric = _Where("Symmetric()", _symmetric, event_dim=2)
positive_semidefinite = _Where(
    "PositiveSemidefinite()", lambda v: _symmetric(v) & (_smallest_eigenvalue(v) >= -1e-12), event_dim=2
)
positive_definite = _Where("PositiveDefinite()", lambda v: _symmetric(v) & (_smallest_eigenvalue(v) > 0), event_dim=2)
cat = _Cat
stack = _Stack
