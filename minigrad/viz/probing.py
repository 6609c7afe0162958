"""Running a model to look at it, without leaving a trace in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import minigrad.nn.functional as F
from minigrad.core.tensor import Tensor
from minigrad.nn import Module


@contextmanager
def evaluating(model: Module) -> Iterator[None]:
    """Switch to evaluation mode inside; afterwards restore each module's mode."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def classified(operation: str, model: Module, input: Tensor) -> Tensor:
    """Return the model's output, checked to be logits (N, C); a single one is the logit of class 1 against 0."""
    logits = model(input)
    if not isinstance(logits, Tensor) or logits.ndim != 2 or len(logits) != len(input):
        got = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
        raise ValueError(f"{operation}: expected a model that gives logits of shape ({len(input)}, C), got {got}")
    return F.pad(logits, (1, 0)) if logits.shape[1] == 1 else logits
