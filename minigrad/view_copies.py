"""Copies of what views show: ``permute_copy(x, dims)`` is ``permute(x, dims).clone()``, and so on for all views.

>>> mg.t_copy(mg.tensor([[1, 2], [3, 4]]))
tensor([[1, 3],
        [2, 4]])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import minigrad.ops.primitives.indexing as parts
from minigrad.core.tensor import Tensor

_METHODS = (
    "as_strided detach diagonal expand narrow permute select split split_with_sizes squeeze t transpose unbind unfold "
    "unsqueeze view"
)
__all__ = [*(f"{name}_copy" for name in _METHODS.split()), "alias_copy", "slice_copy"]


def _copied(view: Any) -> Any:
    return tuple(map(_copied, view)) if isinstance(view, tuple) else view.clone()


def _copy_of(name: str) -> Callable[..., Any]:
    def copy(input: Tensor, *args: Any, out: Any = None, **kwargs: Any) -> Any:
        made = _copied(getattr(input, name)(*args, **kwargs))
        if out is None:
            return made
        for target, source in zip(*((out, made) if isinstance(made, tuple) else ([out], [made])), strict=True):
            target.resize_(source.shape).copy_(source)
        return None if isinstance(made, tuple) else out

    copy.__name__ = copy.__qualname__ = f"{name}_copy"
    copy.__doc__ = f"Return a copy of what the view ``input.{name}(...)`` shows, in memory of its own."
    return copy


globals().update({f"{name}_copy": _copy_of(name) for name in _METHODS.split()})


def alias_copy(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return a copy of `input`."""
    return input.clone() if out is None else out.resize_(input.shape).copy_(input)


def slice_copy(
    input: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1, *, out: Any = None
) -> Tensor:
    """Return a copy of the elements from `start` to `end` of dimension `dim`, in steps of `step`."""
    part = parts.slice_by(input, (*[parts.ALL] * (dim % input.ndim), slice(start, end, step)))
    return alias_copy(part, out=out)
