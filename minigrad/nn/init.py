"""Initial values: every function fills the given tensor in place, records nothing, and returns it.

``fan_in`` and ``fan_out`` are the numbers of inputs and outputs of one unit: of a weight of shape (out, in, *kernel),
``in`` and ``out`` times the size of the kernel.
"""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad.core.generator import Generator, get_generator
from minigrad.core.tensor import Tensor
from minigrad.graph.grad_mode import no_grad
from minigrad.kernels.blas import hold_blas
from minigrad.lazy_names import unknown
from minigrad.ops import sampling
from minigrad.ops.assignment import fill_
from minigrad.ops.declare.naming import publish

__all__ = [
    "calculate_gain", "constant_", "dirac_", "eye_", "kaiming_normal_", "kaiming_uniform_", "kernels_", "normal_",
    "ones_", "orthogonal_", "sparse_", "trunc_normal_", "uniform_", "xavier_normal_", "xavier_uniform_", "zeros_",
]  # fmt: skip


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return the factor on the weights' standard deviation that compensates for a nonlinearity.

    Parameters
    ----------
    nonlinearity : str
        ``"linear"``, ``"sigmoid"`` and convolutions: 1; ``"tanh"``: 5/3; ``"relu"``: sqrt(2);
        ``"leaky_relu"``: sqrt(2 / (1 + slope**2)); ``"selu"``: 3/4.
    param : float, optional
        The slope of leaky_relu; 0.01 by default.

    Raises
    ------
    ValueError
        If the nonlinearity is unknown, or its slope is not a number.

    Examples
    --------
    >>> nn.init.calculate_gain("leaky_relu", 0.0)
    1.4142135623730951
    """
    if nonlinearity == "leaky_relu":
        if param is not None and (isinstance(param, bool) or not isinstance(param, (int, float))):
            raise ValueError(f"calculate_gain: expected a number as slope, got {param!r}")
        return math.sqrt(2 / (1 + (0.01 if param is None else param) ** 2))
    convolutions = [f"conv{kind}{n}d" for kind in ("", "_transpose") for n in (1, 2, 3)]
    gains = {"sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2), "selu": 0.75}
    gains.update(dict.fromkeys(["linear", *convolutions], 1.0))
    if nonlinearity not in gains:
        raise ValueError(f"calculate_gain: unknown nonlinearity {nonlinearity!r}; known are {', '.join(gains)}")
    return gains[nonlinearity]


@no_grad()
def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with values from U(a, b).

    Examples
    --------
    >>> w = nn.init.uniform_(mg.empty(100), -2, 2)
    >>> bool((w.abs() <= 2).all())
    True
    """
    return sampling.uniform_(tensor, a, b, generator=generator)


@no_grad()
def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with values from N(mean, std**2)."""
    return sampling.normal_(tensor, mean, std, generator=generator)


@no_grad()
def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:  # fmt: skip
    """Fill with values from N(mean, std**2) that lie in [a, b]; values outside are drawn again.

    Raises
    ------
    ValueError
        If `std` is negative, or [a, b] holds less than a thousandth of the distribution, so that drawing again would
        take forever.
    """
    if not std >= 0:
        raise ValueError(f"trunc_normal_: expected std of 0 or more, got {std}")
    scale = math.sqrt(2) * max(std, 1e-300)
    if not (math.erf((b - mean) / scale) - math.erf((a - mean) / scale)) / 2 > 1e-3:
        raise ValueError(f"trunc_normal_: expected bounds near mean={mean} (std={std}), got a={a} and b={b}")
    sampling.normal_(tensor, mean, std, generator=generator)
    values = tensor._data.copy()
    while (outside := (values < a) | (values > b)).any():
        again = Tensor._wrap(np.empty(int(outside.sum()), values.dtype))
        values[outside] = sampling.normal_(again, mean, std, generator=generator)._data
    tensor._write(values)
    return tensor


@no_grad()
def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with `val`."""
    return fill_(tensor, val)


