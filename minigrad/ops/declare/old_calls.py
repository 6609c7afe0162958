"""Calls of old scripts, in which factors came before what they multiply: ``p.add_(-lr, g)`` for ``add_(g, alpha=-lr)``.

Optimizers written before 2020 are full of them, and PyTorch still understands them.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from minigrad.ops.declare.declaration import signature

F = TypeVar("F", bound=Callable[..., Any])


def factors_first(*names: str) -> Callable[[F], F]:
    """Make a function take its factors, keyword arguments of these names, among the operands too, with a warning."""

    def declare(function: F) -> F:
        count = len(signature(function)[0]) - len(names)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if len(args) > count:
                args, kwargs = _as_now(function.__name__, count, names, args, kwargs)
            return function(*args, **kwargs)

        return call  # type: ignore[return-value]  # functools.wraps keeps the signature at run time only

    return declare


def _as_now(
    name: str, count: int, names: tuple[str, ...], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments with the factors by name, or as they are if they are none of an old call."""
    factors = [a for a in args[:-1] if isinstance(a, (int, float))]
    operands = [a for a in args[:-1] if not isinstance(a, (int, float))] + [args[-1]]
    given = dict(zip(names, factors, strict=False))
    if len(operands) != count or len(factors) > len(names) or given.keys() & kwargs.keys():
        return args, kwargs
    now = ", ".join(f"{n}={value}" for n, value in given.items())
    warnings.warn(
        f"{name}: a factor before what it multiplies is deprecated; pass it by name after the tensors, as {now}",
        UserWarning,
        stacklevel=4,
    )
    return tuple(operands), {**kwargs, **given}
