"""Invertible functions, which know how much they stretch: of elements, and what is made of them."""

from __future__ import annotations

import math
import weakref
from collections.abc import Sequence
from typing import Any

import minigrad as mg
from minigrad.core.tensor import Tensor
from minigrad.distributions import constraints
from minigrad.distributions.utils import sum_rightmost

__all__ = ["ComposeTransform", "IndependentTransform", "ReshapeTransform", "Transform", "identity_transform"]


class Transform:
    """A function with an inverse and the logarithm of its Jacobian's determinant.

    A subclass defines `domain`, `codomain`, `bijective`, and ``_call``, ``_inverse`` and `log_abs_det_jacobian`.

    Parameters
    ----------
    cache_size : {0, 1}
        With 1 the last argument and result are kept, so that the inverse of a result is exactly its argument.

    Examples
    --------
    >>> t = mg.distributions.ExpTransform()
    >>> t(mg.tensor(0.0)), t.inv(mg.tensor(1.0))
    (tensor(1.), tensor(0.))
    """

    bijective = False
    domain: Any
    codomain: Any

    def __init__(self, cache_size: int = 0) -> None:
        if cache_size not in (0, 1):
            raise ValueError(f"{type(self).__name__}: expected a cache_size of 0 or 1, got {cache_size}")
        self._cache_size = cache_size
        self._inv: Any = None
        self._cached: tuple[Any, Any] = (None, None)
        super().__init__()

    @property
    def event_dim(self) -> int:
        """The number of dimensions of an event, where it is the same before and after."""
        if self.domain.event_dim == self.codomain.event_dim:
            return int(self.domain.event_dim)
        raise ValueError("event_dim: it differs before and after; use .domain.event_dim or .codomain.event_dim")

    @property
    def inv(self) -> Transform:
        """The inverse transform, whose own inverse is this one."""
        inverse = None if self._inv is None else self._inv()
        if inverse is None:
            inverse = _InverseTransform(self)
            self._inv = weakref.ref(inverse)
        return inverse

    @property
    def sign(self) -> Any:
        """1 or -1 if the function increases or decreases."""
        raise NotImplementedError(f"{type(self).__name__}: it is not monotonic")

    def with_cache(self, cache_size: int = 1) -> Any:
        """Return this transform with another size of its cache."""
        if self._cache_size == cache_size:
            return self
        copy = object.__new__(type(self))
        copy.__dict__.update(vars(self), _cache_size=cache_size, _inv=None, _cached=(None, None))
        return copy

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = object.__hash__

    def __call__(self, x: Tensor) -> Tensor:
        """Compute the function at `x`."""
        if self._cache_size == 0:
            return self._call(x)
        if x is not self._cached[0]:
            self._cached = x, self._call(x)
        result: Tensor = self._cached[1]
        return result

    def _inv_call(self, y: Tensor) -> Tensor:
        if self._cache_size == 0:
            return self._inverse(y)
        if y is not self._cached[1]:
            self._cached = self._inverse(y), y
        result: Tensor = self._cached[0]
        return result

    def _call(self, x: Tensor) -> Tensor:
        raise NotImplementedError

    def _inverse(self, y: Tensor) -> Tensor:
        raise NotImplementedError

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Any:
        """Return the logarithm of the determinant's absolute value, given an argument and its result."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def forward_shape(self, shape: Any) -> mg.Size:
        """Return the shape of the result of an argument of this shape."""
        return mg.Size(shape)

    def inverse_shape(self, shape: Any) -> mg.Size:
        """Return the shape of the argument of a result of this shape."""
        return mg.Size(shape)


class _InverseTransform(Transform):
    """The inverse of a transform."""

    def __init__(self, transform: Transform) -> None:
        super().__init__(cache_size=transform._cache_size)
        self._inv: Transform = transform

    @property
    def domain(self) -> Any:
        return self._inv.codomain

    @property
    def codomain(self) -> Any:
        return self._inv.domain

    @property
    def bijective(self) -> bool:  # type: ignore[override]
        return self._inv.bijective

    @property
    def sign(self) -> Any:
        return self._inv.sign

    @property
    def inv(self) -> Transform:
        return self._inv

    def with_cache(self, cache_size: int = 1) -> Any:
        return self._inv.with_cache(cache_size).inv

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _InverseTransform) and self._inv == other._inv

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._inv!r})"

    def __call__(self, x: Tensor) -> Tensor:
        return self._inv._inv_call(x)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Any:
        return -self._inv.log_abs_det_jacobian(y, x)

    def forward_shape(self, shape: Any) -> mg.Size:
        return self._inv.inverse_shape(shape)

    def inverse_shape(self, shape: Any) -> mg.Size:
        return self._inv.forward_shape(shape)


class ComposeTransform(Transform):
    """Several transforms, one after the other.

    Examples
    --------
    >>> D = mg.distributions
    >>> D.ComposeTransform([D.AffineTransform(1.0, 2.0), D.ExpTransform()])(mg.tensor(0.0))
    tensor(2.7183)
    """

    def __init__(self, parts: list[Transform], cache_size: int = 0) -> None:
        self.parts = [p.with_cache(cache_size) for p in parts] if cache_size else parts
        super().__init__(cache_size)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ComposeTransform) and self.parts == other.parts

    __hash__ = object.__hash__

    def _extended(self, parts: Sequence[Transform], here: str, there: str) -> Any:
        """Return the set at the near end, the last of `parts`, with the event dimensions that the others need."""
        if not parts:
            return constraints.real
        result = getattr(parts[-1], here)
        event_dim = getattr(parts[0], there).event_dim
        for part in parts:
            near, far = getattr(part, here).event_dim, getattr(part, there).event_dim
            event_dim = max(event_dim + near - far, near)
        extra = event_dim - result.event_dim
        return constraints.independent(result, extra) if extra > 0 else result

    @property
    def domain(self) -> Any:
        """The set of arguments."""
        return self._extended(self.parts[::-1], "domain", "codomain")

    @property
    def codomain(self) -> Any:
        """The set of results."""
        return self._extended(self.parts, "codomain", "domain")

    @property
    def bijective(self) -> bool:  # type: ignore[override]
        """Whether each part is."""
        return all(p.bijective for p in self.parts)

    @property
    def sign(self) -> Any:
        """The product of the parts' signs."""
        sign = 1
        for p in self.parts:
            sign = sign * p.sign
        return sign

    @property
    def inv(self) -> Transform:
        """The inverses, in the other order."""
        inverse = None if self._inv is None else self._inv()
        if inverse is None:
            inverse = ComposeTransform([p.inv for p in reversed(self.parts)])
            self._inv = weakref.ref(inverse)
            inverse._inv = weakref.ref(self)
        return inverse

    def with_cache(self, cache_size: int = 1) -> Any:
        """Return this transform with another size of its cache."""
        return self if self._cache_size == cache_size else ComposeTransform(self.parts, cache_size)

    def __call__(self, x: Tensor) -> Tensor:
        """Compute the functions one after the other."""
        for part in self.parts:
            x = part(x)
        return x

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Any:
        """Return the sum of the parts' logarithms."""
        if not self.parts:
            return mg.zeros_like(x)
        values = [x]
        for part in self.parts[:-1]:
            values.append(part(values[-1]))
        values.append(y)
        event_dim, total = self.domain.event_dim, 0.0
        for part, a, b in zip(self.parts, values[:-1], values[1:], strict=True):
            total = total + sum_rightmost(part.log_abs_det_jacobian(a, b), event_dim - part.domain.event_dim)
            event_dim += part.codomain.event_dim - part.domain.event_dim
        return total

    def forward_shape(self, shape: Any) -> mg.Size:
        """Return the shape of the result of an argument of this shape."""
        for part in self.parts:
            shape = part.forward_shape(shape)
        return mg.Size(shape)

    def inverse_shape(self, shape: Any) -> mg.Size:
        """Return the shape of the argument of a result of this shape."""
        for part in reversed(self.parts):
            shape = part.inverse_shape(shape)
        return mg.Size(shape)

    def __repr__(self) -> str:
        return "ComposeTransform(\n    " + ",\n    ".join(map(repr, self.parts)) + "\n)"


