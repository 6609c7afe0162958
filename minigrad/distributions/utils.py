"""Helpers that distributions share: parameters of one shape, probabilities and logarithms, triangles as vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import minigrad as mg
from minigrad.core.tensor import Tensor

__all__ = [
    "broadcast_all", "clamp_probs", "euler_constant", "lazy_property", "logits_to_probs", "probs_to_logits",
    "tril_matrix_to_vec", "vec_to_tril_matrix",
]  # fmt: skip

euler_constant = 0.57721566490153286060


def broadcast_all(*values: Any) -> tuple[Tensor, ...]:
    """Return Tensors of one shape. Numbers take the dtype of the Tensors among the values, or the default one.

    Raises
    ------
    ValueError
        If a value is neither a Tensor nor a number.

    Examples
    --------
    >>> mg.distributions.utils.broadcast_all(1.0, mg.zeros(2))
    (tensor([1., 1.]), tensor([0., 0.]))
    """
    for v in values:
        if not isinstance(v, (Tensor, int, float)):
            raise ValueError(f"broadcast_all: expected Tensors or numbers, got {type(v).__name__}")
    given = [v.dtype for v in values if isinstance(v, Tensor)]
    dtype = given[0] if given else mg.get_default_dtype()
    return mg.broadcast_tensors(*(v if isinstance(v, Tensor) else mg.tensor(v, dtype=dtype) for v in values))


def clamp_probs(probs: Tensor) -> Tensor:
    """Return `probs` within (0, 1), by the smallest step of the dtype."""
    eps = float(mg.finfo(probs.dtype).eps)
    return probs.clamp(min=eps, max=1 - eps)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """Return the logarithms of probabilities, or with `is_binary` of the odds."""
    inside = clamp_probs(probs)
    return mg.log(inside) - mg.log1p(-inside) if is_binary else mg.log(inside)


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """Return the probabilities of which these are the logarithms, but for a constant, or with `is_binary` the odds."""
    return mg.sigmoid(logits) if is_binary else mg.softmax(logits, -1)


class lazy_property:  # noqa: N801
    """An attribute that is computed when it is read first, and then kept."""

    def __init__(self, wrapped: Callable[[Any], Any]) -> None:
        self.wrapped = wrapped
        self.__doc__ = wrapped.__doc__

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        with mg.enable_grad():
            value = self.wrapped(instance)
        setattr(instance, self.wrapped.__name__, value)
        return value


def tril_matrix_to_vec(mat: Tensor, diag: int = 0) -> Tensor:
    """Return the elements of the lower triangle, up to the diagonal `diag`, row by row, as a vector."""
    n = mat.shape[-1]
    if not -n <= diag < n:
        raise ValueError(f"tril_matrix_to_vec: expected diag in [{-n}, {n - 1}], got {diag}")
    rows, columns = mg.tril_indices(n, n, diag)
    return mat[..., rows, columns]


def vec_to_tril_matrix(vec: Tensor, diag: int = 0) -> Tensor:
    """Return the matrix whose lower triangle, up to the diagonal `diag`, has these elements row by row."""
    n = (-(1 + 2 * diag) + ((1 + 2 * diag) ** 2 + 8 * vec.shape[-1] + 4 * abs(diag) * (diag + 1)) ** 0.5) / 2
    if abs(round(n) - n) > 1e-6:
        raise ValueError(f"vec_to_tril_matrix: no triangle has {vec.shape[-1]} elements")
    size = round(n)
    mat = mg.zeros(vec.shape[:-1] + (size, size), dtype=vec.dtype)
    rows, columns = mg.tril_indices(size, size, diag)
    mat[..., rows, columns] = vec
    return mat


def broadcast_shapes(*shapes: Any) -> Any:
    """Return the shape to which tensors of these shapes broadcast."""
    try:
        return mg.Size(np.broadcast_shapes(*map(tuple, shapes)))
    except ValueError:
        texts = " and ".join(str(tuple(s)) for s in shapes)
        raise RuntimeError(f"distributions: parameters of shapes {texts} do not broadcast against each other") from None


def uniform(shape: Any, like: Tensor) -> Tensor:
    """Draw uniform numbers of the open interval (0, 1)."""
    info = mg.finfo(like.dtype)
    return mg.rand(shape, dtype=like.dtype).clamp(min=float(info.tiny), max=1 - float(info.eps) / 2)


def sum_rightmost(value: Any, dims: int) -> Any:
    """Return `value` summed over its last `dims` dimensions."""
    return value.reshape(value.shape[: value.ndim - dims] + (-1,)).sum(-1) if dims else value
