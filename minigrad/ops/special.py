"""The error function and its relatives."""

from __future__ import annotations

import math

from minigrad.kernels import special as kernels
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand
from minigrad.ops.exponential import exp
from minigrad.ops.primitives.elementwise import elementwise

__all__ = ["erf", "erfc", "erfinv"]

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
