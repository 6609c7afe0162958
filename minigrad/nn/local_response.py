"""Normalization of each element by its neighbours in other channels."""

from __future__ import annotations

from minigrad.core.tensor import Tensor
from minigrad.nn import functional as F
from minigrad.nn.layer import non_negative
from minigrad.nn.module import Module
from minigrad.nn.options import check_options


class LocalResponseNorm(Module):
    """``input / (k + alpha * mean of input ** 2) ** beta``, the mean being over `size` neighbouring channels.

    Shape: (N, C, *) to the same. Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional
    neural networks", 2012.

    Examples
    --------
    >>> nn.LocalResponseNorm(2)(mg.ones(1, 3, 4, 4)).shape
    Size([1, 3, 4, 4])
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        non_negative(self, size=size)
        check_options(self, alpha=alpha, beta=beta, k=k)
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, input: Tensor) -> Tensor:
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


class CrossMapLRN2d(LocalResponseNorm):
    """`LocalResponseNorm` whose neighbours are as many on both sides: with an even `size` one less than that.

    Shape: (N, C, H, W) to the same.
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1) -> None:
        super().__init__(size, alpha, beta, k)

    def forward(self, input: Tensor) -> Tensor:
        width = 2 * ((self.size + 1) // 2) - 1
        return F.local_response_norm(input, width, self.alpha * width / self.size, self.beta, self.k)
