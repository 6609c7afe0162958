"""RMSprop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.optim.optimizer import Optimizer
from minigrad.optim.options import check_hints, check_not_negative
from minigrad.optim.rules import average, average_square, buffer, next_step


class RMSprop(Optimizer):
    """RMSprop (Tieleman and Hinton, 2012), plain or centered (Graves, 2013).

    With the gradient g::

        g = g + weight_decay * p
        v = alpha * v + (1 - alpha) * g**2
        r = sqrt(v) + eps               centered: sqrt(v - m**2) + eps, m = alpha * m + (1 - alpha) * g
        b = momentum * b + g / r
        p = p - lr * b

    Parameters
    ----------
    params : iterable of Tensor, of (name, Tensor), or of dict
        See `Optimizer`.
    lr : float or Tensor
    alpha : float
        How much of the averages is kept.
    eps, weight_decay, momentum : float
    centered : bool
        Divide by the standard deviation of the gradient instead of by its root mean square.
    maximize : bool
    foreach, capturable, differentiable
        PyTorch's, about how to compute; a True of the last two is refused.

    Raises
    ------
    ValueError
        For a negative option.

    Examples
    --------
    >>> w = mg.tensor([4.0], requires_grad=True)
    >>> optimizer = optim.RMSprop([w], lr=0.1, alpha=0.75)
    >>> (w**2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([3.8000], requires_grad=True)
    """

    _keeps = frozenset({"step", "square_avg", "momentum_buffer", "grad_avg"})

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        options = dict(
            lr=lr, momentum=momentum, alpha=alpha, eps=eps, centered=centered, weight_decay=weight_decay,
            capturable=capturable, foreach=foreach, maximize=maximize, differentiable=differentiable,
        )  # fmt: skip
        check_hints("RMSprop", options)
        check_not_negative("RMSprop", lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay, momentum=momentum)
        super().__init__(params, options)

    def _update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        g, s = self._gradient(p, g, group), self._scratch(p)
        alpha, momentum = float(group["alpha"]), float(group["momentum"])
        next_step(state)
        v = buffer(state, "square_avg", p)
        average_square(v, g, alpha, s)
        if group["centered"]:
            m = buffer(state, "grad_avg", p)
            average(m, g, alpha, s)
            np.multiply(m, m, out=s)
            v = np.subtract(v, s, out=s)
        np.sqrt(v, out=s)
        s += float(group["eps"])
        np.divide(g, s, out=s)
        if momentum:
            b = buffer(state, "momentum_buffer", p)
            b *= momentum
            b += s
            np.copyto(s, b)
        s *= float(group["lr"])
        p -= s
