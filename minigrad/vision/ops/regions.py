"""Regions of interest brought to one size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

import minigrad as mg
from minigrad import Tensor, nn


def _regions(name: str, input: Tensor, boxes: Any, output_size: Any) -> tuple[np.ndarray, tuple[int, int]]:
    """Return the rows (image, x1, y1, x2, y2) and (height, width) of the result, checked."""
    if not isinstance(input, Tensor) or input.ndim != 4:
        raise ValueError(f"{name}: expected input as a Tensor of shape (N, C, H, W)")
    if isinstance(boxes, (list, tuple)):
        for each in boxes:
            if not isinstance(each, Tensor) or each.ndim != 2 or each.shape[1] != 4:
                raise ValueError(f"{name}: expected each of the list of boxes as a Tensor of shape (L, 4)")
        if len(boxes) > len(input):
            raise ValueError(f"{name}: expected at most {len(input)} lists of boxes, one per image, got {len(boxes)}")
        rows = [np.insert(each._data.astype(np.float64), 0, i, 1) for i, each in enumerate(boxes)]
        found = np.concatenate(rows) if rows else np.empty((0, 5))
    elif isinstance(boxes, Tensor) and boxes.ndim == 2 and boxes.shape[1] == 5:
        found = boxes._data.astype(np.float64)
    else:
        raise ValueError(f"{name}: expected boxes of shape (K, 5), the image first, or a list of (L, 4)")
    if len(found) and not (0 <= found[:, 0].min() and found[:, 0].max() < len(input)):
        raise RuntimeError(f"{name}: expected numbers of images below {len(input)} in the first column of boxes")
    high, wide = (output_size, output_size) if isinstance(output_size, int) else output_size
    if high < 1 or wide < 1:
        raise ValueError(f"{name}: expected a positive output_size, got {output_size!r}")
    return found, (high, wide)


def _sampled(start: float, length: float, bins: int, ratio: int, old: int) -> np.ndarray:
    """Return the (bins, old) matrix that averages bilinear samples, `ratio` per bin, along one axis."""
    count = ratio if ratio > 0 else max(1, math.ceil(length / bins))
    places = start + (np.arange(bins * count) + 0.5) * (length / bins / count)
    outside = (places < -1) | (places > old)
    places = np.clip(places, 0, old - 1)
    weights = np.maximum(0, 1 - np.abs(np.arange(old) - places[:, None])) * ~outside[:, None]
    averages: np.ndarray = weights.reshape(bins, count, old).mean(1)
    return averages


def roi_align(
    input: Tensor,
    boxes: Tensor | Sequence[Tensor],
    output_size: int | tuple[int, int],
    spatial_scale: float = 1.0,
    sampling_ratio: int = -1,
    aligned: bool = False,
) -> Tensor:
    """Return regions of images, each brought to one size by averages of bilinear samples.

    Parameters
    ----------
    input : Tensor, shape (N, C, H, W), floating
    boxes : Tensor of shape (K, 5), or list of N Tensors (L, 4)
        (x1, y1, x2, y2), after the number of the image where it is one Tensor. No gradient flows to them.
    output_size : int or (int, int)
    spatial_scale : float, default 1.0
        From the units of the boxes to pixels of `input`.
    sampling_ratio : int, default -1
        Samples per bin along each axis; as many as a bin has pixels where it is not above 0.
    aligned : bool, default False
        Whether to move the boxes by half a pixel, which is where pixels' centres are.

    Returns
    -------
    Tensor, shape (K, C, height, width)

    References
    ----------
    K. He et al., Mask R-CNN, 2017.

    Examples
    --------
    >>> from minigrad.vision.ops import roi_align
    >>> roi_align(mg.arange(16.0).reshape(1, 1, 4, 4), [mg.tensor([[0.0, 0.0, 2.0, 2.0]])], 1)
    tensor([[[[5.]]]])
    """
    rows, (high, wide) = _regions("roi_align", input, boxes, output_size)
    _, channels, height, width = input.shape
    down, across = np.empty((len(rows), high, height)), np.empty((len(rows), wide, width))
    shift = 0.5 if aligned else 0.0
    for k, row in enumerate(rows):
        x1, y1, x2, y2 = row[1:] * spatial_scale - shift
        h, w = (y2 - y1, x2 - x1) if aligned else (max(y2 - y1, 1.0), max(x2 - x1, 1.0))
        down[k] = _sampled(y1, h, high, sampling_ratio, height)
        across[k] = _sampled(x1, w, wide, sampling_ratio, width)
    dtype = input._data.dtype
    parts, order = [], [np.empty(0, int)]
    for image in np.unique(rows[:, 0]).astype(int):
        own = np.flatnonzero(rows[:, 0] == image)
        left = mg.from_numpy(down[own][:, None].astype(dtype))
        right = mg.from_numpy(across[own][:, None].transpose(0, 1, 3, 2).astype(dtype))
        parts.append(left @ input[int(image)] @ right)
        order.append(own)
    if not parts:
        return input.new_zeros((0, channels, high, wide))
    return mg.cat(parts)[mg.from_numpy(np.argsort(np.concatenate(order)))]


def _bins(start: int, end: int, bins: int, length: int) -> list[tuple[int, int]]:
    """Return where the bins of whole pixels from `start` to `end` begin and end, inside of the image."""
    size = max(end - start + 1, 1) / bins
    edges = [(math.floor(i * size) + start, math.ceil((i + 1) * size) + start) for i in range(bins)]
    return [(min(max(first, 0), length), min(max(last, 0), length)) for first, last in edges]


def roi_pool(
    input: Tensor, boxes: Tensor | Sequence[Tensor], output_size: int | tuple[int, int], spatial_scale: float = 1.0
) -> Tensor:
    """Return regions of images, each brought to one size by maxima of whole pixels; parameters as of `roi_align`.

    References
    ----------
    R. Girshick, Fast R-CNN, 2015.

    Examples
    --------
    >>> from minigrad.vision.ops import roi_pool
    >>> roi_pool(mg.arange(16.0).reshape(1, 1, 4, 4), [mg.tensor([[0.0, 0.0, 2.0, 2.0]])], 1)
    tensor([[[[10.]]]])
    """
    rows, (high, wide) = _regions("roi_pool", input, boxes, output_size)
    _, channels, height, width = input.shape
    x = input._data
    places = np.zeros((len(rows), channels, high, wide), np.int64)
    filled = np.zeros((len(rows), 1, high, wide), x.dtype)
    for k, row in enumerate(rows):
        image = int(row[0])
        x1, y1, x2, y2 = (math.floor(v * spatial_scale + 0.5) for v in row[1:])  # to the nearest, halves up
        for i, (top, bottom) in enumerate(_bins(y1, y2, high, height)):
            for j, (left, right) in enumerate(_bins(x1, x2, wide, width)):
                if top < bottom and left < right:
                    best = x[image, :, top:bottom, left:right].reshape(channels, -1).argmax(1)
                    r, c = np.divmod(best, right - left)
                    planes = image * channels + np.arange(channels)
                    places[k, :, i, j] = (planes * height + top + r) * width + left + c
                    filled[k, :, i, j] = 1
    return input.reshape(-1)[mg.from_numpy(places)] * mg.from_numpy(filled)


class RoIAlign(nn.Module):
    """:func:`roi_align` as a layer.

    Parameters
    ----------
    output_size : int or (int, int)
    spatial_scale : float
    sampling_ratio : int
    aligned : bool, default False

    Examples
    --------
    >>> from minigrad.vision.ops import RoIAlign
    >>> RoIAlign(2, 0.5, 2)(mg.rand(1, 3, 8, 8), [mg.tensor([[0.0, 0.0, 6.0, 6.0]])]).shape
    Size([1, 3, 2, 2])
    """

    def __init__(
        self, output_size: int | tuple[int, int], spatial_scale: float, sampling_ratio: int, aligned: bool = False
    ) -> None:
        super().__init__()
        self.output_size, self.spatial_scale = output_size, spatial_scale
        self.sampling_ratio, self.aligned = sampling_ratio, aligned

    def forward(self, input: Tensor, rois: Tensor | Sequence[Tensor]) -> Tensor:
        return roi_align(input, rois, self.output_size, self.spatial_scale, self.sampling_ratio, self.aligned)


class RoIPool(nn.Module):
    """:func:`roi_pool` as a layer.

    Parameters
    ----------
    output_size : int or (int, int)
    spatial_scale : float

    Examples
    --------
    >>> from minigrad.vision.ops import RoIPool
    >>> RoIPool(2, 1.0)(mg.rand(1, 3, 8, 8), [mg.tensor([[0.0, 0.0, 6.0, 6.0]])]).shape
    Size([1, 3, 2, 2])
    """

    def __init__(self, output_size: int | tuple[int, int], spatial_scale: float) -> None:
        super().__init__()
        self.output_size, self.spatial_scale = output_size, spatial_scale

    def forward(self, input: Tensor, rois: Tensor | Sequence[Tensor]) -> Tensor:
        return roi_pool(input, rois, self.output_size, self.spatial_scale)
