"""Clipping gradients, in place, between backward and the optimizer's step."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.kernels.errstate import silent
from minigrad.kernels.norms import length
from minigrad.kernels.summation import single


def clip_grad_norm_(
    parameters: Iterable[Tensor] | Tensor,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale the gradients so that their common norm, as of one long vector, is at most `max_norm`.

    All are multiplied by ``min(1, max_norm / (norm + 1e-6))``. Pascanu, Mikolov and Bengio, "On the difficulty of
    training recurrent neural networks", 2013.

    Parameters
    ----------
    parameters : Tensors
        Those without a gradient are left out.
    max_norm : float
    norm_type : float, default 2
        The p of the norm; may be ``inf``.
    error_if_nonfinite : bool, default False
        Raise where the norm is NaN or infinite; otherwise the gradients become NaN or 0 then.
    foreach : accepted for PyTorch's sake; there is one way to compute it

    Returns
    -------
    Tensor, 0-dim
        The norm from before.

    Raises
    ------
    RuntimeError
        See `error_if_nonfinite`. No gradient has been changed then.

    Examples
    --------
    >>> w = mg.tensor([3.0, 4.0], requires_grad=True)
    >>> (0.5 * w * w).sum().backward()
    >>> nn.utils.clip_grad_norm_(w, max_norm=1.0)
    tensor(5.)
    >>> w.grad
    tensor([0.6000, 0.8000])
    """
    tensors = _as_list(parameters)
    if not tensors and hasattr(parameters, "__next__"):
        warnings.warn(
            "clip_grad_norm_: the generator of parameters is used up, so nothing is clipped; pass a list of them, or "
            "model.parameters() anew",
            UserWarning,
            stacklevel=2,
        )
    grads = [p._grad for p in tensors if p._grad is not None]
    norm = get_total_norm(grads, norm_type, error_if_nonfinite)
    clip_grads_with_norm_(tensors, max_norm, norm)
    return norm


def clip_grad_norm(
    parameters: Iterable[Tensor] | Tensor,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Return ``clip_grad_norm_(...)``, of which this is the old name, and warn.

    Examples
    --------
    >>> import warnings
    >>> w = mg.tensor([3.0, 4.0], requires_grad=True)
    >>> (0.5 * w * w).sum().backward()
    >>> with warnings.catch_warnings(action="ignore"):
    ...     nn.utils.clip_grad_norm(w, 1.0)
    tensor(5.)
    """
    warnings.warn("clip_grad_norm: PyTorch has deprecated this name; use clip_grad_norm_", FutureWarning, stacklevel=2)
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)


@silent
def get_total_norm(
    tensors: Iterable[Tensor] | Tensor,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Return the norm of all elements of `tensors` as one long vector; float16 is added up in float32.

    Examples
    --------
    >>> nn.utils.get_total_norm([mg.tensor([3.0]), mg.tensor([[4.0]])])
    tensor(5.)
    """
    arrays = [t._data for t in _as_list(tensors)]
    p = float(norm_type)
    vectors = [single(a).reshape(-1) for a in arrays if a.size]
    norms = np.array([_length(v, p) for v in vectors], np.float64)
    norm = float(length(norms, p, (0,), False)) if vectors else 0.0
    if error_if_nonfinite and not math.isfinite(norm):
        raise RuntimeError(
            f"clip_grad_norm_: the norm of order {norm_type} of the gradients is {norm}; look for the operation that "
            "makes it, or pass error_if_nonfinite=False"
        )
    return Tensor._wrap(np.asarray(norm, np.result_type(np.float32, *vectors) if vectors else np.float32))


MAX_SUMMED_BY_BLAS = 16_384  # elements whose squares BLAS adds up accurately enough in float32


def _length(vector: np.ndarray, p: float) -> float:
    """`length`, in a tenth of the time for a short vector whose length is an ordinary number."""
    if p == 2 and vector.size <= MAX_SUMMED_BY_BLAS and 1e-25 < (square := float(np.dot(vector, vector))) < 1e37:
        return math.sqrt(square)
    return float(length(vector, p, (0,), False))


@silent
def clip_grads_with_norm_(
    parameters: Iterable[Tensor] | Tensor, max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Multiply the gradients by ``min(1, max_norm / (total_norm + 1e-6))``."""
    factor = float(max_norm) / (total_norm._data.item() + 1e-6)
    if factor >= 1:
        return
    for parameter in _as_list(parameters):
        if parameter._grad is not None:
            parameter._grad._write(parameter._grad._data * factor)


def clip_grad_value_(parameters: Iterable[Tensor] | Tensor, clip_value: float, foreach: bool | None = None) -> None:
    """Bring every element of the gradients into [-clip_value, clip_value].

    Examples
    --------
    >>> w = mg.tensor([3.0, 0.5], requires_grad=True)
    >>> (0.5 * w * w).sum().backward()
    >>> nn.utils.clip_grad_value_([w], 1.0)
    >>> w.grad
    tensor([1.0000, 0.5000])
    """
    if not isinstance(clip_value, (int, float, np.integer, np.floating, Tensor)):
        raise TypeError(f"clip_grad_value_: expected a number as clip_value, got {type(clip_value).__name__}")
    if not clip_value >= 0:
        raise ValueError(f"clip_grad_value_: expected a clip_value of 0 or more, got {clip_value}")
    for parameter in _as_list(parameters):
        if parameter._grad is not None:
            parameter._grad._write(np.clip(parameter._grad._data, -float(clip_value), float(clip_value)))


def _as_list(tensors: Iterable[Tensor] | Tensor) -> list[Tensor]:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)
