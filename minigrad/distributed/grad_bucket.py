"""Gradients that go to the other ranks together."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor

__all__ = ["GradBucket"]


class GradBucket:
    """Gradients that go to the other ranks together, one behind the other, as a hook of communication sees them."""

    def __init__(self, index: int, params: Sequence[tuple[str, Any]]) -> None:
        self._index, self.names = index, [name for name, _ in params]
        self.params = [p for _, p in params]
        self.shapes = [p._data.shape for p in self.params]
        kind = self.params[0]._data.dtype
        self.dtype = np.dtype(np.float32) if kind == np.float16 else kind  # in which is computed
        self.last = False
        self.open()

    def open(self) -> None:
        """Make new memory: users may keep the gradients in the old one."""
        self.missing = len(self.params)
        sizes = [prod(shape) for shape in self.shapes]
        self.array = np.empty(sum(sizes), self.dtype)
        ends = np.cumsum(sizes).tolist()
        self.views = [
            self.array[end - size : end].reshape(shape)
            for end, size, shape in zip(ends, sizes, self.shapes, strict=True)
        ]
        self.work: Any = None

    def index(self) -> int:
        """Return the number of the bucket; those of the last layers come first."""
        return self._index

    def buffer(self) -> Tensor:
        """Return all gradients as one vector."""
        return Tensor._wrap(self.array)

    def set_buffer(self, buffer: Tensor) -> None:
        """Replace the gradients by those in a vector."""
        self.array[...] = buffer._data

    def gradients(self) -> list[Tensor]:
        """Return the gradient of each parameter."""
        return [Tensor._wrap(view) for view in self.views]

    def parameters(self) -> list[Any]:
        """Return the parameters."""
        return list(self.params)

    def is_last(self) -> bool:
        """Return whether it is the last that goes on its way."""
        return self.last
