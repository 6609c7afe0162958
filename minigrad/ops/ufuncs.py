"""NumPy's functions of elements, given a Tensor: ``np.exp(t)`` is ``t.exp()``, and recorded as that is."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core.dtypes import get_default_dtype
from minigrad.core.tensor import Tensor
from minigrad.ops.declare.method import method

__all__: list[str] = []

# Where the method of Tensor has another name than the ufunc
_NAMES = {"equal": "eq", "power": "pow", "rint": "round", "invert": "bitwise_not"}


@method("__array_ufunc__", only=True)
def _array_ufunc(self: Tensor, ufunc: np.ufunc, kind: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
    """Handle NumPy's call of a ufunc with a Tensor among its arguments, and so of ``ndarray + Tensor``.

    ``out=`` may be an array, as in ``array += tensor``; the array then gets the values.
    """
    function = getattr(Tensor, _NAMES.get(ufunc.__name__, ufunc.__name__), None)
    if kind != "__call__" or options or function is None:
        raise TypeError(
            f"numpy.{ufunc.__name__}: a Tensor has no such operation; use minigrad's functions, "
            "or .detach().numpy() for an array"
        )
    default = get_default_dtype().dtype  # of a float among them, which some functions do not take as it is
    numbers = [np.asarray(t, default if isinstance(t, float) else None) for t in inputs if isinstance(t, (int, float))]
    result = function(*(numbers.pop(0) if isinstance(t, (int, float)) else t for t in inputs))
    if out is None:
        return result
    (target,) = out
    if isinstance(target, Tensor):
        raise TypeError(f"numpy.{ufunc.__name__}: out= must be an array; for a Tensor use its in-place methods")
    np.copyto(target, result.numpy(), casting="same_kind")
    return target
