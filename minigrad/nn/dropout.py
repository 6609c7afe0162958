"""Dropout layers: the identity in evaluation."""

from __future__ import annotations

from collections.abc import Callable

from minigrad.core.tensor import Tensor
from minigrad.nn import functional as F
from minigrad.nn.layer import Layer
from minigrad.nn.options import check_options


class DropoutNd(Layer):
    """The base of dropouts: a probability, and nothing to do in evaluation."""

    _function: Callable[..., Tensor]

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        check_options(self, p=p)
        if not 0 <= p <= 1:
            raise ValueError(f"{type(self).__name__}: expected a probability p from 0 to 1, got {p}")
        super().__init__(p=p, inplace=inplace)

    def forward(self, input: Tensor) -> Tensor:
        return self._function(input, self.p, True, self.inplace) if self.training else input

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(DropoutNd):
    """Dropout: in training, each element becomes 0 with probability `p`, the others are scaled by ``1 / (1 - p)``.

    Shape: (*), any number of dimensions, to the same.

    Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout", 2014.

    Examples
    --------
    >>> layer = nn.Dropout(0.5).eval()
    >>> layer(mg.ones(3))
    tensor([1., 1., 1.])
    """

    _function = staticmethod(F.dropout)


class Dropout1d(DropoutNd):
    """Dropout of whole channels of (N, C, L) or (C, L)."""

    _function = staticmethod(F.dropout1d)


class Dropout2d(DropoutNd):
    """Dropout of whole channels of (N, C, H, W) or (C, H, W). Tompson et al., 2015."""

    _function = staticmethod(F.dropout2d)


class Dropout3d(DropoutNd):
    """Dropout of whole channels of (N, C, D, H, W) or (C, D, H, W)."""

    _function = staticmethod(F.dropout3d)


class AlphaDropout(DropoutNd):
    """Dropout that keeps mean 0 and variance 1, for use with SELU. Klambauer et al., 2017.

    Shape: (*), any number of dimensions, to the same.
    """

    _function = staticmethod(F.alpha_dropout)


class FeatureAlphaDropout(DropoutNd):
    """Alpha dropout of whole channels of (N, C, ...)."""

    _function = staticmethod(F.feature_alpha_dropout)
