"""Operations on corresponding elements: broadcasting and type promotion, once for all of them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec

import numpy as np

from minigrad.core import dtypes
from minigrad.core.as_array import as_array
from minigrad.core.tensor import Tensor
from minigrad.graph.grad_mode import mode
from minigrad.ops.declare.declaration import Rule, signature
from minigrad.ops.declare.operation import OperandTypeError, operation
from minigrad.ops.declare.record import attached
from minigrad.ops.primitives.casting import cast
from minigrad.ops.primitives.summation import expand

P = ParamSpec("P")


def elementwise(
    *rules: Rule | None,
    name: str | None = None,
    constants: Sequence[str] = (),
    tensors: Sequence[str] = (),
    floating: bool = False,
    no_bools: str = "",
    exact: str = "",
    outputs: Sequence[str] = ("y",),
) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Declare an operation on corresponding elements of its leading parameters.

    The inputs are brought to one dtype and one shape before anything is recorded, by operations of their own (`to` and
    `expand`). So a rule never sees broadcasting: undoing it is the rule of `expand`.

    Parameters
    ----------
    name : what nodes and messages call it; by default the name of the function
    rules : one for each leading parameter; None for one without a gradient
    constants : those of them that keep their own dtype, such as masks
    tensors : those of them that may not be a Python number, though another is a Tensor
    floating : integers and bools become the default floating dtype first
    no_bools : why bools are refused, if they are
    exact : the one of them where an integer that does not fit into the dtype is an error, and does not wrap around
    outputs : names of the outputs, where the function returns several
    """

    def declare(forward: Callable[P, Any]) -> Callable[P, Any]:
        names = signature(forward)[0][: len(rules)]
        promoted = tuple(i for i, n in enumerate(names) if n not in constants)
        checked = tuple((i, n) for i, n in enumerate(names) if n in tensors)
        own = name or forward.__name__.strip("_")
        unwrapped = names.index(exact) if exact else -1
        match = functools.partial(_match, own, len(rules), promoted, checked, floating, no_bools, unwrapped)
        plain = len(rules) == 1 and not floating and not no_bools
        prepare = None if plain else _matcher(match, len(rules), 1 in dict(checked))
        given: dict[str, Any] = {n: r for n, r in zip(names, rules, strict=True) if r is not None}
        without = [n for n in names if n not in given]
        return operation(*without, name=name, outputs=outputs, prepare=prepare, **given)(forward)

    return declare


def _matcher(
    match: Callable[[tuple[Any, ...]], tuple[Any, ...]], count: int, no_number: bool
) -> Callable[..., Any] | None:
    """Return `match`, after a quick look whether there is anything to do: nearly always there is not."""
    numbers = frozenset() if no_number else _NUMBERS

    def one(args: tuple[Any, ...]) -> tuple[Any, ...]:
        return args if isinstance(args[0], Tensor) and args[0]._data.dtype.kind == "f" else match(args)

    def two(args: tuple[Any, ...]) -> tuple[Any, ...]:
        first, second = args[0], args[1]
        if isinstance(first, Tensor):
            a = first._data
            if isinstance(second, Tensor):
                b = second._data
                if a.dtype is b.dtype and a.shape == b.shape and a.dtype.kind == "f":
                    return args if a.size < LARGE or a.strides == b.strides else _in_one_order(args)
            elif type(second) in numbers and a.ndim and a.dtype.kind == "f":
                return args  # NumPy lets the array decide, too
        return match(args)

    return one if count == 1 else two if count == 2 else match


_OF_NUMBERS = ("add", "sub", "mul", "div", "floor_divide")  # which take numbers alone, as PyTorch's do


