"""Activations along a dimension: softmax, its logarithm, and gates."""

from __future__ import annotations

import warnings
from typing import Any

from minigrad.core.dtypes import DType, as_dtype
from minigrad.core.tensor import Tensor
from minigrad.kernels import softmax as kernel
from minigrad.kernels.errstate import silent
from minigrad.kernels.summation import single
from minigrad.ops.checks import require_floating
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.exponential import exp, sigmoid
from minigrad.ops.primitives.casting import cast
from minigrad.ops.primitives.dims import one_dim
from minigrad.ops.primitives.summation import sum_over
from minigrad.ops.splitting import chunk

__all__ = ["softmax", "softmin", "log_softmax", "glu"]

Dims = tuple[int, ...]  # one dimension, or none for a 0-dim tensor


def softmax_slope(g: Any, y: Any, dim: Dims) -> Any:
    recorded = isinstance(g, Tensor)
    return (g - sum_over(g * y, dim, True)) * y if recorded else kernel.softmax_slope(g, y, dim)


def _log_softmax_slope(g: Any, y: Any, dim: Dims) -> Any:
    return g - exp(y) * sum_over(g, dim, True) if isinstance(g, Tensor) else kernel.log_softmax_slope(g, y, dim)


@operation(name="softmax", input=softmax_slope)
@silent
def softmax_over(input: Operand, dim: Dims) -> Operand:
    return kernel.softmax(single(input), dim).astype(input.dtype, copy=False)


@operation(name="log_softmax", input=_log_softmax_slope)
@silent
def log_softmax_over(input: Operand, dim: Dims) -> Operand:
    return kernel.log_softmax(single(input), dim).astype(input.dtype, copy=False)


def _checked(name: str, input: Any, dim: int | None, dtype: Any) -> tuple[Any, Dims]:
    """Return the input as a floating one, and the dimension as a tuple."""
    ndim = len(input.shape)
    if dim is None:
        dim = 0 if ndim in (0, 1, 3) else 1
        warnings.warn(
            f"{name}: dim was left out and taken to be {dim}; say dim={dim}, or dim=-1 for the last",
            UserWarning,
            stacklevel=3,
        )
    if dtype is not None and input.dtype != as_dtype(dtype):
        input = cast(input, as_dtype(dtype))
    require_floating(name, input, NotImplementedError)
    return input, (one_dim(name, dim, ndim),)[:ndim]


@method()
def softmax(input: Operand, dim: int | None = None, dtype: DType | None = None) -> Tensor:
    """``exp(input) / exp(input).sum(dim)``: positive numbers that add up to 1 along `dim`.

    Parameters
    ----------
    dim : int
        Should be given; without it, it is 0 or 1 by the number of dimensions, and a warning says so.
    dtype : dtype, optional
        Convert first.

    Examples
    --------
    >>> F.softmax(mg.tensor([0.0, 0.0, 10000.0]), dim=0)
    tensor([0., 0., 1.])
    """
    return softmax_over(*_checked("softmax", input, dim, dtype))


def softmin(input: Operand, dim: int | None = None, dtype: DType | None = None) -> Tensor:
    """`softmax` of ``-input``.

    Examples
    --------
    >>> F.softmin(mg.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    return softmax_over(*_checked("softmin", -input, dim, dtype))


@method()
def log_softmax(input: Operand, dim: int | None = None, dtype: DType | None = None) -> Tensor:
    """``log(softmax(input, dim))``, finite where that would be log(0). Parameters as for `softmax`.

    Examples
    --------
    >>> F.log_softmax(mg.tensor([0.0, 10000.0]), dim=0)
    tensor([-10000.,      0.])
    """
    return log_softmax_over(*_checked("log_softmax", input, dim, dtype))


@rounded_once
def glu(input: Operand, dim: int = -1) -> Tensor:
    """Return ``a * sigmoid(b)`` of the halves a and b of `input` along `dim` (Dauphin et al., 2017).

    Raises
    ------
    RuntimeError
        If the length of `dim` is odd.

    Examples
    --------
    >>> F.glu(mg.tensor([1.0, 2.0, 0.0, 10000.0]))
    tensor([0.5000, 2.0000])
    """
    require_floating("glu", input, NotImplementedError)
    dim = one_dim("glu", dim, len(input.shape))
    if not input.shape or input.shape[dim] % 2:
        raise RuntimeError(f"glu: expected an even length of dim {dim}, got shape {tuple(input.shape)}")
    value, gate = chunk(input, 2, dim)
    return value * sigmoid(gate)
