"""Making modules whose parameters are about to be overwritten."""

from __future__ import annotations

import inspect
from typing import Any

from minigrad.nn.module import Module

__all__ = ["skip_init"]


def skip_init(module_cls: type[Module], *args: Any, **kwargs: Any) -> Module:
    """Return ``module_cls(*args, **kwargs)`` for someone who sets the parameters: what they hold means nothing.

    Raises
    ------
    RuntimeError
        If it is no class of modules, or its constructor has no `device`.

    Examples
    --------
    >>> nn.utils.skip_init(nn.Linear, 5, 1).weight.shape
    Size([1, 5])
    """
    if not (isinstance(module_cls, type) and issubclass(module_cls, Module)):
        raise RuntimeError(f"skip_init: expected a class of modules, got {module_cls!r}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise RuntimeError(f"skip_init: expected a constructor with a device, {module_cls.__name__} has none")
    return module_cls(*args, **kwargs)
