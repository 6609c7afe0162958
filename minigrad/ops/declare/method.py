"""Functions that are methods of Tensor too, and their in-place versions."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, ParamSpec, TypeVar

import numpy as np

from minigrad.core.layout import overlaps
from minigrad.core.methods import Methods
from minigrad.core.tensor import Tensor
from minigrad.graph.engine import node_numbers
from minigrad.graph.grad_mode import enable_grad
from minigrad.ops.declare.annotations import kind_of
from minigrad.ops.declare.naming import NAMED, as_called, in_our_names, named
from minigrad.ops.declare.operation import as_operator
from minigrad.ops.declare.record import OperationNode

P = ParamSpec("P")
R = TypeVar("R")


_ARITHMETIC = "add sub mul truediv floordiv mod pow and or xor lshift rshift matmul".split()
_IN_PLACE = {f"__{name}__": f"__i{name}__" for name in _ARITHMETIC}
_OPERATORS = {*_IN_PLACE, *(f"__r{n}__" for n in _ARITHMETIC), *(f"__{n}__" for n in "eq ne lt le gt ge".split())}


def method(
    *names: str, inplace: bool = False, view: bool = False, only: bool = False, name_errors: bool = True
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a method of Tensor too, by its own name and by `names`; with `only`, by `names` alone.

    With `inplace` there is also ``<name>_``, and for an operator ``__add__`` also ``__iadd__``, which compute the new
    values from the old ones and then write them into the tensor's memory. With `view` the result may show the memory of
    the first argument: then there is no ``out=``, and what is in place is the arrangement of the tensor.
    """
    change = rearranging if view else in_place

    def attach(function: Callable[P, R]) -> Callable[P, R]:
        own: str = function.__name__.strip("_")
        if view:
            function.takes_out = False  # type: ignore[attr-defined]
        for name in names if only else (own, *names):
            if name.startswith("__"):
                setattr(Methods, name, as_operator(function) if name in _OPERATORS else function)
            else:
                setattr(Methods, name, named(function, name) if name_errors else function)
        if inplace:
            setattr(Methods, own + "_", change(own + "_", function))
            for name in names:
                if name in _IN_PLACE:
                    setattr(Methods, _IN_PLACE[name], in_place(own + "_", as_operator(function)))
                elif not name.startswith("__"):
                    setattr(Methods, name + "_", change(name + "_", function))
        return function

    return attach


def attribute(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function of one Tensor an attribute of Tensor that is computed when it is read."""

    def attach(function: Callable[P, R]) -> Callable[P, R]:
        setattr(Methods, name, property(function))
        return function

    return attach


def in_place(name: str, function: Callable[..., Any]) -> Callable[..., Tensor]:
    """Return the method `name` that puts the result of ``function(tensor, ...)`` into the tensor."""

    def change(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        _check(Tensor._check_writable, name, self)
        if self._view is not None and overlaps(self._data):
            raise RuntimeError(f"{name}: several elements share one place in memory, as in unfold(); change a clone()")
        before = next(node_numbers)
        try:
            if kwargs:
                kwargs = in_our_names(name, function, kwargs)
            result = function(self, *args, **kwargs)
        except NAMED as error:
            raise as_called(error, name, (self, *args), kwargs, function) from error.__cause__
        if result is NotImplemented:
            return result
        if isinstance(result, Tensor) and result._node is not None:
            _keep_old_values(result._node, self._data, before)
        return self._assign(result, name)

    writes = f"In-place version of `{function.__name__}`: writes the result into this tensor and returns it."
    return _like(change, name, function, writes)


def rearranging(name: str, function: Callable[..., Any]) -> Callable[..., Tensor]:
    """Return the method `name` that makes the tensor itself what ``function(tensor, ...)``, a view of it, is."""

    def change(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        _check(Tensor._check_recordable, name, self)
        try:
            if kwargs:
                kwargs = in_our_names(name, function, kwargs)
            with enable_grad() if self._node is not None else nullcontext():  # its history must be complete in any mode
                return self._rearrange(function(self, *args, **kwargs))
        except NAMED as error:
            raise as_called(error, name, (self, *args), kwargs, function) from error.__cause__

    moves = f"In-place version of `{function.__name__}`: this tensor shows its memory in that way from now on."
    return _like(change, name, function, moves)


def _check(check: Callable[[Tensor, str], None], name: str, tensor: Any) -> None:
    if not isinstance(tensor, Tensor):
        raise TypeError(f"{name}: expected a Tensor as 'input', got {kind_of(tensor)}")
    check(tensor, name)


def _like(change: Callable[..., Tensor], name: str, function: Callable[..., Any], doc: str) -> Callable[..., Tensor]:
    change.__wrapped__ = function  # type: ignore[attr-defined]  # whose signature it has
    change.__name__ = change.__qualname__ = name
    change.__module__ = function.__module__  # where pickle finds those that are functions, too
    change.__doc__ = doc
    return change


def optionally_in_place(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give `function` a last parameter ``inplace=False``: whether to write the result into `input` itself."""
    signature = inspect.signature(function)
    count = len(signature.parameters)
    change = in_place(function.__name__ + "_", function)

    @functools.wraps(function)
    def call(*args: Any, inplace: bool = False, **kwargs: Any) -> Any:
        if len(args) > count:
            args, inplace = args[:-1], args[-1]
        if not inplace:
            return function(*args, **kwargs)
        return change(*args, **kwargs) if args else change(kwargs.pop("input"), **kwargs)

    last = inspect.Parameter("inplace", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=False, annotation=bool)
    call.__signature__ = signature.replace(parameters=[*signature.parameters.values(), last])  # type: ignore[attr-defined]
    call.in_place = change  # type: ignore[attr-defined]
    return call


def in_place_form(function: Callable[..., Any]) -> Callable[..., Tensor]:
    """Return the function ``<name>_`` of one that is `optionally_in_place`."""
    form: Callable[..., Tensor] = function.in_place  # type: ignore[attr-defined]
    return form


def _keep_old_values(node: Any, array: np.ndarray, before: int) -> None:
    """Replace `array`, which is about to change, by a copy in what was recorded since number `before`."""
    stack = [node]
    while stack:
        node = stack.pop()
        if isinstance(node, OperationNode) and node.number > before and node.saved is not None:
            node.saved = tuple(v.copy(order="K") if _shows(v, array) else v for v in node.saved)
            stack.extend(node.parents)


def _shows(value: Any, array: np.ndarray) -> bool:
    """Return whether `value` is `array`, or all of its elements in another shape, as 0-dim Tensors have for scans."""
    if value is array or not isinstance(value, np.ndarray):
        return value is array
    return value.size == array.size and np.may_share_memory(value, array)
