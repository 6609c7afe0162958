"""Arguments of all losses: which shapes they accept, and how they are reduced, in today's words and the old ones.

Unlike PyTorch's, losses do not broadcast: (N,) against (N, 1) is a mistake that would silently average N * N
differences, so it raises.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.ops.checks import require_floating
from minigrad.ops.declare.declaration import signature
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.primitives.summation import sum_over
from minigrad.ops.reduction import mean_over

P = ParamSpec("P")
R = TypeVar("R")

REDUCTIONS = ("none", "mean", "sum")


def loss(function: Callable[P, R]) -> Callable[P, R]:
    """Declare a loss: float16 is computed in float32, and `size_average` and `reduce` choose the reduction if given."""
    names, _ = signature(function)
    compute, oldest = rounded_once(function), names.index("size_average")

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if len(args) > oldest or "size_average" in kwargs or "reduce" in kwargs:
            given = dict(zip(names, args, strict=False))
            if len(args) <= len(names) and not given.keys() & kwargs.keys():  # else Python says so
                given.update(kwargs)
                old = (given.get("size_average"), given.get("reduce"), given.get("reduction", "mean"))
                given.update(size_average=None, reduce=None, reduction=chosen_reduction(function.__name__, *old))
                args, kwargs = tuple(given.pop(name) for name in names[: len(args)]), given
        return compute(*args, **kwargs)

    return call


def chosen_reduction(name: str, size_average: bool | None, reduce: bool | None, reduction: str) -> str:
    """Return what the old options mean, if one is given, and else `reduction`; warn that they are old."""
    if size_average is None and reduce is None:
        return reduction
    for option, value in (("size_average", size_average), ("reduce", reduce)):
        if not isinstance(value, (bool, int, type(None))):
            raise TypeError(f"{name}: expected a bool as {option}, got {value!r}; write reduction={value!r}")
    meant = (
        "none"
        if reduce is not None and not reduce
        else "sum"
        if size_average is not None and not size_average
        else "mean"
    )
    message = f"{name}: size_average and reduce are old; write reduction={meant!r} instead"
    warnings.warn(message, UserWarning, stacklevel=4)
    return meant


def check_reduction(name: str, reduction: str) -> None:
    """Raise unless `reduction` is a known one."""
    if reduction not in REDUCTIONS:
        raise ValueError(f"{name}: expected reduction 'none', 'mean' or 'sum', got {reduction!r}")


def reduced(name: str, loss: Any, reduction: str) -> Tensor:
    """Return the mean or sum of all elements of `loss`, or `loss` itself."""
    check_reduction(name, reduction)
    if reduction == "none":
        return loss
    return (sum_over if reduction == "sum" else mean_over)(loss, tuple(range(len(loss.shape))), False)


def check_shapes(name: str, input: Any, target: Any, error: type[Exception] = RuntimeError) -> None:
    """Raise unless both are tensors of one shape and the input is floating."""
    for which, t in (("input", input), ("target", target)):
        if not isinstance(t, (Tensor, np.ndarray)):
            raise TypeError(f"{name}: expected a Tensor as {which}, got {type(t).__name__}; see minigrad.tensor()")
    if tuple(input.shape) != tuple(target.shape):
        raise error(
            f"{name}: expected an input and a target of one shape, got {tuple(input.shape)} and {tuple(target.shape)}; "
            "losses do not broadcast, use .reshape(), .squeeze() or .expand_as() on one of them"
        )
    if target.dtype.kind != "f":
        require_floating(name, input)
