"""Images sampled at the points of a grid, and grids of affine transforms (Jaderberg et al., 2015)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.kernels import sampling as kernel
from minigrad.kernels.errstate import silent
from minigrad.ops.checks import check_tensor, require_floating
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.interpolation import times_constant
from minigrad.ops.joining import stack
from minigrad.ops.linalg import matmul
from minigrad.ops.primitives.dims import as_shape
from minigrad.ops.primitives.indexing import ALL, slice_by
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.shape import adjoint

__all__ = ["affine_grid", "grid_sample"]

_MODES = ("bilinear", "nearest", "bicubic")
_PADDINGS = ("zeros", "border", "reflection")


# ---- bilinear in image and weight, each the adjoint of the others ----------------------------------------------------


@operation(
    input=lambda g, input_shape, weight, index: _sampled_back(g, weight, index, input_shape[2]),
    weight=lambda g, input, index: _sample_weights(g, input, index),
    holds=("index",),
)
def _sampled(input: Operand, weight: Operand, index: np.ndarray) -> Operand:
    return kernel.taken(input, weight, index)


@operation(
    input=lambda g, weight, index: _sampled(g, weight, index),
    weight=lambda g, input, index: _sample_weights(input, g, index),
    holds=("index",),
)
def _sampled_back(input: Operand, weight: Operand, index: np.ndarray, size: int) -> Operand:
    return kernel.spread(input, weight, index, size)


@operation(
    input=lambda g, image, index: _sampled(image, g, index),
    image=lambda g, input, image_shape, index: _sampled_back(input, g, index, image_shape[2]),
    holds=("index",),
)
def _sample_weights(input: Operand, image: Operand, index: np.ndarray) -> Operand:
    return kernel.matched(input, image, index)


# ---- from a grid to places and weights -------------------------------------------------------------------------------


@operation(input=lambda g, slope: times_constant(g, slope), holds=("value", "slope"))
def _piecewise(input: Operand, value: np.ndarray, slope: np.ndarray) -> Operand:
    """Return `value`, a function of `input` that is linear in pieces, given its slope."""
    return value


FAR = 2.0**30  # pixels: farther away is nowhere, and what is nan, too


def _reflected(x: np.ndarray, size: int, align_corners: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return coordinates reflected at the first and last pixel, or at their outer edges, and the slope of that."""
    low, high = (0.0, size - 1.0) if align_corners else (-0.5, size - 0.5)
    if low == high:
        return np.zeros_like(x), np.zeros_like(x)
    span = high - low
    distance = np.abs(x - low)
    flips, rest = np.divmod(distance, span)
    back = flips % 2 == 1
    slope = np.where(x < low, -1.0, 1.0) * np.where(back, -1.0, 1.0)
    return np.where(back, span - rest, rest) + low, slope


