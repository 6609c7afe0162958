"""The gamma function's logarithm and its derivatives, and the incomplete gamma functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.kernels import gamma as kernels
from minigrad.kernels import incomplete_gamma
from minigrad.ops.checks import check_tensor
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.exponential import exp, log, xlogy
from minigrad.ops.primitives.elementwise import elementwise

__all__ = ["lgamma", "digamma", "polygamma", "mvlgamma", "igamma", "igammac"]


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
    """Return the derivative of order `n` of `digamma`, elementwise."""
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


def _no_gradient_of_zeta(g: Any) -> Any:
    raise NotImplementedError("zeta: it has a gradient for 'other' only, not for 'input'; detach() that")


@elementwise(_no_gradient_of_zeta, lambda g, input, other: -g * input * zeta(input + 1, other), floating=True)
def zeta(input: Operand, other: Operand) -> Operand:
    """Return the Hurwitz zeta function, the sum of ``(other + k) ** -input`` over k = 0, 1, ..., elementwise.

    It is inf for `input` 1, and nan below. Only `other` has a gradient.

    Examples
    --------
    >>> mg.special.zeta(mg.tensor([2.0, 4.0]), 1)
    tensor([1.6449, 1.0823])
    """
    return kernels.zeta(np.asarray(input), np.asarray(other))


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


# ---- the incomplete gamma functions ----------------------------------------------------------------------------------


def _parts(a: np.ndarray, x: np.ndarray) -> incomplete_gamma.Parts:
    wide = incomplete_gamma.parts(a.astype(np.float64, copy=False), x.astype(np.float64, copy=False))
    return incomplete_gamma.Parts(*(part.astype(a.dtype, copy=False) for part in wide))


def gamma_density(a: Any, x: Any) -> Any:
    """Return ``x ** (a - 1) * exp(-x) / gamma(a)``, the density of the gamma distribution."""
    return exp(xlogy(a - 1, x) - x - lgamma(a))


def _no_curvature(g: Any) -> Any:
    raise NotImplementedError("igamma: it has no second derivative for 'input', the parameter; once it has one")


@elementwise(_no_curvature, lambda g, input, other: g * gamma_density(input, other) * (log(other) - digamma(input)))
def igamma_slope(input: Operand, other: Operand) -> Operand:
    """Return the derivative of `igamma` for its parameter `input`."""
    return _parts(input, other).slope


@elementwise(
    lambda g, input, other: g * igamma_slope(input, other),
    lambda g, input, other: g * gamma_density(input, other),
    name="igamma",
)
def _igamma(input: Operand, other: Operand) -> Operand:
    return _parts(input, other).lower


@elementwise(
    lambda g, input, other: -g * igamma_slope(input, other),
    lambda g, input, other: -g * gamma_density(input, other),
    name="igammac",
)
def _igammac(input: Operand, other: Operand) -> Operand:
    return _parts(input, other).upper


def _check_incomplete(name: str, input: Any, other: Any) -> None:
    kinds = [check_tensor(name, label, t).dtype.kind for label, t in (("input", input), ("other", other))]
    if "f" not in kinds:
        raise NotImplementedError(f"{name}: expected floating tensors, got {input.dtype} and {other.dtype}")


@method(inplace=True)
def igamma(input: Operand, other: Operand) -> Tensor:
    """Return the lower incomplete gamma function, divided by ``gamma(input)``, elementwise.

    It is the integral of ``t ** (input - 1) * exp(-t) / gamma(input)`` from 0 to `other`; nan if one is negative.

    Parameters
    ----------
    input, other : floating Tensors
        They broadcast against each other. Both have a gradient; for `input` there is no second one.

    Raises
    ------
    NotImplementedError
        If both are of integers.

    Examples
    --------
    >>> mg.igamma(mg.tensor([1.0, 4.0]), mg.tensor([1.0, 3.0]))
    tensor([0.6321, 0.3528])
    """
    _check_incomplete("igamma", input, other)
    return _igamma(input, other)


@method(inplace=True)
def igammac(input: Operand, other: Operand) -> Tensor:
    """Return ``1 - igamma(input, other)``, elementwise, exact where that is tiny, too.

    Raises
    ------
    NotImplementedError
        If both are of integers.

    Examples
    --------
    >>> mg.igammac(mg.tensor([1.0, 4.0]), mg.tensor([1.0, 3.0]))
    tensor([0.3679, 0.6472])
    """
    _check_incomplete("igammac", input, other)
    return _igammac(input, other)
