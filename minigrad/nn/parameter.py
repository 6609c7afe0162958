"""Parameter and Buffer: the tensors that a Module registers when they are assigned to it."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.tensor import Tensor
from minigrad.graph.grad_mode import inference, mode


class Parameter(Tensor):
    """A Tensor that a Module lists among its parameters when it is assigned to an attribute.

    Parameters
    ----------
    data : Tensor
        Its memory is shared, its history is not.
    requires_grad : bool, default True

    Raises
    ------
    TypeError
        If `data` is not a Tensor.

    Examples
    --------
    >>> nn.Parameter(mg.tensor([1.0, 2.0]))
    Parameter containing:
    tensor([1., 2.], requires_grad=True)
    """

    def __init__(self, data: Tensor | None = None, requires_grad: bool = True) -> None:
        self._data = _array_of(data, "Parameter")
        if inference.used:
            self._inference = mode.inference if data is None else data.is_inference()
        self.requires_grad_(requires_grad)

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        copy = super().__deepcopy__(memo)
        copy._grad = None  # unlike that of a plain Tensor: the copy of a model begins without gradients
        return copy


class Buffer(Tensor):
    """A Tensor that is part of a Module's state without being a parameter, such as a running mean.

    Parameters
    ----------
    data : Tensor
        Its memory is shared.
    persistent : bool, default True
        Whether it belongs to the module's `state_dict`.

    Examples
    --------
    >>> net = nn.Module()
    >>> net.steps = nn.Buffer(mg.tensor(0))
    >>> list(net.state_dict())
    ['steps']
    """

    persistent: bool = True

    def __init__(self, data: Tensor | None = None, *, persistent: bool = True) -> None:
        self._data = _array_of(data, "Buffer")
        self.persistent = persistent
        if data is not None and data._requires_grad:
            self.requires_grad_()


def _array_of(data: Tensor | None, name: str) -> np.ndarray:
    if data is None:
        return np.empty(0, dtypes.get_default_dtype())
    if not isinstance(data, Tensor):
        raise TypeError(f"{name}: expected a Tensor, got {type(data).__name__}; minigrad.tensor(...) makes one")
    return data._data


# ---- of lazy modules -------------------------------------------------------------------------------------------------


class NoShapeYet(ValueError, RuntimeError):
    """A tensor is used before its shape is known. PyTorch has the second type for the shape, the first for the rest."""


class Uninitialized(Tensor):
    """The base of parameters and buffers of lazy modules before their shape is known."""

    _becomes: type[Tensor]

    def __init__(self, requires_grad: bool = False, dtype: Any = None) -> None:
        self._dtype = dtypes.get_default_dtype() if dtype is None else dtypes.as_dtype(dtype)
        self._requires_grad = requires_grad

    @property
    def _data(self) -> np.ndarray:  # type: ignore[override]
        raise NoShapeYet(
            f"{type(self).__name__}: the shape is not known yet; call the module once on an example input, "
            "before its parameters are used, counted or given to an optimizer's step"
        )

    @property
    def shape(self) -> Any:
        """Raise an error: it is not known yet."""
        return self._data

    @property
    def dtype(self) -> dtypes.dtype:
        """The type that the elements will have."""
        return dtypes.dtype(self._dtype)

    def materialize(self, shape: tuple[int, ...], dtype: Any = None) -> None:
        """Become an ordinary parameter or buffer of this shape, with whatever the memory held.

        The object stays the same, so an optimizer that has it already keeps it.
        """
        array = np.empty(shape, self._dtype if dtype is None else dtypes.as_dtype(dtype))
        self.__class__ = self._becomes  # type: ignore[assignment]
        del self._dtype
        self._data = array  # type: ignore[misc]

    def detach(self) -> Tensor:
        return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        copy = memo[id(self)] = type(self)(self._requires_grad, self._dtype)
        return copy

    def __reduce_ex__(self, protocol: Any) -> Any:
        return type(self), (self._requires_grad, self._dtype)


class UninitializedParameter(Uninitialized, Parameter):
    """A parameter whose shape a lazy module learns from its first input."""

    _becomes = Parameter

    def __init__(self, requires_grad: bool = True, dtype: Any = None) -> None:
        super().__init__(requires_grad, dtype)


class UninitializedBuffer(Uninitialized, Buffer):
    """A buffer whose shape a lazy module learns from its first input."""

    _becomes = Buffer
