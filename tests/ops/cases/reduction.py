"""Means, products, variances, extremes, norms, counts: of all elements, over one dimension, over several."""

from functools import partial

import numpy as np

from tests.ops.case import away, booleans, case, distinct, integers, normal, uniform


def with_zeros(rng):
    """Rows with no zero, one, and two."""
    x = rng.standard_normal((3, 5)) + 2
    x[1, 2] = x[2, 0] = x[2, 3] = 0
    return x


def nans(rng):
    x = rng.standard_normal((3, 4))
    x[0, 1] = x[2, 2] = np.nan
    return x


def loop_prod(x):
    total = 1.0
    for v in x.reshape(-1):
        total = total * v
    return total


INF = float("inf")
NO_SLOPE_IN_NAN = "finite differences at nan are nan"

discrete = partial(case, differentiable=False)

CASES = [
    case("mean", lambda m, x: m.mean(x), normal(3, 4), reference=np.mean),
    case("mean 0-dim", lambda m, x: x.mean(), normal(), reference=np.mean),
    case("mean dim", lambda m, x: m.mean(x, 1), normal(3, 4, 2), reference=lambda x: x.mean(1)),
    case("mean dims keepdim", lambda m, x: m.mean(x, (0, -1), True), normal(3, 4, 2)),
    case("mean axis", lambda m, x: x.mean(axis=0, keepdims=True), normal(3, 4)),
    case("mean dtype", lambda m, x: m.mean(x, dtype=m.float64), normal(3, 4)),
    discrete("mean of ints", lambda m, x: m.mean(x, 0, dtype=m.float64), integers(-5, 5, 3, 4)),
    case("sum", lambda m, x: m.sum(x), normal(3, 4), reference=np.sum),
    case("sum dims", lambda m, x: m.sum(x, (0, 2)), normal(3, 4, 2), reference=lambda x: x.sum((0, 2))),
    case("sum keepdim", lambda m, x: x.sum(-1, True), normal(3, 4), reference=lambda x: x.sum(-1, keepdims=True)),
    discrete("sum of bools", lambda m, x: m.sum(x, 1), booleans(3, 4)),
    case("nansum", lambda m, x: m.nansum(x, 1), nans, differences=NO_SLOPE_IN_NAN, reference=lambda x: np.nansum(x, 1)),
    case(
        "nanmean", lambda m, x: m.nanmean(x, 1), nans, differences=NO_SLOPE_IN_NAN, reference=lambda x: np.nanmean(x, 1)
    ),
    case("prod", lambda m, x: m.prod(x), normal(2, 3), reference=loop_prod),
    case("prod 0-dim", lambda m, x: x.prod(), normal(), reference=loop_prod),
    case("prod dim", lambda m, x: m.prod(x, 1), with_zeros, reference=lambda x: x.prod(1)),
    case("prod dim keepdim", lambda m, x: m.prod(x, 0, keepdim=True), normal(5, 2, 3)),
    case("prod one zero", lambda m, x: m.prod(x[1]), with_zeros),
    case("prod two zeros", lambda m, x: m.prod(x[2]), with_zeros),
    discrete("prod of ints", lambda m, x: m.prod(x, 0), integers(1, 4, 3, 2)),
    case("var", lambda m, x: m.var(x), normal(3, 4), reference=lambda x: x.var(ddof=1)),
    case("var biased", lambda m, x: x.var(unbiased=False), normal(3, 4), reference=np.var),
    case("var dim", lambda m, x: m.var(x, 1), normal(3, 4), reference=lambda x: x.var(1, ddof=1)),
    case("var dim biased keepdim", lambda m, x: m.var(x, (0, 2), False, True), normal(3, 4, 2)),
    case(
        "var correction", lambda m, x: m.var(x, dim=0, correction=2), normal(5, 2), reference=lambda x: x.var(0, ddof=2)
    ),
    case("std", lambda m, x: m.std(x), normal(3, 4), reference=lambda x: x.std(ddof=1)),
    case("std dim", lambda m, x: m.std(x, -1, keepdim=True), normal(3, 4)),
    case("std dims", lambda m, x: x.std((0, 1), correction=0), normal(3, 4, 2), reference=lambda x: x.std((0, 1))),
    case("std far from 0", lambda m, x: m.std(x + 1000, 0), normal(5, 2)),
    case("var_mean", lambda m, x: m.var_mean(x, 0), normal(3, 4), reference=lambda x: (x.var(0, ddof=1), x.mean(0))),
    case("std_mean", lambda m, x: m.std_mean(x, 1, correction=0), normal(3, 4)),
    case("logsumexp", lambda m, x: m.logsumexp(x, 1), normal(3, 4), reference=lambda x: np.log(np.exp(x).sum(1))),
    case("logsumexp dims", lambda m, x: m.logsumexp(x, (0, 2), keepdim=True), normal(3, 4, 2)),
    case("logsumexp large", lambda m, x: m.logsumexp(x * 1e4, 0), normal(5, 2)),
    case("logsumexp 0-dim", lambda m, x: x.logsumexp(0), normal()),
    discrete("all", lambda m, x: m.all(x), booleans(3), reference=np.all),
    discrete("all dim", lambda m, x: m.all(x, 1), booleans(5, 2), reference=lambda x: x.all(1)),
    discrete("all of numbers", lambda m, x: x.all(0, keepdim=True), integers(0, 2, 3, 4)),
    discrete("any", lambda m, x: m.any(x), booleans(3), reference=np.any),
    discrete("any dim", lambda m, x: m.any(x, (0, 1)), booleans(2, 2, 5)),
    discrete("count_nonzero", lambda m, x: m.count_nonzero(x, 1), integers(0, 2, 3, 4)),
    discrete("count_nonzero all", lambda m, x: m.count_nonzero(x), normal(3, 4)),
    # extremes
    case("amax", lambda m, x: m.amax(x), distinct(3, 4), reference=np.max),
    case("amax dims", lambda m, x: m.amax(x, (0, 2)), distinct(3, 4, 2), reference=lambda x: x.max((0, 2))),
    case("amax keepdim", lambda m, x: x.amax(1, keepdim=True), distinct(3, 4)),
    case("amin", lambda m, x: m.amin(x, 1), distinct(3, 4), reference=lambda x: x.min(1)),
    case("amin dims", lambda m, x: m.amin(x, (0, -1), keepdim=True), distinct(3, 4, 2)),
    case("aminmax", lambda m, x: m.aminmax(x), distinct(3, 4), reference=lambda x: (x.min(), x.max())),
    case("aminmax dim", lambda m, x: m.aminmax(x, dim=1, keepdim=True), distinct(3, 4)),
    case("max", lambda m, x: m.max(x), distinct(3, 4), reference=np.max),
    case("max dim", lambda m, x: m.max(x, 1), distinct(3, 4), reference=lambda x: (x.max(1), x.argmax(1))),
    case("max dim keepdim", lambda m, x: x.max(0, keepdim=True), distinct(3, 4, 2)),
    case("max 0-dim", lambda m, x: x.max(0), normal()),
    case("max other", lambda m, x, y: m.max(x, y), normal(3, 4), normal(4), reference=np.maximum),
    discrete("max of ints", lambda m, x: m.max(x, -1), integers(-9, 9, 3, 4)),
    case("min", lambda m, x: x.min(), distinct(3, 4), reference=np.min),
    case("min dim", lambda m, x: m.min(x, dim=-2), distinct(3, 4, 2)),
    case("min other", lambda m, x, y: m.min(x, other=y), normal(3), normal(3), reference=np.minimum),
    discrete("argmax", lambda m, x: m.argmax(x), distinct(3, 4), reference=np.argmax),
    discrete("argmax dim", lambda m, x: m.argmax(x, 0), distinct(3, 4), reference=lambda x: x.argmax(0)),
    discrete("argmax keepdim", lambda m, x: x.argmax(-1, keepdim=True), distinct(3, 4)),
    discrete("argmin", lambda m, x: m.argmin(x, keepdim=True), distinct(3, 4)),
    discrete("argmin dim", lambda m, x: m.argmin(x, dim=1), distinct(3, 4, 2)),
    # norms
    case("norm", lambda m, x: m.norm(x), normal(3, 4), reference=lambda x: np.sqrt((x * x).sum())),
    case("norm 0-dim", lambda m, x: x.norm(), away((0.0,))),
    case("norm dim", lambda m, x: x.norm(dim=1, keepdim=True), normal(3, 4)),
    case("norm 1", lambda m, x: m.norm(x, 1), away((0.0,), 3, 4), reference=lambda x: np.abs(x).sum()),
    case("norm 3", lambda m, x: m.norm(x, 3, dim=0), away((0.0,), 3, 4)),
    case("norm 0.5", lambda m, x: m.norm(x, 0.5), away((0.0,), 5)),
    case("norm -1", lambda m, x: m.norm(x, -1), away((0.0,), 5)),
    case("norm inf", lambda m, x: m.norm(x, INF, 1), distinct(3, 4), reference=lambda x: np.abs(x).max(1)),
    case("norm -inf", lambda m, x: m.norm(x, -INF), distinct(3, 4), reference=lambda x: np.abs(x).min()),
    discrete("norm 0", lambda m, x: m.norm(x.detach(), 0), with_zeros),
    case("norm fro dims", lambda m, x: m.norm(x, "fro", dim=(0, 2)), normal(3, 2, 4)),
    case("linalg.norm", lambda m, x: m.linalg.norm(x), normal(3, 2, 4)),
    case("linalg.norm matrix", lambda m, x: m.linalg.norm(x, 1), distinct(3, 4)),
    case("linalg.norm vector", lambda m, x: m.linalg.norm(x, 4, dim=1), normal(3, 4)),
    case("linalg.vector_norm", lambda m, x: m.linalg.vector_norm(x, 2.5, (0, 1)), away((0.0,), 3, 4, 2)),
    case("linalg.matrix_norm", lambda m, x: m.linalg.matrix_norm(x, -INF, keepdim=True), distinct(2, 3, 4)),
    case("linalg.matrix_norm dims", lambda m, x: m.linalg.matrix_norm(x, INF, dim=(2, 0)), distinct(2, 3, 4)),
    case("linalg.matrix_norm fro", lambda m, x: m.linalg.matrix_norm(x), uniform(-1, 1, 2, 3, 4)),
    *[
        case(
            f"segment_reduce {reduce} {initial}",
            lambda m, x, r=reduce, i=initial: m.segment_reduce(x, r, lengths=m.tensor([2, 0, 3]), initial=i),
            normal(5, 3),
        )
        for reduce in ("sum", "mean", "max", "min", "prod")
        for initial in (0.5, *([None] if reduce in ("sum", "prod") else []))
    ],
    case(
        "segment_reduce of rows",
        lambda m, x: m.segment_reduce(x, "mean", lengths=m.tensor([[1, 3], [2, 2]]), axis=1),
        normal(2, 4, 3),
    ),
    case("tensordot of one", lambda m, x, y: m.tensordot(x, y, ([0, 1], [1, 0])), normal(1, 3, 2), normal(3, 4)),
]
