"""Bessel functions and orthogonal polynomials of `minigrad.special`. Like PyTorch's, they have no gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.kernels import bessel, rarer_bessel
from minigrad.kernels.errstate import silent
from minigrad.ops.declare.operation import Operand
from minigrad.ops.primitives.elementwise import elementwise

Steps = Callable[[Any, int, Any, Any], Any]


def _function(name: str, says: str, kernel: Callable[..., Any], *order: int) -> Callable[[Operand], Tensor]:
    """Return a function of elements, without a gradient."""

    def forward(input: Operand) -> Operand:
        return kernel(input, *order)

    forward.__name__ = forward.__qualname__ = name
    forward.__doc__ = f"""Return {says}, elementwise. It has no gradient.

    Examples
    --------
    >>> mg.special.{name}(mg.ones(2)).shape
    Size([2])
    """
    return elementwise(None, floating=True)(forward)


bessel_j0 = _function("bessel_j0", "the Bessel function of the first kind of order 0", rarer_bessel.j, 0)
bessel_j1 = _function("bessel_j1", "the Bessel function of the first kind of order 1", rarer_bessel.j, 1)
bessel_y0 = _function("bessel_y0", "the Bessel function of the second kind of order 0", rarer_bessel.y, 0)
bessel_y1 = _function("bessel_y1", "the Bessel function of the second kind of order 1", rarer_bessel.y, 1)
modified_bessel_i0 = _function("modified_bessel_i0", "the modified Bessel function I of order 0", bessel.i, 0)
modified_bessel_i1 = _function("modified_bessel_i1", "the modified Bessel function I of order 1", bessel.i, 1)
modified_bessel_k0 = _function("modified_bessel_k0", "the modified Bessel function K of order 0", rarer_bessel.k, 0)
modified_bessel_k1 = _function("modified_bessel_k1", "the modified Bessel function K of order 1", rarer_bessel.k, 1)
scaled_modified_bessel_k0 = _function(
    "scaled_modified_bessel_k0", "``exp(x)`` times the modified Bessel function K of order 0", rarer_bessel.scaled_k, 0
)
scaled_modified_bessel_k1 = _function(
    "scaled_modified_bessel_k1", "``exp(x)`` times the modified Bessel function K of order 1", rarer_bessel.scaled_k, 1
)
airy_ai = _function("airy_ai", "Airy's function Ai", rarer_bessel.airy_ai)
spherical_bessel_j0 = _function(
    "spherical_bessel_j0",
    "``sin(x) / x``, 1 at 0",
    silent(lambda x: np.where(np.isinf(x), x.dtype.type(0), np.sinc(x / np.pi))),
)


# ---- orthogonal polynomials, each by its recurrence: the first two are 1 and `first`, `step` gives the next ----------


def _polynomial(name: str, says: str, first: Callable[[Any], Any], step: Steps) -> Callable[..., Tensor]:
    """Return a function of x and the degree n; ``step(x, k, p, q)`` comes after p, of degree k, and q before that."""

    @silent
    def forward(input: Operand, n: Operand) -> Operand:
        degree = np.trunc(n).astype(np.int64)
        x = np.asarray(input, np.float64)
        before, now = np.ones_like(x), first(x) + 0 * x
        y = np.where(degree == 0, before, now)
        for k in range(1, int(degree.max(initial=0))):
            before, now = now, step(x, k, now, before)
            y = np.where(degree == k + 1, now, y)
        return np.where(degree < 0, 0, y).astype(np.result_type(input))

    forward.__name__ = forward.__qualname__ = name
    forward.__doc__ = f"""Return {says} of degree `n`, elementwise; 0 for negative degrees. It has no gradient.

    Parameters
    ----------
    input, n : Tensor or number
        One at least is a Tensor; they broadcast against each other. Degrees are cut to whole numbers.

    Examples
    --------
    >>> mg.special.{name}(mg.tensor([0.5, 2.0]), 0)
    tensor([1., 1.])
    """
    return elementwise(None, None, floating=True)(forward)


def _chebyshev(x: Any, k: int, p: Any, q: Any) -> Any:
    return 2 * x * p - q


def _shifted(x: Any, k: int, p: Any, q: Any) -> Any:
    return 2 * (2 * x - 1) * p - q


def _of_shifted(first: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: first(2 * x - 1)


_KINDS: dict[str, Callable[[Any], Any]] = {
    "t": lambda x: x,
    "u": lambda x: 2 * x,
    "v": lambda x: 2 * x - 1,
    "w": lambda x: 2 * x + 1,
}
_CHEBYSHEV = {
    f"{prefix}chebyshev_polynomial_{kind}": _polynomial(
        f"{prefix}chebyshev_polynomial_{kind}",
        f"Chebyshev's {prefix.replace('_', ' ')}polynomial of the kind {kind.upper()}",
        _of_shifted(first) if prefix else first,
        _shifted if prefix else _chebyshev,
    )
    for prefix in ("", "shifted_")
    for kind, first in _KINDS.items()
}
chebyshev_polynomial_t = _CHEBYSHEV["chebyshev_polynomial_t"]
chebyshev_polynomial_u = _CHEBYSHEV["chebyshev_polynomial_u"]
chebyshev_polynomial_v = _CHEBYSHEV["chebyshev_polynomial_v"]
chebyshev_polynomial_w = _CHEBYSHEV["chebyshev_polynomial_w"]
shifted_chebyshev_polynomial_t = _CHEBYSHEV["shifted_chebyshev_polynomial_t"]
shifted_chebyshev_polynomial_u = _CHEBYSHEV["shifted_chebyshev_polynomial_u"]
shifted_chebyshev_polynomial_v = _CHEBYSHEV["shifted_chebyshev_polynomial_v"]
shifted_chebyshev_polynomial_w = _CHEBYSHEV["shifted_chebyshev_polynomial_w"]
hermite_polynomial_h = _polynomial(
    "hermite_polynomial_h", "Hermite's polynomial H", lambda x: 2 * x, lambda x, k, p, q: 2 * (x * p - k * q)
)
hermite_polynomial_he = _polynomial(
    "hermite_polynomial_he", "Hermite's polynomial He", lambda x: x, lambda x, k, p, q: x * p - k * q
)
laguerre_polynomial_l = _polynomial(
    "laguerre_polynomial_l",
    "Laguerre's polynomial",
    lambda x: 1 - x,
    lambda x, k, p, q: ((2 * k + 1 - x) * p - k * q) / (k + 1),
)
legendre_polynomial_p = _polynomial(
    "legendre_polynomial_p",
    "Legendre's polynomial",
    lambda x: x,
    lambda x, k, p, q: ((2 * k + 1) * x * p - k * q) / (k + 1),
)
