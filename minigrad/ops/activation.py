"""Activation functions of two or more pieces, value and slope side by side: relu and its relatives."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.core.generator import get_generator
from minigrad.core.tensor import Tensor
from minigrad.kernels import activation as kernel
from minigrad.kernels import relu as masks
from minigrad.kernels.blocks import in_blocks
from minigrad.ops.checks import require_floating
from minigrad.ops.declare.method import in_place_form, method, optionally_in_place
from minigrad.ops.declare.operation import Operand, computed, operation
from minigrad.ops.exponential import exp
from minigrad.ops.primitives.casting import zeros_as
from minigrad.ops.primitives.elementwise import elementwise
from minigrad.ops.primitives.selection import choose
from minigrad.ops.selection import clamp

__all__ = [
    "relu", "relu_", "relu6", "leaky_relu", "leaky_relu_", "prelu", "rrelu", "rrelu_", "elu", "elu_", "selu", "selu_",
    "celu", "celu_", "hardtanh", "hardtanh_", "hardsigmoid", "hardswish", "softshrink", "hardshrink", "threshold",
    "threshold_",
]  # fmt: skip


def floats(forward: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse an `input` that is not floating, as these operations do in PyTorch."""

    @functools.wraps(forward)
    def checked(input: Any, *args: Any) -> Any:
        require_floating(forward.__name__.strip("_"), input)
        return forward(input, *args)

    return checked


@operation("mask", input=lambda g, mask, source: zeroed(g, mask, source), source=lambda g: zeros_as(g))
def zeroed(input: Operand, mask: Operand, source: Operand) -> Operand:
    """Return `input`, but 0 where the bool `mask` holds, which was computed from `source`.

    The gradient of `source` is 0, but it has one: so the second derivative of a rectifier is 0 and not missing.
    """
    return masks.zeroed(input, mask)


def _leaky(values: Any, input: Any, slope: Any) -> Any:
    """Return `values` where `input` is positive, and `slope` times them elsewhere: the slope may be inf."""
    positive = input > 0
    return zeroed(values, ~positive, input) + zeroed(values * slope, positive, input)


# ---- rectifiers ------------------------------------------------------------------------------------------------------


@optionally_in_place
@method(inplace=True)
@elementwise(lambda g, y: zeroed(g, y <= 0, y))
def relu(input: Operand) -> Operand:
    """``max(input, 0)``, elementwise; its slope at 0 is 0.

    Raises
    ------
    RuntimeError
        If `input` is of bools.

    Examples
    --------
    >>> F.relu(mg.tensor([-1.0, 0.0, 2.0]))
    tensor([0., 0., 2.])
    """
    if input.dtype.kind == "b":
        raise RuntimeError("relu: expected numbers, got bools; convert with .float()")
    return masks.rectified(input)


@elementwise(in_blocks(lambda g, y, min_val, max_val: zeroed(g, (y <= min_val) | (y >= max_val), y)))
def _hardtanh(input: Operand, min_val: float, max_val: float) -> Operand:
    if input.dtype.kind not in "fi" and min_val < 0:
        raise RuntimeError(f"hardtanh: {input.dtype} holds no negative limit {min_val}; convert with .float()")
    low, high = (v if input.dtype.kind == "f" else int(v) for v in (min_val, max_val))  # as PyTorch rounds them
    return np.clip(input, low, high).astype(input.dtype, copy=False)


