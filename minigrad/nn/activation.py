"""Activation functions as modules; the formulas and their sources stand with the functions of the same names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.nn import functional as F
from minigrad.nn.init import constant_
from minigrad.nn.layer import Layer, new_parameter
from minigrad.nn.module import registered
from minigrad.nn.options import check_options
from minigrad.nn.parameter import Parameter


class _InPlace(Layer):
    """A function without other arguments than whether to overwrite its input."""

    _function: Callable[..., Tensor]

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace=inplace)

    def forward(self, input: Tensor) -> Tensor:
        return self._function(input, self.inplace)


class _Plain(Layer):
    """A function without options."""

    def __init__(self) -> None:
        super().__init__()


class ReLU(_InPlace):
    """``max(input, 0)``.

    Shape: (*), any number of dimensions, to the same.
    """

    _function = staticmethod(F.relu)


class ReLU6(_InPlace):
    """``min(max(input, 0), 6)``.

    Shape: (*), any number of dimensions, to the same.
    """

    _function = staticmethod(F.relu6)


class LeakyReLU(Layer):
    """The input where it is positive, else `negative_slope` times it.

    Shape: (*), any number of dimensions, to the same.
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__(negative_slope=negative_slope, inplace=inplace)

    def forward(self, input: Tensor) -> Tensor:
        return F.leaky_relu(input, self.negative_slope, self.inplace)


class RReLU(Layer):
    """Leaky ReLU whose slope is drawn from U(lower, upper) in training, and is their mean in evaluation.

    Shape: (*), any number of dimensions, to the same.
    """

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3, inplace: bool = False) -> None:
        super().__init__(lower=lower, upper=upper, inplace=inplace)
        if lower > upper:
            raise ValueError(f"RReLU: expected lower of at most upper, got lower={lower} and upper={upper}")

    def forward(self, input: Tensor) -> Tensor:
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)


class ELU(Layer):
    """The input where it is positive, else ``alpha * (exp(input) - 1)``.

    Shape: (*), any number of dimensions, to the same.
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(alpha=alpha, inplace=inplace)

    def forward(self, input: Tensor) -> Tensor:
        return F.elu(input, self.alpha, self.inplace)


class CELU(Layer):
    """The input where it is positive, else ``alpha * (exp(input / alpha) - 1)``.

    Shape: (*), any number of dimensions, to the same.
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(alpha=alpha, inplace=inplace)
        if alpha == 0:
            raise ValueError("CELU: expected alpha other than 0")

    def forward(self, input: Tensor) -> Tensor:
        return F.celu(input, self.alpha, self.inplace)


class SELU(_InPlace):
    """ELU with the factors that make layers keep mean 0 and variance 1.

    Shape: (*), any number of dimensions, to the same.
    """

    _function = staticmethod(F.selu)


class GELU(Layer):
    """``input * Phi(input)`` with the normal distribution's Phi; `approximate` may be ``"tanh"``.

    Shape: (*), any number of dimensions, to the same.
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__(approximate=approximate)
        if approximate not in ("none", "tanh"):
            raise ValueError(f"GELU: expected approximate 'none' or 'tanh', got {approximate!r}")

    def forward(self, input: Tensor) -> Tensor:
        return F.gelu(input, self.approximate)


class SiLU(_InPlace):
    """``input * sigmoid(input)``, also called swish.

    Shape: (*), any number of dimensions, to the same.
    """

    _function = staticmethod(F.silu)


class Mish(_InPlace):
    """``input * tanh(softplus(input))``.

    Shape: (*), any number of dimensions, to the same.
    """

    _function = staticmethod(F.mish)


class Hardtanh(Layer):
    """The input, cut off at `min_val` and `max_val`.

    Shape: (*), any number of dimensions, to the same.
    """

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__(min_val=min_val, max_val=max_val, inplace=inplace)
        if not min_val <= max_val:
            raise ValueError(f"Hardtanh: expected min_val of at most max_val, got min_val={min_val}, max_val={max_val}")

    def forward(self, input: Tensor) -> Tensor:
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)


class Hardsigmoid(_InPlace):
    """``relu6(input + 3) / 6``.

    Shape: (*), any number of dimensions, to the same.
    """

    _function = staticmethod(F.hardsigmoid)


class Hardswish(_InPlace):
    """``input * relu6(input + 3) / 6``.

    Shape: (*), any number of dimensions, to the same.
    """

    _function = staticmethod(F.hardswish)


class Threshold(Layer):
    """The input where it is greater than `threshold`, else `value`.

    Shape: (*), any number of dimensions, to the same.
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__(threshold=threshold, value=value, inplace=inplace)

    def forward(self, input: Tensor) -> Tensor:
        return F.threshold(input, self.threshold, self.value, self.inplace)


