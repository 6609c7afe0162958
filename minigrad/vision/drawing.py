"""Boxes, masks and points drawn into images; `minigrad.vision.utils` offers them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.vision.pillow import pillow

Color = str | tuple[int, int, int]
_NAMED = {
    "black": (0, 0, 0), "white": (255, 255, 255), "red": (255, 0, 0), "lime": (0, 255, 0), "green": (0, 128, 0),
    "blue": (0, 0, 255), "yellow": (255, 255, 0), "cyan": (0, 255, 255), "magenta": (255, 0, 255),
    "orange": (255, 165, 0), "purple": (128, 0, 128), "gray": (128, 128, 128), "grey": (128, 128, 128),
    "pink": (255, 192, 203), "brown": (165, 42, 42),
}  # fmt: skip
_TINT = 100 / 255  # of what is filled


def draw_bounding_boxes(
    image: Tensor,
    boxes: Tensor,
    labels: Sequence[str | None] | None = None,
    colors: Color | Sequence[Color] | None = None,
    fill: bool = False,
    width: int = 1,
    font: str | None = None,
    font_size: int | None = None,
) -> Tensor:
    """Return an image with rectangles drawn into it.

    Parameters
    ----------
    image : Tensor, shape (C, H, W) with 1 or 3 channels, uint8 or floating from 0 to 1
    boxes : Tensor, shape (N, 4)
        (xmin, ymin, xmax, ymax) in pixels.
    labels : sequence of str or None, optional
        What to write into each box; it takes Pillow.
    colors : a colour, or one for each box, optional
        Names such as "red", "#ff0000", or (255, 0, 0).
    fill : bool, default False
        Whether the inside is tinted.
    width : int, default 1
        Of the lines, in pixels.
    font, font_size : path of a TrueType font, and int, optional
        Of the labels.

    Raises
    ------
    TypeError
        If `image` is not a Tensor.
    ValueError
        If a shape does not fit, a box ends before it begins, or there are not as many labels or colours as boxes.

    Examples
    --------
    >>> from minigrad.vision.utils import draw_bounding_boxes
    >>> drawn = draw_bounding_boxes(mg.zeros(1, 4, 4, dtype=mg.uint8), mg.tensor([[0, 0, 2, 3]]), colors="red")
    >>> drawn[0]
    tensor([[255, 255, 255,   0],
            [255,   0, 255,   0],
            [255,   0, 255,   0],
            [255, 255, 255,   0]], dtype=uint8)
    """
    y = _pixels("draw_bounding_boxes", image)
    corners = boxes._data
    if corners.size and (corners.ndim != 2 or corners.shape[1] != 4):
        raise ValueError(f"draw_bounding_boxes: expected boxes of shape (N, 4), got {corners.shape}")
    if corners.size and (corners[:, :2] > corners[:, 2:]).any():
        raise ValueError(
            "draw_bounding_boxes: expected boxes (xmin, ymin, xmax, ymax), got one that ends before it begins"
        )
    count = len(corners) if corners.size else 0
    shades = _colors("draw_bounding_boxes", colors, count)
    if labels is not None and len(labels) != count:
        raise ValueError(f"draw_bounding_boxes: expected a label for each of {count} boxes, got {len(labels)}")
    for i in range(count):
        x0, y0, x1, y1 = (int(v) for v in corners[i])
        _rectangle(y, (x0, y0, x1, y1), shades[i][:, None, None], fill, width)
        if labels is not None and labels[i] is not None:
            _write(y, str(labels[i]), (x0 + width, y0), shades[i], font, font_size)
    return _as_given(y, image)


def draw_segmentation_masks(
    image: Tensor, masks: Tensor, alpha: float = 0.8, colors: Color | Sequence[Color] | None = None
) -> Tensor:
    """Return an image with regions tinted.

    Parameters
    ----------
    image : Tensor, shape (3, H, W) or (1, H, W), uint8 or floating from 0 to 1
    masks : bool Tensor, shape (N, H, W) or (H, W)
    alpha : float, default 0.8
        From 0, which changes nothing, to 1, which covers the image.
    colors : a colour, or one for each mask, optional

    Raises
    ------
    TypeError
        If `image` is not a Tensor.
    ValueError
        If `masks` is not of bools or has another size than the image, or there are not as many colours as masks.

    Examples
    --------
    >>> from minigrad.vision.utils import draw_segmentation_masks
    >>> mask = mg.tensor([[True, False]])
    >>> draw_segmentation_masks(mg.zeros(3, 1, 2, dtype=mg.uint8), mask, 0.5, colors=(200, 100, 0))[:, 0, 0]
    tensor([100,  50,   0], dtype=uint8)
    """
    y = _pixels("draw_segmentation_masks", image)
    seen = masks._data if masks.ndim == 3 else masks._data[None]
    if seen.dtype != bool or seen.ndim != 3 or seen.shape[1:] != y.shape[1:]:
        raise ValueError(
            f"draw_segmentation_masks: expected bool masks (N, {y.shape[1]}, {y.shape[2]}), got {masks.dtype} of shape "
            f"{tuple(masks.shape)}"
        )
    tinted = y.copy()
    for mask, shade in zip(seen, _colors("draw_segmentation_masks", colors, len(seen)), strict=True):
        tinted[:, mask] = shade[:, None]
    mixed = np.where(seen.any(0), y * (1 - alpha) + tinted * alpha, y).astype(np.uint8)
    return _as_given(mixed, image)


def draw_keypoints(
    image: Tensor,
    keypoints: Tensor,
    connectivity: Sequence[tuple[int, int]] | None = None,
    colors: Color | None = None,
    radius: int = 2,
    width: int = 3,
) -> Tensor:
    """Return an image with points, and lines between them, drawn into it.

    Parameters
    ----------
    image : Tensor, shape (3, H, W) or (1, H, W), uint8 or floating from 0 to 1
    keypoints : Tensor, shape (objects, K, 2)
        (x, y) in pixels.
    connectivity : pairs of ints, optional
        Which points of an object a line joins.
    colors : a colour, optional
    radius, width : int, default 2 and 3
        Of the points and of the lines, in pixels.

    Raises
    ------
    TypeError
        If `image` is not a Tensor.
    ValueError
        If `keypoints` has another shape.

    Examples
    --------
    >>> from minigrad.vision.utils import draw_keypoints
    >>> draw_keypoints(mg.zeros(1, 3, 3, dtype=mg.uint8), mg.tensor([[[1, 1]]]), colors="white", radius=1)[0]
    tensor([[  0, 255,   0],
            [255, 255, 255],
            [  0, 255,   0]], dtype=uint8)
    """
    y = _pixels("draw_keypoints", image)
    points = keypoints._data
    if points.ndim != 3 or points.shape[2] != 2:
        raise ValueError(f"draw_keypoints: expected keypoints of shape (objects, K, 2), got {points.shape}")
    (shade,) = _colors("draw_keypoints", "red" if colors is None else colors, 1)
    rows, columns = np.indices(y.shape[1:])

    def dot(place: np.ndarray, reach: float) -> None:
        y[:, (columns - place[0]) ** 2 + (rows - place[1]) ** 2 <= reach**2] = shade[:, None]

    for places in points.astype(float):
        for place in places:
            dot(place, radius)
        for a, b in connectivity or ():
            for t in np.linspace(0, 1, int(abs(places[b] - places[a]).max()) + 1):
                dot(np.rint(places[a] + t * (places[b] - places[a])), width // 2)
    return _as_given(y, image)


def _pixels(name: str, image: Any) -> np.ndarray:
    """Return a copy as uint8, (3, H, W)."""
    if not isinstance(image, Tensor):
        raise TypeError(f"{name}: expected a Tensor as image, got {type(image).__name__}")
    x = image._data
    if x.ndim != 3 or x.shape[0] not in (1, 3):
        raise ValueError(f"{name}: expected an image (3, H, W) or (1, H, W), got shape {x.shape}")
    if x.dtype != np.uint8 and x.dtype.kind != "f":
        raise ValueError(f"{name}: expected an image of uint8 or floats, got {image.dtype}")
    x = np.clip(x * 255 + 0.5, 0, 255).astype(np.uint8) if x.dtype.kind == "f" else x
    return np.repeat(x, 3, 0) if len(x) == 1 else x.copy()


def _as_given(y: np.ndarray, image: Tensor) -> Tensor:
    dtype = image._data.dtype
    return Tensor._wrap((y / 255).astype(dtype) if dtype.kind == "f" else y)


def _part(y: np.ndarray, x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
    """Return the pixels from one corner to the other, both included, as far as they are in the image."""
    return y[:, max(y0, 0) : max(y1 + 1, 0), max(x0, 0) : max(x1 + 1, 0)]


def _rectangle(y: np.ndarray, box: tuple[int, int, int, int], shade: np.ndarray, fill: bool, width: int) -> None:
    x0, y0, x1, y1 = box
    if fill:
        inside = _part(y, *box)
        inside[...] = inside * (1 - _TINT) + shade * _TINT
    _part(y, x0, y0, x1, y0 + width - 1)[...] = shade
    _part(y, x0, y1 - width + 1, x1, y1)[...] = shade
    _part(y, x0, y0, x0 + width - 1, y1)[...] = shade
    _part(y, x1 - width + 1, y0, x1, y1)[...] = shade


def _colors(name: str, colors: Any, count: int) -> np.ndarray:
    """Return a colour for each, (count, 3)."""
    if colors is None:
        import colorsys

        wheel = [colorsys.hsv_to_rgb(i / max(count, 1), 1.0, 1.0) for i in range(count)]
        return np.rint(255 * np.array(wheel).reshape(-1, 3)).astype(np.uint8)
    if isinstance(colors, (str, tuple)):
        colors = [colors] * count
    if len(colors) < count:
        raise ValueError(f"{name}: expected a colour for each of {count}, got {len(colors)}")
    return np.array([_shade(name, color) for color in colors[:count]], np.uint8).reshape(-1, 3)


def _shade(name: str, color: Any) -> tuple[int, ...]:
    if isinstance(color, str) and color.lower() in _NAMED:
        return _NAMED[color.lower()]
    if isinstance(color, str) and len(color) == 7 and color[0] == "#":
        return tuple(bytes.fromhex(color[1:]))
    if isinstance(color, (tuple, list)) and len(color) == 3:
        return tuple(int(part) for part in color)
    raise ValueError(
        f"{name}: expected a colour as '#ff0000', (255, 0, 0) or one of {', '.join(_NAMED)}, got {color!r}"
    )


def _write(
    y: np.ndarray, text: str, place: tuple[int, int], shade: np.ndarray, font: str | None, size: int | None
) -> None:
    image = pillow()[0].fromarray(np.ascontiguousarray(y.transpose(1, 2, 0)))
    from PIL import ImageDraw, ImageFont

    face = ImageFont.truetype(font, size or 10) if font else ImageFont.load_default(size)
    ImageDraw.Draw(image).text(place, text, fill=tuple(map(int, shade)), font=face)
    y[...] = np.asarray(image).transpose(2, 0, 1)
