"""The functions of the package einops for Tensors: rearrange, reduce, repeat and their kin.

The first call tells einops of Tensors; afterwards its own functions take them, too. `register` does only that, for
scripts and packages that import einops themselves.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import minigrad
from minigrad.core.tensor import Tensor
from minigrad.nn.module import Module

__all__ = [
    "Rearrange",
    "Reduce",
    "einsum",
    "pack",
    "parse_shape",
    "rearrange",
    "reduce",
    "register",
    "repeat",
    "unpack",
]

_BACKENDS: list[type] = []  # kept here, as einops finds its subclasses by weak references


@functools.cache
def register() -> Any:
    """Tell einops of Tensors, and return the module.

    Raises
    ------
    ImportError
        Without einops: ``pip install 'minigrad-numpy[einops]'``.

    Examples
    --------
    >>> from minigrad.utils.einops import register
    >>> einops = register()  # doctest: +SKIP
    >>> einops.rearrange(mg.ones(2, 3), "a b -> b a").shape  # doctest: +SKIP
    Size([3, 2])
    """
    try:
        einops: Any = import_module("einops")
    except ImportError as error:
        raise ImportError("minigrad.utils.einops needs einops: pip install 'minigrad-numpy[einops]'") from error

    class Backend(import_module("einops._backends").AbstractBackend):  # type: ignore[misc]
        """The answers to what einops asks of tensors; it finds subclasses of its base by itself."""

        framework_name = "minigrad"

        def is_appropriate_type(self, tensor: Any) -> bool:
            return isinstance(tensor, Tensor)

        def is_float_type(self, x: Tensor) -> bool:
            return x.is_floating_point()

        def transpose(self, x: Tensor, axes: Sequence[int]) -> Tensor:
            return x.permute(*axes)

        def reduce(self, x: Tensor, operation: str, axes: Sequence[int]) -> Tensor:
            if operation in ("sum", "mean", "min", "max"):
                return getattr(x, {"min": "amin", "max": "amax"}.get(operation, operation))(tuple(axes))
            for axis in sorted(axes, reverse=True):  # "prod", "any" and "all" take one dim
                x = getattr(x, operation)(axis)
            return x

        def add_axis(self, x: Tensor, new_position: int) -> Tensor:
            return x.unsqueeze(new_position)

        def tile(self, x: Tensor, repeats: Sequence[int]) -> Tensor:
            return x.repeat(*repeats)

        def stack_on_zeroth_dimension(self, tensors: list[Tensor]) -> Tensor:
            return minigrad.stack(tensors)

        def concat(self, tensors: list[Tensor], axis: int) -> Tensor:
            return minigrad.cat(tensors, axis)

        def arange(self, start: int, stop: int) -> Tensor:
            return minigrad.arange(start, stop)

        def einsum(self, pattern: str, *x: Tensor) -> Tensor:
            return minigrad.einsum(pattern, *x)

    _BACKENDS.append(Backend)
    return einops


def rearrange(tensor: Any, pattern: str, **axes_lengths: int) -> Tensor:
    """Return `tensor` with its dimensions in another order, joined or divided, as a pattern says.

    Examples
    --------
    >>> from minigrad.utils.einops import rearrange
    >>> rearrange(mg.ones(2, 3, 4, 4), "b c h w -> b (h w) c").shape  # doctest: +SKIP
    Size([2, 16, 3])
    """
    rearranged: Tensor = register().rearrange(tensor, pattern, **axes_lengths)
    return rearranged


def reduce(tensor: Any, pattern: str, reduction: Any, **axes_lengths: int) -> Tensor:
    """Return `tensor` without the dimensions that are missing on the right of a pattern.

    Parameters
    ----------
    reduction : {"sum", "mean", "min", "max", "prod", "any", "all"} or a function of a Tensor and dims

    Examples
    --------
    >>> from minigrad.utils.einops import reduce
    >>> reduce(mg.ones(2, 3, 4, 4), "b c (h i) (w j) -> b c h w", "mean", i=2, j=2).shape  # doctest: +SKIP
    Size([2, 3, 2, 2])
    """
    reduced: Tensor = register().reduce(tensor, pattern, reduction, **axes_lengths)
    return reduced


def repeat(tensor: Any, pattern: str, **axes_lengths: int) -> Tensor:
    """Return `tensor` with the dimensions that are new on the right of a pattern.

    Examples
    --------
    >>> from minigrad.utils.einops import repeat
    >>> repeat(mg.ones(3, 4), "h w -> b h w", b=2).shape  # doctest: +SKIP
    Size([2, 3, 4])
    """
    repeated: Tensor = register().repeat(tensor, pattern, **axes_lengths)
    return repeated


def einsum(*tensors_and_pattern: Any) -> Tensor:
    """Return sums of products; the last argument is a pattern of names of several letters.

    Examples
    --------
    >>> from minigrad.utils.einops import einsum
    >>> einsum(mg.ones(2, 3), mg.ones(3, 4), "batch i, i o -> batch o").shape  # doctest: +SKIP
    Size([2, 4])
    """
    summed: Tensor = register().einsum(*tensors_and_pattern)
    return summed


def pack(tensors: Sequence[Any], pattern: str) -> tuple[Tensor, list[Any]]:
    """Return several Tensors as one, and the shapes that `unpack` needs.

    Examples
    --------
    >>> from minigrad.utils.einops import pack
    >>> pack([mg.ones(2, 3), mg.ones(4, 5, 3)], "* c")[0].shape  # doctest: +SKIP
    Size([22, 3])
    """
    packed: tuple[Tensor, list[Any]] = register().pack(tensors, pattern)
    return packed


def unpack(tensor: Any, packed_shapes: Sequence[Any], pattern: str) -> list[Tensor]:
    """Return the Tensors that `pack` was given.

    Examples
    --------
    >>> from minigrad.utils.einops import unpack
    >>> [t.shape for t in unpack(mg.ones(22, 3), [(2,), (4, 5)], "* c")]  # doctest: +SKIP
    [Size([2, 3]), Size([4, 5, 3])]
    """
    unpacked: list[Tensor] = register().unpack(tensor, packed_shapes, pattern)
    return unpacked


def parse_shape(x: Any, pattern: str) -> dict[str, int]:
    """Return the lengths of dimensions by their names in a pattern.

    Examples
    --------
    >>> from minigrad.utils.einops import parse_shape
    >>> parse_shape(mg.ones(2, 3), "batch _")  # doctest: +SKIP
    {'batch': 2}
    """
    lengths: dict[str, int] = register().parse_shape(x, pattern)
    return lengths


class Rearrange(Module):
    """:func:`rearrange` as a layer.

    Examples
    --------
    >>> from minigrad.utils.einops import Rearrange
    >>> Rearrange("b c h w -> b (c h w)")
    Rearrange('b c h w -> b (c h w)')
    """

    def __init__(self, pattern: str, **axes_lengths: int) -> None:
        super().__init__()
        self.pattern, self.axes_lengths = pattern, axes_lengths

    def forward(self, input: Tensor) -> Tensor:
        return rearrange(input, self.pattern, **self.axes_lengths)

    def extra_repr(self) -> str:
        return ", ".join([repr(self.pattern), *(f"{name}={length}" for name, length in self.axes_lengths.items())])


class Reduce(Rearrange):
    """:func:`reduce` as a layer.

    Examples
    --------
    >>> from minigrad.utils.einops import Reduce
    >>> Reduce("b c h w -> b c", "mean")
    Reduce('b c h w -> b c', 'mean')
    """

    def __init__(self, pattern: str, reduction: Any, **axes_lengths: int) -> None:
        super().__init__(pattern, **axes_lengths)
        self.reduction = reduction

    def forward(self, input: Tensor) -> Tensor:
        return reduce(input, self.pattern, self.reduction, **self.axes_lengths)

    def extra_repr(self) -> str:
        pattern, *lengths = super().extra_repr().split(", ")
        return ", ".join([pattern, repr(self.reduction), *lengths])
