"""Many images as one, and as a file; boxes, masks and points drawn into images."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.vision.drawing import draw_bounding_boxes, draw_keypoints, draw_segmentation_masks
from minigrad.vision.io import write_image

__all__ = ["draw_bounding_boxes", "draw_keypoints", "draw_segmentation_masks", "make_grid", "save_image"]


def make_grid(
    tensor: Tensor | Sequence[Tensor],
    nrow: int = 8,
    padding: int = 2,
    normalize: bool = False,
    value_range: tuple[float, float] | None = None,
    scale_each: bool = False,
    pad_value: float = 0.0,
) -> Tensor:
    """Return images side by side, in rows, as one image of three channels.

    Parameters
    ----------
    tensor : Tensor (N, C, H, W), (C, H, W) or (H, W), or a sequence of Tensors (C, H, W)
        One channel is repeated to three.
    nrow : int, default 8
        Images per row.
    padding : int, default 2
        Pixels between them and around.
    normalize : bool, default False
        Bring the values to 0 to 1, from the least to the greatest or from `value_range`.
    value_range : (float, float), optional
    scale_each : bool, default False
        Normalize each image by itself.
    pad_value : float, default 0

    Returns
    -------
    Tensor, shape (3, height, width); a single image comes without a border

    Raises
    ------
    TypeError
        If `tensor` is neither a Tensor nor a sequence of them, or `value_range` is no pair.

    Examples
    --------
    >>> from minigrad.vision.utils import make_grid
    >>> make_grid(mg.rand(5, 1, 8, 8), nrow=3).shape
    Size([3, 22, 32])
    """
    x = _images(tensor)
    if normalize:
        if value_range is not None and not isinstance(value_range, tuple):
            raise TypeError(f"make_grid: expected value_range as a tuple (low, high), got {value_range!r}")
        x = x.astype(np.result_type(x.dtype, np.float32))
        parts = x if scale_each else [x]
        x = np.stack([_normalized(part, value_range) for part in parts]).reshape(x.shape)
    if len(x) == 1:
        return Tensor._wrap(np.ascontiguousarray(x[0]))
    columns = min(nrow, len(x))
    rows = math.ceil(len(x) / columns)
    height, width = x.shape[2] + padding, x.shape[3] + padding
    grid = np.full((x.shape[1], rows * height + padding, columns * width + padding), pad_value, x.dtype)
    for i, image in enumerate(x):
        top, left = (i // columns) * height + padding, (i % columns) * width + padding
        grid[:, top : top + x.shape[2], left : left + x.shape[3]] = image
    return Tensor._wrap(grid)


def _images(tensor: Any) -> np.ndarray:
    """Return what `make_grid` takes as an array (N, C, H, W)."""
    if not isinstance(tensor, Tensor):
        if not isinstance(tensor, (list, tuple)) or not tensor or not all(isinstance(t, Tensor) for t in tensor):
            raise TypeError(f"make_grid: expected a Tensor or a list of Tensors, got {type(tensor).__name__}")
        x = np.stack([t._data for t in tensor])
    else:
        x = tensor._data
    if not 2 <= x.ndim <= 4 or not len(x):
        raise ValueError(f"make_grid: expected images of shape (N, C, H, W), got shape {x.shape}")
    x = x.reshape((1,) * (4 - x.ndim) + x.shape)
    return np.repeat(x, 3, 1) if x.shape[1] == 1 else x


def _normalized(x: np.ndarray, value_range: tuple[float, float] | None) -> np.ndarray:
    low, high = (float(x.min()), float(x.max())) if value_range is None else value_range
    return (np.clip(x, low, high) - low) / max(high - low, 1e-5)


def save_image(
    tensor: Tensor | Sequence[Tensor], fp: str | os.PathLike[str], format: str | None = None, **kwargs: Any
) -> None:
    """Write images of values from 0 to 1 as one file, in a grid.

    Parameters
    ----------
    tensor, **kwargs
        See `make_grid`.
    fp : path
        Its ending decides the kind of file.
    format : None
        For compatibility: another kind than that of the ending is refused.

    Raises
    ------
    ValueError
        If `format` is not what the file's name ends with.

    Examples
    --------
    >>> import tempfile
    >>> from minigrad.vision.io import read_image
    >>> from minigrad.vision.utils import save_image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_image(mg.rand(4, 1, 8, 8), folder + "/four.png", nrow=2)
    ...     read_image(folder + "/four.png").shape
    (22, 22, 3)
    """
    if format is not None and not os.fspath(fp).lower().endswith(f".{format.lower()}"):
        raise ValueError(f"save_image: expected a name that ends with .{format}, got {os.fspath(fp)!r}")
    grid = make_grid(tensor, **kwargs)._data
    pixels = np.clip(grid * 255 + 0.5, 0, 255).astype(np.uint8)
    write_image(np.ascontiguousarray(pixels.transpose(1, 2, 0)), fp)
