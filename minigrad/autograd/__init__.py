"""Reverse-mode automatic differentiation: the graph, the walk over it, and what starts it."""

from minigrad.autograd.engine import Node
from minigrad.autograd.functional import backward, grad
from minigrad.autograd.grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    no_grad,
    set_grad_enabled,
)

__all__ = [
    "Node",
    "backward",
    "enable_grad",
    "grad",
    "inference_mode",
    "is_grad_enabled",
    "no_grad",
    "set_grad_enabled",
]
