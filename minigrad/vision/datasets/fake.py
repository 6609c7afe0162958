"""Images of noise, to try a program without any data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.vision.datasets.images import Images, TargetTransform, Transform


class FakeData(Images):
    """Images of random pixels in random classes: always the same ones.

    Parameters
    ----------
    size : int
        How many.
    image_size : (int, int, int)
        Channels, height and width.
    num_classes : int
    transform, target_transform : callable, optional
        Given the image, a uint8 array of shape (H, W, C), and the class, an int; see :mod:`minigrad.vision.datasets`.
    random_offset : int
        Another one gives other images.

    Examples
    --------
    >>> from minigrad.vision.datasets import FakeData
    >>> image, target = FakeData(size=8, image_size=(3, 16, 16))[0]
    >>> image.shape, 0 <= target < 10
    (Size([3, 16, 16]), True)
    """

    def __init__(
        self,
        size: int = 1000,
        image_size: Sequence[int] = (3, 224, 224),
        num_classes: int = 10,
        transform: Transform | None = None,
        target_transform: TargetTransform | None = None,
        random_offset: int = 0,
    ) -> None:
        super().__init__(transform, target_transform)
        self.size, self.num_classes = as_int("FakeData", "size", size), as_int("FakeData", "num_classes", num_classes)
        self.image_size = tuple(as_int("FakeData", "image_size", n) for n in image_size)
        self.random_offset = as_int("FakeData", "random_offset", random_offset)
        if self.size < 0 or self.num_classes < 1 or len(self.image_size) != 3 or min(self.image_size) < 1:
            raise ValueError(
                "FakeData: expected a size of 0 or more, an image_size of 3 positive numbers and a class or more, got "
                f"size={size}, image_size={image_size}, num_classes={num_classes}"
            )

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: Any) -> tuple[Any, int]:
        number = as_int("FakeData", "index", index)
        if not -self.size <= number < self.size:
            raise IndexError(f"FakeData: index {number} is out of range for {self.size} images")
        rng = np.random.default_rng([number % self.size, abs(self.random_offset), int(self.random_offset < 0)])
        channels, height, width = self.image_size
        image = rng.integers(0, 256, (height, width, channels), np.uint8)
        return self._sample(image, int(rng.integers(self.num_classes)))

    def __repr__(self) -> str:
        return f"FakeData({self.size} images of {self.image_size})"
