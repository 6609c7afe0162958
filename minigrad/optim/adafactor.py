"""Adafactor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.optim.optimizer import Optimizer
from minigrad.optim.options import as_number, check_hints, check_not_negative, two_numbers
from minigrad.optim.rules import buffer, next_step


class Adafactor(Optimizer):
    """Adafactor, whose memory is small: of squared gradients it keeps means of rows and columns (Shazeer, Stern, 2018).

    With the gradient g at step t, and b = t ** beta2_decay::

        p = (1 - lr * weight_decay) * p
        R = (1 - b) * R + b * mean of g**2 along each row
        C = (1 - b) * C + b * mean of g**2 along each column
        v = R @ C / max(mean of R, eps1)              of a vector: v = (1 - b) * v + b * g**2
        u = g / max(sqrt(v), eps1)
        p = p - min(lr, 1 / sqrt(t)) * max(eps2, rms(p)) * u / max(1, rms(u) / d)

    Parameters
    ----------
    params : iterable of Tensor, of (name, Tensor), or of dict
        See `Optimizer`. Of more than two dimensions the last two are rows and columns.
    lr : float or Tensor
        The largest step size relative to the parameter.
    beta2_decay : float, not positive
    eps : (float or None, float)
        eps1, which is the resolution of the dtype if None, and eps2.
    d : float, at least 1
        The threshold at which an update is clipped.
    weight_decay : float
    foreach : bool, optional
        PyTorch's, about how to compute.
    maximize : bool

    Raises
    ------
    ValueError
        For an option that is out of range.

    Examples
    --------
    >>> w = mg.tensor([4.0, -4.0], requires_grad=True)
    >>> optimizer = optim.Adafactor([w], lr=0.125)
    >>> (w**2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([ 3.5000, -3.5000], requires_grad=True)
    """

    _keeps = frozenset({"step", "row_var", "col_var", "variance"})
    _elementwise = False

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        options = dict(
            lr=lr, beta2_decay=beta2_decay, eps=eps, d=d, weight_decay=weight_decay, foreach=foreach, maximize=maximize
        )
        check_hints("Adafactor", options)
        check_not_negative("Adafactor", lr=lr, weight_decay=weight_decay)
        if not as_number("Adafactor", "beta2_decay", beta2_decay) <= 0:
            raise ValueError(f"Adafactor: expected beta2_decay of 0 or less, got {beta2_decay}")
        if not as_number("Adafactor", "d", d) >= 1:
            raise ValueError(f"Adafactor: expected d of 1 or more, got {d}")
        eps1, eps2 = two_numbers("Adafactor", "eps", eps)
        check_not_negative("Adafactor", eps2=eps2, **({} if eps1 is None else {"eps1": eps1}))
        super().__init__(params, options)

    def _update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        if not p.size:
            return
        t, lr = next_step(state), float(group["lr"])
        eps1, eps2 = group["eps"]
        eps1 = float(np.finfo(p.dtype).eps) if eps1 is None else float(eps1)
        new = t ** float(group["beta2_decay"])
        step_size = min(lr, t**-0.5) * max(float(eps2), _rms(p))
        g = np.asarray(g, order="C")  # so that sums are in the same order whatever the layout
        p *= 1 - lr * float(group["weight_decay"])
        g = -g if group["maximize"] else g
        squares = g * g
        if g.ndim > 1:
            rows, columns = squares.mean(-1, keepdims=True), squares.mean(-2, keepdims=True)
            rows, columns = _mix(state, "row_var", rows, new), _mix(state, "col_var", columns, new)
            v = rows @ columns / np.maximum(rows.mean(-2, keepdims=True), eps1)
        else:
            v = _mix(state, "variance", squares, new)
        update = g / np.sqrt(np.maximum(v, eps1 * eps1))
        p -= update * (step_size / max(1.0, _rms(update) / float(group["d"])))

    def _state_shape(self, key: str, shape: tuple[int, ...]) -> tuple[int, ...]:
        if key == "row_var":
            return (*shape[:-1], 1)
        return (*shape[:-2], 1, shape[-1]) if key == "col_var" else shape


def _rms(array: np.ndarray) -> float:
    return float(np.linalg.norm(np.ravel(array))) / array.size**0.5


def _mix(state: dict[str, Any], name: str, value: np.ndarray, weight: float) -> np.ndarray:
    mean = buffer(state, name, value)
    mean += (value - mean) * weight
    return mean
