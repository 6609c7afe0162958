"""The base of data sets that users write, and one of noise."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.utils.data import Dataset
from minigrad.vision.datasets.images import network_input


class StandardTransform:
    """A transform of images and one of targets, as one of both.

    Parameters
    ----------
    transform, target_transform : callable, optional

    Examples
    --------
    >>> from minigrad.vision.datasets.vision import StandardTransform
    >>> StandardTransform(lambda image: image + 1)(1, 5)
    (2, 5)
    """

    def __init__(
        self, transform: Callable[[Any], Any] | None = None, target_transform: Callable[[Any], Any] | None = None
    ) -> None:
        self.transform, self.target_transform = transform, target_transform

    def __call__(self, input: Any, target: Any) -> tuple[Any, Any]:
        changed = input if self.transform is None else self.transform(input)
        return changed, target if self.target_transform is None else self.target_transform(target)

    def __repr__(self) -> str:
        return f"StandardTransform(transform={self.transform!r}, target_transform={self.target_transform!r})"


class VisionDataset(Dataset[Any]):
    """A base for data sets of images; a subclass has ``__getitem__`` and ``__len__``.

    Parameters
    ----------
    root : path, optional
        Kept as the attribute `root`.
    transforms : callable, optional
        From a sample and its target to both; or these:
    transform, target_transform : callable, optional
        The attribute `transforms` is then one of both.

    Raises
    ------
    ValueError
        If `transforms` is given together with one of the others.

    Examples
    --------
    >>> from minigrad.vision.datasets import VisionDataset
    >>> class Ones(VisionDataset):
    ...     def __getitem__(self, index):
    ...         return self.transforms(mg.ones(1, 2, 2), index)
    ...     def __len__(self):
    ...         return 3
    >>> Ones(transform=lambda image: image.sum())[1]
    (tensor(4.), 1)
    """

    def __init__(
        self,
        root: str | os.PathLike[str] | None = None,
        transforms: Callable[[Any, Any], Any] | None = None,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
    ) -> None:
        single = transform is not None or target_transform is not None
        if transforms is not None and single:
            raise ValueError(f"{type(self).__name__}: expected transforms, or transform and target_transform, got both")
        self.root = os.path.expanduser(root) if isinstance(root, str) else root
        self.transform, self.target_transform = transform, target_transform
        self.transforms = StandardTransform(transform, target_transform) if single else transforms

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__}: a VisionDataset needs a __len__()")

    def extra_repr(self) -> str:
        """Return more lines for ``repr``. A subclass may have some."""
        return ""

    def __repr__(self) -> str:
        lines = [f"Number of datapoints: {len(self)}"]
        lines += [] if self.root is None else [f"Root location: {self.root}"]
        lines += self.extra_repr().splitlines()
        lines += [] if self.transforms is None else [repr(self.transforms)]
        return f"Dataset {type(self).__name__}\n" + "\n".join("    " + line for line in lines)


class FakeData(VisionDataset):
    """Noise in the place of images, the same for the same index: for trying out.

    Parameters
    ----------
    size : int, default 1000
    image_size : (int, int, int), default (3, 224, 224)
        Channels, height and width.
    num_classes : int, default 10
    transform : callable, optional
        Given a uint8 array (H, W, C); a sample is a float32 Tensor (C, H, W) from 0 to 1 where omitted.
    target_transform : callable, optional
        Given the class, an int.
    random_offset : int, default 0
        Another number is other noise.

    Examples
    --------
    >>> from minigrad.vision.datasets import FakeData
    >>> image, target = FakeData(8, (3, 4, 4))[2]
    >>> image.shape, 0 <= target < 10
    (Size([3, 4, 4]), True)
    """

    def __init__(
        self,
        size: int = 1000,
        image_size: tuple[int, int, int] = (3, 224, 224),
        num_classes: int = 10,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
        random_offset: int = 0,
    ) -> None:
        super().__init__(None, transform=transform, target_transform=target_transform)
        self.size, self.num_classes, self.image_size, self.random_offset = size, num_classes, image_size, random_offset

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        if not -self.size <= index < self.size:
            raise IndexError(f"FakeData: expected an index below {self.size}, got {index}")
        rng = np.random.default_rng((index % self.size, self.random_offset))
        channels, height, width = self.image_size
        image = rng.integers(0, 256, (height, width, channels), np.uint8)
        target = int(rng.integers(self.num_classes))
        x = network_input(image) if self.transform is None else self.transform(image)
        return x, target if self.target_transform is None else self.target_transform(target)

    def __len__(self) -> int:
        return self.size
