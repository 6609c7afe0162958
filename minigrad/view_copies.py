"""Copies of what views show: ``permute_copy(x, dims)`` is ``permute(x, dims).clone()``, and so on for all views.

>>> mg.t_copy(mg.tensor([[1, 2], [3, 4]]))
tensor([[1, 3],
        [2, 4]])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minigrad.core.tensor import Tensor
from minigrad.ops.primitives.dims import one_dim
from minigrad.ops.primitives.indexing import ALL, slice_by

# each view, its arguments in an example on a matrix of 2 x 3, and the shapes of what it shows
_VIEWS = {
    "as_strided": ("(2,), (3,)", "Size([2])"),
    "detach": ("", "Size([2, 3])"),
    "diagonal": ("", "Size([2])"),
    "expand": ("(4, 2, 3)", "Size([4, 2, 3])"),
    "narrow": ("1, 0, 2", "Size([2, 2])"),
    "permute": ("(1, 0)", "Size([3, 2])"),
    "select": ("0, 1", "Size([3])"),
    "split": ("2, 1", "[Size([2, 2]), Size([2, 1])]"),
    "split_with_sizes": ("[1, 1]", "[Size([1, 3]), Size([1, 3])]"),
    "squeeze": ("", "Size([2, 3])"),
    "t": ("", "Size([3, 2])"),
    "transpose": ("0, 1", "Size([3, 2])"),
    "unbind": ("", "[Size([3]), Size([3])]"),
    "unfold": ("1, 2, 1", "Size([2, 2, 2])"),
    "unsqueeze": ("0", "Size([1, 2, 3])"),
    "view": ("6", "Size([6])"),
}
__all__ = [*(f"{name}_copy" for name in _VIEWS), "alias_copy", "slice_copy"]


def _copied(view: Any) -> Any:
    return tuple(map(_copied, view)) if isinstance(view, tuple) else view.clone()


def _copy_of(name: str) -> Callable[..., Any]:
    def copy(input: Tensor, *args: Any, **kwargs: Any) -> Any:
        return _copied(getattr(input, name)(*args, **kwargs))

    arguments, shape = _VIEWS[name]
    call = f"mg.{name}_copy(mg.zeros(2, 3){arguments and ', '}{arguments})"
    example = f"[y.shape for y in {call}]" if shape[0] == "[" else f"{call}.shape"
    copy.__name__ = copy.__qualname__ = f"{name}_copy"
    copy.__doc__ = f"""Return a copy of what the view ``input.{name}(...)`` shows, in memory of its own.

    Examples
    --------
    >>> {example}
    {shape}
    """
    copy.takes_out = True  # type: ignore[attr-defined]  # several of some
    copy.__annotations__["return"] = "tuple[Tensor, ...]" if shape[0] == "[" else "Tensor"
    return copy


globals().update({f"{name}_copy": _copy_of(name) for name in _VIEWS})


def alias_copy(input: Tensor) -> Tensor:
    """Return a copy of `input`.

    Examples
    --------
    >>> mg.alias_copy(mg.ones(2))
    tensor([1., 1.])
    """
    return input.clone()


def slice_copy(input: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Tensor:
    """Return a copy of the elements from `start` to `end` of dimension `dim`, in steps of `step`.

    Examples
    --------
    >>> mg.slice_copy(mg.arange(4), 0, 1, 3)
    tensor([1, 2])
    """
    dim = one_dim("slice_copy", dim, input.ndim)
    return slice_by(input, (*[ALL] * dim, slice(start, end, step))).clone()
