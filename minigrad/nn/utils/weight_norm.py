"""Weight normalization by a hook: the older form, whose parameters are called ``weight_g`` and ``weight_v``."""

from __future__ import annotations

from typing import Any

from minigrad.lazy_names import called_as
from minigrad.nn.module import Module
from minigrad.nn.parameter import Parameter, Uninitialized
from minigrad.nn.utils.parametrizations import norm_except_dim

__all__ = ["WeightNorm", "remove_weight_norm", "weight_norm"]


class WeightNorm:
    """The hook that computes the weight before each call of the module."""

    def __init__(self, name: str, dim: int | None) -> None:
        self.name, self.dim = name, -1 if dim is None else dim

    def compute_weight(self, module: Module) -> Any:
        """Return ``g * v / norm(v)``."""
        g, v = getattr(module, f"{self.name}_g"), getattr(module, f"{self.name}_v")
        return v * (g / norm_except_dim(v, self.dim))

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module))


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Make a parameter the product of its direction and its length, which are trained apart (Salimans, Kingma, 2016).

    Parameters
    ----------
    module : Module
    name : str, default 'weight'
        The parameters are then this name with ``_g`` (lengths) and ``_v``.
    dim : int, optional
        The dimension along which each slice has a length of its own; None is one length for all.

    Returns
    -------
    Module
        `module`.

    Raises
    ------
    RuntimeError
        If it was done before.
    ValueError
        If the parameter has no shape yet.

    Notes
    -----
    `nn.utils.parametrizations.weight_norm` is the newer form.

    Examples
    --------
    >>> layer = nn.utils.weight_norm(nn.Linear(20, 40))
    >>> layer.weight_g.shape, layer.weight_v.shape
    (Size([40, 1]), Size([40, 20]))
    """
    if any(isinstance(hook, WeightNorm) and hook.name == name for hook in module._forward_pre_hooks.values()):
        raise RuntimeError(f"weight_norm: {name!r} of {type(module).__name__} has it already")
    hook = WeightNorm(name, dim)
    weight = getattr(module, name)
    if isinstance(weight, Uninitialized):
        raise ValueError("weight_norm: the parameter has no shape yet; call the module on an example input first")
    delattr(module, name)
    module.register_parameter(f"{name}_g", Parameter(norm_except_dim(weight, hook.dim).detach()))
    module.register_parameter(f"{name}_v", Parameter(weight.detach()))
    setattr(module, name, hook.compute_weight(module))
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module: Module, name: str = "weight") -> Module:
    """Make the parameter an ordinary one again, with the value that it has.

    Raises
    ------
    ValueError
        If it has no weight normalization.

    Examples
    --------
    >>> layer = nn.utils.remove_weight_norm(nn.utils.weight_norm(nn.Linear(2, 2)))
    >>> list(layer.state_dict())
    ['bias', 'weight']
    """
    for number, hook in module._forward_pre_hooks.items():
        if isinstance(hook, WeightNorm) and hook.name == name:
            weight = hook.compute_weight(module).detach()
            for attribute in (name, f"{name}_g", f"{name}_v"):
                delattr(module, attribute)
            setattr(module, name, Parameter(weight))
            del module._forward_pre_hooks[number]
            return module
    raise ValueError(f"remove_weight_norm: {name!r} of {type(module).__name__} has no weight normalization")


called_as(__name__, weight_norm)
