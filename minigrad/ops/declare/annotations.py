"""Type errors: finding the argument that does not fit its parameter's annotation.

It is looked for after a call has failed with an error of Python's or NumPy's own: a call that succeeds pays nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from numbers import Number
from typing import Any

import numpy as np

from minigrad.core.array_attributes import ArrayAttributes

_ARRAYS = (ArrayAttributes, np.ndarray, np.generic)
_INTS = (int, np.integer)
# annotation of a parameter -> name of what it takes, and its types
_KINDS: dict[str, tuple[str, tuple[type, ...]]] = {
    "Operand": ("a Tensor", _ARRAYS),
    "Tensor": ("a Tensor", (ArrayAttributes,)),
    "int": ("an int", _INTS),
    "float": ("a number", (Number, np.generic)),
    "bool": ("a bool", (*_INTS, np.bool_)),
    "str": ("a str", (str,)),
    "None": ("None", (type(None),)),
    "Sequence[int]": ("a sequence of ints", (list, tuple)),
}


def misfit(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
    """Describe the first argument of a wrong type, for example "expected a Tensor as 'input', got NoneType".

    A number in the place of a Tensor is often welcome, so it is named only if nothing else is wrong.
    """
    signature = inspect.signature(function)
    try:
        given = signature.bind(*args, **kwargs).arguments
    except TypeError:  # too many arguments, or too few: Python says so
        return None
    for name, value in sorted(given.items(), key=lambda item: isinstance(item[1], Number)):
        kinds = [_KINDS.get(k.strip()) for k in str(signature.parameters[name].annotation).split("|")]
        known = [k for k in kinds if k is not None]
        if len(known) == len(kinds) and not any(_is(value, types) for _, types in known):
            expected = " or ".join(_unique(word for word, _ in known if word != "None"))
            return f"expected {expected} as {name!r}, got {kind_of(value)}"
    return None


def _is(value: Any, types: tuple[type, ...]) -> bool:
    one = isinstance(value, (ArrayAttributes, np.ndarray)) and len(value.shape) == 0  # counts as a number, too
    return isinstance(value, types) or (one and (int in types or Number in types))


def kind_of(value: Any) -> str:
    """Return the type of an argument as messages give it, with its shape or short value."""
    if isinstance(value, (ArrayAttributes, np.ndarray)):
        return f"{type(value).__name__} of shape {tuple(value.shape)}"
    text = repr(value)
    return type(value).__name__ + (f" {text}" if value is not None and len(text) < 40 else "")


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))
