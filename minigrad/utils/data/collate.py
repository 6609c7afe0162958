"""Collating a list of samples into a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from copy import copy
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.creation import as_tensor, tensor
from minigrad.ops.joining import stack
from minigrad.utils.data.dataset import Batch

_NUMBERS = (bool, int, float, np.bool_, np.number)
Functions = dict[Any, Callable[..., Any]]  # by type, or tuple of types
_KINDS = "tensors, arrays, numbers, strings, tuples, lists or dicts"


def default_collate(batch: Sequence[Any]) -> Any:
    r"""Put samples together: a new first dimension, the structure of a sample around it.

    ============================  ====================================================
    sample                        batch
    ============================  ====================================================
    Tensor or array of shape S    Tensor of shape (N, \*S)
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
        For a sample of another kind, or of another kind than the first.
    RuntimeError
        If the shapes of tensors, or the lengths of sequences, differ.
    KeyError
        If a dict lacks a key of the first.

    Examples
    --------
    >>> from minigrad.utils.data import default_collate
    >>> images, labels = default_collate([(np.zeros((8, 8)), 3), (np.ones((8, 8)), 7)])
    >>> images.shape, labels
    (Size([2, 8, 8]), tensor([3, 7]))
    """
    return collate(batch, collate_fn_map=default_collate_fn_map)


def collate(batch: Sequence[Any], *, collate_fn_map: Functions | None = None) -> Any:
    """Return what `default_collate` does, with functions of one's own for samples, or parts of them, of some types.

    Parameters
    ----------
    batch : sequence
    collate_fn_map : dict, optional
        By type, or tuple of types: ``function(batch, *, collate_fn_map)``. That of the very type comes first, then the
        first one of a base class. An entry in ``default_collate_fn_map`` holds for `default_collate`, too.

    Examples
    --------
    >>> from minigrad.utils.data.collate import collate
    >>> collate([(range(2), 1), (range(3), 2)], collate_fn_map={range: lambda batch, *, collate_fn_map: len(batch)})
    [2, tensor([1, 2])]
    """
    own = {kind: function for kind, function in (collate_fn_map or {}).items() if function is not _standard}
    if isinstance(batch, Batch) and not own:
        return [default_convert(column) for column in batch.columns]
    if not len(batch):
        raise IndexError("default_collate: expected at least one sample, got an empty batch")
    return _collate(batch, "", own)


def _standard(batch: Sequence[Any], *, collate_fn_map: Functions | None = None) -> Any:
    """Return what `default_collate` makes of what minigrad knows itself."""
    return _collate(batch, "", {})


default_collate_fn_map: Functions = dict.fromkeys(
    (Tensor, np.ndarray, (np.bool_, np.number, np.object_), float, int, str, bytes), _standard
)

# PyTorch's names of what it does by type, for maps of one's own
collate_tensor_fn = collate_numpy_array_fn = collate_numpy_scalar_fn = _standard
collate_float_fn = collate_int_fn = collate_str_fn = _standard


def _collate(batch: Sequence[Any], place: str, own: Functions) -> Any:
    """Return the batch of what the samples have at one place, such as "[1]['x']"."""
    first = batch[0]
    if own:
        function = own.get(type(first)) or next((f for kind, f in own.items() if isinstance(first, kind)), None)
        if function is not None:
            return function(batch, collate_fn_map={**default_collate_fn_map, **own})
    if isinstance(first, Tensor):
        _alike(batch, Tensor, place)
        _same([tuple(sample.shape) for sample in batch], place)
        if any(sample.requires_grad for sample in batch):
            return stack(batch)  # recorded
        return Tensor._wrap(np.stack([sample._data for sample in batch]))
    if isinstance(first, (np.ndarray, np.generic)) and first.dtype.kind in "biuf":
        if any(not isinstance(sample, (np.ndarray, np.generic)) for sample in batch):
            _alike(batch, (np.ndarray, Tensor, *_NUMBERS), place)
            return _collate([as_tensor(sample) for sample in batch], place, own)
        _same([np.shape(sample) for sample in batch], place)
        return Tensor._wrap(np.stack(batch))
    if isinstance(first, (bool, int, float)):
        _alike(batch, _NUMBERS, place)
        return tensor(list(batch), dtype=np.float64 if isinstance(first, float) else None)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        return _collate_mappings(batch, place, own)
    if isinstance(first, Sequence):
        return _collate_sequences(batch, place, own)
    raise TypeError(
        f"default_collate: expected {_KINDS}, got {_what(first)} in sample 0{_at(place)}; pass a collate_fn"
    )


def _collate_mappings(batch: Sequence[Any], place: str, own: Functions) -> Any:
    first = batch[0]
    _alike(batch, Mapping, place)
    for i, sample in enumerate(batch):
        if lacking := [key for key in first if key not in sample]:
            raise KeyError(
                f"default_collate: expected samples with the same keys, got {list(first)} in sample 0 of the batch and "
                f"{list(sample)} in sample {i}{_at(place)}, without {lacking}"
            )
    return _rebuilt(
        first, {key: _collate([sample[key] for sample in batch], f"{place}[{key!r}]", own) for key in first}
    )


def _collate_sequences(batch: Sequence[Any], place: str, own: Functions) -> Any:
    first = batch[0]
    _alike(batch, Sequence, place)
    lengths = [len(sample) for sample in batch]
    if len(set(lengths)) > 1:
        i = next(i for i, length in enumerate(lengths) if length != lengths[0])
        raise RuntimeError(
            f"default_collate: expected samples of one length, got {lengths[0]} in sample 0 of the batch and "
            f"{lengths[i]} in sample {i}{_at(place)}"
        )
    fields = [_collate(field, f"{place}[{i}]", own) for i, field in enumerate(zip(*batch, strict=True))]
    if hasattr(first, "_fields"):
        return type(first)(*fields)
    if isinstance(first, MutableSequence) and type(first) is not list:
        kept = copy(first)
        for i, field in enumerate(fields):
            kept[i] = field
        return kept
    return fields


def _alike(batch: Sequence[Any], kinds: Any, place: str) -> None:
    """Raise TypeError if a sample is not of the kinds that the first is of."""
    for i, sample in enumerate(batch):
        if not isinstance(sample, kinds) or isinstance(sample, (str, bytes)):
            raise TypeError(
                f"default_collate: expected samples of one kind, got {_what(batch[0])} in sample 0 of the batch and "
                f"{_what(sample)} in sample {i}{_at(place)}; make them alike in the data set, or pass a collate_fn"
            )


def _what(value: Any) -> str:
    return f"an array of {value.dtype}" if isinstance(value, (np.ndarray, np.generic)) else type(value).__name__


def _at(place: str) -> str:
    return f", at {place}" if place else ""


def default_convert(data: Any) -> Any:
    """Return a sample with its arrays as Tensors, all else as it is: what the loader does with ``batch_size=None``.

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
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return [default_convert(value) for value in data]
    return data


def _rebuilt(like: Mapping[Any, Any], items: dict[Any, Any]) -> Any:
    """Return `items` as the same kind of mapping, or as a dict where that kind cannot be made from one."""
    try:
        if isinstance(like, MutableMapping):
            kept = copy(like)
            kept.update(items)
            return kept
        return type(like)(items)  # type: ignore[call-arg]
    except TypeError:
        return items


def _same(shapes: list[tuple[int, ...]], place: str) -> None:
    for i, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise RuntimeError(
                f"default_collate: expected samples of one shape, got {shapes[0]} for sample 0 of the batch and "
                f"{shape} for sample {i}{_at(place)}; make them equal in a transform "
                "(images by vision.transforms.Resize((height, width))), or pass a collate_fn"
            )
