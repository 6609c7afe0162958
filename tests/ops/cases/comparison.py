"""Comparisons, logic, and choosing between values."""

from functools import partial

import numpy as np

from tests.ops.case import away, booleans, case, distinct, fixed, integers, normal, uniform

discrete = partial(case, differentiable=False)


def some_nan(rng):
    return np.array([1.0, np.nan, -2.0, np.inf, -np.inf, 0.5])


CASES = [
    discrete("lt", lambda m, x, y: x < y, integers(0, 3, 3, 4), integers(0, 3, 4), reference=np.less),
    discrete("le", lambda m, x, y: m.le(x, y), integers(0, 3, 3, 4), integers(0, 3, 4), reference=np.less_equal),
    discrete("gt", lambda m, x, y: x > y, integers(0, 3, 3, 4), integers(0, 3, 3, 1), reference=np.greater),
    discrete("ge", lambda m, x: x >= 1, integers(0, 3, 9), reference=lambda x: x >= 1),
    discrete("eq", lambda m, x, y: x == y, integers(0, 3, 9), integers(0, 3, 9), reference=np.equal),
    discrete("ne", lambda m, x, y: m.ne(x, y), integers(0, 3, 9), integers(0, 3, 9), reference=np.not_equal),
    discrete("lt of two dtypes", lambda m, x, y: m.lt(x, y), fixed(normal(9)), integers(-1, 2, 9)),
    discrete("isnan", lambda m, x: m.isnan(x), fixed(some_nan), reference=lambda x: x != x),
    discrete("isinf", lambda m, x: m.isinf(x), fixed(some_nan), reference=lambda x: abs(x) == np.inf),
    discrete("isfinite", lambda m, x: m.isfinite(x), fixed(some_nan), reference=lambda x: abs(x) < np.inf),
    discrete("isclose", lambda m, x: m.isclose(x, x + 1e-4, rtol=1e-4, equal_nan=True), fixed(some_nan)),
    discrete("logical_and", lambda m, x, y: m.logical_and(x, y), integers(0, 2, 9), booleans(9)),
    discrete("logical_or", lambda m, x, y: m.logical_or(x, y), integers(0, 2, 9), booleans(9)),
    discrete("logical_xor", lambda m, x, y: m.logical_xor(x, y), integers(0, 2, 3, 3), booleans(3)),
    discrete("logical_not", lambda m, x: m.logical_not(x), integers(0, 2, 9), reference=lambda x: x == 0),
    discrete("bitwise_and", lambda m, x, y: x & y, integers(0, 9, 9), integers(0, 9, 9), reference=np.bitwise_and),
    discrete("bitwise_or", lambda m, x: x | 5, integers(0, 9, 9), reference=lambda x: x | 5),
    discrete("bitwise_xor", lambda m, x, y: x ^ y, booleans(9), booleans(9), reference=np.not_equal),
    discrete("bitwise_not", lambda m, x: ~x, booleans(9), reference=np.logical_not),
    discrete("bitwise_not of ints", lambda m, x: m.bitwise_not(x), integers(-9, 9, 9), reference=lambda x: -x - 1),
    discrete("left shift", lambda m, x, y: x << y, integers(-9, 9, 9), integers(0, 70, 9)),
    discrete("right shift", lambda m, x, y: x >> y, integers(-99, 99, 9), integers(0, 70, 9)),
    discrete("shifts of a number", lambda m, x: (2 << x) + (99 >> x), integers(0, 9, 9)),
    case("maximum squared", lambda m, x, y: m.maximum(x, y) ** 2, normal(3, 4), normal(4)),
    case("maximum", lambda m, x, y: m.maximum(x, y), normal(3, 4), normal(4),
         reference=lambda x, y: np.where(x > y, x, y)),
    case("minimum", lambda m, x, y: m.minimum(x, y), normal(3, 4), normal(4),
         reference=lambda x, y: np.where(x < y, x, y)),
    discrete("maximum of ints", lambda m, x, y: m.maximum(x, y), integers(-9, 9, 9), integers(-9, 9, 9)),
    case("fmax", lambda m, x, y: m.fmax(x, y), normal(3, 4), normal(4), reference=np.fmax),
    case("fmin", lambda m, x, y: m.fmin(x, y), normal(3, 4), normal(4), reference=np.fmin),
    case("where", lambda m, c, x, y: m.where(c, x, y), booleans(3, 4), normal(3, 4), normal(4), reference=np.where),
    case("where number", lambda m, c, x: x.where(c, 2.5) + m.where(c, 0, x), booleans(9), normal(9),
         reference=lambda c, x: np.where(c, x, x + 2.5)),
    case("where guards", lambda m, x: m.where(x > 0, m.log(m.where(x > 0, x, 1.0)), 0.0), away((0.0,), 9)),
    discrete("where of ints", lambda m, c, x: m.where(c, x, 1.5), booleans(9), integers(-9, 9, 9)),
    case("clamp", lambda m, x: m.clamp(x, -1, 1.5), away((-1.0, 1.5), 3, 4), reference=lambda x: np.clip(x, -1, 1.5)),
    case("clamp below", lambda m, x: x.clip(min=0), away((0.0,), 9), reference=lambda x: np.where(x < 0, 0, x)),
    case("clamp above", lambda m, x: m.clamp_max(x, 0.5), away((0.5,), 9)),
    case("clamp tensors", lambda m, x, a, b: m.clamp(x, a, b), normal(3, 4), uniform(-1, -0.2, 4),
         uniform(0.2, 1, 3, 1)),
    case("clamp_min tensor", lambda m, x, a: m.clamp_min(x, a), distinct(3, 4), normal(4)),
    discrete("clamp of ints", lambda m, x: m.clamp(x, -2, 2.5), integers(-9, 9, 9)),
    case("nan_to_num", lambda m, x: m.nan_to_num(x, 2.0, 3.0, -3.0), some_nan, differences="nan has no differences"),
]  # fmt: skip
