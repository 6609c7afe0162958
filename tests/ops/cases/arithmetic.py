"""add, sub, mul, ...: with broadcasting, numbers and mixed dtypes."""

import numpy as np

from tests.ops.case import away, case, integers, normal, uniform

CASES = [
    case("add", lambda m, x, y: x + y, normal(3, 4), normal(3, 4), reference=np.add),
    case(
        "add broadcast", lambda m, x, y: m.add(x, y, alpha=3), normal(3, 4), normal(4), reference=lambda x, y: x + 3 * y
    ),
    case("add number", lambda m, x: 2 + x + 3.5, normal(2, 3), reference=lambda x: x + 5.5),
    case("add ints", lambda m, x: x + 3, integers(-5, 5, 4), reference=lambda x: x + 3, differentiable=False),
    case("sub", lambda m, x, y: x - y, normal(3, 1), normal(1, 4), reference=np.subtract),
    case("sub number", lambda m, x: 1.5 - x, normal(3), reference=lambda x: 1.5 - x),
    case("mul", lambda m, x, y: x * y, normal(2, 3), normal(2, 3), reference=np.multiply),
    case("mul int tensor", lambda m, x, i: x * i, normal(2, 3), integers(-3, 4, 3), reference=np.multiply),
    case("mul 0-dim", lambda m, x, y: x * y, normal(2, 3), normal(), reference=np.multiply),
    case("div", lambda m, x, y: x / y, normal(2, 3), away((0.0,), 2, 1), reference=np.divide),
    case("div number", lambda m, x: 2 / x, away((0.0,), 2, 3), reference=lambda x: 2 / x),
    case("div ints", lambda m, x, y: m.div(x, y), integers(-9, 9, 5), integers(1, 5, 5), differentiable=False),
    case("div trunc", lambda m, x, y: m.div(x, y, rounding_mode="trunc"), normal(9), uniform(0.3, 1, 9)),
    case("floor_divide", lambda m, x: x // 0.7, normal(9), reference=lambda x: np.floor(x / 0.7)),
    case(
        "remainder",
        lambda m, x, y: x % y,
        uniform(0.1, 0.9, 4),
        uniform(-3, -1, 4),
        reference=lambda x, y: x + y * -np.floor(x / y),
    ),
    case("fmod", lambda m, x, y: m.fmod(x, y), uniform(3.1, 3.9, 4), uniform(-1.5, -1.1, 4), reference=np.fmod),
    case("pow", lambda m, x, y: x**y, uniform(0.2, 2, 3, 4), normal(4), reference=np.power),
    case("pow square", lambda m, x: x**2, normal(3, 4), reference=np.square),
    case("pow cube", lambda m, x: x**3, normal(3, 4), reference=lambda x: x * x * x),
    case("pow zero", lambda m, x: x**0, normal(3), reference=np.ones_like),
    case("pow half", lambda m, x: x**0.5, uniform(0.2, 2, 3), reference=np.sqrt),
    case("pow of number", lambda m, x: 2**x, normal(3), reference=np.exp2),
    case("neg", lambda m, x: -x, normal(3), reference=np.negative),
    case("positive", lambda m, x: +x * 1, normal(3), reference=lambda x: x),
    case("reciprocal", lambda m, x: m.reciprocal(x), away((0.0,), 3), reference=lambda x: 1 / x),
    case("square", lambda m, x: m.square(x), normal(3), reference=lambda x: x * x),
    case("lerp", lambda m, x, y, w: m.lerp(x, y, w), normal(3), normal(3), normal(3)),
    case("addcmul", lambda m, x, y, z: m.addcmul(x, y, z, value=0.5), normal(3), normal(3), normal(3)),
    case("addcdiv", lambda m, x, y, z: m.addcdiv(x, y, z, value=2), normal(3), normal(3), away((0.0,), 3)),
    case("clone", lambda m, x: x.clone(), normal(2, 3), reference=lambda x: x),
    case("cast", lambda m, x: x.to(m.float64) * 2, normal(2, 3), reference=lambda x: 2 * x),
]
