"""Signs, exponents, neighbours and divisors of numbers."""

from functools import partial

import numpy as np

from tests.ops.case import away, booleans, case, fixed, integers, normal, uniform

discrete = partial(case, differentiable=False)


def edges(rng):
    return np.array([1.0, -0.0, 0.0, np.nan, -2.0, np.inf, -np.inf, 0.5, 12.0])


CASES = [
    case("sgn", lambda m, x: m.sgn(x) * x, away((0.0,), 3, 4), reference=np.abs),
    case("copysign", lambda m, x, y: m.copysign(x, y), away((0.0,), 3, 4), away((0.0,), 4), reference=np.copysign),
    case("copysign of a number", lambda m, x: x.copysign(-1), away((0.0,), 9), reference=lambda x: -np.abs(x)),
    case("angle", lambda m, x: m.angle(x) * x, away((0.0,), 9), reference=lambda x: np.angle(x) * x),
    case("real", lambda m, x: m.real(x) * m.conj(x), normal(3), reference=np.square),
    case("ldexp", lambda m, x, y: m.ldexp(x, y), normal(3, 4), normal(4), reference=lambda x, y: x * 2**y),
    case("frexp", lambda m, x: m.frexp(x), away((0.0,), 9), reference=np.frexp,
         differences="it jumps at powers of two"),
    case("logaddexp2", lambda m, x, y: m.logaddexp2(x, y), normal(3, 4), normal(4), reference=np.logaddexp2),
    case("rsub", lambda m, x, y: m.rsub(x, y, alpha=2), normal(3, 4), normal(4), reference=lambda x, y: y - 2 * x),
    case("float_power", lambda m, x, y: m.float_power(x, y), uniform(0.2, 2, 3, 4), normal(4), reference=np.power),
    case("deg2rad", lambda m, x: m.deg2rad(x), normal(9), reference=np.deg2rad),
    case("rad2deg", lambda m, x: m.rad2deg(x), normal(9), reference=np.rad2deg),
    case("fill", lambda m, x, y: m.fill(x, y), normal(3, 4), normal(), reference=lambda x, y: np.full((3, 4), y)),
    case("nextafter", lambda m, x, y: m.nextafter(x, y) * x, normal(9), fixed(normal(9)),
         reference=lambda x, y: np.nextafter(x, y) * x),
    discrete("nextafter at edges", lambda m, x, y: m.nextafter(x.detach(), y), fixed(edges), fixed(normal(9))),
    discrete("signbit", lambda m, x: m.signbit(x), fixed(edges)),
    discrete("isposinf", lambda m, x: m.isposinf(x), fixed(edges), reference=np.isposinf),
    discrete("isneginf", lambda m, x: m.isneginf(x), fixed(edges), reference=np.isneginf),
    discrete("isreal", lambda m, x: m.isreal(x), fixed(edges), reference=np.isreal),
    discrete("heaviside", lambda m, x, y: m.heaviside(x, y), fixed(edges), fixed(normal(9))),
    discrete("gcd", lambda m, x, y: m.gcd(x, y), integers(-20, 20, 4, 9), integers(-20, 20, 9), reference=np.gcd),
    discrete("lcm", lambda m, x, y: m.lcm(x, y), integers(-20, 20, 4, 9), integers(-20, 20, 9), reference=np.lcm),
    discrete("float_power of ints", lambda m, x: m.float_power(x, 2.5), integers(1, 9, 9)),
    discrete("angle of bools", lambda m, x: m.angle(x), booleans(5)),
    discrete("ldexp of ints", lambda m, x: m.ldexp(x, x), integers(-9, 9, 9)),
]  # fmt: skip
