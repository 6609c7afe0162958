"""Modes, where scripts for PyTorch look for them: ``from torch.autograd.grad_mode import no_grad``."""

from minigrad.autograd.threads import set_multithreading_enabled
from minigrad.graph.grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled

__all__ = ["enable_grad", "inference_mode", "no_grad", "set_grad_enabled", "set_multithreading_enabled"]
