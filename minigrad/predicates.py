"""Questions about a tensor, as functions."""

from __future__ import annotations

from typing import Any

from minigrad.core import dtypes
from minigrad.core.tensor import Tensor
from minigrad.ops.memory import Storage

__all__ = [
    "is_complex", "is_conj", "is_floating_point", "is_inference", "is_neg", "is_nonzero", "is_same_size", "is_signed",
    "is_storage", "is_tensor", "numel", "result_type", "typename",
]  # fmt: skip


def is_tensor(obj: Any) -> bool:
    """Return whether `obj` is a Tensor.

    Examples
    --------
    >>> mg.is_tensor(mg.ones(1)), mg.is_tensor(np.ones(1))
    (True, False)
    """
    return isinstance(obj, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Return whether the dtype of `input` is a floating one.

    Examples
    --------
    >>> mg.is_floating_point(mg.tensor([1]))
    False
    """
    return _checked("is_floating_point", input).is_floating_point()


def is_inference(input: Tensor) -> bool:
    """Return whether `input` was made under `inference_mode`.

    Examples
    --------
    >>> mg.is_inference(mg.ones(1))
    False
    """
    return _checked("is_inference", input).is_inference()


def is_nonzero(input: Tensor) -> bool:
    """Return whether the only element is not 0.

    Examples
    --------
    >>> mg.is_nonzero(mg.tensor([0.0]))
    False
    """
    return bool(_checked("is_nonzero", input))


def numel(input: Tensor) -> int:
    """Return the number of elements.

    Examples
    --------
    >>> mg.numel(mg.zeros(2, 3))
    6
    """
    return _checked("numel", input).numel()


def _checked(operation: str, input: Any) -> Tensor:
    if not isinstance(input, Tensor):
        raise TypeError(f"{operation}: expected a Tensor, got {type(input).__name__}")
    return input


def is_complex(input: Tensor) -> bool:
    """Return False: no tensor here is complex.

    Examples
    --------
    >>> mg.is_complex(mg.ones(2))
    False
    """
    return _checked("is_complex", input).is_complex()


def is_conj(input: Tensor) -> bool:
    """Return False: no tensor here is complex.

    Examples
    --------
    >>> mg.is_conj(mg.ones(2))
    False
    """
    return _checked("is_conj", input).is_conj()


def is_neg(input: Tensor) -> bool:
    """Return False: no tensor here waits to be negated.

    Examples
    --------
    >>> mg.is_neg(-mg.ones(2))
    False
    """
    return _checked("is_neg", input).is_neg()


def is_signed(input: Tensor) -> bool:
    """Return whether the dtype of `input` has negative numbers.

    Examples
    --------
    >>> mg.is_signed(mg.tensor([1])), mg.is_signed(mg.tensor([True]))
    (True, False)
    """
    return _checked("is_signed", input).is_signed()


def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Return whether two tensors have the same shape.

    Examples
    --------
    >>> mg.is_same_size(mg.zeros(2), mg.ones(2))
    True
    """
    return bool(_checked("is_same_size", input).is_same_size(other))


def is_storage(obj: Any) -> bool:
    """Return whether `obj` is the memory behind a tensor, as ``Tensor.storage()`` gives it.

    Examples
    --------
    >>> mg.is_storage(mg.ones(2)), mg.is_storage(mg.ones(2).storage())
    (False, True)
    """
    return isinstance(obj, Storage)


def typename(obj: Any) -> str:
    """Return the name of the type of `obj`; of a tensor, that of its dtype's, too.

    Examples
    --------
    >>> mg.typename(mg.ones(2)), mg.typename(nn.Linear(1, 1))
    ('minigrad.FloatTensor', 'minigrad.nn.linear.Linear')
    """
    if isinstance(obj, Tensor):
        return str(obj.type())
    kind = obj if isinstance(obj, type) else type(obj)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def result_type(tensor1: Any, tensor2: Any) -> dtypes.dtype:
    """Return the dtype of arithmetic between two tensors or numbers.

    Raises
    ------
    TypeError
        If one of them is neither.

    Examples
    --------
    >>> mg.result_type(mg.tensor([1, 2]), 1.0), mg.result_type(mg.ones(2), mg.tensor(1.0, dtype=mg.float64))
    (minigrad.float32, minigrad.float32)
    """
    operands = [t._data if isinstance(t, Tensor) else t for t in (tensor1, tensor2)]
    for operand in operands:
        if not hasattr(operand, "dtype") and type(operand) not in (bool, int, float):
            raise TypeError(f"result_type: expected Tensors or numbers, got {type(operand).__name__}")
    return dtypes.of(dtypes.result_type(*operands))
