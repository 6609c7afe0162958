"""Rprop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.optim.optimizer import Optimizer
from minigrad.optim.options import as_number, check_hints, check_not_negative, two_numbers
from minigrad.optim.rules import buffer, next_step


class Rprop(Optimizer):
    """Rprop, which looks at the signs of the gradients only (Riedmiller and Braun, 1993). For whole batches.

    Each element has a step size d, at first lr. With the gradient g, and the g of the step before::

        d = min(d * eta_plus, largest)                if the sign of g is the same
        d = max(d * eta_minus, smallest), g = 0       if it changed
        p = p - d * sign(g)

    Parameters
    ----------
    params : iterable of Tensor, of (name, Tensor), or of dict
        See `Optimizer`.
    lr : float or Tensor
    etas : (float, float)
        eta_minus, between 0 and 1, and eta_plus, above 1.
    step_sizes : (float, float)
        The smallest and the largest.
    maximize : bool
    foreach, capturable, differentiable
        PyTorch's, about how to compute; a True of the last two is refused.

    Raises
    ------
    ValueError
        For a negative lr, or etas out of range.

    Examples
    --------
    >>> w = mg.tensor([4.0, -0.001], requires_grad=True)
    >>> optimizer = optim.Rprop([w], lr=0.5)
    >>> (w**2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([3.5000, 0.4990], requires_grad=True)
    """

    _keeps = frozenset({"step", "prev", "step_size"})

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        options = dict(
            lr=lr, etas=etas, step_sizes=step_sizes, foreach=foreach, maximize=maximize,
            differentiable=differentiable, capturable=capturable,
        )  # fmt: skip
        check_hints("Rprop", options)
        check_not_negative("Rprop", lr=lr)
        minus, plus = (as_number("Rprop", "etas", eta) for eta in two_numbers("Rprop", "etas", etas))
        if not 0 < minus < 1 < plus:
            raise ValueError(f"Rprop: expected etas with 0 < eta_minus < 1 < eta_plus, got {etas}")
        for size in two_numbers("Rprop", "step_sizes", step_sizes):
            as_number("Rprop", "step_sizes", size)
        super().__init__(params, options)

    def _update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        s, way = self._scratch(p), self._scratch(p, 2)
        next_step(state)
        before, size = buffer(state, "prev", p), buffer(state, "step_size", p, float(group["lr"]))
        g = np.negative(g, out=self._scratch(p, 1)) if group["maximize"] else g
        np.multiply(g, before, out=way)
        minus, plus = map(float, group["etas"])
        size *= np.where(way > 0, plus, np.where(way < 0, minus, 1)).astype(p.dtype, copy=False)
        np.clip(size, *map(float, group["step_sizes"]), out=size)
        np.copyto(before, g)
        before[way < 0] = 0
        p -= np.multiply(np.sign(before, out=s), size, out=s)
