"""Largest and smallest: their values, and where they are.

`amax`, and `max` of a whole tensor, share the gradient evenly among ties. With a dimension `max` also says where the
maximum is, and that element, the first among ties, gets the whole gradient.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad import return_types
from minigrad.core.tensor import Tensor
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.primitives.dims import all_dims, one_dim
from minigrad.ops.primitives.indexing import index_along
from minigrad.ops.primitives.selection import choose
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.reduction import Dim, Dims, fold, kept, number_in
from minigrad.ops.selection import maximum, minimum
from minigrad.return_types import Result

__all__ = ["max", "min", "amax", "amin", "aminmax", "argmax", "argmin"]


def pick(input: Any, indices: Any, dim: int) -> Any:
    """Return the elements of `input` at `indices` along `dim`, which index all of the other dimensions, too."""
    where = indices._data if isinstance(indices, Tensor) else np.asarray(indices)
    return index_along(input, where, dim)


def dropped(reduced: Any, dim: int, keepdim: bool) -> Any:
    """Return what has length 1 in `dim`, without that dimension unless `keepdim`."""
    return reduced if keepdim else reshape(reduced, (*reduced.shape[:dim], *reduced.shape[dim + 1 :]))


def not_empty(name: str, shape: Sequence[int], dim: Dims, given: bool = True) -> None:
    """Raise if nothing is there to be chosen from."""
    if number_in(shape, dim):
        return
    if not given:
        kind = IndexError if name.startswith("arg") else RuntimeError
        raise kind(f"{name}: a tensor of shape {tuple(shape)} has no elements to choose from; pass dim=")
    empty = next(d for d in dim if not shape[d])
    raise IndexError(f"{name}: expected dim {empty} to have elements, got shape {tuple(shape)}")


# ---- values ----------------------------------------------------------------------------------------------------------


def evenly(g: Any, input: Any, y: Any, dim: Dims) -> Any:
    """Return `g` shared evenly by the elements over `dim` that equal y; 0 for all others, though g be inf or nan."""
    share = _even_share(input, y, dim)
    return choose(share > 0, g * share, 0.0)


@operation("input", "y")
def _even_share(input: Operand, y: Operand, dim: Dims) -> Operand:
    """Return 1 / (the number of elements over `dim` that equal y) at each of these, else 0."""
    hits = np.equal(input, y)
    if np.isnan(y).any():
        hits |= np.isnan(input) & np.isnan(y)
    share = np.asarray(hits).astype(y.dtype)
    share /= np.asarray(hits).sum(axis=dim, keepdims=True, dtype=np.int64)
    return share


def _even_rule(g: Any, y: Any, input: Any, input_shape: tuple[int, ...], dim: Dims, keepdim: bool) -> Any:
    return evenly(kept(g, input_shape, dim, keepdim), input, kept(y, input_shape, dim, keepdim), dim)


@operation(input=_even_rule)
def _amax(input: Operand, dim: Dims, keepdim: bool) -> Operand:
    return fold(np.maximum, input, dim, keepdim)


@operation(input=_even_rule)
def _amin(input: Operand, dim: Dims, keepdim: bool) -> Operand:
    return fold(np.minimum, input, dim, keepdim)


def _dims(name: str, input: Any, dim: Any) -> Dims:
    dims = all_dims(name, dim, len(input.shape))
    not_empty(name, input.shape, dims, given=dim is not None and dim != ())
    return dims


@method()
def amax(input: Operand, dim: Dim = (), keepdim: bool = False) -> Tensor:
    """Return the largest element of all or over `dim`; nan if there is one. Ties share the gradient evenly.

    Raises
    ------
    IndexError, RuntimeError
        If there are no elements.

    Examples
    --------
    >>> mg.amax(mg.tensor([[1.0, 5.0], [3.0, 2.0]]), dim=1)
    tensor([5., 3.])
    """
    return _amax(input, _dims("amax", input, dim), keepdim)


@method()
def amin(input: Operand, dim: Dim = (), keepdim: bool = False) -> Tensor:
    """Return the smallest element, of all or over the dimensions `dim`; as `amax`.

    Examples
    --------
    >>> mg.amin(mg.tensor([[1.0, 5.0], [3.0, 2.0]]), dim=1)
    tensor([1., 2.])
    """
    return _amin(input, _dims("amin", input, dim), keepdim)


@method()
def aminmax(input: Operand, *, dim: int | None = None, keepdim: bool = False) -> Result:
    """Return `amin` and `amax`, a named tuple (min, max).

    Examples
    --------
    >>> mg.aminmax(mg.tensor([1.0, 5.0, 3.0])).max
    tensor(5.)
    """
    dims = _dims("aminmax", input, None if dim is None else one_dim("aminmax", dim, len(input.shape)))
    return return_types.aminmax(_amin(input, dims, keepdim), _amax(input, dims, keepdim))


# ---- places ----------------------------------------------------------------------------------------------------------


@operation("input")
def _argmax(input: Operand, dim: int) -> Operand:
    return np.argmax(input, axis=dim, keepdims=True)


@operation("input")
def _argmin(input: Operand, dim: int) -> Operand:
    return np.argmin(input, axis=dim, keepdims=True)


def _place(name: str, find: Any, input: Any, dim: int | None, keepdim: bool) -> Any:
    shape = tuple(input.shape)
    not_empty(name, shape, _dims(name, input, dim))
    if dim is None or not shape:
        return reshape(find(reshape(input, (math.prod(shape),)), 0), (1,) * len(shape) if keepdim else ())
    dim = one_dim(name, dim, len(shape))
    return dropped(find(input, dim), dim, keepdim)


@method()
def argmax(input: Operand, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Return where the largest element is, the first among ties or the first nan: in the flattened tensor, or in `dim`.

    Examples
    --------
    >>> mg.argmax(mg.tensor([[1, 5], [7, 2]])), mg.argmax(mg.tensor([[1, 5], [7, 2]]), dim=1)
    (tensor(2), tensor([1, 0]))
    """
    return _place("argmax", _argmax, input, dim, keepdim)


