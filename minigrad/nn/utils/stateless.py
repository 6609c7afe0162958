"""Calling a module with other parameters than its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.nn.module import Module

__all__ = ["functional_call"]


def functional_call(
    module: Module,
    parameters_and_buffers: Mapping[str, Tensor],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Return ``module(*args, **kwargs)``, computed with the given parameters and buffers in the place of its own.

    Parameters
    ----------
    module : Module
    parameters_and_buffers : mapping of dotted names to Tensors
        Those that are missing are the module's own.
    args : tuple, or a single argument
    kwargs : dict, optional
    tie_weights : bool, default True
        Replace a shared tensor wherever it is used.
    strict : bool, default False
        Refuse names that the module does not have, and missing ones.

    Raises
    ------
    RuntimeError
        With `strict`, for other names than the module's.
    ValueError
        If tied tensors are given different values.

    Examples
    --------
    >>> layer = nn.Linear(2, 1)
    >>> given = {"weight": mg.ones(1, 2), "bias": mg.zeros(1)}
    >>> nn.utils.stateless.functional_call(layer, given, mg.tensor([3.0, 4.0]))
    tensor([7.])
    """
    args = () if args is None else args if isinstance(args, tuple) else (args,)
    with _replaced(module, parameters_and_buffers, tie_weights, strict):
        return module(*args, **(kwargs or {}))


@contextlib.contextmanager
def _replaced(module: Module, given: Mapping[str, Tensor], tie_weights: bool, strict: bool) -> Iterator[None]:
    own: dict[str, Tensor] = {
        **dict(module.named_parameters(remove_duplicate=False)), **dict(module.named_buffers(remove_duplicate=False))
    }  # fmt: skip
    if strict and own.keys() != given.keys():
        missing, unexpected = own.keys() - given.keys(), given.keys() - own.keys()
        raise RuntimeError(
            f"functional_call of {type(module).__name__}: missing {sorted(missing)}, unexpected {sorted(unexpected)}"
        )
    new = dict(given)
    if tie_weights:
        for name, value in given.items():
            for other, tensor in own.items():
                if name in own and tensor is own[name] and new.setdefault(other, value) is not value:
                    raise ValueError(f"functional_call: {name!r} and {other!r} are one tensor and are given two")
    before = []
    try:
        for name, value in new.items():
            path, _, last = name.rpartition(".")
            parent = module.get_submodule(path)
            table: dict[str, Any] = parent._buffers if last in parent._buffers else parent._parameters
            if last not in table:
                raise AttributeError(f"functional_call: {type(module).__name__} has no parameter or buffer {name!r}")
            before.append((table, last, table[last]))
            table[last] = value
        yield
    finally:
        for table, last, tensor in reversed(before):
            table[last] = tensor
