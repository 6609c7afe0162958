"""The error function and its relatives."""

import math
from functools import partial

import numpy as np

from tests.ops.case import case, integers, normal, uniform

discrete = partial(case, differentiable=False)

CASES = [
    case("erf", lambda m, x: m.erf(x * 2), normal(4, 9), reference=lambda x: np.vectorize(math.erf)(2 * x)),
    discrete("erf of ints", lambda m, x: m.erf(x), integers(-3, 4, 7)),
    case("erfc", lambda m, x: m.erfc(x * 2), normal(4, 9), reference=lambda x: np.vectorize(math.erfc)(2 * x)),
    case("erfinv", lambda m, x: m.erfinv(x), uniform(-0.95, 0.95, 4, 9)),
]