def _match(
    name: str,
    count: int,
    promoted: tuple[int, ...],
    checked: tuple[tuple[int, str], ...],
    floating: bool,
    no_bools: str,
    exact: int,
    args: tuple[Any, ...],
) -> tuple[Any, ...]:
    """Return `args` with the first `count` broadcast to one shape, and those at `promoted` of one dtype."""
    inputs = list(args[:count])
    if not any(isinstance(t, Tensor) for t in inputs):
        if all(type(t) in _PYTHONS for t in inputs):
            if name in _OF_NUMBERS:
                args = (Tensor._wrap(as_array(args[0])), *args[1:])
                return _match(name, count, promoted, checked, floating, no_bools, exact, args)
            raise TypeError(f"{name}: expected a Tensor, got nothing but numbers; use Python's own operators for them")
        return args
    for i, parameter in checked:
        if type(inputs[i]) in _PYTHONS:
            raise TypeError(f"{name}: expected a Tensor as {parameter!r}, got {type(inputs[i]).__name__} {inputs[i]}")
    for i, t in enumerate(inputs):
        if isinstance(t, (np.number, np.bool_)):
            inputs[i] = t = t.item()
        elif isinstance(t, np.ndarray):
            inputs[i] = t = Tensor._wrap(as_array(t, copy=mode.enabled))  # NumPy may change it
        if not isinstance(t, (Tensor, bool, int, float)):
            raise OperandTypeError(f"{name}: expected Tensors, arrays or numbers, got {type(t).__name__}")
    given = [t._data if isinstance(t, Tensor) else t for i in promoted for t in [inputs[i]]]
    if no_bools and any(np.result_type(t).kind == "b" for t in given):
        raise RuntimeError(f"{name}: {no_bools}")
    dtype = dtypes.result_type(*given)
    if floating and dtype.kind != "f":
        dtype = dtypes.get_default_dtype().dtype
    shape = _broadcast_shape(name, [t._data.shape for t in inputs if isinstance(t, Tensor)])
    for i, t in enumerate(inputs):
        if not isinstance(t, Tensor):
            number = np.asarray(t)
            inputs[i] = number.astype(dtype) if i in promoted else number  # integers wrap around
            if i == exact and dtype.kind in "iu" and inputs[i] != number:
                raise RuntimeError(f"{name}: {t} does not fit into {dtype}; convert the tensor, such as with .float()")
            continue
        if i in promoted and t._data.dtype != dtype:
            t = cast(t, dtype)
        inputs[i] = t if t._data.shape == shape else expand(t, shape)
    return (*inputs, *args[count:])


_NUMBERS = frozenset((float, int))
_PYTHONS = frozenset((float, int, bool))


# ---- memory order ----------------------------------------------------------------------------------------------------

LARGE = 2**14  # elements
LONG = 16  # as a batch


def _in_one_order(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return `args` with a first or second that lies in C order copied, if the other has the batch innermost in memory.

    Results of convolutions do. NumPy walks through both in the order of one of them, and through the other in leaps,
    which takes four to six times as long as the copy and the operation together.
    """
    first, second, *rest = args
    if _batch_innermost(second._data) and first._data.flags.c_contiguous:
        first = _copied(first, second._data)
    elif _batch_innermost(first._data) and second._data.flags.c_contiguous:
        second = _copied(second, first._data)
    return (first, second, *rest)


def _batch_innermost(a: np.ndarray) -> bool:
    lies = a.ndim > 1 and len(a) >= LONG and a.strides[0] == a.itemsize
    return lies and a.transpose(*range(1, a.ndim), 0).flags.c_contiguous


def _copied(t: Tensor, like: np.ndarray) -> Tensor:
    """Return `t` in the memory order of `like`, with the same history."""
    copy = np.empty_like(like)
    np.copyto(copy, t._data)
    target = t._grad_target()
    return attached(copy, target) if t._requires_grad else Tensor._wrap(copy)


def _broadcast_shape(name: str, shapes: list[tuple[int, ...]]) -> tuple[int, ...]:
    if all(s == shapes[0] for s in shapes):
        return shapes[0]
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise RuntimeError(
            f"{name}: shapes {' and '.join(str(s) for s in shapes)} do not broadcast: counted from the last dimension, "
            "lengths must be equal or 1; see unsqueeze() and expand()"
        ) from None
