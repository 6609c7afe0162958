"""Attention of several heads, each in a projection of its own (Vaswani et al., 2017)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.tensor import Tensor
from minigrad.ops.attention import scaled_dot_product_attention
from minigrad.ops.declare.operation import Operand
from minigrad.ops.dropout import dropout
from minigrad.ops.joining import cat
from minigrad.ops.linalg import matmul
from minigrad.ops.linear import linear
from minigrad.ops.primitives.casting import cast
from minigrad.ops.selection import where
from minigrad.ops.softmax import softmax
from minigrad.ops.splitting import chunk

__all__ = ["multi_head_attention_forward"]

NAME = "multi_head_attention_forward"


def multi_head_attention_forward(
    query: Operand,
    key: Operand,
    value: Operand,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Operand | None,
    in_proj_bias: Operand | None,
    bias_k: Operand | None,
    bias_v: Operand | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Operand,
    out_proj_bias: Operand | None,
    training: bool = True,
    key_padding_mask: Operand | None = None,
    need_weights: bool = True,
    attn_mask: Operand | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Operand | None = None,
    k_proj_weight: Operand | None = None,
    v_proj_weight: Operand | None = None,
    static_k: Operand | None = None,
    static_v: Operand | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Return the attended values of shape (L, N, E), and the weights of shape (N, L, S) or None.

    `nn.MultiheadAttention` is this function and its parameters.

    Parameters
    ----------
    query, key, value : Tensors of shapes (L, N, E), (S, N, kdim) and (S, N, vdim), or without N
    key_padding_mask : Tensor of shape (N, S), optional
        Bool: True hides a key. Floating: added to the scores.
    attn_mask : Tensor of shape (L, S) or (N * num_heads, L, S), optional
        The same for each query.
    need_weights, average_attn_weights : whether weights are returned, and their mean over heads
    is_causal : says that `attn_mask`, which has to be given, is the causal one; without a key_padding_mask, and where
        no weights are returned, it is not even read

    Raises
    ------
    RuntimeError, AssertionError
        If shapes do not fit.

    Examples
    --------
    >>> x, w = mg.ones(2, 1, 4), mg.ones(12, 4)
    >>> y, _ = F.multi_head_attention_forward(x, x, x, 4, 2, w, None, None, None, False, 0.0, w[:4], None)
    >>> y.shape
    Size([2, 1, 4])
    """
    single = _check_dims(query, key, value, key_padding_mask, attn_mask, num_heads)
    if single:
        query, key, value = (t.unsqueeze(1) for t in (query, key, value))
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    length, n, width = query.shape
    _check_sizes(query, key, value, embed_dim_to_check, num_heads, use_separate_proj_weight, is_causal, attn_mask)
    weights = (q_proj_weight, k_proj_weight, v_proj_weight) if use_separate_proj_weight else in_proj_weight
    q, k, v = _projected(query, key, value, weights, in_proj_bias)
    causal = is_causal and key_padding_mask is None and not need_weights
    mask = None if causal else _merged(attn_mask, key_padding_mask, n, num_heads, length, key.shape[0], query.dtype)
    extra = 0
    if bias_k is not None and bias_v is not None:
        k, v, extra = cat([k, bias_k.expand(1, n, width)]), cat([v, bias_v.expand(1, n, width)]), 1
    heads = [t.reshape(len(t), n, num_heads, width // num_heads).permute(1, 2, 0, 3) for t in (q, k, v)]
    heads[1:] = _static("static_k", static_k, heads[1], extra), _static("static_v", static_v, heads[2], extra)
    if add_zero_attn:
        heads[1:], extra = map(_zero_key, heads[1:]), extra + 1
    attended, seen = _attended(heads, _seeing(mask, extra), causal, dropout_p * training, need_weights)
    y = linear(attended.permute(2, 0, 1, 3).reshape(length, n, width), out_proj_weight, out_proj_bias)
    seen = seen.mean(1) if seen is not None and average_attn_weights else seen
    return (y.squeeze(1), seen if seen is None else seen.squeeze(0)) if single else (y, seen)


def _check_dims(query: Any, key: Any, value: Any, padding: Any, mask: Any, num_heads: int) -> bool:
    """Return whether there is no batch."""
    dims = query.ndim
    if dims not in (2, 3):
        raise AssertionError(f"{NAME}: expected a query of 2 or 3 dimensions, got {tuple(query.shape)}")
    if key.ndim != dims or value.ndim != dims:
        raise AssertionError(
            f"{NAME}: expected key and value of {dims} dimensions as query, got {tuple(key.shape)} and "
            f"{tuple(value.shape)}"
        )
    if padding is not None and padding.ndim != dims - 1:
        raise AssertionError(
            f"{NAME}: expected a key_padding_mask of {dims - 1} dimensions, got {tuple(padding.shape)}"
        )
    if mask is not None and mask.ndim not in (2, 3):
        raise AssertionError(f"{NAME}: expected an attn_mask of 2 or 3 dimensions, got {tuple(mask.shape)}")
    for name, given in (("key_padding_mask", padding), ("attn_mask", mask)):
        if given is not None and given.dtype.kind not in "bf":
            raise AssertionError(f"{NAME}: expected {name} of bools or floating numbers, got {given.dtype}")
    return dims == 2


def _check_sizes(
    query: Any, key: Any, value: Any, embed_dim_to_check: int, num_heads: int, separate: bool, is_causal: bool,
    attn_mask: Any,
) -> None:  # fmt: skip
    width = query.shape[-1]
    as_int(NAME, "num_heads", num_heads)
    as_int(NAME, "embed_dim_to_check", embed_dim_to_check)
    if is_causal and attn_mask is None:
        raise RuntimeError(f"{NAME}: is_causal says what attn_mask is; give attn_mask, too")
    if width != embed_dim_to_check:
        raise AssertionError(f"{NAME}: expected {embed_dim_to_check} features per embedding, got {width}")
    if width % num_heads:
        raise AssertionError(f"{NAME}: expected num_heads to divide {width}, got {num_heads}")
    if tuple(key.shape[:2]) != tuple(value.shape[:2]) or (not separate and key.shape != value.shape):
        raise AssertionError(f"{NAME}: key and value do not fit, of {tuple(key.shape)} and {tuple(value.shape)}")


def _static(name: str, static: Any, projected: Any, biases: int) -> Any:
    """Return what is given in the place of projected keys or values, of shape (N, heads, S, E)."""
    if static is None:
        return projected
    n, heads, _, features = projected.shape
    shape = tuple(static.shape)
    if biases:
        raise AssertionError(f"{NAME}: bias_k and bias_v do not go with {name}; leave out the ones or the other")
    if len(shape) != 3 or shape[0] != n * heads or shape[2] != features:
        raise AssertionError(f"{NAME}: expected {name} of shape ({n * heads}, S, {features}), got {shape}")
    return static.reshape(n, heads, *shape[1:])


def _zero_key(t: Any) -> Any:
    """Add a key of zeros to those of shape (N, heads, S, E)."""
    return cat([t, Tensor._wrap(np.zeros((*t.shape[:2], 1, t.shape[3]), t.dtype))], 2)


def _seeing(mask: Any, extra: int) -> Any:
    """Show every query a number of further keys."""
    if mask is None or not extra:
        return mask
    return cat([mask, Tensor._wrap(np.zeros((*mask.shape[:-1], extra), mask.dtype))], -1)


def _projected(query: Any, key: Any, value: Any, weights: Any, bias: Any) -> list[Any]:
    """Project by three matrices or the parts of one, in as few products as there are different inputs."""
    whole = not isinstance(weights, tuple)
    if whole and query is key and key is value:
        return list(chunk(linear(query, weights, bias), 3, -1))
    biases = [None] * 3 if bias is None else chunk(bias, 3)
    parts = zip((query, key, value), chunk(weights, 3) if whole else weights, biases, strict=True)
    return [linear(t, w, b) for t, w, b in parts]


def _merged(mask: Any, padding: Any, n: int, heads: int, length: int, keys: int, dtype: Any) -> Any:
    """Return what is added to the scores, of a shape that broadcasts to (N, heads, L, S), or None."""
    parts = []
    if mask is not None:
        shape = (length, keys) if mask.ndim == 2 else (n * heads, length, keys)
        if tuple(mask.shape) != shape:
            raise RuntimeError(f"{NAME}: expected an attn_mask of shape {shape}, got {tuple(mask.shape)}")
        parts.append(_additive(mask if mask.ndim == 2 else mask.reshape(n, heads, length, keys), dtype))
    if padding is not None:
        if tuple(padding.shape) != (n, keys):
            raise AssertionError(
                f"{NAME}: expected a key_padding_mask of shape {(n, keys)}, got {tuple(padding.shape)}"
            )
        parts.append(_additive(padding.reshape(n, 1, 1, keys), dtype))
    if not parts:
        return None
    merged = parts[0] + parts[1] if len(parts) == 2 else parts[0]
    if merged.dtype not in (dtype, np.float32):  # in which `generate_square_subsequent_mask` makes them
        raise RuntimeError(f"{NAME}: expected masks of bools, float32 or {dtype}, as query, got {merged.dtype}")
    return merged if merged.dtype == dtype else cast(merged, np.dtype(dtype))


def _additive(mask: Any, dtype: Any) -> Any:
    if mask.dtype == bool:
        return where(mask, Tensor._wrap(np.asarray(-math.inf, dtype)), Tensor._wrap(np.zeros((), dtype)))
    return mask


def _attended(heads: list[Any], mask: Any, causal: bool, p: float, need_weights: bool) -> tuple[Any, Any]:
    q, k, v = heads
    if not need_weights:
        return scaled_dot_product_attention(q, k, v, mask, p, causal), None
    scores = matmul(q * (1 / math.sqrt(q.shape[-1])), k.transpose(-2, -1))
    weights = dropout(softmax(scores if mask is None else scores + mask, -1), p)
    return matmul(weights, v), weights
