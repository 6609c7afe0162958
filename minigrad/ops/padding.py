"""Borders around a tensor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.as_array import as_scalar
from minigrad.core.tensor import Tensor
from minigrad.ops.casting import clone
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.primitives.dims import as_shape
from minigrad.ops.primitives.indexing import ALL, look_up, slice_by

__all__ = ["pad"]

Pairs = tuple[tuple[int, int], ...]


def _inside(shape: tuple[int, ...], pairs: Pairs) -> tuple[slice, ...]:
    return tuple(slice(before, before + n) for n, (before, _) in zip(shape, pairs, strict=True))


@operation(input=lambda g, input_shape, pairs: slice_by(g, _inside(input_shape, pairs)))
def _pad(input: Operand, pairs: Pairs, value: Any) -> Operand:
    """Return `input` with as many elements `value` before and after it in each dimension as `pairs` says."""
    shape = [n + before + after for n, (before, after) in zip(input.shape, pairs, strict=True)]
    whole = np.full_like(input, value, shape=shape)
    whole[_inside(input.shape, pairs)] = input
    return whole


def _reflected(places: np.ndarray, size: int) -> np.ndarray:
    return size - 1 - np.abs(size - 1 - np.abs(places))


_SOURCES = {"reflect": _reflected, "replicate": lambda places, size: places.clip(0, size - 1)}
_MODES = ("constant", *_SOURCES, "circular")


def _places(mode: str, dim: int, size: int, before: int, after: int) -> np.ndarray:
    """Return where the elements of the padded dimension come from."""
    if mode == "circular":  # what is cut off is not there to be repeated
        first, size = max(-before, 0), size + min(before, 0) + min(after, 0)
    longest = {"reflect": size - 1, "replicate": size and max(before, after, 0), "circular": size}[mode]
    if max(before, after, 0) > longest:
        raise RuntimeError(
            f"pad: mode {mode!r} has at most {longest} elements to put around dim {dim} of length {size}, "
            f"got padding ({before}, {after})"
        )
    if mode == "circular":
        return first + np.arange(-max(before, 0), size + max(after, 0)) % max(size, 1)
    return _SOURCES[mode](np.arange(-before, size + after), size)


@rounded_once
def pad(input: Operand, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """Return a border around `input`.

    Parameters
    ----------
    pad : ints
        How many elements before and after, a pair for each dimension, the last dimension first: ``(left, right, top,
        bottom)`` for images. Negative ones cut off.
    mode : {'constant', 'reflect', 'replicate', 'circular'}
        What the border consists of: `value`; the image in a mirror that stands on the outermost elements; these
        elements; or the opposite end.
    value : float, default 0
        For 'constant' only.

    Raises
    ------
    RuntimeError
        If `pad` is not made of pairs, there are more than dimensions, more would be cut off than there is, or a mirror
        or the opposite end does not reach as far.

    Examples
    --------
    >>> F.pad(mg.tensor([1, 2, 3]), (2, 1))
    tensor([0, 0, 1, 2, 3, 0])
    >>> F.pad(mg.tensor([[1, 2, 3]]), (2, 1), mode="reflect")
    tensor([[3, 2, 1, 2, 3, 2]])
    """
    widths, shape = as_shape("pad", (pad,)), tuple(input.shape)
    if len(widths) % 2 or len(widths) > 2 * len(shape):
        raise RuntimeError(f"pad: expected pairs for at most {len(shape)} dimensions of {shape}, got {widths}")
    if mode not in _MODES:
        raise NotImplementedError(f"pad: expected mode {', '.join(map(repr, _MODES))}, got {mode!r}")
    if mode != "constant" and value not in (None, 0):
        raise RuntimeError(f"pad: mode {mode!r} takes no value, got {value}")
    if mode != "constant" and not (0 < len(widths) <= 6 and len(shape) - len(widths) // 2 in (1, 2)):
        raise NotImplementedError(
            f"pad: mode {mode!r} is for the last 1, 2 or 3 dimensions of (N, C, ...) or (C, ...), got padding {widths} "
            f"for an input of shape {shape}"
        )
    pairs = tuple(zip(widths[::2], widths[1::2], strict=True))[::-1]
    pairs = ((0, 0),) * (len(shape) - len(pairs)) + pairs
    for dim, (size, (before, after)) in enumerate(zip(shape, pairs, strict=True)):
        if size + before + after < 0 or (mode != "replicate" and min(size + before, size + after) < 0):
            raise RuntimeError(f"pad: padding ({before}, {after}) cuts more off dim {dim} than its length {size}")
    if mode == "constant":
        return _constant(input, pairs, 0 if value is None else as_scalar("pad", "value", value, input.dtype))
    padded = [dim for dim, pair in enumerate(pairs) if any(pair)]
    if not padded:
        return clone(input)
    dims = range(padded[0], padded[-1] + 1)  # all at once: copies of short runs are slower than a table of places
    places = [_places(mode, dim, shape[dim], *pairs[dim]).reshape(-1, *[1] * (padded[-1] - dim)) for dim in dims]
    return look_up(input, (*[ALL] * padded[0], *places))


def _constant(input: Any, pairs: Pairs, value: Any) -> Any:
    if any(w < 0 for pair in pairs for w in pair):
        kept = zip(input.shape, pairs, strict=True)
        input = slice_by(input, tuple(slice(max(-before, 0), n - max(-after, 0)) for n, (before, after) in kept))
        pairs = tuple((max(before, 0), max(after, 0)) for before, after in pairs)
    return _pad(input, pairs, value)


def constant_pad_nd(input: Operand, pad: Sequence[int], value: float = 0) -> Tensor:
    """Return ``nn.functional.pad(input, pad, "constant", value)``.

    Examples
    --------
    >>> mg.constant_pad_nd(mg.ones(2), (1, 0))
    tensor([0., 1., 1.])
    """
    return _padded(input, pad, "constant", value)


_padded = pad  # `constant_pad_nd` has a parameter of that name
