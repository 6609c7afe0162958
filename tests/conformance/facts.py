"""What a line of PyTorch does: facts that are checked with PyTorch where it is installed, and with minigrad always.

A fact is a function of the library, ``m``, whose result is recorded beside it: a nested list of Python numbers, or the
type of the error that it raises.
"""

import warnings
from collections.abc import Callable
from typing import Any

FACTS: dict[str, tuple[Callable[[Any], Any], Any]] = {}


def fact(expected: Any) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Record that the decorated function gives `expected`, or raises it where it is an error's type."""

    def record(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        name = f"{function.__module__.rpartition('.')[2]}: {function.__name__}"
        if name in FACTS:
            raise ValueError(f"two facts are called {name}")
        FACTS[name] = (function, expected)
        return function

    return record


def plain(value: Any) -> Any:
    """Tensors as lists and numbers, dtypes as their names, tuples as lists."""
    if hasattr(value, "requires_grad"):
        return plain(value.detach().tolist())
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, float):
        return round(value, 6)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value).replace("minigrad.", "").replace("torch.", "")


def outcome(function: Callable[[Any], Any], library: Any, errors: Any) -> Any:
    """What the function does with `library`; the type of the error if it is one of `errors`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            return plain(function(library))
        except errors as error:
            return type(error)
