"""The models by name, and the way back from a checkpoint of ``scripts/train.py`` to its model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

import minigrad as mg
from minigrad import nn
from minigrad.models.cifar import CifarNet, ResNet9
from minigrad.models.lenet import LeNet, LeNet5
from minigrad.models.petnet import PetNet
from minigrad.models.simple import Simple

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

DESCRIBED = ("model", "options", "image_size", "data", "classes", "fill", "mean", "std")
"""The plain data that a checkpoint has beside the weights: all that the input and the output of the model mean."""


def load(path: str | Path) -> nn.Module:
    """Return the model of a checkpoint that ``minigrad train``, or `scripts/train.py`, has written; in evaluation mode.

    Parameters
    ----------
    path : str or Path
        The file, or the folder of the run, for its ``best.npz``.

    Returns
    -------
    Module
        Its attribute `description` is a dict with ``classes``, the names; ``image_size``, the side of the images; and
        ``mean`` and ``std``, by which each channel of images in [0, 1] is standardized before the model sees it.

    Raises
    ------
    OSError, RuntimeError
        If there is no such file, or it is damaged.
    ValueError
        If it holds something else, or weights that are nan or infinite.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from minigrad.models import LeNet, load
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> description = dict(model="lenet", options={"in_channels": 1}, image_size=28, data="mnist", classes=["0", "1"],
    ...                    fill=None, mean=[0.13], std=[0.31])
    >>> mg.save({"model": LeNet(2).state_dict(), "description": description}, folder / "best.npz")
    >>> net = load(folder)
    >>> net(mg.zeros(1, 1, 28, 28)).shape, net.description["classes"]
    (Size([1, 2]), ['0', '1'])
    """
    path = Path(path)
    path = path / "best.npz" if path.is_dir() else path
    checkpoint = mg.load(path)
    try:
        described = checkpoint["description"]
        description = {name: described[name] for name in DESCRIBED}
        model = MODELS[description["model"]](len(description["classes"]), **description["options"])
        model.load_state_dict(checkpoint["model"])
    except (AttributeError, LookupError, TypeError) as error:
        missing = f" (missing {error})" if isinstance(error, KeyError) else ""
        raise ValueError(f"{path}: not a checkpoint of minigrad train (scripts/train.py){missing}") from None
    except (RuntimeError, ValueError) as error:
        raise ValueError(f"{path}: {' '.join(str(error).split())}") from None
    check_finite(model, path)
    model.description = description
    return model.eval()


def check_finite(model: nn.Module, path: Path) -> None:
    """Raise ValueError if a model from `path` has a weight that is nan or infinite."""
    for name, value in model.state_dict().items():
        if not np.isfinite(value.numpy()).all():
            raise ValueError(f"{path}: {name} is nan or infinite: the run diverged; train anew with a lower --lr")
