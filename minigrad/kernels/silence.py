"""No warnings of NumPy's about inf and nan."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])


def silent(function: F) -> F:
    """Where PyTorch gives inf or nan without a word, so does `function`."""
    if not np.__version__.startswith("1."):
        return np.errstate(all="ignore")(function)  # takes half as long as entering it with `with`

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        with np.errstate(all="ignore"):  # NumPy 1 does not restore the state after entering one object twice
            return function(*args, **kwargs)

    return call  # type: ignore[return-value]  # functools.wraps keeps the signature at run time only
