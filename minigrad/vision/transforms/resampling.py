"""The two functions that interpolate: `resize` to another grid, `affine` along a linear map for each image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.kernels.blas import hold_blas
from minigrad.vision.transforms.arguments import (
    INTEGER,
    Fill,
    InterpolationMode,
    by_channel,
    interpolation_mode,
    restored,
)

__all__ = ["affine", "resize"]


def _cubic(a: float) -> Callable[[np.ndarray], np.ndarray]:
    """Return the weights that R. Keys gives pixels at these distances, in Cubic Convolution Interpolation, 1981."""

    def weights(d: np.ndarray) -> np.ndarray:
        d = np.abs(d)
        near, far = ((a + 2) * d - (a + 3)) * d * d + 1, a * (((d - 5) * d + 8) * d - 4)
        return np.where(d < 1, near, np.where(d < 2, far, 0))

    return weights


# by mode: the weight of a pixel at this distance, to the left below 0
_KERNELS: dict[InterpolationMode, Callable[[np.ndarray], np.ndarray]] = {
    InterpolationMode.BILINEAR: lambda d: np.maximum(0, 1 - np.abs(d)),
    InterpolationMode.BICUBIC: _cubic(-0.5),
    InterpolationMode.BOX: lambda d: (d > -0.5) & (d <= 0.5),
    InterpolationMode.HAMMING: lambda d: np.sinc(d) * (0.54 + 0.46 * np.cos(np.pi * d)) * (np.abs(d) < 1),
    InterpolationMode.LANCZOS: lambda d: np.sinc(d) * np.sinc(d / 3) * (np.abs(d) < 3),
}


def resize(
    images: Any,
    size: int | tuple[int, int],
    antialias: bool = True,
    interpolation: str | InterpolationMode = InterpolationMode.BILINEAR,
) -> np.ndarray:
    """Return images brought to another size by interpolation; shrunk, each pixel averages all that it covers.

    Parameters
    ----------
    images : (..., H, W) array
    size : int or (height, width)
        An int is both.
    antialias : bool, default True
        False: shrunk, each pixel is made of four only, whatever lies between.
    interpolation : "bilinear" (default), "bicubic", "box", "hamming", "lanczos" or InterpolationMode

    Returns
    -------
    ndarray, shape (..., height, width), float32

    Raises
    ------
    ValueError
        If there are no pixels, or `size` is not positive.

    Notes
    -----
    Along each axis the weight of source pixel j for target pixel i falls linearly with the distance of their centres
    (half-pixel centres, as in Pillow), to 0 at one pixel of the coarser of both grids.

    Examples
    --------
    >>> from minigrad.vision.transforms import resize
    >>> resize([[0.0, 1.0]], (1, 4))
    array([[0.  , 0.25, 0.75, 1.  ]], dtype=float32)
    """
    x = np.ascontiguousarray(images, dtype=np.float32)
    height, width = (size, size) if isinstance(size, INTEGER) else size
    if x.ndim < 2 or 0 in x.shape[-2:] or height < 1 or width < 1:
        raise ValueError(f"resize: expected images (..., H, W) and a positive size, got shape {x.shape} and {size}")
    mode = interpolation_mode("resize", interpolation, _KERNELS)
    rows, columns = (
        _weights(old, new, antialias, mode) for old, new in zip(x.shape[-2:], (height, width), strict=True)
    )
    return np.asarray(hold_blas(np.matmul, hold_blas(np.matmul, rows, x), columns.T))


def _weights(old: int, new: int, antialias: bool, mode: InterpolationMode) -> np.ndarray:
    """Return the (new, old) matrix that interpolates along one axis; its rows add up to 1."""
    scale = old / new
    kernel = _KERNELS[mode]
    centres = ((np.arange(new) + 0.5) * scale - 0.5)[:, None]
    if antialias or mode is not InterpolationMode.BICUBIC:
        stretch = max(scale, 1.0) if antialias else 1.0
        weights = kernel((np.arange(old) - centres) / stretch) * 1.0
    else:  # beyond the edge the outermost pixel goes on
        weights = np.zeros((new, old))
        for step in range(-1, 3):
            place = np.floor(centres) + step
            at = np.clip(place, 0, old - 1).astype(int)
            np.add.at(weights, (np.arange(new)[:, None], at), _cubic(-0.75)(place - centres))
    return (weights / weights.sum(1, keepdims=True)).astype(np.float32)


def affine(
    images: np.ndarray,
    matrices: np.ndarray,
    offsets: np.ndarray,
    fill: Fill = 0.0,
    interpolation: str | InterpolationMode = "bilinear",
    size: tuple[int, int] | None = None,
) -> np.ndarray:
    """Return images whose pixel p, (row, column) from the centre, is the given one at ``matrices[n] @ p + offsets[n]``.

    Parameters
    ----------
    images : (N, H, W) or (N, H, W, C) array of uint8 or floats
    matrices : (N, 2, 2)
    offsets : (N, 2, 1)
    fill : float or sequence of C floats
        The value of what lies outside.
    interpolation : "bilinear" (default), "nearest" or InterpolationMode
    size : (int, int), optional
        Height and width of the result; those of the images where omitted.

    Returns
    -------
    ndarray, shape (N, height, width) or (N, height, width, C), of the dtype of `images`

    Raises
    ------
    ValueError
        If the images, matrices or offsets have other shapes.

    Examples
    --------
    >>> from minigrad.vision.transforms import affine
    >>> one_to_the_right = np.array([[[0.0], [-1.0]]])
    >>> affine(np.array([[[1.0, 2.0, 3.0]]], np.float32), np.eye(2)[None], one_to_the_right)
    array([[[0., 1., 2.]]], dtype=float32)
    """
    mode = interpolation_mode("affine", interpolation)
    n = len(images)
    if images.ndim not in (3, 4) or matrices.shape != (n, 2, 2) or offsets.shape != (n, 2, 1):
        raise ValueError(
            "affine: expected images (N, H, W) or (N, H, W, C), matrices (N, 2, 2) and offsets (N, 2, 1), "
            f"got shapes {images.shape}, {matrices.shape} and {offsets.shape}"
        )
    x = images if images.ndim == 4 else images[..., None]
    rows, columns = _sources(x.shape[1:3], matrices, offsets, size or x.shape[1:3])
    y = pixels_at(x, rows, columns, fill, mode)
    return y.reshape(*y.shape[:3], *images.shape[3:])


def pixels_at(x: np.ndarray, rows: np.ndarray, columns: np.ndarray, fill: Fill, mode: InterpolationMode) -> np.ndarray:
    """Return what images (N, H, W, C) have at these places, float32 (N, height, width), which may be overwritten.

    Places count from a border of 1: the first pixel is at 1, and what lies outside comes from the border.
    """
    for places, length in ((rows, x.shape[1]), (columns, x.shape[2])):
        np.clip(places, 0, length + 1, out=places)
    return restored((_nearest if mode is InterpolationMode.NEAREST else _bilinear)(x, rows, columns, fill), x.dtype)


def _sources(
    old: tuple[int, ...], matrices: np.ndarray, offsets: np.ndarray, new: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Return each pixel's source row and column, float32 (N, height, width), in an image with a border of 1."""
    down, right = (np.arange(n) - (n - 1) / 2 for n in new)
    found = []
    for axis, length in enumerate(old):
        by_row = matrices[:, axis, :1] * down + offsets[:, axis] + (length + 1) / 2
        by_column = matrices[:, axis, 1:] * right
        found.append(by_row.astype(np.float32)[:, :, None] + by_column.astype(np.float32)[:, None, :])
    return found[0], found[1]


