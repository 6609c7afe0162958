"""The compiler of PyTorch, which is not here: `script` and `trace` return what they are given, and say so once."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeVar

from minigrad.nn.module import Module

T = TypeVar("T")

__all__ = [
    "Final", "ScriptModule", "annotate", "export", "freeze", "ignore", "is_scripting", "is_tracing", "load",
    "optimize_for_inference", "save", "script", "script_if_tracing", "script_method", "trace", "unused",
]  # fmt: skip

ScriptModule = Module


@functools.cache
def _say(name: str) -> None:
    warnings.warn(f"jit.{name}: nothing is compiled; the function or module runs as it is", UserWarning, stacklevel=3)


def script(obj: T, *args: Any, **kwargs: Any) -> T:
    """Return `obj`, a function, module or class, as it is; the first call warns of that.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     mg.jit.script(F.relu) is F.relu
    True
    """
    _say("script")
    return obj


def trace(func: T, example_inputs: Any = None, *args: Any, **kwargs: Any) -> T:
    """Return `func`, a function or module, as it is; the first call warns of that.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     mg.jit.trace(F.relu, mg.ones(2)) is F.relu
    True
    """
    _say("trace")
    return func


def _as_it_is(obj: T, *args: Any, **kwargs: Any) -> T:
    """Return `obj` as it is."""
    return obj


freeze = optimize_for_inference = script_method = script_if_tracing = export = _as_it_is


def ignore(drop: Any = False, **kwargs: Any) -> Any:
    """Return the function that it decorates, with or without options, as it is.

    Examples
    --------
    >>> mg.jit.ignore(len) is len, mg.jit.ignore(drop=True)(len) is len
    (True, True)
    """
    return drop if callable(drop) else _as_it_is


unused = ignore


def annotate(the_type: Any, the_value: T) -> T:
    """Return `the_value`.

    Examples
    --------
    >>> mg.jit.annotate(int, 3)
    3
    """
    return the_value


def is_scripting() -> bool:
    """Return False: nothing is compiled.

    Examples
    --------
    >>> mg.jit.is_scripting()
    False
    """
    return False


is_tracing: Callable[[], bool] = is_scripting


def save(m: Any, f: Any, *args: Any, **kwargs: Any) -> NoReturn:
    """Raise RuntimeError: there are no compiled modules to save; `minigrad.save` writes models."""
    raise RuntimeError("jit.save: nothing is compiled here; write the model with minigrad.save(model, path)")


def load(f: Any, *args: Any, **kwargs: Any) -> NoReturn:
    """Raise RuntimeError: compiled modules cannot be read."""
    raise RuntimeError("jit.load: compiled modules cannot be read; save the state_dict in PyTorch and load that")
