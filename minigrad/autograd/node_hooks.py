"""Hooks on nodes: functions that see, and may replace, the gradients that come to a node or that it gives."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from minigrad.autograd.function import FunctionNode, Gradients
from minigrad.core.tensor import Tensor
from minigrad.graph.engine import AccumulateGrad, Node
from minigrad.graph.hooks import NodeHooks, RemovableHandle

Grads: TypeAlias = tuple[Tensor | None, ...]


def register_prehook(self: Node, hook: Callable[[Grads], Any]) -> RemovableHandle:
    """Call ``hook(grad_outputs)`` before the node runs; a tuple that it returns replaces the gradients.

    The hooks of its tensor come first. Where only the gradient of the tensor is asked for, the node does not run.
    """
    if not isinstance(self, AccumulateGrad):
        return RemovableHandle(_hooks_of(self).before, hook)

    def on_gradient(g: Any) -> Any:
        wrapped = _wrapped([g])
        return _bare(_checked("prehook", hook(wrapped), wrapped), g)[0]

    if self.variable._before_grad is None:
        self.variable._before_grad = {}
    return RemovableHandle(self.variable._before_grad, on_gradient)


def register_hook(self: Node, hook: Callable[[Grads, Grads], Any]) -> RemovableHandle:
    """Call ``hook(grad_inputs, grad_outputs)`` after the node has run; a tuple that it returns replaces the former."""
    if isinstance(self, AccumulateGrad):
        variable = self.variable
        return variable.register_post_accumulate_grad_hook(lambda leaf: hook((), (leaf.grad,)))
    return RemovableHandle(_hooks_of(self).after, hook)


def _hooks_of(node: Node) -> NodeHooks:
    """Return the hooks of a node. Few have any: those get a class of their own, so that the others need not look."""
    if node.hooks is None:
        node.hooks = NodeHooks()
    if not hasattr(type(node), "unhooked"):
        node.__class__ = _hooked(_class_of(node))
    hooks: Any = node.hooks
    return hooks


def call(self: Node, *grad_outputs: Tensor | None) -> Any:
    """Return the gradients of the node's inputs, None for those that need none; no hook runs."""
    if isinstance(self, (AccumulateGrad, FunctionNode)):
        raise TypeError(f"{self.name()}: only nodes of operations can be called")
    if len(grad_outputs) != 1:
        raise TypeError(f"{self.name()}: expected the gradient of the output, got {len(grad_outputs)} arguments")
    required = [node is not None for node, _ in self.next_functions]
    kind: Any = getattr(type(self), "unhooked", type(self))
    found = iter(kind.vjp(self, grad_outputs[0], None, True))
    results = tuple(next(found) if r else None for r in required)
    return results[0] if len(results) == 1 else results


def _class_of(node: Node) -> Any:
    return type(node.named())


@functools.cache
def _hooked(kind: type[Any]) -> type[Node]:
    """Return the class of the nodes of a class that have hooks."""

    def vjp(self: Node, g: Any, needed: Sequence[bool] | None, create_graph: bool) -> Sequence[Any]:
        hooks = _hooks_of(self)
        for hook in list(hooks.before.values()):
            wrapped = _wrapped(_given(self, g))
            bare = _bare(_checked("prehook", hook(wrapped), wrapped), g)
            g = Gradients(enumerate(bare)) if isinstance(g, Gradients) else bare[0]
        if not hooks.after:
            return kind.vjp(self, g, needed, create_graph)
        required = [node is not None for node, _ in self.next_functions]  # hooks see None for the other inputs
        found = iter(kind.vjp(self, g, needed, create_graph))
        results: Sequence[Any] = [next(found) if r else None for r in required]
        given = _given(self, g)
        for hook in list(hooks.after.values()):
            wrapped = _wrapped(results)
            replaced = hook(wrapped, _wrapped(given))
            if isinstance(replaced, tuple) and len(replaced) == sum(required):  # those of numbers may be left out
                new = iter(replaced)
                replaced = tuple(next(new) if r else None for r in required)
            results = _bare(_checked("hook", replaced, wrapped), given[0])
        return [g for g, r in zip(results, required, strict=True) if r]

    return type(kind.__name__, (kind,), {"__slots__": (), "unhooked": kind, "vjp": vjp, "named": lambda self: self})


def _given(node: Node, g: Any) -> Sequence[Any]:
    """Return the gradients of all outputs."""
    if isinstance(g, Gradients) and isinstance(node, FunctionNode):
        return [g.get(i) for i in range(len(node.outputs))]
    return [g]


def _wrapped(gradients: Sequence[Any]) -> Grads:
    """Return gradients as users see them: copies, as others may have the same arrays."""
    plain = [g.materialize() if hasattr(g, "materialize") else g for g in gradients]
    return tuple(g if g is None or isinstance(g, Tensor) else Tensor._wrap(np.array(g)) for g in plain)


def _bare(gradients: Grads, like: Any) -> list[Any]:
    """Return gradients as the engine has them: Tensors where `like`, which it had, is of Tensors."""
    first = next((g for g in like.values() if g is not None), None) if isinstance(like, Gradients) else like
    return [g if g is None or isinstance(first, Tensor) else g._data for g in gradients]


def _checked(what: str, replaced: Any, given: Grads) -> Grads:
    if replaced is None:
        return given
    replaced = replaced if isinstance(replaced, tuple) else (replaced,)
    if len(replaced) != len(given):
        raise RuntimeError(f"{what}: expected {len(given)} gradients, got {len(replaced)}")
    for new in replaced:
        if not isinstance(new, (Tensor, type(None))):
            raise TypeError(f"{what}: expected Tensors or None, got {type(new).__name__}")
    return replaced


Node.register_hook, Node.register_prehook, Node.__call__ = register_hook, register_prehook, call
