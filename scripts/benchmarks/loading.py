"""The cost of data loading in training: an epoch over images in memory against the same steps on one batch."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

import minigrad as mg
import minigrad.nn.functional as F
from minigrad.utils.data import DataLoader, RandomSampler
from minigrad.vision.datasets.images import ArrayImages
from minigrad.vision.transforms import Compose, Normalize, ToTensor

from .nets import NETS, task
from .torchlike import LR, MOMENTUM, WEIGHT_DECAY, model

IMAGES = 60_000  # as many as MNIST has: more than the caches hold


def loading(
    net: str, batch: int, transform: bool = False, workers: int = 0, steps: int = 30, images: int = IMAGES
) -> Callable[[], float]:
    """Return a function that trains for `steps` steps twice and returns the time with a DataLoader by that without."""
    resolved, _, _ = task(net, batch)
    module = model(mg, resolved)
    optimizer = mg.optim.SGD(module.parameters(), lr=LR, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY)
    data = random_images(NETS[net].shape, images, transform)
    sampler = RandomSampler(data, num_samples=steps * batch)
    loader: DataLoader[Any] = DataLoader(data, batch, sampler=sampler, num_workers=workers)
    first = next(iter(loader))

    def step(x: mg.Tensor, labels: mg.Tensor) -> None:
        optimizer.zero_grad()
        F.cross_entropy(module(x), labels).backward()
        optimizer.step()

    def ratio() -> float:
        start = perf_counter()
        for _ in range(steps):
            step(*first)
        between = perf_counter()
        for x, labels in loader:
            step(x, labels)
        return (perf_counter() - between) / (between - start)

    return ratio


def random_images(shape: tuple[int, ...], count: int, transform: bool) -> ArrayImages:
    """Return a data set for inputs of shape (1, H, W) or (3, H, W), stored as MNIST or CIFAR-10 are."""
    channels, *size = shape
    random = np.random.default_rng(0)
    stored = random.integers(0, 256, (count, *size, *([channels] if channels > 1 else [])), np.uint8)
    standardize = Compose([ToTensor(), Normalize(0.5, 0.25)]) if transform else None
    return ArrayImages(stored, random.integers(0, 10, count), True, standardize, None)