def ones_(tensor: Tensor) -> Tensor:
    """Fill with 1."""
    return constant_(tensor, 1)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with 0."""
    return constant_(tensor, 0)


def eye_(tensor: Tensor) -> Tensor:
    """Fill a matrix with the identity, so that a linear layer keeps as many inputs as it can.

    Raises
    ------
    ValueError
        If there are not 2 dimensions.

    Examples
    --------
    >>> nn.init.eye_(mg.empty(2, 3))
    tensor([[1., 0., 0.],
            [0., 1., 0.]])
    """
    if tensor.ndim != 2:
        raise ValueError(f"eye_: expected a tensor of 2 dimensions, got shape {tuple(tensor.shape)}")
    tensor._write(np.eye(*tensor.shape))
    return tensor


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Fill the weight of a convolution so that it keeps as many input channels as it can (in each of `groups`).

    Raises
    ------
    ValueError
        If there are not 3, 4 or 5 dimensions, or the channels do not split into `groups`.
    """
    if tensor.ndim not in (3, 4, 5):
        raise ValueError(f"dirac_: expected a tensor of 3, 4 or 5 dimensions, got shape {tuple(tensor.shape)}")
    if tensor.shape[0] % groups:
        raise ValueError(f"dirac_: {tensor.shape[0]} output channels do not split into {groups} groups")
    values = np.zeros_like(tensor._data)
    centre = tuple(k // 2 for k in tensor.shape[2:])
    per_group = tensor.shape[0] // groups
    for channel in range(min(per_group, tensor.shape[1])):
        index: tuple[slice | int, ...] = (slice(channel, None, per_group), channel, *centre)
        values[index] = 1
    tensor._write(values)
    return tensor


def kernels_(tensor: Tensor, kernels: Iterable[Any]) -> Tensor:
    """Fill the weight of a convolution with known kernels, one per output channel, the same for all of its inputs.

    With fewer kernels than output channels they come round again; with more, the last ones are left out.

    Parameters
    ----------
    tensor : Tensor, shape (out, in, *kernel)
    kernels : arrays of shape (*kernel)
        For example the values of `minigrad.vision.kernels.KERNELS`.

    Raises
    ------
    ValueError
        If there is no kernel, or one has another shape than those of the weight.
    TypeError
        If one is not made of numbers.

    Examples
    --------
    >>> layer = nn.Conv2d(3, 2, (1, 2), bias=False)
    >>> _ = nn.init.kernels_(layer.weight, [[[-1, 1]], [[0.5, 0.5]]])
    >>> layer(mg.tensor([1.0, 2.0, 4.0]).expand(1, 3, 1, 3)).tolist()
    [[[[3.0, 6.0]], [[4.5, 9.0]]]]
    """
    if tensor.ndim not in (3, 4, 5):
        raise ValueError(f"kernels_: expected a tensor of 3, 4 or 5 dimensions, got shape {tuple(tensor.shape)}")
    given = [np.asarray(kernel) for kernel in kernels]
    if not given:
        raise ValueError("kernels_: expected at least one kernel, got none")
    for number, kernel in enumerate(given):
        if kernel.dtype.kind not in "biuf":
            raise TypeError(f"kernels_: expected arrays of numbers, got {kernel}; of a mapping, pass the .values()")
        if kernel.shape != tuple(tensor.shape[2:]):
            raise ValueError(
                f"kernels_: expected kernels of shape {tuple(tensor.shape[2:])}, as those of the weight, "
                f"but kernel {number} has shape {kernel.shape}"
            )
    chosen = np.stack(given)[np.arange(tensor.shape[0]) % len(given)]
    tensor._write(np.broadcast_to(chosen[:, None], tensor.shape))
    return tensor


def _fans(tensor: Tensor, name: str) -> tuple[int, int]:
    """Return fan_in and fan_out."""
    if tensor.ndim < 2:
        raise ValueError(
            f"{name}: fan_in and fan_out need a weight of at least 2 dimensions, got shape {tuple(tensor.shape)}"
        )
    kernel = math.prod(tensor.shape[2:])
    return tensor.shape[1] * kernel, tensor.shape[0] * kernel


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    return _fans(tensor, "_calculate_fan_in_and_fan_out")  # PyTorch's scripts initialise by this


def _calculate_correct_fan(tensor: Tensor, mode: str) -> int:
    if mode.lower() not in ("fan_in", "fan_out"):
        raise ValueError(f"_calculate_correct_fan: expected mode 'fan_in' or 'fan_out', got {mode!r}")
    return _fans(tensor, "_calculate_correct_fan")[mode.lower() == "fan_out"]


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with U(-a, a), ``a = gain * sqrt(6 / (fan_in + fan_out))``.

    Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.

    Examples
    --------
    >>> w = nn.init.xavier_uniform_(mg.empty(20, 40), gain=nn.init.calculate_gain("relu"))
    >>> bool(w.abs().max() <= (2 * 6 / 60) ** 0.5)
    True
    """
    a = gain * math.sqrt(6 / sum(_fans(tensor, "xavier_uniform_")))
    return uniform_(tensor, -a, a, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with N(0, std**2), ``std = gain * sqrt(2 / (fan_in + fan_out))`` (Glorot and Bengio, 2010)."""
    std = gain * math.sqrt(2 / sum(_fans(tensor, "xavier_normal_")))
    return normal_(tensor, 0.0, std, generator)


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str, name: str) -> float:
    if str(mode).lower() not in ("fan_in", "fan_out"):
        raise ValueError(f"{name}: expected mode 'fan_in' or 'fan_out', got {mode!r}")
    if not tensor.numel():
        warnings.warn(f"{name}: a tensor of shape {tuple(tensor.shape)} has no elements to fill", stacklevel=3)
    fan = _fans(tensor, name)[mode.lower() == "fan_out"]
    return calculate_gain(nonlinearity, a) / math.sqrt(max(fan, 1))  # a fan of 0 has nothing to fill


