"""Mirror images."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from minigrad.core.generator import Generator
from minigrad.vision.transforms.arguments import probability
from minigrad.vision.transforms.transform import Transform

__all__ = ["RandomHorizontalFlip", "RandomVerticalFlip"]


class _RandomFlip(Transform):
    _mirror: ClassVar[tuple[slice, ...]]  # of a channel's (N, H, W)

    def __init__(self, p: float = 0.5, generator: Generator | None = None) -> None:
        super().__init__(generator)
        self.p = probability(type(self).__name__, p)

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        flipped = np.flatnonzero(rng.random(len(images)) < self.p)
        if not len(flipped):
            return images
        x = images.copy(order="K")
        for channel in range(x.shape[3]):  # flipped at once, NumPy's innermost loop would only run over the channels
            x[flipped, :, :, channel] = images[..., channel][self._mirror][flipped]
        return x


class RandomHorizontalFlip(_RandomFlip):
    """Swap left and right of each image with probability `p`.

    Parameters
    ----------
    p : float, default 0.5
    generator : Generator, optional

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomHorizontalFlip
    >>> RandomHorizontalFlip(p=1)(np.array([[1, 2, 3]], np.uint8))
    array([[3, 2, 1]], dtype=uint8)
    """

    _mirror = np.s_[:, :, ::-1]


class RandomVerticalFlip(_RandomFlip):
    """Swap top and bottom of each image with probability `p`; parameters as of `RandomHorizontalFlip`.

    Examples
    --------
    >>> from minigrad.vision.transforms import RandomVerticalFlip
    >>> RandomVerticalFlip(p=1)(np.array([[1], [2]], np.uint8)).tolist()
    [[2], [1]]
    """

    _mirror = np.s_[:, ::-1, :]