class Sigmoid(_Plain):
    """``1 / (1 + exp(-input))``.

    Shape: (*), any number of dimensions, to the same.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.sigmoid(input)


class Tanh(_Plain):
    """The hyperbolic tangent.

    Shape: (*), any number of dimensions, to the same.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.tanh(input)


class LogSigmoid(_Plain):
    """``log(sigmoid(input))``, without overflow.

    Shape: (*), any number of dimensions, to the same.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.logsigmoid(input)


class Softplus(Layer):
    """``log(1 + exp(beta * input)) / beta``; the input itself where ``beta * input > threshold``.

    Shape: (*), any number of dimensions, to the same.
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__(beta=beta, threshold=threshold)

    def forward(self, input: Tensor) -> Tensor:
        return F.softplus(input, self.beta, self.threshold)


class Softsign(_Plain):
    """``input / (1 + abs(input))``.

    Shape: (*), any number of dimensions, to the same.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softsign(input)


class Tanhshrink(_Plain):
    """``input - tanh(input)``.

    Shape: (*), any number of dimensions, to the same.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.tanhshrink(input)


class Softshrink(Layer):
    """The input brought towards 0 by `lambd`, and 0 within that distance of it.

    Shape: (*), any number of dimensions, to the same.
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__(lambd=lambd)
        if lambd < 0:
            raise ValueError(f"Softshrink: expected lambd of at least 0, got {lambd}")

    def forward(self, input: Tensor) -> Tensor:
        return F.softshrink(input, self.lambd)

    def extra_repr(self) -> str:
        return str(self.lambd)


class Hardshrink(Layer):
    """The input, but 0 where its absolute value is at most `lambd`.

    Shape: (*), any number of dimensions, to the same.
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__(lambd=lambd)

    def forward(self, input: Tensor) -> Tensor:
        return F.hardshrink(input, self.lambd)

    def extra_repr(self) -> str:
        return str(self.lambd)


class GLU(Layer):
    """``a * sigmoid(b)`` of the two halves a and b of the input along `dim`.

    Shape: (*) to the same, but half as long in `dim`.
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__(dim=dim)

    def forward(self, input: Tensor) -> Tensor:
        return F.glu(input, self.dim)


class Softmax(Layer):
    """Probabilities along `dim`: ``exp(input)`` over its sum. `CrossEntropyLoss` takes logits, not these.

    Shape: (*), with dimension `dim`, to the same.
    """

    _optional = frozenset({"dim"})

    def __init__(self, dim: int | None = None) -> None:
        super().__init__(dim=dim)

    def forward(self, input: Tensor) -> Tensor:
        return F.softmax(input, self.dim)


class Softmin(Layer):
    """Softmax of ``-input``.

    Shape: (*), with dimension `dim`, to the same.
    """

    _optional = frozenset({"dim"})

    def __init__(self, dim: int | None = None) -> None:
        super().__init__(dim=dim)

    def forward(self, input: Tensor) -> Tensor:
        return F.softmin(input, self.dim)


class LogSoftmax(Layer):
    """The logarithm of the softmax along `dim`, without overflow.

    Shape: (*), with dimension `dim`, to the same.
    """

    _optional = frozenset({"dim"})

    def __init__(self, dim: int | None = None) -> None:
        super().__init__(dim=dim)

    def forward(self, input: Tensor) -> Tensor:
        return F.log_softmax(input, self.dim)


class Softmax2d(_Plain):
    """Softmax over the channels of images, (N, C, H, W) or (C, H, W)."""

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in (3, 4):
            raise ValueError(f"Softmax2d: expected an input of 3 or 4 dimensions, got shape {tuple(input.shape)}")
        return F.softmax(input, -3)


class PReLU(Layer):
    """Leaky ReLU whose slope is learnt: one for all channels, or one for each of `num_parameters`.

    Shape: (N, C, *) to the same; one dimension or none counts as one channel.

    He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015.
    """

    weight: Parameter = registered()

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__(num_parameters=num_parameters)
        check_options(self, init=init)
        self.init = init
        self.weight = new_parameter((num_parameters,), device, dtype)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the slopes to `init`."""
        constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        return F.prelu(input, self.weight)
