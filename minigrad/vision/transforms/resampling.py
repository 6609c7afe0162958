"""The two functions that interpolate: `resize` to another grid, `affine` along a linear map for each image."""

from __future__ import annotations

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


def resize(images: Any, size: int | tuple[int, int], antialias: bool = True) -> np.ndarray:
    """Return images brought to another size by bilinear interpolation; shrunk, each pixel averages all that it covers.

    Parameters
    ----------
    images : (..., H, W) array
    size : int or (height, width)
        An int is both.
    antialias : bool, default True
        False: shrunk, each pixel is made of four only, whatever lies between.

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
    rows, columns = _weights(x.shape[-2], height, antialias), _weights(x.shape[-1], width, antialias)
    return np.asarray(hold_blas(np.matmul, hold_blas(np.matmul, rows, x), columns.T))


def _weights(old: int, new: int, antialias: bool) -> np.ndarray:
    """Return the (new, old) matrix that interpolates along one axis; its rows add up to 1."""
    scale = old / new
    centres = (np.arange(new) + 0.5) * scale - 0.5
    reach = max(scale, 1.0) if antialias else 1.0
    weights = np.maximum(0, 1 - np.abs(np.arange(old) - centres[:, None]) / reach)
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
    y = (_nearest if mode is InterpolationMode.NEAREST else _bilinear)(x, rows, columns, fill)
    return restored(y, x.dtype).reshape(*y.shape[:3], *images.shape[3:])


def _sources(
    old: tuple[int, ...], matrices: np.ndarray, offsets: np.ndarray, new: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Return each pixel's source row and column, float32 (N, height, width), in an image with a border of 1.

    What lies outside comes from the border.
    """
    down, right = (np.arange(n) - (n - 1) / 2 for n in new)
    found = []
    for axis, length in enumerate(old):
        by_row = matrices[:, axis, :1] * down + offsets[:, axis] + (length + 1) / 2
        by_column = matrices[:, axis, 1:] * right
        place = by_row.astype(np.float32)[:, :, None] + by_column.astype(np.float32)[:, None, :]
        found.append(np.clip(place, 0, length + 1, out=place))
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
