"""Changes of images, whole batches at once."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["resize"]


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
