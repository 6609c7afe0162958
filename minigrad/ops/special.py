"""The error function and its relatives: the normal distribution's, entropies, sinc, modified Bessel functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.kernels import bessel
from minigrad.kernels import special as kernels
from minigrad.kernels.errstate import silent
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand
from minigrad.ops.exponential import exp, log, sign
from minigrad.ops.primitives.elementwise import elementwise
from minigrad.ops.selection import where

__all__ = ["erf", "erfc", "erfinv", "i0", "sinc"]

_TOP = 2 / math.sqrt(math.pi)  # the slope of erf at 0


@method(inplace=True)
@elementwise(lambda g, input: g * exp(-input * input) * _TOP, floating=True)
def erf(input: Operand) -> Operand:
    """Return the error function ``2 / sqrt(pi) * integral of exp(-t ** 2) from 0 to input``, elementwise.

    By W. J. Cody's rational approximations (1969); see ``minigrad/kernels/special.py``.

    Examples
    --------
    >>> mg.erf(mg.tensor([0.0, 1.0, -10.0]))
    tensor([ 0.0000,  0.8427, -1.0000])
    """
    return kernels.erf(input)


@method(inplace=True)
@elementwise(lambda g, input: -g * exp(-input * input) * _TOP, floating=True)
def erfc(input: Operand) -> Operand:
    """``1 - erf(input)``, elementwise, exact where that is tiny, too.

    Examples
    --------
    >>> mg.erfc(mg.tensor([0.0, 1.0]))
    tensor([1.0000, 0.1573])
    """
    return kernels.erfc(input)


@method(inplace=True)
@elementwise(lambda g, y: g * exp(y * y) * (1 / _TOP), floating=True)
def erfinv(input: Operand) -> Operand:
    """Return the number whose error function is `input`, elementwise; infinite at -1 and 1, nan beyond.

    Examples
    --------
    >>> mg.erfinv(mg.tensor([0.0, 0.5]))
    tensor([0.0000, 0.4769])
    """
    return kernels.erfinv(input)


@elementwise(lambda g, y, input: g * (2 * input * y - _TOP), floating=True)
def erfcx(input: Operand) -> Operand:
    """``exp(input ** 2) * erfc(input)``, elementwise, without the overflow of one and the underflow of the other.

    Examples
    --------
    >>> mg.special.erfcx(mg.tensor([0.0, 100.0]))
    tensor([1.0000, 0.0056])
    """
    return kernels.erfcx(input)


# ---- the normal distribution -----------------------------------------------------------------------------------------


@elementwise(lambda g, input: g * exp(input * input * -0.5) * (1 / math.sqrt(2 * math.pi)), floating=True)
def ndtr(input: Operand) -> Operand:
    """Return the probability that a standard normal number is less than `input`, elementwise.

    Examples
    --------
    >>> mg.special.ndtr(mg.tensor([-3.0, 0.0, 1.0]))
    tensor([0.0013, 0.5000, 0.8413])
    """
    return kernels.ndtr(input)


@elementwise(lambda g, input: g / erfcx(input * -math.sqrt(0.5)) * math.sqrt(2 / math.pi), floating=True)
def log_ndtr(input: Operand) -> Operand:
    """Return the logarithm of `ndtr`, elementwise, exact in both tails.

    Examples
    --------
    >>> mg.special.log_ndtr(mg.tensor([-100.0, 0.0]))
    tensor([-5.0055e+03, -6.9315e-01])
    """
    return kernels.log_ndtr(input)


@elementwise(lambda g, y: g * exp(y * y * 0.5) * math.sqrt(2 * math.pi), floating=True)
def ndtri(input: Operand) -> Operand:
    """Return the number whose `ndtr` is `input`, elementwise; infinite at 0 and 1, nan beyond.

    Examples
    --------
    >>> mg.special.ndtri(mg.tensor([0.5, 0.975]))
    tensor([0.0000, 1.9600])
    """
    return kernels.ndtri(input)


# ---- logarithms that vanish ------------------------------------------------------------------------------------------


def _entr_slope(g: Any, input: Any) -> Any:
    return g * where(input < 0, math.nan, -1 - log(input))


@elementwise(_entr_slope, floating=True)
@silent
def entr(input: Operand) -> Operand:
    """``-input * log(input)``, elementwise; 0 at 0, -inf below.

    Examples
    --------
    >>> mg.special.entr(mg.tensor([0.0, 0.5, 2.0]))
    tensor([ 0.0000,  0.3466, -1.3863])
    """
    y = np.where(input == 0, input * 0, -input * np.log(input))
    return np.where(input < 0, np.asarray(-np.inf, y.dtype), y)


def _xlog1py_slope(g: Any, input: Any, other: Any) -> Any:
    """Return the gradient for the input; 0 where that is 0 and the logarithm is not a number."""
    unneeded = (input == 0) & (other <= -1)
    return where(unneeded, 0.0, xlog1py(g, where(unneeded, 0.0, other)))


@elementwise(_xlog1py_slope, lambda g, input, other: g * input / (1 + other), floating=True)
@silent
def xlog1py(input: Operand, other: Operand) -> Operand:
    """``input * log(1 + other)``; 0 where `input` is 0, whatever `other` is, unless that is nan.

    Examples
    --------
    >>> mg.special.xlog1py(mg.tensor([0.0, 2.0]), mg.tensor([-1.0, 1.0]))
    tensor([0.0000, 1.3863])
    """
    other = np.asarray(other, input.dtype)
    return np.where((input == 0) & ~np.isnan(other), input * 0, input * np.log1p(other))


# ---- sinc ------------------------------------------------------------------------------------------------------------


@elementwise(lambda g, input, n: g * _sinc(input, n + 1), name="sinc", floating=True)
def _sinc(input: Operand, n: int) -> Operand:
    return kernels.sinc(input, n)


@method(inplace=True)
def sinc(input: Operand) -> Tensor:
    """``sin(pi * input) / (pi * input)``, elementwise; 1 at 0. Its derivatives of every order are exact there, too.

    Examples
    --------
    >>> mg.sinc(mg.tensor([0.0, 0.5, 1.0]))
    tensor([1.0000e+00, 6.3662e-01, 3.8982e-17])
    """
    return _sinc(input, 0)


# ---- modified Bessel functions ---------------------------------------------------------------------------------------


@elementwise(lambda g, input, n: g * (_i(input, abs(n - 1)) + _i(input, n + 1)) * 0.5, name="i0", floating=True)
def _i(input: Operand, n: int) -> Operand:
    return bessel.i(input, n)


def _scaled_slope(g: Any, y: Any, input: Any, n: int) -> Any:
    return g * ((_scaled_i(input, abs(n - 1)) + _scaled_i(input, n + 1)) * 0.5 - sign(input) * y)


@elementwise(_scaled_slope, name="i0e", floating=True)
def _scaled_i(input: Operand, n: int) -> Operand:
    return bessel.scaled_i(input, n)


@method(inplace=True)
def i0(input: Operand) -> Tensor:
    """Return the modified Bessel function of the first kind of order 0, elementwise.

    Examples
    --------
    >>> mg.i0(mg.tensor([0.0, 1.0]))
    tensor([1.0000, 1.2661])
    """
    return _i(input, 0)


def i0e(input: Operand) -> Tensor:
    """``exp(-|input|) * i0(input)``, elementwise, without overflow.

    Examples
    --------
    >>> mg.special.i0e(mg.tensor([0.0, 1000.0]))
    tensor([1.0000, 0.0126])
    """
    return _scaled_i(input, 0)


def i1(input: Operand) -> Tensor:
    """Return the modified Bessel function of the first kind of order 1, elementwise.

    Examples
    --------
    >>> mg.special.i1(mg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.5652])
    """
    return _i(input, 1)


def i1e(input: Operand) -> Tensor:
    """``exp(-|input|) * i1(input)``, elementwise, without overflow.

    Examples
    --------
    >>> mg.special.i1e(mg.tensor([0.0, 1000.0]))
    tensor([0.0000, 0.0126])
    """
    return _scaled_i(input, 1)
