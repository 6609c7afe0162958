"""Transforms that are left to chance: some of them, one of them, or all in some order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigrad.core.generator import Generator, get_generator
from minigrad.nn.container import ModuleList
from minigrad.vision.transforms.arguments import constants, probability
from minigrad.vision.transforms.transform import Compose, ImageModule, check_generator

__all__ = ["RandomApply", "RandomChoice", "RandomOrder"]


class _Chance(Compose, ImageModule):
    """Several transforms, of which chance decides once a call: a data set calls it for each image."""

    batched = False

    def __init__(self, transforms: Sequence[Callable[[Any], Any]], generator: Generator | None = None) -> None:
        ImageModule.__init__(self)
        name = type(self).__name__
        if not isinstance(transforms, (Sequence, ModuleList)) or not all(map(callable, transforms)):
            raise TypeError(f"{name}: expected a list of transforms, got {transforms!r:.80}")
        check_generator(name, generator)
        super().__init__(transforms)
        self.generator = generator

    def _rng(self) -> np.random.Generator:
        return get_generator(self.generator).rng

    def __repr__(self) -> str:
        return super().__repr__().replace("Compose", type(self).__name__, 1)


class RandomApply(_Chance):
    """Apply all of several transforms with probability `p`, or none of them.

    Parameters
    ----------
    transforms : sequence of callables
    p : float, default 0.5
    generator : Generator, optional

    Examples
    --------
    >>> from minigrad.vision.transforms import CenterCrop, RandomApply
    >>> RandomApply([CenterCrop(2)], p=1)(np.zeros((4, 4), np.uint8)).shape
    (2, 2)
    """

    def __init__(
        self, transforms: Sequence[Callable[[Any], Any]], p: float = 0.5, generator: Generator | None = None
    ) -> None:
        super().__init__(transforms, generator)
        self.p = probability("RandomApply", p)

    def __call__(self, images: Any) -> Any:
        return super().__call__(images) if self._rng().random() < self.p else images


class RandomChoice(_Chance):
    """Apply one of several transforms.

    Parameters
    ----------
    transforms : sequence of callables
    p : sequence of float, optional
        How probable each is, in parts of their sum; all are alike where omitted.
    generator : Generator, optional

    Examples
    --------
    >>> from minigrad.vision.transforms import CenterCrop, Pad, RandomChoice
    >>> RandomChoice([CenterCrop(2), Pad(1)], p=[0, 1])(np.zeros((4, 4), np.uint8)).shape
    (6, 6)
    """

    def __init__(
        self,
        transforms: Sequence[Callable[[Any], Any]],
        p: Sequence[float] | None = None,
        generator: Generator | None = None,
    ) -> None:
        super().__init__(transforms, generator)
        parts = np.ones(len(transforms)) if p is None else np.asarray(constants("RandomChoice", "p", p), float)
        if parts.shape != (len(transforms),) or not (parts >= 0).all() or not 0 < parts.sum() < np.inf:
            raise ValueError(f"RandomChoice: expected p with one number of 0 or more for each of transforms, got {p!r}")
        self.p = p
        self._shares = parts / parts.sum()

    def __call__(self, images: Any, *labels: Any) -> Any:
        return self.transforms[self._rng().choice(len(self._shares), p=self._shares)](images, *labels)


class RandomOrder(_Chance):
    """Apply all of several transforms, in random order.

    Parameters
    ----------
    transforms : sequence of callables
    generator : Generator, optional

    Examples
    --------
    >>> from minigrad.vision.transforms import CenterCrop, RandomOrder, ToTensor
    >>> RandomOrder([CenterCrop(3), CenterCrop(2)])(mg.zeros(1, 4, 4)).shape[1] in (2, 3)
    True
    """

    def __call__(self, images: Any) -> Any:
        for i in self._rng().permutation(len(self.transforms)):
            images = self.transforms[i](images)
        return images
