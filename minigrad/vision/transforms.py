"""Changes of images, whole batches at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.generator import Generator, get_generator

__all__ = ["RandomAffine", "affine", "resize"]


def resize(images: Any, size: int | tuple[int, int]) -> np.ndarray:
    """Images brought to another size by bilinear interpolation; shrunk, each pixel averages all that it covers.

    Parameters
    ----------
    images : (..., H, W) array
    size : int or (height, width)

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
    x = np.asarray(images, dtype=np.float32)
    height, width = (size, size) if isinstance(size, int) else size
    if x.ndim < 2 or 0 in x.shape[-2:] or height < 1 or width < 1:
        raise ValueError(f"resize: expected images (..., H, W) and a positive size, got shape {x.shape} and {size}")
    return _weights(x.shape[-2], height) @ x @ _weights(x.shape[-1], width).T


def _weights(old: int, new: int) -> np.ndarray:
    """The (new, old) matrix that interpolates along one axis; its rows add up to 1."""
    scale = old / new
    centres = (np.arange(new) + 0.5) * scale - 0.5
    reach = max(scale, 1.0)
    weights = np.maximum(0, 1 - np.abs(np.arange(old) - centres[:, None]) / reach)
    return (weights / weights.sum(1, keepdims=True)).astype(np.float32)


class RandomAffine:
    """Turn, move, scale and shear each image of a batch by random amounts, about its centre.

    Parameters
    ----------
    degrees : float
        Turn by up to so many degrees to either side.
    translate : (float, float), optional
        Move by up to these parts of the width and of the height.
    scale : (float, float), optional
        Magnify by a factor between these.
    shear : float, optional
        Shear along x by up to so many degrees to either side.
    fill : float, default 0
        What comes in from outside of the image.
    generator : Generator, optional
        The source of randomness; the default generator where omitted.

    Notes
    -----
    Amounts are uniform. Pixels are interpolated bilinearly.

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomAffine
    >>> distort = RandomAffine(10, translate=(0.1, 0.1), generator=mg.Generator().manual_seed(0))
    >>> distort(np.ones((2, 28, 28), np.float32)).shape
    (2, 28, 28)
    """

    def __init__(
        self,
        degrees: float,
        translate: tuple[float, float] | None = None,
        scale: tuple[float, float] | None = None,
        shear: float | None = None,
        fill: float = 0.0,
        generator: Generator | None = None,
    ) -> None:
        self.degrees, self.translate, self.scale, self.shear = degrees, translate or (0, 0), scale or (1, 1), shear or 0
        self.fill, self.generator = fill, generator

    def __call__(self, images: Any) -> np.ndarray:
        """The distorted images, float32 of the same shape (N, H, W)."""
        x = np.asarray(images, dtype=np.float32)
        if x.ndim != 3:
            raise ValueError(f"RandomAffine: expected images of shape (N, H, W), got {x.shape}")
        rng = get_generator(self.generator).rng
        turn, slant, right, down, size = rng.uniform(-1, 1, (5, len(x)))
        turn, slant = np.deg2rad(self.degrees) * turn, np.tan(np.deg2rad(self.shear) * slant)
        low, high = self.scale
        size = (low + high) / 2 + (high - low) / 2 * size
        cos, sin = np.cos(turn) / size, np.sin(turn) / size
        # of each target pixel (row, column) about the centre, where it comes from
        matrices = np.array([[cos, -sin], [sin - cos * slant, cos + sin * slant]]).transpose(2, 0, 1)
        shift = np.stack([self.translate[1] * x.shape[1] * down, self.translate[0] * x.shape[2] * right], 1)
        return affine(x, matrices, matrices @ -shift[:, :, None], self.fill)


def affine(images: np.ndarray, matrices: np.ndarray, offsets: np.ndarray, fill: float = 0.0) -> np.ndarray:
    """Images whose pixel at p, (row, column) from the centre, is the given image's at ``matrices[n] @ p + offsets[n]``.

    Parameters
    ----------
    images : (N, H, W) float32
    matrices : (N, 2, 2)
    offsets : (N, 2, 1)
    fill : float
        The value of what lies outside.

    Returns
    -------
    ndarray, shape (N, H, W), float32

    Examples
    --------
    >>> from minigrad.vision.transforms import affine
    >>> one_to_the_right = np.array([[[0.0], [-1.0]]])
    >>> affine(np.array([[[1.0, 2.0, 3.0]]], np.float32), np.eye(2)[None], one_to_the_right)
    array([[[0., 1., 2.]]], dtype=float32)
    """
    count, height, width = images.shape
    centre = np.array([[(height - 1) / 2], [(width - 1) / 2]])
    target = np.indices((height, width)).reshape(2, -1) - centre
    source = matrices @ target + offsets + centre + 1  # 1 for the border
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1)), constant_values=fill).reshape(count, -1)
    rows, columns = (np.clip(s, 0, n) for s, n in zip(source.swapaxes(0, 1), (height + 1, width + 1), strict=True))
    top, left = np.minimum(rows.astype(np.int64), height), np.minimum(columns.astype(np.int64), width)
    down, right = (rows - top).astype(np.float32), (columns - left).astype(np.float32)
    corner = top * (width + 2) + left + np.arange(count)[:, None] * framed.shape[1]
    pixels = framed.ravel()
    upper = pixels[corner] * (1 - right) + pixels[corner + 1] * right
    lower = pixels[corner + width + 2] * (1 - right) + pixels[corner + width + 3] * right
    return (upper * (1 - down) + lower * down).reshape(images.shape)
