"""Sorting, ranks, medians, and counting of values."""

from functools import partial

import numpy as np

from tests.ops.case import case, distinct, fixed, integers, normal, uniform


def median(x):
    """The lower middle along the last dimension."""
    return np.sort(x)[..., (x.shape[-1] - 1) // 2]


discrete = partial(case, differentiable=False)

CASES = [
    case("sort", lambda m, x: m.sort(x), distinct(3, 5), reference=lambda x: (np.sort(x), np.argsort(x))),
    case("sort descending", lambda m, x: x.sort(0, descending=True), distinct(5, 2)),
    case("sort 0-dim", lambda m, x: m.sort(x), normal()),
    discrete("sort ties", lambda m, x: m.sort(x, stable=True), integers(0, 3, 4, 9)),
    discrete("sort ties descending", lambda m, x: m.sort(x, dim=-1, descending=True, stable=True),
         integers(0, 3, 4, 9)),
    discrete("argsort", lambda m, x: m.argsort(x, 0), distinct(5, 2), reference=lambda x: np.argsort(x, 0)),
    case("msort", lambda m, x: m.msort(x), distinct(5, 2), reference=lambda x: np.sort(x, 0)),
    case("topk", lambda m, x: m.topk(x, 2), distinct(3, 5),
         reference=lambda x: (-np.sort(-x)[:, :2], np.argsort(-x)[:, :2])),
    case("topk smallest", lambda m, x: x.topk(3, dim=0, largest=False), distinct(5, 2)),
    case("topk 0-dim", lambda m, x: m.topk(x, 1), normal()),
    case("kthvalue", lambda m, x: m.kthvalue(x, 2), distinct(3, 5),
         reference=lambda x: (np.sort(x)[:, 1], np.argsort(x)[:, 1])),
    case("kthvalue dim", lambda m, x: x.kthvalue(5, 0, keepdim=True), distinct(5, 2, 2)),
    case("median", lambda m, x: m.median(x), distinct(3, 4), reference=lambda x: median(x.reshape(-1))),
    case("median dim", lambda m, x: m.median(x, 1), distinct(3, 4),
         reference=lambda x: (median(x), np.argsort(x)[:, 1])),
    case("median keepdim", lambda m, x: x.median(0, keepdim=True), distinct(5, 2)),
    case("median 0-dim", lambda m, x: x.median(0), normal()),
    case("nanmedian", lambda m, x: m.nanmedian(x), distinct(7), reference=median),
    case("nanmedian dim", lambda m, x: m.nanmedian(x, 1), distinct(3, 4)),
    discrete("mode", lambda m, x: m.mode(x, 0), integers(0, 3, 9, 5)),
    case("mode values", lambda m, x: m.mode(x)[0], distinct(3, 4), reference=lambda x: x.min(1)),
    case("quantile slope of q", lambda m, x, q: m.quantile(x, q, dim=1), distinct(2, 6), uniform(0.05, 0.15, 2)),
    case("quantile", lambda m, x: m.quantile(x, 0.3), distinct(3, 5), reference=lambda x: np.quantile(x, 0.3)),
    case("quantile dim", lambda m, x, q: m.quantile(x, q, 1), distinct(3, 5), fixed(uniform(0, 1, 4))),
    case("quantile keepdim", lambda m, x, q: m.quantile(x, q, 0, keepdim=True), distinct(5, 3),
         fixed(uniform(0, 1, 2))),
    case("quantile all keepdim", lambda m, x: m.quantile(x, 0.4, keepdim=True), distinct(5, 3)),
    *[
        case(f"quantile {kind}", lambda m, x, kind=kind: m.quantile(x, 0.37, -1, interpolation=kind), distinct(3, 6))
        for kind in ("lower", "higher", "nearest", "midpoint")
    ],
    discrete("unique", lambda m, x: m.unique(x), integers(0, 5, 3, 4), reference=np.unique),
    discrete("unique all", lambda m, x: m.unique(x, return_inverse=True, return_counts=True), integers(0, 5, 3, 4)),
    discrete("unique dim", lambda m, x: m.unique(x, dim=0, return_inverse=True), integers(0, 2, 9, 2)),
    discrete("unique_consecutive", lambda m, x: m.unique_consecutive(x, True, True), integers(0, 2, 9)),
    discrete("unique_consecutive dim", lambda m, x: m.unique_consecutive(x, dim=1), integers(0, 2, 2, 9)),
    discrete("bincount", lambda m, x: m.bincount(x), integers(0, 5, 9), reference=np.bincount),
    discrete("bincount weights", lambda m, x, w: m.bincount(x, w, 9), integers(0, 5, 9), fixed(uniform(0, 1, 9))),
    discrete("histc", lambda m, x: m.histc(x, 5, -1, 1), fixed(normal(20))),
    discrete("histc own range", lambda m, x: x.histc(bins=4), fixed(normal(4, 5))),
    discrete("searchsorted", lambda m, b, x: m.searchsorted(b, x), lambda rng: np.array([-1, 0, 2]),
         integers(-2, 4, 3, 4)),
    discrete("searchsorted right", lambda m, b, x: m.searchsorted(b, x, right=True),
         lambda rng: np.arange(12).reshape(3, 4), integers(0, 12, 3, 2)),
    discrete("searchsorted sorter", lambda m, b, x: m.searchsorted(b, x, sorter=m.argsort(b)),
         integers(0, 12, 6), integers(0, 12, 3, 2)),
    discrete("bucketize", lambda m, x, b: m.bucketize(x, b, out_int32=True),
         integers(0, 9, 3, 2), lambda rng: np.array([2, 4, 6])),
]  # fmt: skip
