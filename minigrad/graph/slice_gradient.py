"""Gradients of parts of a tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.graph.engine import AccumulatingGradient


class SliceGradient(AccumulatingGradient):
    """A gradient that is zero outside of one part of its tensor.

    As an array it would be zeros of the whole size, and a loop over a thousand rows would make and add a thousand of
    them. Only one is made: that of the first part, and the others are added to it where they belong. It changes as it
    is added to: it has one owner, the engine.
    """

    __slots__ = ("part", "shape", "key", "total")
    __array_ufunc__ = None  # so that NumPy leaves array + SliceGradient to SliceGradient

    def __init__(self, part: np.ndarray, shape: tuple[int, ...], key: Any) -> None:
        self.part, self.shape, self.key = part, shape, key
        self.total: np.ndarray | None = None

    @property
    def ndim(self) -> int:
        """The dimensions of the tensor: 1 or more, because one without dimensions has no parts."""
        return len(self.shape)

    def materialize(self) -> np.ndarray:
        """Return the gradient as an array."""
        if self.total is None:
            self.total = np.zeros_like(self.part, shape=self.shape)
            self.total[self.key] = self.part
        return self.total

    def __add__(self, other: Any) -> SliceGradient:
        total = self.materialize()
        if isinstance(other, SliceGradient) and other.total is None:
            total[other.key] += other.part
        else:
            total += other.materialize() if isinstance(other, SliceGradient) else other
        return self

    __radd__ = __add__
