"""Functions that say by `jvp` how tangents are carried forwards: their gradients follow from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.autograd.differentiation import grad
from minigrad.core.tensor import Tensor
from minigrad.graph.grad_mode import enable_grad, is_grad_enabled


def transposed(jvp: Callable[..., Any]) -> Callable[..., Any]:
    """Return the `backward` that belongs to a `jvp`, which is linear in the tangents: its own gradients."""

    def backward(ctx: Any, *grad_outputs: Any) -> tuple[Any, ...]:
        recorded, inputs = is_grad_enabled(), ctx._node().inputs
        tangents = [None if like is None else Tensor._wrap(np.zeros(like[0], like[1])) for like in inputs]
        wanted = [t.requires_grad_() for t, like in zip(tangents, inputs, strict=True) if t is not None and like[2]]
        with enable_grad():
            own = object.__new__(type(ctx))  # a jvp may delete what it needs once only; here it may be needed again
            own.__dict__.update(vars(ctx), _own=dict(ctx._own))
            results = jvp(own, *tangents)
            several = results if isinstance(results, tuple) else (results,)
            pairs = [(y, g) for y, g in zip(several, grad_outputs, strict=True) if y is not None and g is not None]
            ys, gs = zip(*[(y, g) for y, g in pairs if y.requires_grad], strict=True)
            found = iter(grad(ys, wanted, gs, create_graph=recorded, allow_unused=True))
        return tuple(next(found) if like is not None and like[2] else None for like in inputs)

    return backward
