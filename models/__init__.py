"""Models: forward passes only, one file per model, each with the paper that it comes from."""

from __future__ import annotations

from collections.abc import Callable

from minigrad import nn
from models.cifar import CifarNet, ResNet9
from models.lenet import LeNet, LeNet5
from models.petnet import PetNet
from models.simple import Simple

MODELS: dict[str, Callable[..., nn.Module]] = {
    "lenet5": LeNet5,
    "lenet": LeNet,
    "simple": Simple,
    "cifar": CifarNet,
    "resnet9": ResNet9,
    "petnet": PetNet,
}
"""By the name under which `scripts/train.py` knows them.

Each is made by ``Class(num_classes, in_channels=...)`` and says in `image_size` what it is made for. One that can be
made for other sizes has a parameter `image_size`, unless its layers are the same for all.
"""

__all__ = ["MODELS", "CifarNet", "LeNet", "LeNet5", "PetNet", "ResNet9", "Simple"]
