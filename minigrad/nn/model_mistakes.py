"""Help with mistakes in a model: the name of the layer that failed, and layers that were not registered."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol


class Tree(Protocol):
    """A model, as far as it is asked here."""

    @property
    def _parameters(self) -> Mapping[str, Any]: ...
    @property
    def _modules(self) -> Mapping[str, Any]: ...
    def named_modules(self) -> Iterator[tuple[str, Any]]: ...


_PLAIN = frozenset((list, tuple, dict))


def name_layer(error: Exception, module: Tree) -> None:
    """Add to `error`, which left the forward of `module`, in which layer it was raised.

    Called for every module that the error passes on its way out; each sees more of the dotted name than the one
    before. Shown below the error's message from Python 3.11 on.
    """
    try:
        layer, before = error.__dict__.setdefault("_layer", (module, None))
        path = next((name for name, m in module.named_modules() if m is layer), None)
        if path is None:
            return  # the caller does not own the layer, so it has no name for it
        notes = error.__dict__.setdefault("__notes__", [])
        if before in notes:
            notes.remove(before)
        what = type(layer).__name__ if layer._modules else repr(layer)
        note = f"in layer {path!r} of {type(module).__name__}: {what}" if path else f"in {what}"
        notes.append(note)
        error.__dict__["_layer"] = (layer, note)
    except AttributeError:  # an error without a __dict__, or a module whose __init__ has not run
        return


def warn_of_hidden_layers(modules: Sequence[Tree], kinds: tuple[type, ...]) -> None:
    """Warn where a list, tuple or dict holds modules or parameters that are registered nowhere else.

    Attributes whose name starts with an underscore are left alone: that is how to hide something on purpose.
    """
    for module in modules:
        for name, value in module.__dict__.items():
            if type(value) in _PLAIN and name[0] != "_":
                items = list(value.values()) if isinstance(value, dict) else value
                if any(isinstance(v, kinds) for v in items):
                    _warn_unless_known(modules, module, name, [v for v in items if isinstance(v, kinds)])


def _warn_unless_known(modules: Sequence[Tree], module: Tree, name: str, items: list[Any]) -> None:
    known = {id(m) for m in modules} | {id(p) for m in modules for p in m._parameters.values()}
    if any(id(v) not in known for v in items):
        warnings.warn(
            f"{type(module).__name__}.{name} is a plain {type(module.__dict__[name]).__name__}, so the "
            f"{type(items[0]).__name__} in it is not part of the model: optimizers, state_dict and train/eval miss it. "
            "Use nn.ModuleList, nn.ModuleDict, nn.ParameterList or nn.ParameterDict "
            "(or an attribute name that starts with '_' if that is what you want)",
            UserWarning,
            stacklevel=4,
        )
