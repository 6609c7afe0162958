"""Layers that learn the number of their inputs from the first input."""

from __future__ import annotations

from typing import Any

from minigrad.nn.module import Module
from minigrad.nn.parameter import Uninitialized


class LazyModule(Module):
    """Until its first call a layer whose parameters have no shape; after it an ordinary one, of class `cls_to_become`.

    Before the first call, parameters can be registered, listed, converted, frozen and loaded, but not read.
    """

    cls_to_become: type[Module]

    def infer(self, input: Any) -> None:
        """Set the attributes, and give the parameters their shapes; called once, with the first input."""
        raise NotImplementedError

    def has_uninitialized_params(self) -> bool:
        """Whether there are parameters or buffers without a shape."""
        return any(isinstance(t, Uninitialized) for r in (self._parameters, self._buffers) for t in r.values())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.infer(args[0] if args else kwargs["input"])
        self.__class__ = self.cls_to_become  # type: ignore[assignment]
        return self(*args, **kwargs)
