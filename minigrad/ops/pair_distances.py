"""The distances of the rows of one matrix from each other."""

from __future__ import annotations

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.ops.checks import check_tensor, require_floating
from minigrad.ops.declare.operation import Operand
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.distances import cdist
from minigrad.ops.primitives.indexing import look_up

__all__ = ["pdist"]


@rounded_once
def pdist(input: Operand, p: float = 2.0) -> Tensor:
    """Return the p-norms of the differences of all pairs of rows: (0, 1), (0, 2), ..., (1, 2), ...

    Parameters
    ----------
    input : Tensor of shape (N, D)
    p : number of at least 0, default 2

    Returns
    -------
    Tensor of shape (N * (N - 1) / 2,)

    Raises
    ------
    RuntimeError
        If the input has not 2 dimensions or is not floating, or `p` is negative.

    Examples
    --------
    >>> F.pdist(mg.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]))
    tensor([5.0000, 1.0000, 4.2426])
    """
    shape = tuple(check_tensor("pdist", "input", input).shape)
    if len(shape) != 2:
        raise RuntimeError(f"pdist: expected an input of shape (N, D), got {shape}")
    require_floating("pdist", input)
    if not p >= 0:
        raise RuntimeError(f"pdist: expected p to be at least 0, got {p}")
    first, second = np.triu_indices(shape[0], 1)
    return look_up(cdist(input, input, p), (first, second))
