"""Transforms from all real numbers onto a constraint: ``biject_to`` one to one, ``transform_to`` perhaps not.

An optimizer may change numbers freely that such a transform makes parameters of.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minigrad.distributions import constraints, transforms
from minigrad.distributions.transform import Transform

__all__ = ["ConstraintRegistry", "biject_to", "transform_to"]


class ConstraintRegistry:
    """A table from kinds of constraints to functions that make a transform onto one.

    Examples
    --------
    >>> mg.distributions.biject_to(mg.distributions.constraints.positive)
    ExpTransform()
    """

    def __init__(self) -> None:
        self._registry: dict[Any, Callable[..., Transform]] = {}

    def register(self, constraint: Any, factory: Callable[..., Transform] | None = None) -> Any:
        """Make `factory` give the transform onto constraints of the kind of `constraint`; also as a decorator."""
        if factory is None:
            return lambda f: self.register(constraint, f)
        key = _key(constraint)
        if key is None:
            raise TypeError(f"register: expected a Constraint or a class of them, got {constraint!r}")
        self._registry[key] = factory
        return factory

    def __call__(self, constraint: Any) -> Transform:
        """Return a transform onto `constraint`."""
        factory = self._registry.get(_key(constraint))
        if factory is None:
            raise NotImplementedError(f"no transform onto {type(constraint).__name__} is known; register() one")
        return factory(constraint)


def _key(constraint: Any) -> Any:
    """Return what constraints of one kind have in common: the class, or of those made of a function, the name."""
    if isinstance(constraint, type):
        return constraint if issubclass(constraint, constraints.Constraint) else None
    if not isinstance(constraint, constraints.Constraint):
        return None
    named = type(constraint) is type(constraints.real)
    return repr(constraint) if named else type(constraint)


biject_to = ConstraintRegistry()
transform_to = ConstraintRegistry()


def _onto_interval(constraint: Any) -> Transform:
    low, high = constraint.lower_bound, constraint.upper_bound
    if isinstance(low, (int, float)) and isinstance(high, (int, float)) and (low, high) == (0, 1):
        return transforms.SigmoidTransform()
    scale = high - low
    return transforms.ComposeTransform([transforms.SigmoidTransform(), transforms.AffineTransform(low, scale)])


def _exp_from(loc: Any, sign: int = 1) -> Transform:
    return transforms.ComposeTransform([transforms.ExpTransform(), transforms.AffineTransform(loc, sign)])


def _onto_bound(constraint: Any) -> Transform:
    bound = constraint.lower_bound
    plain = isinstance(bound, (int, float)) and bound == 0
    return transforms.ExpTransform() if plain else _exp_from(bound)


def _register_all() -> None:
    c = constraints
    for registry in (biject_to, transform_to):

        def parts(constraint: Any, registry: ConstraintRegistry = registry) -> list[Transform]:
            return [registry(part) for part in constraint.cseq]

        registry.register(c.real, lambda _: transforms.identity_transform)
        registry.register(
            c.independent,
            lambda constraint, registry=registry: transforms.IndependentTransform(
                registry(constraint.base_constraint), constraint.reinterpreted_batch_ndims
            ),
        )
        registry.register(c.greater_than, _onto_bound)
        registry.register(c.greater_than_eq, _onto_bound)
        registry.register(c.less_than, lambda constraint: _exp_from(constraint.upper_bound, -1))
        registry.register(c.interval, _onto_interval)
        registry.register(c.half_open_interval, _onto_interval)
        registry.register(c.lower_cholesky, lambda _: transforms.LowerCholeskyTransform())
        registry.register(c.corr_cholesky, lambda _: transforms.CorrCholeskyTransform())
        for constraint in (c.positive_definite, c.positive_semidefinite):
            registry.register(constraint, lambda _: transforms.PositiveDefiniteTransform())
        registry.register(c.cat, lambda k, parts=parts: transforms.CatTransform(parts(k), k.dim, k.lengths))
        registry.register(c.stack, lambda k, parts=parts: transforms.StackTransform(parts(k), k.dim))
    biject_to.register(c.simplex, lambda _: transforms.StickBreakingTransform())
    transform_to.register(c.simplex, lambda _: transforms.SoftmaxTransform())


_register_all()
