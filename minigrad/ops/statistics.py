"""Covariances and correlations of samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.decompositions import raw
from minigrad.ops.diagonals import diag
from minigrad.ops.linalg import matmul
from minigrad.ops.primitives.casting import cast
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.selection import clamp
from minigrad.ops.shape import adjoint

__all__ = ["corrcoef", "cov"]


def _weights(name: str, given: Any, count: int, whole: bool) -> Any:
    """Return weights of the observations, checked."""
    array = raw(given)
    if array.shape != (count,) or (array.dtype.kind not in "iu" if whole else array.dtype.kind != "f"):
        kind = "integers" if whole else "floats"
        raise RuntimeError(f"cov: expected {name} to be {count} {kind}, got {array.dtype} of shape {array.shape}")
    if (array < 0).any():
        raise RuntimeError(f"cov: expected {name} of 0 or more")
    return given


@method()
@rounded_once
def cov(
    input: Operand, *, correction: int = 1, fweights: Operand | None = None, aweights: Operand | None = None
) -> Tensor:
    """Return the covariances of variables, one row each, from their observations, one column each.

    Parameters
    ----------
    correction : int, default 1
        What is taken off the number of observations in the divisor.
    fweights : integer Tensor, optional
        How often each observation was made.
    aweights : floating Tensor, optional
        How much each observation counts.

    Raises
    ------
    RuntimeError
        If there are more than two dimensions, or the weights do not fit.

    Examples
    --------
    >>> mg.cov(mg.tensor([[0.0, 2.0], [2.0, 0.0]]))
    tensor([[ 2., -2.],
            [-2.,  2.]])
    """
    if len(input.shape) > 2:
        raise RuntimeError(f"cov: expected at most two dimensions, got shape {tuple(input.shape)}")
    if raw(input).dtype.kind == "b":
        raise RuntimeError("cov: expected numbers, got bools; convert them with .float()")
    x = input if raw(input).dtype.kind == "f" else cast(input, np.dtype(np.float32))
    x = x if len(x.shape) == 2 else reshape(x, (1, x.shape[0] if x.shape else 1))
    count = x.shape[1]
    weights: Any = None
    if fweights is not None:
        weights = _weights("fweights", fweights, count, whole=True)
    if aweights is not None:
        given = _weights("aweights", aweights, count, whole=False)
        weights = given if weights is None else weights * given
    total = count if weights is None else weights.sum()
    mean = x.mean(1, keepdim=True) if weights is None else (x * weights).sum(1, keepdim=True) / total
    if weights is None or aweights is None:
        divisor = total - correction
    else:
        divisor = total - correction * (weights * aweights).sum() / total
    off = x - mean
    spread = off if weights is None else off * weights
    number = clamp(divisor, min=0) if isinstance(divisor, Tensor) else max(divisor, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        y = matmul(spread, adjoint(off)) / number
    return reshape(y, ()) if x.shape[0] == 1 else y


@method()
@rounded_once
def corrcoef(input: Operand) -> Tensor:
    """Return the correlations of variables, one row each: covariances over standard deviations, within -1 and 1.

    Raises
    ------
    RuntimeError
        If there are more than two dimensions.

    Examples
    --------
    >>> mg.corrcoef(mg.tensor([[0.0, 2.0], [2.0, 0.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    if len(input.shape) > 2:
        raise RuntimeError(f"corrcoef: expected at most two dimensions, got shape {tuple(input.shape)}")
    c = cov(input)
    if not c.shape:
        return c / c
    size = diag(c).sqrt()
    return clamp(c / reshape(size, (-1, 1)) / size, -1, 1)
