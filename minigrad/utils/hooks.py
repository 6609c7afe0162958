"""Handles of hooks, where scripts for PyTorch look for them: ``from torch.utils.hooks import RemovableHandle``."""

from __future__ import annotations

import warnings
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.graph.hooks import RemovableHandle

__all__ = ["RemovableHandle", "unserializable_hook", "warn_if_has_hooks"]


def unserializable_hook(f: Any) -> Any:
    """Mark a hook that is lost without a warning when its tensor is stored; a decorator.

    Examples
    --------
    >>> hook = mg.utils.hooks.unserializable_hook(lambda g: 2 * g)
    """
    f.__torch_unserializable__ = True
    return f


def warn_if_has_hooks(tensor: Tensor) -> None:
    """Warn of each hook of a tensor that would be lost if the tensor were stored, unless it is marked.

    Examples
    --------
    >>> mg.utils.hooks.warn_if_has_hooks(mg.ones(2))
    """
    for hook in (tensor._hooks or {}).values():
        if not hasattr(hook, "__torch_unserializable__"):
            warnings.warn(f"the backward hook {hook!r} of a tensor is not stored with it", UserWarning, stacklevel=2)
