"""Spectral normalization by a hook: the older form, whose parameter is called ``weight_orig``."""

from __future__ import annotations

from typing import Any

from minigrad.autograd import no_grad
from minigrad.core.tensor import Tensor
from minigrad.lazy_names import called_as
from minigrad.nn.module import Module
from minigrad.nn.parameter import Parameter, Uninitialized
from minigrad.nn.utils.parametrizations import as_matrix, output_dim
from minigrad.ops.distances import normalize
from minigrad.random import randn

__all__ = ["SpectralNorm", "remove_spectral_norm", "spectral_norm"]


class SpectralNorm:
    """The hook that computes the weight before each call of the module."""

    def __init__(self, name: str = "weight", n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        if n_power_iterations <= 0:
            raise ValueError(f"spectral_norm: expected n_power_iterations of 1 or more, got {n_power_iterations}")
        self.name, self.n_power_iterations, self.dim, self.eps = name, n_power_iterations, dim, eps

    def compute_weight(self, module: Module, do_power_iteration: bool) -> Tensor:
        """Return the original weight divided by the estimate of its greatest singular value."""
        weight, u, v = (getattr(module, f"{self.name}_{part}") for part in ("orig", "u", "v"))
        matrix = as_matrix(weight, self.dim)
        if do_power_iteration:
            with no_grad():
                for _ in range(self.n_power_iterations):
                    v.copy_(normalize(matrix.T @ u, dim=0, eps=self.eps))
                    u.copy_(normalize(matrix @ v, dim=0, eps=self.eps))
                u, v = u.clone(), v.clone()
        return weight / (u @ (matrix @ v))

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module, module.training))


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """Divide a parameter by its greatest singular value (Miyato et al., 2018), estimated by power iteration.

    Parameters
    ----------
    module : Module
    name : str, default 'weight'
        The parameter is then this name with ``_orig``; ``_u`` and ``_v`` are buffers.
    n_power_iterations : int, default 1
        Per call in training mode.
    eps : float
    dim : int, optional
        The dimension of the outputs: 0, or 1 for transposed convolutions, by default.

    Returns
    -------
    Module
        `module`.

    Raises
    ------
    RuntimeError
        If it was done before.
    ValueError
        If the parameter is None or has no shape yet, or no iteration is made.

    Notes
    -----
    `nn.utils.parametrizations.spectral_norm` is the newer form.

    Examples
    --------
    >>> layer = nn.utils.spectral_norm(nn.Linear(20, 40))
    >>> layer.weight_u.shape
    Size([40])
    """
    if any(isinstance(hook, SpectralNorm) and hook.name == name for hook in module._forward_pre_hooks.values()):
        raise RuntimeError(f"spectral_norm: {name!r} of {type(module).__name__} has it already")
    hook = SpectralNorm(name, n_power_iterations, output_dim(module) if dim is None else dim, eps)
    weight = module._parameters[name]
    if weight is None or isinstance(weight, Uninitialized):
        missing = "the parameter is None" if weight is None else "the parameter has no shape yet"
        raise ValueError(f"spectral_norm: {missing}; call a lazy module on an example input first")
    with no_grad():
        rows, columns = as_matrix(weight, hook.dim).shape
        u, v = (normalize(randn(size, dtype=weight.dtype), dim=0, eps=eps) for size in (rows, columns))
    delattr(module, name)
    module.register_parameter(f"{name}_orig", weight)
    setattr(module, name, weight.detach())
    module.register_buffer(f"{name}_u", u)
    module.register_buffer(f"{name}_v", v)
    module.register_forward_pre_hook(hook)
    return module


def remove_spectral_norm(module: Module, name: str = "weight") -> Module:
    """Make the parameter an ordinary one again, with the value that it has.

    Raises
    ------
    ValueError
        If it has no spectral normalization.

    Examples
    --------
    >>> layer = nn.utils.remove_spectral_norm(nn.utils.spectral_norm(nn.Linear(2, 2)))
    >>> list(layer.state_dict())
    ['bias', 'weight']
    """
    for number, hook in module._forward_pre_hooks.items():
        if isinstance(hook, SpectralNorm) and hook.name == name:
            with no_grad():
                weight = hook.compute_weight(module, False)
            for attribute in (name, f"{name}_u", f"{name}_v", f"{name}_orig"):
                delattr(module, attribute)
            module.register_parameter(name, Parameter(weight.detach()))
            del module._forward_pre_hooks[number]
            return module
    raise ValueError(f"remove_spectral_norm: {name!r} of {type(module).__name__} has no spectral normalization")


called_as(__name__, spectral_norm)
