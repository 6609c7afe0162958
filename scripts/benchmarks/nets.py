"""The nets to compare, as lists of layers from which every library builds its own, with the same first weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

Layer = tuple[Any, ...]  # the kind, and its numbers


class Net(NamedTuple):
    """Layers, and the shape of one input: (channels, height, width) or (features,)."""

    layers: list[Layer]
    shape: tuple[int, ...]


def _lenet(squash: str, pool: str) -> Net:
    convolutions: list[Layer] = [("conv", 6, 5, 2), (squash,), (pool, 2), ("conv", 16, 5, 0), (squash,), (pool, 2)]
    return Net([*convolutions, *_mlp(120, 84, 10, squash=squash)], (1, 28, 28))


def _mlp(*widths: int, squash: str = "relu") -> list[Layer]:
    return [layer for width in widths for layer in (("linear", width), (squash,))][:-1]


_CIFAR = (3, 32, 32)
NETS = {
    "lenet5-tanh": _lenet("tanh", "avg_pool"),
    "lenet-relu": _lenet("relu", "max_pool"),
    "cifar": Net(
        [("conv", 16, 5, 0), ("relu",), ("conv", 16, 5, 0), ("relu",), ("max_pool", 2), ("linear", 10)], _CIFAR
    ),
    "vgg": Net(
        [
            *[layer for _ in range(2) for layer in (("conv", 32, 3, 1), ("relu",))],
            ("max_pool", 2),
            *[layer for _ in range(2) for layer in (("conv", 64, 3, 1), ("relu",))],
            ("max_pool", 2),
            *_mlp(128, 10),
        ],
        _CIFAR,
    ),
    "residual": Net(
        [
            ("residual", *[layer for _ in range(3) for layer in (("conv", 32, 3, 1), ("batch_norm",), ("relu",))][:-1]),
            ("relu",),
            ("mean",),
            ("linear", 10),
        ],
        (32, 32, 32),
    ),
    "mlp-784-256-128-10": Net(_mlp(256, 128, 10), (784,)),
    "mlp-2-16-16-2": Net(_mlp(16, 16, 2), (2,)),
}


def resolve(layers: list[Layer], shape: tuple[int, ...]) -> tuple[list[Layer], tuple[int, ...]]:
    """Return the layers with the numbers that follow from the input's shape put first, and the shape of the output."""
    resolved: list[Layer] = []
    for kind, *numbers in layers:
        if kind == "conv":
            channels, kernel, padding = numbers
            resolved.append((kind, shape[0], channels, kernel, padding))
            shape = (channels, *[n + 2 * padding - kernel + 1 for n in shape[1:]])
        elif kind in ("avg_pool", "max_pool"):
            resolved.append((kind, *numbers))
            shape = (shape[0], *[n // numbers[0] for n in shape[1:]])
        elif kind in ("linear", "mean"):
            if kind == "mean":
                resolved.append((kind,))
                shape = (shape[0], 1, 1)
            elif len(shape) > 1:
                resolved.append(("flatten",))
                shape = (int(np.prod(shape)),)
            if kind == "linear":
                resolved.append((kind, shape[0], numbers[0]))
                shape = (numbers[0],)
        elif kind == "residual":
            inside, shape = resolve(list(numbers), shape)
            resolved.append((kind, *inside))
        elif kind == "batch_norm":
            resolved.append((kind, shape[0]))
        else:
            resolved.append((kind,))
    return resolved, shape


def weights(resolved: list[Layer]) -> list[np.ndarray]:
    """Return first values of all parameters in the order of the layers: weight and bias of each that has them."""
    random = np.random.default_rng(0)
    return [w.astype(np.float32) for w in _weights(resolved, random)]


def _weights(resolved: list[Layer], random: np.random.Generator) -> Iterator[np.ndarray]:
    for kind, *numbers in resolved:
        if kind == "residual":
            yield from _weights(numbers, random)
        elif kind == "batch_norm":
            yield np.ones(numbers[0])
            yield np.zeros(numbers[0])
        elif kind in ("conv", "linear"):
            size = (numbers[1], numbers[0], *([numbers[2]] * 2 if kind == "conv" else []))
            bound = 1 / np.sqrt(np.prod(size[1:]))
            yield random.uniform(-bound, bound, size)
            yield random.uniform(-bound, bound, size[0])


def task(net: str, batch: int, image_size: int | None = None) -> tuple[list[Layer], np.ndarray, np.ndarray]:
    """Return the layers of a net, and a batch of random inputs and labels.

    Parameters
    ----------
    net : a key of `NETS`
    batch : int
    image_size : int, optional
        The height and width of the inputs; by default those that the net is meant for.
    """
    layers, shape = NETS[net]
    if image_size is not None:
        shape = (shape[0], image_size, image_size)
    resolved, (classes,) = resolve(layers, shape)
    random = np.random.default_rng(1)
    inputs = random.standard_normal((batch, *shape), np.float32)
    return resolved, inputs, random.integers(0, classes, batch)
