"""Rows of scores, and the index of one class in each: picking a score, and adding to it.

Scores are (N, C) or (N, C, d1, ...), class indices (N,) or (N, d1, ...): the class is always dimension 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def place(index: np.ndarray) -> tuple[Any, ...]:
    """What to index scores with, so that ``scores[place(index)]`` has one of them for each class index."""
    if index.ndim == 1:
        return np.arange(len(index)), index
    n, *rest = np.ogrid[tuple(slice(s) for s in index.shape)]
    return (n, index, *rest)


def row_weights(
    index: np.ndarray, weight: np.ndarray | None, ignored: np.ndarray | None, mean: bool, dtype: np.dtype
) -> Any:
    """What the loss of each row counts: the weight of its class, 0 if ignored; divided by their sum for a mean."""
    if weight is None and ignored is None:
        return dtype.type(1 / index.size if mean and index.size else np.nan if mean else 1)
    rows = np.ones(index.shape, dtype) if weight is None else weight[index].astype(dtype, copy=False)
    if ignored is not None:
        rows[ignored] = 0
    if mean:
        with np.errstate(invalid="ignore"):
            rows /= np.add.reduce(rows, axis=None)
    return rows
