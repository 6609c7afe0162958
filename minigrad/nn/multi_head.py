"""MultiheadAttention."""

from __future__ import annotations

from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.nn import functional as F
from minigrad.nn.init import xavier_normal_, xavier_uniform_, zeros_
from minigrad.nn.layer import new_parameter, non_negative
from minigrad.nn.linear import Linear
from minigrad.nn.module import Module
from minigrad.nn.options import check_options


class NonDynamicallyQuantizableLinear(Linear):
    """A Linear, under the name that prints of attention have."""


class MultiheadAttention(Module):
    """Attention of several heads, each in a projection of its own (Vaswani et al., 2017).

    Parameters
    ----------
    embed_dim, num_heads : int
        The second divides the first.
    dropout : float, default 0
        Of the weights, in training.
    bias : bool, default True
    add_bias_kv : bool, default False
        Add a learned key and value.
    add_zero_attn : bool, default False
        Add a key and value of zeros.
    kdim, vdim : int, optional
        The features of key and value where they are not `embed_dim`.
    batch_first : bool, default False
        Shapes are (N, L, E) instead of (L, N, E).

    Examples
    --------
    >>> layer = nn.MultiheadAttention(8, 2, batch_first=True)
    >>> x = mg.randn(4, 5, 8)
    >>> y, weights = layer(x, x, x)
    >>> y.shape, weights.shape
    (Size([4, 5, 8]), Size([4, 5, 5]))
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        check_options(self, embed_dim=embed_dim, num_heads=num_heads, dropout=dropout)
        non_negative(self, **{n: d for n, d in (("kdim", kdim), ("vdim", vdim)) if d is not None})
        if embed_dim % num_heads:
            raise AssertionError(f"MultiheadAttention: expected num_heads to divide {embed_dim}, got {num_heads}")
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.kdim, self.vdim = embed_dim if kdim is None else kdim, embed_dim if vdim is None else vdim
        self.dropout, self.batch_first, self.add_zero_attn = dropout, batch_first, add_zero_attn
        self._qkv_same_embed_dim = self.kdim == self.vdim == embed_dim
        separate = {} if self._qkv_same_embed_dim else {"q": embed_dim, "k": self.kdim, "v": self.vdim}
        whole = None if separate else new_parameter((3 * embed_dim, embed_dim), device, dtype)
        for name in "qkv":
            part = new_parameter((embed_dim, separate[name]), device, dtype) if separate else None
            self.register_parameter(f"{name}_proj_weight", part)
        self.register_parameter("in_proj_weight", whole)
        self.register_parameter("in_proj_bias", new_parameter((3 * embed_dim,), device, dtype) if bias else None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias, device, dtype)
        for name in ("bias_k", "bias_v"):
            self.register_parameter(name, new_parameter((1, 1, embed_dim), device, dtype) if add_bias_kv else None)
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        for name, parameter in self.named_parameters(recurse=False):
            if name.endswith("weight"):
                xavier_uniform_(parameter)
            elif name == "in_proj_bias":
                zeros_(parameter)
            else:
                xavier_normal_(parameter)
        if self.out_proj.bias is not None:
            zeros_(self.out_proj.bias)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        turn = self.batch_first and query.ndim == 3
        if turn:
            given = (query, key, value)
            query = query.transpose(0, 1)
            key = query if key is given[0] else key.transpose(0, 1)
            value = key if value is given[1] else value.transpose(0, 1)
        y, weights = F.multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight, self.in_proj_bias, self.bias_k,
            self.bias_v, self.add_zero_attn, self.dropout, self.out_proj.weight, self.out_proj.bias, self.training,
            key_padding_mask, need_weights, attn_mask, not self._qkv_same_embed_dim, self.q_proj_weight,
            self.k_proj_weight, self.v_proj_weight, None, None, average_attn_weights, is_causal,
        )  # fmt: skip
        return (y.transpose(0, 1) if turn else y), weights
