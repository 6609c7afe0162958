"""Running sums, products and extremes."""

from functools import partial

import numpy as np

from tests.ops.case import booleans, case, distinct, integers, normal, uniform


def with_zeros(rng):
    x = rng.standard_normal((3, 6)) + 2
    x[1, 2] = x[2, 0] = x[2, 3] = 0
    return x


def running(combine):
    """The scan along the last dimension, in a loop."""

    def scan(x):
        y = np.array(x)
        for k in range(1, x.shape[-1]):
            y[..., k] = combine(y[..., k - 1], x[..., k])
        return y

    return scan


discrete = partial(case, differentiable=False)

CASES = [
    case("cumsum", lambda m, x: m.cumsum(x, -1), normal(3, 4), reference=running(np.add)),
    case("cumsum dim 0", lambda m, x: x.cumsum(dim=0), normal(3, 4, 2)),
    case("cumsum axis", lambda m, x: x.cumsum(axis=1), normal(3, 4, 2)),
    case("cumsum 0-dim", lambda m, x: m.cumsum(x, 0), normal()),
    case("cumsum dtype", lambda m, x: m.cumsum(x, 0, dtype=m.float64), normal(3)),
    discrete("cumsum of bools", lambda m, x: m.cumsum(x, 0), booleans(6), reference=np.cumsum),
    case("cumprod", lambda m, x: m.cumprod(x, 1), uniform(0.5, 2, 3, 4), reference=running(np.multiply)),
    case("cumprod zeros", lambda m, x: m.cumprod(x, 1), with_zeros, reference=running(np.multiply)),
    case("cumprod dim 0", lambda m, x: x.cumprod(0), normal(4, 3, 2)),
    case("cumprod one", lambda m, x: m.cumprod(x, 0), normal(1, 3)),
    discrete("cumprod of ints", lambda m, x: m.cumprod(x, 0), integers(1, 4, 5)),
    case("logcumsumexp", lambda m, x: m.logcumsumexp(x, 1), normal(3, 4), reference=running(np.logaddexp)),
    case("logcumsumexp dim 0", lambda m, x: x.logcumsumexp(0), normal(4, 2, 2)),
    case("logcumsumexp large", lambda m, x: m.logcumsumexp(x * 300, 0), normal(6)),
    case("cummax", lambda m, x: m.cummax(x, 1), distinct(3, 6)),
    case("cummax dim 0", lambda m, x: x.cummax(dim=0)[0], distinct(6, 2, 2)),
    discrete("cummax ties", lambda m, x: m.cummax(x, 0), integers(0, 4, 12)),
    case("cummin", lambda m, x: m.cummin(x, -1), distinct(3, 6)),
    discrete("cummin ties", lambda m, x: m.cummin(x, 0), integers(0, 4, 12)),
    case("diff", lambda m, x: m.diff(x), normal(3, 4), reference=np.diff),
    case("diff twice", lambda m, x: m.diff(x, 2, 0), normal(5, 2), reference=lambda x: np.diff(x, 2, 0)),
    discrete("diff more than there are", lambda m, x: x[:2].diff(n=3), normal(4)),
    case("diff joined", lambda m, x, y, z: m.diff(x, prepend=y, append=z), normal(2, 4), normal(2, 1), normal(2, 2)),
    discrete("diff of bools", lambda m, x: m.diff(x), booleans(6), reference=np.diff),
]
