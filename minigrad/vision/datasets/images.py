"""The base of image data sets: the way from stored images and classes to samples and batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.creation import as_tensor
from minigrad.overriding import speaks_for
from minigrad.utils.data import Batch, Dataset
from minigrad.vision.transforms.transform import takes_batches

Transform = Callable[[np.ndarray], Any]
TargetTransform = Callable[[int], Any]


class Images(Dataset[tuple[Any, int]]):
    """Images with classes, and the transforms of both, which may make other things of them."""

    def __init__(self, transform: Transform | None, target_transform: TargetTransform | None) -> None:
        self.transform = transform
        self.target_transform = target_transform

    def _sample(self, image: np.ndarray, target: int) -> tuple[Any, int]:
        """Return the sample of one stored image, (H, W) or (H, W, C)."""
        x = network_input(with_channels(np.asarray(image), 2)) if self.transform is None else self.transform(image)
        return x, target if self.target_transform is None else self.target_transform(target)

    @property
    def _by_batch(self) -> bool:
        """Whether samples may be made all at once."""
        batched = self.transform is None or takes_batches(self.transform)
        return batched and self.target_transform is None and speaks_for(self, "_batch", "_sample")

    def _batch(self, images: np.ndarray, targets: np.ndarray) -> Batch:
        """Return the samples of stored images, (N, H, W) or (N, H, W, C), which must allow it: `_by_batch`."""
        if self.transform is None:
            return Batch(network_input(with_channels(images, 3)), targets)
        x = self.transform(with_channels(images, 3))
        if not isinstance(x, (Tensor, np.ndarray)) or x.ndim == 0 or len(x) != len(images):
            got = f"shape {tuple(x.shape)}" if isinstance(x, (Tensor, np.ndarray)) else type(x).__name__
            raise ValueError(
                f"{type(self).__name__}: a transform with batched = True must make {len(images)} images of "
                f"{len(images)}, as a Tensor or array of shape ({len(images)}, ...), got {got} from {self.transform!r}"
            )
        if images.ndim == 3 and isinstance(x, np.ndarray) and x.ndim == 4 and x.shape[3] == 1:
            x = x[..., 0]  # as single images give it, which have no channel axis
        return Batch(x, targets)


class ArrayImages(Images):
    """Images of one size, and their classes, in two arrays."""

    classes: list[str]

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        train: bool,
        transform: Transform | None,
        target_transform: TargetTransform | None,
    ) -> None:
        super().__init__(transform, target_transform)
        self.data = images
        self.targets = labels
        self.train = train

    @property
    def data(self) -> Tensor:
        """The images. What is assigned becomes a Tensor."""
        return self._data

    @data.setter
    def data(self, images: Any) -> None:
        self._data = as_tensor(images)

    @property
    def targets(self) -> Tensor:
        """The classes. What is assigned becomes an int64 Tensor."""
        return self._targets

    @targets.setter
    def targets(self, labels: Any) -> None:
        tensor = as_tensor(labels)
        if tensor.dtype.kind not in "iub" or tensor.ndim != 1:
            raise TypeError(
                f"{type(self).__name__}: expected targets as integers of shape (N,), got {tensor.dtype} of shape "
                f"{tuple(tensor.shape)}; a target_transform makes other things of them"
            )
        self._targets = tensor.long()

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The number of each class by its name."""
        return {name: number for number, name in enumerate(self.classes)}

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: Any) -> tuple[Any, int]:
        return self._sample(self.data._data[index], int(self.targets._data[index]))

    def __getitems__(self, indices: Sequence[int]) -> Sequence[tuple[Any, int]]:
        if not self._by_batch:
            return [self[index] for index in indices]
        rows = np.asarray(indices, dtype=np.int64)
        return self._batch(self.data._data[rows], self.targets._data[rows])

    def __repr__(self) -> str:
        part = "train" if self.train else "test"
        return f"{type(self).__name__}({part}, {len(self)} images of {tuple(self.data.shape[1:])})"


def with_channels(images: np.ndarray, dims: int) -> np.ndarray:
    """Return the images with an axis for the channel, which grey ones of `dims` dimensions lack."""
    return images[..., None] if images.ndim == dims else images


def network_input(images: np.ndarray) -> Tensor:
    """Return uint8 (..., H, W, C) as float32 (..., C, H, W) in [0, 1]."""
    return Tensor._wrap(np.divide(np.moveaxis(images, -1, -3), 255, dtype=np.float32, order="C"))


def every_nth(labels: np.ndarray, n: int) -> np.ndarray:
    """Return a mask of every n-th image of each class, in their order: the same ones each time."""
    mask = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        mask[np.flatnonzero(labels == label)[n - 1 :: n]] = True
    return mask
