"""Images of another size."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.as_array import as_array, constant
from minigrad.core.tensor import Tensor
from minigrad.kernels.mixing import mix
from minigrad.ops.adaptive_pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d
from minigrad.ops.casting import clone
from minigrad.ops.checks import check_tensor
from minigrad.ops.declare.operation import Operand, operation, twin
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.primitives.indexing import ALL, look_up

__all__ = ["interpolate", "upsample", "upsample_bilinear", "upsample_nearest"]

_LINEAR = {"linear": 1, "bilinear": 2, "trilinear": 3, "bicubic": 2}  # the number of dimensions that they are for
_DIMS = {**_LINEAR, "lanczos": 2}
_KEEP = ("nearest", "linear", "bilinear", "trilinear")  # a dimension of the same size, whatever the scale is
_MODES = ("nearest", "nearest-exact", *_DIMS, "area")
LENGTH_PER_TAP = 100  # of a dimension: up to this, a product with a matrix of weights is quicker than taps
Tap = tuple[np.ndarray, "np.ndarray | None"]  # for each place: the element to take, and its weight


def _nearest(n: int, places: np.ndarray, step: float, shift: float) -> list[Tap]:
    source = np.floor((places + np.float32(shift)) * np.float32(step))  # in float32, as PyTorch computes it
    return [(np.minimum(source.astype(np.int64), n - 1), None)]


def _linear(n: int, source: np.ndarray) -> list[Tap]:
    source = np.maximum(source, 0)
    left = np.minimum(source.astype(np.int64), n - 1)
    weight = source - left
    return [(left, 1 - weight), (np.minimum(left + 1, n - 1), weight)]


def _cubic(n: int, source: np.ndarray, a: float = -0.75) -> list[Tap]:
    """Return the weights of cubic convolution (Keys, 1981)."""
    left = np.floor(source).astype(np.int64)
    taps: list[Tap] = []
    for k in range(-1, 3):
        taps.append((np.clip(left + k, 0, n - 1), _near(np.abs(source - left - k), a)))
    return taps


def _near(x: np.ndarray, a: float) -> np.ndarray:
    near, far = ((a + 2) * x - (a + 3)) * x * x + 1, ((x - 5) * x + 8) * a * x - 4 * a
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))


# how far a filter reaches, in elements, and its weight at a distance
_FILTERS: dict[str, tuple[int, Callable[[np.ndarray], np.ndarray]]] = {
    "bilinear": (1, lambda x: np.maximum(1 - x, 0)),
    "bicubic": (2, lambda x: _near(x, -0.5)),
    "lanczos": (3, lambda x: np.where(x < 3, np.sinc(x) * np.sinc(x / 3), 0.0)),
}


def _wide_taps(n: int, size: int, step: float, mode: str) -> list[Tap]:
    """Return the taps of a filter that, where the image becomes smaller, is as much wider: antialiasing."""
    reach, weigh = _FILTERS[mode]
    width = max(step, 1.0)
    centre = (np.arange(size) + 0.5) * step
    first = np.maximum((centre - reach * width + 0.5).astype(np.int64), 0)
    last = np.minimum((centre + reach * width + 0.5).astype(np.int64), n)
    places = first[:, None] + np.arange((last - first).max())
    weights = weigh(np.abs((places - centre[:, None] + 0.5) / width)) * (places < last[:, None])
    weights /= weights.sum(1, keepdims=True)
    return list(zip(np.minimum(places, n - 1).T, weights.T, strict=True))


def _taps(n: int, size: int, scale: float | None, mode: str, align_corners: bool, antialias: bool) -> list[Tap]:
    if align_corners:
        step = (n - 1) / (size - 1) if size > 1 else 0.0
    else:
        step = n / size if scale is None else 1 / scale
    if antialias:
        return _wide_taps(n, size, step, mode)
    places = np.arange(size)
    if mode.startswith("nearest"):
        return _nearest(n, places.astype(np.float32), step, 0.5 if mode == "nearest-exact" else 0.0)
    source = places * step if align_corners else (places + 0.5) * step - 0.5
    return _cubic(n, source) if mode == "bicubic" else _linear(n, source)


@operation(input=lambda g, weight: times_constant(g, weight), holds=("weight",))
def times_constant(input: Operand, weight: np.ndarray) -> Operand:
    """Return a product with what no tensor holds, and so no one changes."""
    return input * weight


_weighted = twin(times_constant, "weighted", holds=())  # by tables made from shapes, kept after backward as these are


@operation(input=lambda g, matrix, dim: _mixed(g, np.ascontiguousarray(matrix.T), dim))
def _mixed(input: Operand, matrix: np.ndarray, dim: int) -> Operand:
    """Return sums over `dim` with the weights in the columns of `matrix`, a table made from shapes."""
    return mix(input, matrix, dim)


def _resized(input: Any, dim: int, taps: list[Tap]) -> Any:
    n, size = input.shape[dim], len(taps[0][0])
    weighted = taps[0][1] is not None and input.dtype.kind == "f"
    if weighted and max(n, size) <= LENGTH_PER_TAP * len(taps) and np.isfinite(constant(input)).all():
        matrix = np.zeros((n, size))
        for places, weight in taps:
            matrix[places, np.arange(size)] += weight
        return _mixed(input, matrix.astype(input.dtype), dim)
    trailing = (1,) * (len(input.shape) - dim - 1)
    total: Any = None
    for places, weight in taps:
        part = look_up(input, (*[ALL] * dim, places))
        if weight is not None:
            part = _weighted(part, weight.astype(input.dtype).reshape(-1, *trailing))
        total = part if total is None else total + part
    return total


def _resized_bytes(input: Any, dim: int, taps: list[Tap]) -> Any:
    """Resize uint8 in integers, as PyTorch computes: with weights of 16 bits, rounded once per dimension."""
    places, weights = (np.stack(part) for part in zip(*taps, strict=True))
    for i in range(1, len(places)):  # at the border several taps have one place: their weights are rounded together
        for j in range(i):
            again = np.where(places[i] == places[j], weights[i], 0)
            weights[j] += again
            weights[i] -= again
    bits = next(b for b in range(22, -1, -1) if b == 0 or int(0.5 + weights.max() * 2**b) < 2**15)
    scaled = np.trunc(weights * 2**bits + np.where(weights < 0, -0.5, 0.5)).astype(np.int64)
    values = np.moveaxis(as_array(input).astype(np.int64), dim, -1)
    total = (values[..., places] * scaled).sum(-2) + (1 << bits >> 1)
    y = np.moveaxis((total >> bits).clip(0, 255).astype(np.uint8), -1, dim)
    return Tensor._wrap(y) if isinstance(input, Tensor) else y


def _per_dim(name: str, value: Any, dims: int) -> list[Any]:
    values = list(value) if isinstance(value, (tuple, list)) else [value] * dims
    if len(values) != dims:
        raise ValueError(f"interpolate: expected {name} to be one number or {dims}, got {value!r}")
    return values


@rounded_once
def interpolate(
    input: Operand,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """Return the images (or sequences, or volumes) in another size.

    Parameters
    ----------
    input : Tensor of shape (N, C, L), (N, C, H, W) or (N, C, D, H, W)
    size : int or ints
        The size wanted; or
    scale_factor : float or floats
        the size wanted as a multiple, rounded down.
    mode : {'nearest', 'nearest-exact', 'linear', 'bilinear', 'bicubic', 'trilinear', 'lanczos', 'area'}
        'area' averages, as `adaptive_avg_pool2d` does.
    align_corners : bool, default False
        The centres of the outermost elements stay where they are, instead of their outer edges.
    recompute_scale_factor : bool, optional
        Let the rounded size decide where elements are taken from, instead of `scale_factor`.
    antialias : bool, default False
        Let each element of a smaller image see all of those that it stands for, with 'bilinear', 'bicubic' or
        'lanczos', which needs it.

    Raises
    ------
    ValueError
        If not exactly one of `size` and `scale_factor` is given, or another argument is not as above.
    NotImplementedError
        If the mode is for another number of dimensions.

    Examples
    --------
    >>> F.interpolate(mg.tensor([[[1.0, 2.0]]]), scale_factor=2)
    tensor([[[1., 1., 2., 2.]]])
    >>> F.interpolate(mg.tensor([[[1.0, 2.0]]]), size=3, mode="linear", align_corners=True)
    tensor([[[1.0000, 1.5000, 2.0000]]])
    """
    check_tensor("interpolate", "input", input)
    shape, dims = tuple(input.shape), len(input.shape) - 2
    if mode not in _MODES:
        raise NotImplementedError(f"interpolate: expected mode to be one of {', '.join(_MODES)}, got {mode!r}")
    if antialias and (mode not in _FILTERS or dims != 2):
        raise ValueError(f"interpolate: antialias=True is for 4 dimensions and modes {list(_FILTERS)}, got {mode!r}")
    if dims not in (1, 2, 3) or _DIMS.get(mode, dims) != dims:
        wanted = f"{_DIMS[mode] + 2}" if mode in _DIMS else "3, 4 or 5"
        raise NotImplementedError(
            f"interpolate: mode {mode!r} wants {wanted} dimensions, the first two being batch and channels; got {shape}"
        )
    if align_corners is not None and mode not in _LINEAR:
        raise ValueError(f"interpolate: align_corners means nothing with mode {mode!r}; leave it out")
    if mode == "lanczos" and not antialias:
        raise ValueError("interpolate: mode 'lanczos' needs antialias=True")
    if (size is None) == (scale_factor is None):
        raise ValueError("interpolate: expected either size or scale_factor")
    if recompute_scale_factor and size is not None:
        raise ValueError("interpolate: recompute_scale_factor means nothing with a size; leave it out")
    scales = [None] * dims if scale_factor is None else _per_dim("scale_factor", scale_factor, dims)
    sizes = _per_dim("size", size, dims)
    sizes = sizes if size is None else [as_int("interpolate", "size", n) for n in sizes]
    if size is None:
        sizes = [math.floor(n * s) for n, s in zip(shape[2:], scales, strict=True)]
    if min(*sizes, *shape[2:]) < 1:
        raise RuntimeError(f"interpolate: expected sizes from 1, got {sizes} from an input of shape {shape}")
    if mode == "area":
        pool: Any = (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)[dims - 1]
        return pool(input, tuple(sizes))
    scales = [None] * dims if recompute_scale_factor else scales
    return _interpolated(input, sizes, scales, mode, bool(align_corners), antialias)


def _interpolated(
    input: Any, sizes: list[int], scales: list[Any], mode: str, align_corners: bool, antialias: bool
) -> Any:
    """Resize one dimension after the other, the last first; a scale of None follows from the sizes."""
    shape, dims = tuple(input.shape), len(sizes)
    smooth = not mode.startswith("nearest")
    if smooth and input.dtype.kind != "f" and (input.dtype != np.uint8 or dims != 2):
        raise NotImplementedError(
            f"interpolate: mode {mode!r} is for floating numbers, and for uint8 images; "
            f"got {input.dtype} of {len(shape)} dimensions; convert with .float()"
        )
    resized = _resized_bytes if smooth and input.dtype == np.uint8 else _resized
    y = input
    for dim, (n, wanted, scale) in reversed([*enumerate(zip(shape[2:], sizes, scales, strict=True), 2)]):
        kept = n == wanted and (scale in (None, 1) or mode in _KEEP and resized is _resized and not antialias)
        if not kept:
            y = resized(y, dim, _taps(n, wanted, scale, mode, align_corners, antialias))
    return clone(input) if y is input else y


def upsample(
    input: Operand,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Tensor:
    """Return the images in another size: the old name of `interpolate`."""
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(
    input: Operand, size: int | Sequence[int] | None = None, scale_factor: float | Sequence[float] | None = None
) -> Tensor:
    """Return the images in another size by the nearest elements: an old name of `interpolate`.

    Examples
    --------
    >>> F.upsample_nearest(mg.tensor([[[1.0, 2.0]]]), scale_factor=2), F.upsample(mg.ones(1, 1, 1), 2).shape
    (tensor([[[1., 1., 2., 2.]]]), Size([1, 1, 2]))
    """
    return interpolate(input, size, scale_factor, "nearest")


def upsample_bilinear(
    input: Operand, size: int | Sequence[int] | None = None, scale_factor: float | Sequence[float] | None = None
) -> Tensor:
    """Return the images in another size, their corners aligned: an old name of `interpolate`.

    Examples
    --------
    >>> F.upsample_bilinear(mg.tensor([[[[0.0, 1.0]]]]), size=(1, 3))
    tensor([[[[0.0000, 0.5000, 1.0000]]]])
    """
    return interpolate(input, size, scale_factor, "bilinear", True)
