"""Layers that only change the shape."""

from __future__ import annotations

from collections.abc import Sequence

from minigrad.core.tensor import Tensor
from minigrad.nn.layer import Layer


class Flatten(Layer):
    """A layer that makes one dimension of dimensions `start_dim` to `end_dim`; by default of all but the batch.

    Examples
    --------
    >>> nn.Flatten()(mg.ones(8, 6, 4, 4)).shape
    Size([8, 96])
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__(start_dim=start_dim, end_dim=end_dim)

    def forward(self, input: Tensor) -> Tensor:
        return input.flatten(self.start_dim, self.end_dim)


class Unflatten(Layer):
    """A layer that makes dimensions of lengths `unflattened_size` of the dimension `dim`.

    Examples
    --------
    >>> nn.Unflatten(1, (6, 4, 4))(mg.ones(8, 96)).shape
    Size([8, 6, 4, 4])
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        super().__init__(dim=dim, unflattened_size=unflattened_size)

    def forward(self, input: Tensor) -> Tensor:
        return input.unflatten(self.dim, self.unflattened_size)
