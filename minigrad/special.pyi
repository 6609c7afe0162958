"""Written by scripts/stubs.py out of the declarations; do not edit."""

from builtins import bool as _bool
from builtins import float as _float
from builtins import int as _int
from collections.abc import Sequence
from minigrad.core.dtypes import DTypeLike
from minigrad.core.tensor import Tensor
from minigrad.core.tensor import TensorLike
from typing import overload

def airy_ai(input: TensorLike) -> Tensor:
    """Return Airy's function Ai, elementwise. It has no gradient."""
def bessel_j0(input: TensorLike) -> Tensor:
    """Return the Bessel function of the first kind of order 0, elementwise. It has no gradient."""
def bessel_j1(input: TensorLike) -> Tensor:
    """Return the Bessel function of the first kind of order 1, elementwise. It has no gradient."""
def bessel_y0(input: TensorLike) -> Tensor:
    """Return the Bessel function of the second kind of order 0, elementwise. It has no gradient."""
def bessel_y1(input: TensorLike) -> Tensor:
    """Return the Bessel function of the second kind of order 1, elementwise. It has no gradient."""
def chebyshev_polynomial_t(input: TensorLike, n: TensorLike) -> Tensor:
    """Return Chebyshev's polynomial of the kind T of degree `n`, elementwise; 0 for negative degrees. It has no gradient."""
def chebyshev_polynomial_u(input: TensorLike, n: TensorLike) -> Tensor:
    """Return Chebyshev's polynomial of the kind U of degree `n`, elementwise; 0 for negative degrees. It has no gradient."""
def chebyshev_polynomial_v(input: TensorLike, n: TensorLike) -> Tensor:
    """Return Chebyshev's polynomial of the kind V of degree `n`, elementwise; 0 for negative degrees. It has no gradient."""
def chebyshev_polynomial_w(input: TensorLike, n: TensorLike) -> Tensor:
    """Return Chebyshev's polynomial of the kind W of degree `n`, elementwise; 0 for negative degrees. It has no gradient."""
def digamma(input: TensorLike) -> Tensor:
    """Return the derivative of `lgamma`, elementwise; nan at the negative integers."""
def entr(input: TensorLike) -> Tensor:
    """``-input * log(input)``, elementwise; 0 at 0, -inf below."""
def erf(input: TensorLike) -> Tensor:
    """Return the error function ``2 / sqrt(pi) * integral of exp(-t ** 2) from 0 to input``, elementwise."""
def erfc(input: TensorLike) -> Tensor:
    """``1 - erf(input)``, elementwise, exact where that is tiny, too."""
def erfcx(input: TensorLike) -> Tensor:
    """``exp(input ** 2) * erfc(input)``, elementwise, without the overflow of one and the underflow of the other."""
def erfinv(input: TensorLike) -> Tensor:
    """Return the number whose error function is `input`, elementwise; infinite at -1 and 1, nan beyond."""
def exp2(input: TensorLike) -> Tensor:
    """``2 ** input``, elementwise."""
def expit(input: TensorLike) -> Tensor:
    """``1 / (1 + exp(-input))``, elementwise, without overflow and exact to the last bits in both tails."""
def expm1(input: TensorLike) -> Tensor:
    """``exp(input) - 1``, exact near 0 too."""