@optionally_in_place
def hardtanh(input: Operand, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """Return `input` limited to [`min_val`, `max_val`]. Unlike that of `clamp`, its slope at the limits is 0.

    Raises
    ------
    ValueError
        If `min_val` is larger than `max_val`.

    Examples
    --------
    >>> F.hardtanh(mg.tensor([-2.0, 0.5, 2.0]))
    tensor([-1.0000,  0.5000,  1.0000])
    """
    if min_val > max_val:
        raise ValueError(f"hardtanh: min_val {min_val} is larger than max_val {max_val}")
    return _hardtanh(input, min_val, max_val)


@optionally_in_place
def relu6(input: Operand) -> Tensor:
    """``min(max(input, 0), 6)``, elementwise; its slope at 0 and 6 is 0.

    Raises
    ------
    RuntimeError
        If the input holds bools.

    Examples
    --------
    >>> F.relu6(mg.tensor([-1.0, 3.0, 8.0]))
    tensor([0., 3., 6.])
    """
    if input.dtype.kind == "b":
        raise RuntimeError("relu6: expected numbers, got bools; convert them with .float()")
    return _hardtanh(input, 0, 6)


@optionally_in_place
@elementwise(computed(kernel.leaky_relu_slope, lambda g, input, negative_slope: _leaky(g, input, negative_slope)))
@floats
def leaky_relu(input: Operand, negative_slope: float = 0.01) -> Operand:
    """Return `input` where positive, else ``negative_slope * input``; `negative_slope` is its slope at 0, too.

    Examples
    --------
    >>> F.leaky_relu(mg.tensor([-1.0, 2.0]), 0.1)
    tensor([-0.1000,  2.0000])
    """
    return kernel.leaky_relu(input, negative_slope)


@elementwise(
    in_blocks(lambda g, input, weight: _leaky(g, input, weight)),
    in_blocks(lambda g, input: zeroed(g * input, input > 0, input)),
)
@floats
@in_blocks
def _prelu(input: Operand, weight: Operand) -> Operand:
    return _leaky(input, input, weight)


@method()
def prelu(input: Operand, weight: Operand) -> Tensor:
    """`leaky_relu` with learned slopes: one, or one per channel (dimension 1) (He et al., 2015).

    Parameters
    ----------
    weight : Tensor of shape (1,), () or (channels,)

    Raises
    ------
    RuntimeError
        If the number of slopes is neither 1 nor the number of channels.

    Examples
    --------
    >>> F.prelu(mg.tensor([[-1.0, -1.0]]), mg.tensor([0.1, 0.2]))
    tensor([[-0.1000, -0.2000]])
    """
    require_floating("prelu", input)
    count, shape = math.prod(weight.shape), tuple(input.shape)
    if input.dtype != weight.dtype:
        raise RuntimeError(f"prelu: expected one dtype, got {input.dtype} and {weight.dtype}; convert one of them")
    channels = shape[1] if len(shape) > 1 else 1
    if len(weight.shape) > 1 or count not in (1, channels):
        raise RuntimeError(
            f"prelu: expected a weight of 1 or {channels} elements for an input of shape {shape}, "
            f"got shape {tuple(weight.shape)}"
        )
    if not shape and weight.shape:
        weight = weight.reshape(())
    if count > 1:
        weight = weight.reshape(count, *[1] * (len(shape) - 2))
    return _prelu(input, weight)


@optionally_in_place
def rrelu(input: Operand, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False) -> Tensor:
    """`leaky_relu` whose slopes are drawn uniformly from [`lower`, `upper`); without `training`, their mean.

    Raises
    ------
    RuntimeError
        If `lower` is above `upper`.

    Examples
    --------
    >>> F.rrelu(mg.tensor([-2.0, 2.0]), 0.25, 0.75)
    tensor([-1.,  2.])
    """
    if lower > upper:
        raise RuntimeError(f"rrelu: expected lower <= upper, got {lower} and {upper}")
    if not training:
        return leaky_relu(input, (lower + upper) / 2)
    slopes = get_generator().rng.uniform(lower, upper, tuple(input.shape)).astype(input.dtype)
    return _prelu(input, slopes)


def _elu_slope(g: Any, input: Any, alpha: float, scale: float, input_scale: float) -> Any:
    return _leaky(g, input, exp(clamp(input, max=0) * input_scale) * (alpha * input_scale)) * scale


@elementwise(computed(kernel.elu_slope, _elu_slope))
@floats
def _elu(input: Operand, alpha: float, scale: float, input_scale: float) -> Operand:
    """``scale * (max(x, 0) + alpha * expm1(min(x, 0) * input_scale))``: what elu, selu and celu have in common."""
    return kernel.elu(input, alpha, scale, input_scale)


@optionally_in_place
def elu(input: Operand, alpha: float = 1.0) -> Tensor:
    """Return `input` where positive, else ``alpha * (exp(input) - 1)`` (Clevert, Unterthiner, Hochreiter, 2015).

    Examples
    --------
    >>> F.elu(mg.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    return _elu(input, alpha, 1.0, 1.0)


@optionally_in_place
@method()
def selu(input: Operand) -> Tensor:
    """`elu` scaled so that activations keep mean 0 and variance 1 (Klambauer et al., 2017).

    Examples
    --------
    >>> F.selu(mg.tensor([-1.0, 2.0]))
    tensor([-1.1113,  2.1014])
    """
    return _elu(input, 1.6732632423543772, 1.0507009873554805, 1.0)


@optionally_in_place
@method()
def celu(input: Operand, alpha: float = 1.0) -> Tensor:
    """Return `input` where positive, else ``alpha * (exp(input / alpha) - 1)`` (Barron, 2017).

    Raises
    ------
    RuntimeError
        If `alpha` is 0.

    Examples
    --------
    >>> F.celu(mg.tensor([-1.0, 2.0]), 2.0)
    tensor([-0.7869,  2.0000])
    """
    if alpha == 0:
        raise RuntimeError("celu: alpha cannot be 0")
    return _elu(input, alpha, 1.0, 1 / alpha)


# ---- piecewise ones --------------------------------------------------------------------------------------------------


@optionally_in_place
@elementwise(in_blocks(lambda g, input: zeroed(g / 6, (input <= -3) | (input >= 3), input)))
@floats
@in_blocks
def hardsigmoid(input: Operand) -> Operand:
    """``min(max(input + 3, 0), 6) / 6``, elementwise (Howard et al., 2019).

    Examples
    --------
    >>> F.hardsigmoid(mg.tensor([-4.0, 0.0, 1.5]))
    tensor([0.0000, 0.5000, 0.7500])
    """
    return np.clip(input + 3, 0, 6) / 6


@optionally_in_place
@elementwise(in_blocks(lambda g, input: choose(input < 3, zeroed(g * (input / 3 + 0.5), input <= -3, input), g)))
@floats
@in_blocks
def hardswish(input: Operand) -> Operand:
    """``input * hardsigmoid(input)``, elementwise (Howard et al., 2019).

    Examples
    --------
    >>> F.hardswish(mg.tensor([1.5, 5.0]))
    tensor([1.1250, 5.0000])
    """
    return input * np.clip(input + 3, 0, 6) / 6


@elementwise(in_blocks(lambda g, input, lambd: zeroed(g, (input >= -lambd) & (input <= lambd), input)))
@floats
@in_blocks
def _softshrink(input: Operand, lambd: float) -> Operand:
    return input - np.clip(input, -lambd, lambd)


def softshrink(input: Operand, lambd: float = 0.5) -> Tensor:
    """Return `input` moved towards 0 by `lambd`, and 0 within [-lambd, lambd].

    Raises
    ------
    RuntimeError
        If `lambd` is negative.

    Examples
    --------
    >>> F.softshrink(mg.tensor([-2.0, 0.1, 1.0]))
    tensor([-1.5000,  0.0000,  0.5000])
    """
    if lambd < 0:
        raise RuntimeError(f"softshrink: expected lambd of at least 0, got {lambd}")
    return _softshrink(input, lambd)


@method()
@elementwise(in_blocks(lambda g, input, lambd: zeroed(g, (input >= -lambd) & (input <= lambd), input)))
@floats
@in_blocks
def hardshrink(input: Operand, lambd: float = 0.5) -> Operand:
    """Return `input`, but 0 within [-lambd, lambd].

    Examples
    --------
    >>> F.hardshrink(mg.tensor([-2.0, 0.1, 1.0]))
    tensor([-2.,  0.,  1.])
    """
    return masks.zeroed(input, (input >= -lambd) & (input <= lambd))


@optionally_in_place
@elementwise(lambda g, input, threshold: zeroed(g, input <= threshold, input))
def threshold(input: Operand, threshold: float, value: float) -> Operand:
    """Return `input` where it is larger than `threshold`, else `value`.

    Examples
    --------
    >>> F.threshold(mg.tensor([-1.0, 0.5, 2.0]), 1.0, 9.0)
    tensor([9., 9., 2.])
    """
    return np.where(input <= threshold, input.dtype.type(value), input)


relu_ = in_place_form(relu)
leaky_relu_ = in_place_form(leaky_relu)
elu_ = in_place_form(elu)
selu_ = in_place_form(selu)
celu_ = in_place_form(celu)
rrelu_ = in_place_form(rrelu)
hardtanh_ = in_place_form(hardtanh)
threshold_ = in_place_form(threshold)
