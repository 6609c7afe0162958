"""Sequences of different lengths in one tensor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Self

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.ops.joining import stack
from minigrad.ops.padding import pad


def pad_sequence(
    sequences: Iterable[Tensor], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    r"""Return the sequences padded to the length of the longest one.

    Parameters
    ----------
    sequences : Tensors of shapes (L, \*), or a Tensor
        With the same trailing dimensions and dtype; a Tensor's parts along its first dimension.
    batch_first : bool, default False
        The result has the shape (N, L, \*) instead of (L, N, \*).
    padding_side : {'right', 'left'}
        The end that is padded.

    Examples
    --------
    >>> nn.utils.rnn.pad_sequence([mg.tensor([1, 2, 3]), mg.tensor([4])], batch_first=True)
    tensor([[1, 2, 3],
            [4, 0, 0]])
    """
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"pad_sequence: expected padding_side 'left' or 'right', got {padding_side!r}")
    if not isinstance(sequences, Iterable):
        raise RuntimeError(f"pad_sequence: expected a list of Tensors, got {type(sequences).__name__}")
    parts = list(sequences)
    longest = max((len(s) for s in parts), default=0)
    return stack([_padded(s, longest - len(s), padding_value, padding_side) for s in parts], 0 if batch_first else 1)


def _padded(sequence: Tensor, missing: int, value: float, side: str) -> Tensor:
    ends = (0, missing) if side == "right" else (missing, 0)
    return pad(sequence, (0, 0) * (sequence.ndim - 1) + ends, value=value) if missing else sequence


def unpad_sequence(
    padded_sequences: Tensor, lengths: Sequence[int] | Tensor, batch_first: bool = False
) -> list[Tensor]:
    """Return the sequences that `pad_sequence` made one tensor of, given their lengths.

    Examples
    --------
    >>> nn.utils.rnn.unpad_sequence(mg.tensor([[1, 2, 3], [4, 0, 0]]), [3, 1], batch_first=True)
    [tensor([1, 2, 3]), tensor([4])]
    """
    rows = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    counts = lengths.tolist() if isinstance(lengths, Tensor) else lengths
    return [row[:n] for row, n in zip(rows, counts, strict=True)]


# ---- packed sequences ------------------------------------------------------------------------------------------------


class _Packed(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Packed):
    """Sequences without padding: the first step of all, then the second of all that have one, and so on.

    Attributes
    ----------
    data : Tensor, shape (rows, ...)
    batch_sizes : int64 Tensor
        The number of rows of each step.
    sorted_indices, unsorted_indices : int64 Tensors, or None
        The order by length in which the sequences stand, and the way back from it.

    Examples
    --------
    >>> packed = nn.utils.rnn.pack_sequence([mg.tensor([1, 2, 3]), mg.tensor([4])])
    >>> packed.data, packed.batch_sizes
    (tensor([1, 4, 2, 3]), tensor([2, 1, 1]))
    """

    __slots__ = ()

    def __new__(
        cls,
        data: Any,
        batch_sizes: Tensor | None = None,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> Self:
        if batch_sizes is None:
            data, batch_sizes = data
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Convert `data` as `Tensor.to` does."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else type(self)(data, *self[1:])

    def cpu(self) -> Self:
        """Return itself: every tensor is on the CPU."""
        return self

    def double(self) -> Self:
        """Convert `data` to float64."""
        return self.to(np.float64)

    def float(self) -> Self:
        """Convert `data` to float32."""
        return self.to(np.float32)

    def half(self) -> Self:
        """Convert `data` to float16."""
        return self.to(np.float16)

    def long(self) -> Self:
        """Convert `data` to int64."""
        return self.to(np.int64)

    def int(self) -> Self:
        """Convert `data` to int32."""
        return self.to(np.int32)

    @property
    def is_cuda(self) -> bool:
        """False: every tensor is on the CPU."""
        return False


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """Return the permutation that undoes this one.

    Examples
    --------
    >>> nn.utils.rnn.invert_permutation(mg.tensor([2, 0, 1]))
    tensor([1, 2, 0])
    """
    return None if permutation is None else Tensor._wrap(np.argsort(permutation._data))


def pack_padded_sequence(
    input: Tensor, lengths: Sequence[int] | Tensor, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    r"""Return padded sequences without the padding.

    Parameters
    ----------
    input : Tensor of shape (L, N, \*), or (N, L, \*) with `batch_first`
    lengths : N ints, or an integer Tensor
    enforce_sorted : bool, default True
        Whether the sequences are sorted by length, the longest first; if False, they are sorted here.

    Raises
    ------
    RuntimeError
        If a length is not positive or too large, their number is not N, or they are not sorted though they should be.

    Examples
    --------
    >>> nn.utils.rnn.pack_padded_sequence(mg.tensor([[1, 4], [2, 0], [3, 0]]), [3, 1]).data
    tensor([1, 4, 2, 3])
    """
    counts = np.asarray(lengths._data if isinstance(lengths, Tensor) else lengths).astype(np.int64)
    steps = input.transpose(0, 1) if batch_first else input
    if counts.ndim != 1 or steps.ndim < 2 or len(counts) != steps.shape[1]:
        raise RuntimeError(
            f"pack_padded_sequence: expected a length for each sequence, got {tuple(counts.shape)} lengths and an "
            f"input of shape {tuple(input.shape)}"
        )
    if not len(counts) or counts.min() <= 0 or counts.max() > len(steps):
        raise RuntimeError(f"pack_padded_sequence: expected lengths from 1 to {len(steps)}, got {counts.tolist()}")
    order = None
    if not enforce_sorted:
        order = np.argsort(-counts, kind="stable")
        counts = counts[order]
    elif (np.diff(counts) > 0).any():
        raise RuntimeError(
            "pack_padded_sequence: expected sequences sorted by length, the longest first; sort them, or pass "
            "enforce_sorted=False"
        )
    inside = np.arange(counts.max())[:, None] < counts
    step, place = np.nonzero(inside)
    data = steps[step, place if order is None else order[place]]
    return PackedSequence(data, Tensor._wrap(inside.sum(1)), None if order is None else Tensor._wrap(order))


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """Return the sequences padded to the longest, or to `total_length`, and their lengths.

    Raises
    ------
    ValueError
        If `total_length` is less than the longest.

    Examples
    --------
    >>> packed = nn.utils.rnn.pack_sequence([mg.tensor([1, 2, 3]), mg.tensor([4])])
    >>> nn.utils.rnn.pad_packed_sequence(packed, batch_first=True)
    (tensor([[1, 2, 3],
            [4, 0, 0]]), tensor([3, 1]))
    """
    data, sizes, _, back = sequence
    steps = len(sizes)
    if total_length is not None and total_length < steps:
        raise ValueError(f"pad_packed_sequence: expected total_length of at least {steps}, got {total_length}")
    inside = np.arange(sizes._data[0]) < sizes._data[:, None]
    index = np.where(inside, np.cumsum(inside).reshape(inside.shape) - 1, len(data))
    index = np.pad(index, ((0, (total_length or steps) - steps), (0, 0)), constant_values=len(data))
    if back is not None:
        index = index[:, back._data]
    rows = pad(data, (0, 0) * (data.ndim - 1) + (0, 1), value=padding_value)[index]
    lengths = inside.sum(0)
    lengths = lengths if back is None else lengths[back._data]
    return rows.transpose(0, 1) if batch_first else rows, Tensor._wrap(lengths)


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Return sequences of different lengths as a packed one; parameters as of `pack_padded_sequence`.

    Examples
    --------
    >>> nn.utils.rnn.pack_sequence([mg.tensor([4]), mg.tensor([1, 2])], enforce_sorted=False).data
    tensor([1, 4, 2])
    """
    return pack_padded_sequence(pad_sequence(sequences), [len(s) for s in sequences], enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """Return the sequences that were packed.

    Examples
    --------
    >>> nn.utils.rnn.unpack_sequence(nn.utils.rnn.pack_sequence([mg.tensor([1, 2]), mg.tensor([4])]))
    [tensor([1, 2]), tensor([4])]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