def gammainc(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the lower incomplete gamma function, divided by ``gamma(input)``, elementwise."""
def gammaincc(input: TensorLike, other: TensorLike) -> Tensor:
    """Return ``1 - igamma(input, other)``, elementwise, exact where that is tiny, too."""
def gammaln(input: TensorLike) -> Tensor:
    """Return the natural logarithm of the absolute value of the gamma function, elementwise; inf at 0, -1, -2, ..."""
def hermite_polynomial_h(input: TensorLike, n: TensorLike) -> Tensor:
    """Return Hermite's polynomial H of degree `n`, elementwise; 0 for negative degrees. It has no gradient."""
def hermite_polynomial_he(input: TensorLike, n: TensorLike) -> Tensor:
    """Return Hermite's polynomial He of degree `n`, elementwise; 0 for negative degrees. It has no gradient."""
def i0(input: TensorLike) -> Tensor:
    """Return the modified Bessel function of the first kind of order 0, elementwise."""
def i0e(input: TensorLike) -> Tensor:
    """``exp(-|input|) * i0(input)``, elementwise, without overflow."""
def i1(input: TensorLike) -> Tensor:
    """Return the modified Bessel function of the first kind of order 1, elementwise."""
def i1e(input: TensorLike) -> Tensor:
    """``exp(-|input|) * i1(input)``, elementwise, without overflow."""
def laguerre_polynomial_l(input: TensorLike, n: TensorLike) -> Tensor:
    """Return Laguerre's polynomial of degree `n`, elementwise; 0 for negative degrees. It has no gradient."""
def legendre_polynomial_p(input: TensorLike, n: TensorLike) -> Tensor:
    """Return Legendre's polynomial of degree `n`, elementwise; 0 for negative degrees. It has no gradient."""
def log1p(input: TensorLike) -> Tensor:
    """``log(1 + input)``, exact near 0 too."""
def log_ndtr(input: TensorLike) -> Tensor:
    """Return the logarithm of `ndtr`, elementwise, exact in both tails."""
def log_softmax(input: TensorLike, dim: _int | None = None, dtype: DTypeLike | None = None, *, axis: _int | None = None) -> Tensor:
    """``log(softmax(input, dim))``, finite where that would be log(0). Parameters as for `softmax`."""
def logit(input: TensorLike, eps: _float | None = None) -> Tensor:
    """``log(input / (1 - input))``: the inverse of `sigmoid`; with `eps`, of input clamped to [eps, 1 - eps]."""
@overload
def logsumexp(input: TensorLike, dim: _int | Sequence[_int], keepdim: _bool = False) -> Tensor:
    """``log(sum(exp(input)))`` over the dimensions `dim`, without overflow."""
@overload
def logsumexp(input: TensorLike, *, axis: _int | Sequence[_int], keepdims: _bool = False) -> Tensor: ...
def modified_bessel_i0(input: TensorLike) -> Tensor:
    """Return the modified Bessel function I of order 0, elementwise. It has no gradient."""
def modified_bessel_i1(input: TensorLike) -> Tensor:
    """Return the modified Bessel function I of order 1, elementwise. It has no gradient."""
def modified_bessel_k0(input: TensorLike) -> Tensor:
    """Return the modified Bessel function K of order 0, elementwise. It has no gradient."""
def modified_bessel_k1(input: TensorLike) -> Tensor:
    """Return the modified Bessel function K of order 1, elementwise. It has no gradient."""
def multigammaln(input: TensorLike, p: _int) -> Tensor:
    """Return the logarithm of the multivariate gamma function of dimension `p`, elementwise."""
def ndtr(input: TensorLike) -> Tensor:
    """Return the probability that a standard normal number is less than `input`, elementwise."""
def ndtri(input: TensorLike) -> Tensor:
    """Return the number whose `ndtr` is `input`, elementwise; infinite at 0 and 1, nan beyond."""
def polygamma(n: _int, input: TensorLike) -> Tensor:
    """Return the `n`-th derivative of `digamma`, elementwise."""
def psi(input: TensorLike) -> Tensor:
    """Return the derivative of `lgamma`, elementwise; nan at the negative integers."""
def round(input: TensorLike, decimals: _int = 0) -> Tensor:
    """Return the nearest number with `decimals` decimals; halves go to the even one. Its gradient is 0."""
def scaled_modified_bessel_k0(input: TensorLike) -> Tensor:
    """Return ``exp(x)`` times the modified Bessel function K of order 0, elementwise. It has no gradient."""
def scaled_modified_bessel_k1(input: TensorLike) -> Tensor:
    """Return ``exp(x)`` times the modified Bessel function K of order 1, elementwise. It has no gradient."""
def shifted_chebyshev_polynomial_t(input: TensorLike, n: TensorLike) -> Tensor:
    """Return Chebyshev's shifted polynomial of the kind T of degree `n`, elementwise; 0 for negative degrees. It has no gradient."""
def shifted_chebyshev_polynomial_u(input: TensorLike, n: TensorLike) -> Tensor:
    """Return Chebyshev's shifted polynomial of the kind U of degree `n`, elementwise; 0 for negative degrees. It has no gradient."""
def shifted_chebyshev_polynomial_v(input: TensorLike, n: TensorLike) -> Tensor:
    """Return Chebyshev's shifted polynomial of the kind V of degree `n`, elementwise; 0 for negative degrees. It has no gradient."""
def shifted_chebyshev_polynomial_w(input: TensorLike, n: TensorLike) -> Tensor:
    """Return Chebyshev's shifted polynomial of the kind W of degree `n`, elementwise; 0 for negative degrees. It has no gradient."""
def sinc(input: TensorLike) -> Tensor:
    """``sin(pi * input) / (pi * input)``, elementwise; 1 at 0. Its derivatives of every order are exact there, too."""
def softmax(input: TensorLike, dim: _int | None = None, dtype: DTypeLike | None = None, *, axis: _int | None = None) -> Tensor:
    """``exp(input) / exp(input).sum(dim)``: positive numbers that add up to 1 along `dim`."""
def spherical_bessel_j0(input: TensorLike) -> Tensor:
    """Return ``sin(x) / x``, 1 at 0, elementwise. It has no gradient."""
def xlog1py(input: TensorLike, other: TensorLike) -> Tensor:
    """``input * log(1 + other)``; 0 where `input` is 0, whatever `other` is, unless that is nan."""
def xlogy(input: TensorLike, other: TensorLike) -> Tensor:
    """``input * log(other)``; 0 where `input` is 0, whatever `other` is, unless that is nan."""
def zeta(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the Hurwitz zeta function, the sum of ``(other + k) ** -input`` over k = 0, 1, ..., elementwise."""
