"""RandomErasing."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from minigrad.core.generator import Generator
from minigrad.vision.transforms.arguments import Range, by_channel, constants, interval, probability
from minigrad.vision.transforms.transform import Transform

__all__ = ["RandomErasing"]

_TRIES = 10


class RandomErasing(Transform):
    """Erase a rectangle of each image, with probability `p`.

    Parameters
    ----------
    p : float, default 0.5
    scale : (float, float), default (0.02, 0.33)
        The range of the rectangle's part of the image's area.
    ratio : (float, float), default (0.3, 3.3)
        The range of its height divided by its width; uniform in its logarithm.
    value : float, sequence of one per channel, or "random", default 0
        What is there instead; "random": noise, normal in floats and uniform in uint8.
    inplace : bool, default False
        Without effect: what is given stays as it is.
    generator : Generator, optional

    Raises
    ------
    ValueError
        If a range is not one or out of bounds, or `value` is another string.

    Notes
    -----
    Z. Zhong et al., Random Erasing Data Augmentation, 2017. A rectangle that does not fit is drawn anew, up to ten
    times; then the image stays as it is.

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomErasing
    >>> erased = RandomErasing(p=1, scale=(0.1, 0.1), ratio=(1, 1))(mg.ones(8, 3, 10, 10))
    >>> erased.sum((1, 2, 3))  # 3 x 3 pixels of 3 channels are missing
    tensor([273., 273., 273., 273., 273., 273., 273., 273.])
    """

    def __init__(
        self,
        p: float = 0.5,
        scale: Range = (0.02, 0.33),
        ratio: Range = (0.3, 3.3),
        value: float | Sequence[float] | str = 0,
        inplace: bool = False,
        generator: Generator | None = None,
    ) -> None:
        super().__init__(generator)
        self.p = probability("RandomErasing", p)
        self.scale, self.ratio = interval("RandomErasing", "scale", scale), interval("RandomErasing", "ratio", ratio)
        if self.scale[0] < 0 or self.scale[1] > 1 or self.ratio[0] <= 0:
            raise ValueError(f"RandomErasing: expected scale from 0 to 1, positive ratio, got {scale!r}, {ratio!r}")
        if isinstance(value, str) and value != "random":
            raise ValueError(f"RandomErasing: expected a value of numbers or 'random', got {value!r}")
        self.value = value if isinstance(value, str) else constants("RandomErasing", "value", value)
        self.inplace = inplace

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        erased = self._rectangles(images.shape[:3], rng)
        y = images.copy(order="K")
        if not isinstance(self.value, str):
            value = by_channel("RandomErasing", "value", self.value, images)
            np.copyto(y, value, where=erased[..., None])
        else:
            shape = np.count_nonzero(erased), images.shape[3]
            y[erased] = rng.integers(0, 256, shape) if y.dtype == np.uint8 else rng.standard_normal(shape, np.float32)
        return y

    def _rectangles(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        """Return a mask (N, H, W) of what to erase."""
        count, height, width = shape
        area = rng.uniform(*self.scale, (_TRIES, count)) * (height * width)
        ratio = np.exp(rng.uniform(math.log(self.ratio[0]), math.log(self.ratio[1]), (_TRIES, count)))
        sizes = np.rint(np.sqrt([area * ratio, area / ratio])).astype(int)
        fits = (sizes[0] < height) & (sizes[1] < width)
        high, wide = sizes[:, fits.argmax(0), np.arange(count)]
        top, left = rng.integers(0, np.maximum([height - high, width - wide], 0) + 1)
        chosen = fits.any(0) & (rng.random(count) < self.p)
        rows, columns = np.arange(height), np.arange(width)
        in_rows = (rows >= top[:, None]) & (rows < (top + high)[:, None]) & chosen[:, None]
        in_columns = (columns >= left[:, None]) & (columns < (left + wide)[:, None])
        return in_rows[:, :, None] & in_columns[:, None, :]
