"""Optimizers with adaptive moments: Adam, AdamW, Adamax and NAdam."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Unpack

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.optim.optimizer import (
    Hints,
    Optimizer,
    average,
    buffer,
    check_betas,
    check_hints,
    check_not_negative,
    next_step,
)


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
    **hints : foreach, fused, capturable, differentiable
        PyTorch's, about how to compute; accepted, except for ``differentiable=True``.

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
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
        **hints: Unpack[Hints],
    ) -> None:
        name = type(self).__name__
        check_hints(name, hints)
        check_not_negative(name, lr=lr, eps=eps, weight_decay=weight_decay)
        check_betas(name, betas)
        options = dict(
            lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, amsgrad=amsgrad, maximize=maximize,
            decoupled_weight_decay=decoupled_weight_decay,
        )  # fmt: skip
        super().__init__(params, options)

    def _update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        g, s = self._gradient(p, g, group), self._scratch(p)
        (beta1, beta2), t = map(float, group["betas"]), next_step(state)
        m, v = buffer(state, "exp_avg", p), buffer(state, "exp_avg_sq", p)
        average(m, g, beta1, s)
        average(v, np.multiply(g, g, out=s), beta2, s)
        if group["amsgrad"]:
            greatest = buffer(state, "max_exp_avg_sq", p)
            v = np.maximum(greatest, v, out=greatest)
        np.sqrt(v, out=s)
        s /= (1 - beta2**t) ** 0.5
        s += float(group["eps"])
        np.divide(m, s, out=s)
        s *= float(group["lr"]) / (1 - beta1**t)
        p -= s


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter, 2019).

    As `Adam`, but g is left alone, and the parameters shrink before the update::

        p = p - lr * weight_decay * p

    Parameters
    ----------
    params, lr, betas, eps, weight_decay, amsgrad, maximize, **hints
        As those of `Adam`; but `weight_decay` is 0.01 by default.

    Examples
    --------
    >>> w = mg.tensor([4.0], requires_grad=True)
    >>> optimizer = optim.AdamW([w], lr=0.5, weight_decay=0.1)
    >>> (w**2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([3.3000], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        **hints: Unpack[Hints],
    ) -> None:
        options = {"maximize": maximize, "decoupled_weight_decay": True}
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, **options, **hints)


class Adamax(Optimizer):
    """Adamax: Adam by the infinity norm (Kingma and Ba, 2015, section 7).

    With the gradient g at step t::

        g = g + weight_decay * p
        m = beta1 * m + (1 - beta1) * g
        u = max(beta2 * u, abs(g) + eps)
        p = p - lr * m / (1 - beta1**t) / u

    Parameters
    ----------
    params, lr, betas, eps, weight_decay, maximize, **hints
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
        *,
        maximize: bool = False,
        **hints: Unpack[Hints],
    ) -> None:
        check_hints("Adamax", hints)
        check_not_negative("Adamax", lr=lr, eps=eps, weight_decay=weight_decay)
        check_betas("Adamax", betas)
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, maximize=maximize))

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
    params, lr, betas, eps, weight_decay, maximize, decoupled_weight_decay, **hints
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
        maximize: bool = False,
        **hints: Unpack[Hints],
    ) -> None:
        check_hints("NAdam", hints)
        check_not_negative("NAdam", lr=lr, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay)
        check_betas("NAdam", betas)
        options = dict(
            lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay,
            decoupled_weight_decay=decoupled_weight_decay, maximize=maximize,
        )  # fmt: skip
        super().__init__(params, options)

    def _update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        g, s, root = self._gradient(p, g, group), self._scratch(p), self._scratch(p, 2)
        (beta1, beta2), t = map(float, group["betas"]), next_step(state)
        m, v = buffer(state, "exp_avg", p), buffer(state, "exp_avg_sq", p)
        average(m, g, beta1, s)
        average(v, np.multiply(g, g, out=s), beta2, s)
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
