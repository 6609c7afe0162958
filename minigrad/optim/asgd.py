"""ASGD."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.optim.optimizer import Optimizer
from minigrad.optim.options import as_number, check_hints, check_not_negative
from minigrad.optim.rules import buffer, next_step


class ASGD(Optimizer):
    """Averaged stochastic gradient descent (Polyak and Juditsky, 1992).

    With the gradient g at step t, eta at first lr and mu at first 1::

        g = g + weight_decay * p
        p = (1 - lambd * eta) * p - eta * g
        a = a + mu * (p - a)                          the state's "ax", the average
        eta = lr / (1 + lambd * lr * t) ** alpha
        mu = 1 / max(1, t - t0)

    Parameters
    ----------
    params : iterable of Tensor, of (name, Tensor), or of dict
        See `Optimizer`.
    lr : float or Tensor
    lambd, alpha, t0, weight_decay : float
    maximize : bool
    foreach, capturable, differentiable
        PyTorch's, about how to compute; a True of the last two is refused.

    Raises
    ------
    ValueError
        For a negative lr or weight_decay.

    Examples
    --------
    >>> w = mg.tensor([4.0], requires_grad=True)
    >>> optimizer = optim.ASGD([w], lr=0.25, lambd=0.0)
    >>> (w**2 / 2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([3.], requires_grad=True)
    """

    _keeps = frozenset({"step", "eta", "mu", "ax"})

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        options = dict(
            lr=lr, lambd=lambd, alpha=alpha, t0=t0, weight_decay=weight_decay, foreach=foreach, maximize=maximize,
            differentiable=differentiable, capturable=capturable,
        )  # fmt: skip
        check_hints("ASGD", options)
        check_not_negative("ASGD", lr=lr, weight_decay=weight_decay)
        for name, value in (("lambd", lambd), ("alpha", alpha), ("t0", t0)):
            as_number("ASGD", name, value)
        super().__init__(params, options)

    def _update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        g, s = self._gradient(p, g, group), self._scratch(p)
        lr, lambd, t0 = (float(group[name]) for name in ("lr", "lambd", "t0"))
        eta, mu, t = float(state.get("eta", lr)), float(state.get("mu", 1)), next_step(state)
        mean = buffer(state, "ax", p)
        p *= 1 - lambd * eta
        p -= np.multiply(g, eta, out=s)
        if mu == 1:
            np.copyto(mean, p)
        else:
            np.subtract(p, mean, out=s)
            s *= mu
            mean += s
        state["eta"] = lr / (1 + lambd * lr * t) ** float(group["alpha"])
        state["mu"] = 1 / max(1, t - t0)
