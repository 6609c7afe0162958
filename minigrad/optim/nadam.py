"""NAdam."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.optim.optimizer import Optimizer
from minigrad.optim.options import check_betas, check_hints, check_not_negative
from minigrad.optim.rules import average, average_square, buffer, next_step


class NAdam(Optimizer):
    """NAdam: Adam with Nesterov's momentum (Dozat, 2016).

    With the gradient g at step t::

        mu(t) = beta1 * (1 - 0.96**(t * momentum_decay) / 2)
        M = mu(1) * ... * mu(t)
        g = g + weight_decay * p
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        d = (1 - mu(t)) * g / (1 - M) + mu(t+1) * m / (1 - M * mu(t+1))
        p = p - lr * d / (sqrt(v / (1 - beta2**t)) + eps)

    Parameters
    ----------
    params, lr, betas, eps, weight_decay, maximize, decoupled_weight_decay, foreach, capturable, differentiable
        As those of `Adam`.
    momentum_decay : float
        How fast the momentum mu approaches beta1.

    Examples
    --------
    >>> w = mg.tensor([4.0], requires_grad=True)
    >>> optimizer = optim.NAdam([w], lr=0.5)
    >>> (w**2).sum().backward()
    >>> optimizer.step()
    >>> w.item() < 4
    True
    """

    _keeps = frozenset({"step", "exp_avg", "exp_avg_sq", "mu_product"})

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        options = dict(
            lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay,
            decoupled_weight_decay=decoupled_weight_decay, maximize=maximize, foreach=foreach,
            capturable=capturable, differentiable=differentiable,
        )  # fmt: skip
        check_hints("NAdam", options)
        check_not_negative("NAdam", lr=lr, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay)
        check_betas("NAdam", betas)
        super().__init__(params, options)

    def _update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        g, s, root = self._gradient(p, g, group), self._scratch(p), self._scratch(p, 2)
        (beta1, beta2), t = map(float, group["betas"]), next_step(state)
        m, v = buffer(state, "exp_avg", p), buffer(state, "exp_avg_sq", p)
        average(m, g, beta1, s)
        average_square(v, g, beta2, s)
        np.divide(v, 1 - beta2**t, out=root)
        np.sqrt(root, out=root)
        root += float(group["eps"])

        lr, decay = float(group["lr"]), float(group["momentum_decay"])
        mu, mu_next = (beta1 * (1 - 0.5 * 0.96 ** (i * decay)) for i in (t, t + 1))
        state["mu_product"] = product = float(state.get("mu_product", 1.0)) * mu
        np.divide(g, root, out=s)
        s *= lr * (1 - mu) / (1 - product)
        p -= s
        np.divide(m, root, out=s)
        s *= lr * mu_next / (1 - product * mu_next)
        p -= s
