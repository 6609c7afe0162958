"""SparseAdam, which has nothing to do here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.optim.optimizer import Optimizer
from minigrad.optim.options import check_betas, check_not_negative


class SparseAdam(Optimizer):
    """Adam for sparse gradients. There are none here: it can be made, and refuses its first step.

    Parameters
    ----------
    params, lr, betas, eps, maximize
        As those of `Adam`, which is what to use.

    Raises
    ------
    ValueError
        For an option that is out of range.
    RuntimeError
        In `step`, if there is a gradient.

    Examples
    --------
    >>> w = mg.ones(2, requires_grad=True)
    >>> optimizer = optim.SparseAdam([w])
    >>> w.sum().backward()
    >>> optimizer.step()
    Traceback (most recent call last):
        ...
    RuntimeError: SparseAdam: expected sparse gradients, and there are none in minigrad; use Adam
    """

    _keeps = frozenset({"step", "exp_avg", "exp_avg_sq"})
    _elementwise = False

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        maximize: bool = False,
    ) -> None:
        check_not_negative("SparseAdam", lr=lr, eps=eps)
        if not (lr > 0 and eps > 0):
            raise ValueError(f"SparseAdam: expected lr and eps above 0, got {lr} and {eps}")
        check_betas("SparseAdam", betas)
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, maximize=maximize))

    def _update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        raise RuntimeError("SparseAdam: expected sparse gradients, and there are none in minigrad; use Adam")