def _inside(x: np.ndarray, size: int, padding_mode: str, align_corners: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return where coordinates lead by `padding_mode`, and the slope of that; zeros leave them outside."""
    lost = ~(np.abs(x) < FAR)
    x = np.where(lost, np.sign(np.nan_to_num(x, nan=-1.0)) * 2 * size, x)
    slope = np.where(lost, 0.0, 1.0)
    if padding_mode == "reflection":
        x, turned = _reflected(x, size, align_corners)
        slope = slope * turned
    if padding_mode != "zeros":
        slope = slope * ((x > 0) & (x < size - 1))
        x = x.clip(0, size - 1)
    return x, slope


def _cubic(t: Any, a: float = -0.75) -> list[Any]:
    """Return the weights of the pixels at -1, 0, 1 and 2, for a point at `t` (Keys, 1981)."""

    def near(x: Any) -> Any:
        return ((a + 2) * x - (a + 3)) * x * x + 1

    def far(x: Any) -> Any:
        return ((x - 5) * x + 8) * a * x - 4 * a

    return [far(t + 1), near(t), near(1 - t), far(2 - t)]


def _taps(x: Any, size: int, mode: str, padding_mode: str, align_corners: bool) -> list[tuple[np.ndarray, Any]]:
    """Return the pixels that the points at `x` take along one dimension, as whole numbers, and their weights."""
    values = x._data if isinstance(x, Tensor) else x
    moved, slope = _inside(values, size, "zeros" if mode == "bicubic" else padding_mode, align_corners)
    moved = moved.astype(values.dtype)
    if mode == "nearest":
        return [(np.rint(moved), _piecewise(x, np.ones_like(values), np.zeros_like(values)))]
    first = np.floor(moved)
    t = _piecewise(x, moved - first, slope.astype(values.dtype))
    if mode == "bilinear":
        return [(first, 1 - t), (first + 1, t)]
    places = [_inside(first + k, size, padding_mode, align_corners)[0] for k in range(-1, 3)]
    return list(zip(places, _cubic(t), strict=True))


def _places_and_weights(grid: Any, sizes: tuple[int, ...], mode: str, padding: str, corners: bool) -> Any:
    """Return index and weight, (N, K, Q) each, of a grid (N, Q, dims) over images of `sizes`."""
    taps = []
    for d, size in enumerate(sizes):
        x = slice_by(grid, (ALL, ALL, len(sizes) - 1 - d)) + 1  # a point is (x, y), an image (height, width)
        x = x / 2 * (size - 1) if corners else (x * size - 1) / 2
        taps.append(_taps(x, size, mode, padding, corners))
    places, weights = [], []
    for combination in itertools.product(*taps):
        at = [p for p, _ in combination]
        weight = combination[0][1]
        for _, other in combination[1:]:
            weight = weight * other
        within = np.logical_and.reduce([(p >= 0) & (p < n) for p, n in zip(at, sizes, strict=True)])
        clipped = [p.clip(0, n - 1).astype(np.int64) for p, n in zip(at, sizes, strict=True)]
        places.append(np.ravel_multi_index(clipped, sizes))
        weights.append(weight if within.all() else times_constant(weight, within.astype(weight.dtype)))
    return np.stack(places, axis=1), stack(weights, 1)


@rounded_once
@silent
def grid_sample(
    input: Operand,
    grid: Operand,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    r"""Return the values of images at the points of a grid.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W) or (N, C, D, H, W)
    grid : Tensor of shape (N, H', W', 2) or (N, D', H', W', 3)
        Points (x, y) or (x, y, z) from -1, the left, upper or front edge, to 1.
    mode : {'bilinear', 'nearest', 'bicubic'}
        'bilinear' is trilinear in three dimensions; 'bicubic' is for two.
    padding_mode : {'zeros', 'border', 'reflection'}
        What is outside of the image.
    align_corners : bool, default False
        Whether -1 and 1 are the centres of the outermost pixels, instead of their outer edges.

    Returns
    -------
    Tensor of shape (N, C, \*grid.shape[1:-1])

    Raises
    ------
    ValueError
        If `mode` or `padding_mode` is unknown.
    RuntimeError
        If shapes or dtypes do not fit.

    Examples
    --------
    >>> image = mg.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    >>> F.grid_sample(image, mg.tensor([[[[0.0, 0.0], [-0.5, -0.5]]]]), align_corners=False)
    tensor([[[[2.5000, 1.0000]]]])
    """
    if mode not in _MODES:
        raise ValueError(f"grid_sample: expected mode 'bilinear', 'nearest' or 'bicubic', got {mode!r}")
    if padding_mode not in _PADDINGS:
        raise ValueError(f"grid_sample: expected padding_mode 'zeros', 'border' or 'reflection', got {padding_mode!r}")
    for name, t in (("input", input), ("grid", grid)):
        check_tensor("grid_sample", name, t)
        require_floating("grid_sample", t, NotImplementedError)
    shape, points = tuple(input.shape), tuple(grid.shape)
    sizes, dims = shape[2:], len(shape) - 2
    if dims not in (2, 3) or len(points) != dims + 2 or points[-1] != dims or points[0] != shape[0]:
        raise RuntimeError(
            "grid_sample: expected an input of shape (N, C, H, W) and a grid of shape (N, H', W', 2), "
            f"or (N, C, D, H, W) and (N, D', H', W', 3), got {shape} and {points}"
        )
    if 0 in sizes:
        raise RuntimeError(f"grid_sample: expected images that are not empty, got shape {shape}")
    if mode == "bicubic" and dims == 3:
        raise RuntimeError("grid_sample: mode 'bicubic' is for images, not for volumes")
    if input.dtype != grid.dtype:
        raise RuntimeError(f"grid_sample: expected one dtype, got {input.dtype} and {grid.dtype}")
    return _at_points(input, grid, mode, padding_mode, bool(align_corners))


def _at_points(input: Any, grid: Any, mode: str, padding_mode: str, align_corners: bool) -> Tensor:
    """Return what `grid_sample` does, of arguments that are checked."""
    shape, points, sizes = tuple(input.shape), tuple(grid.shape), tuple(input.shape[2:])
    grid = reshape(grid, (points[0], math.prod(points[1:-1]), len(sizes)))
    index, weight = _places_and_weights(grid, sizes, mode, padding_mode, align_corners)
    y = _sampled(reshape(input, (*shape[:2], math.prod(sizes))), weight, index)
    return reshape(y, (*shape[:2], *points[1:-1]))


# ---- grids of affine transforms --------------------------------------------------------------------------------------


@rounded_once
def affine_grid(theta: Operand, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """Return the grid of points to which affine transforms take the pixels of an image; see `grid_sample`.

    Parameters
    ----------
    theta : Tensor of shape (N, 2, 3) or (N, 3, 4)
        A matrix for each image: a point (x, y, 1) goes to its product with it.
    size : (N, C, H, W) or (N, C, D, H, W)
        The size of the images that will be made.
    align_corners : bool, default False

    Returns
    -------
    Tensor of shape (N, H, W, 2) or (N, D, H, W, 3)

    Raises
    ------
    ValueError
        If `theta` is not floating, its shape does not fit, or a size is not positive.
    NotImplementedError
        If `size` has neither 4 nor 5 numbers.

    Examples
    --------
    >>> F.affine_grid(mg.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]), (1, 1, 1, 2), align_corners=False)
    tensor([[[[-0.5000,  0.0000],
              [ 0.5000,  0.0000]]]])
    """
    check_tensor("affine_grid", "theta", theta)
    require_floating("affine_grid", theta, ValueError)
    count, *sizes = as_shape("affine_grid", (size,))
    sizes, dims = sizes[1:], len(sizes) - 1
    if dims not in (2, 3):
        raise NotImplementedError(f"affine_grid: expected (N, C, H, W) or (N, C, D, H, W) as size, got {tuple(size)}")
    if min(count, *sizes) < 1:
        raise ValueError(f"affine_grid: expected positive sizes, got {tuple(size)}")
    shape = tuple(theta.shape)
    if len(shape) != 3 or shape[1:] != (dims, dims + 1):
        raise ValueError(f"affine_grid: expected theta of shape (N, {dims}, {dims + 1}) for that size, got {shape}")
    if shape[0] != count:
        raise RuntimeError(f"affine_grid: expected theta of shape ({count}, {dims}, {dims + 1}), got {shape}")
    ends = [1.0 if align_corners else (n - 1) / n for n in sizes]
    axes = [np.linspace(-end, end, n) if n > 1 else np.zeros(1) for end, n in zip(ends, sizes, strict=True)]
    points = np.stack([*np.meshgrid(*axes, indexing="ij")[::-1], np.ones(sizes)], axis=-1)
    base = points.reshape(1, -1, dims + 1).astype(theta.dtype)
    return reshape(matmul(base, adjoint(theta)), (count, *sizes, dims))


def grid_sampler(
    input: Operand, grid: Operand, interpolation_mode: int, padding_mode: int, align_corners: bool
) -> Tensor:
    """Return `grid_sample` by the numbers of its modes.

    Parameters
    ----------
    interpolation_mode : {0, 1, 2}
        "bilinear", "nearest" or "bicubic".
    padding_mode : {0, 1, 2}
        "zeros", "border" or "reflection".

    Raises
    ------
    RuntimeError
        For other numbers, and as `grid_sample`.

    Examples
    --------
    >>> mg.grid_sampler(mg.ones(1, 1, 2, 2), mg.zeros(1, 1, 1, 2), 0, 0, True)
    tensor([[[[1.]]]])
    """
    for name, number in (("interpolation_mode", interpolation_mode), ("padding_mode", padding_mode)):
        if number not in (0, 1, 2):
            raise RuntimeError(f"grid_sampler: expected 0, 1 or 2 as {name}, got {number!r:.80}")
    return grid_sample(input, grid, _MODES[interpolation_mode], _PADDINGS[padding_mode], bool(align_corners))


def _check_dims(name: str, input: Operand, ndim: int) -> None:
    if input.ndim != ndim:
        raise RuntimeError(f"{name}: expected an input of {ndim} dimensions, got shape {tuple(input.shape)}")


def grid_sampler_2d(
    input: Operand, grid: Operand, interpolation_mode: int, padding_mode: int, align_corners: bool
) -> Tensor:
    """Return `grid_sampler` of images (N, C, H, W).

    Raises
    ------
    RuntimeError
        If `input` has another number of dimensions, and as `grid_sampler`.

    Examples
    --------
    >>> mg.grid_sampler_2d(mg.ones(1, 1, 2, 2), mg.zeros(1, 1, 1, 2), 0, 0, True).item()
    1.0
    """
    _check_dims("grid_sampler_2d", input, 4)
    return grid_sampler(input, grid, interpolation_mode, padding_mode, align_corners)


def grid_sampler_3d(
    input: Operand, grid: Operand, interpolation_mode: int, padding_mode: int, align_corners: bool
) -> Tensor:
    """Return `grid_sampler` of images (N, C, D, H, W).

    Raises
    ------
    RuntimeError
        If `input` has another number of dimensions, and as `grid_sampler`.

    Examples
    --------
    >>> mg.grid_sampler_3d(mg.ones(1, 1, 2, 2, 2), mg.zeros(1, 1, 1, 1, 3), 0, 0, True).item()
    1.0
    """
    _check_dims("grid_sampler_3d", input, 5)
    return grid_sampler(input, grid, interpolation_mode, padding_mode, align_corners)


def affine_grid_generator(theta: Operand, size: Sequence[int], align_corners: bool) -> Tensor:
    """Return `affine_grid`, by its older name.

    Examples
    --------
    >>> mg.affine_grid_generator(mg.ones(1, 2, 3), (1, 1, 2, 2), False).shape
    Size([1, 2, 2, 2])
    """
    return affine_grid(theta, size, align_corners)
