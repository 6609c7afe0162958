"""``torch.compiler`` for scripts that steer it: nothing is compiled here."""

from __future__ import annotations

from typing import Any


def _as_it_is(fn: Any = None, *args: Any, **kwargs: Any) -> Any:
    """Return the function that it decorates, with or without options, as it is."""
    return fn if callable(fn) else lambda function: function


disable = allow_in_graph = assume_constant_result = _as_it_is


def is_compiling() -> bool:
    """Return False: nothing is compiled."""
    return False


is_dynamo_compiling = is_exporting = is_compiling


def reset() -> None:
    """Do nothing: nothing is compiled."""
