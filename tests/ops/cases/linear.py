"""linear, bilinear, embedding, one_hot, and dropout where it is not random."""

import numpy as np

from tests.ops.case import case, integers, normal

CASES = [
    case(
        "linear",
        lambda m, x, w, b: m.nn.functional.linear(x, w, b),
        normal(4, 3),
        normal(2, 3),
        normal(2),
        reference=lambda x, w, b: np.einsum("ni,oi->no", x, w) + b,
    ),
    case(
        "linear squared", lambda m, x, w, b: m.nn.functional.linear(x, w, b) ** 2, normal(4, 3), normal(2, 3), normal(2)
    ),
    case("linear no bias", lambda m, x, w: m.nn.functional.linear(x, w), normal(4, 3), normal(2, 3)),
    case("linear vector", lambda m, x, w, b: m.nn.functional.linear(x, w, b), normal(3), normal(2, 3), normal(2)),
    case("linear to number", lambda m, x, w: m.nn.functional.linear(x, w), normal(4, 3), normal(3)),
    case(
        "linear batches",
        lambda m, x, w, b: m.nn.functional.linear(x, w, b),
        normal(2, 4, 3),
        normal(2, 3),
        normal(2),
        reference=lambda x, w, b: np.einsum("bni,oi->bno", x, w) + b,
    ),
    case(
        "bilinear",
        lambda m, x, y, w, b: m.nn.functional.bilinear(x, y, w, b),
        normal(4, 3),
        normal(4, 2),
        normal(5, 3, 2),
        normal(5),
        reference=lambda x, y, w, b: np.einsum("ni,oij,nj->no", x, w, y) + b,
    ),
    case(
        "embedding",
        lambda m, w, i: m.nn.functional.embedding(i, w) * 2,
        normal(4, 3),
        integers(0, 4, 2, 5),
        reference=lambda w, i: 2 * w[i],
    ),
    case(
        "embedding padding_idx",
        lambda m, w, i: m.nn.functional.embedding(i, w, padding_idx=-3),
        normal(4, 3),
        integers(0, 4, 7),
        reference=lambda w, i: w[i],
        differences="the padding's row gets no gradient, by definition",
    ),
    case("embedding squared", lambda m, w, i: m.nn.functional.embedding(i, w) ** 2, normal(4, 3), integers(0, 4, 7)),
    case("one_hot", lambda m, i: m.nn.functional.one_hot(i), integers(0, 4, 2, 5), differentiable=False),
    case(
        "one_hot num_classes",
        lambda m, i: m.nn.functional.one_hot(i, 6),
        integers(0, 4, 3),
        reference=lambda i: np.eye(6, dtype=np.int64)[i],
        differentiable=False,
    ),
    case("dropout p=1", lambda m, x: m.nn.functional.dropout(x, p=1.0), normal(3, 4), reference=np.zeros_like),
    case("dropout off", lambda m, x: m.nn.functional.dropout(x, training=False) * 2, normal(3, 4)),
    case("dropout2d p=1", lambda m, x: m.nn.functional.dropout2d(x, 1.0), normal(2, 3, 2, 2)),
    case("alpha_dropout off", lambda m, x: m.nn.functional.alpha_dropout(x) * 2, normal(3, 4)),
]
