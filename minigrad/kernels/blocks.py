"""Formulas of several steps, done for a part of their arrays at a time: what lies between the steps stays in the cache.

Over a large array every step of a formula would write all of its result to memory, and the next step would fetch it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar, overload

import numpy as np

from minigrad.kernels.copying import copy
from minigrad.kernels.parallel import WORTH_SLICING, alone, in_slices, run

__all__ = ["by_blocks", "by_parts", "each", "in_blocks", "order_in_memory"]


def _second_level_cache(path: str = "/sys/devices/system/cpu/cpu0/cache/index2/size") -> int:
    """Return the kilobytes of a core's second-level cache, or 0 if the system does not say."""
    try:
        with open(path) as file:
            return int(file.read().strip().removesuffix("K"))
    except (OSError, ValueError):  # not Linux
        return 0


# Elements: with several intermediate results they fit into the second-level cache. Where that is too small for so many,
# into the last one: in smaller blocks, the calls would take more time than the memory does. Measured on caches of half
# a megabyte, one, and two.
_LARGE = _second_level_cache() >= 2048
BLOCK_ELEMENTS = 1 << (16 if _LARGE else 18)
PART_ELEMENTS = 1 << (17 if _LARGE else 20)  # of what is reduced, too: there a step is several calls

# Elements, from which on threads share what is done by parts: in many short calls, two threads wait for each other's
# turn in the interpreter.
WORTH_SHARING_PARTS = WORTH_SLICING * (4 if _LARGE else 1)
SPECIAL_COST = 16  # of special functions: how many times as long as a copy they take, or more

MIN_RUN_BYTES = 1 << 12  # that a part has side by side in memory, if it is cut in an inner axis

F = TypeVar("F", bound=Callable[..., Any])


@overload
def in_blocks(formula: F, *, cost: int = 2) -> F: ...
@overload
def in_blocks(formula: None = None, *, cost: int = 2) -> Callable[[F], F]: ...
def in_blocks(formula: Any = None, *, cost: int = 2) -> Any:
    """Make `formula`, of corresponding elements of arrays of one shape, compute in blocks where these are large.

    Its first argument is an array; others may be arrays, 0-dim ones too, numbers or None. Anything but an array as the
    first goes to the formula as it is, and so do arrays that lie in memory in different orders. It returns an array, or
    a tuple of them. If its last parameter is called `out`, it may put them there; what it returns otherwise is copied.

    cost : how many times as long as a copy it takes, roughly: what takes longer is shared by threads from fewer
        elements on
    """
    if formula is None:
        return functools.partial(in_blocks, cost=cost)
    takes_out = "out" in getattr(getattr(formula, "__code__", None), "co_varnames", ())

    @functools.wraps(formula)
    def call(*args: Any) -> Any:
        first = args[0]
        if type(first) is not np.ndarray:
            return formula(*args)
        if first.size <= BLOCK_ELEMENTS and (first.size * cost < WORTH_SLICING or alone()):
            return formula(*args)
        places = [i for i, a in enumerate(args) if isinstance(a, np.ndarray) and a.ndim]
        order, vectors = _as_vectors([args[i] for i in places], first.shape)
        if not vectors:
            return formula(*args)

        def block(at: slice, *out: Any) -> tuple[np.ndarray, ...]:
            given = list(args)
            for i, vector in zip(places, vectors, strict=True):
                given[i] = vector[at]
            results = formula(*given, *out)
            return results if type(results) is tuple else (results,)

        none = block(slice(0, 0))  # of no elements: it shows how many results there are, and of which dtypes
        outputs = [np.empty([first.shape[d] for d in order], result.dtype) for result in none]
        targets = [output.reshape(-1) for output in outputs]

        def compute(at: slice) -> None:
            parts = [target[at] for target in targets]
            out = (parts[0] if len(parts) == 1 else tuple(parts),) if takes_out else ()
            for part, result in zip(parts, block(at, *out), strict=True):
                if result is not part:
                    copy(result, part)

        _by_blocks(compute, first.size, cost)
        several = [_in_order(output, order) for output in outputs]
        return several[0] if len(several) == 1 else tuple(several)

    return call


