"""Steps that the rules of several optimizers share, on plain arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor


def buffer(state: dict[str, Any], name: str, like: np.ndarray, value: float = 0.0) -> np.ndarray:
    """Return the array of an entry of the state, filled with `value` at its first use."""
    if name not in state:
        state[name] = Tensor._wrap(np.full_like(like, value))
    return state[name]._data


def next_step(state: dict[str, Any]) -> int:
    """Count a step of this parameter, from 1."""
    state["step"] = step = int(state.get("step", 0)) + 1
    return step


def average(mean: np.ndarray, value: np.ndarray, beta: float, scratch: np.ndarray) -> None:
    """Compute mean = beta * mean + (1 - beta) * value, in place. `value` may be `scratch`."""
    mean *= beta
    mean += np.multiply(value, 1 - beta, out=scratch)


def average_square(mean: np.ndarray, value: np.ndarray, beta: float, scratch: np.ndarray) -> None:
    """Compute mean = beta * mean + (1 - beta) * value ** 2, in place, where that overflows later than the square."""
    np.multiply(value, 1 - beta, out=scratch)
    scratch *= value
    mean *= beta
    mean += scratch
