"""Forward mode: Tensors with a tangent, whose tangents are carried through what is computed with them.

Nothing is computed forwards. The product of a vector with the Jacobian from the left is linear in that vector, and its
derivative is the product from the right: `unpack_dual` takes two backwards.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from minigrad.autograd.differentiation import grad
from minigrad.core.tensor import Tensor
from minigrad.graph.engine import leads_outside
from minigrad.graph.grad_mode import enable_grad, mode

__all__ = ["UnpackedDualTensor", "dual_level", "enter_dual_level", "exit_dual_level", "make_dual", "unpack_dual"]


class UnpackedDualTensor(NamedTuple):
    """A Tensor, and its tangent or None, as `unpack_dual` returns them."""

    primal: Tensor
    tangent: Tensor | None


def enter_dual_level() -> int:
    """Begin to carry tangents along, and return the number of this level, 0; see `dual_level`.

    Raises
    ------
    RuntimeError
        Within another level: there is one only.
    """
    if mode.duals is not None:
        raise RuntimeError("enter_dual_level: levels of forward mode are not nested; leave the other one first")
    mode.duals = {}
    return 0


def exit_dual_level(*, level: int | None = None) -> None:
    """Forget all tangents.

    Raises
    ------
    RuntimeError
        If there is no such level.
    """
    if mode.duals is None or level not in (None, 0):
        raise RuntimeError("exit_dual_level: there is no such level; call enter_dual_level first")
    for dual in mode.duals:
        dual._ended = dual.is_leaf
    mode.duals = None


class dual_level:
    """A context within which Tensors can have tangents.

    Examples
    --------
    >>> import minigrad.autograd.forward_ad as fwAD
    >>> with fwAD.dual_level():
    ...     x = fwAD.make_dual(mg.tensor([1.0, 2.0]), mg.tensor([1.0, 10.0]))
    ...     primal, tangent = fwAD.unpack_dual(x**2)
    >>> primal, tangent
    (tensor([1., 4.]), tensor([ 2., 40.]))
    """

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, *_: Any) -> None:
        exit_dual_level()


def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """Return `tensor` with a tangent, which shares its memory and requires grad until the end of the level.

    Parameters
    ----------
    tensor : Tensor, floating
    tangent : Tensor of the shape of `tensor`, floating
    level : accepted, as PyTorch does

    Raises
    ------
    RuntimeError
        Outside of a level, or if the shapes differ.
    ValueError
        If one of them is not floating.

    Examples
    --------
    >>> import minigrad.autograd.forward_ad as fwAD
    >>> with fwAD.dual_level():
    ...     fwAD.unpack_dual(fwAD.make_dual(mg.ones(2), mg.zeros(2))).tangent
    tensor([0., 0.])
    """
    if mode.duals is None:
        raise RuntimeError("make_dual: expected a level of forward mode; call it within dual_level()")
    for name, value in (("tensor", tensor), ("tangent", tangent)):
        if not value.is_floating_point():
            raise ValueError(f"make_dual: expected a floating {name}, got {value.dtype}")
    if tensor.shape != tangent.shape:
        raise RuntimeError(f"make_dual: expected a tangent of shape {tuple(tensor.shape)}, got {tuple(tangent.shape)}")
    with enable_grad():
        dual = tensor.view(tensor.shape) if tensor.requires_grad else tensor.detach().requires_grad_()
    mode.duals[dual] = tangent.to(tensor.dtype)
    return dual


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """Return `tensor` and its tangent; None if it depends on no Tensor that has one, or outside of a level.

    Examples
    --------
    >>> import minigrad.autograd.forward_ad as fwAD
    >>> with fwAD.dual_level():
    ...     fwAD.unpack_dual(mg.ones(2))
    UnpackedDualTensor(primal=tensor([1., 1.]), tangent=None)
    """
    duals = mode.duals
    if not duals:
        return UnpackedDualTensor(tensor, None)
    own = {dual for dual in duals if dual.is_leaf}
    if tensor in duals:
        return UnpackedDualTensor(_outside(tensor, own), duals[tensor])
    tangent = _pushed(tensor, duals, own) if tensor.requires_grad else None
    return UnpackedDualTensor(_outside(tensor, own), None if tangent is None else _outside(tangent, own))


def _pushed(tensor: Tensor, duals: dict[Tensor, Tensor], own: set[Tensor]) -> Tensor | None:
    """Return the derivative of `tensor` in the direction of the tangents; None if it depends on none of `duals`."""
    with enable_grad():
        start = tensor.detach().new_zeros(tensor.shape).requires_grad_()
        own.add(start)
        start._ended = True
        found = grad(tensor, list(duals), start, create_graph=True, allow_unused=True)
        pairs = [(g, t) for g, t in zip(found, duals.values(), strict=True) if g is not None]
        if not pairs:
            return None
        reached = [(g, t) for g, t in pairs if g.requires_grad]
        if not reached:
            return start.detach()
        gs, ts = zip(*reached, strict=True)
        (pushed,) = grad(gs, start, ts, create_graph=True, allow_unused=True)
    return start.detach() if pushed is None else pushed


def _outside(tensor: Tensor, own: set[Tensor]) -> Tensor:
    """Return it without its history if that ends in the Tensors of the level."""
    return tensor if tensor.requires_grad and leads_outside(tensor._grad_target(), own) else tensor.detach()
