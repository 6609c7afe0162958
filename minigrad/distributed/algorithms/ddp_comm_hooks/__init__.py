"""Hooks for `register_comm_hook` of `nn.parallel.DistributedDataParallel`: how gradients go to the other ranks."""

from __future__ import annotations

from minigrad.distributed.algorithms.ddp_comm_hooks import default_hooks as default_hooks
from minigrad.distributed.algorithms.ddp_comm_hooks import powerSGD_hook as powerSGD_hook

__all__ = ["default_hooks", "powerSGD_hook"]
