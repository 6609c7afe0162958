"""Pickled dicts of arrays, as data sets come in."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

from minigrad.saving.unpickling import Unpickler, as_text


def read_pickled_dict(path: Path) -> dict[str, Any]:
    """Return the dict in a pickle file: its keys as str, its arrays; Python 2's strings are bytes.

    Raises
    ------
    RuntimeError
        If the file is not a pickle, is truncated or corrupt, holds no dict, or asks for anything but arrays of
        numbers, numbers, strings and containers of them.
    """
    content = path.read_bytes()
    try:
        found = Unpickler(io.BytesIO(content), len(content), {}, {}, "bytes").load()
        if not isinstance(found, dict):
            raise pickle.UnpicklingError(f"it holds {type(found).__name__}")
        return {as_text(key): value for key, value in found.items()}
    except Exception as error:  # a corrupt pickle can fail in any way
        raise RuntimeError(
            f"{path}: expected a pickled dict of arrays, numbers and strings, but {error or type(error).__name__}; "
            "the file is truncated, corrupt or another one: delete it and get it again"
        ) from error
