"""Adam."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.optim.optimizer import Optimizer
from minigrad.optim.options import check_betas, check_hints, check_not_negative
from minigrad.optim.rules import average, average_square, buffer, next_step


class Adam(Optimizer):
    """Adam (Kingma and Ba, 2015), and its variant AMSGrad (Reddi, Kale and Kumar, 2018).

    With the gradient g at step t::

        g = g + weight_decay * p
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2          amsgrad: the greatest v so far is used below
        p = p - lr * m / (1 - beta1**t) / (sqrt(v / (1 - beta2**t)) + eps)

    Parameters
    ----------
    params : iterable of Tensor, of (name, Tensor), or of dict
        See `Optimizer`.
    lr : float or Tensor
    betas : (float, float)
        beta1 and beta2, how much of the averages is kept.
    eps : float
    weight_decay : float
        An L2 penalty; see `AdamW` for the other kind.
    amsgrad, maximize : bool
    decoupled_weight_decay : bool
        Decay as `AdamW` does.
    foreach, fused, capturable, differentiable
        PyTorch's, about how to compute; a True of the last two is refused.

    Raises
    ------
    ValueError
        For a negative option, or a beta that is not in [0, 1).

    Examples
    --------
    >>> w = mg.tensor([4.0, -0.001], requires_grad=True)
    >>> optimizer = optim.Adam([w], lr=0.5)
    >>> (w**2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([3.5000, 0.4990], requires_grad=True)
    """

    _keeps = frozenset({"step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"})

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        name = type(self).__name__
        options = dict(
            lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, amsgrad=amsgrad, maximize=maximize,
            foreach=foreach, capturable=capturable, differentiable=differentiable, fused=fused,
            decoupled_weight_decay=decoupled_weight_decay,
        )  # fmt: skip
        check_not_negative(name, lr=lr, eps=eps, weight_decay=weight_decay)
        check_betas(name, betas)
        tensors = [isinstance(beta, Tensor) for beta in betas]
        if any(tensors) != all(tensors):
            raise ValueError(f"{name}: expected betas that are both numbers or both Tensors, got {betas}")
        if foreach and (any(tensors) or isinstance(lr, Tensor)):
            raise ValueError(f"{name}: foreach=True does not go with a Tensor as lr or betas")
        check_hints(name, options)
        super().__init__(params, options)

    def _update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        g, s = self._gradient(p, g, group), self._scratch(p)
        (beta1, beta2), t = map(float, group["betas"]), next_step(state)
        m, v = buffer(state, "exp_avg", p), buffer(state, "exp_avg_sq", p)
        average(m, g, beta1, s)
        average_square(v, g, beta2, s)
        if group["amsgrad"]:
            greatest = buffer(state, "max_exp_avg_sq", p)
            v = np.maximum(greatest, v, out=greatest)
        root = (1 - beta2**t) ** 0.5  # it divides eps and the result instead of every sqrt(v): a pass less
        np.sqrt(v, out=s)
        s += root * float(group["eps"])
        np.divide(m, s, out=s)
        s *= root * float(group["lr"]) / (1 - beta1**t)
        p -= s
