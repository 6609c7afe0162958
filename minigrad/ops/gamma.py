"""The gamma function's logarithm, and its derivatives."""

from __future__ import annotations

import math

from minigrad.core.tensor import Tensor
from minigrad.kernels import gamma as kernels
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.primitives.elementwise import elementwise

__all__ = ["lgamma", "digamma", "polygamma", "mvlgamma"]


@method(inplace=True)
@elementwise(lambda g, input: g * digamma(input), floating=True)
def lgamma(input: Operand) -> Operand:
    """Return the natural logarithm of the absolute value of the gamma function, elementwise; inf at 0, -1, -2, ...

    Examples
    --------
    >>> mg.lgamma(mg.tensor([0.5, 1.0, 5.0]))
    tensor([0.5724, 0.0000, 3.1781])
    """
    return kernels.lgamma(input)


@method(inplace=True)
@elementwise(lambda g, input: g * polygamma(1, input), floating=True)
def digamma(input: Operand) -> Operand:
    """Return the derivative of `lgamma`, elementwise; nan at the negative integers.

    Examples
    --------
    >>> mg.digamma(mg.tensor([1.0, 0.5]))
    tensor([-0.5772, -1.9635])
    """
    return kernels.digamma(input)


@method(inplace=True)
@elementwise(lambda g, input, n: g * _polygamma(input, n + 1), name="polygamma", floating=True)
def _polygamma(input: Operand, n: int) -> Operand:
    if isinstance(n, bool) or not isinstance(n, int):
        raise TypeError(f"polygamma: expected n to be an int, got {type(n).__name__}")
    if n < 0:
        raise RuntimeError(f"polygamma: expected n of 0 or more, got {n}")
    return kernels.polygamma(input, n) if n else kernels.digamma(input)


def polygamma(n: int, input: Operand) -> Tensor:
    """Return the `n`-th derivative of `digamma`, elementwise.

    Parameters
    ----------
    n : int, 0 or more
    input : Tensor

    Raises
    ------
    RuntimeError
        If `n` is negative.

    Examples
    --------
    >>> mg.polygamma(1, mg.tensor([1.0, 0.5]))
    tensor([1.6449, 4.9348])
    """
    return _polygamma(input, n)


@method(inplace=True)
@rounded_once
def mvlgamma(input: Operand, p: int) -> Tensor:
    """Return the logarithm of the multivariate gamma function of dimension `p`, elementwise.

    It is ``p * (p - 1) / 4 * log(pi)`` plus the sum of ``lgamma(input - j / 2)`` over j = 0 ... p - 1.

    Raises
    ------
    RuntimeError
        If `p` is less than 1.

    Examples
    --------
    >>> mg.mvlgamma(mg.tensor([2.0, 3.0]), 2)
    tensor([0.4516, 1.5502])
    """
    if p < 1:
        raise RuntimeError(f"mvlgamma: expected p of at least 1, got {p}")
    y = lgamma(input) + p * (p - 1) / 4 * math.log(math.pi)
    for j in range(1, p):
        y = y + lgamma(input - j / 2)
    return y
