"""Activation functions and their slopes on arrays, in as few passes as possible over blocks that stay in the cache.

A slope is the gradient of the input, given that of the output as `g`. What lies between the steps is kept in `out`
where it can be: a buffer less that has to stay in the cache.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.kernels.blocks import in_blocks
from minigrad.kernels.relu import limited
from minigrad.kernels.special import normal_cdf

__all__ = [
    "elu", "elu_slope", "gelu", "gelu_slope", "leaky_relu", "leaky_relu_slope", "log_one_plus", "logsigmoid",
    "logsigmoid_slope", "sigmoid", "sigmoid_slope", "silu", "silu_slope", "softplus", "softplus_slope", "tanh_slope",
]  # fmt: skip

LINEAR_FROM = 40.0  # log(1 + exp(x)) is x, to the last bit of a float64

Array = np.ndarray
Out = np.ndarray | None


# ---- smooth ones -----------------------------------------------------------------------------------------------------


@in_blocks(cost=5)
def sigmoid(x: Array, out: Out = None) -> Any:
    """``1 / (1 + exp(-x))``."""
    y = _one_plus_exp_minus(x, out)
    return np.reciprocal(y, out=y)


@in_blocks
def sigmoid_slope(g: Array, y: Array, out: Out = None) -> Any:
    """``g * y * (1 - y)``, y being the sigmoid."""
    slope = np.subtract(1, y, out=out)
    slope *= y
    slope *= g
    return slope


@in_blocks
def tanh_slope(g: Array, y: Array, out: Out = None) -> Any:
    """``g * (1 - y * y)``, y being the tanh."""
    slope = np.square(y, out=out)
    slope = np.subtract(1, slope, out=out)
    slope *= g
    return slope


@in_blocks(cost=5)
def silu(x: Array, out: Out = None) -> Any:
    """``x * sigmoid(x)``."""
    y = _one_plus_exp_minus(x, out)
    return np.divide(x, y, out=y)


@in_blocks(cost=7)
def silu_slope(g: Array, x: Array, out: Out = None) -> Any:
    """``g * s * (1 + x * (1 - s))``, s being the sigmoid."""
    s = _one_plus_exp_minus(x)
    s = np.reciprocal(s, out=s)
    slope = np.subtract(1, s, out=out)
    slope *= x
    slope += 1
    slope *= s
    slope *= g
    return slope


@in_blocks(cost=12)
def gelu(x: Array, out: tuple[Out, Out] = (None, None)) -> tuple[Any, Any]:
    """``x * cdf(x)`` with the normal distribution function, and that function: it takes by far the longest."""
    cdf = normal_cdf(x, out[1])
    return np.multiply(x, cdf, out=out[0]), cdf


@in_blocks(cost=6)
def gelu_slope(g: Array, x: Array, cdf: Array, out: Out = None) -> Any:
    """``g * (cdf + x * density(x))``."""
    slope = np.square(x, out=out)
    slope *= -0.5
    slope = np.exp(slope, out=out)
    slope *= 1 / math.sqrt(2 * math.pi)
    slope *= x
    slope += cdf
    slope *= g
    return slope


@in_blocks(cost=8)
def softplus(x: Array, beta: float, threshold: float, out: Out = None) -> Any:
    """``log(1 + exp(beta * x)) / beta``, and x itself where ``beta * x`` is above the threshold."""
    z = x if beta == 1 else x * beta
    y = log_one_plus(np.exp(z), out)
    if beta != 1:
        y /= beta
    return _replaced(y, x, z > min(threshold, LINEAR_FROM))


@in_blocks(cost=6)
def softplus_slope(g: Array, x: Array, beta: float, threshold: float, out: Out = None) -> Any:
    """``g * sigmoid(beta * x)``, and g above the threshold."""
    z = x if beta == 1 else x * beta
    slope = _one_plus_exp_minus(z, out)
    return _replaced(np.divide(g, slope, out=slope), g, z > threshold)


@in_blocks(cost=9)
def logsigmoid(x: Array, out: Out = None) -> Any:
    """``log(sigmoid(x))``."""
    return _replaced(np.negative(log_one_plus(np.exp(-x)), out=out), x, x < -LINEAR_FROM)


@in_blocks(cost=5)
def logsigmoid_slope(g: Array, x: Array, out: Out = None) -> Any:
    """``g * sigmoid(-x)``."""
    slope = _one_plus_exp(x, out)
    return np.divide(g, slope, out=slope)


def log_one_plus(y: Array, out: Out = None) -> Any:
    """``log(1 + y)`` of y in [0, inf), exact for small y too: faster than NumPy's log1p, which takes them one by one.

    What 1 + y loses by rounding, by the slope of the logarithm there, is added again.
    """
    total = 1 + y
    rest = y - (total - 1)
    rest /= total
    return np.add(np.log(total), rest, out=out)


def _expm1_below_0(z: Array) -> Any:
    """``exp(z) - 1`` of z <= 0, exact for small z too: ``2 * t / (1 - t)`` with t = tanh(z / 2); faster than expm1."""
    t = np.tanh(z * 0.5)
    t /= 1 - t
    t *= 2
    return t


def _one_plus_exp(x: Array, out: Out = None) -> Array:
    y: Array = np.asarray(np.exp(x, out=out))
    y += 1
    return y


def _one_plus_exp_minus(x: Array, out: Out = None) -> Array:
    y: Array = np.asarray(np.negative(x, out=out))
    return _one_plus_exp(y, y)


def _replaced(y: Any, x: Array, mask: Any) -> Array:
    """Return `y`, changed to `x` where `mask` holds, which is nearly nowhere: `np.where` takes five times as long."""
    result: Array = np.asarray(y)
    np.copyto(result, x, where=mask)
    return result


# ---- those with a kink -----------------------------------------------------------------------------------------------


@in_blocks
def leaky_relu(x: Array, negative_slope: float, out: Out = None) -> Any:
    """Return x where it is positive, and `negative_slope` times x elsewhere."""
    if 0 < negative_slope <= 1:  # 0 times inf would be nan
        y = np.asarray(np.multiply(x, negative_slope, out=out))
        return np.maximum(x, y, out=y)
    return np.add(limited(x, None, 0) * negative_slope, limited(x, 0, None), out=out)


@in_blocks
def leaky_relu_slope(g: Array, x: Array, negative_slope: float, out: Out = None) -> Any:
    """Return g where x is positive, and `negative_slope` times g elsewhere."""
    return np.multiply(_one_or(negative_slope, x), g, out=out)


@in_blocks(cost=6)
def elu(x: Array, alpha: float, scale: float, input_scale: float, out: Out = None) -> Any:
    """``scale * (max(x, 0) + alpha * expm1(min(x, 0) * input_scale))``."""
    y = limited(x, None, 0)
    y *= input_scale
    y = np.expm1(y) if input_scale < 0 else _expm1_below_0(y)
    y *= alpha
    if scale == 1 and 0 < alpha and 0 < alpha * input_scale <= 1:  # then it is never below x
        return np.maximum(y, x, out=out)
    y += limited(x, 0, None)
    return np.multiply(y, scale, out=out)


@in_blocks(cost=5)
def elu_slope(g: Array, x: Array, alpha: float, scale: float, input_scale: float, out: Out = None) -> Any:
    """Return ``g * scale``, where x is not positive times ``alpha * input_scale * exp(x * input_scale)``."""
    slope = limited(x, None, 0)
    slope *= input_scale
    slope = np.exp(slope)
    if alpha * input_scale != 1:
        slope *= alpha * input_scale
        slope = _one_or(slope, x)
    if scale != 1:
        slope *= scale
    return np.multiply(slope, g, out=out)


def _one_or(slope: Any, x: Array) -> Any:
    """Return 1 where x is positive, and `slope` elsewhere, without a branch."""
    if not np.all(np.isfinite(slope)):
        return np.where(x > 0, x.dtype.type(1), slope)
    one = (x > 0).astype(x.dtype)
    if np.ndim(slope) == 0 and 0 <= slope <= 1:
        return limited(one, slope, None)
    other = 1 - one
    other *= slope
    other += one
    return other
