"""Losses with margins between classes, and of sequences."""

import itertools

import numpy as np

from tests.ops.case import Maker, case, fixed, integers, normal, uniform


def loss(name, **options):
    return lambda m, *tensors: getattr(m.nn.functional, name)(*tensors, **options)


def margins_by_loop(x, t, p=1, margin=1.0):
    total = 0.0
    for row, c in zip(x, t, strict=True):
        total += sum(max(0, margin - row[c] + row[i]) ** p for i in range(len(row)) if i != c) / len(row)
    return total / len(x)


def labels(*shape: int) -> Maker:
    """Different classes, then -1, then what does not count."""

    def make(rng):
        rows = np.array([rng.permutation(shape[-1]) for _ in range(shape[0])])
        rows[np.arange(len(rows)), rng.integers(0, shape[-1], len(rows))] = -1
        return rows.reshape(shape)

    return make


def labels_by_loop(x, t):
    total = 0.0
    for row, marks in zip(x, t, strict=True):
        right = list(itertools.takewhile(lambda c: c >= 0, marks))
        wrong = [i for i in range(len(row)) if i not in right]
        total += sum(max(0, 1 - row[j] + row[i]) for j in right for i in wrong) / len(row)
    return total / len(x)


def paths_by_counting(x, targets):
    """The CTC loss by its definition: all paths are tried."""
    p = np.exp(x - np.log(np.exp(x).sum(-1, keepdims=True)))
    losses = []
    for n, target in enumerate(targets):
        likelihood = 0.0
        for path in itertools.product(range(x.shape[2]), repeat=x.shape[0]):
            if [c for c, _ in itertools.groupby(path) if c] == list(target):
                likelihood += np.prod([p[t, n, c] for t, c in enumerate(path)])
        losses.append(-np.log(likelihood))
    return np.array(losses)


def ctc(lengths, target_lengths, **options):
    def function(m, x, targets):
        given = [m.tensor(v) for v in (lengths, target_lengths)]
        return m.nn.functional.ctc_loss(m.log_softmax(x, -1), targets, *given, **options)

    return function


ONCE = "the gradient has no derivative, as in PyTorch; tests/ops/test_ctc.py has the first one's differences"

CASES = [
    case("multi_margin_loss", loss("multi_margin_loss"), normal(4, 5), integers(0, 5, 4), reference=margins_by_loop),
    case(
        "multi_margin_loss options",
        lambda m, x, t, w: m.nn.functional.multi_margin_loss(x, t, 2, 0.5, w, reduction="none"),
        normal(4, 5),
        integers(0, 5, 4),
        fixed(uniform(0.5, 2, 5)),
    ),
    case("multi_margin_loss one", loss("multi_margin_loss", reduction="sum"), normal(5), integers(0, 5)),
    case(
        "multilabel_margin_loss", loss("multilabel_margin_loss"), normal(4, 5), labels(4, 5), reference=labels_by_loop
    ),
    case("multilabel_margin_loss none", loss("multilabel_margin_loss", reduction="none"), normal(2, 3), labels(2, 3)),
    case(
        "multilabel_soft_margin_loss",
        lambda m, x, t, w: m.nn.functional.multilabel_soft_margin_loss(x, t, w, reduction="none"),
        normal(4, 5),
        uniform(0, 1, 4, 5),
        fixed(uniform(0.5, 2, 5)),
    ),
    case(
        "linear_cross_entropy",
        lambda m, x, w, b, t: m.nn.functional.linear_cross_entropy(x, w, t, linear_bias=b, label_smoothing=0.1),
        normal(4, 3),
        normal(5, 2, 3),
        normal(5, 2),
        integers(0, 5, 4, 2),
    ),
    case(
        "triplet_margin_with_distance_loss",
        lambda m, a, p, n: m.nn.functional.triplet_margin_with_distance_loss(
            a, p, n, distance_function=lambda x, y: ((x - y) ** 2).sum(-1), margin=9.0, swap=True
        ),
        normal(3, 4),
        normal(3, 4),
        normal(3, 4),
    ),
    case(
        "ctc_loss",
        ctc([4, 4], [2, 2], reduction="none"),
        normal(4, 2, 3),
        lambda rng: np.array([[1, 2], [2, 2]]),
        reference=paths_by_counting,
        differences=ONCE,
    ),
    case("ctc_loss mean", ctc([5, 3, 0], [3, 1, 0]), normal(5, 3, 4), integers(1, 4, 3, 3), differences=ONCE),
    case(
        "ctc_loss row",
        ctc([6, 2], [3, 2], reduction="sum", zero_infinity=True, blank=3),
        normal(6, 2, 4),
        lambda rng: np.array([0, 0, 2, 1, 1]),
        differences=ONCE,
    ),
    case("ctc_loss one", ctc(5, 2), normal(5, 4), integers(1, 4, 2), differences=ONCE),
]
