"""Random tensors. The numbers are NumPy's: a seed gives other values than in PyTorch, and the same ones each time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.array_attributes import Lengths, as_int
from minigrad.core.dtypes import as_dtype, get_default_dtype, result_type
from minigrad.core.generator import (
    Generator,
    default_generator,
    fork_rng,
    get_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_rng_state,
    use_generator,
)
from minigrad.core.tensor import Tensor
from minigrad.factory import factory, like
from minigrad.ops.primitives.dims import as_shape
from minigrad.ops.sampling import bernoulli, binomial, multinomial, poisson

__all__ = [
    "Generator", "bernoulli", "binomial", "default_generator", "fork_rng", "get_rng_state", "initial_seed",
    "manual_seed", "multinomial", "normal", "poisson", "rand", "rand_like", "randint", "randint_like", "randn",
    "randn_like", "randperm", "seed", "set_rng_state", "use_generator",
]  # fmt: skip


def _shape(name: str, size: tuple[Any, ...]) -> tuple[int, ...]:
    """Return the shape from ``f(2, 3)``, ``f((2, 3))`` or ``f(size=(2, 3))``."""
    if not size:
        raise TypeError(f"{name}: expected integers, or one tuple of them as size, got nothing")
    return as_shape(name, size, 0)


def _floating(name: str, dtype: Any) -> np.dtype:
    dtype = get_default_dtype() if dtype is None else as_dtype(dtype)
    if dtype.kind != "f":
        raise NotImplementedError(f"{name}: expected a floating dtype, got {dtype}")
    return dtype


@factory
def rand(
    *shape: Lengths,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Any = None,
) -> np.ndarray:
    """Draw uniform random numbers from [0, 1).

    Parameters
    ----------
    *shape, or size : int, or one tuple of them
    generator : Generator, optional
        The source of randomness; the default generator where omitted.
    dtype : dtype, optional
        A floating one; the default dtype where omitted.
    out, layout, device, pin_memory, requires_grad : as :func:`tensor` has them

    Examples
    --------
    >>> mg.rand(2, 3).shape
    Size([2, 3])
    """
    shape, dtype = _shape("rand", shape if size is None else (size,)), _floating("rand", dtype)
    return get_generator(generator).uniform(shape, dtype)


@factory
def randn(
    *shape: Lengths,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Any = None,
) -> np.ndarray:
    """Draw normally distributed random numbers of mean 0 and variance 1. Parameters as :func:`rand`.

    Examples
    --------
    >>> mg.randn((2, 3), dtype=mg.float64).dtype
    minigrad.float64
    """
    shape, dtype = _shape("randn", shape if size is None else (size,)), _floating("randn", dtype)
    return get_generator(generator).gaussian(shape, dtype)


@factory
def randint(
    low: Any = 0,
    high: Any = None,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
) -> np.ndarray:
    """Draw uniform random integers from `low` to ``high - 1``: ``randint(high, size)`` or ``randint(low, high, size)``.

    Parameters
    ----------
    low : int, default 0
    high : int
        One more than the greatest.
    size : tuple of int
    dtype : dtype, optional
        int64 where omitted; may be a floating one.

    Raises
    ------
    RuntimeError
        If there is no integer from `low` to ``high - 1``, or `dtype` does not hold them.

    Examples
    --------
    >>> mg.randint(7, 8, (3,))
    tensor([7, 7, 7])
    """
    if size is None and isinstance(high, Sequence):
        high, size = None, high
    if high is None:
        low, high = 0, low
    if not isinstance(size, Sequence):
        raise TypeError(f"randint: expected randint(high, size) or randint(low, high, size), got size={size!r}")
    dtype, shape = as_dtype(np.int64 if dtype is None else dtype), _shape("randint", (size,))
    return _integers("randint", generator, low, high, shape, dtype)


@factory
def randperm(n: int, *, generator: Generator | None = None, dtype: Any = None) -> np.ndarray:
    """Return the integers from 0 to ``n - 1`` in random order, int64 unless `dtype` is given.

    Raises
    ------
    RuntimeError
        If `n` is negative, or the integers do not fit into the dtype.

    Examples
    --------
    >>> sorted(mg.randperm(4).tolist())
    [0, 1, 2, 3]
    """
    if (n := as_int("randperm", "n", n)) < 0:
        raise RuntimeError(f"randperm: expected n to be at least 0, got {n}")
    dtype = as_dtype(np.int64 if dtype is None else dtype)
    if dtype.kind != "f" and n - 1 > (1 if dtype.kind == "b" else np.iinfo(dtype).max):
        raise RuntimeError(f"randperm: the integers below {n} do not fit into {dtype}")
    return get_generator(generator).rng.permutation(n).astype(dtype)


@factory
def rand_like(
    input: Tensor, *, generator: Generator | None = None, dtype: Any = None, memory_format: Any = None
) -> np.ndarray:
    """Draw :func:`rand` with the shape and, unless `dtype` is given, the dtype of `input`.

    Examples
    --------
    >>> mg.rand_like(mg.zeros(2, 3)).shape
    Size([2, 3])
    """
    array = like("rand_like", input, dtype, memory_format)
    array[...] = get_generator(generator).uniform(array.shape, _floating("rand_like", array.dtype))
    return array


@factory
def randn_like(
    input: Tensor, *, generator: Generator | None = None, dtype: Any = None, memory_format: Any = None
) -> np.ndarray:
    """Draw :func:`randn` with the shape and, unless `dtype` is given, the dtype of `input`.

    Examples
    --------
    >>> mg.randn_like(mg.zeros(2, 3)).shape
    Size([2, 3])
    """
    array = like("randn_like", input, dtype, memory_format)
    array[...] = get_generator(generator).gaussian(array.shape, _floating("randn_like", array.dtype))
    return array


@factory
def randint_like(
    input: Tensor,
    low: int = 0,
    high: int | None = None,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    memory_format: Any = None,
) -> np.ndarray:
    """``randint_like(input, high)`` or ``(input, low, high)``: :func:`randint` of the shape and dtype of `input`.

    Examples
    --------
    >>> mg.randint_like(mg.tensor([7, 8]), 5, 6)
    tensor([5, 5])
    """
    array = like("randint_like", input, dtype, memory_format)
    array[...] = _integers(
        "randint_like", generator, *((0, low) if high is None else (low, high)), array.shape, array.dtype
    )
    return array


def _integers(name: str, generator: Generator | None, low: Any, high: Any, shape: Any, dtype: Any) -> np.ndarray:
    low, high = as_int(name, "low", low), as_int(name, "high", high)
    return get_generator(generator).integers(name, low, high, shape, dtype)


def _broadcast(mean: tuple[int, ...], std: tuple[int, ...]) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(mean, std)
    except ValueError:
        raise RuntimeError(f"normal: expected shapes of mean and std that broadcast, got {mean} and {std}") from None


@factory
def normal(
    mean: Tensor | float,
    std: Tensor | float = 1.0,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
) -> np.ndarray:
    """Draw normally distributed random numbers, each of its own mean and standard deviation.

    Parameters
    ----------
    mean, std : Tensor or float
        Broadcast against each other. At least one is a Tensor, or `size` is given.
    size : tuple of int, optional
        With numbers for `mean` and `std`: how many.

    Raises
    ------
    RuntimeError
        If a standard deviation is negative.

    Examples
    --------
    >>> mg.normal(mg.tensor([1.0, 2.0]), mg.tensor([0.0, 0.0]))
    tensor([1., 2.])
    >>> mg.normal(0.0, 1.0, (2, 2)).shape
    Size([2, 2])
    """
    arrays = [x._data if isinstance(x, Tensor) else x for x in (mean, std)]
    if size is None and not any(isinstance(x, Tensor) for x in (mean, std)):
        raise TypeError("normal: expected a Tensor for mean or std, or else a size")
    if size is not None and any(isinstance(x, Tensor) and x.numel() != 1 for x in (mean, std)):
        raise TypeError("normal: expected numbers for mean and std, as a size is given")
    if not (np.asarray(arrays[1]) >= 0).all():
        raise RuntimeError(f"normal: expected std of 0 or more, got {std}")
    if size is None:
        given = result_type(*(a for a in arrays if isinstance(a, np.ndarray)))
        dtype = _floating("normal", dtype or given)
        shape = _broadcast(*map(np.shape, arrays))
    else:
        dtype, shape = _floating("normal", dtype), _shape("normal", (size,))
    drawn = get_generator(generator).gaussian(shape, dtype)
    return np.asarray(drawn * arrays[1] + arrays[0], dtype)
