"""Work for libraries with PyTorch's names: minigrad and PyTorch run the same lines, `lib` is the one or the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .nets import Layer, task, weights
from .operations import operation as operation  # kinds of work among those here
from .sequences import gpt as gpt
from .sequences import recurrent as recurrent

LR, MOMENTUM, WEIGHT_DECAY = 1e-3, 0.9, 5e-4


def build(lib: Any, resolved: list[Layer]) -> Any:
    """Return the net as a Module."""
    nn: Any = lib.nn

    class Residual(nn.Module):
        def __init__(self, *layers: Layer) -> None:
            super().__init__()
            self.inside = build(lib, list(layers))

        def forward(self, x: Any) -> Any:
            return x + self.inside(x)

    kinds: dict[str, Callable[..., Any]] = {
        "conv": lambda i, o, kernel, padding: nn.Conv2d(i, o, kernel, padding=padding),
        "linear": nn.Linear,
        "batch_norm": nn.BatchNorm2d,
        "residual": Residual,
        "tanh": nn.Tanh,
        "relu": nn.ReLU,
        "avg_pool": nn.AvgPool2d,
        "max_pool": nn.MaxPool2d,
        "mean": lambda: nn.AdaptiveAvgPool2d(1),
        "flatten": nn.Flatten,
    }
    return nn.Sequential(*[kinds[kind](*numbers) for kind, *numbers in resolved])


def model(lib: Any, resolved: list[Layer]) -> Any:
    """Return the net with the weights that it has in every library."""
    net = build(lib, resolved)
    with lib.no_grad():
        for p, value in zip(net.parameters(), weights(resolved), strict=True):
            p.copy_(lib.from_numpy(value))
    return net


def training(
    lib: Any, net: str, batch: int, image_size: int | None = None, wrap: Callable[[Any], Any] | None = None
) -> Callable[[], Any]:
    """Take a step: zero_grad, forward, loss, backward, SGD with momentum and weight decay. Return the loss."""
    resolved, inputs, labels = task(net, batch, image_size)
    module = model(lib, resolved)
    return stepping(lib, module if wrap is None else wrap(module), inputs, labels)


def stepping(lib: Any, module: Any, inputs: np.ndarray, labels: np.ndarray) -> Callable[[], Any]:
    """Return a function that takes a step of `training`."""
    optimizer = lib.optim.SGD(module.parameters(), lr=LR, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY)
    x, t = lib.from_numpy(inputs), lib.from_numpy(labels)
    cross_entropy = lib.nn.functional.cross_entropy

    def step() -> Any:
        optimizer.zero_grad()
        loss = cross_entropy(module(x), t)
        loss.backward()
        optimizer.step()
        return loss

    return step


def data_parallel(lib: Any, net: str, batch: int) -> Callable[[], Any]:
    """Take a step with the batch cut into shares, one per thread; PyTorch's DataParallel cuts it for GPUs only."""
    return training(lib, net, batch, wrap=lib.nn.DataParallel)


def inference(lib: Any, net: str, batch: int) -> Callable[[], Any]:
    """Return the logits of a batch, without a graph."""
    resolved, inputs, _ = task(net, batch)
    module = model(lib, resolved).eval()
    x = lib.from_numpy(inputs)

    def step() -> Any:
        with lib.no_grad():
            return module(x)

    return step


def overhead(lib: Any, what: str) -> Callable[[], Any]:
    """Build work so small that it is all overhead: on 8x8 numbers."""
    a = lib.ones(8, 8).requires_grad_(what != "forward")
    b = lib.ones(8, 8)

    def square_sum() -> Any:
        (a * a).sum().backward()

    return square_sum if what == "square_sum" else lambda: a * b
