"""Grad mode: whether operations are recorded, one switch per thread."""

from __future__ import annotations

import contextlib
import functools
import inspect
import threading
import warnings
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self, TypeVar, overload

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])


class _Mode(threading.local):
    enabled = True
    inference = False  # within inference_mode, which records nothing either
    retaining = False  # whether every backward leaves what it was computed from, see `retaining`
    # within a backward: its depth inside of others, the tensors that retain gradients, with these, and whether only
    # some gradients are wanted
    walk: tuple[int, list[Any], bool] | None = None
    duals: dict[Any, Any] | None = None  # within a level of forward mode: Tensors that have a tangent, and these


mode = _Mode()


class _Inference:
    """Whether any thread has been within `inference_mode`: before, no tensor needs to be asked about it."""

    __slots__ = ("used",)

    def __init__(self) -> None:
        self.used = False


inference = _Inference()


@contextlib.contextmanager
def retaining(wanted: bool) -> Iterator[None]:
    """While `wanted`, each backward retains the graph: more of the steps that are one to the user are to come."""
    before = mode.retaining
    mode.retaining = before or wanted
    try:
        yield
    finally:
        mode.retaining = before


def is_grad_enabled() -> bool:
    """Return whether operations on tensors that require grad are recorded in this thread.

    Examples
    --------
    >>> with mg.no_grad():
    ...     mg.is_grad_enabled()
    False
    """
    return mode.enabled


class _GradMode:
    """A context manager and decorator that sets the mode on entry and restores it on exit."""

    def __init__(self, enabled: bool) -> None:
        self._enabled = enabled
        self._before: list[bool] = []  # a stack, so that one object can be entered again

    def __enter__(self) -> None:
        self._before.append(mode.enabled)
        mode.enabled = self._enabled

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        mode.enabled = self._before.pop()

    def __call__(self, function: F) -> F:
        enabled = self._enabled
        if inspect.isclass(function):
            warnings.warn(
                "a class is decorated, which sets the mode for its __init__ alone; decorate __init__, or the methods",
                FutureWarning,
                stacklevel=2,
            )
        return within(lambda: _GradMode(enabled), function)


def within(context: Callable[[], Any], function: F) -> F:
    """Return `function` with a new context around each call, or each step of a generator or coroutine."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        with context():
            return function(*args, **kwargs)

    @functools.wraps(function)
    def stepwise(*args: Any, **kwargs: Any) -> Any:
        return (yield from _steps(function(*args, **kwargs), context))

    @functools.wraps(function)
    async def awaited(*args: Any, **kwargs: Any) -> Any:
        return await _Awaitable(function(*args, **kwargs), context)

    if inspect.isgeneratorfunction(function):
        return stepwise  # type: ignore[return-value]
    if inspect.iscoroutinefunction(function):
        return awaited  # type: ignore[return-value]
    return wrapped  # type: ignore[return-value]  # functools.wraps keeps the signature at run time only


def _steps(body: Any, context: Callable[[], Any]) -> Any:
    """Run the steps of a generator or coroutine in a context of its own, not in that of its caller."""
    step, sent = body.send, None
    while True:
        try:
            with context():
                result = step(sent)
        except StopIteration as end:
            return end.value
        try:
            step, sent = body.send, (yield result)
        except GeneratorExit:
            with context():  # cleaning up belongs to it, too
                body.close()
            raise
        except BaseException as error:
            step, sent = body.throw, error


class _Awaitable:
    """A coroutine that runs in a context of its own."""

    def __init__(self, coroutine: Any, context: Callable[[], Any]) -> None:
        self._coroutine, self._context = coroutine, context

    def __await__(self) -> Any:
        return _steps(self._coroutine, self._context)


class _Decorable(_GradMode):
    """A metaclass: ``@no_grad`` without parentheses decorates as ``@no_grad()`` does."""

    _value: bool

    @overload
    def __new__(cls, function: None = None) -> Self: ...
    @overload
    def __new__(cls, function: F) -> F: ...  # type: ignore[misc]  # right, but mypy expects an instance
    def __new__(cls, function: Any = None) -> Any:
        if function is None:
            return super().__new__(cls)
        return _GradMode(cls._value)(function)

    def __init__(self, function: Callable[..., Any] | None = None) -> None:
        super().__init__(self._value)


class no_grad(_Decorable):
    """Context manager and decorator: operations inside are not recorded, their results don't require grad.

    Examples
    --------
    >>> w = mg.ones(2, requires_grad=True)
    >>> with mg.no_grad():
    ...     (2 * w).requires_grad
    False
    """

    _value = False


class enable_grad(_Decorable):
    """Context manager and decorator: operations inside are recorded, also within `no_grad`.

    Examples
    --------
    >>> w = mg.ones(2, requires_grad=True)
    >>> with mg.no_grad(), mg.enable_grad():
    ...     (2 * w).requires_grad
    True
    """

    _value = True


class set_grad_enabled(_GradMode):
    """Switch recording on or off, at once; as a context manager, until the block ends.

    Parameters
    ----------
    mode : bool
        Whether operations are recorded.

    Examples
    --------
    >>> with mg.set_grad_enabled(False):
    ...     mg.is_grad_enabled()
    False
    """

    def __init__(self, mode: bool) -> None:
        if not isinstance(mode, (bool, np.bool_)):
            raise TypeError(f"set_grad_enabled: expected a bool, got {type(mode).__name__}")
        super().__init__(bool(mode))
        self._before.append(is_grad_enabled())
        globals()["mode"].enabled = self._enabled

    def __enter__(self) -> None:
        mode.enabled = self._enabled  # the mode from before is on the stack since __init__

    def __call__(self, function: F) -> F:
        mode.enabled = self._before.pop()  # a decorator only sets the mode while its function runs
        return super().__call__(function)


class inference_mode(_GradMode):
    """Context manager and decorator: `no_grad`, whose tensors cannot be used for gradients afterwards either.

    See `Tensor.is_inference`.

    Parameters
    ----------
    mode : bool, default True
        ``inference_mode(False)`` records as `enable_grad` does.

    Examples
    --------
    >>> with mg.inference_mode():
    ...     mg.is_grad_enabled()
    False
    """

    def __new__(cls, mode: bool | Callable[..., Any] = True) -> Any:
        if callable(mode):
            return cls()(mode)
        return super().__new__(cls)

    def __init__(self, mode: bool = True) -> None:
        super().__init__(not mode)
        self._outer: list[bool] = []

    def __enter__(self) -> None:
        super().__enter__()
        self._outer.append(mode.inference)
        mode.inference = not self._enabled
        inference.used = True

    def __exit__(self, *error: Any) -> None:
        mode.inference = self._outer.pop()
        super().__exit__(*error)

    def __call__(self, function: F) -> F:
        wanted = not self._enabled
        return within(lambda: inference_mode(wanted), function)


def is_inference_mode_enabled() -> bool:
    """Return whether this thread is within `inference_mode`.

    Examples
    --------
    >>> with mg.inference_mode():
    ...     mg.is_inference_mode_enabled()
    True
    """
    return mode.inference
