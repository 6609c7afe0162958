"""Random choices by the values of a tensor, and random numbers into an existing tensor. None of it has gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.dtypes import DType
from minigrad.core.generator import Generator, get_generator
from minigrad.core.tensor import Tensor
from minigrad.ops.checks import require_floating
from minigrad.ops.declare.method import method

__all__ = ["bernoulli", "binomial", "multinomial", "poisson"]


@method()
def bernoulli(input: Tensor, p: Tensor | float | None = None, *, generator: Generator | None = None) -> Tensor:
    """Draw 1 with the given probability, else 0.

    Parameters
    ----------
    input : Tensor
        The probabilities, of a floating dtype; with `p` only its shape and dtype count.
    p : float or Tensor, optional
        The probabilities.

    Returns
    -------
    Tensor
        Of the shape and dtype of `input`.

    Raises
    ------
    NotImplementedError
        If the probabilities are not of a floating dtype.

    Examples
    --------
    >>> mg.bernoulli(mg.tensor([0.0, 1.0]))
    tensor([0., 1.])
    """
    if p is None and input.dtype.kind != "f":
        raise NotImplementedError(f"bernoulli: expected probabilities of a floating dtype, got {input.dtype}")
    return Tensor._wrap(_coins("bernoulli", input, input if p is None else p, generator))


def _coins(name: str, input: Tensor, p: Any, generator: Generator | None) -> np.ndarray:
    chances = np.asarray(p._data if isinstance(p, Tensor) else p)
    if not ((chances >= 0) & (chances <= 1)).all():
        raise RuntimeError(f"{name}: expected probabilities in [0, 1], got {p}")
    drawn = get_generator(generator).uniform(input._data.shape, np.dtype(np.float32))
    return (drawn < chances).astype(input.dtype)


@method()
def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> Tensor:
    """Return indices drawn with probabilities proportional to the weights in each row.

    Parameters
    ----------
    input : Tensor, shape (K,) or (N, K)
        Weights of 0 or more, of a floating dtype; they need not add up to 1.
    num_samples : int
        How many to draw from each row.
    replacement : bool
        Whether an index may come more than once.

    Returns
    -------
    Tensor, shape (num_samples,) or (N, num_samples), int64

    Raises
    ------
    RuntimeError
        If weights are negative, infinite or NaN, a row's sum is 0, or, without replacement, more samples are wanted
        than there are.

    Examples
    --------
    >>> mg.multinomial(mg.tensor([[0.0, 3.0], [1.0, 0.0]]), 3, replacement=True)
    tensor([[1, 1, 1],
            [0, 0, 0]])
    """
    weights, num_samples = input._data.astype(np.float64), as_int("multinomial", "num_samples", num_samples)
    _check_weights(input, weights, num_samples, replacement)
    rng = get_generator(generator).rng
    if replacement:
        ends = np.cumsum(weights, axis=-1)
        total = ends[..., -1:]
        points = rng.random((*weights.shape[:-1], num_samples)) * total
        points = np.minimum(points, np.nextafter(total, 0))  # where the product was rounded up
        rows = zip(ends.reshape(-1, ends.shape[-1]), points.reshape(-1, num_samples), strict=True)
        drawn = np.array([np.searchsorted(end, point, side="right") for end, point in rows], np.int64)
        return Tensor._wrap(drawn.reshape(points.shape))
    # The index whose exponential clock of rate w rings first is one drawn with probability w / sum(w), the next one
    # is drawn from what is left, and so on.
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):  # a weight of 0 rings last
        rings = rng.standard_exponential(weights.shape) / weights
    order = np.argsort(rings, axis=-1, kind="stable")[..., :num_samples]
    return Tensor._wrap(np.ascontiguousarray(order))


def _check_weights(input: Tensor, weights: np.ndarray, num_samples: int, replacement: bool) -> None:
    if input.dtype.kind != "f":
        raise RuntimeError(f"multinomial: expected weights of a floating dtype, got {input.dtype}")
    if weights.ndim not in (1, 2) or not weights.shape[-1]:
        raise RuntimeError(f"multinomial: expected weights of shape (K,) or (N, K), got {tuple(input.shape)}")
    if num_samples <= 0:
        raise RuntimeError(f"multinomial: expected num_samples of 1 or more, got {num_samples}")
    if not replacement and num_samples > weights.shape[-1]:
        raise RuntimeError(
            f"multinomial: {num_samples} samples of {weights.shape[-1]} need replacement=True, or fewer samples"
        )
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise RuntimeError("multinomial: expected finite weights of 0 or more, got negative, infinite or NaN ones")
    if not weights.any(axis=-1).all():
        raise RuntimeError("multinomial: expected at least one positive weight in each row, got only zeros")


def poisson(input: Tensor, generator: Generator | None = None) -> Tensor:
    """Draw numbers of events whose expected numbers are given, by Poisson's law.

    Parameters
    ----------
    input : Tensor
        Rates of 0 or more, of a floating dtype.

    Raises
    ------
    RuntimeError
        If a rate is negative, or the dtype is not floating.

    Examples
    --------
    >>> mg.poisson(mg.zeros(3))
    tensor([0., 0., 0.])
    """
    require_floating("poisson", input)
    if not (input._data >= 0).all():
        raise RuntimeError("poisson: expected rates of 0 or more")
    return Tensor._wrap(np.asarray(get_generator(generator).rng.poisson(input._data), input._data.dtype))


def binomial(count: Tensor, prob: Tensor, generator: Generator | None = None) -> Tensor:
    """Draw numbers of successes of `count` trials of probability `prob` each.

    Parameters
    ----------
    count, prob : Tensor
        Of one floating dtype; they broadcast against each other.

    Raises
    ------
    RuntimeError
        If a count is negative, a probability outside of [0, 1], or a dtype not floating.

    Examples
    --------
    >>> mg.binomial(mg.tensor([3.0, 4.0]), mg.tensor([1.0, 0.0]))
    tensor([3., 0.])
    """
    for tensor in (count, prob):
        require_floating("binomial", tensor)
    if not ((count._data >= 0).all() and (prob._data >= 0).all() and (prob._data <= 1).all()):
        raise RuntimeError("binomial: expected counts of 0 or more and probabilities in [0, 1]")
    drawn = get_generator(generator).rng.binomial(count._data.astype(np.int64), prob._data.astype(np.float64))
    return Tensor._wrap(np.asarray(drawn, count._data.dtype))


# ---- into a tensor that is there -------------------------------------------------------------------------------------


def _floating(name: str, tensor: Tensor) -> DType:
    require_floating(name, tensor, NotImplementedError)
    return tensor.dtype


def _fill(tensor: Tensor, name: str, values: np.ndarray) -> Tensor:
    return tensor._assign(Tensor._wrap(values), name)


@method("uniform_", only=True)
def uniform_(self: Tensor, from_: float = 0.0, to: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fill with uniform random numbers from ``[from_, to)``."""
    self._check_writable("uniform_")
    dtype = _floating("uniform_", self)
    most = np.finfo(dtype).max
    if not (from_ <= to and -most <= from_ and to - from_ <= most):
        raise RuntimeError(f"uniform_: from_ <= to, and both within {dtype}, expected, got {from_} and {to}")
    drawn = get_generator(generator).uniform(self._data.shape, dtype)
    drawn *= dtype.type(to - from_)
    drawn += dtype.type(from_)
    return _fill(self, "uniform_", drawn)


