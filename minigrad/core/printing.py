"""Printing of tensors, in PyTorch's format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minigrad.core import dtypes

__all__ = ["set_printoptions"]


class Options(NamedTuple):
    """The options that `set_printoptions` sets."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


options = Options()
_PROFILES = {"default": Options(), "short": Options(precision=2, edgeitems=2), "full": Options(threshold=float("inf"))}


def set_printoptions(
    precision: int | None = None,
    threshold: int | float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how tensors are printed; what is not given stays, except `sci_mode`.

    Parameters
    ----------
    precision : int
        Digits after the point; 4 at first.
    threshold : int
        Tensors with more elements than this, at first 1000, are printed in part.
    edgeitems : int
        How many elements are then printed at either end of each dimension; 3 at first.
    linewidth : int
        Characters on a line; 80 at first.
    profile : {'default', 'short', 'full'}
        All of these at once; other arguments override it.
    sci_mode : bool, optional
        Whether to print floats as ``1.0000e+00``; by default where their sizes ask for it.

    Raises
    ------
    ValueError
        If `profile` is unknown.

    Examples
    --------
    >>> mg.set_printoptions(precision=2)
    >>> mg.tensor([1.12345])
    tensor([1.12])
    >>> mg.set_printoptions(profile="default")
    """
    global options
    if profile is not None and profile.lower() not in _PROFILES:
        raise ValueError(f"set_printoptions: expected profile {', '.join(_PROFILES)}, got {profile!r}")
    base = options if profile is None else _PROFILES[profile.lower()]
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    options = base._replace(**changes, sci_mode=sci_mode)


def format_array(array: np.ndarray, history: str = "") -> str:
    """Return ``repr`` of a tensor with this array; `history` is the note on its gradient, if there is one."""
    start, notes = "tensor(", []
    if not array.size:
        body = "[]"
        if array.ndim != 1:
            notes.append(f"size={array.shape}")
    else:
        summarize = array.size > options.threshold
        element = _element_format(_edges(array) if summarize else array)
        body = _format(array, len(start), summarize, element)
    implied = (dtypes.get_default_dtype(), *((dtypes.int64, dtypes.bool) if array.size else ()))
    if array.dtype not in implied:
        notes.append(f"dtype={array.dtype}")
    if history:
        notes.append(history)
    text = start + body
    column = len(text) - (text.rfind("\n") + 1) + 2
    for note in notes:
        if column + len(note) + 2 > options.linewidth:
            text += ",\n" + " " * len(start) + note
            column = len(start) + len(note)
        else:
            text += ", " + note
            column += len(note) + 2
    return text + ")"


def _edges(array: np.ndarray) -> np.ndarray:
    """Return the elements that are printed of a large array."""
    n = options.edgeitems
    for axis, length in enumerate(array.shape):
        if length > 2 * n:
            array = np.take(array, [*range(n), *range(length - n, length)], axis)
    return array


def _element_format(array: np.ndarray) -> Callable[[Any], str]:
    """Return a function that prints each element, all equally wide."""
    if array.dtype.kind != "f":
        width = max(len(str(v)) for v in array.ravel().tolist())
        return lambda v: str(v).rjust(width)
    values = array.astype(np.float64)
    values = values[np.isfinite(values) & (values != 0)]
    whole = bool(np.all(values == np.ceil(values)))
    large, small = (np.abs(values).max(), np.abs(values).min()) if values.size else (1.0, 1.0)
    scientific = large > 1000 * small or large > 1e8 or (not whole and small < 1e-4)
    if options.sci_mode is not None and values.size:
        scientific = options.sci_mode

    def text(v: float) -> str:
        if scientific:
            return f"{v:.{options.precision}e}"
        if whole:
            return f"{v:.0f}." if np.isfinite(v) else f"{v:.0f}"
        return f"{v:.{options.precision}f}"

    width = max((len(text(v)) for v in values.tolist()), default=1)
    return lambda v: text(v).rjust(width)


def _format(array: np.ndarray, indent: int, summarize: bool, element: Callable[[Any], str]) -> str:
    """Format the nested brackets, continued on lines that start at column `indent`."""
    if array.ndim == 0:
        return element(array.item())
    n = options.edgeitems
    cut = summarize and len(array) > 2 * n
    shown = [*range(n), *range(len(array) - n, len(array))] if cut else range(len(array))
    if array.ndim > 1:
        parts = [_format(array[i], indent + 1, summarize, element) for i in shown]
        if cut:
            parts.insert(n, "...")
        return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(parts) + "]"
    parts = [element(v) for v in array[list(shown)].tolist()]
    width = len(parts[0]) if parts else 1
    if cut:
        parts.insert(n, " ...")
    per_line = max(1, (options.linewidth - indent) // (width + 2))
    lines = [", ".join(parts[i : i + per_line]) for i in range(0, len(parts), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
