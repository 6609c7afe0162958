"""embedding with options, and embedding_bag."""

import numpy as np

from tests.ops.case import case, integers, normal


def bag(mode, offsets=None, **options):
    def function(m, weight, index, *samples):
        places = None if offsets is None else m.tensor(offsets)
        given = {"per_sample_weights": samples[0]} if samples else {}
        return m.nn.functional.embedding_bag(index, weight, places, mode=mode, **options, **given)

    return function


def means_by_loop(weight, index):
    parts = [index[:2], index[2:2], index[2:]]
    return np.stack([weight[p].mean(0) if len(p) else np.zeros(weight.shape[1]) for p in parts])


CASES = [
    case("embedding_bag", bag("mean", [0, 2, 2]), normal(5, 3), integers(0, 5, 6), reference=means_by_loop),
    case("embedding_bag sum", bag("sum"), normal(5, 3), integers(0, 5, 2, 4), reference=lambda w, i: w[i].sum(1)),
    case("embedding_bag max", bag("max", padding_idx=1), normal(5, 3), integers(0, 5, 3, 4)),
    case("embedding_bag weights", bag("sum", [0, 1, 4], padding_idx=-1), normal(5, 3), integers(0, 5, 6), normal(6)),
    case(
        "embedding_bag last offset", bag("mean", [0, 4, 6], include_last_offset=True), normal(5, 3), integers(0, 5, 6)
    ),
    case("embedding_bag squared", lambda m, w, i: bag("sum", [0, 2])(m, w, i) ** 2, normal(5, 3), integers(0, 5, 6)),
    case("embedding_bag long", bag("sum", [0, 40]), normal(5, 3), integers(0, 5, 45)),
    case(
        "embedding scale_grad_by_freq",
        lambda m, w, i: m.nn.functional.embedding(i, w, scale_grad_by_freq=True),
        normal(4, 3),
        integers(0, 4, 6),
        differences="the gradient is divided by how often a row was used",
    ),
]
