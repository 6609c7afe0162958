"""Names in errors: an error names what the user called, not an operation that was tried on the way.

Functions are made of one another: `lerp` subtracts, `addmm` multiplies matrices. What a user calls, of the package or
of Tensor, passes errors on under its own name, and gives NumPy's and Python's bare ones that name and the arguments.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

from minigrad.core.array_attributes import ArrayAttributes, as_int
from minigrad.ops.declare.annotations import kind_of, misfit
from minigrad.ops.declare.declaration import OTHER_NAMES, one_by_one, our_name, signature
from minigrad.ops.declare.out import into

NAMED = (TypeError, ValueError, LookupError, RuntimeError, AttributeError, ArithmeticError)
_BEGINNING = re.compile(r"([A-Za-z_][\w.]*)(: |\(\) )")
_ARGUMENTS = "; the arguments were "
_TOO_LARGE = re.compile(r"too (big|large)|[Mm]aximum (allowed|supported)")  # what NumPy says of lengths
_known = {"device", "generator"}  # first words of our messages
_NO_TENSORS = (
    "None", "bool", "int", "float", "str", "list", "dict", "tuple[Tensor, ...]", "Size", "Any", "Generator",
    "HistogramDD",
)  # fmt: skip
_WHERE = (
    "minigrad.ops.", "minigrad.creation", "minigrad.random", "minigrad.linalg", "minigrad.nn.init",
    "minigrad.view_copies",
)  # fmt: skip


@functools.cache
def named(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Name `function` as users call it: its errors name it `name`. Operations name themselves."""
    _known.update((name, function.__name__.strip("_")))
    operation = getattr(function, "operation", None)
    if operation is not None and operation.call is function and operation.name == name or _is_named(function, name):
        return function

    takes_out = takes_an_out(function)
    bools = bools_of(function)
    before_bools = min(bools, default=sys.maxsize)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            if len(args) > before_bools:
                check_bools(name, bools, args)
            if kwargs:
                if takes_out and "out" in kwargs:
                    return into(kwargs.pop("out"), name, call, args, kwargs)
                kwargs = in_our_names(name, function, kwargs)
                if (sizes := one_by_one(function)) in kwargs:
                    args = (*args, kwargs.pop(sizes))
            return function(*args, **kwargs)
        except NAMED as error:
            renamed = as_called(error, name, args, kwargs, function)
            if renamed is error:
                raise
            raise renamed from error

    call.__name__ = call.__qualname__ = name
    call.named = call  # type: ignore[attr-defined]
    return call


def bools_of(function: Callable[..., Any]) -> dict[int, str]:
    """Return the parameters of a function that are bools, by their places."""
    inner = function
    while hasattr(inner, "__wrapped__"):  # inspect.unwrap is slow
        inner = inner.__wrapped__
    annotations = inner.__annotations__
    if "bool" not in annotations.values():
        return {}
    return {i: name for i, name in enumerate(signature(function)[0]) if annotations.get(name) == "bool"}


def check_bools(operation: str, bools: dict[int, str], args: tuple[Any, ...]) -> None:
    """Raise TypeError if a number was given in the place of a bool, as the second one of ``x.sum(0, 1)``."""
    for place, name in bools.items():
        if place < len(args) and isinstance(args[place], (int, float)) and not isinstance(args[place], bool):
            several = "; several dims are one argument, such as dim=(0, 1)" if name in ("keepdim", "unbiased") else ""
            raise TypeError(f"{operation}: expected a bool as {name!r}, got {kind_of(args[place])}{several}")


def takes_an_out(function: Callable[..., Any]) -> bool:
    """Return whether a public function takes ``out=``: its result is new memory, and it has none of its own."""
    said: bool | None = getattr(function, "takes_out", None)
    if said is not None:
        return said
    if "out" in (*signature(function)[0], *(function.__kwdefaults__ or ())):
        return False
    operation = getattr(function, "operation", None)
    if operation is not None and operation.call is function:
        return not operation.view
    returned = str(function.__annotations__.get("return", ""))
    return bool(returned) and not returned.startswith(_NO_TENSORS)


def in_our_names(name: str, function: Callable[..., Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the keyword arguments by the names that `function` has, and a 0-dim Tensor as `dim` as an int."""
    for other in kwargs.keys() & OTHER_NAMES.keys():
        ours = our_name(other, (*signature(function)[0], one_by_one(function) or ""))
        if ours != other:
            if ours in kwargs:
                raise TypeError(f"{name}: {other} is another name of {ours}; pass one of them")
            kwargs[ours] = kwargs.pop(other)
    if isinstance(dim := kwargs.get("dim"), ArrayAttributes) and not dim.ndim:
        kwargs["dim"] = as_int(name, "dim", dim)  # max could not tell it from another operand
    return kwargs


def _is_named(function: Callable[..., Any], name: str) -> bool:
    return function.__name__ == name and getattr(function, "named", None) is function


def publish(namespace: dict[str, Any]) -> None:
    """Name the public functions in this namespace of a module, in accord with the modules that define them."""
    for name, value in list(namespace.items()):
        if name[0] != "_":
            namespace[name] = published(value, name)


def published(value: Any, name: str) -> Any:
    """Return what a user sees of `value`, which is public by this name: a function of ours bears it in its errors."""
    if not isinstance(value, FunctionType) or not value.__module__.startswith(_WHERE):
        return value
    public = named(value, name)
    home = vars(sys.modules[value.__module__])
    # by which pickle finds it there; another function of that module may have the name
    public.__qualname__ = name if home.get(name, value) in (value, public) else value.__name__
    home[public.__qualname__] = public
    return public


def described(error: Exception, name: str, args: tuple[Any, ...], function: Callable[..., Any]) -> Exception:
    """Return `error` out of an operation `name`: itself if it begins with a name already, otherwise with that one."""
    found = _BEGINNING.match(str(error))
    _known.add(name)
    return error if found and found[1].rpartition(".")[2] in _known else as_called(error, name, args, {}, function)


def as_called(
    error: Exception, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], function: Callable[..., Any]
) -> Exception:
    """Return `error`, which left `function`, that the user called as `name` with these arguments."""
    text = str(error)
    found = _BEGINNING.match(text)
    bare = not (found and found[1].rpartition(".")[2] in _known) or _ARGUMENTS in text
    if bare and isinstance(error, ValueError) and _TOO_LARGE.search(text):
        error, found = RuntimeError(text := "the result would not fit into memory"), None
    ours = isinstance(error, (RuntimeError, IndexError, OverflowError))  # the others speak of types
    if bare and not ours and (what := misfit(function, args, kwargs)):
        return TypeError(f"{name}: {what}")
    args = (*args, *kwargs.values())
    own = found[1].rpartition(".")[2].strip("_") if found else None
    if found and own == name.strip("_") and found[2] == ": ":
        return error
    if found and own in _known:
        text = f"{name}{found[2]}{text[found.end() :]}"
    else:
        text = f"{name}: {text}{_ARGUMENTS}{', '.join(map(_described, args)) or 'none'}"
    if isinstance(error, (AttributeError, LookupError)) and not isinstance(error, IndexError):
        # an argument that is no Tensor was taken for one
        return error if all(isinstance(a, ArrayAttributes) for a in args) else TypeError(text)
    error.args = (text,)
    return error if str(error) == text else TypeError(text)  # NumPy's own classes make their texts themselves


def _described(argument: Any) -> str:
    if isinstance(argument, ArrayAttributes):
        return f"a {argument.dtype} Tensor of shape {tuple(argument.shape)}"
    text = repr(argument)
    return text if len(text) < 60 else f"a {type(argument).__name__}"
