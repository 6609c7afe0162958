"""Recipes: settings that belong together. An option on the command line goes before the recipe's.

digits            LeNet-5 of 1998 on the bundled 8x8 digits, distorted anew in each epoch; the default
mnist             LeNet on MNIST as it is
mnist-distorted   with random affine distortions, as in 1998
simple            one convolution, one pooling, one dense layer on MNIST
fashion           LeNet on Fashion-MNIST
cifar10           a residual network on CIFAR-10: random crops and mirror images, smoothed labels, a cycle of up to 0.2
cifar10-plain     two convolutions and a dense layer on the first 10,000 images of CIFAR-10, plain momentum of 0.95 in
                  batches of 8. With --lr 0.01 every ReLU soon is dead, and it stays at chance
pets              two convolutions and two dense layers on a folder of photos in two or more classes, with Adam

The documentation's gallery, docs/gallery.md in the repository, says what they reach.

Without another word: batches of 32, Nesterov's momentum of 0.9, a weight decay of 0.0005, and a learning rate that
rises to 0.05 for a fifth of the run and then falls to nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

# What a recipe does not say.
COMMON: dict[str, Any] = {
    "root": None,
    "skip_broken": False,
    "image_size": None,  # the model's
    "pool": None,  # the model's, too
    "activation": None,
    "batch_size": 32,
    "optimizer": "nesterov",
    "schedule": "one-cycle",
    "lr": 0.05,
    "momentum": 0.9,
    "weight_decay": 5e-4,
    "l1": 0.0,
    "label_smoothing": 0.0,
    "augment": "none",
    "seed": 0,
}

RECIPES: dict[str, dict[str, Any]] = {
    "digits": {"data": "digits", "model": "lenet5", "epochs": 30, "augment": "distort"},
    "mnist": {"data": "mnist", "model": "lenet", "epochs": 10},
    "mnist-distorted": {"data": "mnist", "model": "lenet", "epochs": 20, "augment": "distort"},
    "simple": {"data": "mnist", "model": "simple", "epochs": 5},
    "fashion": {"data": "fashion", "model": "lenet", "epochs": 15},
    "cifar10": {
        "data": "cifar10",
        "model": "resnet9",
        "epochs": 7,
        "batch_size": 64,
        "lr": 0.2,
        "label_smoothing": 0.1,
        "augment": "crop-flip",
    },
    "cifar10-plain": {
        "data": "cifar10-batch1",
        "model": "cifar",
        "epochs": 3,
        "batch_size": 8,
        "optimizer": "sgd",
        "schedule": "constant",
        "lr": 0.001,
        "momentum": 0.95,
        "weight_decay": 0.0,
    },
    "pets": {
        "data": "folder",
        "model": "petnet",
        "epochs": 15,
        "optimizer": "adam",
        "schedule": "constant",
        "lr": 0.001,
        "weight_decay": 0.0,
        "augment": "zoom-flip",
    },
}


def settings_for(given: dict[str, Any]) -> dict[str, Any]:
    """Return all settings of a run: those `given`, and the others by its recipe.

    Without a recipe it is the first one for the data set; without a data set, the first of all.
    """
    recipe = given.get("recipe") or recipe_for(given.get("data", "digits"))
    return {**COMMON, **RECIPES[recipe], "recipe": recipe, **given}


def recipe_for(data: str) -> str:
    """Return the first recipe for a data set."""
    return next(name for name, recipe in RECIPES.items() if recipe["data"] == data)


def run_name(settings: dict[str, Any]) -> str:
    """Return what the folder of a run is called by default: the model and the data set."""
    data = Path(settings["root"] or ".").resolve().name if settings["data"] == "folder" else settings["data"]
    return f"{settings['model']}-{data}"
