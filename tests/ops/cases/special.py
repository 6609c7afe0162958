"""The error function and its relatives."""

import math
from functools import partial

import numpy as np

from tests.ops.case import case, fixed, integers, normal, uniform

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
]
