"""Special functions by `torch.special`'s names."""

from minigrad.ops.declare.naming import publish
from minigrad.ops.exponential import exp2, expm1, log1p, logit, round, xlogy
from minigrad.ops.exponential import sigmoid as expit
from minigrad.ops.gamma import digamma, polygamma, zeta
from minigrad.ops.gamma import digamma as psi
from minigrad.ops.gamma import igamma as gammainc
from minigrad.ops.gamma import igammac as gammaincc
from minigrad.ops.gamma import lgamma as gammaln
from minigrad.ops.gamma import mvlgamma as multigammaln
from minigrad.ops.reduction import logsumexp
from minigrad.ops.softmax import log_softmax, softmax
from minigrad.ops.special import (
    entr,
    erf,
    erfc,
    erfcx,
    erfinv,
    i0,
    i0e,
    i1,
    i1e,
    log_ndtr,
    ndtr,
    ndtri,
    sinc,
    xlog1py,
)

__all__ = [
    "digamma", "entr", "erf", "erfc", "erfcx", "erfinv", "exp2", "expit", "expm1", "gammainc", "gammaincc", "gammaln",
    "i0", "i0e", "i1", "i1e", "log1p", "log_ndtr", "log_softmax", "logit", "logsumexp", "multigammaln", "ndtr", "ndtri",
    "polygamma", "psi", "round", "sinc", "softmax", "xlog1py", "xlogy", "zeta",
]  # fmt: skip

publish(globals())
