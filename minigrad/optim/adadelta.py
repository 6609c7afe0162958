"""Adadelta."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.optim.optimizer import Optimizer
from minigrad.optim.options import check_hints, check_not_negative
from minigrad.optim.rules import average_square, buffer, next_step


class Adadelta(Optimizer):
    """Adadelta (Zeiler, 2012).

    With the gradient g::

        g = g + weight_decay * p
        v = rho * v + (1 - rho) * g**2
        d = g * sqrt(u + eps) / sqrt(v + eps)
        u = rho * u + (1 - rho) * d**2
        p = p - lr * d

    Parameters
    ----------
    params : iterable of Tensor, of (name, Tensor), or of dict
        See `Optimizer`.
    lr : float or Tensor
    rho : float
        How much of the averages is kept.
    eps, weight_decay : float
    maximize : bool
    foreach, capturable, differentiable
        PyTorch's, about how to compute; a True of the last two is refused.

    Raises
    ------
    ValueError
        For a negative option, or a `rho` above 1.

    Examples
    --------
    >>> w = mg.tensor([4.0], requires_grad=True)
    >>> optimizer = optim.Adadelta([w], rho=0.75, eps=0.01)
    >>> (w**2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([3.8001], requires_grad=True)
    """

    _keeps = frozenset({"step", "square_avg", "acc_delta"})

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        options = dict(
            lr=lr, rho=rho, eps=eps, weight_decay=weight_decay, maximize=maximize, capturable=capturable,
            foreach=foreach, differentiable=differentiable,
        )  # fmt: skip
        check_hints("Adadelta", options)
        check_not_negative("Adadelta", lr=lr, rho=rho, eps=eps, weight_decay=weight_decay)
        if float(rho) > 1:
            raise ValueError(f"Adadelta: expected rho between 0 and 1, got {rho}")
        super().__init__(params, options)

    def _update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        g, s, d = self._gradient(p, g, group), self._scratch(p), self._scratch(p, 2)
        rho, eps = float(group["rho"]), float(group["eps"])
        next_step(state)
        v, u = buffer(state, "square_avg", p), buffer(state, "acc_delta", p)
        average_square(v, g, rho, s)
        np.sqrt(np.add(u, eps, out=d), out=d)
        d /= np.sqrt(np.add(v, eps, out=s), out=s)
        d *= g
        average_square(u, d, rho, s)
        p -= np.multiply(d, float(group["lr"]), out=s)