def _framed(x: np.ndarray, after: int, fill: Fill, dtype: np.dtype) -> np.ndarray:
    """Return the images with a border of `fill`, 1 before and `after` behind, as planes (C, N, rows, columns).

    Planes, because NumPy is slow where the innermost loop has but the three steps of the channels.
    """
    count, height, width, channels = x.shape
    framed = np.empty((channels, count, height + 1 + after, width + 1 + after), dtype)
    framed[...] = by_channel("affine", "fill", fill, x)[..., None, None, None]
    framed[:, :, 1 : 1 + height, 1 : 1 + width] = x.transpose(3, 0, 1, 2)
    return framed


def _places(rows: np.ndarray, columns: np.ndarray, framed: np.ndarray) -> np.ndarray:
    """Return whole rows and columns as indices into a plane made flat."""
    _, count, height, width = framed.shape
    places = rows.astype(np.int32)  # twice as fast as wider ones
    places *= width
    places += columns.astype(np.int32)
    return places + (np.arange(count) * (height * width))[:, None, None]


def _nearest(x: np.ndarray, rows: np.ndarray, columns: np.ndarray, fill: Fill) -> np.ndarray:
    framed = _framed(x, 1, fill, x.dtype)
    places = _places(np.rint(rows), np.rint(columns), framed)
    return framed.reshape(len(framed), -1).take(places, 1).transpose(1, 2, 3, 0)


def _bilinear(x: np.ndarray, rows: np.ndarray, columns: np.ndarray, fill: Fill) -> np.ndarray:
    framed = _framed(x, 2, fill, np.dtype(np.float32))  # 2: even a place on the border has a next one
    top, left = np.floor(rows), np.floor(columns)
    down, right = np.subtract(rows, top, out=rows), np.subtract(columns, left, out=columns)
    places = _places(top, left, framed)

    def between(start: np.ndarray, end: np.ndarray, part: np.ndarray) -> np.ndarray:
        end -= start
        end *= part
        end += start
        return end

    y = np.empty((len(framed), *rows.shape), np.float32)
    for plane, out in zip(framed.reshape(len(framed), -1), y, strict=True):
        upper = between(plane.take(places), plane[1:].take(places), right)
        below = plane[framed.shape[3] :]
        lower = between(below.take(places), below[1:].take(places), right)
        out[...] = between(upper, lower, down)
    return y.transpose(1, 2, 3, 0)
