"""Numbers that are not the same in all recordings: sizes, and what is computed from them.

A model is recorded with inputs of several sizes. A number that grows with a size that may vary is a `Varying`; the
graph computes it from the shapes of its inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

GROWTHS = (0, 1, 2, 3)  # of each size that may vary, alone; then all of them grow at once, each by another amount


class OnnxExporterError(RuntimeError):
    """A model that cannot be exported."""


class UnsupportedOperatorError(OnnxExporterError):
    """An operation, or a use of it, that has no ONNX form."""


class Varying:
    """An int by recording: with the example, with each size larger by 1, 2 and 3, and with all of them larger."""

    def __init__(self, values: Sequence[int]) -> None:
        self.values = tuple(int(v) for v in values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Varying) and self.values == other.values

    def __hash__(self) -> int:
        return hash(self.values)

    def slopes(self) -> list[int] | None:
        """Return by how much it grows with each size; None if it is not linear in them."""
        base, *grown, last = self.values
        symbols = [grown[i : i + len(GROWTHS) - 1] for i in range(0, len(grown), len(GROWTHS) - 1)]
        slopes = [values[0] - base for values in symbols]
        linear = all(
            value == base + slope * growth
            for slope, values in zip(slopes, symbols, strict=True)
            for growth, value in zip(GROWTHS[1:], values, strict=True)
        )
        return slopes if linear and last == base + sum(s * (i + 1) for i, s in enumerate(slopes)) else None


Size: TypeAlias = int | Varying


class Ref:
    """An array that depends on the inputs: number `output` of what call `call` gave. Call -1 are the inputs."""

    def __init__(self, call: int, output: int, array: np.ndarray) -> None:
        self.call, self.output, self.shape, self.dtype = call, output, array.shape, array.dtype


class Merged:
    """An array as seen in all recordings: either computed, by one call in all of them, or a constant."""

    def __init__(self, seen: Sequence[Any]) -> None:
        self.ref = seen[0] if isinstance(seen[0], Ref) else None
        self.arrays: list[np.ndarray] = [s for s in seen if isinstance(s, np.ndarray)]
        self.shape = shape_of(seen)
        self.dtype: np.dtype = seen[0].dtype


def shape_of(seen: Sequence[Any]) -> tuple[Size, ...]:
    """Return the shape of an array by that in each recording."""
    if len({len(s.shape) for s in seen}) > 1:
        raise ValueError
    return tuple(number(n) for n in zip(*(s.shape for s in seen), strict=True))


def number(values: Sequence[int]) -> Size:
    """Return one int, if it is the same in all recordings, or how it varies."""
    return int(values[0]) if all(v == values[0] for v in values) else Varying(values)


def merged(seen: Sequence[Any]) -> Any:
    """Return an argument as it was in all recordings. Raise ValueError where they disagree in more than sizes."""
    first = seen[0]
    if isinstance(first, Ref) and all(same(s, first) for s in seen):
        return Merged(seen)
    if isinstance(first, np.ndarray) and all(isinstance(s, np.ndarray) for s in seen):
        return Merged(seen)
    if isinstance(first, slice):
        return slice(*(merged([getattr(s, part) for s in seen]) for part in ("start", "stop", "step")))
    if isinstance(first, (tuple, list)):
        if any(len(s) != len(first) for s in seen):
            raise ValueError
        return tuple(merged(parts) for parts in zip(*seen, strict=True))
    if all(type(s) is type(first) and (s == first or s != s and first != first) for s in seen):
        return first
    if all(isinstance(s, (int, np.integer)) and not isinstance(s, bool) for s in seen):
        return Varying(seen)
    raise ValueError


def same(a: Any, b: Any) -> bool:
    """Return whether an argument has the same value in two recordings with inputs of the same sizes."""
    if isinstance(a, Ref) or isinstance(b, Ref):
        return isinstance(a, Ref) and isinstance(b, Ref) and (a.call, a.output) == (b.call, b.output)
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return a is b or np.shape(a) == np.shape(b) and np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind == "f")
    if isinstance(a, slice) and isinstance(b, slice):
        return all(same(getattr(a, part), getattr(b, part)) for part in ("start", "stop", "step"))
    if isinstance(a, (tuple, list)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and (a == b or a != a and b != b)
