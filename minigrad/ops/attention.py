"""Attention: each query takes a weighted mean of values, by how well it fits their keys."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.kernels.errstate import silent
from minigrad.kernels.softmax import softmax
from minigrad.ops.comparison import logical_not
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.dropout import dropout
from minigrad.ops.joining import repeat_interleave
from minigrad.ops.linalg import matmul
from minigrad.ops.primitives.casting import cast
from minigrad.ops.shape import adjoint
from minigrad.ops.softmax import softmax_slope

__all__ = ["scaled_dot_product_attention"]


@rounded_once
def scaled_dot_product_attention(
    query: Operand,
    key: Operand,
    value: Operand,
    attn_mask: Operand | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    *,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """``softmax(query @ key.mT * scale + mask) @ value`` (Vaswani et al., 2017).

    A query that sees no key gets 0, and so do the gradients of its row.

    Parameters
    ----------
    query : Tensor of shape (..., L, E)
    key : Tensor of shape (..., S, E)
    value : Tensor of shape (..., S, V)
    attn_mask : Tensor that broadcasts to (..., L, S), optional
        Bool: where it is False, the query does not see the key. Floating: added to the scores.
    dropout_p : float, default 0
        Applied to the weights whenever it is not 0.
    is_causal : bool, default False
        Query i sees keys 0 to i; not together with `attn_mask`.
    scale : float, optional
        By default ``1 / sqrt(E)``.
    enable_gqa : bool, default False
        Shapes are (..., heads, L, E); groups of queries' heads share one head of keys, and one of values.

    Returns
    -------
    Tensor of shape (..., L, V)

    Raises
    ------
    RuntimeError
        If an input has fewer than 2 dimensions; if `attn_mask` comes with `is_causal`, has a dtype of its own or does
        not broadcast; or if heads cannot be shared.
    IndexError
        If heads are to be shared and there is no dimension of heads.
    TypeError
        If `is_causal` or `enable_gqa` is not a bool, or an input is not a Tensor.

    Examples
    --------
    >>> x = mg.tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> F.scaled_dot_product_attention(x, x, x, is_causal=True)
    tensor([[1.0000, 0.0000],
            [0.3302, 0.6698]])
    """
    for name, flag in (("is_causal", is_causal), ("enable_gqa", enable_gqa)):
        if not isinstance(flag, (bool, np.bool_)):
            raise TypeError(f"scaled_dot_product_attention: expected a bool as {name}, got {type(flag).__name__}")
    if min(query.ndim, key.ndim, value.ndim) < 2:
        raise RuntimeError(
            "scaled_dot_product_attention: expected at least 2 dimensions, got shapes "
            f"{tuple(query.shape)}, {tuple(key.shape)} and {tuple(value.shape)}"
        )
    if attn_mask is not None and is_causal:
        raise RuntimeError("scaled_dot_product_attention: attn_mask and is_causal exclude each other; leave one out")
    if not 0 <= dropout_p <= 1:
        raise RuntimeError(f"scaled_dot_product_attention: expected dropout_p from 0 to 1, got {dropout_p}")
    if enable_gqa:
        key, value = _for_each_head(query, key), _for_each_head(query, value)
    scores = matmul(query * (1 / math.sqrt(max(query.shape[-1], 1)) if scale is None else scale), adjoint(key))
    hidden: Any = None
    if is_causal:
        hidden = ~np.tri(query.shape[-2], key.shape[-2], dtype=bool)
    elif attn_mask is not None:
        _check_mask(attn_mask, scores.shape, query.dtype)
        if attn_mask.dtype == bool:
            hidden = logical_not(attn_mask)
        else:
            scores = scores + cast(attn_mask, scores.dtype)
    return matmul(dropout(_weights(scores, hidden), dropout_p), value)


def _for_each_head(query: Any, t: Any) -> Any:
    """Repeat each head of `t` for the heads of queries that share it."""
    if min(len(query.shape), len(t.shape)) < 3:
        raise IndexError(
            f"scaled_dot_product_attention: expected shapes (..., heads, L, E) for enable_gqa, got "
            f"{tuple(query.shape)} and {tuple(t.shape)}"
        )
    heads, shared = query.shape[-3], t.shape[-3]
    if shared == 0 or heads % shared:
        raise RuntimeError(
            f"scaled_dot_product_attention: expected heads of keys and values to divide the {heads} of queries, got "
            f"{shared}"
        )
    return t if heads == shared else repeat_interleave(t, heads // shared, -3)


def _check_mask(mask: Any, shape: tuple[int, ...], dtype: Any) -> None:
    if mask.dtype not in (bool, np.float32, dtype):
        raise RuntimeError(
            f"scaled_dot_product_attention: expected attn_mask of bools, float32 or {dtype}, as query, got {mask.dtype}"
        )
    lengths = zip(mask.shape[::-1], shape[::-1], strict=False)
    if len(mask.shape) > len(shape) or any(length not in (1, whole) for length, whole in lengths):
        raise RuntimeError(
            f"scaled_dot_product_attention: expected attn_mask to broadcast to {tuple(shape)}, got {tuple(mask.shape)}"
        )


@operation("hidden", name="attention_weights", scores=lambda g, y: softmax_slope(g, y, (g.ndim - 1,)))
@silent
def _weights(scores: Operand, hidden: Operand) -> Operand:
    """Return the softmax of each row without what is hidden, and 0 in a row in which no key is to be seen."""
    if hidden is not None:
        scores = scores + np.where(hidden, -np.inf, 0).astype(scores.dtype)
    return softmax(scores, (scores.ndim - 1,), empty=0.0)
