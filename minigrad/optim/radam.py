"""RAdam."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.optim.optimizer import Optimizer
from minigrad.optim.options import check_betas, check_hints, check_not_negative
from minigrad.optim.rules import average, average_square, buffer, next_step


class RAdam(Optimizer):
    """RAdam: Adam whose first steps are rectified (Liu et al., 2020).

    With the gradient g at step t, and n = 2 / (1 - beta2) - 1::

        g = g + weight_decay * p
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        k = n - 2 * t * beta2**t / (1 - beta2**t)
        r = sqrt((k - 4) * (k - 2) * n / ((n - 4) * (n - 2) * k))
        p = p - lr * m / (1 - beta1**t) * r * sqrt(1 - beta2**t) / (sqrt(v) + eps)    if k > 5
        p = p - lr * m / (1 - beta1**t)                                               if not

    Parameters
    ----------
    params, lr, betas, eps, weight_decay, decoupled_weight_decay, maximize, foreach, capturable, differentiable
        As those of `Adam`.

    Examples
    --------
    >>> w = mg.tensor([4.0], requires_grad=True)
    >>> optimizer = optim.RAdam([w], lr=0.25)
    >>> (w**2 / 2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([3.], requires_grad=True)
    """

    _keeps = frozenset({"step", "exp_avg", "exp_avg_sq"})

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        options = dict(
            lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, maximize=maximize, foreach=foreach,
            capturable=capturable, decoupled_weight_decay=decoupled_weight_decay, differentiable=differentiable,
        )  # fmt: skip
        check_hints("RAdam", options)
        check_not_negative("RAdam", lr=lr, eps=eps, weight_decay=weight_decay)
        check_betas("RAdam", betas)
        super().__init__(params, options)

    def _update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        g, s = self._gradient(p, g, group), self._scratch(p)
        (beta1, beta2), t = map(float, group["betas"]), next_step(state)
        m, v = buffer(state, "exp_avg", p), buffer(state, "exp_avg_sq", p)
        average(m, g, beta1, s)
        average_square(v, g, beta2, s)
        step_size, corrected = float(group["lr"]) / (1 - beta1**t), 1 - beta2**t
        n = 2 / (1 - beta2) - 1
        k = n - 2 * t * beta2**t / corrected
        if k > 5:
            rectified = ((k - 4) * (k - 2) * n / ((n - 4) * (n - 2) * k)) ** 0.5
            np.sqrt(v, out=s)
            s += float(group["eps"])
            np.divide(m, s, out=s)
            s *= step_size * rectified * corrected**0.5
        else:
            np.multiply(m, step_size, out=s)
        p -= s