@method()
def argmin(input: Operand, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Return where the smallest element is; as `argmax`.

    Examples
    --------
    >>> mg.argmin(mg.tensor([3, 1, 2]))
    tensor(1)
    """
    return _place("argmin", _argmin, input, dim, keepdim)


# ---- max and min, with PyTorch's three meanings ----------------------------------------------------------------------


def _extreme(name: str, reduce: Any, find: Any, pair: Any, input: Any, dim: Any, keepdim: bool, other: Any) -> Any:
    if isinstance(dim, (Tensor, np.ndarray)) and not (keepdim and not dim.ndim):
        other = dim
    if other is not None:
        if keepdim:
            raise TypeError(f"{name}: keepdim goes with a dim, not with another tensor; see {pair.__name__}()")
        return pair(input, other)
    if dim is None:
        if keepdim:
            raise TypeError(f"{name}: keepdim needs a dim; see a{name}")
        return reduce(input, _dims(name, input, None), False)
    dim = one_dim(name, dim, len(input.shape))
    if not input.shape:
        input, keepdim = reshape(input, (1,)), False
    not_empty(name, input.shape, (dim,))
    indices = find(input, dim)
    return getattr(return_types, name)(dropped(pick(input, indices, dim), dim, keepdim), dropped(indices, dim, keepdim))


@method()
def max(
    input: Operand, dim: int | Operand | None = None, keepdim: bool = False, *, other: Any = None
) -> Tensor | return_types.max:
    """Return the largest element; with `dim` the largest in that dimension and its places; with a tensor, `maximum`.

    Parameters
    ----------
    dim : int, or a Tensor that is taken as `other`, unless it is called dim or stands with keepdim
    other : Tensor, optional
        ``max(input, other)`` is ``maximum(input, other)``.

    Returns
    -------
    Tensor, or with `dim` a named tuple (values, indices)
        At ties all of the largest share the gradient; with `dim`, the first one gets it.

    Raises
    ------
    IndexError, RuntimeError
        If there are no elements.

    Examples
    --------
    >>> x = mg.tensor([[1.0, 5.0], [3.0, 2.0]])
    >>> mg.max(x)
    tensor(5.)
    >>> values, indices = mg.max(x, dim=1)
    >>> indices
    tensor([1, 0])
    """
    return _extreme("max", _amax, _argmax, maximum, input, dim, keepdim, other)


@method()
def min(
    input: Operand, dim: int | Operand | None = None, keepdim: bool = False, *, other: Any = None
) -> Tensor | return_types.min:
    """Return the smallest element; with `dim` the smallest in that dimension and its places; with a tensor, `minimum`.

    The parameters, results and errors are those of `max`.

    Examples
    --------
    >>> mg.min(mg.tensor([[1.0, 5.0], [3.0, 2.0]]), dim=1).values
    tensor([1., 2.])
    """
    return _extreme("min", _amin, _argmin, minimum, input, dim, keepdim, other)
