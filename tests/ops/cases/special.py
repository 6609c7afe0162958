"""The error function and its relatives."""

import math
from functools import partial

import numpy as np

from tests.ops.case import away, case, fixed, integers, normal, uniform

NO_CURVATURE = "there is no second derivative for the parameter"
discrete = partial(case, differentiable=False)

CASES = [
    case("erf", lambda m, x: m.erf(x * 2), normal(4, 9), reference=lambda x: np.vectorize(math.erf)(2 * x)),
    discrete("erf of ints", lambda m, x: m.erf(x), integers(-3, 4, 7)),
    case("erfc", lambda m, x: m.erfc(x * 2), normal(4, 9), reference=lambda x: np.vectorize(math.erfc)(2 * x)),
    case("erfinv", lambda m, x: m.erfinv(x), uniform(-0.95, 0.95, 4, 9)),
    case("lgamma", lambda m, x: m.lgamma(x), uniform(0.1, 14, 4, 9), reference=np.vectorize(math.lgamma)),
    case("lgamma negative", lambda m, x: x.lgamma(), uniform(-1.9, -1.1, 9), reference=np.vectorize(math.lgamma)),
    discrete("lgamma of ints", lambda m, x: m.lgamma(x), integers(1, 14, 7)),
    case("digamma", lambda m, x: m.digamma(x), uniform(0.1, 14, 4, 9)),
    case("polygamma", lambda m, x: m.polygamma(2, x), uniform(0.5, 14, 4, 9)),
    case("polygamma 0", lambda m, x: x.polygamma(0), uniform(0.5, 14, 9)),
    case("mvlgamma", lambda m, x: m.mvlgamma(x, 3), uniform(1.5, 14, 4, 9)),
    case("igamma", lambda m, a, x: m.igamma(a, x), fixed(uniform(0.2, 5, 4, 9)), uniform(0.2, 9, 9)),
    case("igammac", lambda m, a, x: a.igammac(x), fixed(uniform(0.2, 300, 4, 9)), uniform(0.2, 300, 9)),
    case("igamma both", lambda m, a, x: m.igamma(a, x), *2 * [uniform(0.2, 5, 9)], differences=NO_CURVATURE),
    case("igammac both", lambda m, a, x: m.igammac(a, x), *2 * [uniform(0.2, 5, 9)], differences=NO_CURVATURE),
    case("zeta", lambda m, s, q: m.special.zeta(s, q), fixed(uniform(1.2, 5, 4, 9)), uniform(0.2, 9, 9)),
    case("erfcx", lambda m, x: m.special.erfcx(x), uniform(-2, 9, 4, 9)),
    case("ndtr", lambda m, x: m.special.ndtr(x), normal(4, 9)),
    case("log_ndtr", lambda m, x: m.special.log_ndtr(x), uniform(-40, 3, 4, 9)),
    case("ndtri", lambda m, x: m.special.ndtri(x), uniform(0.05, 0.95, 4, 9)),
    case("entr", lambda m, x: m.special.entr(x), uniform(0.1, 4, 9), reference=lambda x: -x * np.log(x)),
    case("xlog1py", lambda m, x, y: m.special.xlog1py(x, y), normal(4, 9), uniform(-0.8, 3, 9)),
    case("xlog1py of a number", lambda m, y: m.special.xlog1py(2, y) + m.special.xlog1py(y, 2), uniform(-0.8, 3, 9)),
    case("sinc", lambda m, x: m.sinc(x), uniform(-5, 5, 4, 9), reference=np.sinc),
    case("sinc near 0", lambda m, x: x.sinc(), uniform(-0.2, 0.2, 9), reference=np.sinc),
    case("i0", lambda m, x: m.i0(x), uniform(-5, 5, 4, 9), reference=np.i0),
    case("i0e", lambda m, x: m.special.i0e(x), away((0.0,), 4, 9)),
    case("i1", lambda m, x: m.special.i1(x), uniform(-5, 5, 4, 9)),
    case("i1e", lambda m, x: m.special.i1e(x), away((0.0,), 4, 9)),
]
