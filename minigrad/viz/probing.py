"""Running a model to look at it, without leaving a trace in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import minigrad.nn.functional as F
from minigrad.core.tensor import Tensor
from minigrad.nn import Module


@contextmanager
def evaluating(model: Module) -> Iterator[None]:
    """Evaluation mode inside; afterwards each module is in the mode in which it was."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def classified(operation: str, model: Module, input: Tensor) -> Tensor:
    """The model's output, checked to be logits of shape (N, C); a single one is the logit of class 1 against 0."""
    logits = model(input)
    if not isinstance(logits, Tensor) or logits.ndim != 2 or len(logits) != len(input):
        got = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
        raise ValueError(f"{operation}: expected a model that gives logits of shape ({len(input)}, C), got {got}")
    return F.pad(logits, (1, 0)) if logits.shape[1] == 1 else logits