@method("normal_", only=True)
def normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fill with normally distributed random numbers."""
    self._check_writable("normal_")
    dtype = _floating("normal_", self)
    if not std >= 0:
        raise RuntimeError(f"normal_: expected std of 0 or more, got {std}")
    drawn = get_generator(generator).gaussian(self._data.shape, dtype)
    drawn *= dtype.type(std)
    drawn += dtype.type(mean)
    return _fill(self, "normal_", drawn)


@method("bernoulli_", only=True)
def bernoulli_(self: Tensor, p: Tensor | float = 0.5, *, generator: Generator | None = None) -> Tensor:
    """Fill with 1 with probability `p` (a number, or a Tensor that broadcasts to this one), else 0."""
    self._check_writable("bernoulli_")
    return _fill(self, "bernoulli_", _coins("bernoulli_", self, p, generator))


@method("exponential_", only=True)
def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fill with exponentially distributed random numbers of mean ``1 / lambd``."""
    self._check_writable("exponential_")
    dtype = _floating("exponential_", self)
    if not lambd > 0:
        raise RuntimeError(f"exponential_: expected lambd > 0, got {lambd}")
    exact = np.float32 if dtype == np.float16 else dtype.type
    drawn = get_generator(generator).rng.standard_exponential(self._data.shape, dtype=exact)
    return _fill(self, "exponential_", np.asarray(drawn / exact(lambd), dtype))


