"""Activation functions that are smooth, value and slope side by side: gelu, silu, softplus and their relatives."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.kernels import activation as kernel
from minigrad.kernels.blocks import in_blocks
from minigrad.kernels.errstate import silent
from minigrad.kernels.special import normal_cdf
from minigrad.ops.activation import floats
from minigrad.ops.arithmetic import square
from minigrad.ops.declare.method import optionally_in_place
from minigrad.ops.declare.operation import Operand, computed
from minigrad.ops.exponential import abs, exp, sigmoid
from minigrad.ops.primitives.elementwise import elementwise
from minigrad.ops.primitives.selection import choose
from minigrad.ops.trigonometry import tanh

_NO_BOOLS = "expected numbers, got bools; convert them with .float()"

__all__ = ["gelu", "silu", "mish", "softplus", "logsigmoid", "softsign", "tanhshrink"]


def _normal_density(x: Any) -> Any:
    return exp(x * x * -0.5) * (1 / math.sqrt(2 * math.pi))


@elementwise(lambda g, input: g * _normal_density(input))
def _normal_cdf(input: Operand) -> Operand:
    return normal_cdf(input)


def _gelu_slope(g: Any, input: Any, cdf: Any) -> Any:
    return g * (_normal_cdf(input) + input * _normal_density(input))  # with a cdf that is part of the graph


@elementwise(computed(kernel.gelu_slope, _gelu_slope), outputs=("y", "cdf"))
@floats
def _gelu(input: Operand) -> Any:
    return kernel.gelu(input)


# (1 + tanh(z)) / 2 is sigmoid(2 * z)
_INNER_SLOPE = 2 * math.sqrt(2 / math.pi)  # of the argument of sigmoid, at 0
_INNER_CUBE = _INNER_SLOPE * 0.044715


def _gelu_share(x: Any) -> Any:
    return sigmoid(x * (x * x * _INNER_CUBE + _INNER_SLOPE))


@in_blocks(cost=10)
def _gelu_tanh_slope(g: Any, input: Any) -> Any:
    s = _gelu_share(input)
    inner_slope = input * input * (3 * _INNER_CUBE) + _INNER_SLOPE
    return g * s * (1 + (1 - s) * inner_slope * input)


@elementwise(_gelu_tanh_slope)
@floats
@in_blocks(cost=7)
def _gelu_tanh(input: Operand) -> Operand:
    return input * _gelu_share(input)


def gelu(input: Operand, approximate: str = "none") -> Tensor:
    """``input * Phi(input)``, Phi being the normal distribution function (Hendrycks, Gimpel, 2016).

    Parameters
    ----------
    approximate : {'none', 'tanh'}
        Whether to replace Phi(x) by ``(1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2``.

    Raises
    ------
    RuntimeError
        If `approximate` is neither ``"none"`` nor ``"tanh"``.

    Examples
    --------
    >>> F.gelu(mg.tensor([-1.0, 2.0]))
    tensor([-0.1587,  1.9545])
    """
    if approximate not in ("none", "tanh"):
        raise RuntimeError(f"gelu: expected approximate 'none' or 'tanh', got {approximate!r}")
    return _gelu(input)[0] if approximate == "none" else _gelu_tanh(input)


def _silu_slope(g: Any, input: Any) -> Any:
    s = sigmoid(input)
    return g * (s * (1 + input * (1 - s)))


@optionally_in_place
@elementwise(computed(kernel.silu_slope, _silu_slope))
@floats
@silent
def silu(input: Operand) -> Operand:
    """``input * sigmoid(input)``, elementwise; also called swish (Ramachandran, Zoph, Le, 2017).

    Examples
    --------
    >>> F.silu(mg.tensor([-1.0, 2.0]))
    tensor([-0.2689,  1.7616])
    """
    return kernel.silu(input)


@in_blocks(cost=20)
def _mish_slope(g: Any, input: Any) -> Any:
    t = tanh(_softplus(input, 1.0, math.inf))
    return g * (t + input * (1 - t * t) * sigmoid(input))


@optionally_in_place
@elementwise(_mish_slope)
@floats
@in_blocks(cost=12)
def mish(input: Operand) -> Operand:
    """``input * tanh(softplus(input))``, elementwise (Misra, 2019).

    Examples
    --------
    >>> F.mish(mg.tensor([-1.0, 2.0]))
    tensor([-0.3034,  1.9440])
    """
    return input * np.tanh(_softplus(input, 1.0, math.inf))


def _softplus_slope(g: Any, input: Any, beta: float, threshold: float) -> Any:
    z = input * beta
    return choose(z > threshold, g, g * sigmoid(z))


@elementwise(computed(kernel.softplus_slope, _softplus_slope))
@floats
@silent
def _softplus(input: Operand, beta: float, threshold: float) -> Operand:
    return kernel.softplus(input, beta, threshold)


def softplus(input: Operand, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """``log(1 + exp(beta * input)) / beta``, elementwise, without overflow.

    Parameters
    ----------
    threshold : float, default 20
        Where ``beta * input`` is larger, the result is `input` itself.

    Examples
    --------
    >>> F.softplus(mg.tensor([0.0, 10000.0]))
    tensor([6.9315e-01, 1.0000e+04])
    """
    return _softplus(input, beta, threshold)


@elementwise(computed(kernel.logsigmoid_slope, lambda g, input: g * sigmoid(-input)))
@floats
@silent
def logsigmoid(input: Operand) -> Operand:
    """``log(sigmoid(input))``, elementwise, without overflow.

    Examples
    --------
    >>> F.logsigmoid(mg.tensor([0.0, -10000.0]))
    tensor([-6.9315e-01, -1.0000e+04])
    """
    return kernel.logsigmoid(input)


@elementwise(
    in_blocks(lambda g, input: g / square(1 + abs(input))),
    floating=True,
    no_bools=_NO_BOOLS,
)
@in_blocks
def softsign(input: Operand) -> Operand:
    """``input / (1 + |input|)``, elementwise.

    Examples
    --------
    >>> F.softsign(mg.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """
    return input / (1 + np.abs(input))


@elementwise(
    in_blocks(lambda g, input: g * square(tanh(input)), cost=5),
    floating=True,
    no_bools=_NO_BOOLS,
)
@in_blocks(cost=5)
def tanhshrink(input: Operand) -> Operand:
    """``input - tanh(input)``, elementwise.

    Examples
    --------
    >>> F.tanhshrink(mg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.2384])
    """
    return input - np.tanh(input)
