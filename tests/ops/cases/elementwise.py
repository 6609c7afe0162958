"""Functions of one variable, and a few of two; arithmetic has a table of its own."""

import math
from functools import partial

import numpy as np

from tests.ops.case import away, booleans, case, integers, normal, uniform

discrete = partial(case, differentiable=False)
HALVES = tuple(np.arange(-8, 8.5, 0.5))  # where roundings jump


def python(f):
    """A function of the math module, one element at a time."""
    return np.vectorize(f)


CASES = [
    case("exp", lambda m, x: m.exp(x), normal(3, 4), reference=python(math.exp)),
    case("exp 0-dim", lambda m, x: x.exp(), normal(), reference=python(math.exp)),
    case("exp2", lambda m, x: m.exp2(x), normal(3, 4), reference=lambda x: 2**x),
    case("expm1", lambda m, x: m.expm1(x), normal(3, 4), reference=python(math.expm1)),
    case("log", lambda m, x: m.log(x), uniform(0.2, 3, 3, 4), reference=python(math.log)),
    case("log2", lambda m, x: m.log2(x), uniform(0.2, 3, 5), reference=python(math.log2)),
    case("log10", lambda m, x: m.log10(x), uniform(0.2, 3, 5), reference=python(math.log10)),
    case("log1p", lambda m, x: m.log1p(x), uniform(-0.8, 3, 5), reference=python(math.log1p)),
    case("logaddexp", lambda m, x, y: m.logaddexp(x, y), normal(3, 4), normal(4)),
    case("logaddexp large", lambda m, x, y: m.logaddexp(x * 1e4, y * 1e4), normal(9), normal(9)),
    case("xlogy", lambda m, x, y: m.xlogy(x, y), normal(3), uniform(0.2, 3, 3), reference=lambda x, y: x * np.log(y)),
    case("sqrt", lambda m, x: m.sqrt(x), uniform(0.2, 3, 5), reference=python(math.sqrt)),
    case("rsqrt", lambda m, x: m.rsqrt(x), uniform(0.2, 3, 5), reference=lambda x: x**-0.5),
    case("abs", lambda m, x: abs(x), away((0.0,), 3, 4), reference=lambda x: np.where(x < 0, -x, x)),
    case("sign", lambda m, x: m.sign(x) * x, away((0.0,), 3, 4), reference=np.abs),
    case("hypot", lambda m, x, y: m.hypot(x, y), normal(3, 4), away((0.0,), 4), reference=python(math.hypot)),
    case("sin", lambda m, x: m.sin(x), normal(3, 4), reference=python(math.sin)),
    case("cos", lambda m, x: m.cos(x), normal(3, 4), reference=python(math.cos)),
    case("tan", lambda m, x: m.tan(x), uniform(-1.2, 1.2, 5), reference=python(math.tan)),
    case("asin", lambda m, x: m.asin(x), uniform(-0.9, 0.9, 5), reference=python(math.asin)),
    case("acos", lambda m, x: m.acos(x), uniform(-0.9, 0.9, 5), reference=python(math.acos)),
    case("atan", lambda m, x: m.atan(x), normal(5), reference=python(math.atan)),
    case("atan2", lambda m, y, x: m.atan2(y, x), away((0.0,), 3, 4), away((0.0,), 4), reference=python(math.atan2)),
    case("sinh", lambda m, x: m.sinh(x), normal(5), reference=python(math.sinh)),
    case("cosh", lambda m, x: m.cosh(x), normal(5), reference=python(math.cosh)),
    case("tanh", lambda m, x: m.tanh(x), normal(3, 4), reference=python(math.tanh)),
    case("asinh", lambda m, x: m.asinh(x), normal(5), reference=python(math.asinh)),
    case("acosh", lambda m, x: m.acosh(x), uniform(1.2, 4, 5), reference=python(math.acosh)),
    case("atanh", lambda m, x: m.atanh(x), uniform(-0.9, 0.9, 5), reference=python(math.atanh)),
    case("sigmoid", lambda m, x: m.sigmoid(x), normal(3, 4), reference=lambda x: 1 / (1 + np.exp(-x))),
    case("sigmoid large", lambda m, x: m.sigmoid(x * 1e4), normal(9)),
    case("logit", lambda m, x: m.logit(x), uniform(0.1, 0.9, 5), reference=lambda x: np.log(x / (1 - x))),
    case("logit eps", lambda m, x: m.logit(x, 0.2), away((0.2, 0.8), 9)),
    case("floor", lambda m, x: m.floor(x) * x, away(HALVES, 9), reference=lambda x: x * python(math.floor)(x)),
    case("ceil", lambda m, x: m.ceil(x) * x, away(HALVES, 9), reference=lambda x: x * python(math.ceil)(x)),
    case("round", lambda m, x: m.round(x) * x, away(HALVES, 9), reference=lambda x: x * python(round)(x)),
    case("round decimals", lambda m, x: m.round(x * 40, decimals=-1) * x, uniform(0.26, 0.36, 4)),
    case("trunc", lambda m, x: x.trunc() * x, away(HALVES, 9), reference=lambda x: x * python(math.trunc)(x)),
    case("frac", lambda m, x: m.frac(x), away(HALVES, 9), reference=lambda x: x - np.trunc(x)),
    discrete("exp of ints", lambda m, x: m.exp(x), integers(-3, 4, 5)),
    discrete("sqrt of bools", lambda m, x: m.sqrt(x), booleans(5)),
    discrete("abs of ints", lambda m, x: m.abs(x), integers(-3, 4, 5), reference=np.abs),
    discrete("sign of ints", lambda m, x: m.sign(x), integers(-3, 4, 5), reference=np.sign),
    discrete("floor of ints", lambda m, x: m.floor(x), integers(-3, 4, 5), reference=lambda x: x),
    discrete("atan2 of ints", lambda m, x, y: m.atan2(x, y), integers(-3, 4, 5), integers(1, 4, 5)),
    discrete("sigmoid of ints", lambda m, x: m.sigmoid(x), integers(-3, 4, 5)),
]
