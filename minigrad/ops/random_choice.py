"""Random choices with a gradient (Jang, Gu and Poole, 2017)."""

from __future__ import annotations

import numpy as np

from minigrad.core.generator import get_generator
from minigrad.core.tensor import Tensor
from minigrad.ops.checks import require_floating
from minigrad.ops.declare.operation import Operand
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.primitives.dims import one_dim
from minigrad.ops.softmax import softmax

__all__ = ["gumbel_softmax"]


@rounded_once
def gumbel_softmax(logits: Operand, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """Return a random distribution close to one class, which is chosen with the probability ``softmax(logits)``.

    Parameters
    ----------
    logits : Tensor, floating
    tau : float
        The temperature: the less, the closer to one class.
    hard : bool, default False
        Return 1 for the class and 0 for the others, with the gradient of what lies close to it.
    eps : float
        Means nothing, as in PyTorch.
    dim : int, default -1
        The dimension of the classes.

    References
    ----------
    E. Jang, S. Gu and B. Poole, Categorical reparameterization with Gumbel-softmax, 2017.

    Examples
    --------
    >>> F.gumbel_softmax(mg.tensor([[0.0, 100.0]]), hard=True)
    tensor([[0., 1.]])
    """
    require_floating("gumbel_softmax", logits)
    dim, shape = one_dim("gumbel_softmax", dim, len(logits.shape)), tuple(logits.shape)
    noise = get_generator().rng.gumbel(size=shape).astype(logits.dtype)
    soft = softmax((logits + noise) / tau, dim)
    if not hard:
        return soft
    values = soft._data if isinstance(soft, Tensor) else soft
    one = np.zeros_like(values)
    if values.size:
        if shape:
            np.put_along_axis(one, values.argmax(dim, keepdims=True), 1, dim)
        else:
            one.fill(1)
    return soft + (one - values)
