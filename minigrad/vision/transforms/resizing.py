"""Resize: another number of pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from minigrad.vision.transforms.arguments import INTEGER, InterpolationMode, interpolation_mode, pair, restored
from minigrad.vision.transforms.resampling import resize
from minigrad.vision.transforms.transform import Transform

__all__ = ["Resize"]


class Resize(Transform):
    """Bring images to another size.

    Parameters
    ----------
    size : int or (int, int)
        (height, width); or the length of the shorter side, and the shape is kept.
    interpolation : "bilinear" (default), "nearest", "bicubic", "box", "hamming", "lanczos" or InterpolationMode
    max_size : int, optional
        With an int `size`: the longer side is at most this.
    antialias : bool, default True
        Shrunk bilinearly, each pixel averages all that it covers.

    Raises
    ------
    ValueError
        If `size` or `max_size` is not positive, or `max_size` is given with two sizes or is not above `size`.

    Examples
    --------
    >>> from minigrad.vision.transforms import Resize
    >>> photo = np.zeros((300, 400, 3), np.uint8)
    >>> Resize(60)(photo).shape, Resize((60, 60))(photo).shape, Resize(60, max_size=72)(photo).shape
    ((60, 80, 3), (60, 60, 3), (54, 72, 3))
    """

    def __init__(
        self,
        size: int | Sequence[int],
        interpolation: str | InterpolationMode = InterpolationMode.BILINEAR,
        max_size: int | None = None,
        antialias: bool = True,
    ) -> None:
        super().__init__()
        self.interpolation = interpolation_mode("Resize", interpolation, InterpolationMode)
        both = pair("Resize", "size", size)
        shorter = isinstance(size, INTEGER) or len(size) == 1
        self.size = both[0] if shorter else both
        if max_size is not None and not isinstance(max_size, INTEGER):
            raise TypeError(f"Resize: expected an int as max_size, got {max_size!r}")
        if max_size is not None and not (shorter and max_size > both[0]):
            raise ValueError(f"Resize: expected max_size above an int size, got max_size={max_size} and size={size}")
        self.max_size, self.antialias = max_size, antialias

    def _new_size(self, height: int, width: int) -> tuple[int, int]:
        if isinstance(self.size, tuple):
            return self.size
        short, long = sorted((height, width))
        new_short, new_long = self.size, int(self.size * long / short)
        if self.max_size is not None and new_long > self.max_size:
            new_short, new_long = max(1, int(self.max_size * new_short / new_long)), self.max_size
        return (new_short, new_long) if height <= width else (new_long, new_short)

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        old, new = images.shape[1:3], self._new_size(*images.shape[1:3])
        if old == new:
            return images
        if self.interpolation is InterpolationMode.NEAREST:
            rows, columns = (((np.arange(n) + 0.5) * (o / n)).astype(int) for o, n in zip(old, new, strict=True))
            return images[:, rows[:, None], columns]
        y = resize(images.transpose(0, 3, 1, 2), new, self.antialias, self.interpolation)
        return restored(y, images.dtype).transpose(0, 2, 3, 1)
