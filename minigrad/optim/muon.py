"""Muon."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.optim.optimizer import Optimizer
from minigrad.optim.options import as_number, check_not_negative
from minigrad.optim.rules import buffer


class Muon(Optimizer):
    """Muon, for matrices: momentum, made nearly orthogonal (Jordan et al., 2024; Liu et al., 2025).

    With the gradient g, and a matrix U Z V.T for u = U S V.T, with Z near to 1 (a few Newton-Schulz steps)::

        b = momentum * b + (1 - momentum) * g
        u = b                                         nesterov: momentum * b + (1 - momentum) * g
        p = (1 - lr * weight_decay) * p
        p = p - lr * ratio * U Z V.T

    Parameters
    ----------
    params : iterable of Tensor, of (name, Tensor), or of dict
        Matrices; give other parameters to another optimizer, such as `AdamW`.
    lr : float or Tensor
    weight_decay, momentum : float
    nesterov : bool
    ns_coefficients : (float, float, float)
        a, b and c of a Newton-Schulz step, x = a * x + (b * x x.T + c * x x.T x x.T) x, which is done with the
        precision of bfloat16, as in PyTorch.
    eps : float
        The least norm that x is divided by before.
    ns_steps : int, less than 100
    adjust_lr_fn : {'original', 'match_rms_adamw'}, optional
        The ratio for a matrix of m rows and n columns: ``sqrt(max(1, m / n))``, or ``0.2 * sqrt(max(m, n))``.

    Raises
    ------
    ValueError
        For a parameter that is no matrix, or an option that is out of range.

    Examples
    --------
    >>> w = mg.zeros(2, 2, requires_grad=True)
    >>> optimizer = optim.Muon([w], lr=1.0)
    >>> (w * mg.eye(2)).sum().backward()
    >>> optimizer.step()
    >>> (w.abs() > 0.5).int()
    tensor([[1, 0],
            [0, 1]], dtype=int32)
    """

    _keeps = frozenset({"momentum_buffer"})
    _elementwise = False

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:
        check_not_negative("Muon", lr=lr, momentum=momentum, weight_decay=weight_decay)
        as_number("Muon", "eps", eps)
        if adjust_lr_fn not in (None, "original", "match_rms_adamw"):
            raise ValueError(f"Muon: expected adjust_lr_fn 'original' or 'match_rms_adamw', got {adjust_lr_fn!r}")
        if len(ns_coefficients) != 3:
            raise ValueError(f"Muon: expected three ns_coefficients, got {len(ns_coefficients)}")
        if not ns_steps < 100:
            raise ValueError(f"Muon: expected ns_steps of less than 100, got {ns_steps}")
        options = dict(
            lr=lr, weight_decay=weight_decay, momentum=momentum, nesterov=nesterov, ns_coefficients=ns_coefficients,
            eps=eps, ns_steps=ns_steps, adjust_lr_fn=adjust_lr_fn,
        )  # fmt: skip
        super().__init__(params, options)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        super().add_param_group(param_group)
        for p in self.param_groups[-1]["params"]:
            if p.ndim != 2:
                del self.param_groups[-1]
                raise ValueError(
                    f"Muon: expected parameters of 2 dimensions, got shape {tuple(p.shape)}; give the others to AdamW"
                )

    def _update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        momentum, lr = float(group["momentum"]), float(group["lr"])
        b = buffer(state, "momentum_buffer", p)
        b += (g - b) * (1 - momentum)
        update = g + (b - g) * momentum if group["nesterov"] else b
        update = _nearly_orthogonal(update, group["ns_coefficients"], group["ns_steps"], float(group["eps"]))
        m, n = p.shape
        ratio = 0.2 * math.sqrt(max(m, n)) if group["adjust_lr_fn"] == "match_rms_adamw" else math.sqrt(max(1, m / n))
        p *= 1 - lr * float(group["weight_decay"])
        p -= update.astype(p.dtype, copy=False) * (lr * ratio)


def _nearly_orthogonal(x: np.ndarray, coefficients: tuple[float, float, float], steps: int, eps: float) -> np.ndarray:
    a, b, c = map(float, coefficients)
    tall = x.shape[0] > x.shape[1]
    x = _bfloat16(x.T if tall else x)
    x = _bfloat16(x / max(_bfloat16(np.linalg.norm(x)), _bfloat16(np.float32(eps))))
    for _ in range(steps):
        gram = _bfloat16(x @ x.T)
        x = _bfloat16(a * x + _bfloat16(b * gram + c * (gram @ gram)) @ x)
    return x.T if tall else x


def _bfloat16(x: Any) -> Any:
    """Round to bfloat16, half to even; the result is float32."""
    bits = np.asarray(x, np.float32).view(np.uint32)
    kept = bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1)) & np.uint32(0xFFFF0000)
    return kept.view(np.float32)
