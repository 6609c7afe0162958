"""Sequences of different lengths in one tensor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
        raise ValueError(f"pad_sequence: expected padding_side 'left' or 'right', got {padding_side!r}")
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