def kaiming_uniform_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:  # fmt: skip
    """Fill with U(-bound, bound), ``bound = gain * sqrt(3 / fan)``.

    He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015.

    Parameters
    ----------
    a : float
        The slope of the leaky_relu that follows.
    mode : {'fan_in', 'fan_out'}
        Whether to keep the variance going forward or going back.
    nonlinearity : str
        What follows, see `calculate_gain`.

    Examples
    --------
    >>> w = nn.init.kaiming_uniform_(mg.empty(8, 6, 5, 5), nonlinearity="relu")
    >>> bool(w.abs().max() <= (6 / 150) ** 0.5)
    True
    """
    bound = math.sqrt(3) * _kaiming_std(tensor, a, mode, nonlinearity, "kaiming_uniform_")
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:  # fmt: skip
    """Fill with N(0, std**2), ``std = gain / sqrt(fan)``; parameters as of `kaiming_uniform_` (He et al., 2015)."""
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity, "kaiming_normal_"), generator)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """Fill with `gain` times a random matrix of orthonormal rows or columns, whichever are fewer.

    Dimensions after the first are taken as one. Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear
    dynamics of learning in deep linear neural networks", 2014.

    Raises
    ------
    ValueError
        If there are fewer than 2 dimensions.

    Examples
    --------
    >>> w = nn.init.orthogonal_(mg.empty(2, 5))
    >>> np.allclose((w @ w.T).numpy(), np.eye(2), atol=1e-6)
    True
    """
    if tensor.ndim < 2:
        raise ValueError(f"orthogonal_: expected at least 2 dimensions, got shape {tuple(tensor.shape)}")
    rows, columns = tensor.shape[0], math.prod(tensor.shape[1:])
    drawn = get_generator(generator).rng.standard_normal((max(rows, columns), min(rows, columns)))
    q, r = hold_blas(np.linalg.qr, drawn)
    q *= np.sign(np.diag(r))  # makes the distribution uniform: QR alone prefers some signs
    tensor._write((gain * (q.T if rows < columns else q)).reshape(tensor.shape))
    return tensor


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None) -> Tensor:
    """Fill a matrix with N(0, std**2), and in each column a share `sparsity` of the elements with 0.

    Martens, "Deep learning via Hessian-free optimization", 2010.

    Raises
    ------
    ValueError
        If there are not 2 dimensions.
    """
    if tensor.ndim != 2:
        raise ValueError(f"sparse_: expected a tensor of 2 dimensions, got shape {tuple(tensor.shape)}")
    normal_(tensor, 0.0, std, generator)
    values = tensor._data.copy()
    order = get_generator(generator).rng.random(values.shape).argsort(axis=0)
    np.put_along_axis(values, order[: math.ceil(sparsity * len(values))], 0, axis=0)
    tensor._write(values)
    return tensor


def uniform_by_fan_in(weight: Tensor, bias: Tensor | None) -> None:
    """Initialize Linear and convolutions: weight and bias from U(-1/sqrt(fan_in), 1/sqrt(fan_in))."""
    fan_in = _fans(weight, "reset_parameters")[0]
    bound = 1 / math.sqrt(fan_in) if fan_in else 0.0
    uniform_(weight, -bound, bound)
    if bias is not None:
        uniform_(bias, -bound, bound)


publish(globals())


_OLD = "constant dirac eye kaiming_normal kaiming_uniform normal orthogonal sparse uniform xavier_normal xavier_uniform"

if not TYPE_CHECKING:  # which does not know the old names, without an underscore behind

    def __getattr__(name: str) -> Any:
        if name not in _OLD.split():
            raise unknown(__name__, name, globals())
        today = globals()[f"{name}_"]

        @functools.wraps(today)
        def call(*args: Any, **kwargs: Any) -> Tensor:
            warnings.warn(f"nn.init.{name} is old; use nn.init.{name}_", FutureWarning, stacklevel=2)
            return today(*args, **kwargs)

        return call
