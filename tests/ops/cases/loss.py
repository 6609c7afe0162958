"""Losses: every reduction, weights, ignored and smoothed targets, probabilities."""

import numpy as np

from tests.ops.case import Maker, away, case, fixed, integers, normal, uniform


def loss(name, **options):
    """A loss of torch.nn.functional or its namesake, of an input and a target."""
    return lambda m, x, t: getattr(m.nn.functional, name)(x, t, **options)


def weighted(name, **options):
    """The same with a weight, the third input."""
    return lambda m, x, t, w: getattr(m.nn.functional, name)(x, t, weight=w, **options)


def distributions(*shape: int) -> Maker:
    """Positive numbers that add up to 1 along dimension 1."""

    def make(rng):
        p = rng.uniform(0.1, 1, shape)
        return p / p.sum(1, keepdims=True)

    return make


def some_ignored(high: int, *shape: int) -> Maker:
    """Classes, the first of which is -100."""

    def make(rng):
        t = rng.integers(0, high, shape)
        t.flat[0] = -100
        return t

    return make


def zeros(*shape: int) -> Maker:
    return lambda rng: np.zeros(shape)


def log_softmax(x):
    return x - np.log(np.exp(x).sum(1, keepdims=True))


def nll_by_loop(x, t):
    return -np.mean([x[n, c] for n, c in enumerate(t)])


def cross_entropy_by_loop(x, t, w, smoothing, ignore=-100):
    total, divisor = 0.0, 0.0
    log_p = log_softmax(x)
    for n, c in enumerate(t):
        if c != ignore:
            total += (1 - smoothing) * w[c] * -log_p[n, c] + smoothing / len(w) * sum(w * -log_p[n])
            divisor += w[c]
    return total / divisor