@method("cauchy_", only=True)
def cauchy_(self: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fill with random numbers of Cauchy's law with this median and half width at half maximum."""
    self._check_writable("cauchy_")
    dtype = _floating("cauchy_", self)
    if not sigma > 0:
        raise RuntimeError(f"cauchy_: expected sigma > 0, got {sigma}")
    return _fill(self, "cauchy_", _drawn(self, generator, lambda u: median + sigma * np.tan(np.pi * (u - 0.5)), dtype))


@method("log_normal_", only=True)
def log_normal_(self: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None) -> Tensor:
    """Fill with random numbers whose logarithm has this mean and standard deviation, normally distributed."""
    self._check_writable("log_normal_")
    dtype = _floating("log_normal_", self)
    if not std > 0:
        raise RuntimeError(f"log_normal_: expected std > 0, got {std}")
    drawn = get_generator(generator).gaussian(self._data.shape, np.dtype(np.float64))
    with np.errstate(over="ignore"):
        return _fill(self, "log_normal_", np.exp(drawn * std + mean).astype(dtype))


@method("geometric_", only=True)
def geometric_(self: Tensor, p: float, *, generator: Generator | None = None) -> Tensor:
    """Fill with the numbers of throws until the first success, of probability `p` each: 1, 2, ..."""
    self._check_writable("geometric_")
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_: expected p between 0 and 1, got {p}")
    drawn = _drawn(self, generator, lambda u: np.ceil(np.log1p(-u) / np.log1p(-p)), self.dtype)
    return _fill(self, "geometric_", np.maximum(drawn, 1).astype(self.dtype))


def _drawn(tensor: Tensor, generator: Generator | None, law: Callable[[np.ndarray], np.ndarray], dtype: DType) -> Any:
    """Return ``law(u)`` of uniform numbers `u`, in the shape of `tensor`."""
    uniform = get_generator(generator).uniform(tensor._data.shape, np.dtype(np.float64))
    with np.errstate(over="ignore"):
        return law(uniform).astype(dtype)


@method("random_", only=True)
def random_(self: Tensor, *bounds: int | None, generator: Generator | None = None) -> Tensor:
    """Fill with random integers: ``random_(to)`` below `to`, ``random_(from, to)`` from `from` to ``to - 1``.

    None as `to` stands for as many as there are, as without bounds.

    Without bounds: all integers of 0 or more that an integer dtype holds, or that a floating one holds exactly.
    """
    self._check_writable("random_")
    if len(bounds) > 2:
        raise TypeError(f"random_: expected at most two bounds, got {bounds}")
    first, end = (0, *bounds)[-2:] if bounds else (0, None)
    low, high = as_int("random_", "from", first), _limit(self.dtype) if end is None else as_int("random_", "to", end)
    drawn = get_generator(generator).integers("random_", low, high, self._data.shape, self.dtype)
    return _fill(self, "random_", drawn)


def _limit(dtype: DType) -> int:
    if dtype.kind == "f":
        return 2 ** (np.finfo(dtype).nmant + 1) + 1
    return 2 if dtype.kind == "b" else int(np.iinfo(dtype).max) + 1
