"""Tables of vectors, looked up by index: one by one, and in bags."""

from __future__ import annotations

from typing import Any, Self

from minigrad.core.tensor import Tensor
from minigrad.nn import functional as F
from minigrad.nn.init import normal_
from minigrad.nn.layer import new_parameter, non_negative
from minigrad.nn.module import Module, registered
from minigrad.nn.options import check_options
from minigrad.nn.parameter import Parameter


class _Table(Module):
    """A table of vectors, and the options of looking up in it."""

    weight: Parameter = registered()

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None,
        max_norm: float | None,
        norm_type: float,
        scale_grad_by_freq: bool,
        sparse: bool,
        weight: Tensor | None,
        freeze: bool,
        device: Any,
        dtype: Any,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        non_negative(self, num_embeddings=num_embeddings, embedding_dim=embedding_dim)
        check_options(self, norm_type=norm_type, padding_idx=padding_idx, max_norm=max_norm)
        if padding_idx is not None:
            if not -num_embeddings <= padding_idx < num_embeddings:
                raise AssertionError(f"{name}: padding_idx={padding_idx} is outside of {num_embeddings} embeddings")
            padding_idx %= num_embeddings
        self.num_embeddings, self.embedding_dim, self.padding_idx = num_embeddings, embedding_dim, padding_idx
        self.max_norm, self.norm_type = max_norm, norm_type
        self.scale_grad_by_freq, self.sparse = scale_grad_by_freq, sparse
        shape = (num_embeddings, embedding_dim)
        if weight is None:
            self.weight = new_parameter(shape, device, dtype)
            self.weight.requires_grad_(not freeze)
            self.reset_parameters()
        elif weight.shape != shape:
            raise AssertionError(f"{name}: expected a weight of shape {shape}, got {tuple(weight.shape)}")
        else:
            self.weight = Parameter(weight, not freeze)

    def reset_parameters(self) -> None:
        """Draw new initial values."""
        normal_(self.weight)
        if self.padding_idx is not None:
            self.weight.detach()[self.padding_idx] = 0

    def extra_repr(self) -> str:
        parts = [f"{self.num_embeddings}, {self.embedding_dim}"]
        for name, usual in self._shown.items():
            if (value := getattr(self, name)) != usual:
                parts.append(f"{name}={value!r}")
        return ", ".join(parts)

    _shown: dict[str, Any] = {}


def _check_table(embeddings: Tensor) -> tuple[int, int]:
    if embeddings.ndim != 2:
        raise AssertionError(f"from_pretrained: expected a table of 2 dimensions, got {tuple(embeddings.shape)}")
    return embeddings.shape[0], embeddings.shape[1]


class Embedding(_Table):
    """A table of `num_embeddings` vectors; integers in, their vectors out.

    Parameters
    ----------
    num_embeddings, embedding_dim : int
    padding_idx : int, optional
        The vector of this index is 0 at first and gets no gradient.
    max_norm : float, optional
        Vectors that are looked up, and are longer, are shortened to it, in place.
    norm_type : float, default 2
        The order of the norm in which that is measured.
    scale_grad_by_freq : bool, default False
        Divide the gradient of each vector by how often it was looked up.
    sparse : bool, default False
        The gradient is dense all the same.

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

    _shown = {"padding_idx": None, "max_norm": None, "norm_type": 2, "scale_grad_by_freq": False, "sparse": False}

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
        options = (padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse, _weight, _freeze, device, dtype)
        super().__init__(num_embeddings, embedding_dim, *options)

    def forward(self, input: Tensor) -> Tensor:
        options = (self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse)
        return F.embedding(input, self.weight, self.padding_idx, *options)

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
        rows, columns = _check_table(embeddings)
        options: dict[str, Any] = {
            "padding_idx": padding_idx, "max_norm": max_norm, "norm_type": norm_type,
            "scale_grad_by_freq": scale_grad_by_freq, "sparse": sparse,
        }  # fmt: skip
        return cls(rows, columns, **options, _weight=embeddings, _freeze=freeze)


class EmbeddingBag(_Table):
    """A table of vectors; bags of integers in, the mean, sum or maximum of the vectors of each out.

    Parameters
    ----------
    num_embeddings, embedding_dim, max_norm, norm_type, scale_grad_by_freq, sparse : as of `Embedding`
    mode : {'mean', 'sum', 'max'}
    include_last_offset : bool, default False
        The last of the offsets is the end of the last bag, as `embedding_bag` says.
    padding_idx : int, optional
        An index that does not count; its vector is 0 at first.

    Attributes
    ----------
    weight : Parameter, shape (num_embeddings, embedding_dim)
        Starts from N(0, 1).

    Examples
    --------
    >>> bags = nn.EmbeddingBag(10, 3, mode="sum")
    >>> bags(mg.tensor([1, 2, 4, 5]), mg.tensor([0, 3])).shape
    Size([2, 3])
    """

    _shown = {"max_norm": None, "norm_type": 2, "scale_grad_by_freq": False, "mode": None, "padding_idx": None}

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device: Any = None,
        dtype: Any = None,
        _freeze: bool = False,
    ) -> None:
        if mode not in ("mean", "sum", "max"):
            raise ValueError(f"EmbeddingBag: expected mode 'mean', 'sum' or 'max', got {mode!r}")
        options = (padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse, _weight, _freeze, device, dtype)
        super().__init__(num_embeddings, embedding_dim, *options)
        self.mode, self.include_last_offset = mode, include_last_offset

    def forward(self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None) -> Tensor:
        options = (self.max_norm, self.norm_type, self.scale_grad_by_freq, self.mode, self.sparse)
        others = (per_sample_weights, self.include_last_offset, self.padding_idx)
        return F.embedding_bag(input, self.weight, offsets, *options, *others)

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
    ) -> Self:
        """Return an EmbeddingBag with the given table, which with `freeze` does not require grad."""
        rows, columns = _check_table(embeddings)
        options: dict[str, Any] = {
            "max_norm": max_norm, "norm_type": norm_type, "scale_grad_by_freq": scale_grad_by_freq, "mode": mode,
            "sparse": sparse, "include_last_offset": include_last_offset, "padding_idx": padding_idx,
        }  # fmt: skip
        return cls(rows, columns, **options, _weight=embeddings, _freeze=freeze)
