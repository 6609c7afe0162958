"""Operations on lists of tensors, by PyTorch's private names such as ``_foreach_mul_``: one tensor after the other.

Copied optimizers and averages of weights call them; here they are no quicker than a loop.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.ops.norms import vector_norm

__all__ = ["foreach"]

_METHODS = frozenset(
    "abs acos add addcdiv addcmul asin atan ceil clamp_max clamp_min copy cos cosh div erf erfc exp expm1 floor frac "
    "lerp lgamma log log10 log1p log2 max maximum minimum mul neg pow reciprocal round rsqrt sigmoid sign sin sinh "
    "sqrt sub tan tanh trunc zero".split()
)


@functools.cache
def foreach(name: str) -> Callable[..., list[Tensor] | None]:
    """Return the function ``_foreach_<operation>``; in place, and without a result, if the name ends in ``_``.

    Arguments that are lists have one for each tensor; others are for all of them.

    Raises
    ------
    AttributeError
        If there is no such operation.

    Examples
    --------
    >>> averages, weights = [mg.zeros(2), mg.ones(1)], [mg.ones(2), mg.ones(1)]
    >>> mg._foreach_lerp_(averages, weights, 0.25)
    >>> averages
    [tensor([0.2500, 0.2500]), tensor([1.])]
    """
    operation = name.removeprefix("_foreach_")
    if operation != "norm" and operation.removesuffix("_") not in _METHODS:
        raise AttributeError(f"module 'minigrad' has no attribute {name!r}; a loop over the tensors does it")
    function: Callable[..., Tensor] = vector_norm if operation == "norm" else _method(operation)
    with_value = operation.startswith(("addcdiv", "addcmul"))

    def call(self: Sequence[Tensor], *args: Any, **kwargs: Any) -> list[Tensor] | None:
        if with_value:
            kwargs = {"value": args[2] if len(args) > 2 else kwargs.pop("scalars", kwargs.get("value", 1))}
            args = args[:2]
        for given in (*args, *kwargs.values()):
            if isinstance(given, (list, tuple)) and len(given) != len(self):
                raise RuntimeError(f"{name}: expected {len(self)} values, one for each tensor, got {len(given)}")
        results = [
            function(t, *[_own(a, i) for a in args], **{key: _own(a, i) for key, a in kwargs.items()})
            for i, t in enumerate(self)
        ]
        return None if operation.endswith("_") else results

    call.__name__ = call.__qualname__ = name
    return call


def _method(name: str) -> Callable[..., Tensor]:
    """Return the method of Tensor, or what does it in place if there is only the other one."""
    if hasattr(Tensor, name):
        return getattr(Tensor, name)
    other = getattr(Tensor, name.removesuffix("_"))
    return lambda t, *args, **kwargs: t.copy_(other(t, *args, **kwargs))


def _own(argument: Any, place: int) -> Any:
    return argument[place] if isinstance(argument, (list, tuple)) else argument
