"""Lengths made 1, and distances."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.tensor import Tensor
from minigrad.kernels import distances as kernel
from minigrad.ops.broadcasting import broadcast_tensors, broadcast_to, sum
from minigrad.ops.checks import floating
from minigrad.ops.declare.declaration import shared_rule
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.linalg import matmul
from minigrad.ops.norms import norm_slope, vector_norm
from minigrad.ops.primitives.casting import cast
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.reduction import Dim
from minigrad.ops.selection import clamp, where
from minigrad.ops.shape import adjoint

__all__ = ["cdist", "cosine_similarity", "normalize", "pairwise_distance"]


@rounded_once
def normalize(input: Operand, p: float = 2.0, dim: Dim = 1, eps: float = 1e-12) -> Tensor:
    """``input / max(norm(input, p, dim), eps)``: vectors of length 1 along `dim`, which may be several dimensions.

    Examples
    --------
    >>> F.normalize(mg.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]])
    """
    return input / clamp(vector_norm(input, p, dim, True), min=eps)


@rounded_once
def cosine_similarity(x1: Operand, x2: Operand, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """Return the cosine of the angle between vectors along `dim`; lengths count as at least `eps`.

    Examples
    --------
    >>> F.cosine_similarity(mg.tensor([[1.0, 0.0]]), mg.tensor([[1.0, 1.0]]))
    tensor([0.7071])
    """
    x1, x2 = broadcast_tensors(x1, x2) if tuple(x1.shape) != tuple(x2.shape) else (x1, x2)
    dtype = dtypes.result_type(*(t._data if isinstance(t, Tensor) else t for t in (x1, x2)))
    x1, x2 = cast(x1, dtype), cast(x2, dtype)
    return sum(normalize(x1, 2.0, dim, eps) * normalize(x2, 2.0, dim, eps), dim)


@rounded_once
def pairwise_distance(x1: Operand, x2: Operand, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """Return the p-norm of ``x1 - x2 + eps`` over the last dimension.

    Examples
    --------
    >>> F.pairwise_distance(mg.tensor([[1.0, 1.0]]), mg.tensor([[4.0, 5.0]]))
    tensor([5.0000])
    """
    return vector_norm(x1 - x2 + eps, p, -1, keepdim)


# ---- of all pairs ----------------------------------------------------------------------------------------------------

ROWS = 25  # with more, PyTorch uses products, too
# how to compute p = 2: by products where they pay, always, or never
_MODES = {
    "use_mm_for_euclid_dist_if_necessary": ROWS,
    "use_mm_for_euclid_dist": 0,
    "donot_use_mm_for_euclid_dist": math.inf,
}


def _differences(x1: Any, x2: Any) -> Any:
    r"""``x1[..., i, :] - x2[..., j, :]``, of shape (\*, P, R, D)."""
    a, b = tuple(x1.shape), tuple(x2.shape)
    return reshape(x1, (*a[:-1], 1, a[-1])) - reshape(x2, (*b[:-2], 1, *b[-2:]))


def _slope(g: Any, y: Any, differences: Any, p: float) -> Any:
    shape = tuple(differences.shape)
    return norm_slope(g, y, differences, shape, p, (len(shape) - 1,), False)


def _cdist_rule(g: Any, y: Any, x1: Any, x2: Any, p: float) -> tuple[Any, Any]:
    if not isinstance(g, Tensor):
        first, second = kernel.slopes(g, y, x1, x2, p, lambda g, y, differences: _slope(g, y, differences, p))
        return first.astype(x1.dtype, copy=False), second.astype(x1.dtype, copy=False)
    if p != 2:
        pulls = _slope(g, y, _differences(x1, x2), p)
        return sum(pulls, -2), -sum(pulls, -3)
    dtype, same = x1.dtype, y == 0
    force = cast(where(same, 0.0, g) / where(same, 1.0, y), np.dtype(np.float64))
    x1, x2 = (cast(x, force.dtype) for x in (x1, x2))
    gradients = [
        reshape(sum(f, -1), (*f.shape[:-1], 1)) * here - matmul(f, there)
        for f, here, there in ((force, x1, x2), (adjoint(force), x2, x1))
    ]
    return cast(gradients[0], dtype), cast(gradients[1], dtype)


_rule = shared_rule(_cdist_rule)


@operation(x1=_rule, x2=_rule)
def _cdist(x1: Operand, x2: Operand, p: float, by_products: bool) -> Operand:
    """Compute `cdist` of batches (N, P, D) and (N, R, D)."""
    return kernel.distances(x1, x2, p, by_products)


@rounded_once
def cdist(
    x1: Operand, x2: Operand, p: float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary"
) -> Tensor:
    r"""Return the p-norms of the differences of each row of `x1` and each row of `x2`.

    The memory that it and its gradient take is that of the distances, not of the differences.

    Parameters
    ----------
    x1, x2 : Tensors of shapes (\*, P, D) and (\*, R, D)
    p : number, default 2
        At least 0.
    compute_mode : {'use_mm_for_euclid_dist_if_necessary', 'use_mm_for_euclid_dist', 'donot_use_mm_for_euclid_dist'}
        Whether a large table of p = 2 is computed by matrix products, by default if there are more than 25 rows in one
        of the two. Unlike in PyTorch the result is as exact as without.

    Returns
    -------
    Tensor of shape (\*, P, R)

    Raises
    ------
    RuntimeError
        If the rows differ in length, or `p` is negative.
    ValueError
        If `compute_mode` is unknown.

    Examples
    --------
    >>> mg.cdist(mg.tensor([[0.0, 0.0], [3.0, 0.0]]), mg.tensor([[3.0, 4.0]]))
    tensor([[5.],
            [4.]])
    """
    x1, x2 = floating("cdist", x1), floating("cdist", x2)
    a, b = tuple(x1.shape), tuple(x2.shape)
    if len(a) < 2 or len(b) < 2 or a[-1] != b[-1]:
        raise RuntimeError(f"cdist: expected rows of the same length in both, got shapes {a} and {b}")
    if not p >= 0:
        raise RuntimeError(f"cdist: expected p to be at least 0, got {p}")
    if compute_mode not in _MODES:
        raise ValueError(f"cdist: expected compute_mode in {list(_MODES)}, got {compute_mode!r}")
    batch = np.broadcast_shapes(a[:-2], b[:-2])
    if x1.dtype != x2.dtype or not a[-1]:
        differences = _differences(x1, x2)
        return vector_norm(differences, p, -1) if a[-1] else sum(differences, -1)
    x1, x2 = (x if tuple(x.shape[:-2]) == batch else broadcast_to(x, (*batch, *x.shape[-2:])) for x in (x1, x2))
    x1, x2 = (reshape(x, (math.prod(batch), *x.shape[-2:])) for x in (x1, x2))
    y = _cdist(x1, x2, p, max(a[-2], b[-2]) > _MODES[compute_mode])
    return reshape(y, (*batch, a[-2], b[-2]))
