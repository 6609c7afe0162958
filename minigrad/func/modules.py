"""Modules as functions of their parameters."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.nn.module import Module
from minigrad.ops.joining import stack

__all__ = ["functional_call", "replace_all_batch_norm_modules_", "stack_module_state"]


def functional_call(
    module: Module,
    parameter_and_buffer_dicts: Mapping[str, Tensor] | Sequence[Mapping[str, Tensor]],
    args: Any = None,
    kwargs: Mapping[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Call `module` with other tensors in the place of its parameters and buffers.

    Parameters
    ----------
    parameter_and_buffer_dicts : mapping of dotted names to Tensors, or a tuple of several
        Gradients flow to them. What is not named is the module's own; what the module does not have is an attribute of
        it for the time of the call. A tensor that forward puts in the place of one of them, such as a new running mean,
        is in the dict afterwards.
    args : tuple of arguments, or the only one
    tie_weights : bool, default True
        A tensor that the module has under several names is replaced under all of them.
    strict : bool, default False
        All parameters and buffers must be named, and no others.

    Raises
    ------
    RuntimeError
        With `strict`, if names are missing or are not the module's.
    ValueError
        If a tensor is named in two of the dicts, or two names that are tied have different tensors.
    TypeError
        If a name is that of something else than a tensor. The module is unchanged, now and after any other error.

    Examples
    --------
    >>> layer = nn.Linear(2, 1)
    >>> mg.func.functional_call(layer, {"weight": mg.ones(1, 2), "bias": mg.zeros(1)}, mg.tensor([3.0, 4.0]))
    tensor([7.])
    """
    several = isinstance(parameter_and_buffer_dicts, (tuple, list))
    dicts: list[Any] = list(parameter_and_buffer_dicts) if several else [parameter_and_buffer_dicts]
    given: dict[str, Any] = {}
    for each in dicts:
        if not isinstance(each, Mapping):
            raise ValueError(f"functional_call: expected a dict of tensors, or several, got {type(each).__name__}")
        if twice := given.keys() & each:
            raise ValueError(f"functional_call: {sorted(twice)} named in more than one of the dicts")
        given.update(each)
    own = _members(module)
    places = _places(own, given, tie_weights)
    if strict and (places.keys() != own.keys()):
        unknown, missing = sorted(places.keys() - own), sorted(own.keys() - places)
        raise RuntimeError(f"functional_call: strict, but the module has no {unknown}, and {missing} are missing")
    before: dict[str, Any] = {}
    try:
        for name, tensor in places.items():
            before[name] = _swap(module, name, tensor)
        return module(*() if args is None else args if isinstance(args, tuple) else (args,), **kwargs or {})
    finally:
        after = {name: _swap(module, name, tensor) for name, tensor in before.items()}
        if not several and isinstance(parameter_and_buffer_dicts, MutableMapping):
            for name, tensor in given.items():
                if name in after and after[name] is not tensor:
                    parameter_and_buffer_dicts[name] = after[name]


def stack_module_state(models: Sequence[Module]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Return the parameters and the buffers of several models of one class, stacked: dicts by name, for `vmap`.

    Raises
    ------
    RuntimeError
        If there are no models, their classes differ, or some are in training mode and others are not.

    Examples
    --------
    >>> params, buffers = mg.func.stack_module_state([nn.Linear(2, 3) for _ in range(5)])
    >>> params["weight"].shape
    Size([5, 3, 2])
    """
    models = list(models)
    if not models:
        raise RuntimeError("stack_module_state: expected at least one model, got none")
    if len({type(m) for m in models}) > 1:
        raise RuntimeError("stack_module_state: expected models of one class")
    if len({m.training for m in models}) > 1:
        raise RuntimeError("stack_module_state: some models are in training mode and others are not")
    tables = ([dict(m.named_parameters()) for m in models], [dict(m.named_buffers()) for m in models])
    params, buffers = ({name: _stacked([t[name] for t in table]) for name in table[0]} for table in tables)
    return params, buffers


def _stacked(tensors: list[Any]) -> Tensor:
    if len({t.requires_grad for t in tensors}) > 1:
        raise RuntimeError("stack_module_state: some of the models' parameters require grad and others do not")
    together: Tensor = stack([t.detach() for t in tensors], 0)
    return together.requires_grad_(tensors[0].requires_grad)


_NOTHING: Any = object()


def _members(module: Module) -> dict[str, Any]:
    """Return all parameters and buffers under all of their names."""
    tables = (module.named_parameters(remove_duplicate=False), module.named_buffers(remove_duplicate=False))
    return {name: tensor for table in tables for name, tensor in table}


def _places(own: Mapping[str, Any], given: Mapping[str, Any], tie_weights: bool) -> dict[str, Any]:
    """Return each name and its new tensor; with `tie_weights` also the other names of the same tensor."""
    places = dict(given)
    chosen: dict[int, Any] = {}
    for name, tensor in given.items() if tie_weights else ():
        if name in own and chosen.setdefault(id(own[name]), tensor) is not tensor:
            raise ValueError(f"functional_call: {name} is tied to another name, for which another tensor is given")
    for name, tensor in own.items():
        if id(tensor) in chosen:
            places[name] = chosen[id(tensor)]
    return places


def _swap(module: Module, path: str, tensor: Any) -> Any:
    """Make any Tensor the parameter, buffer or attribute of this dotted name; returns what was there before."""
    prefix, _, name = path.rpartition(".")
    owner = module.get_submodule(prefix)
    for table in (owner._parameters, owner._buffers):
        if name in table:
            before, table[name] = table[name], tensor
            return before
    before = getattr(owner, name, _NOTHING)
    if not (before is _NOTHING or before is None or isinstance(before, Tensor)):
        raise TypeError(f"functional_call: {path} is {type(before).__name__}, no tensor to be replaced")
    if tensor is _NOTHING:
        delattr(owner, name)
    else:
        setattr(owner, name, tensor)
    return before


def replace_all_batch_norm_modules_(root: Module) -> Module:
    """Make every batch norm in `root`, in place, use each batch alone: without running averages, vmap may call it.

    Examples
    --------
    >>> net = mg.func.replace_all_batch_norm_modules_(nn.Sequential(nn.BatchNorm1d(2), nn.ReLU()))
    >>> net[0].running_mean, net[0].track_running_stats
    (None, False)
    """
    for module in root.modules():
        if "running_mean" in module._buffers and "num_batches_tracked" in module._buffers:
            module.track_running_stats = False
            module.running_mean = module.running_var = module.num_batches_tracked = None
    return root
