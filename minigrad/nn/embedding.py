"""Embedding: a table of vectors, looked up by index."""

from __future__ import annotations

from typing import Any, Self

from minigrad.core.tensor import Tensor
from minigrad.nn import functional as F
from minigrad.nn.init import normal_
from minigrad.nn.layer import new_parameter, non_negative
from minigrad.nn.module import Module, registered
from minigrad.nn.options import check_options
from minigrad.nn.parameter import Parameter


class Embedding(Module):
    """A table of `num_embeddings` vectors; integers in, their vectors out.

    Parameters
    ----------
    num_embeddings, embedding_dim : int
    padding_idx : int, optional
        The vector of this index is 0 at first and gets no gradient.
    max_norm, norm_type, scale_grad_by_freq, sparse
        Only PyTorch's defaults, as in `minigrad.nn.functional.embedding`.

    Attributes
    ----------
    weight : Parameter, shape (num_embeddings, embedding_dim)
        Starts from N(0, 1).

    Examples
    --------
    >>> table = nn.Embedding(10, 3, padding_idx=0)
    >>> table(mg.tensor([[1, 2, 0], [4, 3, 0]])).shape
    Size([2, 3, 3])
    """

    weight: Parameter = registered()

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        non_negative(self, num_embeddings=num_embeddings, embedding_dim=embedding_dim)
        check_options(self, norm_type=norm_type, padding_idx=padding_idx)
        if max_norm is not None or scale_grad_by_freq or sparse:
            raise NotImplementedError(
                "Embedding: max_norm, scale_grad_by_freq and sparse are not supported; leave them out"
            )
        if padding_idx is not None:
            if not -num_embeddings <= padding_idx < num_embeddings:
                raise ValueError(f"Embedding: padding_idx={padding_idx} is outside of {num_embeddings} embeddings")
            padding_idx %= num_embeddings
        self.num_embeddings, self.embedding_dim, self.padding_idx = num_embeddings, embedding_dim, padding_idx
        shape = (num_embeddings, embedding_dim)
        if _weight is None:
            self.weight = new_parameter(shape, device, dtype)
            self.weight.requires_grad_(not _freeze)
            self.reset_parameters()
        elif _weight.shape != shape:
            raise ValueError(f"Embedding: expected a weight of shape {shape}, got {tuple(_weight.shape)}")
        else:
            self.weight = Parameter(_weight, not _freeze)

    def reset_parameters(self) -> None:
        """Draw new initial values."""
        normal_(self.weight)
        if self.padding_idx is not None:
            self.weight.detach()[self.padding_idx] = 0

    def forward(self, input: Tensor) -> Tensor:
        return F.embedding(input, self.weight, self.padding_idx)

    def extra_repr(self) -> str:
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}"

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Self:
        """Return an Embedding with the given table, which with `freeze` does not require grad."""
        if embeddings.ndim != 2:
            raise ValueError(f"from_pretrained: expected a table of 2 dimensions, got shape {tuple(embeddings.shape)}")
        rows, columns = embeddings.shape
        options = (padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
        return cls(rows, columns, *options, _weight=embeddings, _freeze=freeze)
