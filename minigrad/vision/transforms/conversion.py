"""Arrays to Tensors, and to numbers that networks like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.vision.transforms.arguments import by_channel, constants
from minigrad.vision.transforms.transform import Transform, channels_last

__all__ = ["Normalize", "ToTensor"]


class ToTensor(Transform):
    """Arrays, channels last, as float32 Tensors from 0 to 1, channels first: uint8 is divided by 255, floats are kept.

    Raises
    ------
    TypeError
        When called with a Tensor, or with numbers that are neither uint8 nor floats.

    Examples
    --------
    >>> from minigrad.vision.transforms import ToTensor
    >>> ToTensor()(np.array([[0, 51, 255]], np.uint8))
    tensor([[[0.0000, 0.2000, 1.0000]]])
    >>> ToTensor()(np.zeros((128, 32, 32, 3), np.uint8)).shape
    Size([128, 3, 32, 32])
    """

    batched = True  # of this __call__, too

    def __call__(self, images: Any) -> Tensor:
        if isinstance(images, Tensor):
            raise TypeError("ToTensor: expected an array, got a Tensor; leave ToTensor out, or put it before")
        x = np.asarray(images)
        if x.dtype != np.uint8 and x.dtype.kind != "f":
            raise TypeError(
                f"ToTensor: expected uint8 (0 to 255) or floats (0 to 1), got {x.dtype}; convert them with .astype"
            )
        planes = channels_last("ToTensor", x).transpose(0, 3, 1, 2)
        y = np.empty(planes.shape, np.float32)
        if x.dtype == np.uint8:
            np.divide(planes, 255, out=y, dtype=np.float32)
        else:
            y[...] = planes
        return Tensor._wrap(y if x.ndim == 4 else y[0])


class Normalize(Transform):
    """(x - mean) / std, by channels.

    Parameters
    ----------
    mean, std : sequence of one per channel, or float

    Raises
    ------
    ValueError
        If a `std` is 0; when called, if the channels are not as many.
    TypeError
        When called with uint8 images.

    Examples
    --------
    >>> from minigrad.vision.transforms import Normalize
    >>> Normalize((0.5,), (0.25,))(mg.tensor([[[0.0, 0.5, 1.0]]]))
    tensor([[[-2.,  0.,  2.]]])
    """

    def __init__(self, mean: float | Sequence[float], std: float | Sequence[float]) -> None:
        super().__init__()
        self.mean, self.std = constants("Normalize", "mean", mean), constants("Normalize", "std", std)
        if 0 in np.asarray(std):
            raise ValueError(f"Normalize: expected std without 0, got {std!r}")

    def apply(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        if images.dtype == np.uint8:
            raise TypeError("Normalize: expected floats, got uint8; put ToTensor before it")
        mean, std = (by_channel("Normalize", n, getattr(self, n), images) for n in ("mean", "std"))
        y = images - mean
        y /= std
        return y
