"""`Variable`, the former name of a Tensor."""

from __future__ import annotations

import warnings
from typing import Any

from minigrad.core.tensor import Tensor


class _FormerName(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor)


class Variable(metaclass=_FormerName):
    """A leaf that shares memory with `data`, as old scripts for PyTorch make it. Every Tensor is an instance.

    Examples
    --------
    >>> mg.autograd.Variable(mg.ones(2), requires_grad=True)
    tensor([1., 1.], requires_grad=True)
    """

    def __new__(  # type: ignore[misc]  # PyTorch's returns a tensor, too
        cls, data: Tensor | None = None, requires_grad: bool = False, volatile: bool = False
    ) -> Tensor:
        if volatile:
            warnings.warn("Variable: volatile has no effect; use with no_grad():", UserWarning, stacklevel=2)
        if data is None:
            return Tensor()
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable: data has to be a tensor, got {type(data).__name__}; use tensor()")
        return data.detach().requires_grad_(requires_grad)
