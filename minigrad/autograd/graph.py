"""The graph for those who look into it, by ``torch.autograd.graph``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from minigrad.autograd.differentiation import GradientEdge
from minigrad.autograd.saved_hooks import (
    allow_mutation_on_saved_tensors,
    disable_saved_tensors_hooks,
    save_on_cpu,
    saved_tensors_hooks,
)
from minigrad.core.tensor import Tensor
from minigrad.graph import versions
from minigrad.graph.engine import Node, edge_to
from minigrad.graph.grad_mode import mode as grad_mode
from minigrad.ops.declare.record import attached

__all__ = [
    "GradientEdge",
    "Node",
    "allow_mutation_on_saved_tensors",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
]


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """Return where the gradient of `tensor` flows: `grad` and `backward` take it in the place of the tensor.

    It keeps the graph, but not the values of the tensor.

    Raises
    ------
    RuntimeError
        If it does not require grad.

    Examples
    --------
    >>> mg.autograd.graph.get_gradient_edge(mg.ones(2, requires_grad=True).exp()).node
    <ExpBackward0>
    """
    if not tensor.requires_grad:
        raise RuntimeError("get_gradient_edge: the tensor does not require grad, so no gradient flows to it")
    target = tensor._grad_target()
    like = np.broadcast_to(np.zeros((), tensor._data.dtype), tensor.shape)  # of that shape, in the memory of one number
    return GradientEdge(*edge_to(target), tensor if tensor.is_leaf else attached(like, target))


def increment_version(tensor: Tensor | Iterable[Tensor]) -> None:
    """Note that the memory of a tensor, or of each of several, was changed by means that minigrad does not see.

    Examples
    --------
    >>> x = mg.ones(2)
    >>> mg.autograd.graph.increment_version(x)
    >>> x._version
    1
    """
    for t in (tensor,) if isinstance(tensor, Tensor) else tensor:
        versions.bump(t._data)


class _Handles:
    """The handle of several hooks."""

    def __init__(self, handles: Sequence[Any]) -> None:
        self.handles = handles

    def remove(self) -> None:
        """Take the hooks away."""
        for handle in self.handles:
            handle.remove()

    def __enter__(self) -> _Handles:
        return self

    def __exit__(self, *error: Any) -> None:
        self.remove()


def register_multi_grad_hook(tensors: Sequence[Tensor], fn: Callable[[Any], None], *, mode: str = "all") -> _Handles:
    """Call ``fn`` once in each backward, when the gradients of several tensors are known.

    Parameters
    ----------
    tensors : Tensors, some of which require grad
    fn : function
        Of the list of the gradients, with None where there is none; for "any" of the gradient that is known first.
    mode : {"all", "any"}
        For "all", ``fn`` is called at the end of the backward, before any ``.grad`` has changed.

    Raises
    ------
    ValueError
        If `mode` is another one.

    Examples
    --------
    >>> x, y = mg.ones(2, requires_grad=True), mg.ones(2, requires_grad=True)
    >>> handle = mg.autograd.graph.register_multi_grad_hook([x, y], print)
    >>> (x * 2).sum().backward()
    [tensor([2., 2.]), None]
    """
    if mode not in ("all", "any"):
        raise ValueError(f"register_multi_grad_hook: expected the mode 'all' or 'any', got {mode!r}")
    seen = _Arrivals(fn, len(tensors), mode)
    wanted = [(i, t) for i, t in enumerate(tensors) if t.requires_grad]
    return _Handles([t.register_hook(lambda g, i=i: seen.arrived(i, g)) for i, t in wanted])  # type: ignore[misc]


class _Arrivals:
    """The gradients that have arrived in this walk."""

    def __init__(self, fn: Callable[[Any], None], count: int, mode: str) -> None:
        self.fn, self.count, self.mode = fn, count, mode
        self.walk: Any = None
        self.grads: list[Any] = []

    def arrived(self, place: int, g: Tensor) -> None:
        assert grad_mode.walk is not None
        ends = grad_mode.walk[1]
        if self.walk is not ends:  # the first one
            self.walk, self.grads = ends, [None] * self.count
            if self.mode == "any":
                self.fn(g)
            else:
                ends.append((self, self.grads))
        self.grads[place] = g

    def _accumulate(self, grads: list[Any]) -> None:
        """Be called when the walk has succeeded, as tensors that retain their gradients are."""
        self.walk = None
        self.fn(grads)
