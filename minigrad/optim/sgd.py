"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.optim.optimizer import Optimizer
from minigrad.optim.options import as_number, check_hints, check_not_negative


class SGD(Optimizer):
    r"""Stochastic gradient descent, with momentum (Polyak, 1964; in Nesterov's form as by Sutskever et al., 2013).

    With the gradient g::

        g = g + weight_decay * p
        b = momentum * b + (1 - dampening) * g      the first b is g itself
        p = p - lr * b                              nesterov: p - lr * (g + momentum * b)

    Parameters
    ----------
    params : iterable of Tensor, of (name, Tensor), or of dict
        See `Optimizer`.
    lr : float or Tensor
    momentum, dampening, weight_decay : float
    nesterov : bool
        Needs a momentum, and no dampening.
    maximize : bool
        Go up instead of down.
    foreach, fused, differentiable
        PyTorch's, about how to compute; a True of the last two is refused.

    Raises
    ------
    ValueError
        For a negative option, or `nesterov` without momentum or with dampening.

    Examples
    --------
    >>> w = mg.tensor([4.0], requires_grad=True)
    >>> optimizer = optim.SGD([w], lr=0.1, momentum=0.9)
    >>> for _ in range(3):
    ...     optimizer.zero_grad()
    ...     (w**2 / 2).sum().backward()
    ...     optimizer.step()
    >>> w
    tensor([1.9440], requires_grad=True)
    """

    _keeps = frozenset({"momentum_buffer"})

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        options = dict(
            lr=lr, momentum=momentum, dampening=dampening, weight_decay=weight_decay, nesterov=nesterov,
            maximize=maximize, foreach=foreach, differentiable=differentiable, fused=fused,
        )  # fmt: skip
        check_not_negative("SGD", lr=lr, momentum=momentum, weight_decay=weight_decay)
        as_number("SGD", "dampening", dampening)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError(
                f"SGD: nesterov needs momentum > 0 and dampening 0, got momentum={momentum}, dampening={dampening}"
            )
        check_hints("SGD", options)
        super().__init__(params, options)

    def _update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        g, s = self._gradient(p, g, group), self._scratch(p, 1)  # it may be the memory of g, which is in the cache
        momentum, undamped = float(group["momentum"]), 1 - float(group["dampening"])
        if momentum:
            first = state.get("momentum_buffer") is None
            if first:
                state["momentum_buffer"] = Tensor._wrap(g.copy())
            b = state["momentum_buffer"]._data
            if not first:
                b *= momentum
                b += g if undamped == 1 else np.multiply(g, undamped, out=s)
            g = np.add(g, np.multiply(b, momentum, out=self._scratch(p)), out=s) if group["nesterov"] else b
        p -= np.multiply(g, float(group["lr"]), out=s)
