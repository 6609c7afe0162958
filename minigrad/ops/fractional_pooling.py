"""Pooling to any smaller size, by windows whose distances vary at random (Graham, 2014)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.as_array import constant
from minigrad.core.generator import get_generator
from minigrad.core.tensor import Tensor
from minigrad.ops.checks import Numbers, check_shape, check_tensor, per_dim, require_floating
from minigrad.ops.declare.operation import Operand
from minigrad.ops.declare.rounding import widened
from minigrad.ops.gathering import gather
from minigrad.ops.primitives.shape import reshape

__all__ = ["fractional_max_pool2d", "fractional_max_pool3d"]


def _starts(size: int, out: int, kernel: int, samples: np.ndarray) -> np.ndarray:
    """Return where `out` windows of a row start, for each plane by its random number in [0, 1): (planes, out)."""
    if out < 2:
        return np.full((len(samples), out), size - kernel)
    step = samples.dtype.type((size - kernel) / (out - 1))
    starts = ((np.arange(out) + samples) * step).astype(np.int64) - (samples * step).astype(np.int64)
    starts[:, -1] = size - kernel
    return starts.clip(0, size - kernel)  # a number of float16 may be rounded to 1


def _winners(x: np.ndarray, kernel: tuple[int, ...], starts: list[np.ndarray]) -> np.ndarray:
    """Return where in its plane the first maximum of each window is, or its last NaN; `x` is (planes, ...)."""
    dims, planes, size = len(kernel), len(x), x.shape[1:]
    flat = x.reshape(planes, math.prod(size))
    best: np.ndarray = np.empty(0)
    places: np.ndarray = best
    for offsets in itertools.product(*map(range, kernel)):
        shapes = [(planes, *[1] * d, s.shape[1], *[1] * (dims - 1 - d)) for d, s in enumerate(starts)]
        at = [(s + o).reshape(shape) for s, o, shape in zip(starts, offsets, shapes, strict=True)]
        where = np.ravel_multi_index(np.broadcast_arrays(*at), size)
        values = np.take_along_axis(flat, where.reshape(planes, math.prod(where.shape[1:])), 1).reshape(where.shape)
        if not any(offsets):
            best, places = values, where
            continue
        better = (values > best) | np.isnan(values)
        best, places = np.where(better, values, best), np.where(better, where, places)
    return places


def _output_size(name: str, dims: int, size: tuple[int, ...], output_size: Any, ratio: Any) -> tuple[int, ...]:
    if output_size is not None:
        return per_dim(name, "output_size", output_size, dims, 0)
    if ratio is None:
        raise ValueError(f"{name}: expected output_size or output_ratio")
    ratios = tuple(ratio) if isinstance(ratio, (tuple, list)) else (ratio,) * dims
    if len(ratios) != dims:
        raise ValueError(f"{name}: expected output_ratio to be one number or {dims}, got {ratio}")
    return tuple(int(n * r) for n, r in zip(size, ratios, strict=True))


def _samples(name: str, dims: int, lead: tuple[int, ...], given: Any, dtype: Any) -> np.ndarray:
    """Return one random number per plane and dimension, the last dimension first in two dimensions."""
    count, channels = (1, *lead)[-2:]
    if given is None:
        return widened(get_generator().uniform((count * channels, dims), dtype))
    samples = constant(check_tensor(name, "_random_samples", given))
    if samples.ndim != 3 or samples.shape[0] < count or samples.shape[1:] != (channels, dims):
        raise RuntimeError(f"{name}: expected _random_samples of shape {(count, channels, dims)}, got {samples.shape}")
    return widened(samples[:count].reshape(-1, dims))


def _fractional_max_pool(
    dims: int, input: Any, kernel_size: Any, output_size: Any, output_ratio: Any, return_indices: bool, given: Any
) -> Any:
    name = f"fractional_max_pool{dims}d"
    shape = tuple(check_tensor(name, "input", input).shape)
    kernel = per_dim(name, "kernel_size", kernel_size, dims, 1)
    if len(shape) <= dims:
        raise IndexError(f"{name}: expected an input of {dims + 1} or {dims + 2} dimensions, got shape {shape}")
    check_shape(name, shape, dims)
    require_floating(name, input, NotImplementedError)
    size, lead = shape[-dims:], shape[:-dims]
    out = _output_size(name, dims, size, output_size, output_ratio)
    spare = 0 if dims == 2 else 1  # PyTorch asks for one more place in three dimensions
    if any(o + k - 1 + spare > n for o, k, n in zip(out, kernel, size, strict=True)):
        raise RuntimeError(f"{name}: {out} windows of {kernel} are more than an input of size {size} has")
    samples = _samples(name, dims, lead, given, input.dtype)
    columns = samples.T[::-1] if dims == 2 else samples.T
    starts = [_starts(*numbers[:3], numbers[3][:, None]) for numbers in zip(size, out, kernel, columns, strict=True)]
    flat = reshape(input, (math.prod(lead), math.prod(size)))
    array = flat._data if isinstance(flat, Tensor) else flat
    places = _winners(array.reshape(-1, *size), kernel, starts)
    values = reshape(gather(flat, 1, places.reshape(len(places), math.prod(out))), (*lead, *out))
    if not return_indices:
        return values
    indices = places.reshape(*lead, *out)
    return values, Tensor._wrap(indices) if isinstance(input, Tensor) else indices


def fractional_max_pool2d(
    input: Operand,
    kernel_size: Numbers,
    output_size: Numbers | None = None,
    output_ratio: float | Sequence[float] | None = None,
    return_indices: bool = False,
    _random_samples: Operand | None = None,
) -> Tensor | tuple[Tensor, Tensor]:
    r"""Return the maxima of as many windows as there are to be, at places that are random for each plane.

    Parameters
    ----------
    input : (N, C, H, W) or (C, H, W)
    kernel_size : int or (int, int)
    output_size : int or (int, int), optional
    output_ratio : float or (float, float), optional
        The size as a part of the input's, where `output_size` is not given.
    return_indices : bool
        Also return where in its flattened plane each maximum is.
    _random_samples : Tensor of shape (N, C, 2), optional
        Numbers in [0, 1) that decide the places, for W and H, instead of random ones.

    Returns
    -------
    Tensor, (N, C, \*output_size) or (C, \*output_size); with `return_indices` and int64 indices of that shape

    Raises
    ------
    ValueError
        If neither `output_size` nor `output_ratio` is given.
    RuntimeError
        If shapes do not fit, or there is no room for so many windows.

    Examples
    --------
    >>> F.fractional_max_pool2d(mg.arange(25.0).reshape(1, 5, 5), 2, output_size=3)[0, -1, -1]
    tensor(24.)
    """
    return _fractional_max_pool(2, input, kernel_size, output_size, output_ratio, return_indices, _random_samples)


def fractional_max_pool3d(
    input: Operand,
    kernel_size: Numbers,
    output_size: Numbers | None = None,
    output_ratio: float | Sequence[float] | None = None,
    return_indices: bool = False,
    _random_samples: Operand | None = None,
) -> Tensor | tuple[Tensor, Tensor]:
    """Return the maxima of windows of (N, C, D, H, W) or (C, D, H, W); see `fractional_max_pool2d`.

    Examples
    --------
    >>> F.fractional_max_pool3d(mg.zeros(1, 4, 4, 4), 2, output_ratio=0.5).shape
    Size([1, 2, 2, 2])
    """
    return _fractional_max_pool(3, input, kernel_size, output_size, output_ratio, return_indices, _random_samples)
