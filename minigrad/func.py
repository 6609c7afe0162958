"""Modules as functions of their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from minigrad.nn.module import Module
from minigrad.tensor import Tensor

__all__ = ["functional_call"]


def functional_call(
    module: Module,
    parameter_and_buffer_dicts: Mapping[str, Tensor] | tuple[Mapping[str, Tensor], ...],
    args: Any = (),
    kwargs: Mapping[str, Any] | None = None,
    *,
    strict: bool = False,
) -> Any:
    """What `module` returns with other tensors in the place of its parameters and buffers.

    Parameters
    ----------
    parameter_and_buffer_dicts : mapping of dotted names to Tensors, or a tuple of several
        Gradients flow to them. What is not named is the module's own.
    args : tuple of arguments, or the only one
    strict : bool, default False
        All parameters and buffers must be named.

    Raises
    ------
    KeyError
        If a name is not that of a parameter or buffer, or with `strict` one is missing. The module is unchanged, now
        and after any other error.

    Examples
    --------
    >>> layer = nn.Linear(2, 1)
    >>> mg.func.functional_call(layer, {"weight": mg.ones(1, 2), "bias": mg.zeros(1)}, mg.tensor([3.0, 4.0]))
    tensor([7.])
    """
    several = isinstance(parameter_and_buffer_dicts, tuple)
    dicts = parameter_and_buffer_dicts if several else (parameter_and_buffer_dicts,)
    given = {name: tensor for d in dicts for name, tensor in d.items()}  # type: ignore[union-attr]
    owners = {}
    for prefix, submodule in module.named_modules(remove_duplicate=False):
        for name in (*submodule._parameters, *submodule._buffers):
            owners[f"{prefix}.{name}".lstrip(".")] = submodule
    unknown, missing = sorted(given.keys() - owners), sorted(owners.keys() - given)
    if unknown or strict and missing:
        raise KeyError(f"functional_call: the module has no {unknown}" if unknown else f"functional_call: no {missing}")
    own = {name: getattr(owner, name.rpartition(".")[2]) for name, owner in owners.items()}
    try:
        for name, tensor in given.items():
            _put(owners[name], name.rpartition(".")[2], tensor)
        return module(*args if isinstance(args, tuple) else (args,), **kwargs or {})
    finally:
        for name, tensor in own.items():
            _put(owners[name], name.rpartition(".")[2], tensor)


def _put(owner: Module, name: str, tensor: Any) -> None:
    """Make any Tensor the parameter or buffer called `name`."""
    table = owner._parameters if name in owner._parameters else owner._buffers
    table[name] = owner.__dict__[name] = tensor