identity_transform = ComposeTransform([])


class IndependentTransform(Transform):
    """A transform whose last dimensions count as those of one event, so that its Jacobian is a product over them.

    Examples
    --------
    >>> D = mg.distributions
    >>> D.IndependentTransform(D.ExpTransform(), 1).log_abs_det_jacobian(mg.ones(3), mg.ones(3).exp())
    tensor(3.)
    """

    def __init__(self, base_transform: Transform, reinterpreted_batch_ndims: int, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.base_transform = base_transform.with_cache(cache_size)
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims

    @property
    def domain(self) -> Any:
        """The set of arguments."""
        return constraints.independent(self.base_transform.domain, self.reinterpreted_batch_ndims)

    @property
    def codomain(self) -> Any:
        """The set of results."""
        return constraints.independent(self.base_transform.codomain, self.reinterpreted_batch_ndims)

    @property
    def bijective(self) -> bool:  # type: ignore[override]
        """Whether the base is."""
        return self.base_transform.bijective

    @property
    def sign(self) -> Any:
        """The base's sign."""
        return self.base_transform.sign

    def _call(self, x: Tensor) -> Tensor:
        if x.dim() < self.domain.event_dim:
            raise ValueError(
                f"IndependentTransform: expected at least {self.domain.event_dim} dimensions, got {x.dim()}"
            )
        return self.base_transform(x)

    def _inverse(self, y: Tensor) -> Tensor:
        if y.dim() < self.codomain.event_dim:
            raise ValueError(
                f"IndependentTransform: expected at least {self.codomain.event_dim} dimensions, got {y.dim()}"
            )
        return self.base_transform.inv(y)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Any:
        """Return the base's, summed over the dimensions of the event."""
        return sum_rightmost(self.base_transform.log_abs_det_jacobian(x, y), self.reinterpreted_batch_ndims)

    def forward_shape(self, shape: Any) -> mg.Size:
        """Return the shape of the result of an argument of this shape."""
        return self.base_transform.forward_shape(shape)

    def inverse_shape(self, shape: Any) -> mg.Size:
        """Return the shape of the argument of a result of this shape."""
        return self.base_transform.inverse_shape(shape)

    def __repr__(self) -> str:
        return f"IndependentTransform({self.base_transform!r}, {self.reinterpreted_batch_ndims})"


class ReshapeTransform(Transform):
    """The same elements in another shape of the event.

    Examples
    --------
    >>> mg.distributions.ReshapeTransform((4,), (2, 2))(mg.zeros(3, 4)).shape
    Size([3, 2, 2])
    """

    bijective = True

    def __init__(self, in_shape: Any, out_shape: Any, cache_size: int = 0) -> None:
        self.in_shape, self.out_shape = mg.Size(in_shape), mg.Size(out_shape)
        if math.prod(in_shape) != math.prod(out_shape):
            raise ValueError(
                f"ReshapeTransform: {tuple(in_shape)} and {tuple(out_shape)} have different numbers of elements"
            )
        super().__init__(cache_size)

    @property
    def domain(self) -> Any:
        """The set of arguments."""
        return constraints.independent(constraints.real, len(self.in_shape))

    @property
    def codomain(self) -> Any:
        """The set of results."""
        return constraints.independent(constraints.real, len(self.out_shape))

    def _call(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[: x.dim() - len(self.in_shape)] + self.out_shape)

    def _inverse(self, y: Tensor) -> Tensor:
        return y.reshape(y.shape[: y.dim() - len(self.out_shape)] + self.in_shape)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Any:
        """Return zeros."""
        return mg.zeros(x.shape[: x.dim() - len(self.in_shape)], dtype=x.dtype)

    def forward_shape(self, shape: Any) -> mg.Size:
        """Return the shape of the result of an argument of this shape."""
        return self._replaced(shape, self.in_shape, self.out_shape)

    def inverse_shape(self, shape: Any) -> mg.Size:
        """Return the shape of the argument of a result of this shape."""
        return self._replaced(shape, self.out_shape, self.in_shape)

    @staticmethod
    def _replaced(shape: Any, old: Any, new: Any) -> mg.Size:
        cut = len(shape) - len(old)
        if cut < 0 or tuple(shape[cut:]) != tuple(old):
            raise ValueError(f"ReshapeTransform: expected a shape that ends in {tuple(old)}, got {tuple(shape)}")
        return mg.Size(tuple(shape[:cut]) + tuple(new))
