"""`sum` and `expand`, each the adjoint of the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from minigrad.core.array_attributes import Lengths
from minigrad.core.dtypes import DType
from minigrad.core.tensor import Tensor
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand
from minigrad.ops.primitives.casting import terms
from minigrad.ops.primitives.dims import all_dims, as_shape
from minigrad.ops.primitives.summation import expand, sum_over, sum_to

__all__ = ["sum", "broadcast_to", "broadcast_tensors"]


@method()
def sum(
    input: Operand,
    dim: int | Sequence[int] | None = None,
    keepdim: bool = False,
    *,
    dtype: DType | None = None,
) -> Tensor:
    """Return the sum of all elements, or over the dimensions `dim`. Integers and bools add up in int64.

    Parameters
    ----------
    dim : int or several, optional
        The dimensions that vanish, or with `keepdim` become 1. `axis` and `keepdims` are NumPy's names for these.
    dtype : dtype, optional
        Convert first.

    Examples
    --------
    >>> mg.sum(mg.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=0)
    tensor([4., 6.])
    """
    input = terms(input, dtype)
    return sum_over(input, all_dims("sum", dim, input.ndim), keepdim)


@method(view=True)
def broadcast_to(input: Operand, shape: Sequence[int]) -> Tensor:
    """Return a view of `input` in which new dimensions and dimensions of length 1 are repeated to `shape`.

    Parameters
    ----------
    shape : ints; -1 keeps the length that a dimension has

    Raises
    ------
    RuntimeError
        If a length other than 1 differs from the one in `shape`.

    Examples
    --------
    >>> mg.broadcast_to(mg.tensor([1, 2]), (2, 2))
    tensor([[1, 2],
            [1, 2]])
    """
    wanted, have = as_shape("expand", (shape,)), tuple(input.shape)
    new = len(wanted) - len(have)
    filled = tuple(have[i - new] if s == -1 and i >= new else s for i, s in enumerate(wanted))
    if new < 0 or any(f != h and h != 1 for f, h in zip(filled[new:], have, strict=True)) or min(filled, default=0) < 0:
        raise RuntimeError(
            f"expand: shape {have} does not expand to {wanted}: counted from the last dimension, only dimensions of "
            "length 1 can be repeated, and new ones come in front"
        )
    return expand(input, filled)


@method("expand", only=True)
def _expand_method(input: Tensor, *sizes: Lengths) -> Tensor:
    """Call `broadcast_to` with the lengths as one argument or several."""
    return broadcast_to(input, as_shape("expand", sizes))


@method("expand_as", only=True)
def _expand_as(input: Tensor, other: Tensor) -> Tensor:
    """Broadcast to the shape of `other`."""
    return broadcast_to(input, other.shape)


@method("sum_to_size", only=True)
def _sum_to_size(input: Tensor, *size: Lengths) -> Tensor:
    """Return the sum over those dimensions that broadcasting from `size` to this tensor's shape would repeat."""
    shape, have = as_shape("sum_to_size", size), tuple(input.shape)
    if len(shape) > len(have) or any(n not in (1, h) for n, h in zip(shape[::-1], have[::-1], strict=False)):
        raise RuntimeError(f"sum_to_size: shape {shape} does not broadcast to {have}, so nothing sums up to it")
    if shape == have:
        return input
    return sum_to(terms(input), shape)


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """Return all `tensors` expanded to the shape that they have together.

    Raises
    ------
    TypeError
        If an argument is not a Tensor.
    RuntimeError
        If the shapes do not broadcast.

    Examples
    --------
    >>> [t.shape for t in mg.broadcast_tensors(mg.zeros(3, 1), mg.zeros(2))]
    [Size([3, 2]), Size([3, 2])]
    """
    for t in tensors:
        if not isinstance(t, (Tensor, np.ndarray)):
            raise TypeError(f"broadcast_tensors: expected Tensors, got {type(t).__name__}")
    try:
        shape = np.broadcast_shapes(*[tuple(t.shape) for t in tensors])
    except ValueError:
        shapes = " and ".join(str(tuple(t.shape)) for t in tensors)
        raise RuntimeError(f"broadcast_tensors: shapes {shapes} do not broadcast; lengths must be equal or 1") from None
    return tuple(broadcast_to(t, shape) for t in tensors)