CASES = [
    case("mse_loss", loss("mse_loss"), normal(3, 4), normal(3, 4), reference=lambda x, t: np.mean((x - t) ** 2)),
    case("mse_loss sum", loss("mse_loss", reduction="sum"), normal(3, 4), normal(3, 4)),
    case("mse_loss none", loss("mse_loss", reduction="none"), normal(3, 4), normal(3, 4)),
    case("mse_loss weight", weighted("mse_loss"), normal(3, 4), normal(3, 4), fixed(uniform(0.5, 2, 3, 4))),
    case("l1_loss", loss("l1_loss"), away((0.0,), 3, 4), zeros(3, 4)),
    case("l1_loss sum", loss("l1_loss", reduction="sum"), uniform(1, 2, 3), uniform(-2, 0, 3)),
    case(
        "smooth_l1_loss",
        loss("smooth_l1_loss", beta=0.5, reduction="none"),
        away((-0.5, 0.5), 20),
        zeros(20),
        reference=lambda x, t: np.where(np.abs(x) < 0.5, x * x, np.abs(x) - 0.25),
    ),
    case("smooth_l1_loss target", loss("smooth_l1_loss", beta=9.0), normal(5), normal(5)),
    case("smooth_l1_loss beta 0", loss("smooth_l1_loss", beta=0.0), uniform(1, 2, 3), uniform(-2, 0, 3)),
    case(
        "huber_loss",
        loss("huber_loss", delta=2.0, reduction="none"),
        away((-2.0, 2.0), 20),
        zeros(20),
        reference=lambda x, t: np.where(np.abs(x) < 2, x * x / 2, 2 * (np.abs(x) - 1)),
    ),
    case("huber_loss weight", weighted("huber_loss", delta=9.0), normal(4), normal(4), fixed(uniform(0.5, 2, 4))),
    case(
        "binary_cross_entropy",
        loss("binary_cross_entropy"),
        uniform(0.1, 0.9, 3, 4),
        uniform(0.1, 0.9, 3, 4),
        reference=lambda x, t: -np.mean(t * np.log(x) + (1 - t) * np.log(1 - x)),
    ),
    case(
        "binary_cross_entropy weight",
        weighted("binary_cross_entropy", reduction="sum"),
        uniform(0.1, 0.9, 3, 4),
        uniform(0.1, 0.9, 3, 4),
        fixed(uniform(0.5, 2, 4)),
    ),
    case(
        "binary_cross_entropy_with_logits",
        loss("binary_cross_entropy_with_logits"),
        away((0.0,), 3, 4),
        uniform(0.1, 0.9, 3, 4),
        reference=lambda x, t: np.mean(t * np.log(1 + np.exp(-x)) + (1 - t) * np.log(1 + np.exp(x))),
    ),
    case(
        "binary_cross_entropy_with_logits weights",
        lambda m, x, t, w, p: m.nn.functional.binary_cross_entropy_with_logits(
            x, t, weight=w, pos_weight=p, reduction="none"
        ),
        away((0.0,), 3, 4),
        uniform(0.1, 0.9, 3, 4),
        fixed(uniform(0.5, 2, 3, 1)),
        fixed(uniform(0.5, 2, 4)),
    ),
    case(
        "kl_div",
        lambda m, x, t: m.nn.functional.kl_div(m.log_softmax(x, 1), t, reduction="batchmean"),
        normal(3, 4),
        distributions(3, 4),
        reference=lambda x, t: np.sum(t * (np.log(t) - log_softmax(x))) / 3,
    ),
    case("kl_div none", loss("kl_div", reduction="none"), normal(3, 4), distributions(3, 4)),
    case("kl_div log_target", loss("kl_div", reduction="sum", log_target=True), normal(3, 4), normal(3, 4)),
    case("poisson_nll_loss", loss("poisson_nll_loss"), normal(5), uniform(0, 5, 5)),
    case(
        "poisson_nll_loss full",
        loss("poisson_nll_loss", log_input=False, full=True, reduction="none"),
        uniform(0.5, 3, 5),
        uniform(1.5, 5, 5),
    ),
    case(
        "gaussian_nll_loss",
        lambda m, x, t, v: m.nn.functional.gaussian_nll_loss(x, t, v, full=True),
        normal(3, 4),
        normal(3, 4),
        uniform(0.5, 2, 3, 1),
        reference=lambda x, t, v: np.mean(0.5 * np.log(2 * np.pi * v) + (x - t) ** 2 / (2 * v)),
    ),
    # class indices
    case("nll_loss", loss("nll_loss"), normal(5, 3), integers(0, 3, 5), reference=nll_by_loop),
    case("nll_loss none", loss("nll_loss", reduction="none"), normal(2, 3, 4), some_ignored(3, 2, 4)),
    case("nll_loss weight", weighted("nll_loss"), normal(5, 3), some_ignored(3, 5), fixed(uniform(0.5, 2, 3))),
    case("nll_loss squared", lambda m, x, t: m.nn.functional.nll_loss(x, t) ** 2, normal(5, 3), integers(0, 3, 5)),
    case("nll_loss one", loss("nll_loss"), normal(3), integers(0, 3)),
    case(
        "cross_entropy",
        loss("cross_entropy"),
        normal(5, 3),
        integers(0, 3, 5),
        reference=lambda x, t: nll_by_loop(log_softmax(x), t),
    ),
    case("cross_entropy sum", loss("cross_entropy", reduction="sum"), normal(5, 3), some_ignored(3, 5)),
    case("cross_entropy none", loss("cross_entropy", reduction="none"), normal(2, 3, 2, 2), some_ignored(3, 2, 2, 2)),
    case("cross_entropy one", loss("cross_entropy"), normal(3), integers(0, 3)),
    case("cross_entropy ignore_index", loss("cross_entropy", ignore_index=1), normal(6, 3), integers(0, 3, 6)),
    case("cross_entropy smoothing", loss("cross_entropy", label_smoothing=0.2), normal(5, 3), integers(0, 3, 5)),
    case(
        "cross_entropy weight, smoothing",
        weighted("cross_entropy", label_smoothing=0.2),
        normal(5, 3),
        some_ignored(3, 5),
        fixed(uniform(0.5, 2, 3)),
        reference=lambda x, t, w: cross_entropy_by_loop(x, t, w, 0.2),
    ),
    case(
        "cross_entropy images",
        weighted("cross_entropy", label_smoothing=0.1, reduction="none"),
        normal(2, 3, 2, 2),
        some_ignored(3, 2, 2, 2),
        fixed(uniform(0.5, 2, 3)),
    ),
    # probabilities
    case(
        "cross_entropy probabilities",
        loss("cross_entropy"),
        normal(5, 3),
        distributions(5, 3),
        reference=lambda x, t: -np.mean((t * log_softmax(x)).sum(1)),
    ),
    case(
        "cross_entropy probabilities weighted",
        weighted("cross_entropy", label_smoothing=0.2, reduction="none"),
        normal(2, 3, 4),
        distributions(2, 3, 4),
        fixed(uniform(0.5, 2, 3)),
    ),
]
