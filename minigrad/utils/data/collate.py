"""From a list of samples to a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from minigrad.creation import tensor
from minigrad.ops.joining import stack
from minigrad.tensor import Tensor
from minigrad.utils.data.dataset import Batch

_KINDS = "tensors, arrays, numbers, strings, tuples, lists or dicts"


def default_collate(batch: Sequence[Any]) -> Any:
    """Put samples together: a new first dimension, the structure of a sample around it.

    ============================  ====================================================
    sample                        batch
    ============================  ====================================================
    Tensor or array of shape S    Tensor of shape (N, \\*S)
    float; int; bool              float64; int64; bool Tensor of shape (N,)
    str or bytes                  the samples as they are
    dict                          the same kind of dict, each key collated
    namedtuple                    the same kind of namedtuple, each field collated
    tuple or list                 list, each position collated
    ============================  ====================================================

    Parameters
    ----------
    batch : sequence
        The samples; a :class:`~minigrad.utils.data.Batch` comes collated already.

    Raises
    ------
    TypeError
        For a sample of another kind.
    RuntimeError
        If the shapes of tensors, or the lengths of sequences, differ.

    Examples
    --------
    >>> from minigrad.utils.data import default_collate
    >>> images, labels = default_collate([(np.zeros((8, 8)), 3), (np.ones((8, 8)), 7)])
    >>> images.shape, labels
    (Size([2, 8, 8]), tensor([3, 7]))
    """
    if isinstance(batch, Batch):
        return [default_convert(column) for column in batch.columns]
    if not batch:
        raise IndexError("default_collate: at least one sample expected, got an empty batch")
    first = batch[0]
    if isinstance(first, Tensor):
        _same([tuple(sample.shape) for sample in batch])
        if any(sample.requires_grad for sample in batch):
            return stack(batch)  # recorded
        return Tensor._wrap(np.stack([sample._data for sample in batch]))
    if isinstance(first, (np.ndarray, np.generic)) and first.dtype.kind in "biuf":
        _same([np.shape(sample) for sample in batch])
        return Tensor._wrap(np.stack(batch))
    if isinstance(first, (bool, int, float)):
        return tensor(list(batch), dtype=np.float64 if isinstance(first, float) else None)
    if isinstance(first, (str, bytes)):
        return batch
    return _collate_container(batch)


def _collate_container(batch: Sequence[Any]) -> Any:
    first = batch[0]
    if isinstance(first, Mapping):
        return _rebuilt(first, {key: default_collate([sample[key] for sample in batch]) for key in first})
    if not isinstance(first, Sequence):
        raise TypeError(f"default_collate: {_KINDS} expected, got {type(first).__name__}; pass a collate_fn")
    lengths = {len(sample) for sample in batch}
    if len(lengths) > 1:
        raise RuntimeError(f"default_collate: samples of one length expected, got lengths {sorted(lengths)}")
    fields = [default_collate(field) for field in zip(*batch, strict=True)]
    return type(first)(*fields) if hasattr(first, "_fields") else fields


def default_convert(data: Any) -> Any:
    """A sample with its arrays as Tensors, all else as it is: what the loader does with ``batch_size=None``.

    Examples
    --------
    >>> from minigrad.utils.data import default_convert
    >>> default_convert({"x": np.arange(2), "name": "a"})
    {'x': tensor([0, 1]), 'name': 'a'}
    """
    if isinstance(data, (np.ndarray, np.generic)) and data.dtype.kind in "biuf":
        return Tensor._wrap(np.asarray(data))
    if isinstance(data, Mapping):
        return _rebuilt(data, {key: default_convert(value) for key, value in data.items()})
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*map(default_convert, data))
    if isinstance(data, (tuple, list)):
        return [default_convert(value) for value in data]
    return data


def _rebuilt(like: Mapping[Any, Any], items: dict[Any, Any]) -> Any:
    """`items` as the same kind of mapping, or as a dict where that kind cannot be made from one."""
    try:
        return type(like)(items)  # type: ignore[call-arg]
    except TypeError:
        return items


def _same(shapes: list[tuple[int, ...]]) -> None:
    for i, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise RuntimeError(
                f"default_collate: samples of one shape expected, got {shapes[0]} for sample 0 of the batch and "
                f"{shape} for sample {i}; make them equal in a transform "
                "(images by vision.transforms.Resize((height, width))), or pass a collate_fn"
            )
