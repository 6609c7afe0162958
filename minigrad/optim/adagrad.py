"""Adagrad."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.optim.optimizer import Optimizer
from minigrad.optim.options import check_hints, check_not_negative
from minigrad.optim.rules import buffer, next_step


class Adagrad(Optimizer):
    """Adagrad (Duchi, Hazan and Singer, 2011).

    With the gradient g at step t::

        g = g + weight_decay * p
        v = v + g**2                    the first v is initial_accumulator_value
        p = p - lr / (1 + (t - 1) * lr_decay) * g / (sqrt(v) + eps)

    Parameters
    ----------
    params : iterable of Tensor, of (name, Tensor), or of dict
        See `Optimizer`.
    lr : float or Tensor
    lr_decay, weight_decay, initial_accumulator_value, eps : float
    maximize : bool
    foreach, fused, differentiable
        PyTorch's, about how to compute; a True of the last two is refused.

    Raises
    ------
    ValueError
        For a negative option.

    Examples
    --------
    >>> w = mg.tensor([4.0], requires_grad=True)
    >>> optimizer = optim.Adagrad([w], lr=0.5)
    >>> (w**2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([3.5000], requires_grad=True)
    """

    _keeps = frozenset({"step", "sum"})

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        numbers = dict(
            lr=lr, lr_decay=lr_decay, eps=eps, weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
        )  # fmt: skip
        hints = dict(foreach=foreach, maximize=maximize, differentiable=differentiable, fused=fused)
        check_not_negative("Adagrad", **numbers)
        check_hints("Adagrad", hints)
        super().__init__(params, {**numbers, **hints})

    def _update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        g, s = self._gradient(p, g, group), self._scratch(p)
        t = next_step(state)
        v = buffer(state, "sum", p, group["initial_accumulator_value"])
        v += np.multiply(g, g, out=s)
        np.sqrt(v, out=s)
        s += float(group["eps"])
        np.divide(g, s, out=s)
        s *= float(group["lr"]) / (1 + (t - 1) * float(group["lr_decay"]))
        p -= s
