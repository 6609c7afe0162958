"""``out=``: the tensor that a function puts its result into, which it also returns."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.layout import overlaps, whole_memory
from minigrad.core.tensor import Tensor
from minigrad.graph.grad_mode import mode

# into whose 'out' PyTorch casts nothing: it must have the very dtype of the result
_EXACT = frozenset(
    "abs absolute addbmm addmm addmv alias_copy all amax amin aminmax any argmax argmin argsort as_strided_copy "
    "avg_pool2d avg_pool3d baddbmm bitwise_not bmm bucketize ceil cholesky cholesky_ex clamp clamp_max clamp_min clip "
    "conj_physical cross cummax cummin det diag diagonal_copy diff dot eigh eigvalsh expand_copy fix floor frac frexp "
    "gather gelu hardshrink heaviside histc histogram index_add index_copy index_reduce index_select inner inv inv_ex "
    "inverse isin isneginf isposinf kthvalue lerp linear log_softmax logcumsumexp logsigmoid lu lu_factor "
    "lu_factor_ex lu_solve lu_unpack masked_select matmul matrix_norm max median min mm mode msort multi_dot "
    "multinomial mv nan_to_num nanmedian nanquantile narrow_copy neg negative nonzero norm ormqr permute_copy qr "
    "quantile renorm round scatter scatter_add scatter_reduce searchsorted sgn sign signbit slice_scatter slogdet "
    "softmax softplus softshrink solve solve_ex spmm solve_triangular sort split_with_sizes_copy squeeze_copy svd "
    "svdvals t_copy take take_along_dim tensordot topk transpose_copy triangular_solve tril triu trunc "
    "unbind_copy unfold_copy unsqueeze_copy vdot vecdot vector_norm view_copy where".split()
)
# whose 'out' may not even be an argument itself, and those where it may be the first one alone
_APART = frozenset(
    "cat column_stack concat concatenate cross dstack gather hstack index_select kthvalue masked_select row_stack "
    "stack take take_along_dim vstack".split()
)
_CHANGED = frozenset("index_add index_copy index_reduce scatter scatter_add scatter_reduce".split())

# which number the elements of an 'out' of as many, whatever its shape
_NUMBERED = frozenset("arange linspace logspace range".split())


def into(out: Any, name: str, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return `out`, a tensor or a tuple of them, with the results of ``function(*args, **kwargs)`` in it."""
    if out is None:
        return function(*args, **kwargs)
    targets = out if isinstance(out, (tuple, list)) else (out,)
    for t in targets:
        if not isinstance(t, Tensor):
            raise TypeError(f"{name}: expected a Tensor, or a tuple of them, as 'out', got {type(t).__name__}")
        _check_apart(name, t, (*args, *kwargs.values()))
    if kwargs.get("dtype") is not None and dtypes.as_dtype(kwargs["dtype"]) != targets[0].dtype:
        raise RuntimeError(f"{name}: expected 'out' of dtype={kwargs['dtype']}, got {targets[0].dtype}")
    results = function(*args, **kwargs)
    several = isinstance(results, tuple)
    if several != isinstance(out, (tuple, list)) or several and len(results) != len(targets):
        count = f"a tuple of {len(results)} Tensors" if several else "one Tensor"
        raise TypeError(f"{name}: expected {count} as 'out', got {type(out).__name__} of {len(targets)}")
    pairs = list(zip(targets, results if several else (results,), strict=True))
    for target, result in pairs:
        _check(name, target, result)
        if name in _APART and target.shape != result.shape:
            _check_apart(name, _grown(target, result.shape), (*args, *kwargs.values()))
    for target, result in pairs:
        values = result if isinstance(result, np.ndarray) else result._data
        put_into(target, name, values.reshape(target.shape) if _fills(name, target, values) else values)
    return type(results)(*targets) if hasattr(results, "_fields") else tuple(targets) if several else out


def _fills(name: str, target: Tensor, values: np.ndarray) -> bool:
    return name in _NUMBERED and target._data.size == values.size


def _check_apart(name: str, target: Tensor, arguments: tuple[Any, ...]) -> None:
    """Raise if `target` overlaps one of the arguments, unless it is that very tensor and may be."""
    for position, given in enumerate(arguments):
        if isinstance(given, (tuple, list)):
            _check_apart(name, target, tuple(given))
        elif isinstance(given, Tensor):
            a, b = given._data, target._data
            place = [(x.ctypes.data, x.shape, x.strides) for x in (a, b)]
            itself = given is target or a.size > 0 and place[0] == place[1]
            fine = itself and name not in _APART and (position == 0 or name not in _CHANGED)
            if not fine and (itself or np.may_share_memory(a, b)):
                raise RuntimeError(f"{name}: unsupported operation: 'out' overlaps an argument; pass another tensor")


def _grown(target: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Return the memory that `target` shows once it has another shape, as far as there is any behind it."""
    memory, array = whole_memory(target._data), target._data
    start = (array.ctypes.data - memory.ctypes.data) // array.itemsize
    return Tensor._wrap(memory[start : start + math.prod(shape)])


def _check(name: str, target: Tensor, result: Any) -> None:
    if mode.enabled and (target.requires_grad or isinstance(result, Tensor) and result.requires_grad):
        raise RuntimeError(
            f"{name}: a result that is written to 'out' has no gradient, but one of the tensors requires grad; "
            "leave 'out' away, or do it under no_grad()"
        )
    if name in _EXACT and result.dtype != target.dtype:
        raise RuntimeError(f"{name}: expected 'out' of the dtype of the result, {result.dtype}, got {target.dtype}")
    if not dtypes.fits(result.dtype, target.dtype):
        raise RuntimeError(f"{name}: the result type {result.dtype} can't be cast to {target.dtype}, the type of 'out'")
    target._check_writable(name)
    if overlaps(target._data):
        raise RuntimeError(f"{name}: several elements of 'out' share one place in memory; pass another tensor")


def put_into(target: Tensor, name: str, values: np.ndarray) -> None:
    """Write `values` into `target`, which gets their shape: PyTorch warns of that, too, unless it was empty."""
    if target._data.shape != values.shape:
        if target._data.size:
            warnings.warn(
                f"{name}: 'out' of shape {tuple(target.shape)} was resized to {values.shape}, the shape of the result; "
                "pass one of that shape, or of none",
                UserWarning,
                stacklevel=4,
            )
        target._data = np.empty(values.shape, target._data.dtype)
    target._write(values.astype(target._data.dtype, copy=False))
