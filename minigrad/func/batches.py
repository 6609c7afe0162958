"""vmap: a function of one example, called on a batch of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from minigrad.core.generator import get_rng_state, set_rng_state
from minigrad.core.tensor import Tensor
from minigrad.func import trees
from minigrad.graph.grad_mode import retaining
from minigrad.ops.joining import stack


def vmap(
    func: Callable[..., Any],
    in_dims: Any = 0,
    out_dims: Any = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """Return a function that calls `func` on each slice of its arguments, and stacks what it returns.

    It is a loop over the slices: it saves writing, not time. The gradients of all flow as usual.

    Parameters
    ----------
    func : function of trees of Tensors, nested dicts, lists and tuples, that returns one
    in_dims : int, None, or a tree of them
        Along which dimension each argument is sliced; None: it is handed on whole, as keyword arguments are. Where
        there are no slices, `func` is called with zeros, for the shape of its results.
    out_dims : int, or a tree of them
        Along which dimension of the result the slices are stacked.
    randomness : {"error", "different", "same"}
        Whether random numbers are drawn anew for each slice, are the same for all, or are an error.
    chunk_size : accepted, as PyTorch does

    Raises
    ------
    ValueError
        If in_dims or out_dims don't fit, nothing is sliced, sizes differ, or `func` returns anything but Tensors.
    RuntimeError
        If random numbers were drawn, unless `randomness` allows it.

    Examples
    --------
    >>> mg.vmap(mg.dot)(mg.tensor([[1.0, 2.0], [3.0, 4.0]]), mg.tensor([[1.0, 1.0], [2.0, 2.0]]))
    tensor([ 3., 14.])
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"vmap: expected randomness 'error', 'different' or 'same', got {randomness!r}")
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError(f"vmap: expected a chunk_size above 0, got {chunk_size}")

    @functools.wraps(func)
    def batched(*args: Any, **kwargs: Any) -> Any:
        slices, size = _slices(in_dims, args)
        before = get_rng_state()
        results = []
        for i in range(max(size, 1)):
            if randomness == "same":
                set_rng_state(before)
            given = trees.replaced(args, [s if d is None else s[i] for s, d in slices])
            with retaining(i + 1 < size):  # of what was recorded outside, each slice may ask
                results.append(func(*given, **kwargs))
        if randomness == "error" and bool((get_rng_state() != before).any()):
            raise RuntimeError("vmap: func has drawn random numbers; pass randomness='different' or 'same'")
        return _stacked(results, out_dims, size)

    return batched


def _slices(in_dims: Any, args: tuple[Any, ...]) -> tuple[list[tuple[Any, Any]], int]:
    """Return the slices of each leaf, or the leaf itself, with its dimension; and how many slices there are."""
    if not isinstance(in_dims, (int, tuple, list)):
        raise ValueError(f"vmap: expected in_dims to be an int or a tuple, got {in_dims!r}")
    values = trees.leaves(args)
    if not values:
        raise ValueError("vmap: expected at least one argument to slice, got none")
    try:
        dims = trees.spread(in_dims if isinstance(in_dims, int) else tuple(in_dims), args)
    except ValueError as error:
        raise ValueError(f"vmap: in_dims: {error}") from None
    slices, sizes = [], set()
    for value, dim in zip(values, dims, strict=True):
        if dim is not None and not isinstance(dim, int):
            raise ValueError(f"vmap: expected ints and None in in_dims, got {dim!r}")
        if dim is not None and not isinstance(value, Tensor):
            raise ValueError(f"vmap: expected Tensors where in_dims is {dim}, got {type(value).__name__}; make it None")
        if dim is not None and not -value.ndim <= dim < value.ndim:
            raise ValueError(f"vmap: in_dims has {dim}, but the tensor has shape {tuple(value.shape)}")
        if dim is not None:
            sizes.add(value.shape[dim])
        slices.append((value if dim is None else value.unbind(dim) or (_zeros_like_a_slice(value, dim),), dim))
    if not sizes:
        raise ValueError("vmap: in_dims is None everywhere, so there is nothing to slice")
    if len(sizes) > 1:
        raise ValueError(f"vmap: expected the same size in all sliced dimensions, got {sorted(sizes)}")
    return slices, sizes.pop()


def _zeros_like_a_slice(value: Tensor, dim: int) -> Tensor:
    """Return what `func` is called with where there are no slices, to know the shape of its results."""
    shape = list(value.shape)
    del shape[dim]
    return value.detach().new_zeros(shape)


def _stacked(results: list[Any], out_dims: Any, size: int) -> Any:
    first = results[0]
    columns = list(zip(*map(trees.leaves, results), strict=True))
    for column in columns:
        if not all(isinstance(value, Tensor) for value in column):
            raise ValueError(f"vmap: expected func to return Tensors, got {type(column[0]).__name__}")
    if isinstance(out_dims, tuple) and len(out_dims) == 1 and not isinstance(first, (tuple, list)):
        out_dims = out_dims[0]
    try:
        dims = trees.spread(out_dims, first)
    except ValueError as error:
        raise ValueError(f"vmap: out_dims: {error}") from None
    if not all(isinstance(dim, int) for dim in dims):
        raise ValueError(f"vmap: expected ints as out_dims, got {out_dims!r}")
    stacks = [stack(list(c), dim) for c, dim in zip(columns, dims, strict=True)]
    return trees.replaced(first, stacks if size else [s.narrow(d, 0, 0) for s, d in zip(stacks, dims, strict=True)])
