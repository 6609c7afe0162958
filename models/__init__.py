"""Models: forward passes only, one file a model, each with the paper that it comes from."""

from __future__ import annotations

from collections.abc import Callable

from minigrad import nn
from models.lenet import LeNet, LeNet5

MODELS: dict[str, Callable[..., nn.Module]] = {"lenet5": LeNet5, "lenet": LeNet}
"""By the name under which `scripts/train.py` knows them. Each class says in `image_size` what it wants to see."""

__all__ = ["MODELS", "LeNet", "LeNet5"]
