"""`Variable`, the former name of a Tensor."""

from __future__ import annotations

from minigrad.core.tensor import Tensor


def Variable(data: Tensor, requires_grad: bool = False) -> Tensor:
    """Return a leaf that shares memory with `data`, as old scripts for PyTorch make it.

    Examples
    --------
    >>> mg.autograd.Variable(mg.ones(2), requires_grad=True)
    tensor([1., 1.], requires_grad=True)
    """
    return data.detach().requires_grad_(requires_grad)
