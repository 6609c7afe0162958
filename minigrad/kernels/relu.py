"""Elements limited or chosen by a mask, and the rectifier."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.kernels.blocks import by_parts
from minigrad.kernels.parallel import WORTH_SLICING, by_slices

_BITS = {np.dtype("float16"): np.int16, np.dtype("float32"): np.int32, np.dtype("float64"): np.int64}
_MIN_BY_BITS = 1 << 12  # elements, from which on the branches of `np.where` take longer than all calls here
_MIN_BY_CLIP = 1 << 12  # elements, from which on the longer call of `np.clip` pays


def limited(x: np.ndarray, low: float | None, high: float | None, out: np.ndarray | None = None) -> Any:
    """``min(max(x, low), high)``; a limit may be None.

    NumPy's loop for two limits takes a third of the time of that for the maximum of an array and a number.
    """
    if x.dtype.kind == "f" and x.size >= _MIN_BY_CLIP:
        return np.clip(x, -np.inf if low is None else low, np.inf if high is None else high, out=out)
    if low is not None:  # of two zeros the one behind is taken: -0 stays -0, as by clip, and in PyTorch
        return np.maximum(low, x, out=out) if high is None else np.clip(x, low, high, out=out)
    return x if high is None else np.minimum(high, x, out=out)


def rectified(x: np.ndarray) -> np.ndarray:
    """``max(x, 0)``."""
    x = np.asarray(x)
    if x.size < WORTH_SLICING:
        return np.asarray(limited(x, 0, None))
    y = np.empty_like(x)

    def compute(at: tuple[Any, ...]) -> None:
        limited(x[at], 0, None, y[at])

    by_slices(compute, x, range(x.ndim))
    return y


def zeroed(values: np.ndarray, mask: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return `values`, but 0 where `mask` holds: a product with the mask would let nan and inf through.

    The mask is applied to the bits, without a branch: `np.where` takes eight times as long on a random mask.
    """
    values = np.asarray(values)
    bits = _BITS.get(values.dtype)
    result = np.empty_like(values) if out is None else out
    if bits is None:
        result[...] = np.where(mask, values.dtype.type(0), values)
        return result
    given, kept, wanted = values.view(bits), np.asarray(mask).view(np.int8), result.view(bits)
    if kept.shape != given.shape:
        kept = np.broadcast_to(kept, given.shape)

    def compute(at: tuple[Any, ...]) -> None:
        keep = np.subtract(kept[at], 1, dtype=np.int8)  # 0 or -1, that is no bit or all of them
        np.bitwise_and(given[at], keep, out=wanted[at])

    by_slices(compute, values, range(values.ndim))
    return result


def chosen(mask: Any, x: Any, y: Any) -> np.ndarray:
    """``np.where(mask, x, y)``: of large arrays without a branch, see `zeroed`."""
    dtype = np.result_type(x, y)
    bits = _BITS.get(dtype)
    if bits is None or np.size(mask) < _MIN_BY_BITS or mask.dtype != bool:
        return np.asarray(np.where(mask, x, y))
    shape = np.broadcast_shapes(mask.shape, np.shape(x), np.shape(y))
    like = next((a for a in (x, y) if np.shape(a) == shape), mask)
    result = np.empty_like(like, dtype, shape=shape)
    ones, others = (np.broadcast_to(np.asarray(a, dtype).view(bits), shape) for a in (x, y))
    kept, wanted = np.broadcast_to(mask.view(np.int8), shape), result.view(bits)

    def compute(at: tuple[Any, ...]) -> None:
        part, other = wanted[at], others[at]
        np.bitwise_xor(ones[at], other, out=part)
        np.bitwise_and(part, np.negative(kept[at]), out=part)  # 0 or -1, that is no bit or all of them
        np.bitwise_xor(part, other, out=part)

    by_parts(compute, result, range(len(shape)))
    return result
