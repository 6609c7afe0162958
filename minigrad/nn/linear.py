"""Fully connected layers."""

from __future__ import annotations

from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.nn import functional as F
from minigrad.nn.init import uniform_, uniform_by_fan_in
from minigrad.nn.layer import Layer, new_parameter, non_negative
from minigrad.nn.module import Module, registered
from minigrad.nn.parameter import Parameter


class Identity(Module):
    """The identity; takes any arguments, so that it can stand in for another layer.

    Shape: (*), any number of dimensions, to the same.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        return input


class Linear(Module):
    """``input @ weight.T + bias``: every output is connected to every input.

    Parameters
    ----------
    in_features, out_features : int
    bias : bool, default True

    Attributes
    ----------
    weight : Parameter, shape (out_features, in_features)
    bias : Parameter, shape (out_features,), or None
        Both start from U(-1/sqrt(in_features), 1/sqrt(in_features)).

    Examples
    --------
    >>> layer = nn.Linear(20, 30)
    >>> layer(mg.randn(128, 20)).shape
    Size([128, 30])
    """

    weight: Parameter = registered()
    bias: Parameter | None = registered()

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        non_negative(self, in_features=in_features, out_features=out_features)
        self.in_features = in_features
        self.out_features = out_features
        self.weight = new_parameter((out_features, in_features), device, dtype)
        self.register_parameter("bias", new_parameter((out_features,), device, dtype) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new initial values."""
        uniform_by_fan_in(self.weight, self.bias)

    def forward(self, input: Tensor) -> Tensor:
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Bilinear(Layer):
    """``input1 @ weight[k] @ input2 + bias[k]`` for every output k.

    Parameters
    ----------
    in1_features, in2_features, out_features : int
    bias : bool, default True

    Attributes
    ----------
    weight : Parameter, shape (out_features, in1_features, in2_features)
    bias : Parameter, shape (out_features,), or None
        Both start from U(-1/sqrt(in1_features), 1/sqrt(in1_features)).
    """

    weight: Parameter = registered()
    bias: Parameter | None = registered()

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(in1_features=in1_features, in2_features=in2_features, out_features=out_features)
        non_negative(self, in1_features=in1_features, in2_features=in2_features, out_features=out_features)
        self.weight = new_parameter((out_features, in1_features, in2_features), device, dtype)
        self.register_parameter("bias", new_parameter((out_features,), device, dtype) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new initial values."""
        bound = 1 / self.in1_features**0.5
        for parameter in self.parameters():
            uniform_(parameter, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, bias={self.bias is not None}"
