"""Conversion of all parameters to one vector, and back."""

from __future__ import annotations

from collections.abc import Iterable

from minigrad.core.tensor import Tensor
from minigrad.ops.joining import cat


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """Return the elements of all `parameters` as one vector, through which gradients flow.

    Examples
    --------
    >>> nn.utils.parameters_to_vector([mg.ones(1, 2), mg.zeros(1)])
    tensor([1., 1., 0.])
    """
    return cat([p.reshape(-1) for p in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Copy consecutive elements of `vec` into the `parameters`.

    Raises
    ------
    TypeError
        If `vec` is not a Tensor.
    RuntimeError
        If it does not have as many elements as the parameters together. Nothing has been changed then.

    Examples
    --------
    >>> layer = nn.Linear(2, 1)
    >>> nn.utils.vector_to_parameters(mg.tensor([1.0, 2.0, 3.0]), layer.parameters())
    >>> layer.bias.tolist()
    [3.0]
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"vector_to_parameters: expected a Tensor, got {type(vec).__name__}")
    targets = list(parameters)
    count = sum(p.numel() for p in targets)
    if vec._data.shape != (count,):
        raise RuntimeError(f"vector_to_parameters: expected {count} elements in one dimension, got {tuple(vec.shape)}")
    start = 0
    for p in targets:
        p._write(vec._data[start : start + p.numel()].reshape(p.shape))
        start += p.numel()
