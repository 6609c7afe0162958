"""Models: forward passes only, one file per model, each with the paper that it comes from; in the package as well."""

from __future__ import annotations

from minigrad.models.cifar import CifarNet, ResNet9
from minigrad.models.lenet import LeNet, LeNet5
from minigrad.models.mlp import MLP
from minigrad.models.petnet import PetNet
from minigrad.models.registry import MODELS, load
from minigrad.models.simple import Simple

__all__ = ["MLP", "MODELS", "CifarNet", "LeNet", "LeNet5", "PetNet", "ResNet9", "Simple", "load"]
