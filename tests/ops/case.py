"""One row of the table of operations, and makers of its inputs.

A case is an expression that means the same in minigrad and in PyTorch: it is given the library as `m`. The rows are in
``tests/ops/cases``, one file a family, each with a list ``CASES``; ``test_cases.py`` does everything with every row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Maker = Callable[[np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class Case:
    """An expression of one or several operations, and the inputs to try it on.

    name : unique, starts with the operation's
    function : ``function(m, *tensors)``, m being minigrad or torch; returns a Tensor, or a tuple or list of them
    inputs : makers; floating arrays (made in float64) require grad, unless `fixed`, others don't
    reference : the same on arrays by plain NumPy or loops, where that is not the operation's own code
    differentiable : False where the result has no gradient
    differences : the reason as a string where the gradient is, by definition, not the derivative
    torch : the reason as a string where PyTorch has no such thing
    """

    name: str
    function: Callable[..., Any]
    inputs: tuple[Maker, ...]
    reference: Callable[..., Any] | None = None
    differentiable: bool = True
    differences: bool | str = True
    torch: bool | str = True


def case(name: str, function: Callable[..., Any], *inputs: Maker, **options: Any) -> Case:
    return Case(name, function, inputs, **options)


def fixed(make: Maker) -> Maker:
    """What `make` makes, for an input that does not require grad, such as running statistics."""

    def made(rng: np.random.Generator) -> np.ndarray:
        return make(rng)

    made.requires_grad = False  # type: ignore[attr-defined]
    return made


def normal(*shape: int) -> Maker:
    """Standard normal."""
    return lambda rng: rng.standard_normal(shape)


def uniform(low: float, high: float, *shape: int) -> Maker:
    """Uniform in [low, high)."""
    return lambda rng: rng.uniform(low, high, shape)


def away(kinks: tuple[float, ...], *shape: int) -> Maker:
    """Normal, at least 0.1 away from each of `kinks`, where finite differences would mislead."""

    def make(rng: np.random.Generator) -> np.ndarray:
        x = rng.standard_normal(shape) * 2
        for k in kinks:
            near = np.abs(x - k) < 0.1
            x = np.where(near, k + np.where(x < k, -0.1, 0.1) - (k - x), x)
        return x

    return make


def distinct(*shape: int) -> Maker:
    """A shuffled grid: no two values closer than 0.1, for maxima and sorting."""
    size = int(np.prod(shape))
    return lambda rng: (rng.permutation(size).reshape(shape) - size / 2) * 0.1 + 0.03


def integers(low: int, high: int, *shape: int) -> Maker:
    """int64 in [low, high)."""
    return lambda rng: rng.integers(low, high, shape)


def booleans(*shape: int) -> Maker:
    """Both values."""
    return lambda rng: rng.random(shape) < 0.5
