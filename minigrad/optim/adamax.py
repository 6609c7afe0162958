"""Adamax."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.optim.optimizer import Optimizer
from minigrad.optim.options import check_betas, check_hints, check_not_negative
from minigrad.optim.rules import average, buffer, next_step


class Adamax(Optimizer):
    """Adamax: Adam by the infinity norm (Kingma and Ba, 2015, section 7).

    With the gradient g at step t::

        g = g + weight_decay * p
        m = beta1 * m + (1 - beta1) * g
        u = max(beta2 * u, abs(g) + eps)
        p = p - lr * m / (1 - beta1**t) / u

    Parameters
    ----------
    params, lr, betas, eps, weight_decay, maximize, foreach, capturable, differentiable
        As those of `Adam`.

    Examples
    --------
    >>> w = mg.tensor([4.0], requires_grad=True)
    >>> optimizer = optim.Adamax([w], lr=0.5)
    >>> (w**2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([3.5000], requires_grad=True)
    """

    _keeps = frozenset({"step", "exp_avg", "exp_inf"})

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        options = dict(
            lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, foreach=foreach, maximize=maximize,
            differentiable=differentiable, capturable=capturable,
        )  # fmt: skip
        check_hints("Adamax", options)
        check_not_negative("Adamax", lr=lr, eps=eps, weight_decay=weight_decay)
        check_betas("Adamax", betas)
        super().__init__(params, options)

    def _update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        g, s = self._gradient(p, g, group), self._scratch(p)
        (beta1, beta2), t = map(float, group["betas"]), next_step(state)
        m, u = buffer(state, "exp_avg", p), buffer(state, "exp_inf", p)
        average(m, g, beta1, s)
        u *= beta2
        np.abs(g, out=s)
        s += float(group["eps"])
        np.maximum(u, s, out=u)
        np.divide(m, u, out=s)
        s *= float(group["lr"]) / (1 - beta1**t)
        p -= s