def each(ufunc: np.ufunc, x: Any) -> Any:
    """Return ``ufunc(x)`` of a function of one number that takes longer than a copy: by threads if x is large."""
    large = type(x) is np.ndarray and x.size >= WORTH_SLICING
    return _by_threads(ufunc)(x) if large and not alone() else ufunc(x)


@functools.cache
def _by_threads(ufunc: np.ufunc) -> Callable[..., Any]:
    def function(x: Any, out: Any = None) -> Any:
        return ufunc(x, out=out)

    return in_blocks(function, cost=1)


def _by_blocks(compute: Callable[[slice], None], size: int, cost: int) -> None:
    """Call `compute` for slices that together are vectors of this size, none of them longer than a block."""

    def several(part: slice) -> None:
        for start in range(part.start, part.stop, BLOCK_ELEMENTS):
            compute(slice(start, min(start + BLOCK_ELEMENTS, part.stop)))

    in_slices(several, size, size * cost)


def by_blocks(f: Callable[[np.ndarray, np.ndarray], None]) -> Callable[[np.ndarray], np.ndarray]:
    """Make ``f(x, out)``, written for vectors, take arrays of any shape; the result has the memory order of `x`."""

    def call(x: np.ndarray) -> np.ndarray:
        order = order_in_memory(x)
        source = np.asarray(x.transpose(order), order="C")
        output = np.empty_like(source)
        vector, target = source.reshape(-1), output.reshape(-1)
        _by_blocks(lambda at: f(vector[at], target[at]), x.size, SPECIAL_COST)
        return _in_order(output, order)

    return call


def by_parts(function: Callable[[tuple[Any, ...]], None], x: np.ndarray, axes: Iterable[int]) -> None:
    """Call ``function(place)`` for places that together are all of `x`, each small enough for the cache.

    It is cut along the axis that comes first in memory, and not at all if there is none.
    """
    axis = max(axes, key=lambda a: abs(x.strides[a]), default=None) if x.size > PART_ELEMENTS else None
    if axis is None or x.shape[axis] == 1:
        function((...,))
        return
    length = x.shape[axis]
    step = max(1, length * PART_ELEMENTS // x.size, MIN_RUN_BYTES // max(abs(x.strides[axis]), 1))
    places = [(slice(None),) * axis + (slice(start, start + step),) for start in range(0, length, step)]
    if x.size < WORTH_SHARING_PARTS:
        for place in places:
            function(place)
    else:
        run(function, places)


def order_in_memory(x: np.ndarray) -> list[int]:
    """Return the axes from the outermost in memory to the innermost."""
    return sorted(range(x.ndim), key=lambda d: -abs(x.strides[d]))


def _as_vectors(arrays: Sequence[np.ndarray], shape: tuple[int, ...]) -> tuple[list[int], list[np.ndarray]]:
    """Return the order of axes in which all lie in memory, and each as a vector in that order; none if they differ.

    A number that is repeated in all axes lies in every order.
    """
    repeated = [not any(a.strides) for a in arrays]
    order = next((order_in_memory(a) for a, same in zip(arrays, repeated, strict=True) if not same), [])
    vectors: list[np.ndarray] = []
    for a, same in zip(arrays, repeated, strict=True):
        if same and a.shape == shape:
            vectors.append(np.broadcast_to(a[(0,) * a.ndim], a.size))
        elif a.shape == shape and (dense := a.transpose(order)).flags.c_contiguous:
            vectors.append(dense.reshape(-1))
        else:
            return order, []
    return order, vectors if order else []


def _in_order(array: np.ndarray, order: list[int]) -> np.ndarray:
    """Return an array whose dimensions are in this order with them in their own: itself, not a view, if it can be."""
    return array if order == sorted(order) else array.transpose([order.index(d) for d in range(array.ndim)])
