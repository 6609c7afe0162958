"""The gradients of convolutions in their input and in their weight, as functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from minigrad.autograd.differentiation import grad
from minigrad.core.tensor import Tensor
from minigrad.creation import zeros
from minigrad.graph.grad_mode import enable_grad, is_grad_enabled
from minigrad.nn import functional as F
from minigrad.ops.checks import Numbers

__all__ = ["conv1d_input", "conv1d_weight", "conv2d_input", "conv2d_weight", "conv3d_input", "conv3d_weight"]


def _gradient(convolve: Callable[[Tensor], Tensor], size: Sequence[int], grad_output: Tensor) -> Tensor:
    """Return the gradient of `convolve`, which is linear, at any argument of this size: at zeros."""
    recorded = is_grad_enabled()
    with enable_grad():
        argument = zeros(*size, dtype=grad_output.dtype, requires_grad=True)
        (gradient,) = grad(convolve(argument), argument, grad_output, create_graph=recorded)
    return gradient


def _input_gradient(convolve: Any, name: str) -> Callable[..., Tensor]:
    def function(
        input_size: Sequence[int],
        weight: Tensor,
        grad_output: Tensor,
        stride: Numbers = 1,
        padding: Numbers = 0,
        dilation: Numbers = 1,
        groups: int = 1,
    ) -> Tensor:
        if input_size is None:
            raise ValueError(f"{name}: expected the size of the input")
        options = (None, stride, padding, dilation, groups)
        return _gradient(lambda x: convolve(x, weight, *options), input_size, grad_output)

    return _documented(function, name, "input")


def _weight_gradient(convolve: Any, name: str) -> Callable[..., Tensor]:
    def function(
        input: Tensor,
        weight_size: Sequence[int],
        grad_output: Tensor,
        stride: Numbers = 1,
        padding: Numbers = 0,
        dilation: Numbers = 1,
        groups: int = 1,
    ) -> Tensor:
        options = (None, stride, padding, dilation, groups)
        return _gradient(lambda w: convolve(input, w, *options), weight_size, grad_output)

    return _documented(function, name, "weight")


def _documented(function: Callable[..., Tensor], name: str, of: str) -> Callable[..., Tensor]:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Return the gradient of a {name.partition('_')[0]} in its {of}, given that of its output."
    return function


conv1d_input = _input_gradient(F.conv1d, "conv1d_input")
conv2d_input = _input_gradient(F.conv2d, "conv2d_input")
conv3d_input = _input_gradient(F.conv3d, "conv3d_input")
conv1d_weight = _weight_gradient(F.conv1d, "conv1d_weight")
conv2d_weight = _weight_gradient(F.conv2d, "conv2d_weight")
conv3d_weight = _weight_gradient(F.conv3d, "conv3d_weight")
