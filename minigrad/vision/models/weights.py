"""Models by their names, and the word for those who ask for weights that nobody has downloaded."""

from __future__ import annotations

import fnmatch
import functools
from collections.abc import Callable
from typing import Any, TypeVar

from minigrad.nn import Module

__all__ = ["get_model", "list_models", "registered"]

M = TypeVar("M", bound=Module)
_MODELS: dict[str, Callable[..., Module]] = {}


def registered(build: Callable[..., M]) -> Callable[..., M]:
    """Take the parameters that all models take, and know the model by its name."""
    name = build.__name__

    @functools.wraps(build)
    def make(pretrained: Any = False, progress: bool = True, *, weights: Any = None, **options: Any) -> M:
        if weights is not None or pretrained:
            raise ValueError(
                f"{name}: expected weights=None, got {weights or 'pretrained'!r}: nothing is downloaded here; get the "
                f'file, such as {name}.pth, and call net.load_state_dict(minigrad.load("{name}.pth"))'
            )
        return build(**options)

    _MODELS[name] = make
    return make


def list_models(include: str = "*") -> list[str]:
    """Return the names of the models, or of those that fit a pattern as of files.

    Examples
    --------
    >>> from minigrad.vision.models import list_models
    >>> list_models("squeeze*")
    ['squeezenet1_0', 'squeezenet1_1']
    """
    return sorted(fnmatch.filter(_MODELS, include))


def get_model(name: str, **options: Any) -> Module:
    """Return a new model of this name.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> from minigrad.vision.models import get_model
    >>> get_model("squeezenet1_1", num_classes=10)(mg.zeros(1, 3, 64, 64)).shape
    Size([1, 10])
    """
    if name.lower() not in _MODELS:
        raise ValueError(f"get_model: expected one of {', '.join(sorted(_MODELS))}, got {name!r}")
    return _MODELS[name.lower()](**options)
